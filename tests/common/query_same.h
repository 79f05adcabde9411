/* Trees of queries, for tests: whether two say the same, and one as text that hides nothing. */
#ifndef TESTS_QUERY_SAME_H
#define TESTS_QUERY_SAME_H

#include "query_tree.h"

/* All but the bytes of the source. */
bool query_same(const struct query *a, const struct query *b);

/* As (KIND …): (and acme (not (phrase a b))). A word by itself stands for a phrase of it; its form follows
 * it, as in acm*:prefix, and its kind before it where it is no word, as in tag:#acme. */
void query_dump(const struct query *query, struct buf *out);

#endif
