/* worker_loop: the loop of worker.h on any bus and any clock, step by step: worker_main() runs it on Kafka,
 * the tests on a bus of their own. How what was handled becomes committed: worker_slots.h. */
#ifndef WORKER_LOOP_H
#define WORKER_LOOP_H

#include "earshot/metrics.h"
#include "earshot/worker.h"
#include "worker_slots.h"

/* Monotonic milliseconds. */
struct worker_clock {
    void *self;
    int64_t (*now)(void *self);
    void (*sleep)(void *self, int64_t ms);
};

enum {
    WORKER_HAND_MS = 1000,     /* a batch is tried again in hand for so long before it is put back */
    WORKER_REVOKE_MS = 5000,   /* partitions that go are finished within this */
    WORKER_PAUSE_MS = 250,     /* the first pause, */
    WORKER_PAUSE_MAX_MS = 5000 /* and the longest */
};

struct worker {
    const struct worker_service *service;
    void *self; /* the service's */
    struct bus *bus;
    struct worker_clock clock;
    const struct deployment *deployment;
    const struct bus_conf *bus_conf;
    int64_t stop_timeout_ms;
    struct arena *arena;
    struct slots slots;

    const struct bus_record *records; /* in hand */
    int count, at;
    int64_t hand_ms, hand_delay_ms;

    bool paused;
    int64_t pause_ms, resume_at;
    const char *full;  /* topic that took no more at the last emit */
    const char *held;  /* why it is paused; NULL since something went on */
    bool pending;      /* a settlement is */
    bool away;         /* the last settlement was SETTLE_RETRY */
    int64_t settle_at; /* when pending */
    int64_t lag_at;

    bool ending;       /* worker_finish() is at work: the bus may be on its way out */
    bool broken;       /* the bus is */
    char problem[400]; /* "": go on; else why the process ends */

    uint64_t counts[2][VERDICT_RETRY + 1]; /* of this batch, of input and beside, by verdict */
    struct metric *records_total[2][VERDICT_RETRY + 1];
    struct metric *dead_total[FAULT_DUPLICATE + 1];
};

/* deployment and bus_conf are borrowed for the worker's life. */
struct worker *worker_new(const struct worker_service *service, const struct worker_clock *clock,
                          const struct deployment *deployment, const struct bus_conf *bus_conf,
                          int64_t stop_timeout_ms) MUST_CHECK;
void worker_free(struct worker **worker);

/* What bus_kafka_new_two() is given. */
struct bus_watcher worker_watcher(struct worker *worker);
/* Starts the service. */
void worker_start(struct worker *worker, const void *conf);
/* Takes the bus. */
void worker_take_bus(struct worker *worker, struct bus *bus);
/* One round: poll, handle, settle, commit, tick. false: it is over, worker->problem says why. */
bool worker_step(struct worker *worker) MUST_CHECK;
/* Finishes what is in hand, leaves the group, stops the service: the exit code. problem is the caller's to
 * tell. */
int worker_finish(struct worker *worker) MUST_CHECK;
/* NULL: ready. */
const char *worker_not_ready(struct worker *worker);

/* worker_emit.c: the dead letter of a job that was rejected. DONE: it is on its way; RETRY. */
enum verdict worker_bury(struct worker_job *job) MUST_CHECK;
/* worker.c: the bus says BUS_FATAL. */
void worker_broke(struct worker *worker);

static inline bool worker_over(const struct worker *worker) {
    return worker->problem[0] != '\0';
}

#endif
