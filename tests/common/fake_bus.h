/* fake_bus: a small Kafka in memory behind struct bus, for tests of anything that stands on a bus.
 *
 * A fake_log holds topics for as long as the test likes; a fake_bus is one client of it: one consumer of one
 * topic, or of one with another beside it (alone in its group), and one producer. Free the bus and make
 * another on the same log, and that is a restart: it reads on from what was committed; what was produced but
 * not acknowledged is there up to a point that chance picks, per partition without holes, as a crash leaves
 * it.
 *
 * Failing: fake_bus_fail(bus, n, status) makes the n-th call (1, 2, … over poll, seek, produce and flush)
 * fail once, so that a test can run the same thing for every n until fake_bus_calls() < n: BUS_AGAIN produce:
 * full; flush: not done in time; seek: later; poll: no record BUS_TOO_LARGE  produce only; elsewhere nothing
 * fails BUS_FATAL      this and every later call is fatal; nothing more is acknowledged Time: a clock of its
 * own that moves only when a call waits (poll without records, flush, fake_bus_sleep). Acknowledgements come
 * in order per partition, over partitions in an order that chance (the seed) picks. */
#ifndef TESTS_FAKE_BUS_H
#define TESTS_FAKE_BUS_H

#include "earshot/buf.h"
#include "earshot/bus.h"

struct fake_record {
    char *topic;
    int32_t partition;
    int64_t offset;
    struct span key, value; /* value.ptr NULL: a null value */
    struct bus_header *headers;
    size_t header_count;
};

struct fake_log;
struct fake_log *fake_log_new(void);
void fake_log_free(struct fake_log **log);
/* Appends; the offset. key and value are copied. */
int64_t fake_log_add(struct fake_log *log, const char *topic, int32_t partition, struct span key,
                     struct span value, const struct bus_header *headers, size_t header_count);
/* The records of a topic, or of one of its partitions, in their order. NULL: there are no more than nth. */
const struct fake_record *fake_log_get(const struct fake_log *log, const char *topic, int32_t partition,
                                       size_t nth);
size_t fake_log_count(const struct fake_log *log, const char *topic); /* over all partitions */
int64_t fake_log_committed(const struct fake_log *log, const char *topic, int32_t partition); /* -1: none */
const struct bus_header *fake_record_header(const struct fake_record *record, const char *name);

struct fake_bus {
    struct bus bus; /* &fake->bus is what the loop is given; bus_free() frees it */

    /* The test may set these at any time. */
    bool away;        /* no broker: nothing is fetched or acknowledged */
    size_t queue_max; /* records under way, beyond which produce is full; 1000 */
    size_t batch_max; /* records a poll; 10 */
    size_t too_large; /* values above this are BUS_TOO_LARGE; 2 MiB */
    int ack_percent;  /* chance that the oldest of a partition is acknowledged at a call; 50 */
    void (*on_call)(void *self, const char *call); /* before each call; NULL allowed */
    void *on_call_self;
};

/* topic NULL: only a producer. watcher is borrowed. */
struct fake_bus *fake_bus_new(struct fake_log *log, const char *topic, const struct bus_watcher *watcher,
                              unsigned seed);
struct fake_bus *fake_bus_new_two(struct fake_log *log, const char *topic, const char *beside,
                                  const struct bus_watcher *watcher, unsigned seed);
/* At the next poll the group gives it exactly these partitions: all that it has are revoked first. */
void fake_bus_assign(struct fake_bus *fake, const int32_t *partitions, size_t count);
void fake_bus_fail(struct fake_bus *fake, size_t nth, enum bus_status status);
size_t fake_bus_calls(const struct fake_bus *fake);
size_t fake_bus_in_flight(const struct fake_bus *fake);
bool fake_bus_paused(const struct fake_bus *fake);
int64_t fake_bus_now(void *fake);
void fake_bus_sleep(void *fake, int64_t ms);

#endif
