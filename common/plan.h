/* plan: the fewest commands that count a shard's pairs: those that change the same key, the same cell or the
 * same field become one. Pure. */
#ifndef COMMON_PLAN_H
#define COMMON_PLAN_H

#include "earshot/gather.h"
#include "layout.h"

/* A total: of a block of days, all that an alert counts in it. */
enum { PLAN_FEED = LAYOUT_KINDS, PLAN_TOTAL, PLAN_NONE = -1 };

struct plan_cell {
    int64_t place;         /* in the key */
    int64_t first, second; /* what its two numbers grow by: mentions << 32 | positive; negative << 37 | sum */
    int32_t next;          /* of the command; PLAN_NONE: the last */
};

struct plan_entry {
    const struct gather_pair *pair;
    int32_t next;
};

struct plan_command {
    int kind; /* enum layout_kind, PLAN_FEED or PLAN_TOTAL */
    struct roster_alert *alert;
    int64_t block;
    uint32_t joint; /* of a joint counter, which grows by `grows` */
    int64_t grows;
    int32_t first, last; /* cells or entries */
    uint32_t count;      /* of them */
};

struct plan;

struct plan *plan_new(void) MUST_CHECK;
void plan_free(struct plan **plan);
void plan_clear(struct plan *plan);
/* pair is borrowed until plan_clear(). Grains that no reader can see any more at `now` are not counted in. */
void plan_add(struct plan *plan, const struct gather_pair *pair, int64_t now);
/* How long the call will take, in thousandths of a command. */
size_t plan_weight(const struct plan *plan);
const struct plan_command *plan_commands(const struct plan *plan, size_t *count);
const struct plan_cell *plan_cell(const struct plan *plan, int32_t cell);
const struct plan_entry *plan_entry(const struct plan *plan, int32_t entry);

#endif
