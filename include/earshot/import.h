/* import: a query as Brandwatch, Talkwalker or X writes it, in the alert language. What cannot be carried is
 * named, never dropped in silence. What is carried to what: import.md beside this file. Pure. */
#ifndef EARSHOT_IMPORT_H
#define EARSHOT_IMPORT_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/query.h"

/* What became of a part that is not carried exactly. What is carried exactly has no finding. */
enum import_severity {
    IMPORT_CHANGED,  /* carried, by one reading of several or by something near it */
    IMPORT_WIDENED,  /* carried, and the alert finds more by it */
    IMPORT_NARROWED, /* carried, and the alert finds less by it */
    IMPORT_LEFT_OUT,
};

/* What the alert finds, against the query as it was. */
enum import_effect { IMPORT_OTHER, IMPORT_MORE, IMPORT_LESS };

struct import_finding {
    size_t byte, end; /* the part of the source */
    enum import_severity severity;
    enum import_effect effect;
    const char *text; /* one line, in the arena */
};

struct import_result {
    struct span query;                     /* in its normal form: query_parse() takes it */
    const struct import_finding *findings; /* by byte */
    size_t finding_count;
};

struct import_dialect;

/* brandwatch, talkwalker, x; NULL: none of these. */
const struct import_dialect *import_dialect_named(struct span name);
/* "changed", "widened", "narrowed", "not carried". */
const char *import_severity_name(enum import_severity severity);
/* "other", "more", "less". */
const char *import_effect_name(enum import_effect effect);

/* All of result lives in the arena. False: error says what is wrong with the source, or that nothing of it is
 * left that could be found; the findings up to there are in result. */
bool import_query(const struct import_dialect *dialect, struct span source, struct arena *arena,
                  struct import_result *result, struct query_error *error) MUST_CHECK;

#endif
