/* query_lint: what a query that parses is likely not to mean, or is not worth its cost. The rules:
 * query_lint.md beside this file. Pure; about the query alone, so that "very common" is a list of words and
 * no count of mentions. */
#ifndef EARSHOT_QUERY_LINT_H
#define EARSHOT_QUERY_LINT_H

#include "earshot/query.h"

enum { QUERY_FINDINGS_MAX = 100 };

enum query_severity {
    QUERY_NOTE,    /* it does what it says: something in it is not needed, or slow */
    QUERY_WARNING, /* it is likely not what was meant */
    QUERY_ERROR,   /* it can never match */
};

struct query_finding {
    enum query_severity severity;
    const char *rule;    /* its name in query_lint.md */
    size_t start, end;   /* bytes of the text */
    const char *what;    /* one line */
    const char *instead; /* what to write, one line; NULL where there is nothing to say */
};

struct query_findings {
    const struct query_finding *list; /* by start, then end; at most QUERY_FINDINGS_MAX */
    size_t count;
    bool cut; /* there were more */
};

/* query is the tree of text. All lives in the arena. */
struct query_findings query_lint(const struct query *query, struct span text, struct arena *arena) MUST_CHECK;

/* "note", "warning", "error" */
const char *query_severity_name(enum query_severity severity);

#endif
