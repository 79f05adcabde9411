/* panel: rows in the order of the matches, so that who counts them goes through both once. */
#include "panel.h"

#include <stdlib.h>

struct panel {
    const struct alert **rows;
    size_t count;
    struct match_index *index;
    struct match_scratch *scratch;
};

static int by_id(const void *a, const void *b) {
    const struct alert *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

static struct match_index *compile(const struct panel *panel) {
    struct match_alert *alerts = xcalloc(panel->count + 1, sizeof *alerts);
    size_t active = 0;
    for (size_t i = 0; i < panel->count; i++) {
        const struct alert *alert = panel->rows[i];
        if (!alert->paused)
            alerts[active++] = (struct match_alert){
                .id = span_of(alert->id), .query = span_of(alert->query), .from = INT64_MIN};
    }
    struct match_index *index = match_compile(alerts, active, NULL);
    free(alerts);
    return index;
}

struct panel *panel_new(const struct alert_file *alerts) {
    struct panel *panel = xcalloc(1, sizeof *panel);
    panel->rows = xcalloc(alerts->count + 1, sizeof *panel->rows);
    panel->count = alerts->count;
    for (size_t i = 0; i < alerts->count; i++)
        panel->rows[i] = alerts->entries[i].alert;
    qsort(panel->rows, panel->count, sizeof *panel->rows, by_id);
    panel->index = compile(panel);
    panel->scratch = match_scratch_new();
    return panel;
}

void panel_free(struct panel **panel) {
    struct panel *gone = *panel;
    *panel = NULL;
    if (!gone)
        return;
    match_index_free(&gone->index);
    match_scratch_free(&gone->scratch);
    free(gone->rows);
    free(gone);
}

size_t panel_count(const struct panel *panel) {
    return panel->count;
}

const struct alert *panel_alert(const struct panel *panel, size_t row) {
    return panel->rows[row];
}

size_t panel_find(const struct panel *panel, size_t from, struct span id) {
    size_t to = panel->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (span_order(span_of(panel->rows[middle]->id), id) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < panel->count && span_eq(span_of(panel->rows[from]->id), id);
    return found ? from : panel->count;
}

struct match_result panel_match(struct panel *panel, const struct match_document *document,
                                struct arena *arena) {
    return match_run(panel->index, panel->scratch, document, arena);
}
