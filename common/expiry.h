/* expiry: which keys were given their expiry lately, so that it is not given with every count. It may forget
 * (the expiry is set once more), never invent. */
#ifndef COMMON_EXPIRY_H
#define COMMON_EXPIRY_H

#include "layout.h"

struct expiry;

struct expiry *expiry_new(void) MUST_CHECK;
void expiry_free(struct expiry **expiry);
/* True once a key, and again when it was forgotten. */
bool expiry_due(struct expiry *expiry, uint32_t alert, enum layout_kind kind, int64_t block) MUST_CHECK;
void expiry_forget(struct expiry *expiry);

#endif
