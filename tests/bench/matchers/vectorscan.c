/* matchers_vectorscan TOKENS QUERIES COUNT PAIRS: Vectorscan looks for literals of the queries, evaluate
 * tries the queries whose literals are there. At its best: a literal is a word with the spaces around it, or
 * a whole phrase, and where that is all of a query nothing is evaluated; many lines are one scan. How many
 * bytes of a literal Vectorscan gets (its tables hold eight; the rest is compared here or there) and how many
 * lines a scan has are tried on the first lines, and the best is measured. PAIRS `-`: only hashed. */
#include "literals.h"
#include "matchers.h"

#include <hs/hs.h>
#include <stdlib.h>

enum { SAMPLE_LINES = 20000, ARENA_FIRST = 1 << 16, HOW_MAX = 64, SHORT = 8, LONG = 1 << 16 };

struct lines {
    char *bytes;      /* ` a b c ` and a newline, a line after the other */
    uint32_t *starts; /* one more than there are */
    size_t count;
};

/* A literal's last bytes, and the literals that end so. */
struct pattern {
    struct span tail;
    uint32_t first, count;
};

struct hit {
    uint32_t literal, end;
};

struct filter {
    const struct literals *literals;
    struct pattern *patterns;
    size_t pattern_count;
    hs_database_t *database;
    hs_scratch_t *scratch;
    const char *bytes; /* of the scan at hand */
    struct hit *hits;
    size_t hit_count, hit_cap;
};

struct bench {
    struct lines lines;
    struct arena *arena;
    struct neutral **queries;
    uint32_t *programs;
    size_t query_count;
    struct evaluator *evaluator;
    uint32_t *tried; /* by alert: the last line that it was tried on, from 1 */
    struct literals literals;
};

/* A way to use Vectorscan. */
struct way {
    size_t longest; /* bytes of a literal that Vectorscan gets; the rest is compared here */
    size_t batch;   /* lines in one scan */
};

static struct lines read_lines(const char *path) {
    struct span text = matchers_file(path), rest = text, line;
    struct lines lines = {0};
    for (; matchers_line(&rest, &line); lines.count++)
        continue;
    lines.bytes = xcalloc(text.len + 2 * lines.count + EVALUATE_SLACK, 1);
    lines.starts = xcalloc(lines.count + 1, sizeof *lines.starts);
    char *at = lines.bytes;
    rest = text;
    for (size_t i = 0; matchers_line(&rest, &line); i++) {
        *at++ = ' ';
        memcpy(at, line.ptr, line.len);
        at += line.len;
        *at++ = ' ';
        *at++ = '\n';
        lines.starts[i + 1] = (uint32_t)(at - lines.bytes);
        if ((size_t)(at - lines.bytes) > UINT32_MAX / 2)
            die(EXIT_FAILED, "more than 2 GiB of words");
    }
    free((char *)text.ptr);
    return lines;
}

/* Without its newline. An empty text is one space too long, and has no words. */
static struct span line_of(const struct lines *lines, size_t number) {
    uint32_t start = lines->starts[number];
    return (struct span){lines->bytes + start, lines->starts[number + 1] - start - 1};
}

static void read_queries(struct bench *bench, const char *path, size_t count) {
    struct span text = matchers_file(path), rest = text, line; /* the queries borrow it to the end */
    bench->queries = xcalloc(count, sizeof(struct neutral *));
    bench->programs = xcalloc(count, sizeof *bench->programs);
    while (bench->query_count < count && matchers_line(&rest, &line)) {
        struct neutral *query = neutral_parse(line, bench->arena);
        bench->programs[bench->query_count] = evaluator_add(bench->evaluator, query, bench->arena);
        bench->queries[bench->query_count++] = query;
    }
    if (bench->query_count < count)
        die(EXIT_FAILED, "%s has fewer than %zu queries", path, count);
}

static size_t sample_of(const struct lines *lines) {
    return lines->count < SAMPLE_LINES ? lines->count : SAMPLE_LINES;
}

static void count_words(struct bench *bench) {
    for (size_t i = 0; i < sample_of(&bench->lines); i++) {
        evaluator_line(bench->evaluator, line_of(&bench->lines, i));
        evaluator_count(bench->evaluator);
    }
}

static struct span tail_of(struct span text, size_t longest) {
    size_t len = text.len < longest ? text.len : longest;
    return (struct span){text.ptr + text.len - len, len};
}

/* Literals stand by their ends, so that those of one tail are neighbours. */
static void make_patterns(struct filter *filter, size_t longest) {
    const struct literals *literals = filter->literals;
    filter->patterns = xcalloc(literals->count, sizeof *filter->patterns);
    for (size_t i = 0; i < literals->count; i++) {
        struct span tail = tail_of(literals->items[i].text, longest);
        struct pattern *last = filter->pattern_count ? &filter->patterns[filter->pattern_count - 1] : NULL;
        if (last && span_eq(last->tail, tail))
            last->count++;
        else
            filter->patterns[filter->pattern_count++] =
                (struct pattern){.tail = tail, .first = (uint32_t)i, .count = 1};
    }
}

static void compile_patterns(struct filter *filter) {
    size_t count = filter->pattern_count;
    const char **texts = xcalloc(count, sizeof(const char *));
    size_t *lens = xcalloc(count, sizeof *lens);
    unsigned *ids = xcalloc(count, sizeof *ids), *flags = xcalloc(count, sizeof *flags);
    hs_compile_error_t *error = NULL;
    for (size_t i = 0; i < count; i++) {
        texts[i] = filter->patterns[i].tail.ptr;
        lens[i] = filter->patterns[i].tail.len;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_lit_multi(texts, flags, ids, lens, (unsigned)count, HS_MODE_BLOCK, NULL, &filter->database,
                             &error) != HS_SUCCESS)
        die(EXIT_FAILED, "Vectorscan: %s", error->message);
    if (hs_alloc_scratch(filter->database, &filter->scratch) != HS_SUCCESS)
        die(EXIT_FAILED, "Vectorscan has no memory for a scan");
    free(texts);
    free(lens);
    free(ids);
    free(flags);
}

static void filter_open(struct filter *filter, struct bench *bench, const struct way *way) {
    literals_choose(&bench->literals, bench->queries, bench->query_count, bench->evaluator, bench->arena);
    *filter = (struct filter){.literals = &bench->literals};
    make_patterns(filter, way->longest);
    compile_patterns(filter);
}

static void filter_close(struct filter *filter, struct bench *bench) {
    hs_free_scratch(filter->scratch);
    hs_free_database(filter->database);
    free(filter->patterns);
    free(filter->hits);
    literals_free(&bench->literals);
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context) {
    struct filter *filter = context;
    const struct pattern *pattern = &filter->patterns[id];
    (void)from;
    (void)flags;
    for (uint32_t i = pattern->first; i < pattern->first + pattern->count; i++) {
        struct span text = filter->literals->items[i].text;
        if (text.len > to || memcmp(filter->bytes + to - text.len, text.ptr, text.len) != 0)
            continue;
        if (filter->hit_count == filter->hit_cap) {
            filter->hit_cap = filter->hit_cap * 2 + 1024;
            filter->hits = xrealloc(filter->hits, filter->hit_cap * sizeof *filter->hits);
        }
        filter->hits[filter->hit_count++] = (struct hit){.literal = i, .end = (uint32_t)to};
    }
    return 0;
}

static int by_place(const void *a, const void *b) {
    const struct hit *x = a, *y = b;
    return (x->end > y->end) - (x->end < y->end);
}

/* Vectorscan promises no order. */
static void order_hits(struct filter *filter) {
    for (size_t i = 1; i < filter->hit_count; i++)
        if (filter->hits[i].end < filter->hits[i - 1].end) {
            qsort(filter->hits, filter->hit_count, sizeof *filter->hits, by_place);
            return;
        }
}

static void try_uses(struct bench *bench, const struct literal *literal, size_t line, bool *laid_out,
                     struct matchers_pairs *pairs) {
    for (uint32_t i = 0; i < literal->use_count; i++) {
        const struct literal_use *use = &literal->uses[i];
        if (bench->tried[use->alert] == line + 1)
            continue;
        bench->tried[use->alert] = (uint32_t)line + 1;
        if (!use->decides && !*laid_out) {
            evaluator_line(bench->evaluator, line_of(&bench->lines, line));
            *laid_out = true;
        }
        if (use->decides || evaluator_true(bench->evaluator, bench->programs[use->alert]))
            matchers_pairs_add(pairs, use->alert);
    }
}

/* Lines first to last, the last not included, in one scan. */
static void scan(struct bench *bench, struct filter *filter, size_t first, size_t last,
                 struct matchers_pairs *pairs) {
    const uint32_t *starts = bench->lines.starts;
    size_t line = first;
    bool laid_out = false;
    filter->bytes = bench->lines.bytes + starts[first];
    filter->hit_count = 0;
    if (hs_scan(filter->database, filter->bytes, starts[last] - starts[first], 0, filter->scratch, on_match,
                filter) != HS_SUCCESS)
        die(EXIT_FAILED, "Vectorscan cannot scan");
    order_hits(filter);
    for (size_t i = 0; i < filter->hit_count; i++) {
        for (; starts[line + 1] - starts[first] < filter->hits[i].end; line++) {
            matchers_pairs_end(pairs, (uint32_t)line);
            laid_out = false;
        }
        try_uses(bench, &filter->literals->items[filter->hits[i].literal], line, &laid_out, pairs);
    }
    matchers_pairs_end(pairs, (uint32_t)line);
}

/* Nanoseconds of a round over the first lines. */
static double run_round(struct bench *bench, struct filter *filter, size_t count, size_t batch,
                        struct matchers_pairs *pairs) {
    memset(bench->tried, 0, bench->query_count * sizeof *bench->tried);
    int64_t begin = matchers_cpu_ns();
    for (size_t i = 0; i < count; i += batch)
        scan(bench, filter, i, i + batch < count ? i + batch : count, pairs);
    return (double)(matchers_cpu_ns() - begin);
}

static double try_round(struct bench *bench, struct filter *filter, size_t batch) {
    struct matchers_pairs pairs;
    double least = 0;
    for (int i = 0; i < 3; i++) {
        matchers_pairs_open(&pairs, NULL);
        double ns = run_round(bench, filter, sample_of(&bench->lines), batch, &pairs);
        matchers_pairs_close(&pairs, sample_of(&bench->lines));
        least = i == 0 || ns < least ? ns : least;
    }
    return least;
}

static void say(const struct way *way, char *out, size_t size) {
    snprintf(out, size, "%s, %zu lines a scan",
             way->longest == SHORT ? "8 bytes of a literal" : "whole literals", way->batch);
}

/* The best batch for a filter of this way; nanoseconds. */
static double tune_batch(struct bench *bench, struct way *way) {
    static const size_t BATCHES[] = {1, 16, 128, 1000};
    struct filter filter;
    struct way tried = *way;
    double best = 0;
    filter_open(&filter, bench, way);
    for (size_t i = 0; i < COUNT_OF(BATCHES); i++) {
        char how[HOW_MAX];
        tried.batch = BATCHES[i];
        double ns = try_round(bench, &filter, tried.batch);
        say(&tried, how, sizeof how);
        fprintf(stderr, "Vectorscan, %zu alerts, %zu literals: %s: %.0f documents/s\n", bench->query_count,
                bench->literals.count, how, (double)sample_of(&bench->lines) * 1e9 / ns);
        if (i == 0 || ns < best) {
            best = ns;
            way->batch = tried.batch;
        }
    }
    filter_close(&filter, bench);
    return best;
}

/* The best of the ways to use it. Tells of each on stderr. */
static struct way tune(struct bench *bench) {
    struct way ways[] = {{SHORT, 0}, {LONG, 0}};
    size_t best = 0;
    double least = 0;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        double ns = tune_batch(bench, &ways[i]);
        if (i == 0 || ns < least) {
            least = ns;
            best = i;
        }
    }
    return ways[best];
}

/* Builds the filter of this way for good. */
static void build(struct bench *bench, struct filter *filter, const struct way *way,
                  struct matchers_result *result) {
    matchers_memory_reset();
    result->own_bytes = matchers_memory().now;
    int64_t begin = matchers_cpu_ns();
    filter_open(filter, bench, way);
    result->build_s = (double)(matchers_cpu_ns() - begin) / 1e9;
    if (hs_database_size(filter->database, &result->index_bytes) != HS_SUCCESS)
        die(EXIT_FAILED, "Vectorscan does not know the size of its database");
}

static void measure(struct bench *bench, const char *pairs_path) {
    const struct way way = tune(bench);
    struct matchers_pairs kept, pairs;
    struct filter filter;
    double ns[MATCHERS_ROUNDS];
    char how[HOW_MAX];
    size_t count = bench->lines.count;
    struct matchers_result result = {.engine = "Vectorscan",
                                     .how = how,
                                     .alerts = bench->query_count,
                                     .documents = count,
                                     .measured = count,
                                     .rounds = MATCHERS_ROUNDS,
                                     .pairs = &kept};
    build(bench, &filter, &way, &result);
    say(&way, how, sizeof how);
    matchers_pairs_open(&kept, pairs_path);
    run_round(bench, &filter, count, way.batch, &kept);
    matchers_pairs_close(&kept, count);
    for (size_t round = 0; round < MATCHERS_ROUNDS; round++) {
        matchers_pairs_open(&pairs, NULL);
        ns[round] = run_round(bench, &filter, count, way.batch, &pairs);
        ASSERT(pairs.total == kept.total);
        matchers_pairs_close(&pairs, count);
    }
    result.peak_bytes = matchers_memory().peak;
    matchers_print(&result, ns);
    filter_close(&filter, bench);
}

int main(int argc, char **argv) {
    if (argc != 5)
        die(EXIT_USAGE, "usage: matchers_vectorscan TOKENS QUERIES COUNT PAIRS");
    struct bench bench = {
        .lines = read_lines(argv[1]), .arena = arena_new(ARENA_FIRST), .evaluator = evaluator_new()};
    read_queries(&bench, argv[2], matchers_number(argv[3]));
    bench.tried = xcalloc(bench.query_count, sizeof *bench.tried);
    count_words(&bench);
    measure(&bench, argv[4]);
    evaluator_free(&bench.evaluator);
    arena_free(&bench.arena);
    free(bench.queries);
    free(bench.programs);
    free(bench.tried);
    free(bench.lines.bytes);
    free(bench.lines.starts);
    return EXIT_OK;
}
