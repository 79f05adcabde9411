/* worker_deployment: the first record counts; any other one that says something else means that two logs, or
 * two ways to count, are about to be mixed, and no worker can know which is right. */
#include "worker_deployment.h"

#include <inttypes.h>
#include <stdio.h>

#define TOPIC "deployment"

void worker_deployment_row(void *self, const struct bus_record *record) {
    struct worker_deployment *known = self;
    struct deployment one;
    struct fault fault;
    if (!record->value.ptr || *known->problem)
        return;
    if (!deployment_parse(record->value, &one, &fault)) {
        snprintf(known->problem, sizeof known->problem,
                 "topic " TOPIC ", offset %" PRId64 ": %s; it was not written by `earshot init`",
                 record->offset, fault.detail);
        return;
    }
    if (known->found && !deployment_same(&one, &known->deployment))
        snprintf(known->problem, sizeof known->problem,
                 "two deployments mixed: topic " TOPIC " holds %s (%d partitions, %d shards) and %s (%d "
                 "partitions, %d shards); give each its own prefix",
                 known->deployment.id, known->deployment.partitions, known->deployment.shards, one.id,
                 one.partitions, one.shards);
    if (!known->found)
        known->deployment = one;
    known->found = true;
}

bool worker_deployment_open(struct worker_deployment *self, const struct bus_conf *conf,
                            struct buf *message) {
    *self = (struct worker_deployment){.table = bus_table_new(conf, TOPIC, message)};
    return self->table != NULL;
}

void worker_deployment_close(struct worker_deployment *self) {
    bus_table_free(&self->table);
}

bool worker_deployment_poll(struct worker_deployment *self, int timeout_ms) {
    if (bus_table_poll(self->table, timeout_ms, worker_deployment_row, self) == BUS_FATAL &&
        !*self->problem) {
        const char *problem = bus_table_problem(self->table);
        snprintf(self->problem, sizeof self->problem, "%s",
                 problem ? problem : "topic " TOPIC " is not readable");
    }
    return !*self->problem;
}

bool worker_deployment_known(const struct worker_deployment *self) {
    return self->found && bus_table_loaded(self->table);
}

const char *worker_deployment_wanted(const struct worker_deployment *self) {
    if (bus_table_loaded(self->table))
        return "there is no deployment record: run `earshot init` with the same brokers and prefix";
    const char *problem = bus_table_problem(self->table);
    return problem ? problem : "no broker answers: check brokers";
}
