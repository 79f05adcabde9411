/* alerts: a version is kept for KEEP_MS after its successor came into force, which is longer than
 * mentions.raw keeps a record that could need it, whichever partitions come and go. The index is smaller: it
 * holds what records from `floor` on need, where floor follows the records that come; one that is older has
 * the index rebuilt. A change has it rebuilt when the first record comes that the change concerns: many edits
 * in two seconds are one build. */
#include "alerts.h"

#include "earshot/alert.h"
#include "earshot/arena.h"
#include "earshot/query.h"

#include <stdio.h>
#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)
#define KEEP_MS (30 * 24 * HOUR_MS)

struct version {
    int64_t from, offset;
    char *query; /* NULL: matches nothing */
};

struct history {
    char *id;
    struct version *versions; /* by from, none twice */
    size_t count, cap;
};

struct alerts {
    struct history **slots; /* open addresses by id, at most half full; a power of two */
    size_t slot_count, used;
    struct arena *arena; /* of one query, to see that it parses */

    struct match_index *index;
    int64_t floor;   /* the index is right for records from here on … */
    int64_t ceiling; /* … and before this: a later change comes into force here */
    int64_t lowest;  /* of the records since the index was built */
    int64_t newest;  /* of all records */
    size_t builds;
};

struct alerts *alerts_new(void) {
    struct alerts *alerts = xcalloc(1, sizeof *alerts);
    alerts->slot_count = 64;
    alerts->slots = xcalloc(alerts->slot_count, sizeof(struct history *));
    alerts->arena = arena_new(4096);
    alerts->ceiling = alerts->lowest = INT64_MAX;
    alerts->newest = INT64_MIN;
    return alerts;
}

static void history_free(struct history *history) {
    for (size_t i = 0; i < history->count; i++)
        free(history->versions[i].query);
    free(history->versions);
    free(history->id);
    free(history);
}

void alerts_free(struct alerts **alerts) {
    struct alerts *gone = *alerts;
    *alerts = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->slot_count; i++)
        if (gone->slots[i])
            history_free(gone->slots[i]);
    free(gone->slots);
    arena_free(&gone->arena);
    match_index_free(&gone->index);
    free(gone);
}

/* The table. */

static struct history **slot_of(const struct alerts *alerts, struct span id) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (unsigned char)id.ptr[i]) * 0x100000001B3u;
    size_t mask = alerts->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask)
        if (!alerts->slots[i] || span_eq(span_of(alerts->slots[i]->id), id))
            return &alerts->slots[i];
}

/* All histories into a table of this size; those without a version are freed. */
static void rehash(struct alerts *alerts, size_t slot_count) {
    struct history **old = alerts->slots;
    size_t old_count = alerts->slot_count;
    alerts->slots = xcalloc(slot_count, sizeof(struct history *));
    alerts->slot_count = slot_count;
    alerts->used = 0;
    for (size_t i = 0; i < old_count; i++) {
        if (!old[i])
            continue;
        if (old[i]->count == 0) {
            history_free(old[i]);
            continue;
        }
        *slot_of(alerts, span_of(old[i]->id)) = old[i];
        alerts->used++;
    }
    free(old);
}

static struct history *history_of(struct alerts *alerts, struct span id) {
    if (alerts->used * 2 >= alerts->slot_count)
        rehash(alerts, alerts->slot_count * 2);
    struct history **slot = slot_of(alerts, id);
    if (!*slot) {
        *slot = xcalloc(1, sizeof **slot);
        (*slot)->id = xstrndup(id.ptr, id.len);
        alerts->used++;
    }
    return *slot;
}

/* Taking a record. */

/* The log's times go up; where they do not (a broker that keeps the producers' times), a version is in force
 * no earlier than the one before it. */
static void add_version(struct alerts *alerts, struct span id, const struct bus_record *record,
                        const char *query) {
    struct history *history = history_of(alerts, id);
    struct version version = {.from = record->timestamp + ALERT_DELAY_MS,
                              .offset = record->offset,
                              .query = query ? xstrdup(query) : NULL};
    if (history->count > 0) {
        struct version *last = &history->versions[history->count - 1];
        if (version.from <= last->from) {
            version.from = last->from;
            free(last->query);
            history->count--;
        }
    }
    if (history->count == history->cap) {
        history->cap = history->cap ? history->cap * 2 : 1;
        history->versions = xrealloc(history->versions, history->cap * sizeof *history->versions);
    }
    history->versions[history->count++] = version;
    alerts->ceiling = version.from < alerts->ceiling ? version.from : alerts->ceiling;
}

static bool query_is_right(struct alerts *alerts, const struct alert *alert, char why[ALERTS_WHY_MAX]) {
    struct query_error error;
    bool right = query_parse(span_of(alert->query), alerts->arena, &error) != NULL;
    arena_reset(alerts->arena);
    if (!right)
        snprintf(why, ALERTS_WHY_MAX, "query: byte %zu: %s", error.byte, error.text);
    return right;
}

bool alerts_take(struct alerts *alerts, const struct bus_record *record, char why[ALERTS_WHY_MAX]) {
    struct fault fault;
    if (!record->value.ptr) {
        if (alert_id_ok(record->key)) {
            add_version(alerts, record->key, record, NULL);
            return true;
        }
        snprintf(why, ALERTS_WHY_MAX, "the key is no alert's id");
        return false;
    }
    struct alert *alert = alert_parse(record->value, &fault);
    if (!alert) {
        snprintf(why, ALERTS_WHY_MAX, "byte %zu: %s", fault.byte, fault.detail);
        return false;
    }
    bool right = query_is_right(alerts, alert, why);
    if (right && !span_eq(record->key, span_of(alert->id))) {
        snprintf(why, ALERTS_WHY_MAX, "the key is not its id, `%s`", alert->id);
        right = false;
    }
    if (right)
        add_version(alerts, record->key, record, alert->paused ? NULL : alert->query);
    alert_free(&alert);
    return right;
}

/* The index. */

/* Drops versions that were replaced before `before`, and what remains of alerts removed before it. */
static void forget(struct alerts *alerts, int64_t before) {
    bool empty = false;
    for (size_t i = 0; i < alerts->slot_count; i++) {
        struct history *history = alerts->slots[i];
        size_t gone = 0;
        if (!history)
            continue;
        while (gone + 1 < history->count && history->versions[gone + 1].from <= before)
            free(history->versions[gone++].query);
        memmove(history->versions, history->versions + gone,
                (history->count - gone) * sizeof(struct version));
        history->count -= gone;
        if (history->count == 1 && !history->versions[0].query && history->versions[0].from <= before)
            history->count = 0;
        empty = empty || history->count == 0;
    }
    if (empty)
        rehash(alerts, alerts->slot_count);
}

static size_t select_versions(const struct alerts *alerts, struct match_alert *out) {
    size_t count = 0;
    for (size_t i = 0; i < alerts->slot_count; i++) {
        const struct history *history = alerts->slots[i];
        for (size_t j = 0; history && j < history->count; j++) {
            const struct version *version = &history->versions[j];
            int64_t to = j + 1 < history->count ? history->versions[j + 1].from : 0;
            if (!version->query || (to && to <= alerts->floor))
                continue;
            out[count++] = (struct match_alert){.id = span_of(history->id),
                                                .version = version->offset,
                                                .query = span_of(version->query),
                                                .from = version->from,
                                                .to = to};
        }
    }
    return count;
}

static void build(struct alerts *alerts) {
    if (alerts->newest > KEEP_MS)
        forget(alerts, alerts->newest - KEEP_MS);
    alerts->floor = alerts->lowest > INT64_MIN + HOUR_MS ? alerts->lowest - HOUR_MS : INT64_MIN;
    alerts->lowest = alerts->ceiling = INT64_MAX;
    struct match_alert *selected = xcalloc(alerts_versions(alerts) + 1, sizeof *selected);
    size_t count = select_versions(alerts, selected);
    match_index_free(&alerts->index);
    alerts->index = match_compile(selected, count, NULL);
    alerts->builds++;
    free(selected);
}

const struct match_index *alerts_index(struct alerts *alerts, int64_t time) {
    alerts->lowest = time < alerts->lowest ? time : alerts->lowest;
    alerts->newest = time > alerts->newest ? time : alerts->newest;
    if (!alerts->index || time < alerts->floor || time >= alerts->ceiling)
        build(alerts);
    return alerts->index;
}

size_t alerts_count(const struct alerts *alerts) {
    size_t count = 0;
    for (size_t i = 0; i < alerts->slot_count; i++) {
        const struct history *history = alerts->slots[i];
        count += history && history->count && history->versions[history->count - 1].query;
    }
    return count;
}

size_t alerts_versions(const struct alerts *alerts) {
    size_t count = 0;
    for (size_t i = 0; i < alerts->slot_count; i++)
        count += alerts->slots[i] ? alerts->slots[i]->count : 0;
    return count;
}

size_t alerts_builds(const struct alerts *alerts) {
    return alerts->builds;
}
