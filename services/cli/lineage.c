/* lineage: compaction takes a version away only because of a later record of its alert that is itself older
 * than the lag. If that one is still there, it is the first that we see, and its border is older than the
 * lag. If it is gone too, it was a removal, and what was matched before it is older than the lag. */
#include "lineage.h"

#include "earshot/query.h"

#include <stdlib.h>

void lineage_init(struct lineage *lineage, const char *id) {
    *lineage = (struct lineage){.id = id, .arena = arena_new(65536)};
}

void lineage_free(struct lineage *lineage) {
    for (size_t i = 0; i < lineage->count; i++)
        alert_free(&lineage->versions[i].alert);
    free(lineage->versions);
    arena_free(&lineage->arena);
    *lineage = (struct lineage){.count = 0};
}

/* NULL: no matcher takes it. */
static struct alert *read_alert(struct lineage *lineage, const struct bus_record *record) {
    struct fault fault;
    struct query_error error;
    struct alert *alert = alert_parse(record->value, &fault);
    if (!alert)
        return NULL;
    arena_reset(lineage->arena);
    if (strcmp(alert->id, lineage->id) != 0 || !query_parse(span_of(alert->query), lineage->arena, &error))
        alert_free(&alert);
    return alert;
}

static void add(struct lineage *lineage, const struct bus_record *record, struct alert *alert) {
    if (lineage->count == lineage->cap) {
        lineage->cap = lineage->cap ? lineage->cap * 2 : 8;
        lineage->versions = xrealloc(lineage->versions, lineage->cap * sizeof *lineage->versions);
    }
    if (alert && !lineage->found) {
        lineage->found = true;
        lineage->first = lineage->count;
    }
    lineage->versions[lineage->count++] =
        (struct lineage_version){.offset = record->offset, .time_ms = record->timestamp, .alert = alert};
}

void lineage_see(void *self, const struct bus_record *record) {
    struct lineage *lineage = self;
    bool mine = span_eq(record->key, span_of(lineage->id));
    struct alert *alert = mine && record->value.ptr ? read_alert(lineage, record) : NULL;
    bool before = !lineage->found && !alert;
    if (mine && (alert || !record->value.ptr))
        add(lineage, record, alert);
    lineage->seen += before;
}

const struct lineage_version *lineage_find(const struct lineage *lineage, int64_t offset) {
    for (size_t i = 0; i < lineage->count; i++)
        if (lineage->versions[i].offset == offset)
            return lineage->versions[i].alert ? &lineage->versions[i] : NULL;
    return NULL;
}

const struct lineage_version *lineage_newest(const struct lineage *lineage) {
    const struct lineage_version *last = lineage->count > 0 ? &lineage->versions[lineage->count - 1] : NULL;
    return last && last->alert ? last : NULL;
}

bool lineage_is_whole(const struct lineage *lineage) {
    return lineage->found && lineage->seen == lineage->versions[lineage->first].offset;
}

struct lineage_border lineage_border(const struct lineage *lineage, int64_t now_ms, int64_t lag_ms) {
    ASSERT(lineage->found);
    struct lineage_border border = {.border_ms = lineage->versions[lineage->first].time_ms + ALERT_DELAY_MS};
    if (!lineage_is_whole(lineage))
        border.floor_ms = now_ms - lag_ms + ALERT_DELAY_MS;
    return border;
}
