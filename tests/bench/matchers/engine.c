/* matchers_earshot MENTIONS ALERTS COUNT PAIRS: the first COUNT alerts of the file over all mentions, as a
 * worker has them: text in, alerts and byte ranges out. Reading JSON is not in the time, folding is. PAIRS
 * `-`: not written. */
#include "earshot/alert.h"
#include "earshot/match.h"
#include "earshot/mention.h"
#include "earshot/query.h"

#include "matchers.h"

#include <stdlib.h>

enum { ERRORS_MAX = 1 << 16, ARENA_FIRST = 1 << 16, ARENA_TEXTS = 1 << 22 };

struct texts {
    struct span *spans; /* in the arena */
    size_t count, cap;
    struct arena *arena;
};

static void read_texts(struct texts *texts, struct span rest) {
    struct arena *arena = arena_new(ARENA_FIRST);
    texts->arena = arena_new(ARENA_TEXTS);
    for (struct span line; matchers_line(&rest, &line);) {
        struct mention mention;
        struct fault fault;
        if (!mention_read(line, MENTION_RAW, arena, &mention, &fault))
            die(EXIT_FAILED, "byte %zu of a mention: %s", fault.byte, fault.detail);
        if (texts->count == texts->cap) {
            texts->cap = texts->cap * 2 + 1024;
            texts->spans = xrealloc(texts->spans, texts->cap * sizeof *texts->spans);
        }
        texts->spans[texts->count++] =
            (struct span){arena_copy(texts->arena, mention.text), mention.text.len};
        arena_reset(arena);
    }
    arena_free(&arena);
}

static void check_query(const struct alert *alert, struct arena *arena) {
    struct query_error error;
    if (!query_parse(span_of(alert->query), arena, &error))
        die(EXIT_FAILED, "alert %s: byte %zu: %s", alert->id, error.byte, error.text);
    arena_reset(arena);
}

/* The version of an alert is its number in the file: what pairs are made of. */
static struct match_index *compile(const char *path, size_t count, double *build_s) {
    struct span text = matchers_file(path);
    struct alert_file file;
    struct buf errors;
    buf_init(&errors, ERRORS_MAX);
    if (!alert_file_read(path, text, &file, &errors) || file.count < count)
        die(EXIT_FAILED, "%s: fewer than %zu alerts, or wrong ones: %.*s", path, count, (int)errors.len,
            buf_span(&errors).ptr);
    struct match_alert *alerts = xcalloc(count, sizeof *alerts);
    struct arena *arena = arena_new(ARENA_FIRST);
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = file.entries[i].alert;
        check_query(alert, arena);
        alerts[i] = (struct match_alert){
            .id = span_of(alert->id), .version = (int64_t)i, .query = span_of(alert->query)};
    }
    arena_free(&arena);
    int64_t begin = matchers_cpu_ns();
    struct match_index *index = match_compile(alerts, count);
    *build_s = (double)(matchers_cpu_ns() - begin) / 1e9;
    free(alerts);
    alert_file_free(&file);
    buf_free(&errors);
    free((char *)text.ptr);
    return index;
}

/* Nanoseconds of a round. */
static double run_round(const struct match_index *index, const struct texts *texts,
                        struct matchers_pairs *pairs) {
    struct match_scratch *scratch = match_scratch_new();
    struct arena *arena = arena_new(ARENA_FIRST);
    int64_t begin = matchers_cpu_ns();
    for (size_t i = 0; i < texts->count; i++) {
        const struct match_document document = {.text = texts->spans[i]};
        const struct match *matches;
        size_t cut, count = match_run(index, scratch, &document, arena, &matches, &cut);
        if (cut > 0)
            die(EXIT_FAILED, "mention %zu has %zu matches more than are given: no fair comparison", i, cut);
        if (pairs->file) {
            for (size_t j = 0; j < count; j++)
                matchers_pairs_add(pairs, (uint32_t)matches[j].version);
            matchers_pairs_end(pairs, (uint32_t)i);
        } else {
            pairs->total += count;
        }
        arena_reset(arena);
    }
    double spent = (double)(matchers_cpu_ns() - begin);
    arena_free(&arena);
    match_scratch_free(&scratch);
    return spent;
}

int main(int argc, char **argv) {
    if (argc != 5)
        die(EXIT_USAGE, "usage: matchers_earshot MENTIONS ALERTS COUNT PAIRS");
    struct span mentions = matchers_file(argv[1]);
    struct texts texts = {0};
    struct matchers_pairs pairs;
    struct matchers_result result = {
        .engine = "Earshot", .how = "match.h, byte ranges", .alerts = matchers_number(argv[3])};
    double ns[MATCHERS_ROUNDS];
    read_texts(&texts, mentions);
    result.documents = texts.count;
    struct match_index *index = compile(argv[2], result.alerts, &result.build_s);
    matchers_pairs_open(&pairs, strcmp(argv[4], "-") == 0 ? NULL : argv[4]);
    run_round(index, &texts, &pairs); /* the first warms up, and writes */
    matchers_pairs_close(&pairs);
    result.pairs = pairs.total;
    for (size_t round = 0; round < MATCHERS_ROUNDS; round++) {
        matchers_pairs_open(&pairs, NULL);
        ns[round] = run_round(index, &texts, &pairs);
        ASSERT(pairs.total == result.pairs);
    }
    matchers_print(&result, ns, MATCHERS_ROUNDS);
    match_index_free(&index);
    arena_free(&texts.arena);
    free(texts.spans);
    free((char *)mentions.ptr);
    return EXIT_OK;
}
