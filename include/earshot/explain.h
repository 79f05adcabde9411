/* explain: why a query matches a mention, or what of it keeps it from it. Every part of the tree is asked of
 * the engine by itself, as a query of its own, so that an explanation cannot differ from matching. Pure. */
#ifndef EARSHOT_EXPLAIN_H
#define EARSHOT_EXPLAIN_H

#include "earshot/match.h"
#include "earshot/query.h"

enum explain_truth { EXPLAIN_NO, EXPLAIN_YES };

enum explain_kind {
    EXPLAIN_WORDS, /* a word or a phrase; the parts of a phrase are its words */
    EXPLAIN_WINDOW,
    EXPLAIN_EXACT,
    EXPLAIN_NEAR,
    EXPLAIN_FIELD,
    EXPLAIN_TITLE,
    EXPLAIN_AND,
    EXPLAIN_OR,
    EXPLAIN_NOT,
};

struct explain_part {
    enum explain_kind kind;
    size_t start, end; /* bytes of the query */
    const char *text;  /* in normal form; without a title: above it */
    enum explain_truth truth;
    bool blocks;     /* were it otherwise, the query would match, or would be nearer to it */
    const char *why; /* it blocks; else NULL */
    const struct match_range *ranges;
    size_t range_count;
    struct explain_part *first, *next;
};

/* All lives in the arena. */
struct explain_part *explain(const struct query *query, const struct match_document *document,
                             struct arena *arena) MUST_CHECK;

#endif
