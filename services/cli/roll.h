/* roll: the alerts as the topic holds them, and what a file would change. Pure. */
#ifndef CLI_ROLL_H
#define CLI_ROLL_H

#include "earshot/alert.h"
#include "earshot/bus.h"

struct roll_row {
    const char *id;
    struct span json; /* canonical; ptr NULL: removed */
    int64_t offset, timestamp;
};

struct roll {
    struct roll_row *rows; /* after roll_settle(): by id, bytewise, each once, none removed */
    size_t count, cap;
    size_t skipped;  /* records that are no alert */
    int64_t last;    /* the greatest offset seen, -1: none */
    int64_t last_ms; /* its timestamp */
};

void roll_init(struct roll *roll);
void roll_free(struct roll *roll);
/* In the topic's order; a bus_row_f. */
void roll_see(void *self, const struct bus_record *record);
void roll_settle(struct roll *roll);
const struct roll_row *roll_find(const struct roll *roll, const char *id);

struct roll_change {
    const char *id;
    struct span value; /* ptr NULL: remove */
};

struct roll_plan {
    struct roll_change *changes;
    size_t count;
    size_t created, changed, unchanged, removed;
};

/* From the settled roll to what entries say; prune: what entries lack goes. Values and ids are owned by the
 * plan. */
void roll_make_plan(const struct roll *roll, const struct alert_file *file, bool prune,
                    struct roll_plan *plan);
void roll_free_plan(struct roll_plan *plan);

#endif
