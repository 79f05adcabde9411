/* matchers: what the programs of this benchmark share: files, the clock, pairs, the line that run.py reads.
 */
#ifndef BENCH_MATCHERS_H
#define BENCH_MATCHERS_H

#include "earshot/base.h"

#include <stdio.h>

enum { MATCHERS_ROUNDS = 5 };

/* The whole file with a NUL behind it; free ptr. Dies where it cannot be read. */
struct span matchers_file(const char *path) MUST_CHECK;
/* The next line of *rest without its newline; false behind the last. */
bool matchers_line(struct span *rest, struct span *line) MUST_CHECK;
/* A number from the command line, at least 1. */
size_t matchers_number(const char *text) MUST_CHECK;

/* Processor time of this thread. */
int64_t matchers_cpu_ns(void);
/* Sorts values. */
double matchers_median(double *values, size_t count);

/* The pairs that a round found. What is counted in every round; what is written, only where file is open:
 * little-endian pairs of 32 bits, document and alert, ascending. */
struct matchers_pairs {
    FILE *file; /* NULL: only counted */
    uint32_t *alerts;
    size_t count, cap; /* of the document at hand */
    uint64_t total;
};

/* path NULL: only counted. */
void matchers_pairs_open(struct matchers_pairs *pairs, const char *path);
void matchers_pairs_add(struct matchers_pairs *pairs, uint32_t alert);
/* All alerts of this document were added. */
void matchers_pairs_end(struct matchers_pairs *pairs, uint32_t document);
void matchers_pairs_close(struct matchers_pairs *pairs);

/* What a program has to say in the end, as one line of JSON. */
struct matchers_result {
    const char *engine, *how;
    size_t alerts, documents;
    double documents_per_s; /* median of the rounds */
    double slowest, fastest;
    double build_s;
    uint64_t pairs;
};

/* Of one round's nanoseconds each; sorts them. */
void matchers_print(struct matchers_result *result, double *round_ns, size_t rounds);

#endif
