/* rows: many queries of one file: one a line, or a table (CSV, with , ; or tabs) with a column that holds the
 * query and perhaps one that names it, as the tools export them. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "earshot/arena.h"
#include "earshot/base.h"

struct row {
    struct span name;  /* empty: none */
    struct span query; /* never empty */
    size_t line;       /* where it begins, from 1 */
};

struct rows {
    struct row *rows; /* in the arena, as all of them */
    size_t count;
    bool table; /* it has a heading with a column of queries */
};

void rows_read(struct span text, struct arena *arena, struct rows *out);

/* An alert's id of a name: small letters, digits and - for the rest; `query` where nothing of it is left.
 * A number goes behind it where `taken` says that somebody has it. */
const char *rows_id(struct span name, struct arena *arena, bool (*taken)(const char *id, void *context),
                    void *context) MUST_CHECK;

#endif
