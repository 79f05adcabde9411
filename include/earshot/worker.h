/* worker: the one loop of every queue program: poll a batch, handle each record, flush what it produced,
 * commit.
 *
 * A service is a const struct worker_service and a configuration table; its main() is one call of
 * worker_main(). The loop owns retry, acknowledgement, dead letters, metrics, health and the stop; a service
 * owns only its work. While Kafka or Redis is away or full the partitions are paused, polling goes on, the
 * worker is not ready and says so once. SIGTERM and SIGINT: what is in hand is finished and committed, within
 * --stop-timeout. */
#ifndef EARSHOT_WORKER_H
#define EARSHOT_WORKER_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/bus.h"
#include "earshot/conf.h"
#include "earshot/deployment.h"
#include "earshot/fault.h"

struct worker;

enum { WORKER_TICK_MS = 100, WORKER_SETTLE_MS = 20 };

enum verdict {
    VERDICT_DONE,
    VERDICT_REJECT, /* job->fault says why: the record goes to mentions.dead and counts as done */
    VERDICT_RETRY,  /* the world is away or full: the same record comes again, a little later */
};

enum settlement {
    SETTLED,        /* all that was handled is durable: it may be committed */
    SETTLE_PENDING, /* not yet: go on, ask again after the next batch or in WORKER_SETTLE_MS */
    SETTLE_RETRY,   /* the world is away: pause, ask again a little later */
    SETTLE_RESTART, /* what was handled since the last SETTLED is void; the service has called worker_seek()
                     */
};

struct worker_job {
    struct worker *worker;
    struct arena *arena; /* reset after the job */
    const struct bus_record *record;
    struct fault fault;
};

struct worker_service {
    const char *name;   /* "matcher": the program is earshot-NAME, the group PREFIXearshot-NAME */
    const char *input;  /* topic it consumes */
    const char *beside; /* a topic of as many partitions, consumed beside and before it: bus.h, "Slots"; NULL:
                           none */
    const char *about;  /* the first paragraph of --help */
    const struct conf_option *options; /* of its own, ended by {0}; beside the ones that all workers have */
    size_t conf_size;                  /* of its own configuration struct */

    /* Never NULL on return: configuration that cannot work dies. conf is valid for the process's life. */
    void *(*start)(struct worker *worker, const void *conf);
    enum verdict (*handle)(void *self, struct worker_job *job);

    /* Optional, NULL where there is nothing to do. */
    /* After each batch, and every WORKER_SETTLE_MS while pending. now: do not wait for more, the worker stops
     * or partitions go. */
    enum settlement (*settle)(void *self, bool now);
    void (*tick)(void *self);                    /* at least every WORKER_TICK_MS, between batches */
    bool (*ready)(void *self, const char **why); /* *why: one line, where false */
    bool (*assigned)(void *self, const int32_t *slots, int64_t *offsets, size_t count); /* see bus_watcher */
    void (*revoked)(void *self, const int32_t *slots, size_t count);
    void (*stop)(void *self); /* frees self */
};

/* For the service, from its callbacks. */

/* Produces into the same partition as the job's record, with its key and headers, plus those given (a header
 * of the same name is replaced). value is borrowed until return. DONE, RETRY (full: return it), REJECT (too
 * large for Kafka; fault is set). */
enum verdict worker_emit(struct worker_job *job, const char *topic, struct span value,
                         const struct bus_header *headers, size_t header_count) MUST_CHECK;
/* Reads the slot on from offset: for SETTLE_RESTART. Where a service begins (assigned) or goes on, all
 * before is durable: it is committed. */
void worker_seek(struct worker *worker, int32_t slot, int64_t offset);
const struct deployment *worker_deployment(const struct worker *worker);
const struct bus_conf *worker_bus_conf(const struct worker *worker);
bool worker_is_mine(const struct worker *worker, int32_t slot);
/* Ends the process with this one line, after what is settled was committed. */
void worker_fail(struct worker *worker, const char *format, ...) PRINTF_LIKE(2, 3);
/* Monotonic milliseconds: the loop's clock (tests turn it by hand). */
int64_t worker_now(const struct worker *worker);

/* The whole program: returns the exit code. */
int worker_main(const struct worker_service *service, int argc, char **argv);

#endif
