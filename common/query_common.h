/* The words that nearly every text of a language has: an alert cannot be found by them. */
#ifndef COMMON_QUERY_COMMON_H
#define COMMON_QUERY_COMMON_H

#include "earshot/base.h"

/* word is in form E. */
bool query_is_common(struct span word) MUST_CHECK;

#endif
