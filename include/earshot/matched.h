/* matched: what a mention is matched by, and what comes of it as text: the member `matches` of mention.md.
 * The matcher and `earshot match` share it, so that they cannot differ. Pure. */
#ifndef EARSHOT_MATCHED_H
#define EARSHOT_MATCHED_H

#include "earshot/buf.h"
#include "earshot/match.h"
#include "earshot/mention.h"

/* Borrows from the mention. time: the record's, against the alerts' from and to. */
struct match_document matched_document(const struct mention *mention, int64_t time) MUST_CHECK;

/* `[[field,start,end],…]`, the `at` of a match. */
void matched_print_at(const struct match *match, struct buf *out);
/* `[…]`, and `,"matches_cut":n` behind it where cut is not 0: what mention_append() takes for "matches". */
void matched_print(const struct match *matches, size_t count, size_t cut, struct buf *out);

#endif
