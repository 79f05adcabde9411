/* Texts to positions and hashed keys: nanoseconds of thread CPU a document, text_words beside the slow way
 * (tests/common/text_twin.c), by what the documents are written in. Medians of ROUNDS.
 *
 *   bench_text_words [MENTIONS]     NDJSON of raw mentions, such as tests/bench/matchers makes; else the
 * demo's */
#include "text_words.h"

#include "earshot/buf.h"
#include "earshot/mention.h"

#include "text_look.h"
#include "text_twin.h"
#include "text_words_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    ROUNDS = 7,
    ROUND_NS = 100 * 1000 * 1000,
    SLOW_DOCUMENTS = 300,
    FILE_MAX = 256 << 20,
    TEXTS_MAX = 200000
};

enum script { ASCII, LATIN, CYRILLIC_GREEK, SPACELESS, OTHER, SCRIPTS };

static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static enum script script_of_character(uint32_t code) {
    if (code < 0x80)
        return ASCII;
    if (code < 0x370)
        return LATIN;
    if (code < 0x530)
        return CYRILLIC_GREEK;
    enum text_class kind = text_class_of(code);
    return kind == TEXT_ALONE ? SPACELESS : kind == TEXT_LETTER || kind == TEXT_MARK ? OTHER : ASCII;
}

/* The script that most of its letters from 0x80 are of, where it has a few of these. */
static enum script script_of(struct span text) {
    size_t counts[SCRIPTS] = {0}, best = LATIN;
    for (size_t at = 0; at < text.len;) {
        struct text_character c = text_character_at(text, at);
        counts[script_of_character(c.code)]++;
        at += c.len;
    }
    for (size_t script = LATIN; script < SCRIPTS; script++)
        best = counts[script] > counts[best] ? script : best;
    return counts[best] >= 2 ? (enum script)best : ASCII;
}

struct texts {
    struct span *at;
    size_t count, bytes;
    char *copy;
};

static void add(struct texts *texts, struct span text) {
    if (texts->count % 1024 == 0)
        texts->at = xrealloc(texts->at, (texts->count + 1024) * sizeof *texts->at);
    texts->at[texts->count++] = text;
    texts->bytes += text.len;
}

/* One behind the other: what a program has just read is in the cache, and these are fetched ahead. */
static void close_up(struct texts *texts) {
    char *to = texts->copy = xmalloc(texts->bytes + 1);
    for (size_t i = 0; i < texts->count; i++) {
        memcpy(to, texts->at[i].ptr, texts->at[i].len);
        texts->at[i].ptr = to;
        to += texts->at[i].len;
    }
}

enum { MIX = SCRIPTS, LINKS, ALL };

static void read_texts(const char *path, struct arena *arena, struct texts *out) {
    FILE *file = fopen(path, "rb");
    if (!file)
        die(EXIT_USAGE, "cannot open %s", path);
    char *bytes = xmalloc(FILE_MAX);
    size_t len = fread(bytes, 1, FILE_MAX, file);
    fclose(file);
    for (char *line = bytes, *end = bytes + len; line < end && out[MIX].count < TEXTS_MAX;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        struct mention mention;
        struct fault fault;
        stop = stop ? stop : end;
        if (mention_read((struct span){line, (size_t)(stop - line)}, MENTION_RAW, arena, &mention, &fault)) {
            bool link = memmem(mention.text.ptr, mention.text.len, "://", 3) != NULL;
            add(&out[MIX], mention.text);
            add(&out[link ? LINKS : (int)script_of(mention.text)], mention.text);
        }
        line = stop + 1;
    }
}

static double fast_ns(struct text_words *words, const struct texts *texts) {
    size_t documents = 0;
    int64_t from = cpu_ns(), now = from;
    while (now - from < ROUND_NS) {
        for (size_t i = 0; i < texts->count; i++) {
            text_words_clear(words, 42);
            text_words_text(words, texts->at[i], 0);
        }
        documents += texts->count;
        now = cpu_ns();
    }
    return (double)(now - from) / (double)documents;
}

static double slow_ns(struct twin *twin, const struct texts *texts) {
    size_t documents = texts->count < SLOW_DOCUMENTS ? texts->count : SLOW_DOCUMENTS;
    int64_t from = cpu_ns();
    for (size_t i = 0; i < documents; i++) {
        twin_clear(twin, 42);
        twin_text(twin, texts->at[i * (texts->count / documents)], 0);
    }
    return (double)(cpu_ns() - from) / (double)documents;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values) {
    qsort(values, ROUNDS, sizeof *values, by_value);
    return values[ROUNDS / 2];
}

static void measure(const char *name, const struct texts *texts) {
    double fast[ROUNDS], portable[ROUNDS], slow[ROUNDS];
    struct text_words *words = text_words_new();
    struct twin *twin = twin_new();
    if (texts->count == 0)
        return;
    (void)fast_ns(words, texts);
    for (size_t i = 0; i < ROUNDS; i++) {
        words->memory->read_blocks = text_blocks;
        fast[i] = fast_ns(words, texts);
        words->memory->read_blocks = text_blocks_portable;
        portable[i] = fast_ns(words, texts);
        slow[i] = slow_ns(twin, texts);
    }
    double f = median(fast), p = median(portable), s = median(slow);
    printf("%-26s %8zu %7zu %9.0f ns %9.0f ns %9.0f ns %7.2f\n", name, texts->count,
           texts->bytes / texts->count, f, p, s, f * (double)texts->count / (double)texts->bytes);
    (void)fflush(stdout);
    text_words_free(&words);
    twin_free(&twin);
}

int main(int argc, char **argv) {
    static const char *const NAMES[] = {
        "ASCII",         "Latin beyond ASCII", "Cyrillic, Greek", "Chinese, Japanese, Thai",
        "other scripts", "all of them",        "with a link"};
    struct texts texts[ALL] = {{0}};
    struct arena *arena = arena_new(1 << 20);
    read_texts(argc > 1 ? argv[1] : DEMO_MENTIONS, arena, texts);
    printf("%-26s %8s %7s %12s %12s %12s %7s\n", "", "texts", "bytes", "one pass", "portable", "slow way",
           "ns/byte");
    for (size_t i = 0; i < ALL; i++)
        close_up(&texts[i]);
    size_t only = argc > 2 ? strtoul(argv[2], NULL, 10) : ALL;
    struct text_words *words = text_words_new();
    for (size_t i = 0; only < ALL && i < 5 * ROUNDS; i++)
        printf("%s %.0f ns\n", NAMES[only], fast_ns(words, &texts[only]));
    text_words_free(&words);
    for (size_t i = 0; only == ALL && i < ALL; i++)
        measure(NAMES[i], &texts[i]);
    for (size_t i = 0; i < ALL; i++) {
        free(texts[i].at);
        free(texts[i].copy);
    }
    arena_free(&arena);
    return 0;
}
