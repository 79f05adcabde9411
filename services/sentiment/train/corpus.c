#include "corpus.h"

#include "earshot/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 20, MESSAGE_MAX = 500 };

// clang-format off
const struct corpus_source CORPUS_SOURCES[] = {
    {"own", true, CORPUS_OWN, 4},
    {"umsab", true, CORPUS_POSTS, 3},
    {"semeval", true, CORPUS_POSTS, 1},
    {"moz", true, CORPUS_OTHERS, 1},
    {"goemo", true, CORPUS_OTHERS, 1},
    {"xed", true, CORPUS_OTHERS, 1},
    {"wccrs", true, CORPUS_OTHERS, 1},
    {"potts", true, CORPUS_OTHERS, 1},
    {"ecosent", true, CORPUS_OTHERS, 1},
    {"arsarc", true, CORPUS_OTHERS, 1},
    {"bol", true, CORPUS_OTHERS, 1},
    {"deft", true, CORPUS_OTHERS, 1},
    {"smp", false, CORPUS_POSTS, 1},
    {"allegro", false, CORPUS_OTHERS, 1},
    {"sxsw", false, CORPUS_OTHERS, 1},
    {"germeval", false, CORPUS_OTHERS, 1},
    {"airline", false, CORPUS_OTHERS, 1},
    {"shop", false, CORPUS_OTHERS, 1},
    {"waimai", false, CORPUS_OTHERS, 1},
    {"hotel", false, CORPUS_OTHERS, 1},
    {"amazon", false, CORPUS_OTHERS, 1},
    {"amzbk", false, CORPUS_OTHERS, 1},
};
// clang-format on
const size_t CORPUS_SOURCE_COUNT = COUNT_OF(CORPUS_SOURCES);

/* Files, line by line. */

struct file {
    const char *path;
    int fd;
    struct lines *lines;
};

static struct file file_open(const char *path) {
    struct file file = {.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0)
        die(EXIT_USAGE, "%s: %s", path, strerror(errno));
    file.lines = lines_new(file.fd, LINE_MAX_BYTES);
    return file;
}

static bool file_next(struct file *file, struct line *line) {
    enum lines_status status = lines_next(file->lines, -1, line);
    if (status == LINES_FAILED)
        die(EXIT_FAILED, "%s: %s", file->path, strerror(errno));
    return status == LINES_LINE || lines_rest(file->lines, line);
}

static void file_close(struct file *file) {
    lines_free(&file->lines);
    close(file->fd);
}

/* Languages. */

static size_t language_of(const struct model *model, struct span code, const struct file *file,
                          int64_t line) {
    const struct model_language *language = model_language(model, code);
    if (strcmp(language->code, MODEL_OTHER) == 0 && !span_eq(code, SPAN(MODEL_OTHER)))
        die(EXIT_USAGE, "%s:%" PRId64 ": `%.*s` is no language of the model (main.c)", file->path, line,
            (int)code.len, code.ptr);
    return (size_t)(language - model->languages);
}

/* The lexicon. */

static void word_feel(struct model_language *language, uint32_t feature, int value) {
    struct model_feeling *feeling = &language->feelings[feature_bucket(feature)];
    if (feeling->value && feeling->check != feature_check(feature))
        return; /* the bucket is another word's */
    *feeling = (struct model_feeling){.value = (int8_t)value, .check = feature_check(feature)};
}

/* FEEL's licence is not known; its entries are 2 or -2, which few others of French are. */
static bool is_feel(struct span code, double score) {
    return span_eq(code, SPAN("fr")) && fabs(score) > 1.999 && fabs(score) < 2.001;
}

static void lexicon_line(struct model *model, struct features *features, const struct file *file,
                         const struct line *line, bool free) {
    const char *word = memchr(line->bytes.ptr, '\t', line->bytes.len);
    const char *end = line->bytes.ptr + line->bytes.len;
    const char *score = word ? memchr(word + 1, '\t', (size_t)(end - word - 1)) : NULL;
    if (!score)
        die(EXIT_USAGE, "%s:%" PRId64 ": expected language, word, score", file->path, line->number);
    struct span code = {line->bytes.ptr, (size_t)(word - line->bytes.ptr)};
    char number[16] = {0};
    memcpy(number, score + 1, (size_t)(end - score - 1) < 15 ? (size_t)(end - score - 1) : 15);
    double value = strtod(number, NULL);
    if (free && is_feel(code, value))
        return;
    uint32_t feature = features_word(features, (struct span){word + 1, (size_t)(score - word - 1)});
    long feeling = lround(value * MODEL_FEELING);
    if (!feature || feeling == 0 || labs(feeling) > MODEL_FEELINGS_MAX)
        return;
    bool all = span_eq(code, SPAN(MODEL_OTHER));
    size_t only = language_of(model, code, file, line->number);
    for (size_t i = 0; i < model->count; i++)
        if (all || i == only)
            word_feel(&model->languages[i], feature, (int)feeling);
}

void corpus_lexicon(struct model *model, const char *path, bool free) {
    struct features *features = features_new();
    struct file file = file_open(path);
    for (struct line line; file_next(&file, &line);)
        lexicon_line(model, features, &file, &line, free);
    file_close(&file);
    features_free(&features);
}

/* Texts. */

static size_t source_of(struct span name, const struct file *file, int64_t line) {
    for (size_t i = 0; i < CORPUS_SOURCE_COUNT; i++)
        if (span_eq(span_of(CORPUS_SOURCES[i].name), name))
            return i;
    die(EXIT_USAGE, "%s:%" PRId64 ": `%.*s` is not in the table of sources (corpus.c)", file->path, line,
        (int)name.len, name.ptr);
}

static uint64_t hash_of(struct span text) {
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > ' ')
            hash = (hash ^ ((unsigned char)text.ptr[i] | 0x20)) * UINT64_C(1099511628211);
    return hash;
}

static int order(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void row_words(struct corpus_row *row, const struct features *features) {
    row->words = xmalloc((features->count + 1) * sizeof *row->words);
    for (uint32_t i = 0; i < features->token_count; i++) {
        if (features->tokens[i].kind != FEATURE_OF_WORD)
            continue;
        for (uint32_t at = features->tokens[i].first; at < features->tokens[i + 1].first; at++)
            if (!(features->list[at] & FEATURE_AGAIN))
                row->words[row->word_count++] = (uint16_t)model_identify_row(features->list[at]);
    }
}

static void row_buckets(struct corpus_row *row, const struct model *model, const struct features *features) {
    row->buckets = xmalloc((features->count + MODEL_SUMS) * sizeof *row->buckets);
    for (uint32_t i = 0; i < features->count; i++)
        if (!(features->list[i] & FEATURE_AGAIN))
            row->buckets[row->count++] = feature_bucket(features->list[i]);
    model_sums(model->languages[row->language].feelings, features, row->buckets + row->count);
    row->count += MODEL_SUMS;
    qsort(row->buckets, row->count, sizeof *row->buckets, order);
}

static struct corpus_row *row_new(struct corpus *corpus) {
    if (corpus->count == corpus->cap) {
        corpus->cap = 2 * corpus->cap + 1024;
        corpus->rows = xrealloc(corpus->rows, corpus->cap * sizeof *corpus->rows);
    }
    struct corpus_row *row = &corpus->rows[corpus->count++];
    *row = (struct corpus_row){.count = 0};
    return row;
}

void corpus_read(struct corpus *corpus, const struct model *model, const char *path, bool free) {
    struct features *features = features_new();
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct file file = file_open(path);
    for (struct line line; file_next(&file, &line);) {
        struct labelled read;
        if (!labelled_parse(line.bytes, &read, &message))
            die(EXIT_USAGE, "%s:%" PRId64 ": %s", path, line.number, buf_span(&message).ptr);
        size_t source = source_of(read.source, &file, line.number);
        if (free && !CORPUS_SOURCES[source].free)
            continue;
        struct corpus_row *row = row_new(corpus);
        row->language = (uint8_t)language_of(model, read.language, &file, line.number);
        row->source = (uint8_t)source;
        row->label = (uint8_t)read.label;
        row->two = read.two;
        row->hash = hash_of(read.text);
        features_read(features, read.text);
        row_buckets(row, model, features);
        row_words(row, features);
    }
    file_close(&file);
    buf_free(&message);
    features_free(&features);
}

void corpus_read_languages(struct corpus *corpus, const struct model *model, const char *path) {
    struct features *features = features_new();
    struct file file = file_open(path);
    for (struct line line; file_next(&file, &line);) {
        const char *tab = memchr(line.bytes.ptr, '\t', line.bytes.len);
        if (!tab)
            die(EXIT_USAGE, "%s:%" PRId64 ": expected language and text, with a tab between", path,
                line.number);
        struct span code = {line.bytes.ptr, (size_t)(tab - line.bytes.ptr)};
        struct span text = {tab + 1, line.bytes.len - code.len - 1};
        struct corpus_row *row = row_new(corpus);
        row->language = (uint8_t)(model_language(model, code) - model->languages);
        row->hash = hash_of(text);
        features_read(features, text);
        row_words(row, features);
    }
    file_close(&file);
    features_free(&features);
}

void corpus_free(struct corpus *corpus) {
    for (size_t i = 0; i < corpus->count; i++) {
        free(corpus->rows[i].buckets);
        free(corpus->rows[i].words);
    }
    free(corpus->rows);
    *corpus = (struct corpus){0};
}
