/* bus: Kafka as one worker sees it: at most one consumed topic, perhaps another beside it, one idempotent
 * producer. librdkafka lives behind it.
 *
 * Slots: what is read, sought and committed is a slot. With one topic a slot is the partition. With a topic
 * beside it, of as many partitions, 2p is partition p of the topic and 2p + 1 partition p of the one beside:
 * the group gives away the first one's, and who has p has both. The one beside goes before: whenever reading
 * begins or goes back, 2p gives nothing until 2p + 1 has given what stood in its log by then.
 * Delivery: what bus_flush() said BUS_OK to is acknowledged by all in-sync replicas, in order per partition,
 * with no hole before it. One failed delivery is fatal for the bus: nothing after it is acknowledged.
 * Threads: one bus, one thread. Topics are named without the deployment's prefix; the bus adds it.
 * The real one is bus_kafka_new(); tests put a table of their own behind the same struct. */
#ifndef EARSHOT_BUS_H
#define EARSHOT_BUS_H

#include "earshot/base.h"

struct bus_header {
    struct span name, value;
};

/* Everything is borrowed from the bus until bus_release(). */
struct bus_record {
    const char *topic; /* without prefix */
    int32_t partition, slot;
    int64_t offset;
    int64_t timestamp; /* ms since 1970, the log's */
    struct span key;
    struct span value; /* ptr NULL: a null value */
    const struct bus_header *headers;
    size_t header_count;
};

/* Everything is borrowed until bus_produce() returns. */
struct bus_out {
    const char *topic;
    int32_t partition; /* -1: by key, Java's murmur2 */
    struct span key;
    struct span value; /* ptr NULL: a null value */
    const struct bus_header *headers;
    size_t header_count;
};

enum bus_status {
    BUS_OK,
    BUS_AGAIN,     /* full or not done in time: poll, then call again */
    BUS_TOO_LARGE, /* this record will never fit */
    BUS_FATAL,     /* bus_problem() says why; the process should end */
};

/* Where reading should begin, for a watcher that reads again what was done: at offset, or at the beginning of
 * the log where that is later. Fatal as ever where even the committed offset is no longer in the log. */
static inline int64_t bus_again_from(int64_t offset) {
    return -2 - offset;
}

/* Called from inside bus_poll(). offsets[i] comes in as the committed offset of slots[i] (-1: none) and may
 * be changed to where reading should begin (-1: the beginning; bus_again_from()). */
struct bus_watcher {
    void *self;
    bool (*assigned)(void *self, const int32_t *slots, int64_t *offsets, size_t count); /* false: fatal */
    void (*revoked)(void *self, const int32_t *slots, size_t count);
};

struct bus;

struct bus_ops {
    int (*poll)(struct bus *bus, int timeout_ms, const struct bus_record **records);
    void (*release)(struct bus *bus);
    void (*done)(struct bus *bus, int32_t slot, int64_t next_offset);
    enum bus_status (*seek)(struct bus *bus, int32_t slot, int64_t offset);
    void (*pause)(struct bus *bus, bool paused);
    enum bus_status (*produce)(struct bus *bus, const struct bus_out *out);
    enum bus_status (*flush)(struct bus *bus, int timeout_ms);
    void (*mark)(struct bus *bus);
    bool (*marked)(struct bus *bus);
    bool (*connected)(struct bus *bus);
    bool (*joined)(struct bus *bus);
    int64_t (*lag)(struct bus *bus, int32_t slot);
    const char *(*problem)(struct bus *bus);
    void (*free)(struct bus *bus);
};

struct bus {
    const struct bus_ops *ops;
};

/* Serves callbacks and fetches: the number of records in *records, 0 after timeout_ms without one, -1 on a
 * fatal problem. The records of the poll before must have been released. While paused it gives none and keeps
 * the group. */
static inline int bus_poll(struct bus *bus, int timeout_ms, const struct bus_record **records) {
    return bus->ops->poll(bus, timeout_ms, records);
}

/* The records of the last poll are handled or given up. */
static inline void bus_release(struct bus *bus) {
    bus->ops->release(bus);
}

/* All before next_offset is handled and what it produced was flushed: it may be committed (within a second,
 * at the latest on revocation and on free). A slot that is no longer ours is ignored. */
static inline void bus_done(struct bus *bus, int32_t slot, int64_t next_offset) {
    bus->ops->done(bus, slot, next_offset);
}

/* Read on from offset. Records already polled stay in the caller's hands. */
static inline enum bus_status bus_seek(struct bus *bus, int32_t slot, int64_t offset) {
    return bus->ops->seek(bus, slot, offset);
}

static inline void bus_pause(struct bus *bus, bool paused) {
    bus->ops->pause(bus, paused);
}

static inline enum bus_status bus_produce(struct bus *bus, const struct bus_out *out) MUST_CHECK;
static inline enum bus_status bus_produce(struct bus *bus, const struct bus_out *out) {
    return bus->ops->produce(bus, out);
}

/* BUS_OK: all that was produced is acknowledged. timeout_ms 0 only asks. */
static inline enum bus_status bus_flush(struct bus *bus, int timeout_ms) MUST_CHECK;
static inline enum bus_status bus_flush(struct bus *bus, int timeout_ms) {
    return bus->ops->flush(bus, timeout_ms);
}

/* Sets the mark behind all that was produced so far; the one before must have been reached. */
static inline void bus_mark(struct bus *bus) {
    bus->ops->mark(bus);
}

/* All before the mark is acknowledged, whatever is still under way behind it; true while none was set. Only
 * looks: bus_poll() and bus_flush() serve the acknowledgements. So a loop commits while it goes on. */
static inline bool bus_marked(struct bus *bus) {
    return bus->ops->marked(bus);
}

/* A broker answers. */
static inline bool bus_connected(struct bus *bus) {
    return bus->ops->connected(bus);
}

/* Member of the group, also with no partition. */
static inline bool bus_joined(struct bus *bus) {
    return bus->ops->joined(bus);
}

/* Records between what is done and the end of the slot's log; -1 unknown. */
static inline int64_t bus_lag(struct bus *bus, int32_t slot) {
    return bus->ops->lag(bus, slot);
}

/* One line that says what is wrong and what to change; NULL: nothing. */
static inline const char *bus_problem(struct bus *bus) {
    return bus->ops->problem(bus);
}

/* Commits what is done, leaves the group, drops what was not flushed. */
static inline void bus_free(struct bus **bus) {
    if (*bus)
        (*bus)->ops->free(*bus);
    *bus = NULL;
}

#endif
