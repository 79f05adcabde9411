/* How many short queries are parsed a second: an index of 100,000 alerts is built from so many. One line a
 * kind of query, the median of the rounds, thread CPU time.
 * bench_query [QUERIES A ROUND] */
#include "earshot/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5 };

static const char *const QUERIES[] = {
    "acme",
    "acme AND speaker",
    "\"acme corp\" OR acme",
    "#acme OR @acme OR acme",
    "kaputt AND lautsprecher AND NOT hotel",
    "acme AND (broken OR defekt OR kapot) -\"acme hotel\"",
    "cat NEAR/3 dog",
    "microsof* AND lautsprecher~1",
    "müller AND straße",
    "社交聆聽 AND 斷線",
    "acme AND lang:(de OR nl)",
    "acme AND followers:[1000 TO *]",
};

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds for `count` queries, of all kinds in turn or of one. */
static double measure(struct arena *arena, size_t count, const char *only) {
    double seconds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        for (size_t i = 0; i < count; i++) {
            struct query_error error;
            struct query *query =
                query_parse(span_of(only ? only : QUERIES[i % COUNT_OF(QUERIES)]), arena, &error);
            ASSERT(query);
            arena_reset(arena);
        }
        seconds[round] = cpu_seconds() - start;
    }
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    return seconds[ROUNDS / 2];
}

int main(int argc, char **argv) {
    size_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 500000;
    struct arena *arena = arena_new(65536);
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++)
        printf("%5.0f ns  %s\n", measure(arena, count, QUERIES[i]) / (double)count * 1e9, QUERIES[i]);
    printf("%.0f queries a second\n", (double)count / measure(arena, count, NULL));
    arena_free(&arena);
    return 0;
}
