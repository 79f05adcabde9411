/* The rules of query_lint.c and query_slips.c: a row each, tried on every node of a tree. */
#ifndef COMMON_QUERY_RULES_H
#define COMMON_QUERY_RULES_H

#include "query_cover.h"

#include "earshot/query_lint.h"

struct linter {
    struct span text;
    const struct query *root;
    struct arena *arena;
    struct query_cover *cover;
    struct query_finding *findings;
    size_t count;
    bool cut;
    bool required;    /* where the node at hand cannot match, the query cannot */
    const char *rule; /* the one at hand */
};

struct query_rule {
    const char *name;
    void (*check)(struct linter *linter, const struct query *node);
};

extern const struct query_rule QUERY_SLIPS[];
extern const size_t QUERY_SLIP_COUNT;

/* Formats: what and instead (which may be NULL) of one finding. */
void linter_add(struct linter *linter, enum query_severity severity, const struct query *node,
                const char *what, const char *instead);
/* Text in the linter's arena. */
const char *linter_text(struct linter *linter, const char *format, ...) PRINTF_LIKE(2, 3);
/* On one line, cut where it is long. */
const char *linter_cut(struct linter *linter, struct span text);
/* A node in normal form, likewise. */
const char *linter_show(struct linter *linter, const struct query *node);
/* The bytes that the node was written in. */
struct span linter_source(const struct linter *linter, const struct query *node);
/* One word, and that is in nearly every text. */
bool linter_is_common(const struct linter *linter, const struct query *node);

#endif
