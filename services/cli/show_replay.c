/* show_replay: a page an alert, where they are few and somebody looks; else a row each. */
#include "plot.h"
#include "replay.h"
#include "show.h"

#include <stdlib.h>

enum { PAGES_MAX = 8, HEIGHT = 6 };

static json_t *item_of(const struct sample *sample) {
    json_t *item = json_loads(sample->json, 0, NULL);
    ASSERT(item); /* item_begin() made it of a mention that was read */
    return item;
}

/* For people. */

static void add_samples(struct screen *screen, const char *title, const struct samples *samples,
                        int64_t now) {
    if (samples->count == 0)
        return;
    screen_text(screen, STYLE_BOLD, "\n%s\n", title);
    for (size_t i = 0; i < samples->count; i++) {
        json_t *item = item_of(&samples->list[i]);
        show_item(screen, item, now);
        json_decref(item);
    }
}

static void add_comparison(struct screen *screen, const struct replay_row *row) {
    if (row->version < 0 || row->same) {
        screen_text(screen, STYLE_DIM, row->same ? "as it is saved, version %lld\n" : "not saved\n",
                    (long long)row->version);
        return;
    }
    buf_printf(screen->out, "saved (version %lld)  %s mentions", (long long)row->version,
               digits_of(row->saved_matched).text);
    screen_text(screen, STYLE_GOOD, "  gained %s", digits_of(row->gained).text);
    screen_text(screen, STYLE_BAD, "  lost %s\n", digits_of(row->lost).text);
}

static void add_plot(struct screen *screen, const struct replay_row *row, const struct replay_grain *grain) {
    size_t per;
    struct digits from = show_time(grain->start, grain->name);
    struct digits to = show_time(grain->start + (int64_t)(grain->count - 1) * grain->seconds, grain->name);
    if (row->buckets) {
        const struct plot plot = {.values = row->buckets,
                                  .count = grain->count,
                                  .height = HEIGHT,
                                  .from = from.text,
                                  .to = to.text};
        buf_add_char(screen->out, '\n');
        plot_draw(screen, &plot, &per);
        if (per > 1)
            screen_text(screen, STYLE_DIM, "%9s one column is %zu %ss\n", "", per, grain->name);
    }
    if (row->older + row->newer > 0)
        screen_text(screen, STYLE_DIM, "%s dated before this time, %s behind it\n",
                    digits_of(row->older).text, digits_of(row->newer).text);
}

static void add_page(struct screen *screen, const struct replay *replay, const struct replay_row *row,
                     int64_t now) {
    const struct replay_grain *grain = replay_grain(replay);
    screen_text(screen, STYLE_BOLD, "%s", row->alert->id);
    if (row->alert->name) {
        buf_add_str(screen->out, "  ");
        screen_add_foreign(screen->out, span_of(row->alert->name), screen->width / 2);
    }
    buf_printf(screen->out, "  %s mentions, by the %s (UTC)%s\n", digits_of(row->matched).text, grain->name,
               row->alert->paused ? "; paused: it matches nothing" : "");
    add_comparison(screen, row);
    add_plot(screen, row, grain);
    add_samples(screen, "gained: only this one matches", &row->gains, now);
    add_samples(screen, "lost: only the saved one matches", &row->losses, now);
    add_samples(screen, "the newest", &row->newest, now);
    buf_add_char(screen->out, '\n');
}

/* Rows. */

static void add_column(struct screen *screen, bool known, int64_t n) {
    if (known && screen->terminal)
        buf_printf(screen->out, " %12s", digits_of(n).text);
    else if (known)
        buf_printf(screen->out, " %12lld", (long long)n);
    else
        buf_printf(screen->out, " %12s", "-");
}

static void add_rows(struct screen *screen, const struct replay_row *rows, size_t count) {
    int width = 7;
    for (size_t i = 0; i < count; i++) {
        int len = (int)strlen(rows[i].alert->id);
        width = len > width ? len : width;
    }
    buf_printf(screen->out, "%-*s %12s %12s %12s %12s\n", width, "# alert", "mentions", "saved", "gained",
               "lost");
    for (size_t i = 0; i < count; i++) {
        bool saved = rows[i].version >= 0;
        buf_printf(screen->out, "%-*s", width, rows[i].alert->id);
        add_column(screen, true, rows[i].matched);
        add_column(screen, saved, rows[i].same ? rows[i].matched : rows[i].saved_matched);
        add_column(screen, saved, rows[i].gained);
        add_column(screen, saved, rows[i].lost);
        buf_add_char(screen->out, '\n');
    }
    if (screen->terminal)
        screen_text(screen, STYLE_DIM, "%d alerts or fewer are shown with plots and samples\n\n", PAGES_MAX);
}

static void add_end(struct screen *screen, const struct replay *replay) {
    int64_t oldest, newest;
    buf_add_str(screen->out, screen->terminal ? "" : "# ");
    trial_add_totals(screen->out, replay_totals(replay), screen->terminal);
    if (replay_seen(replay, &oldest, &newest))
        buf_printf(screen->out, ", from %s to %s UTC", show_time(oldest / 1000, "minute").text,
                   show_time(newest / 1000, "minute").text);
    buf_add_char(screen->out, '\n');
}

void replay_show(struct screen *screen, const struct replay *replay, int64_t now) {
    size_t count;
    const struct replay_row *rows = replay_rows(replay, &count);
    if (!screen->terminal || count > PAGES_MAX)
        add_rows(screen, rows, count);
    for (size_t i = 0; screen->terminal && count <= PAGES_MAX && i < count; i++)
        add_page(screen, replay, &rows[i], now);
    add_end(screen, replay);
}

/* For programs. */

static json_t *items_of(const struct samples *samples) {
    json_t *items = json_array();
    for (size_t i = 0; i < samples->count; i++)
        json_array_append_new(items, item_of(&samples->list[i]));
    return items;
}

static json_t *buckets_of(const struct replay_row *row, const struct replay_grain *grain) {
    json_t *buckets = json_array();
    for (size_t i = 0; i < grain->count; i++) {
        json_int_t start = grain->start + (int64_t)i * grain->seconds;
        json_int_t mentions = row->buckets ? row->buckets[i] : 0;
        json_array_append_new(buckets, json_pack("[I,I]", start, mentions));
    }
    return buckets;
}

static json_t *saved_of(const struct replay_row *row) {
    if (row->version < 0)
        return json_null();
    return json_pack("{s:I,s:b,s:I,s:I,s:I,s:o,s:o}", "version", (json_int_t)row->version, "same", row->same,
                     "mentions", (json_int_t)(row->same ? row->matched : row->saved_matched), "gained",
                     (json_int_t)row->gained, "lost", (json_int_t)row->lost, "gains", items_of(&row->gains),
                     "losses", items_of(&row->losses));
}

static json_t *row_of(const struct replay_row *row, const struct replay_grain *grain) {
    return json_pack("{s:s,s:b,s:I,s:s,s:o,s:I,s:I,s:o,s:o}", "id", row->alert->id, "paused",
                     row->alert->paused, "mentions", (json_int_t)row->matched, "grain", grain->name,
                     "buckets", buckets_of(row, grain), "older", (json_int_t)row->older, "newer",
                     (json_int_t)row->newer, "saved", saved_of(row), "newest", items_of(&row->newest));
}

static json_t *time_of(bool seen, int64_t ms) {
    return seen ? json_integer(ms / 1000) : json_null();
}

void replay_print(struct buf *out, const struct replay *replay, int64_t lost, bool whole) {
    const struct trial_totals *totals = replay_totals(replay);
    int64_t oldest, newest;
    bool seen = replay_seen(replay, &oldest, &newest);
    size_t count;
    const struct replay_row *rows = replay_rows(replay, &count);
    json_t *alerts = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(alerts, row_of(&rows[i], replay_grain(replay)));
    json_t *object = json_pack(
        "{s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:o,s:o,s:o}", "read", (json_int_t)totals->read, "matched",
        (json_int_t)totals->matched, "repetitions", (json_int_t)totals->repeated, "broken",
        (json_int_t)totals->broken, "matches_cut", (json_int_t)totals->cut, "lost", (json_int_t)lost, "whole",
        whole, "oldest", time_of(seen, oldest), "newest", time_of(seen, newest), "alerts", alerts);
    ASSERT(object);
    char *text = json_dumps(object, JSON_COMPACT);
    ASSERT(text);
    buf_add_str(out, text);
    buf_add_char(out, '\n');
    free(text);
    json_decref(object);
}
