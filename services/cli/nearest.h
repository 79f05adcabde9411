/* nearest: what somebody probably meant. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include "earshot/base.h"

enum { NEAREST_MAX = 3 };

/* Names that are within a third of their length (at least two edits) of what was written, or that begin with
 * it; the nearest first, at most NEAREST_MAX. Returns how many. Fills out with pointers of names. */
size_t nearest(const char *written, const char *const *names, size_t count, const char *out[NEAREST_MAX]);

#endif
