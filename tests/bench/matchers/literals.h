/* literals: what a filter looks for on behalf of queries: of each query the literals of which it needs one,
 * those that lines likely have least. */
#ifndef BENCH_LITERALS_H
#define BENCH_LITERALS_H

#include "evaluate.h"

struct literal_use {
    uint32_t alert;
    bool decides; /* where the literal is, the query is true */
};

/* ` acme `, ` acme corp `: words with a space before and behind. */
struct literal {
    struct span text;
    struct literal_use *uses;
    uint32_t use_count, use_cap;
};

struct literals {
    struct literal *items; /* no text twice, by the last bytes of the text */
    size_t count, cap;
};

/* The evaluator has numbered the
 * queries' words and counted a sample of lines. Texts live in the arena. */
void literals_choose(struct literals *literals, struct neutral *const *queries, size_t count,
                     const struct evaluator *evaluator, struct arena *arena);
void literals_free(struct literals *literals);

#endif
