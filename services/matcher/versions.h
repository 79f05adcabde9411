/* versions: every alert with its versions in time, as the topic `alerts` tells them. Pure.
 *
 * A version is in force for raw records whose timestamp is at least its own record's + ALERT_DELAY_MS and
 * less than its next version's + ALERT_DELAY_MS: so a redelivered mention matches as it did the first time,
 * whatever was edited since. The delay is the time that a worker has to learn of an edit. A paused alert and
 * a removed one are versions that match nothing. Times are milliseconds, the log's. */
#ifndef MATCHER_VERSIONS_H
#define MATCHER_VERSIONS_H

#include "earshot/alert.h"
#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/bus.h"
#include "earshot/match.h"

enum { ALERTS_WHY_MAX = 400 };

/* Of an alert's last row, by its id. */
struct versions_slot {
    uint32_t hash, row; /* row + 1; 0: the slot is free */
};

/* Read by anybody; changed by the functions below. */
struct versions {
    struct match_alert *rows; /* as they were taken; query.ptr NULL: matches nothing; id.ptr is the row's one
                                 allocation. One that its successor replaced before it came into force ends
                                 where it begins */
    size_t count, cap;
    size_t active;               /* alerts whose last version matches something */
    size_t weight;               /* versions_weight() of all */
    struct versions_slot *slots; /* open addresses, at most half full; a power of two */
    size_t slot_count, used;
    uint64_t seed;
    struct arena *arena; /* of one query, to see that it parses */
};

/* seed: of the hashes of ids. */
struct versions *versions_new(uint64_t seed) MUST_CHECK;
void versions_free(struct versions **versions);

/* Takes a record of the topic: a row more. False: it is no alert and changes nothing; why is one line. */
bool versions_take(struct versions *versions, const struct bus_record *record,
                   char why[ALERTS_WHY_MAX]) MUST_CHECK;

/* Drops what no record from `before` on needs: versions that were replaced by then, and alerts removed by
 * then. How many of the first `first` rows went. */
size_t versions_forget(struct versions *versions, int64_t before, size_t first) MUST_CHECK;

/* About what it costs to index a row, in bytes of a query. */
enum { VERSIONS_ROW_WEIGHT = 32 };
static inline size_t versions_weight(const struct match_alert *row) {
    return row->query.len + VERSIONS_ROW_WEIGHT;
}

/* Appends to out what matches something and is in force for some record from `floor` on; how many. The texts
 * are borrowed from the rows. */
size_t versions_select(const struct match_alert *rows, size_t count, int64_t floor,
                       struct match_alert *out) MUST_CHECK;

#endif
