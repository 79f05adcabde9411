/* founding: what `earshot init` may do with what it finds in Kafka and in Redis. Pure. */
#ifndef CLI_FOUNDING_H
#define CLI_FOUNDING_H

#include "earshot/buf.h"
#include "earshot/deployment.h"

/* What was asked for; NULL and 0: not said. */
struct founding_wish {
    const char *id;
    int partitions, shards, window;
};

/* The hash FUNCTIONS_META. */
struct founding_meta {
    bool there;
    char schema[16];
    struct deployment deployment;
};

struct founding {
    struct deployment deployment; /* what holds from now on */
    bool write_kafka;
    bool write_redis;
};

/* recorded NULL: Kafka has no record. fresh_id: the id of a new deployment for which none was asked. False:
 * message is the one line that says what to change. */
bool founding_decide(const struct founding_wish *wish, const struct deployment *recorded,
                     const struct founding_meta *meta, const char *fresh_id, struct founding *out,
                     struct buf *message) MUST_CHECK;

#endif
