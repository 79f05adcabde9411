/* matchers_earshot [-d DOCUMENTS] [-r ROUNDS] [-p PAIRS] [-e] MENTIONS ALERTS COUNT: the first COUNT alerts
 * of the file over the first DOCUMENTS (else all) mentions, as a worker has them: text in, alerts and byte
 * ranges out. Reading JSON is not in the time, folding is. PAIRS: a file for them.
 *
 * -e: a line for each mention instead, with the time that it took: the median of ROUNDS. */
#include "earshot/alert.h"
#include "earshot/match.h"
#include "earshot/mention.h"
#include "earshot/query.h"

#include "matchers.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

enum { ERRORS_MAX = 1 << 16, ARENA_FIRST = 1 << 16, ARENA_TEXTS = 1 << 22, ROUNDS_MAX = 1000 };

/* No text has it: a round with it alone costs what every mention costs, whatever the alerts. */
#define ABSENT_WORD "qzxjvkwqzxjvkw"

struct options {
    const char *mentions, *alerts, *pairs;
    size_t count, documents, measured, rounds;
    bool each;
};

struct text {
    struct span id, text; /* in the arena */
};

struct texts {
    struct text *items;
    size_t count, cap;
    struct arena *arena;
};

struct bench {
    struct texts texts;
    struct match_index *index;
    struct match_scratch *scratch;
    struct arena *arena; /* of the mention at hand */
    uint64_t cut;
};

static struct span copy_span(struct arena *arena, struct span span) {
    return (struct span){arena_copy(arena, span), span.len};
}

static void read_texts(struct texts *texts, const struct options *options) {
    struct span file = matchers_file(options->mentions), rest = file;
    struct arena *arena = arena_new(ARENA_FIRST);
    texts->arena = arena_new(ARENA_TEXTS);
    for (struct span line; texts->count < options->documents && matchers_line(&rest, &line);) {
        struct mention mention;
        struct fault fault;
        if (!mention_read(line, MENTION_RAW, arena, &mention, &fault))
            die(EXIT_FAILED, "byte %zu of a mention: %s", fault.byte, fault.detail);
        if (texts->count == texts->cap) {
            texts->cap = texts->cap * 2 + 1024;
            texts->items = xrealloc(texts->items, texts->cap * sizeof *texts->items);
        }
        texts->items[texts->count++] =
            (struct text){copy_span(texts->arena, mention.id), copy_span(texts->arena, mention.text)};
        arena_reset(arena);
    }
    arena_free(&arena);
    free((char *)file.ptr);
}

static void check_query(const struct alert *alert, struct arena *arena) {
    struct query_error error;
    if (!query_parse(span_of(alert->query), arena, &error))
        die(EXIT_FAILED, "alert %s: byte %zu: %s", alert->id, error.byte, error.text);
    arena_reset(arena);
}

static size_t allocated(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static struct match_index *compile(const struct match_alert *alerts, size_t count,
                                   const struct match_sample *sample, struct matchers_result *result) {
    const struct match_options how = {.sample = sample};
    size_t before = allocated();
    matchers_memory_reset();
    result->own_bytes = matchers_memory().now;
    int64_t begin = matchers_cpu_ns();
    struct match_index *index = match_compile(alerts, count, &how);
    result->build_s = (double)(matchers_cpu_ns() - begin) / 1e9;
    result->index_bytes = allocated() - before;
    return index;
}

/* The version of an alert is its number in the file: what pairs are made of. */
static struct match_index *read_alerts(const struct options *options, const struct match_sample *sample,
                                       struct matchers_result *result) {
    struct span text = matchers_file(options->alerts);
    struct alert_file file;
    struct buf errors;
    size_t count = options->count;
    buf_init(&errors, ERRORS_MAX);
    if (!alert_file_read(options->alerts, text, &file, &errors) || file.count < count)
        die(EXIT_FAILED, "%s: fewer than %zu alerts, or wrong ones: %.*s", options->alerts, count,
            (int)errors.len, buf_span(&errors).ptr);
    struct match_alert *alerts = xcalloc(count, sizeof *alerts);
    struct arena *arena = arena_new(ARENA_FIRST);
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = file.entries[i].alert;
        check_query(alert, arena);
        alerts[i] = (struct match_alert){
            .id = span_of(alert->id), .version = (int64_t)i, .query = span_of(alert->query)};
    }
    arena_free(&arena);
    struct match_index *index = compile(alerts, count, sample, result);
    free(alerts);
    alert_file_free(&file);
    buf_free(&errors);
    free((char *)text.ptr);
    return index;
}

static size_t match_text(struct bench *bench, size_t number, const struct match **matches) {
    const struct match_document document = {.text = bench->texts.items[number].text};
    arena_reset(bench->arena);
    const struct match_result found = match_run(bench->index, bench->scratch, &document, bench->arena);
    *matches = found.matches;
    bench->cut += found.cut;
    return found.count;
}

/* How often words come, as a worker learns it: from mentions of before. */
static struct match_sample *take_sample(struct bench *bench) {
    enum { SAMPLE = 20000 };
    struct match_sample *sample = match_sample_new();
    const struct match *matches;
    bench->index = match_compile(NULL, 0, NULL);
    for (size_t i = 0; i < SAMPLE && i < bench->texts.count; i++) {
        (void)match_text(bench, i, &matches);
        match_sample_add(sample, bench->scratch);
    }
    match_index_free(&bench->index);
    return sample;
}

/* Nanoseconds of a round. */
static double run_round(struct bench *bench, size_t documents, struct matchers_pairs *pairs) {
    const struct match *matches;
    int64_t begin = matchers_cpu_ns();
    for (size_t i = 0; i < documents; i++) {
        size_t count = match_text(bench, i, &matches);
        if (!pairs->kept) {
            pairs->total += count;
            continue;
        }
        for (size_t j = 0; j < count; j++)
            matchers_pairs_add(pairs, (uint32_t)matches[j].version);
        matchers_pairs_end(pairs, (uint32_t)i);
    }
    return (double)(matchers_cpu_ns() - begin);
}

/* Fills ns. */
static void run_rounds(struct bench *bench, const struct matchers_result *result, double *ns) {
    struct matchers_pairs pairs;
    uint64_t total = 0;
    for (size_t i = 0; i < result->rounds; i++) {
        matchers_pairs_open(&pairs, NULL);
        ns[i] = run_round(bench, result->measured, &pairs);
        ASSERT(i == 0 || pairs.total == total);
        total = pairs.total;
    }
}

/* Nanoseconds of a mention in which nothing can be found. */
static double time_pass(struct bench *bench, const struct matchers_result *result) {
    const struct match_alert absent = {.id = SPAN("absent"), .query = SPAN(ABSENT_WORD)};
    struct match_index *index = bench->index;
    double ns[ROUNDS_MAX];
    bench->index = match_compile(&absent, 1, NULL);
    run_rounds(bench, result, ns);
    match_index_free(&bench->index);
    bench->index = index;
    return matchers_median(ns, result->rounds) / (double)result->measured;
}

static void measure(struct bench *bench, const struct options *options, struct matchers_result *result) {
    size_t documents = bench->texts.count;
    struct matchers_pairs kept;
    double ns[ROUNDS_MAX];
    matchers_pairs_open(&kept, options->pairs ? options->pairs : "-");
    run_round(bench, documents, &kept); /* the first warms up, and is compared */
    matchers_pairs_close(&kept, documents);
    result->cut = bench->cut;
    result->documents = documents;
    result->measured = options->measured < documents ? options->measured : documents;
    result->rounds = options->rounds;
    result->pairs = &kept;
    run_rounds(bench, result, ns);
    result->peak_bytes = matchers_memory().peak;
    result->pass_ns = time_pass(bench, result);
    matchers_print(result, ns);
}

/* The clock is asked before and behind every mention, which takes some tenths of a microsecond. */
static void measure_each(struct bench *bench, size_t rounds) {
    for (size_t i = 0; i < bench->texts.count; i++) {
        const struct text *text = &bench->texts.items[i];
        const struct match *matches;
        double ns[ROUNDS_MAX];
        size_t count = 0;
        uint64_t before = bench->cut;
        for (size_t round = 0; round < rounds; round++) {
            int64_t begin = matchers_cpu_ns();
            count = match_text(bench, i, &matches);
            ns[round] = (double)(matchers_cpu_ns() - begin);
        }
        double ms = matchers_median(ns, rounds) / 1e6;
        printf("{\"id\":\"%.*s\",\"bytes\":%zu,\"matches\":%zu,\"cut\":%llu,\"ms\":%.4f}\n",
               (int)text->id.len, text->id.ptr, text->text.len, count,
               (unsigned long long)(bench->cut - before) / rounds, ms);
    }
}

static struct options options_of(int argc, char **argv) {
    struct options options = {.documents = SIZE_MAX, .measured = SIZE_MAX, .rounds = MATCHERS_ROUNDS};
    for (int option; (option = getopt(argc, argv, "d:m:r:p:e")) != -1;) {
        if (option == 'd')
            options.documents = matchers_number(optarg);
        else if (option == 'm')
            options.measured = matchers_number(optarg);
        else if (option == 'r')
            options.rounds = matchers_number(optarg);
        else if (option == 'p')
            options.pairs = optarg;
        else if (option == 'e')
            options.each = true;
        else
            optind = argc; /* getopt has said what is wrong */
    }
    if (argc - optind != 3 || options.rounds > ROUNDS_MAX)
        die(EXIT_USAGE, "usage: matchers_earshot [-d DOCUMENTS] [-m MEASURED] [-r ROUNDS] [-p PAIRS] [-e] "
                        "MENTIONS ALERTS COUNT");
    options.mentions = argv[optind];
    options.alerts = argv[optind + 1];
    options.count = matchers_number(argv[optind + 2]);
    return options;
}

int main(int argc, char **argv) {
    const struct options options = options_of(argc, argv);
    struct bench bench = {.scratch = match_scratch_new(), .arena = arena_new(ARENA_FIRST)};
    struct matchers_result result = {
        .engine = "Earshot", .how = "from texts, byte ranges", .alerts = options.count};
    read_texts(&bench.texts, &options);
    struct match_sample *sample = take_sample(&bench);
    bench.index = read_alerts(&options, sample, &result);
    match_sample_free(&sample);
    if (options.each)
        measure_each(&bench, options.rounds);
    else
        measure(&bench, &options, &result);
    match_index_free(&bench.index);
    match_scratch_free(&bench.scratch);
    arena_free(&bench.arena);
    arena_free(&bench.texts.arena);
    free(bench.texts.items);
    return EXIT_OK;
}
