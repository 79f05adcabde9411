/* matched: the member `matches` of mention.md, as text. */
#ifndef MATCHER_MATCHED_H
#define MATCHER_MATCHED_H

#include "earshot/buf.h"
#include "earshot/match.h"

/* `[…]`, and `,"matches_cut":n` behind it where cut is not 0: what mention_append() takes for "matches". */
void matched_print(const struct match *matches, size_t count, size_t cut, struct buf *out);

#endif
