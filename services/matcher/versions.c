/* versions: the rows lie in one array in the order of the log, so what came since some moment is its end, and
 * a copy of it for another thread is one memcpy. The texts of a row never move and never change. */
#include "versions.h"

#include "earshot/hash.h"
#include "earshot/query.h"

#include <stdio.h>
#include <stdlib.h>

struct versions *versions_new(uint64_t seed) {
    struct versions *versions = xcalloc(1, sizeof *versions);
    versions->seed = seed;
    versions->slot_count = 64;
    versions->slots = xcalloc(versions->slot_count, sizeof *versions->slots);
    versions->arena = arena_new(4096);
    return versions;
}

void versions_free(struct versions **versions) {
    struct versions *gone = *versions;
    *versions = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->count; i++)
        free((char *)(uintptr_t)gone->rows[i].id.ptr);
    free(gone->rows);
    free(gone->slots);
    arena_free(&gone->arena);
    free(gone);
}

/* The table. */

static struct versions_slot *slot_of(const struct versions *versions, uint32_t hash, struct span id) {
    size_t mask = versions->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct versions_slot *slot = &versions->slots[i];
        if (slot->row == 0 || (slot->hash == hash && span_eq(versions->rows[slot->row - 1].id, id)))
            return slot;
    }
}

/* All slots into a table of this size, under the rows' numbers of now. became NULL: as they were; else row +
 * 1 by row, 0: it went. */
static void rehash(struct versions *versions, size_t slot_count, const uint32_t *became) {
    struct versions_slot *old = versions->slots;
    size_t old_count = versions->slot_count, mask = slot_count - 1;
    versions->slots = xcalloc(slot_count, sizeof *versions->slots);
    versions->slot_count = slot_count;
    versions->used = 0;
    for (size_t i = 0; i < old_count; i++) {
        uint32_t row = old[i].row;
        if (row && became)
            row = became[row - 1];
        if (!row)
            continue;
        size_t at = old[i].hash & mask;
        while (versions->slots[at].row)
            at = (at + 1) & mask;
        versions->slots[at] = (struct versions_slot){old[i].hash, row};
        versions->used++;
    }
    free(old);
}

/* Taking a record. */

/* The log's times go up; where they do not (a broker that keeps the producers' times), a version is in force
 * no earlier than the one before it. */
static int64_t replace(struct versions *versions, struct match_alert *last, int64_t from) {
    if (from < last->from)
        from = last->from;
    last->to = from;
    versions->active -= last->query.ptr != NULL;
    return from;
}

static void add_row(struct versions *versions, const struct bus_record *record, struct span query) {
    if (versions->used * 2 >= versions->slot_count)
        rehash(versions, versions->slot_count * 2, NULL);
    uint32_t hash = (uint32_t)hash_bytes(versions->seed, record->key);
    struct versions_slot *slot = slot_of(versions, hash, record->key);
    int64_t from = record->timestamp + ALERT_DELAY_MS;
    if (slot->row)
        from = replace(versions, &versions->rows[slot->row - 1], from);
    else
        versions->used++;
    if (versions->count == versions->cap) {
        versions->cap = versions->cap ? versions->cap * 2 : 64;
        versions->rows = xrealloc(versions->rows, versions->cap * sizeof *versions->rows);
    }
    char *text = xmalloc(record->key.len + query.len + 1);
    memcpy(text, record->key.ptr, record->key.len);
    if (query.len)
        memcpy(text + record->key.len, query.ptr, query.len);
    struct match_alert *row = &versions->rows[versions->count++];
    *row = (struct match_alert){.id = {text, record->key.len},
                                .version = record->offset,
                                .query = {query.ptr ? text + record->key.len : NULL, query.len},
                                .from = from};
    *slot = (struct versions_slot){hash, (uint32_t)versions->count};
    versions->active += query.ptr != NULL;
    versions->weight += versions_weight(row);
}

/* It is parsed again when it is indexed: a tree would take ten times the memory of its text. */
static bool query_is_right(struct versions *versions, const struct alert *alert, char why[ALERTS_WHY_MAX]) {
    struct query_error error;
    bool right = query_parse(span_of(alert->query), versions->arena, &error) != NULL;
    arena_reset(versions->arena);
    if (!right)
        snprintf(why, ALERTS_WHY_MAX, "query: byte %zu: %s", error.byte, error.text);
    return right;
}

bool versions_take(struct versions *versions, const struct bus_record *record, char why[ALERTS_WHY_MAX]) {
    struct fault fault;
    if (!record->value.ptr) {
        if (alert_id_ok(record->key)) {
            add_row(versions, record, (struct span){NULL, 0});
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
    bool right = query_is_right(versions, alert, why);
    if (right && !span_eq(record->key, span_of(alert->id))) {
        snprintf(why, ALERTS_WHY_MAX, "the key is not its id, `%s`", alert->id);
        right = false;
    }
    if (right)
        add_row(versions, record, span_of(alert->paused ? NULL : alert->query));
    alert_free(&alert);
    return right;
}

/* Forgetting and selecting. */

static bool is_past(const struct match_alert *row, int64_t before) {
    return row->to ? row->to <= before : !row->query.ptr && row->from <= before;
}

size_t versions_forget(struct versions *versions, int64_t before, size_t first) {
    size_t kept = 0, gone_first = 0, count = versions->count;
    uint32_t *became = xcalloc(count + 1, sizeof *became);
    for (size_t i = 0; i < count; i++) {
        struct match_alert *row = &versions->rows[i];
        if (is_past(row, before)) {
            versions->weight -= versions_weight(row);
            free((char *)(uintptr_t)row->id.ptr);
            gone_first += i < first;
            continue;
        }
        versions->rows[kept] = *row;
        became[i] = (uint32_t)++kept;
    }
    versions->count = kept;
    if (kept < count)
        rehash(versions, versions->slot_count, became);
    free(became);
    return gone_first;
}

size_t versions_select(const struct match_alert *rows, size_t count, int64_t floor, struct match_alert *out) {
    size_t selected = 0;
    for (size_t i = 0; i < count; i++) {
        const struct match_alert *row = &rows[i];
        if (row->query.ptr && (row->to == 0 || (row->to > floor && row->to > row->from)))
            out[selected++] = *row;
    }
    return selected;
}
