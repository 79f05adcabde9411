#include "corpus.h"

#include "table.h"

#include <math.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 500 };

// clang-format off
const struct corpus_source CORPUS_SOURCES[] = {
    {"own", true, CORPUS_OWN, 4},
    {"tweets", true, CORPUS_POSTS, 1},
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
    {"smp", false, CORPUS_POSTS, 4},
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

/* A score such as -3.25. */
static double number_of(struct span text) {
    char digits[16] = {0};
    memcpy(digits, text.ptr, text.len < sizeof digits - 1 ? text.len : sizeof digits - 1);
    return strtod(digits, NULL);
}

void corpus_lexicon(struct model *model, const char *path, bool free) {
    struct features *features = features_new();
    struct table table = table_open(path);
    struct span columns[3];
    while (table_columns(&table, columns, COUNT_OF(columns), "expected language, word, score")) {
        double value = number_of(columns[2]);
        long feeling = lround(value * MODEL_FEELING);
        size_t only = table_language(&table, model, columns[0]);
        if (free && is_feel(columns[0], value))
            continue;
        uint32_t feature = features_word(features, columns[1]);
        if (!feature || feeling == 0 || labs(feeling) > MODEL_FEELINGS_MAX)
            continue;
        bool all = span_eq(columns[0], SPAN(MODEL_OTHER));
        for (size_t i = 0; i < model->count; i++)
            if (all || i == only)
                word_feel(&model->languages[i], feature, (int)feeling);
    }
    table_close(&table);
    features_free(&features);
}

/* Texts. */

static size_t source_of(const struct table *table, struct span name) {
    for (size_t i = 0; i < CORPUS_SOURCE_COUNT; i++)
        if (span_eq(span_of(CORPUS_SOURCES[i].name), name))
            return i;
    table_wrong(table, "not in the table of sources (corpus.c)", name);
}

uint64_t corpus_hash(struct span text) {
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

static void row_words(struct corpus_row *row, const struct model *model, const struct features *features) {
    row->words = xmalloc((features->count + 1) * sizeof *row->words);
    for (uint32_t i = 0; i < features->token_count; i++) {
        if (features->tokens[i].kind != FEATURE_OF_WORD)
            continue;
        for (uint32_t at = features->tokens[i].first; at < features->tokens[i + 1].first; at++)
            if (!(features->list[at] & FEATURE_AGAIN))
                row->words[row->word_count++] = model_row(&model->identify, features->list[at]);
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

struct corpus_row *corpus_row(struct corpus *corpus) {
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
    struct table table = table_open(path);
    while (table_next(&table)) {
        struct labelled read;
        if (!labelled_parse(table.line.bytes, &read, &message))
            table_wrong(&table, buf_span(&message).ptr, table.line.bytes);
        size_t source = source_of(&table, read.source);
        if (free && !CORPUS_SOURCES[source].free)
            continue;
        struct corpus_row *row = corpus_row(corpus);
        row->language = (uint8_t)table_language(&table, model, read.language);
        row->source = (uint8_t)source;
        row->label = (uint8_t)read.label;
        row->two = read.two;
        row->hash = corpus_hash(read.text);
        features_read(features, read.text);
        row_buckets(row, model, features);
        row_words(row, model, features);
    }
    table_close(&table);
    buf_free(&message);
    features_free(&features);
}

void corpus_read_languages(struct corpus *corpus, const struct model *model, const char *path) {
    struct features *features = features_new();
    struct table table = table_open(path);
    struct span columns[2];
    while (table_columns(&table, columns, COUNT_OF(columns), "expected language and text")) {
        struct corpus_row *row = corpus_row(corpus);
        row->language = (uint8_t)(model_language(model, columns[0]) - model->languages);
        row->hash = corpus_hash(columns[1]);
        features_read(features, columns[1]);
        row_words(row, model, features);
    }
    table_close(&table);
    features_free(&features);
}

void corpus_free(struct corpus *corpus) {
    for (size_t i = 0; i < corpus->count; i++) {
        free(corpus->rows[i].buckets);
        free(corpus->rows[i].words);
        for (size_t side = 0; side < CORPUS_SIDES; side++)
            free(corpus->rows[i].sides[side]);
    }
    free(corpus->rows);
    *corpus = (struct corpus){0};
}
