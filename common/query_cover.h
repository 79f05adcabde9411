/* Which part of a query finds all that another one finds: what a linter may say is said twice, or can never
 * be. */
#ifndef COMMON_QUERY_COVER_H
#define COMMON_QUERY_COVER_H

#include "query_tree.h"

/* The folded words of a tree, and how many steps are left for all questions together. */
struct query_cover;

/* Borrows the tree; lives in the arena. */
struct query_cover *query_cover_new(const struct query *root, struct arena *arena) MUST_CHECK;

/* Whatever narrow matches, wide matches too. False: not, or it is not known: the steps are bounded, and what
 * a tree does not show (two wildcards that are the same in the end) is not looked for. */
bool query_covers(struct query_cover *cover, const struct query *wide, const struct query *narrow) MUST_CHECK;
/* Of a mention never both: values of one field that exclude each other. False: not, or it is not known. */
bool query_excludes(const struct query *a, const struct query *b) MUST_CHECK;

/* Form E of a word of the tree; of a tag, handle or cashtag without its sign. */
struct span query_cover_form(const struct query_cover *cover, const struct query_word *word) MUST_CHECK;

#endif
