/* neutral: queries as peers take them: a line a query, in prefix form, words apart by spaces, already folded.
 *
 *     w WORD            a word
 *     p N WORD…         N words next to each other
 *     n D WORD WORD     two words with at most D positions between them, in either order
 *     & N QUERY…        all of N
 *     | N QUERY…        one of N
 *     ! QUERY           not, as a part of &
 */
#ifndef BENCH_NEUTRAL_H
#define BENCH_NEUTRAL_H

#include "earshot/arena.h"
#include "earshot/base.h"

enum neutral_kind { NEUTRAL_PHRASE, NEUTRAL_NEAR, NEUTRAL_AND, NEUTRAL_OR, NEUTRAL_NOT };

struct neutral {
    enum neutral_kind kind;
    uint32_t distance;        /* NEAR */
    uint32_t count;           /* words, or parts */
    const struct span *words; /* PHRASE, NEAR; borrowed from the text */
    const uint32_t *terms;    /* numbers of the words, by evaluate */
    struct neutral **parts;
};

/* Dies where the line is not of that form. Lives in the arena, as long as the line does. */
struct neutral *neutral_parse(struct span line, struct arena *arena) MUST_CHECK;

#endif
