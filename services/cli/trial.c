/* trial: a version is in force for a while; here each alert is one version that always is. */
#include "trial.h"

#include "earshot/arena.h"
#include "earshot/match.h"
#include "earshot/matched.h"

#include <stdlib.h>

enum { ARENA_FIRST = 64 * 1024, MARK_BYTES = 3 };

struct row {
    const struct alert *alert;
    int64_t matched;
};

struct trial {
    struct row *rows; /* by id, as matches are */
    size_t count;
    struct match_index *index;
    struct match_scratch *scratch;
    struct arena *arena; /* of one line */
    struct trial_totals totals;
};

static int by_id(const void *a, const void *b) {
    const struct row *x = a, *y = b;
    return strcmp(x->alert->id, y->alert->id);
}

static struct match_index *compile(const struct row *rows, size_t count) {
    struct match_alert *alerts = xcalloc(count + 1, sizeof *alerts);
    size_t active = 0;
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = rows[i].alert;
        if (!alert->paused)
            alerts[active++] = (struct match_alert){
                .id = span_of(alert->id), .query = span_of(alert->query), .from = INT64_MIN};
    }
    struct match_index *index = match_compile(alerts, active);
    free(alerts);
    return index;
}

struct trial *trial_new(const struct alert_file *alerts) {
    struct trial *trial = xcalloc(1, sizeof *trial);
    trial->rows = xcalloc(alerts->count + 1, sizeof *trial->rows);
    trial->count = alerts->count;
    for (size_t i = 0; i < alerts->count; i++)
        trial->rows[i].alert = alerts->entries[i].alert;
    qsort(trial->rows, trial->count, sizeof *trial->rows, by_id);
    trial->index = compile(trial->rows, trial->count);
    trial->scratch = match_scratch_new();
    trial->arena = arena_new(ARENA_FIRST);
    return trial;
}

void trial_free(struct trial **trial) {
    struct trial *gone = *trial;
    *trial = NULL;
    if (!gone)
        return;
    match_index_free(&gone->index);
    match_scratch_free(&gone->scratch);
    arena_free(&gone->arena);
    free(gone->rows);
    free(gone);
}

/* The matches come in the order of the rows: one pass, by halves of what is left. */
static void count_matches(struct trial *trial, const struct match *matches, size_t count) {
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t to = trial->count;
        while (from < to) {
            size_t middle = from + (to - from) / 2;
            struct span id = span_of(trial->rows[middle].alert->id);
            size_t len = id.len < matches[i].id.len ? id.len : matches[i].id.len;
            int order = memcmp(id.ptr, matches[i].id.ptr, len);
            if (order < 0 || (order == 0 && id.len < matches[i].id.len))
                from = middle + 1;
            else
                to = middle;
        }
        ASSERT(from < trial->count && span_eq(span_of(trial->rows[from].alert->id), matches[i].id));
        trial->rows[from++].matched++;
    }
}

static void print_line(const struct mention *mention, const struct match *matches, size_t count, size_t cut,
                       struct buf *out) {
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, mention->id);
    buf_add_str(out, ",\"matches\":");
    matched_print(matches, count, cut, out);
    buf_add_str(out, "}\n");
}

static void match_mention(struct trial *trial, const struct mention *mention, struct buf *out) {
    const struct match_document document = matched_document(mention, 0);
    const struct match *matches;
    size_t cut, count = match_run(trial->index, trial->scratch, &document, trial->arena, &matches, &cut);
    if (count == 0)
        return;
    trial->totals.matched++;
    trial->totals.cut += (int64_t)cut;
    if (out)
        print_line(mention, matches, count, cut, out);
    else
        count_matches(trial, matches, count);
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
    add_number(out, ", broken ", totals->broken, grouped);
    if (totals->cut > 0)
        add_number(out, ", matches cut ", totals->cut, grouped);
}

static void add_row(struct screen *screen, const struct row *row, int width, int64_t top) {
    enum { RIGHT = 14 };
    if (!screen->terminal) {
        buf_printf(screen->out, "%-*s %12lld\n", width, row->alert->id, (long long)row->matched);
        return;
    }
    screen_style(screen, STYLE_BOLD);
    screen_cell(screen, span_of(row->alert->id), width);
    screen_style(screen, STYLE_NONE);
    buf_printf(screen->out, " %12s", digits_of(row->matched).text);
    if (row->alert->paused)
        screen_text(screen, STYLE_DIM, " paused");
    if (row->matched > 0)
        buf_add_char(screen->out, ' ');
    screen_bar(screen, STYLE_ACCENT, row->matched, top, screen->width - width - RIGHT);
    buf_add_char(screen->out, '\n');
}

void trial_show(struct screen *screen, const struct trial *trial) {
    int width = 7;
    int64_t top = 0;
    for (size_t i = 0; i < trial->count; i++) {
        int len = (int)strlen(trial->rows[i].alert->id);
        width = len > width ? len : width;
        top = trial->rows[i].matched > top ? trial->rows[i].matched : top;
    }
    if (!screen->terminal)
        buf_printf(screen->out, "%-*s %12s\n", width, "# alert", "mentions");
    for (size_t i = 0; i < trial->count; i++)
        add_row(screen, &trial->rows[i], width, top);
    buf_add_str(screen->out, screen->terminal ? "\n" : "# ");
    trial_add_totals(screen->out, &trial->totals, screen->terminal);
    buf_add_char(screen->out, '\n');
}
