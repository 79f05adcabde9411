/* worker_slots: one mark at a time is enough: while it is under way the next batches are handled, and when it
 * is reached all of them are settled behind the next one. */
#include "worker_slots.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

static const struct slot EMPTY = {.handled = SLOT_NONE,
                                  .settled = SLOT_NONE,
                                  .marked = SLOT_NONE,
                                  .done = SLOT_NONE,
                                  .first = SLOT_NONE,
                                  .seek = SLOT_NONE};

void slots_free(struct slots *slots) {
    free(slots->all);
    *slots = (struct slots){0};
}

static void grow(struct slots *slots, size_t need) {
    size_t count = slots->count ? slots->count : FIRST_ROOM;
    while (count < need)
        count *= 2;
    slots->all = xrealloc(slots->all, count * sizeof *slots->all);
    for (size_t i = slots->count; i < count; i++)
        slots->all[i] = EMPTY;
    slots->count = count;
}

void slots_assign(struct slots *slots, int32_t number, int64_t committed) {
    ASSERT(number >= 0);
    if ((size_t)number >= slots->count)
        grow(slots, (size_t)number + 1);
    struct slot *slot = &slots->all[number];
    struct metric *lag = slot->lag;
    *slot = EMPTY;
    slot->lag = lag;
    slot->mine = true;
    if (committed >= 0)
        slot->done = committed;
}

void slots_label(struct slots *slots, int32_t number, const char *topic, int32_t partition) {
    struct slot *slot = slots_find(slots, number);
    if (slot->lag)
        return;
    char labels[300];
    snprintf(labels, sizeof labels, "topic=\"%s\",partition=\"%" PRId32 "\"", topic, partition);
    slot->lag = metrics_gauge("earshot_lag_records",
                              "Records between what is done and the end of the partition", labels);
}

void slots_revoke(struct slots *slots, int32_t number) {
    struct slot *slot = slots_find(slots, number);
    if (!slot || !slot->mine)
        return;
    struct metric *lag = slot->lag;
    *slot = EMPTY;
    slot->lag = lag;
    metric_set(lag, 0);
}

void slots_seek(struct slots *slots, int32_t number, int64_t offset) {
    struct slot *slot = slots_find(slots, number);
    if (!slot || !slot->mine)
        return;
    slot->seek = slot->handled = offset;
    slot->first = SLOT_NONE;
    slots->seeking = true;
    slots_begin(slots, number, offset);
}

void slots_begin(struct slots *slots, int32_t number, int64_t offset) {
    struct slot *slot = slots_find(slots, number);
    if (!slot || !slot->mine || offset < 0 || offset <= slot->settled || offset <= slot->done)
        return;
    slot->settled = offset;
    slots->unmarked = true;
}

void slots_settle(struct slots *slots) {
    if (!slots->unsettled)
        return;
    for (size_t i = 0; i < slots->count; i++) {
        struct slot *slot = &slots->all[i];
        if (slot->handled > slot->settled)
            slot->settled = slot->handled;
        slot->first = SLOT_NONE;
    }
    slots->unsettled = false;
    slots->unmarked = true;
}

void slots_void(struct slots *slots) {
    for (size_t i = 0; i < slots->count; i++) {
        struct slot *slot = &slots->all[i];
        if (slot->mine && slot->first != SLOT_NONE)
            slots_seek(slots, (int32_t)i, slot->first);
    }
    slots->unsettled = false;
}

static void tell(struct slots *slots, struct bus *bus) {
    for (size_t i = 0; i < slots->count; i++) {
        struct slot *slot = &slots->all[i];
        if (!slot->mine || slot->marked <= slot->done)
            continue;
        bus_done(bus, (int32_t)i, slot->marked);
        slot->done = slot->marked;
    }
}

static void mark_settled(struct slots *slots) {
    for (size_t i = 0; i < slots->count; i++)
        slots->all[i].marked = slots->all[i].settled;
    slots->unmarked = false;
}

void slots_commit(struct slots *slots, struct bus *bus) {
    if (slots->marking && bus_marked(bus)) {
        tell(slots, bus);
        slots->marking = false;
    }
    if (slots->marking || !slots->unmarked)
        return;
    mark_settled(slots);
    bus_mark(bus);
    if (bus_marked(bus))
        tell(slots, bus);
    else
        slots->marking = true;
}

void slots_flushed(struct slots *slots, struct bus *bus) {
    mark_settled(slots);
    tell(slots, bus);
    slots->marking = false;
}

enum bus_status slots_carry_out(struct slots *slots, struct bus *bus) {
    if (!slots->seeking)
        return BUS_OK;
    enum bus_status all = BUS_OK;
    for (size_t i = 0; i < slots->count; i++) {
        struct slot *slot = &slots->all[i];
        if (!slot->mine || slot->seek == SLOT_NONE)
            continue;
        enum bus_status status = bus_seek(bus, (int32_t)i, slot->seek);
        if (status == BUS_FATAL)
            return BUS_FATAL;
        if (status == BUS_OK)
            slot->seek = SLOT_NONE;
        else
            all = BUS_AGAIN;
    }
    slots->seeking = all != BUS_OK;
    return all;
}

void slots_show_lag(const struct slots *slots, struct bus *bus) {
    for (size_t i = 0; i < slots->count; i++) {
        int64_t lag = slots->all[i].mine ? bus_lag(bus, (int32_t)i) : -1;
        if (lag >= 0)
            metric_set(slots->all[i].lag, (double)lag);
    }
}
