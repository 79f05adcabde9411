/* What a query of another tool becomes before it is text again: a tree whose leaves are texts of the alert
 * language, and parts that cannot be carried, which stay in it until it is known what leaving them out does.
 */
#ifndef COMMON_IMPORT_TREE_H
#define COMMON_IMPORT_TREE_H

#include "earshot/import.h"
#include "earshot/text.h"

enum import_kind {
    IMPORT_LEAF, /* text of the language that stands for itself anywhere */
    IMPORT_LOST, /* cannot be carried: its finding, or of what lies in it */
    IMPORT_TITLE,
    IMPORT_CHAIN, /* NEAR: two or more */
    IMPORT_ALL,   /* AND */
    IMPORT_ANY,   /* OR */
    IMPORT_NONE,  /* NOT */
};

struct import_note {
    struct import_finding finding;
    struct import_note *next;
};

struct import_node {
    enum import_kind kind;
    size_t start, end; /* bytes of the source */
    struct import_node *first, *last, *next;

    struct span text; /* LEAF */
    bool placed;      /* LEAF: may stand beside NEAR */
    bool positive;    /* LEAF: says what to find */

    struct import_note *note; /* LOST */

    bool spread; /* ALL: was a NEAR, so that its words are what is near others */

    int distance; /* in a child of CHAIN: to the next */
    bool ordered;
};

/* One import. */
struct import_work {
    const struct import_dialect *dialect;
    struct span source;
    struct arena *arena, *scratch; /* scratch: for one leaf */
    struct query_error *error;
    bool failed; /* error is filled */
    struct import_note *notes, **notes_end;
    size_t note_count, node_count;
    struct text_folder *folder; /* NULL until a word lost its accents */
};

/* The first error stays. Always NULL. */
struct import_node *import_fail(struct import_work *work, size_t byte, const char *format, ...)
    PRINTF_LIKE(3, 4);
struct import_note *import_note_add(struct import_work *work, size_t start, size_t end,
                                    enum import_severity severity, const char *format, ...) PRINTF_LIKE(5, 6);
/* A part of the source, for a text about it: on one line, at most 48 bytes. In the arena. */
const char *import_shown(struct import_work *work, size_t start, size_t end);

struct import_node *import_node_new(struct import_work *work, enum import_kind kind, size_t start,
                                    size_t end);
/* Takes child. Of ALL and ANY one of the same kind gives its own children. */
void import_adopt(struct import_node *node, struct import_node *child);
/* An OR, node, says child already. */
bool import_has(const struct import_node *node, const struct import_node *child) MUST_CHECK;
/* text of the language as a leaf; LOST where the language refuses it, with its reason. */
struct import_node *import_leaf(struct import_work *work, struct span text, size_t start, size_t end);
struct import_node *import_lost(struct import_work *work, size_t start, size_t end, const char *why);

/* Without LOST, whose findings say then what leaving them out does; NULL: nothing else was there. */
struct import_node *import_reduce(struct import_work *work, struct import_node *node, bool negative);
/* Every NEAR between words alone. NULL: work->failed. */
struct import_node *import_spread(struct import_work *work, struct import_node *node, bool negative);
/* Leaves out what keeps it from saying what to find. NULL: work->failed. */
struct import_node *import_positive(struct import_work *work, struct import_node *node);
void import_print(const struct import_node *node, struct buf *out);

#endif
