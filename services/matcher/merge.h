/* merge: the matches of two parts of the alerts as one. Pure. */
#ifndef MATCHER_MERGE_H
#define MATCHER_MERGE_H

#include "earshot/arena.h"
#include "earshot/match.h"

/* As match_run() would have found them in one index of both. */
struct match_result merge(const struct match_result *a, const struct match_result *b,
                          struct arena *arena) MUST_CHECK;

#endif
