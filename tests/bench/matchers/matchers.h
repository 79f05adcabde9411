/* matchers: what the programs of this benchmark share: files, the clock, pairs, the line that run.py reads.
 */
#ifndef BENCH_MATCHERS_H
#define BENCH_MATCHERS_H

#include "earshot/base.h"

#include <stdio.h>

enum { MATCHERS_ROUNDS = 5, MATCHERS_MARK = 100000, MATCHERS_MARKS_MAX = 64 };

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

/* Bytes in memory now, and the most there were since the start or matchers_memory_reset(). */
struct matchers_memory {
    size_t now, peak;
};

struct matchers_memory matchers_memory(void);
void matchers_memory_reset(void);

/* The pairs that a round found. They are counted in every round. In one of them they are also hashed, so that
 * engines can be compared by a number: documents ascending, and alerts in each. */
struct matchers_pairs {
    bool kept;  /* hashed */
    FILE *file; /* little-endian pairs of 32 bits, document and alert; NULL: not written */
    uint32_t *alerts;
    size_t count, cap; /* of the document at hand */
    uint64_t total, hash;
    uint64_t marks[MATCHERS_MARKS_MAX]; /* the hash before each MATCHERS_MARKth document */
    size_t mark_count;
};

/* path NULL: only counted; `-`: hashed too; else also written to that file. */
void matchers_pairs_open(struct matchers_pairs *pairs, const char *path);
void matchers_pairs_add(struct matchers_pairs *pairs, uint32_t alert);
/* All alerts of this document were added; documents without any may be left out. */
void matchers_pairs_end(struct matchers_pairs *pairs, uint32_t document);
/* total, hash and marks stay. */
void matchers_pairs_close(struct matchers_pairs *pairs, size_t documents);

/* What a program has to say in the end, as one line of JSON. */
struct matchers_result {
    const char *engine, *how;
    size_t alerts, documents;
    size_t measured, rounds; /* documents of a round; as many of them */
    double build_s;
    size_t index_bytes;                 /* 0: not known */
    size_t own_bytes;                   /* in memory before the index was built: documents and queries */
    size_t peak_bytes;                  /* of the process, from the build to the end */
    double pass_ns;                     /* a document where nothing can match; 0: not known */
    uint64_t cut;                       /* matches more than an engine gives back for a document */
    const struct matchers_pairs *pairs; /* of the round that was kept */
};

/* Of one round's nanoseconds each; sorts them. */
void matchers_print(const struct matchers_result *result, double *round_ns);

#endif
