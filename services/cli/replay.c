/* replay: two panels see each mention, the alerts that are tried and those of them that are saved and other.
 * Matches come by id, so what is gained and lost shows in one pass over both. */
#include "replay.h"

#include "conf_span.h"
#include "panel.h"

#include "earshot/item.h"
#include "earshot/matched.h"

#include <stdlib.h>

enum { ARENA_FIRST = 64 * 1024, ITEM_MAX = 1 << 20, CANONICAL_MAX = 2 * ALERT_BYTES_MAX };

struct replay {
    struct replay_conf conf;
    struct replay_grain grain;
    struct panel *tried, *saved;
    struct alert_file others; /* of the saved ones, those that are not the same; entries are borrowed */
    struct replay_row *rows;  /* by row of the panel `tried` */
    struct repeats *repeats;
    struct arena *arena; /* of one record */
    struct buf item;
    struct trial_totals totals;
    int64_t oldest, newest;
};

static bool same_alert(const struct alert *a, const struct alert *b) {
    struct buf texts[2];
    buf_init(&texts[0], CANONICAL_MAX);
    buf_init(&texts[1], CANONICAL_MAX);
    alert_print(a, &texts[0]);
    alert_print(b, &texts[1]);
    bool same = span_eq(buf_span(&texts[0]), buf_span(&texts[1]));
    buf_free(&texts[0]);
    buf_free(&texts[1]);
    return same;
}

static void set_saved(struct replay *replay, const struct replay_saved *saved) {
    size_t count = saved->alerts->count, rows = panel_count(replay->tried);
    replay->others.entries = xcalloc(count + 1, sizeof *replay->others.entries);
    for (size_t i = 0; i < count; i++) {
        const struct alert_entry *entry = &saved->alerts->entries[i];
        size_t row = panel_find(replay->tried, 0, span_of(entry->alert->id));
        if (row == rows)
            continue;
        replay->rows[row].version = saved->versions[i];
        replay->rows[row].same = same_alert(entry->alert, replay->rows[row].alert);
        if (!replay->rows[row].same)
            replay->others.entries[replay->others.count++] = *entry;
    }
    replay->saved = panel_new(&replay->others);
}

static void set_grain(struct replay *replay) {
    struct replay_grain *grain = &replay->grain;
    grain->name = span_grain(replay->conf.to - replay->conf.from);
    grain->seconds = strcmp(grain->name, "minute") == 0 ? 60
                     : strcmp(grain->name, "hour") == 0 ? 3600
                                                        : 86400;
    grain->start = replay->conf.from / grain->seconds * grain->seconds;
    grain->count = (size_t)((replay->conf.to - grain->start + grain->seconds - 1) / grain->seconds);
}

struct replay *replay_new(const struct replay_conf *conf, const struct alert_file *alerts,
                          const struct replay_saved *saved) {
    struct replay *replay = xcalloc(1, sizeof *replay);
    replay->conf = *conf;
    replay->tried = panel_new(alerts);
    replay->rows = xcalloc(alerts->count + 1, sizeof *replay->rows);
    for (size_t i = 0; i < alerts->count; i++)
        replay->rows[i] = (struct replay_row){.alert = panel_alert(replay->tried, i), .version = -1};
    set_saved(replay, saved);
    set_grain(replay);
    replay->repeats = repeats_new(conf->window, conf->secret);
    replay->arena = arena_new(ARENA_FIRST);
    buf_init(&replay->item, ITEM_MAX);
    replay->oldest = INT64_MAX;
    replay->newest = INT64_MIN;
    return replay;
}

void replay_free(struct replay **replay) {
    struct replay *gone = *replay;
    *replay = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < panel_count(gone->tried); i++) {
        free(gone->rows[i].buckets);
        samples_free(&gone->rows[i].newest);
        samples_free(&gone->rows[i].gains);
        samples_free(&gone->rows[i].losses);
    }
    panel_free(&gone->tried);
    panel_free(&gone->saved);
    repeats_free(&gone->repeats);
    arena_free(&gone->arena);
    buf_free(&gone->item);
    free(gone->others.entries);
    free(gone->rows);
    free(gone);
}

/* A mention in hand. */
struct sighting {
    const struct mention *mention;
    int64_t at; /* by which it counts */
};

static void keep(struct replay *replay, struct samples *samples, const struct sighting *sighting,
                 const struct match *match) {
    if (!samples_want(samples, replay->conf.sample, sighting->at))
        return;
    buf_clear(&replay->item);
    item_begin(&replay->item, sighting->mention, sighting->at);
    buf_add_str(&replay->item, ",\"at\":");
    matched_print_at(match, &replay->item);
    buf_add_char(&replay->item, '}');
    ASSERT(buf_ok(&replay->item));
    samples_add(samples, replay->conf.sample, sighting->at, buf_span(&replay->item));
}

static void count(struct replay *replay, struct replay_row *row, int64_t at) {
    const struct replay_grain *grain = &replay->grain;
    row->matched++;
    if (at < grain->start) {
        row->older++;
        return;
    }
    size_t bucket = (size_t)((at - grain->start) / grain->seconds);
    if (bucket >= grain->count) {
        row->newer++;
        return;
    }
    if (!row->buckets)
        row->buckets = xcalloc(grain->count, sizeof *row->buckets);
    row->buckets[bucket]++;
}

static struct replay_row *row_of(struct replay *replay, struct span id) {
    size_t row = panel_find(replay->tried, 0, id);
    ASSERT(row < panel_count(replay->tried));
    return &replay->rows[row];
}

/* Both by id. */
static void compare(struct replay *replay, const struct sighting *sighting, struct match_result tried,
                    struct match_result saved) {
    size_t i = 0, j = 0;
    while (i < tried.count || j < saved.count) {
        int order = i == tried.count   ? 1
                    : j == saved.count ? -1
                                       : span_order(tried.matches[i].id, saved.matches[j].id);
        struct replay_row *row = row_of(replay, order <= 0 ? tried.matches[i].id : saved.matches[j].id);
        bool compared = row->version >= 0 && !row->same;
        if (order >= 0)
            row->saved_matched++;
        if (order < 0 && compared) {
            row->gained++;
            keep(replay, &row->gains, sighting, &tried.matches[i]);
        } else if (order > 0) {
            row->lost++;
            keep(replay, &row->losses, sighting, &saved.matches[j]);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static void match_mention(struct replay *replay, const struct bus_record *record,
                          const struct mention *mention) {
    const struct match_document document = matched_document(mention, record->timestamp);
    const struct sighting sighting = {mention, mention_dated(mention, record->timestamp / 1000)};
    const struct match_result tried = panel_match(replay->tried, &document, replay->arena);
    const struct match_result saved = panel_match(replay->saved, &document, replay->arena);
    replay->totals.matched += tried.count > 0;
    replay->totals.cut += (int64_t)tried.cut;
    replay->totals.bounded += tried.bounded;
    for (size_t i = 0; i < tried.count; i++) {
        struct replay_row *row = row_of(replay, tried.matches[i].id);
        count(replay, row, sighting.at);
        keep(replay, &row->newest, &sighting, &tried.matches[i]);
    }
    compare(replay, &sighting, tried, saved);
}

bool replay_record(struct replay *replay, const struct bus_record *record, struct fault *fault) {
    struct mention mention;
    int64_t time = record->timestamp;
    bool inside = time >= replay->conf.since_ms && time < replay->conf.until_ms;
    arena_reset(replay->arena);
    bool right = mention_read(record->value, MENTION_RAW, replay->arena, &mention, fault);
    if (inside) {
        replay->totals.read++;
        replay->totals.broken += !right;
        replay->oldest = time < replay->oldest ? time : replay->oldest;
        replay->newest = time > replay->newest ? time : replay->newest;
    }
    if (!right)
        return !inside;
    struct span key = record->key.ptr ? record->key : mention.id;
    enum repeats_kind kind = repeats_see(replay->repeats, record->partition, record->offset, key, &mention);
    if (inside && kind == REPEATS_NEW)
        match_mention(replay, record, &mention);
    else if (inside)
        replay->totals.repeated++;
    return true;
}

const struct trial_totals *replay_totals(const struct replay *replay) {
    return &replay->totals;
}

const struct replay_row *replay_rows(const struct replay *replay, size_t *rows) {
    *rows = panel_count(replay->tried);
    return replay->rows;
}

bool replay_seen(const struct replay *replay, int64_t *oldest, int64_t *newest) {
    *oldest = replay->oldest;
    *newest = replay->newest;
    return replay->oldest <= replay->newest;
}

const struct replay_grain *replay_grain(const struct replay *replay) {
    return &replay->grain;
}
