/* edits: how many typing errors two short words are apart: what an error about an unknown name suggests rests
 * on it. */
#ifndef EARSHOT_EDITS_H
#define EARSHOT_EDITS_H

#include "earshot/base.h"

enum { EDITS_BYTES_MAX = 80, EDITS_FAR = 1000 };

/* Insert, delete, replace a byte, or swap two neighbours, each 1, no byte edited twice (optimal string
 * alignment: Damerau 1964). A word longer than EDITS_BYTES_MAX is EDITS_FAR from all others. */
size_t edits_between(struct span a, struct span b);

#endif
