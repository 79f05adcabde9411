/* service: what is handled, mentions and the corrections beside them, goes into the keeper's gather and is
 * folded when it has waited long enough, is large enough, or must go. Whatever shuts the keeper makes
 * everything void that was handled since the last fold; recover() is the one way back: open it, and read all
 * partitions from where Redis says.
 *
 * While the keeper is shut records are taken and forgotten: they are read again after it. */
#include "service.h"

#include "definitions.h"
#include "earshot/bus_kafka.h"
#include "earshot/keeper.h"
#include "earshot/log.h"
#include "earshot/metrics.h"
#include "earshot/times.h"

#include <stdlib.h>
#include <time.h>

enum {
    GATHER_BYTES_MAX = 32 << 20,
    CORRECTION_PAIRS = 50, /* what a correction costs a fold */
    MOVE_ON_MS = 2000,
    PING_MS = 1000,
    SWEEP_MS = 60000,
    OPEN_MS = 500, /* between tries */
    TELL_MS = 20,  /* a tick's share for definitions */
};

struct meters {
    struct metric *pairs, *seconds, *end_to_end, *repetitions, *ahead, *old, *too_late;
    struct metric *changed, *same, *waits, *removed; /* of corrections */
    struct gather_limits counted;
    struct keeper_news told;
};

/* What is before `begin` is folded. A partition that has just become ours is read from what was committed all
 * the same: it is not sure that the dead letter of a broken record in between was acknowledged. */
struct part {
    bool mine, fresh;
    int64_t committed, begin; /* -1: none */
};

struct aggregator {
    struct worker *worker;
    const struct aggregator_conf *conf;
    struct store *store;
    struct keeper *keeper;
    struct definitions *definitions;
    struct bus_table *alerts;
    struct meters meters;
    struct part *parts; /* by slot: 2p of mentions.enriched, 2p + 1 of actions */
    bool unsettled;     /* something was handled since the last SETTLED */
    int64_t first_at;   /* when the oldest in the gather came */
    int64_t open_at;    /* when opening may be tried again */
    int64_t move_at, ping_at, sweep_at;
};

static struct metric *corrections_counter(const char *labels) {
    return metrics_counter("earshot_corrections_total", "Corrections by what became of them", labels);
}

static struct meters meters_new(void) {
    static const double FOLD[] = {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5};
    static const double END[] = {.25, .5, 1, 2, 3, 5, 10, 30, 60, 300, 3600};
    return (struct meters){
        .pairs = metrics_counter("earshot_folded_pairs_total", "(mention, alert) pairs that Redis has", ""),
        .seconds =
            metrics_histogram("earshot_fold_seconds", "A fold of all shards", "", FOLD, COUNT_OF(FOLD)),
        .end_to_end = metrics_histogram("earshot_end_to_end_seconds", "From collected_at to folded", "", END,
                                        COUNT_OF(END)),
        .repetitions = metrics_counter("earshot_repetitions_total", "Records that had been counted before",
                                       "stage=\"aggregator\""),
        .ahead = metrics_counter("earshot_limit_total", "What went past a limit", "limit=\"future\""),
        .old = metrics_counter("earshot_limit_total", "What went past a limit", "limit=\"too_old\""),
        .too_late = metrics_counter("earshot_limit_total", "What went past a limit", "limit=\"too_late\""),
        .changed = corrections_counter("outcome=\"changed\""),
        .same = corrections_counter("outcome=\"same\""),
        .waits = corrections_counter("outcome=\"waits\""),
        .removed = corrections_counter("outcome=\"removed\""),
    };
}

/* Start and stop. -------------------------------------------------------------------------------------- */

static void *start(struct worker *worker, const void *conf) {
    struct aggregator *self = xcalloc(1, sizeof *self);
    const struct deployment *deployment = worker_deployment(worker);
    struct buf message;
    buf_init(&message, 1000);
    self->worker = worker;
    self->conf = conf;
    self->store = store_new(&self->conf->store, &message);
    if (!self->store)
        die(EXIT_USAGE, "%s", message.ptr);
    self->alerts = bus_table_new(worker_bus_conf(worker), "alerts", &message);
    if (!self->alerts)
        die(EXIT_USAGE, "%s", message.ptr);
    buf_free(&message);
    self->keeper = keeper_new(deployment, &self->conf->fold, self->store);
    self->definitions = definitions_new(deployment);
    self->meters = meters_new();
    self->parts = xcalloc(2 * (size_t)deployment->partitions, sizeof *self->parts);
    return self;
}

static void stop(void *service) {
    struct aggregator *self = service;
    bus_table_free(&self->alerts);
    definitions_free(&self->definitions);
    keeper_free(&self->keeper);
    store_free(&self->store);
    free(self->parts);
    free(self);
}

/* Redis. ----------------------------------------------------------------------------------------------- */

static void give_up(struct aggregator *self, enum keeper_result result) {
    if (result == KEEPER_STOP)
        worker_fail(self->worker, "%s", keeper_problem(self->keeper));
    else if (result == KEEPER_VOID)
        log_info("fold.void", "%s: reading again from what Redis has", keeper_problem(self->keeper));
}

/* Opens the keeper, at most every OPEN_MS. */
static bool open_keeper(struct aggregator *self) {
    int64_t now = worker_now(self->worker);
    if (keeper_is_open(self->keeper))
        return true;
    if (now < self->open_at)
        return false;
    enum keeper_result result = keeper_open(self->keeper);
    give_up(self, result);
    self->open_at = result == KEEPER_OK ? 0 : now + OPEN_MS;
    if (result != KEEPER_OK)
        return false;
    definitions_forget(self->definitions);
    self->ping_at = now + PING_MS;
    return true;
}

static bool is_action(int32_t slot) {
    return slot % 2 == 1;
}

static int32_t slot_count(const struct aggregator *self) {
    return 2 * worker_deployment(self->worker)->partitions;
}

/* Whether the slot is read from what was committed, rather than from what Redis has. */
static bool reads_again(struct aggregator *self, int32_t slot) {
    struct part *part = &self->parts[slot];
    part->begin = keeper_begin(self->keeper, is_action(slot) ? MARKS_ACTIONS : MARKS_MENTIONS, slot / 2);
    bool again = part->fresh && part->committed < part->begin;
    part->fresh = false;
    return again;
}

/* Reading goes on from what Redis has; where it is to be what was committed, that is where it stands. */
static bool recover(struct aggregator *self) {
    if (!open_keeper(self))
        return false;
    for (int32_t slot = 0; slot < slot_count(self); slot++)
        if (self->parts[slot].mine && !reads_again(self, slot))
            worker_seek(self->worker, slot, self->parts[slot].begin);
    self->unsettled = false;
    return true;
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void count_news(struct aggregator *self) {
    struct meters *meters = &self->meters;
    const struct keeper_news *news = keeper_news(self->keeper);
    const struct {
        struct metric *metric;
        int64_t now, before;
    } counts[] = {{meters->changed, news->changed, meters->told.changed},
                  {meters->same, news->same, meters->told.same},
                  {meters->waits, news->waits, meters->told.waits},
                  {meters->removed, news->removed, meters->told.removed},
                  {meters->too_late, news->too_late, meters->told.too_late}};
    if (news->too_late > 0 && meters->told.too_late == 0)
        log_warn("corrections.too_late",
                 "a correction was given up: its mention did not come within 7 days, was no longer in the "
                 "alert's feed, or more than 10,000 of a shard waited");
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        metric_add(counts[i].metric, (uint64_t)(counts[i].now - counts[i].before));
    meters->told = *news;
}

static void count_fold(struct aggregator *self, size_t pairs, double seconds) {
    struct meters *meters = &self->meters;
    const struct gather_limits *limits = gather_limits(keeper_gather(self->keeper));
    metric_add(meters->pairs, pairs);
    metric_observe(meters->seconds, seconds);
    metric_add(meters->ahead, (uint64_t)(limits->ahead - meters->counted.ahead));
    metric_add(meters->old, (uint64_t)(limits->old - meters->counted.old));
    meters->counted = *limits;
    count_news(self);
}

static bool fold(struct aggregator *self) {
    struct gather *gather = keeper_gather(self->keeper);
    size_t pairs = gather_count(gather), count = 0;
    int64_t now = times_now();
    double from = seconds_now();
    if (gather_is_empty(gather))
        return true;
    const int64_t *collected = gather_collected(gather, &count);
    enum keeper_result result = keeper_fold(self->keeper, now);
    give_up(self, result);
    if (result != KEEPER_OK)
        return false;
    count_fold(self, pairs, seconds_now() - from);
    for (size_t i = 0; i < count; i++)
        metric_observe(self->meters.end_to_end, now > collected[i] ? (double)(now - collected[i]) : 0);
    return true;
}

static void move_on(struct aggregator *self) {
    self->move_at = worker_now(self->worker) + MOVE_ON_MS;
    if (keeper_is_open(self->keeper) && gather_is_empty(keeper_gather(self->keeper)))
        give_up(self, keeper_move_on(self->keeper));
}

static void sweep(struct aggregator *self) {
    self->sweep_at = worker_now(self->worker) + SWEEP_MS;
    give_up(self, keeper_sweep(self->keeper, times_now()));
    count_news(self);
}

/* Records. --------------------------------------------------------------------------------------------- */

static struct span origin_header(const struct bus_record *record) {
    for (size_t i = 0; i < record->header_count; i++)
        if (span_eq(record->headers[i].name, SPAN(ORIGIN_HEADER)))
            return record->headers[i].value;
    return (struct span){0};
}

/* DONE: *place is filled. */
static enum verdict find_place(struct aggregator *self, struct worker_job *job, struct gather_place *place) {
    const struct bus_record *record = job->record;
    const struct deployment *deployment = worker_deployment(self->worker);
    struct span header = origin_header(record);
    struct origin origin;
    bool reject = true;
    if (!header.ptr)
        fault_set(&job->fault, FAULT_MISSING, 0, "header " ORIGIN_HEADER ": missing");
    else if (!origin_parse(header, &origin))
        fault_set(&job->fault, FAULT_TYPE, 0, "header " ORIGIN_HEADER ": expected LOG/PARTITION/OFFSET");
    else if (!span_eq(origin.log, span_of(deployment->id))) {
        worker_fail(self->worker,
                    "two deployments mixed: a record of %s (%d/%lld) comes from %.*s, not from %s",
                    record->topic, (int)record->partition, (long long)record->offset, (int)origin.log.len,
                    origin.log.ptr, deployment->id);
        return VERDICT_RETRY;
    } else if (origin.partition != record->partition || record->partition >= deployment->partitions)
        fault_set(&job->fault, FAULT_TYPE, 0, "header " ORIGIN_HEADER ": is of partition %d, found in %d",
                  (int)origin.partition, (int)record->partition);
    else
        reject = false;
    if (reject)
        return VERDICT_REJECT;
    *place = (struct gather_place){.partition = record->partition,
                                   .raw = origin.offset,
                                   .next = record->offset + 1,
                                   .logged_at = record->timestamp / 1000};
    return VERDICT_DONE;
}

static enum verdict take(struct aggregator *self, struct worker_job *job) {
    struct gather *gather = keeper_gather(self->keeper);
    struct gather_place place;
    struct mention mention;
    enum verdict verdict = find_place(self, job, &place);
    if (verdict != VERDICT_DONE)
        return verdict;
    if (gather_known(gather, &place)) {
        bool again = job->record->offset < self->parts[place.partition].begin;
        if (again && !mention_read(job->record->value, MENTION_ENRICHED, job->arena, &mention, &job->fault))
            return VERDICT_REJECT;
        gather_skip(gather, &place);
        metric_add(self->meters.repetitions, 1);
        return VERDICT_DONE;
    }
    if (!mention_read(job->record->value, MENTION_ENRICHED, job->arena, &mention, &job->fault))
        return VERDICT_REJECT;
    if (gather_is_empty(gather))
        self->first_at = worker_now(self->worker);
    if (!gather_take(gather, &place, &mention, times_now()))
        metric_add(self->meters.repetitions, 1);
    return VERDICT_DONE;
}

/* In another partition than its mention it would not be known when that comes. */
static bool stands_right(struct aggregator *self, struct worker_job *job, struct span mention) {
    const struct bus_record *record = job->record;
    int32_t right = deployment_partition(worker_deployment(self->worker), mention);
    if (!span_eq(record->key, mention))
        return fault_set(&job->fault, FAULT_TYPE, 0, "the record's key is not the id of its mention");
    return right == record->partition ||
           fault_set(&job->fault, FAULT_TYPE, 0,
                     "its mention belongs to partition %d, not %d: partition by murmur2 of the key",
                     (int)right, (int)record->partition);
}

static enum verdict take_action(struct aggregator *self, struct worker_job *job) {
    struct gather *gather = keeper_gather(self->keeper);
    const struct bus_record *record = job->record;
    const struct gather_place place = {
        .partition = record->partition, .raw = record->offset, .next = record->offset + 1};
    struct action action;
    if (!action_read(record->value, job->arena, &action, &job->fault) ||
        !stands_right(self, job, action.mention))
        return VERDICT_REJECT;
    if (gather_is_empty(gather))
        self->first_at = worker_now(self->worker);
    if (!gather_correct(gather, &place, &action, times_now()))
        metric_add(self->meters.repetitions, 1);
    return VERDICT_DONE;
}

static bool full(const struct aggregator *self) {
    struct gather *gather = keeper_gather(self->keeper);
    size_t pairs = gather_count(gather) + CORRECTION_PAIRS * gather_corrections(gather);
    return pairs >= (size_t)self->conf->gather_pairs || gather_bytes(gather) >= GATHER_BYTES_MAX;
}

static enum verdict handle(void *service, struct worker_job *job) {
    struct aggregator *self = service;
    self->unsettled = true;
    if (!keeper_is_open(self->keeper))
        return VERDICT_DONE;
    enum verdict verdict = is_action(job->record->slot) ? take_action(self, job) : take(self, job);
    if (full(self))
        (void)fold(self); /* where it fails the keeper is shut, and settle() says so */
    return verdict;
}

static enum settlement settle(void *service, bool now) {
    struct aggregator *self = service;
    if (!keeper_is_open(self->keeper))
        return recover(self) ? SETTLE_RESTART : SETTLE_RETRY;
    bool empty = gather_is_empty(keeper_gather(self->keeper));
    if (!empty && !now && !full(self) && worker_now(self->worker) - self->first_at < self->conf->gather_ms)
        return SETTLE_PENDING;
    if (!fold(self))
        return recover(self) ? SETTLE_RESTART : SETTLE_RETRY;
    self->unsettled = false;
    return SETTLED;
}

/* Between batches. ------------------------------------------------------------------------------------- */

static void follow_alerts(struct aggregator *self) {
    if (bus_table_poll(self->alerts, 0, definitions_row, self->definitions) == BUS_FATAL)
        worker_fail(self->worker, "%s", bus_table_problem(self->alerts));
    if (bus_table_loaded(self->alerts))
        definitions_loaded(self->definitions);
}

static void tell_alerts(struct aggregator *self) {
    int64_t until = worker_now(self->worker) + TELL_MS;
    while (keeper_is_open(self->keeper) && !definitions_done(self->definitions)) {
        give_up(self, definitions_tell(self->definitions, self->keeper));
        if (worker_now(self->worker) >= until)
            return;
    }
}

/* With nothing to fold a Redis that went away would not be noticed, nor one that came back with less. What
 * is unsettled is settle()'s. */
static void tick(void *service) {
    struct aggregator *self = service;
    int64_t now = worker_now(self->worker);
    follow_alerts(self);
    if (!keeper_is_open(self->keeper) && !self->unsettled)
        (void)recover(self);
    if (keeper_is_open(self->keeper) && now >= self->ping_at) {
        give_up(self, keeper_ping(self->keeper));
        self->ping_at = now + PING_MS;
    }
    if (now >= self->move_at)
        move_on(self);
    if (keeper_is_open(self->keeper) && now >= self->sweep_at)
        sweep(self);
    tell_alerts(self);
}

static bool ready(void *service, const char **why) {
    struct aggregator *self = service;
    if (keeper_is_open(self->keeper))
        return true;
    *why = *keeper_problem(self->keeper) ? keeper_problem(self->keeper) : "not yet connected to Redis";
    return false;
}

/* The group. ------------------------------------------------------------------------------------------- */

/* Others may have folded these partitions since the marks were read. */
static bool assigned(void *service, const int32_t *slots, int64_t *offsets, size_t count) {
    struct aggregator *self = service;
    for (size_t i = 0; i < count; i++) {
        if (slots[i] >= slot_count(self)) {
            worker_fail(self->worker, "%s has more partitions than the deployment's %d: run `earshot init`",
                        AGGREGATOR.input, worker_deployment(self->worker)->partitions);
            return false;
        }
    }
    bool clean = keeper_is_open(self->keeper) && fold(self);
    if (clean)
        keeper_shut(self->keeper);
    self->open_at = 0;
    bool open = clean ? open_keeper(self) : recover(self); /* those that we had go on, or go back */
    for (size_t i = 0; i < count; i++) {
        struct part *part = &self->parts[slots[i]];
        *part = (struct part){.mine = true, .fresh = true, .committed = offsets[i]};
        if (!open) /* recover() seeks later */
            continue;
        bool again = reads_again(self, slots[i]);
        offsets[i] = !again ? part->begin : bus_again_from(offsets[i] < 0 ? 0 : offsets[i]);
    }
    return true;
}

static void revoked(void *service, const int32_t *slots, size_t count) {
    struct aggregator *self = service;
    move_on(self);
    for (size_t i = 0; i < count; i++) {
        if (slots[i] >= slot_count(self))
            continue;
        self->parts[slots[i]].mine = false;
        gather_forget(keeper_gather(self->keeper), slots[i] / 2);
    }
}

const struct worker_service AGGREGATOR = {
    .name = "aggregator",
    .input = "mentions.enriched",
    .beside = "actions",
    .about =
        "Counts each mention once for each of its alerts, in Redis: rolling series, dimensions and feeds, "
        "that anybody may read through the functions of the library `earshot`. Where a person corrects a "
        "mention (`earshot correct`), it counts as the person says, whichever comes first.",
    .conf_size = sizeof(struct aggregator_conf),
    .start = start,
    .handle = handle,
    .settle = settle,
    .tick = tick,
    .ready = ready,
    .assigned = assigned,
    .revoked = revoked,
    .stop = stop,
};
