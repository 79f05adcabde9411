/* worker: the loop. A record that must wait is first tried again in hand, for up to a second, because a full
 * queue to Kafka is soon free again; only then is what is in hand put back (sought back to) and the
 * partitions paused: so there is one way back for everything that outlasts a batch, and no memory of records.
 */
#include "earshot/worker.h"

#include "earshot/log.h"
#include "worker_loop.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LAG_MS = 1000, HAND_DELAY_MS = 2, HAND_DELAY_MAX_MS = 100, SEEK_RETRY_MS = 10 };

static int64_t min64(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b) {
    return a > b ? a : b;
}

int64_t worker_now(const struct worker *worker) {
    return worker->clock.now(worker->clock.self);
}

static void wait_ms(struct worker *worker, int64_t ms) {
    if (ms > 0)
        worker->clock.sleep(worker->clock.self, ms);
}

const struct deployment *worker_deployment(const struct worker *worker) {
    return worker->deployment;
}

const struct bus_conf *worker_bus_conf(const struct worker *worker) {
    return worker->bus_conf;
}

bool worker_is_mine(const struct worker *worker, int32_t slot) {
    const struct slot *found = slots_find(&worker->slots, slot);
    return found && found->mine;
}

void worker_seek(struct worker *worker, int32_t slot, int64_t offset) {
    slots_seek(&worker->slots, slot, offset);
}

/* 0: of the input, 1: of what is beside it. */
static int side_of(const struct worker *worker, int32_t slot) {
    return worker->service->beside ? slot % 2 : 0;
}

void worker_fail(struct worker *worker, const char *format, ...) {
    if (worker_over(worker))
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(worker->problem, sizeof worker->problem, format, args);
    va_end(args);
}

void worker_broke(struct worker *worker) {
    worker->broken = true;
    const char *problem = bus_problem(worker->bus);
    worker_fail(worker, "%s", problem ? problem : "Kafka: a fatal error");
}

/* Pausing. */

static void pause_a_while(struct worker *worker, const char *why) {
    worker->pause_ms = worker->pause_ms ? min64(2 * worker->pause_ms, WORKER_PAUSE_MAX_MS) : WORKER_PAUSE_MS;
    worker->resume_at = worker_now(worker) + worker->pause_ms;
    worker->held = why;
    if (!worker->paused)
        bus_pause(worker->bus, true);
    worker->paused = true;
}

/* Something went on: the next pause is short again. */
static void went_on(struct worker *worker) {
    worker->pause_ms = 0;
    worker->held = NULL;
}

/* Settling. */

static void settle(struct worker *worker, bool now) {
    if (!worker->service->settle) {
        slots_settle(&worker->slots);
        return;
    }
    enum settlement settlement = worker->service->settle(worker->self, now);
    if (worker->away && settlement != SETTLE_RETRY)
        went_on(worker);
    worker->away = settlement == SETTLE_RETRY;
    worker->pending = settlement == SETTLE_PENDING;
    switch (settlement) {
    case SETTLED:
        slots_settle(&worker->slots);
        break;
    case SETTLE_PENDING:
        worker->settle_at = worker_now(worker) + WORKER_SETTLE_MS;
        break;
    case SETTLE_RETRY:
        pause_a_while(worker, "what was handled cannot be stored yet: waiting");
        break;
    case SETTLE_RESTART:
        slots_void(&worker->slots);
        break;
    }
}

static void settle_if_due(struct worker *worker, bool handled) {
    if (worker->away || worker_over(worker))
        return; /* it is asked again when the pause is over */
    if (handled || (worker->pending && worker_now(worker) >= worker->settle_at))
        settle(worker, false);
}

/* true: nothing is left to settle. */
static bool settle_until(struct worker *worker, int64_t deadline, bool patient) {
    while (worker->slots.unsettled && !worker_over(worker)) {
        settle(worker, true);
        bool wait = worker->pending || (worker->away && patient);
        if (!wait || worker_now(worker) >= deadline)
            break;
        wait_ms(worker, WORKER_SETTLE_MS);
    }
    return !worker->slots.unsettled;
}

/* The batch in hand. */

static enum verdict handle_one(struct worker_job *job) {
    struct worker *worker = job->worker;
    worker->full = NULL;
    job->fault.reason = FAULT_NONE;
    enum verdict verdict = worker->service->handle(worker->self, job);
    if (verdict == VERDICT_REJECT) {
        if (worker_bury(job) == VERDICT_DONE)
            metric_add(worker->dead_total[job->fault.reason], 1);
        else
            verdict = VERDICT_RETRY;
    }
    arena_reset(worker->arena);
    return verdict;
}

/* Lets the bus and the service move on, so that the record in hand can be tried again. false: it has waited
 * long enough. */
static bool wait_in_hand(struct worker *worker) {
    if (worker->hand_ms >= WORKER_HAND_MS)
        return false;
    worker->hand_delay_ms =
        worker->hand_delay_ms ? min64(2 * worker->hand_delay_ms, HAND_DELAY_MAX_MS) : HAND_DELAY_MS;
    int64_t from = worker_now(worker);
    if (bus_flush(worker->bus, (int)worker->hand_delay_ms) == BUS_FATAL) {
        worker_broke(worker);
        return false;
    }
    if (worker->slots.unsettled)
        settle(worker, false);
    if (worker->away)
        return false;
    wait_ms(worker, from + worker->hand_delay_ms - worker_now(worker));
    worker->hand_ms += max64(worker->hand_delay_ms, worker_now(worker) - from);
    return true;
}

static void put_back(struct worker *worker) {
    for (int i = worker->at; i < worker->count; i++) {
        const struct bus_record *record = &worker->records[i];
        struct slot *slot = slots_find(&worker->slots, record->slot);
        if (slot_passes(slot, record->offset))
            continue;
        slot->seek = record->offset; /* handled and first stay: what is before it is ours */
        worker->slots.seeking = true;
    }
    if (!worker->away)
        pause_a_while(worker, worker->full ? "Kafka takes no more: waiting for its brokers"
                                           : "what is read cannot be handled yet: waiting");
}

/* What is beside it is still to go back: then this record comes again, behind that. */
static bool comes_too_early(const struct worker *worker, int32_t number) {
    const struct slot *beside =
        side_of(worker, number) || !worker->service->beside ? NULL : slots_find(&worker->slots, number + 1);
    return beside && beside->mine && beside->seek != SLOT_NONE;
}

static bool is_passed(struct worker *worker, struct slot *slot, const struct bus_record *record) {
    if (slot_passes(slot, record->offset))
        return true;
    if (!comes_too_early(worker, record->slot))
        return false;
    slot->seek = record->offset;
    worker->slots.seeking = true;
    return true;
}

/* Whether something was handled. */
static bool handle_batch(struct worker *worker) {
    struct worker_job job = {.worker = worker, .arena = worker->arena};
    bool handled = false;
    worker->hand_ms = worker->hand_delay_ms = 0;
    while (worker->at < worker->count && !worker_over(worker)) {
        job.record = &worker->records[worker->at];
        struct slot *slot = slots_find(&worker->slots, job.record->slot);
        if (is_passed(worker, slot, job.record)) {
            worker->at++;
            continue;
        }
        enum verdict verdict = handle_one(&job);
        worker->counts[side_of(worker, job.record->slot)][verdict]++;
        if (verdict != VERDICT_RETRY) {
            slots_handled(&worker->slots, slot, job.record->offset);
            worker->at++;
            worker->hand_delay_ms = 0;
            handled = true;
        } else if (!worker_over(worker) && !wait_in_hand(worker)) {
            put_back(worker);
            break;
        }
    }
    return handled;
}

static void count_batch(struct worker *worker) {
    for (size_t side = 0; side < COUNT_OF(worker->counts); side++) {
        for (size_t i = 0; i < COUNT_OF(worker->counts[side]); i++) {
            if (worker->counts[side][i])
                metric_add(worker->records_total[side][i], worker->counts[side][i]);
            worker->counts[side][i] = 0;
        }
    }
}

/* One round. */

static void resume_if_due(struct worker *worker) {
    if (!worker->paused || worker_now(worker) < worker->resume_at)
        return;
    if (worker->away)
        settle(worker, false);
    if (worker->away)
        return;
    bus_pause(worker->bus, false);
    worker->paused = false;
}

static int poll_timeout(const struct worker *worker) {
    int64_t timeout = WORKER_TICK_MS, now = worker_now(worker);
    if (worker->pending)
        timeout = min64(timeout, worker->settle_at - now);
    if (worker->paused)
        timeout = min64(timeout, worker->resume_at - now);
    if (worker->slots.seeking)
        timeout = min64(timeout, SEEK_RETRY_MS);
    return (int)max64(timeout, 0);
}

static void show_lag_if_due(struct worker *worker) {
    int64_t now = worker_now(worker);
    if (now < worker->lag_at)
        return;
    worker->lag_at = now + LAG_MS;
    slots_show_lag(&worker->slots, worker->bus);
}

bool worker_step(struct worker *worker) {
    if (worker_over(worker))
        return false;
    resume_if_due(worker);
    if (slots_carry_out(&worker->slots, worker->bus) == BUS_FATAL) {
        worker_broke(worker);
        return false;
    }
    worker->at = 0;
    worker->count = bus_poll(worker->bus, poll_timeout(worker), &worker->records);
    if (worker->count < 0) {
        worker->count = 0;
        worker_broke(worker);
        return false;
    }
    bool handled = handle_batch(worker);
    if (handled && !worker->paused)
        went_on(worker);
    bus_release(worker->bus);
    worker->count = 0;
    count_batch(worker);
    settle_if_due(worker, handled);
    slots_commit(&worker->slots, worker->bus);
    if (worker->service->tick && !worker_over(worker))
        worker->service->tick(worker->self);
    show_lag_if_due(worker);
    return !worker_over(worker);
}

/* The group. */

/* How many partitions of the input so many slots are. */
static size_t partitions_in(const struct worker *worker, size_t count) {
    return worker->service->beside ? count / 2 : count;
}

static void take_slot(struct worker *worker, int32_t slot, int64_t committed) {
    const struct worker_service *service = worker->service;
    const char *topic = side_of(worker, slot) ? service->beside : service->input;
    slots_assign(&worker->slots, slot, committed);
    slots_label(&worker->slots, slot, topic, service->beside ? slot / 2 : slot);
}

static bool on_assigned(void *self, const int32_t *slots, int64_t *offsets, size_t count) {
    struct worker *worker = self;
    for (size_t i = 0; i < count; i++)
        take_slot(worker, slots[i], offsets[i]);
    if (count)
        log_info("worker.assigned", "%zu partitions of %s", partitions_in(worker, count),
                 worker->service->input);
    if (!worker->service->assigned)
        return true;
    if (!worker->service->assigned(worker->self, slots, offsets, count)) {
        worker_fail(worker, "the partitions of %s cannot be taken up", worker->service->input);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        slots_begin(&worker->slots, slots[i], offsets[i]);
    return true;
}

/* What was handled of the partitions that go is finished, as far as that is quickly done: what is not comes
 * again at their next owner. */
static void on_revoked(void *self, const int32_t *slots, size_t count) {
    struct worker *worker = self;
    if (!worker->ending && !worker->broken) {
        int64_t deadline = worker_now(worker) + WORKER_REVOKE_MS;
        settle_until(worker, deadline, false);
        int64_t left = max64(deadline - worker_now(worker), 0);
        enum bus_status status = bus_flush(worker->bus, (int)left);
        if (status == BUS_OK)
            slots_flushed(&worker->slots, worker->bus);
        else if (status == BUS_FATAL)
            worker_broke(worker);
        else
            slots_commit(&worker->slots, worker->bus);
    }
    for (size_t i = 0; i < count; i++)
        slots_revoke(&worker->slots, slots[i]);
    if (!worker->away)
        went_on(worker); /* what it waited for may be another's now */
    if (count)
        log_info("worker.revoked", "%zu partitions of %s", partitions_in(worker, count),
                 worker->service->input);
    if (worker->service->revoked)
        worker->service->revoked(worker->self, slots, count);
}

struct bus_watcher worker_watcher(struct worker *worker) {
    return (struct bus_watcher){.self = worker, .assigned = on_assigned, .revoked = on_revoked};
}

/* Beginning and end. */

static void register_topic(struct worker *worker, size_t side, const char *topic) {
    static const char *const VERDICTS[] = {"done", "reject", "retry"};
    char labels[300];
    for (size_t i = 0; i < COUNT_OF(VERDICTS); i++) {
        snprintf(labels, sizeof labels, "topic=\"%s\",verdict=\"%s\"", topic, VERDICTS[i]);
        worker->records_total[side][i] =
            metrics_counter("earshot_records_total", "Records by what became of them", labels);
    }
}

static void register_metrics(struct worker *worker) {
    char labels[300];
    register_topic(worker, 0, worker->service->input);
    if (worker->service->beside)
        register_topic(worker, 1, worker->service->beside);
    for (size_t i = FAULT_NONE + 1; i < COUNT_OF(worker->dead_total); i++) {
        snprintf(labels, sizeof labels, "reason=\"%s\"", fault_name((enum fault_reason)i));
        worker->dead_total[i] = metrics_counter("earshot_dead_total", "Dead letters by their reason", labels);
    }
}

struct worker *worker_new(const struct worker_service *service, const struct worker_clock *clock,
                          const struct deployment *deployment, const struct bus_conf *bus_conf,
                          int64_t stop_timeout_ms) {
    struct worker *worker = xcalloc(1, sizeof *worker);
    worker->service = service;
    worker->clock = *clock;
    worker->deployment = deployment;
    worker->bus_conf = bus_conf;
    worker->stop_timeout_ms = stop_timeout_ms;
    worker->arena = arena_new(64 * 1024);
    register_metrics(worker);
    return worker;
}

void worker_free(struct worker **worker) {
    if (!*worker)
        return;
    ASSERT(!(*worker)->bus && !(*worker)->self);
    arena_free(&(*worker)->arena);
    slots_free(&(*worker)->slots);
    free(*worker);
    *worker = NULL;
}

void worker_start(struct worker *worker, const void *conf) {
    worker->self = worker->service->start(worker, conf);
    ASSERT(worker->self);
}

void worker_take_bus(struct worker *worker, struct bus *bus) {
    worker->bus = bus;
}

/* Everything that was handled is committed; false: some of it comes again. */
static bool finish_work(struct worker *worker) {
    if (worker->broken) {
        slots_commit(&worker->slots, worker->bus);
        return false;
    }
    int64_t deadline = worker_now(worker) + worker->stop_timeout_ms * 3 / 4;
    bool all = settle_until(worker, deadline, true);
    int64_t left = max64(deadline - worker_now(worker), 0);
    if (bus_flush(worker->bus, (int)left) == BUS_OK) {
        slots_flushed(&worker->slots, worker->bus);
        return all;
    }
    slots_commit(&worker->slots, worker->bus);
    return false;
}

int worker_finish(struct worker *worker) {
    bool failed = worker_over(worker), all = true;
    if (worker->bus) {
        all = finish_work(worker);
        worker->ending = true;
        bus_free(&worker->bus);
    }
    if (worker->self && worker->service->stop)
        worker->service->stop(worker->self);
    worker->self = NULL;
    if (!failed && !all)
        log_warn("worker.unfinished", "not all that was handled could be committed in time; it comes again");
    else if (!failed)
        log_info("worker.stopped", "all that was handled is committed");
    return failed || !all ? EXIT_FAILED : EXIT_OK;
}

const char *worker_not_ready(struct worker *worker) {
    const char *why = NULL;
    if (worker_over(worker))
        return worker->problem;
    if (!worker->bus)
        return "starting";
    if (!bus_connected(worker->bus)) {
        why = bus_problem(worker->bus);
        return why ? why : "no broker answers: check brokers";
    }
    if (worker->service->ready && !worker->service->ready(worker->self, &why))
        return why ? why : "the service is not ready";
    if (worker->held)
        return worker->held;
    return bus_joined(worker->bus) ? NULL : "not yet a member of the group";
}
