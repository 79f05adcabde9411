/* roll: rows are gathered as they come and put in order once: a hundred thousand alerts are a sort, not a
 * table. */
#include "roll.h"

#include <stdlib.h>

void roll_init(struct roll *roll) {
    *roll = (struct roll){.last = -1};
}

static void free_row(struct roll_row *row) {
    free((char *)row->id);
    free((char *)row->json.ptr);
}

void roll_free(struct roll *roll) {
    for (size_t i = 0; i < roll->count; i++)
        free_row(&roll->rows[i]);
    free(roll->rows);
    roll_init(roll);
}

static struct span canonical(const struct alert *alert) {
    struct buf json;
    buf_init(&json, 2 * ALERT_BYTES_MAX);
    alert_print(alert, &json);
    ASSERT(buf_ok(&json));
    return (struct span){.ptr = json.ptr, .len = json.len}; /* its memory goes to the row */
}

void roll_see(void *self, const struct bus_record *record) {
    struct roll *roll = self;
    struct roll_row row = {.offset = record->offset, .timestamp = record->timestamp};
    roll->last = record->offset > roll->last ? record->offset : roll->last;
    roll->last_ms = record->timestamp;
    if (record->value.ptr) {
        struct fault fault;
        struct alert *alert = alert_parse(record->value, &fault);
        bool good = alert && span_eq(span_of(alert->id), record->key);
        if (good)
            row.json = canonical(alert);
        alert_free(&alert);
        if (!good) {
            roll->skipped++;
            return;
        }
    }
    if (!alert_id_ok(record->key)) {
        roll->skipped++;
        return;
    }
    row.id = xstrndup(record->key.ptr, record->key.len);
    if (roll->count == roll->cap) {
        roll->cap = roll->cap ? roll->cap * 2 : 64;
        roll->rows = xrealloc(roll->rows, roll->cap * sizeof *roll->rows);
    }
    roll->rows[roll->count++] = row;
}

static int by_id_then_offset(const void *a, const void *b) {
    const struct roll_row *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : x->offset < y->offset ? -1 : x->offset > y->offset;
}

void roll_settle(struct roll *roll) {
    size_t kept = 0;
    if (roll->count > 0)
        qsort(roll->rows, roll->count, sizeof *roll->rows, by_id_then_offset);
    for (size_t i = 0; i < roll->count; i++) {
        struct roll_row *row = &roll->rows[i];
        bool newest = i + 1 == roll->count || strcmp(row->id, row[1].id) != 0;
        if (newest && row->json.ptr)
            roll->rows[kept++] = *row;
        else
            free_row(row);
    }
    roll->count = kept;
}

static int by_id(const void *a, const void *b) {
    return strcmp(((const struct roll_row *)a)->id, ((const struct roll_row *)b)->id);
}

const struct roll_row *roll_find(const struct roll *roll, const char *id) {
    const struct roll_row key = {.id = id};
    return roll->count ? bsearch(&key, roll->rows, roll->count, sizeof *roll->rows, by_id) : NULL;
}

static void add_change(struct roll_plan *plan, const char *id, struct span value) {
    plan->changes[plan->count++] = (struct roll_change){.id = xstrdup(id), .value = value};
}

static void plan_entry(const struct roll *roll, const struct alert *alert, bool *meant,
                       struct roll_plan *plan) {
    struct span json = canonical(alert);
    const struct roll_row *have = roll_find(roll, alert->id);
    if (have)
        meant[have - roll->rows] = true;
    if (have && span_eq(have->json, json)) {
        plan->unchanged++;
        free((char *)json.ptr);
        return;
    }
    if (have)
        plan->changed++;
    else
        plan->created++;
    add_change(plan, alert->id, json);
}

void roll_make_plan(const struct roll *roll, const struct alert_file *file, bool prune,
                    struct roll_plan *plan) {
    *plan = (struct roll_plan){.changes = xcalloc(file->count + roll->count + 1, sizeof *plan->changes)};
    bool *meant = xcalloc(roll->count + 1, sizeof *meant);
    for (size_t i = 0; i < file->count; i++)
        plan_entry(roll, file->entries[i].alert, meant, plan);
    for (size_t i = 0; prune && i < roll->count; i++) {
        if (meant[i])
            continue;
        plan->removed++;
        add_change(plan, roll->rows[i].id, (struct span){0});
    }
    free(meant);
}

void roll_free_plan(struct roll_plan *plan) {
    for (size_t i = 0; i < plan->count; i++) {
        free((char *)plan->changes[i].id);
        free((char *)plan->changes[i].value.ptr);
    }
    free(plan->changes);
    *plan = (struct roll_plan){0};
}
