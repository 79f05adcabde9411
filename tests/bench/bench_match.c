/* Matching: mentions a second on one core at 10, 1,000 and 10,000 alerts, over the texts of the demo (six
 * languages) and made-up alerts: brands (most alerts name something that few texts have), brands with a
 * context, and common words. Reading the JSON is not in it: bench_mention. CPU time of the thread; the median
 * of the rounds. */
#include "earshot/match.h"

#include "earshot/buf.h"
#include "earshot/mention.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7, ROUND_NS = 300 * 1000 * 1000, TEXTS_MAX = 1024, FILE_MAX = 4 << 20 };

static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The mentions of the file, kept in the arena. */
static size_t read_mentions(const char *path, struct arena *arena, struct mention *out) {
    FILE *file = fopen(path, "rb");
    if (!file)
        die(EXIT_USAGE, "cannot open %s", path);
    char *bytes = arena_alloc(arena, FILE_MAX);
    size_t len = fread(bytes, 1, FILE_MAX, file), count = 0;
    fclose(file);
    for (char *line = bytes, *end = bytes + len; line < end && count < TEXTS_MAX;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        struct fault fault;
        if (mention_read((struct span){line, (size_t)(stop - line)}, MENTION_RAW, arena, &out[count], &fault))
            count++;
        line = stop + 1;
    }
    return count;
}

/* The alerts of a market: number i names brand i, in one of the ways that people write queries. */
static void write_query(struct buf *out, int i) {
    static const char *const CONTEXTS[] = {
        "speaker", "sound", "battery",  "Lautsprecher", "sonido",
        "geluid",  "app",   "charging", "\u5145\u96fb", "g\u0142o\u015bnik"};
    static const char *const BRANDS[] = {"lumeva", "hallbeck", "\u9732\u7f8e\u8072"};
    const char *context = CONTEXTS[i % (int)COUNT_OF(CONTEXTS)];
    const char *brand = BRANDS[i % (int)COUNT_OF(BRANDS)];
    switch (i % 8) {
    case 0:
        buf_printf(out, "brand%d OR #brand%d OR @brand%d", i, i, i);
        break;
    case 1:
        buf_printf(out, "(brand%d OR \"house %d\") AND %s", i, i, context);
        break;
    case 2:
        buf_printf(out, "\"%s brand%d\" OR \"brand%d %s\"", context, i, i, context);
        break;
    case 3:
        buf_printf(out, "%s AND brand%d -\"brand%d hotel\"", brand, i, i);
        break;
    case 4:
        buf_printf(out, "\u63da\u8072\u5668%c%c OR \u97f3\u97ff%d", 'a' + i % 26, 'a' + i / 26 % 26, i);
        break;
    case 5:
        buf_printf(out, "%s AND %s", context, i % 64 == 5 ? brand : "nowhere");
        break;
    case 6:
        buf_printf(out, "caf\u00e9%d OR m\u00fcller%d OR \"rue de %d\"", i, i, i);
        break;
    default:
        buf_printf(out, "(a%d OR b%d OR c%d) AND (d%d OR e%d) NOT (f%d)", i, i, i, i, i, i);
    }
}

static struct match_index *make_index(int count, double *ms) {
    struct match_alert *alerts = xcalloc((size_t)count, sizeof *alerts);
    struct buf *queries = xcalloc((size_t)count, sizeof *queries);
    char(*ids)[16] = xcalloc((size_t)count, sizeof *ids);
    for (int i = 0; i < count; i++) {
        buf_init(&queries[i], 1024);
        write_query(&queries[i], i);
        snprintf(ids[i], sizeof ids[i], "a%d", i);
        alerts[i] = (struct match_alert){.id = span_of(ids[i]), .query = buf_span(&queries[i])};
    }
    int64_t begin = cpu_ns();
    struct match_index *index = match_compile(alerts, (size_t)count, NULL);
    *ms = (double)(cpu_ns() - begin) / 1e6;
    for (int i = 0; i < count; i++)
        buf_free(&queries[i]);
    free(queries);
    free(alerts);
    free(ids);
    return index;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nanoseconds a mention, over one round. */
static double round_of(const struct match_index *index, const struct mention *mentions, size_t count,
                       size_t *matched) {
    struct match_scratch *scratch = match_scratch_new();
    struct arena *arena = arena_new(65536);
    int64_t begin = cpu_ns(), spent;
    size_t done = 0;
    *matched = 0;
    do {
        for (size_t i = 0; i < count; i++) {
            struct match_document document = {.title = mentions[i].title,
                                              .text = mentions[i].text,
                                              .hashtags = mentions[i].hashtags,
                                              .hashtag_count = mentions[i].hashtag_count,
                                              .mentions = mentions[i].mentions,
                                              .mention_count = mentions[i].mention_count};
            *matched += match_run(index, scratch, &document, arena).count;
            arena_reset(arena);
        }
        done += count;
        spent = cpu_ns() - begin;
    } while (spent < ROUND_NS);
    *matched = *matched * count / done;
    arena_free(&arena);
    match_scratch_free(&scratch);
    return (double)spent / (double)done;
}

int main(int argc, char **argv) {
    static const int ALERTS[] = {10, 1000, 10000};
    struct arena *arena = arena_new(FILE_MAX + 65536);
    struct mention *mentions = xcalloc(TEXTS_MAX, sizeof *mentions);
    size_t count = read_mentions(argc > 1 ? argv[1] : DEMO_MENTIONS, arena, mentions), bytes = 0;
    if (count == 0)
        die(EXIT_USAGE, "no mentions in the file");
    for (size_t i = 0; i < count; i++)
        bytes += mentions[i].title.len + mentions[i].text.len;
    printf("%zu mentions, %.0f bytes of text each\n", count, (double)bytes / (double)count);
    printf("%7s %12s %12s %12s %12s\n", "alerts", "mentions/s", "ns/mention", "matches", "compile ms");
    for (size_t i = 0; i < COUNT_OF(ALERTS); i++) {
        double ms, ns[ROUNDS];
        size_t matched = 0;
        struct match_index *index = make_index(ALERTS[i], &ms);
        for (int round = 0; round < ROUNDS; round++)
            ns[round] = round_of(index, mentions, count, &matched);
        qsort(ns, ROUNDS, sizeof *ns, by_value);
        printf("%7d %12.0f %12.0f %12.2f %12.1f\n", ALERTS[i], 1e9 / ns[ROUNDS / 2], ns[ROUNDS / 2],
               (double)matched / (double)count, ms);
        match_index_free(&index);
    }
    free(mentions);
    arena_free(&arena);
    return 0;
}
