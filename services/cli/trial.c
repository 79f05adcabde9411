/* trial: lines in, matches or counts out. */
#include "trial.h"

#include "panel.h"

#include "earshot/matched.h"

#include <stdlib.h>

enum { ARENA_FIRST = 64 * 1024, MARK_BYTES = 3 };

struct trial {
    struct panel *panel;
    int64_t *matched;    /* by row of the panel */
    struct arena *arena; /* of one line */
    struct trial_totals totals;
};

struct trial *trial_new(const struct alert_file *alerts) {
    struct trial *trial = xcalloc(1, sizeof *trial);
    trial->panel = panel_new(alerts);
    trial->matched = xcalloc(alerts->count + 1, sizeof *trial->matched);
    trial->arena = arena_new(ARENA_FIRST);
    return trial;
}

void trial_free(struct trial **trial) {
    struct trial *gone = *trial;
    *trial = NULL;
    if (!gone)
        return;
    panel_free(&gone->panel);
    arena_free(&gone->arena);
    free(gone->matched);
    free(gone);
}

static void count_matches(struct trial *trial, const struct match *matches, size_t count) {
    size_t row = 0;
    for (size_t i = 0; i < count; i++) {
        row = panel_find(trial->panel, row, matches[i].id);
        ASSERT(row < panel_count(trial->panel));
        trial->matched[row]++;
    }
}

static void print_line(const struct mention *mention, const struct match_result *found, struct buf *out) {
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, mention->id);
    buf_add_str(out, ",\"matches\":");
    matched_print(found->matches, found->count, found->cut, out);
    buf_add_str(out, "}\n");
}

static void match_mention(struct trial *trial, const struct mention *mention, struct buf *out) {
    const struct match_document document = matched_document(mention, 0);
    const struct match_result found = panel_match(trial->panel, &document, trial->arena);
    trial->totals.bounded += found.bounded;
    if (found.count == 0)
        return;
    trial->totals.matched++;
    trial->totals.cut += (int64_t)found.cut;
    if (out)
        print_line(mention, &found, out);
    else
        count_matches(trial, found.matches, found.count);
}

/* As earshot-ingest takes a file: a byte order mark before the first line is no part of it. */
static struct span without_mark(const struct line *line) {
    struct span bytes = line->bytes;
    if (line->number == 1 && bytes.len >= MARK_BYTES && memcmp(bytes.ptr, "\xef\xbb\xbf", MARK_BYTES) == 0)
        bytes = (struct span){bytes.ptr + MARK_BYTES, bytes.len - MARK_BYTES};
    return bytes;
}

static bool read_mention(struct trial *trial, struct span bytes, size_t size, struct mention *out,
                         struct fault *fault) {
    if (size <= MENTION_BYTES_MAX)
        return mention_read(bytes, MENTION_RAW, trial->arena, out, fault);
    fault_set(fault, FAULT_SIZE, MENTION_BYTES_MAX, "%zu bytes, more than %d", size, MENTION_BYTES_MAX);
    return false;
}

bool trial_line(struct trial *trial, const struct line *line, struct buf *out, struct fault *fault) {
    struct span bytes = without_mark(line);
    size_t size = line->size - (line->bytes.len - bytes.len);
    struct mention mention;
    if (size <= MENTION_BYTES_MAX && lines_is_blank(bytes))
        return true;
    trial->totals.read++;
    arena_reset(trial->arena);
    if (!read_mention(trial, bytes, size, &mention, fault)) {
        trial->totals.broken++;
        return false;
    }
    match_mention(trial, &mention, out);
    return true;
}

const struct trial_totals *trial_totals(const struct trial *trial) {
    return &trial->totals;
}

static void add_number(struct buf *out, const char *name, int64_t n, bool grouped) {
    buf_add_str(out, name);
    if (grouped)
        buf_add_str(out, digits_of(n).text);
    else
        buf_add_int(out, n);
}

void trial_add_totals(struct buf *out, const struct trial_totals *totals, bool grouped) {
    add_number(out, "read ", totals->read, grouped);
    add_number(out, ", matched ", totals->matched, grouped);
    if (totals->repeated > 0)
        add_number(out, ", repetitions ", totals->repeated, grouped);
    add_number(out, ", broken ", totals->broken, grouped);
    if (totals->cut > 0)
        add_number(out, ", matches cut ", totals->cut, grouped);
    if (totals->bounded > 0)
        add_number(out, ", not tried against all ", totals->bounded, grouped);
}

static void add_row(struct screen *screen, const struct trial *trial, size_t row, int width, int64_t top) {
    enum { RIGHT = 14 };
    const struct alert *alert = panel_alert(trial->panel, row);
    int64_t matched = trial->matched[row];
    if (!screen->terminal) {
        buf_printf(screen->out, "%-*s %12lld\n", width, alert->id, (long long)matched);
        return;
    }
    screen_style(screen, STYLE_BOLD);
    screen_cell(screen, span_of(alert->id), width);
    screen_style(screen, STYLE_NONE);
    buf_printf(screen->out, " %12s", digits_of(matched).text);
    if (alert->paused)
        screen_text(screen, STYLE_DIM, " paused");
    if (matched > 0)
        buf_add_char(screen->out, ' ');
    screen_bar(screen, STYLE_ACCENT, matched, top, screen->width - width - RIGHT);
    buf_add_char(screen->out, '\n');
}

void trial_show(struct screen *screen, const struct trial *trial) {
    int width = 7;
    int64_t top = 0;
    for (size_t i = 0; i < panel_count(trial->panel); i++) {
        int len = (int)strlen(panel_alert(trial->panel, i)->id);
        width = len > width ? len : width;
        top = trial->matched[i] > top ? trial->matched[i] : top;
    }
    if (!screen->terminal)
        buf_printf(screen->out, "%-*s %12s\n", width, "# alert", "mentions");
    for (size_t i = 0; i < panel_count(trial->panel); i++)
        add_row(screen, trial, i, width, top);
    buf_add_str(screen->out, screen->terminal ? "\n" : "# ");
    trial_add_totals(screen->out, &trial->totals, screen->terminal);
    buf_add_char(screen->out, '\n');
}
