/* rows: many queries of one file: one a line, a table (CSV, with , ; or tabs) with a column that holds the
 * query and perhaps one that names it, or JSON with such members, as the tools and their APIs give them. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "earshot/arena.h"
#include "earshot/base.h"

struct row {
    struct span name;  /* empty: none */
    struct span query; /* never empty */
    size_t line;       /* where it begins, from 1; of JSON: the how-manieth query it is */
};

struct rows {
    struct row *rows; /* in the arena, as all of them */
    size_t count, room;
    bool named; /* columns or members say what is a query: the file is no query itself */
};

void rows_read(struct span text, struct arena *arena, struct rows *out);

/* For rows_json.c. False: text is no JSON, or holds no query. */
bool rows_read_json(struct span text, struct arena *arena, struct rows *out) MUST_CHECK;
/* Adds one that is not empty. */
void rows_add(struct rows *out, struct arena *arena, struct row row);
/* How good a heading is for a column of queries, or of names: 0 is best, SIZE_MAX none. */
size_t rows_rank(struct span heading, bool query) MUST_CHECK;

/* An alert's id of a name: small letters, digits and - for the rest; `query` where nothing of it is left.
 * A number goes behind it where `taken` says that somebody has it. */
const char *rows_id(struct span name, struct arena *arena, bool (*taken)(const char *id, void *context),
                    void *context) MUST_CHECK;

#endif
