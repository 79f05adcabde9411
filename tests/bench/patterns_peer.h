/* Vectorscan at the same work as match_patterns: prefixes and wildcard words in a text of words with spaces
 * around them. */
#ifndef TESTS_BENCH_PATTERNS_PEER_H
#define TESTS_BENCH_PATTERNS_PEER_H

#include "match_patterns.h"

struct peer;

/* No fuzzy words. NULL: this build has no Vectorscan. */
struct peer *peer_new(const enum pattern_kind *kinds, const struct span *texts, size_t count);
void peer_free(struct peer **peer);
/* One scan over ` word word … `; how often a pattern was found. */
size_t peer_scan(const struct peer *peer, struct span text);

#endif
