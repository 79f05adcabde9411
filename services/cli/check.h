/* check: what is wrong with a query, and what is likely wrong, for people or as JSON. Pure. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "screen.h"

#include "earshot/arena.h"
#include "earshot/query_lint.h"

/* Where a query stands in a file of alerts. */
struct check_place {
    const char *file;
    size_t line;
    const char *id;
};

struct check {
    struct arena *arena;
    bool json;
    size_t queries, counts[QUERY_ERROR + 1]; /* findings by severity */
};

/* Appends what there is to say; place is NULL for a query by itself. Findings of the rule `parse` are
 * those for which the query would be refused as an alert's. */
void check_query(struct check *check, const struct check_place *place, struct span text,
                 struct screen *screen);
/* "# checked 12, errors 1, warnings 3, notes 4" and a newline. */
void check_add_totals(const struct check *check, struct buf *out);

#endif
