/* alerts: the base holds the rows up to some moment, the changes those behind it. A row that a later one
 * replaced ends in the index that has it: that is one number, set when the later one is taken. So an edit
 * costs a build of the changes, which stays small because the base is built anew when they are many; and as
 * every build takes in all that is known, two seconds of edits are one build.
 *
 * A version is kept for KEEP_MS after its successor came into force, which is longer than mentions.raw keeps
 * a record that could need it, whichever partitions come and go. The base is smaller: it holds what records
 * from `floor` on need, where floor follows the records that come; one that is older has it rebuilt. */
#include "alerts.h"

#include "merge.h"

#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)
#define KEEP_MS (30 * 24 * HOUR_MS)

enum {
    ENDS_MAX = 4096,        /* rows that one call of alerts_adopt() ends: about 5 ms */
    SAMPLE_EVERY = 16,      /* mentions */
    FIRST_DRIFT = 160000,   /* mentions matched until the base is built with what was seen of them: 10,000 */
    SECOND_DRIFT = 1000000, /* and again, */
    DRIFT_GROWTH = 4,       /* each time so many times later */
    WORTH_BUILDING = 2      /* reading a mention twice costs about half of what indexing an alert does */
};

struct alerts {
    struct versions *versions;
    struct match_options options;
    size_t at_once;
    struct match_sample *sample; /* while a build is out it only is read */

    struct match_index *base, *changes;
    struct match_scratch *base_scratch, *changes_scratch;
    size_t base_rows;     /* rows that the base has; the changes have those behind it */
    size_t base_weight;   /* of the rows behind it */
    int64_t floor;        /* base and changes are right for records from here on … */
    int64_t ceiling;      /* … and before this: a row comes into force here that neither has */
    int64_t changes_from; /* before this the changes match nothing */

    int64_t lowest;                      /* of the records since the last build of the base began */
    int64_t newest;                      /* of all records */
    bool too_old;                        /* a record came that the base is not for */
    uint64_t matched, twice, next_drift; /* mentions; those for which both parts were asked since the base */

    bool building;
    size_t build_rows;   /* that the build has */
    size_t build_weight; /* of the rows behind it */
    struct alerts_state state;
};

struct alerts_build {
    struct match_alert *rows;
    size_t count, ended; /* rows behind it up to here have ended those in it */
    int64_t floor;
    struct match_options options;
    struct match_index *index;
};

struct alerts *alerts_new(const struct alerts_options *options) {
    struct alerts *alerts = xcalloc(1, sizeof *alerts);
    alerts->versions = versions_new(options->seed);
    alerts->sample = match_sample_new();
    alerts->options = (struct match_options){.seed = options->seed, .sample = alerts->sample};
    alerts->at_once = options->at_once ? options->at_once : ALERTS_AT_ONCE;
    alerts->base_scratch = match_scratch_new();
    alerts->changes_scratch = match_scratch_new();
    alerts->ceiling = alerts->lowest = INT64_MAX;
    alerts->newest = INT64_MIN;
    alerts->next_drift = FIRST_DRIFT;
    return alerts;
}

void alerts_free(struct alerts **alerts) {
    struct alerts *gone = *alerts;
    *alerts = NULL;
    if (!gone)
        return;
    versions_free(&gone->versions);
    match_index_free(&gone->base);
    match_index_free(&gone->changes);
    match_scratch_free(&gone->base_scratch);
    match_scratch_free(&gone->changes_scratch);
    match_sample_free(&gone->sample);
    free(gone);
}

static int64_t lesser(int64_t a, int64_t b) {
    return a < b ? a : b;
}

bool alerts_take(struct alerts *alerts, const struct bus_record *record, char why[ALERTS_WHY_MAX]) {
    if (!versions_take(alerts->versions, record, why))
        return false;
    const struct match_alert *row = &alerts->versions->rows[alerts->versions->count - 1];
    if (alerts->base)
        match_index_end(alerts->base, row->id, row->from);
    if (alerts->changes)
        match_index_end(alerts->changes, row->id, row->from);
    if (row->query.ptr)
        alerts->ceiling = lesser(alerts->ceiling, row->from);
    alerts->base_weight += versions_weight(row);
    alerts->build_weight += versions_weight(row);
    return true;
}

/* The base. */

static bool is_small(const struct alerts *alerts) {
    return alerts->versions->weight <= alerts->at_once;
}

static bool is_worth_a_build(const struct alerts *alerts) {
    if (!alerts->base || alerts->too_old || alerts->base_weight > alerts->at_once / 2)
        return true;
    return alerts->twice > WORTH_BUILDING * (uint64_t)alerts->versions->count;
}

static struct alerts_build *begin(struct alerts *alerts) {
    struct versions *versions = alerts->versions;
    struct alerts_build *build = xcalloc(1, sizeof *build);
    if (alerts->newest > KEEP_MS)
        alerts->base_rows -= versions_forget(versions, alerts->newest - KEEP_MS, alerts->base_rows);
    build->floor = alerts->lowest > INT64_MIN + HOUR_MS && alerts->lowest < INT64_MAX
                       ? alerts->lowest - HOUR_MS
                       : INT64_MIN;
    build->options = alerts->options;
    build->count = build->ended = versions->count;
    build->rows = xmalloc((build->count + 1) * sizeof *build->rows);
    if (build->count)
        memcpy(build->rows, versions->rows, build->count * sizeof *build->rows);
    while (alerts->matched >= alerts->next_drift)
        alerts->next_drift =
            alerts->next_drift < SECOND_DRIFT ? SECOND_DRIFT : alerts->next_drift * DRIFT_GROWTH;
    alerts->building = true;
    alerts->build_rows = versions->count;
    alerts->build_weight = 0;
    alerts->lowest = INT64_MAX;
    alerts->too_old = false;
    return build;
}

struct alerts_build *alerts_begin(struct alerts *alerts) {
    bool drifted = alerts->matched >= alerts->next_drift;
    if (alerts->building || !(drifted || (!is_small(alerts) && is_worth_a_build(alerts))))
        return NULL;
    return begin(alerts);
}

void alerts_build_run(struct alerts_build *build) {
    size_t count = versions_select(build->rows, build->count, build->floor, build->rows);
    build->index = match_compile(build->rows, count, &build->options);
    free(build->rows);
    build->rows = NULL;
}

void alerts_build_free(struct alerts_build **build) {
    struct alerts_build *gone = *build;
    *build = NULL;
    if (!gone)
        return;
    match_index_free(&gone->index);
    free(gone->rows);
    free(gone);
}

/* What came after the build began has not yet ended what it replaced in it. */
static bool end_replaced(struct alerts *alerts, struct alerts_build *build) {
    const struct versions *versions = alerts->versions;
    size_t until = versions->count - build->ended > ENDS_MAX ? build->ended + ENDS_MAX : versions->count;
    for (; build->ended < until; build->ended++)
        match_index_end(build->index, versions->rows[build->ended].id, versions->rows[build->ended].from);
    return until == versions->count;
}

bool alerts_adopt(struct alerts *alerts, struct alerts_build *build) {
    const struct versions *versions = alerts->versions;
    if (!end_replaced(alerts, build))
        return false;
    struct match_index *old = alerts->base;
    alerts->base = build->index;
    build->index = old;
    match_index_free(&alerts->changes);
    alerts->building = false;
    alerts->base_rows = alerts->build_rows;
    alerts->base_weight = alerts->build_weight;
    alerts->floor = build->floor;
    alerts->ceiling = INT64_MAX;
    for (size_t i = alerts->base_rows; i < versions->count; i++)
        if (versions->rows[i].query.ptr)
            alerts->ceiling = lesser(alerts->ceiling, versions->rows[i].from);
    alerts->twice = 0;
    alerts->state.bases++;
    return true;
}

/* The changes. */

static void build_changes(struct alerts *alerts) {
    const struct versions *versions = alerts->versions;
    size_t tail = versions->count - alerts->base_rows;
    struct match_alert *rows = xmalloc((tail + 1) * sizeof *rows);
    size_t count = versions_select(versions->rows + alerts->base_rows, tail, alerts->floor, rows);
    match_index_free(&alerts->changes);
    if (count) {
        alerts->changes = match_compile(rows, count, &alerts->options);
        alerts->state.changes++;
    }
    alerts->ceiling = alerts->changes_from = INT64_MAX;
    for (size_t i = 0; i < count; i++)
        alerts->changes_from = lesser(alerts->changes_from, rows[i].from);
    free(rows);
}

/* Where all is small, the base is built in place of the changes: there is one part to ask then. */
static void build_base(struct alerts *alerts) {
    struct alerts_build *build = begin(alerts);
    alerts_build_run(build);
    bool adopted = alerts_adopt(alerts, build);
    ASSERT(adopted);
    alerts_build_free(&build);
}

/* Matching. */

static bool covers(const struct alerts *alerts, int64_t time) {
    return alerts->base && time >= alerts->floor && time < alerts->ceiling;
}

/* False: that takes long. */
static bool make_cover(struct alerts *alerts, int64_t time) {
    if (is_small(alerts) && !alerts->building) {
        build_base(alerts);
        return true;
    }
    if (!alerts->base || time < alerts->floor) {
        alerts->too_old = true;
        return false;
    }
    if (alerts->base_weight > alerts->at_once)
        return false;
    build_changes(alerts);
    return true;
}

bool alerts_match(struct alerts *alerts, const struct match_document *document, struct arena *arena,
                  struct match_result *result) {
    alerts->lowest = lesser(alerts->lowest, document->time);
    alerts->newest = document->time > alerts->newest ? document->time : alerts->newest;
    if (!covers(alerts, document->time) && !make_cover(alerts, document->time))
        return false;
    *result = match_run(alerts->base, alerts->base_scratch, document, arena);
    if (++alerts->matched % SAMPLE_EVERY == 0 && !alerts->building)
        match_sample_add(alerts->sample, alerts->base_scratch);
    if (alerts->changes && document->time >= alerts->changes_from) {
        const struct match_result changes =
            match_run(alerts->changes, alerts->changes_scratch, document, arena);
        *result = merge(result, &changes, arena);
        alerts->twice++;
    }
    return true;
}

bool alerts_ready(const struct alerts *alerts) {
    return alerts->base || is_small(alerts);
}

struct alerts_state alerts_state(const struct alerts *alerts) {
    struct alerts_state state = alerts->state;
    state.active = alerts->versions->active;
    state.versions = alerts->versions->count;
    state.base_count = alerts->base ? match_index_count(alerts->base) : 0;
    state.bytes = (alerts->base ? match_index_bytes(alerts->base) : 0) +
                  (alerts->changes ? match_index_bytes(alerts->changes) : 0);
    return state;
}
