/* backfill: the record grows as it would in the topics, and is read again as each stage reads it. Few are
 * matched, so this costs little, and nothing of the stages is done a second way. */
#include "backfill.h"

#include "panel.h"

#include "earshot/matched.h"

#include <stdlib.h>

enum { ARENA_FIRST = 64 * 1024 };

struct backfill {
    struct backfill_conf conf;
    struct analyser *analyser;
    struct gather *gather;
    struct alert_entry entry;
    struct panel *panel;
    struct repeats *repeats;
    struct arena *arena; /* of one record */
    struct buf appended, matched, enriched;
    struct trial_totals totals;
};

struct backfill *backfill_new(const struct backfill_conf *conf, const struct alert *alert,
                              struct analyser *analyser, struct gather *gather) {
    struct backfill *backfill = xcalloc(1, sizeof *backfill);
    backfill->conf = *conf;
    backfill->analyser = analyser;
    backfill->gather = gather;
    backfill->entry.alert = (struct alert *)(uintptr_t)alert;
    backfill->panel = panel_new(&(struct alert_file){.entries = &backfill->entry, .count = 1});
    backfill->repeats = repeats_new(conf->window, conf->secret);
    backfill->arena = arena_new(ARENA_FIRST);
    buf_init(&backfill->appended, MENTION_RECORD_MAX);
    buf_init(&backfill->matched, MENTION_RECORD_MAX);
    buf_init(&backfill->enriched, MENTION_RECORD_MAX);
    return backfill;
}

void backfill_free(struct backfill **backfill) {
    struct backfill *gone = *backfill;
    *backfill = NULL;
    if (!gone)
        return;
    panel_free(&gone->panel);
    repeats_free(&gone->repeats);
    arena_free(&gone->arena);
    buf_free(&gone->appended);
    buf_free(&gone->matched);
    buf_free(&gone->enriched);
    free(gone);
}

/* As the sentiment worker writes it. */
static void enrich(struct backfill *backfill, const struct mention *raw, struct span json,
                   const struct match *match, struct mention *out) {
    struct mention mention;
    struct fault fault;
    struct match versioned = *match;
    versioned.version = backfill->conf.version;
    buf_clear(&backfill->appended);
    buf_clear(&backfill->matched);
    buf_clear(&backfill->enriched);
    matched_print(&versioned, 1, 0, &backfill->appended);
    mention_append(&backfill->matched, json, raw, "matches", buf_span(&backfill->appended));
    bool read =
        mention_read(buf_span(&backfill->matched), MENTION_MATCHED, backfill->arena, &mention, &fault);
    ASSERT(buf_ok(&backfill->matched) && read);
    buf_clear(&backfill->appended);
    analysis_write(backfill->analyser, &mention, backfill->arena, &backfill->appended);
    mention_append(&backfill->enriched, buf_span(&backfill->matched), &mention, "analysis",
                   buf_span(&backfill->appended));
    read = mention_read(buf_span(&backfill->enriched), MENTION_ENRICHED, backfill->arena, out, &fault);
    ASSERT(buf_ok(&backfill->enriched) && read);
}

/* Whether it was counted. */
static bool count(struct backfill *backfill, const struct bus_record *record, const struct mention *mention,
                  const struct gather_place *place, int64_t now) {
    const struct match_document document = matched_document(mention, record->timestamp);
    const struct match_result found = panel_match(backfill->panel, &document, backfill->arena);
    struct mention enriched;
    if (found.count == 0)
        return false;
    enrich(backfill, mention, record->value, &found.matches[0], &enriched);
    backfill->totals.matched++;
    (void)gather_take(backfill->gather, place, &enriched, now);
    return true;
}

bool backfill_record(struct backfill *backfill, const struct bus_record *record, int64_t now,
                     struct fault *fault) {
    const struct lineage_border *time = &backfill->conf.time;
    const struct gather_place place = {.partition = record->partition,
                                       .raw = record->offset,
                                       .next = record->offset + 1,
                                       .logged_at = record->timestamp / 1000};
    bool fresh = record->offset >= backfill->conf.begin[record->partition];
    bool inside = fresh && record->timestamp >= time->floor_ms && record->timestamp < time->border_ms;
    struct mention mention;
    arena_reset(backfill->arena);
    bool right = mention_read(record->value, MENTION_RAW, backfill->arena, &mention, fault), counted = false;
    backfill->totals.read += inside;
    backfill->totals.broken += inside && !right;
    if (right) {
        struct span key = record->key.ptr ? record->key : mention.id;
        enum repeats_kind kind =
            repeats_see(backfill->repeats, record->partition, record->offset, key, &mention);
        backfill->totals.repeated += inside && kind != REPEATS_NEW;
        counted = inside && kind == REPEATS_NEW && count(backfill, record, &mention, &place, now);
    }
    if (fresh && !counted)
        gather_skip(backfill->gather, &place);
    return right || !inside;
}

const struct trial_totals *backfill_totals(const struct backfill *backfill) {
    return &backfill->totals;
}
