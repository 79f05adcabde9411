/* engine: the one loop of ingest: takes items from the connectors, validates them, produces them, and keeps
 * each source's cursor once what it covers was acknowledged. Knows Kafka only as a bus, and no clock but the
 * host's. One thread. */
#ifndef EARSHOT_INGEST_ENGINE_H
#define EARSHOT_INGEST_ENGINE_H

#include "connector.h"

#include "earshot/bus.h"

enum { ENGINE_CHECKPOINT_MS = 1000 };

/* One source of a run. Strings and conf are borrowed for the engine's life. */
struct engine_source {
    const char *id;
    const struct connector *connector;
    const void *conf;
    struct span cursor; /* ptr NULL: none */
};

struct engine_totals {
    uint64_t mentions, dead; /* handed to the bus */
    uint64_t bytes;          /* of the mentions */
};

enum engine_status {
    ENGINE_BUSY, /* took something */
    ENGINE_IDLE, /* waited: nothing came, or the bus is full, or it is held back */
    ENGINE_DONE, /* every connector is done, all is acknowledged and all cursors are kept */
    ENGINE_FAILED,
};

struct engine;
/* rate: items a second, 0: as fast as it goes. NULL: message says which source cannot start. */
struct engine *engine_new(struct bus *bus, const struct connector_host *host, int64_t rate,
                          const struct engine_source *sources, size_t count, struct buf *message) MUST_CHECK;
void engine_free(struct engine **engine);

/* One turn; waits at most timeout_ms where there is nothing to do. Nothing is taken while held. */
enum engine_status engine_step(struct engine *engine, bool held, int timeout_ms) MUST_CHECK;
/* Takes nothing more. Like engine_step(): ENGINE_DONE once all that was taken is acknowledged and kept. */
enum engine_status engine_finish(struct engine *engine, int timeout_ms) MUST_CHECK;
/* After ENGINE_FAILED: one line. */
const char *engine_problem(const struct engine *engine);

const struct engine_totals *engine_totals(const struct engine *engine);
/* Sums of what the connectors tell; total 0: unknown. */
struct connector_progress engine_progress(const struct engine *engine);

#endif
