/* worker_deployment: the topic `deployment` read at the start and followed afterwards, so that a worker that
 * finds two deployments in it stops. */
#ifndef WORKER_DEPLOYMENT_H
#define WORKER_DEPLOYMENT_H

#include "earshot/bus_kafka.h"
#include "earshot/deployment.h"

struct worker_deployment {
    struct bus_table *table;
    bool found;
    struct deployment deployment; /* the first that was found */
    char problem[400];            /* "": none; else why the process must end */
};

/* Bad configuration: false, message. */
bool worker_deployment_open(struct worker_deployment *self, const struct bus_conf *conf,
                            struct buf *message) MUST_CHECK;
void worker_deployment_close(struct worker_deployment *self);
/* Takes what is there, waits at most timeout_ms for the first. false: the process must end, see problem. */
bool worker_deployment_poll(struct worker_deployment *self, int timeout_ms) MUST_CHECK;
/* Known and the topic read to its end. */
bool worker_deployment_known(const struct worker_deployment *self);
/* One line: what is waited for. */
const char *worker_deployment_wanted(const struct worker_deployment *self);
/* A row of the topic; public for its test. */
void worker_deployment_row(void *self, const struct bus_record *record);

#endif
