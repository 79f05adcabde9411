/* startup: what ingest reads from Kafka before it begins: the deployment's record and the sources' cursors.
 */
#ifndef EARSHOT_INGEST_STARTUP_H
#define EARSHOT_INGEST_STARTUP_H

#include "sources.h"

#include "earshot/bus_kafka.h"
#include "earshot/deployment.h"
#include "earshot/program.h"

struct startup {
    struct program *program;
    const struct program_conf *conf;
    const struct bus_conf *bus;
};

/* Waits for both, says once what it waits for; with fail_fast at most 10 s. EXIT_OK: deployment and the
 * cursors of the sources are filled. A stop meanwhile is EXIT_OK too: look at program_stopping(). Anything
 * else was logged. */
enum exit_code startup_deployment(const struct startup *startup, struct deployment *out) MUST_CHECK;
enum exit_code startup_cursors(const struct startup *startup, struct sources *sources) MUST_CHECK;

#endif
