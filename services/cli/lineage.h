/* lineage: the versions of one alert as the topic `alerts` tells them, and the border before which nobody has
 * matched it: where a backfill ends. Pure. */
#ifndef CLI_LINEAGE_H
#define CLI_LINEAGE_H

#include "earshot/alert.h"
#include "earshot/arena.h"
#include "earshot/bus.h"

struct lineage_version {
    int64_t offset, time_ms;
    struct alert *alert; /* NULL: removed */
};

struct lineage {
    const char *id; /* borrowed */
    struct lineage_version *versions;
    size_t count, cap;
    int64_t seen; /* records of the topic, of all alerts, before the first version */
    bool found;   /* the first version, which is not a removal */
    size_t first; /* among the versions */
    struct arena *arena;
};

void lineage_init(struct lineage *lineage, const char *id);
void lineage_free(struct lineage *lineage);
/* In the topic's order; a bus_row_f. What no matcher takes for an alert is passed over. */
void lineage_see(void *self, const struct bus_record *record);

/* NULL: there is none of this offset, or it is a removal. */
const struct lineage_version *lineage_find(const struct lineage *lineage, int64_t offset);
/* NULL: none, or removed. */
const struct lineage_version *lineage_newest(const struct lineage *lineage);

/* No record before the first version is missing, so there never was an earlier one. */
bool lineage_is_whole(const struct lineage *lineage) MUST_CHECK;

/* Raw records of [floor, border) ms were matched by no version. A version goes from the topic only when a
 * later record of its alert is older than `lag_ms` (min.compaction.lag.ms), so all that is surely known is of
 * less than that before now. There is a first version. */
struct lineage_border {
    int64_t floor_ms, border_ms;
};
struct lineage_border lineage_border(const struct lineage *lineage, int64_t now_ms,
                                     int64_t lag_ms) MUST_CHECK;

#endif
