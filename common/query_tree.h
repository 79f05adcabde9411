/* The tree of a query, for those who read it: query_print() and match_compile(). */
#ifndef COMMON_QUERY_TREE_H
#define COMMON_QUERY_TREE_H

#include "earshot/query.h"
#include "earshot/text.h"

enum query_kind { QUERY_PHRASE, QUERY_AND, QUERY_OR, QUERY_NOT };

struct query_word {
    enum text_kind kind; /* never a link */
    struct span text;    /* as it was written, with its sign */
};

struct query {
    enum query_kind kind;
    size_t start, end; /* bytes of the source */

    /* AND and OR: two or more, none of the same kind; NOT: one. */
    struct query *first, *last, *next;

    /* PHRASE: words next to each other, one or more. */
    struct query_word *words;
    size_t word_count;
    struct span run; /* several words that nothing separates: a tag of this name is meant too; else NULL */
};

#endif
