/* answers: what `earshot up` ends on: for each alert a page, put together from the Redis functions. */
#ifndef CLI_ANSWERS_H
#define CLI_ANSWERS_H

#include "screen.h"

#include "earshot/store.h"

enum { ANSWERS_ITEMS = 3, ANSWERS_ALERTS = 20, ANSWERS_ID = 80 };

/* How many alerts Redis knows; -1: it does not say. */
int64_t answers_known(struct store *store);

/* since, now: Unix seconds. first: the id of the first alert, "" where there is none. Returns an exit code;
 * errors are said. */
int answers_add(struct screen *screen, struct store *store, int64_t since, int64_t now,
                char first[ANSWERS_ID]);

#endif
