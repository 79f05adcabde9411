/* worker_slots: what the loop knows of each slot of the bus, and how far it may be committed:
 *
 *     handled  >=  settled  >=  marked  >=  done
 *
 * handled: a verdict was given. settled: the service holds it durable. marked: and all that it produced
 * stands before the bus's mark. done: that was acknowledged, and the bus was told. All are offsets of the
 * record that comes next, SLOT_NONE where there is none yet. */
#ifndef WORKER_SLOTS_H
#define WORKER_SLOTS_H

#include "earshot/bus.h"
#include "earshot/metrics.h"

#define SLOT_NONE INT64_MIN

struct slot {
    bool mine;
    int64_t handled, settled, marked, done;
    int64_t first; /* the first that was handled since the last settlement */
    int64_t seek;  /* where reading shall go on; until then its records are passed over */
    struct metric *lag;
};

struct slots {
    struct slot *all; /* by number */
    size_t count;
    bool unsettled; /* something was handled since the last settlement */
    bool unmarked;  /* something was settled since the last mark */
    bool marking;   /* a mark is set and was not reached yet */
    bool seeking;   /* a seek waits */
};

void slots_free(struct slots *slots);
/* NULL: one that was never assigned. */
static inline struct slot *slots_find(const struct slots *slots, int32_t number) {
    return number >= 0 && (size_t)number < slots->count ? &slots->all[number] : NULL;
}

void slots_assign(struct slots *slots, int32_t number, int64_t committed);
/* What its lag is published as, once. */
void slots_label(struct slots *slots, int32_t number, const char *topic, int32_t partition);
void slots_revoke(struct slots *slots, int32_t number);
/* The service begins, or goes on, at offset: all before it is durable, or never mattered. */
void slots_begin(struct slots *slots, int32_t number, int64_t offset);
void slots_seek(struct slots *slots, int32_t number, int64_t offset);

/* Not to be handled: not ours any more, given up by a seek, or handled before. */
static inline bool slot_passes(const struct slot *slot, int64_t offset) {
    return !slot || !slot->mine || slot->seek != SLOT_NONE || offset < slot->handled;
}

static inline void slots_handled(struct slots *slots, struct slot *slot, int64_t offset) {
    if (slot->first == SLOT_NONE)
        slot->first = offset;
    slot->handled = offset + 1;
    slots->unsettled = true;
}

/* All that was handled is settled. */
void slots_settle(struct slots *slots);
/* What was handled since the last settlement is void; it is read again unless a seek said otherwise. */
void slots_void(struct slots *slots);
/* Tells the bus what is acknowledged, and sets the next mark. */
void slots_commit(struct slots *slots, struct bus *bus);
/* Everything was flushed. */
void slots_flushed(struct slots *slots, struct bus *bus);
/* Carries out what seeks wait; BUS_AGAIN: some still do. */
enum bus_status slots_carry_out(struct slots *slots, struct bus *bus) MUST_CHECK;
/* Publishes the lag of our partitions. */
void slots_show_lag(const struct slots *slots, struct bus *bus);

#endif
