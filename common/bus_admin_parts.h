/* bus_admin_parts: what the administration is made of and nobody else sees. */
#ifndef COMMON_BUS_ADMIN_PARTS_H
#define COMMON_BUS_ADMIN_PARTS_H

#include "bus_parts.h"

enum { BUS_ADMIN_GROUPS_MAX = 8, BUS_ADMIN_WAIT_MS = 10000 };

struct bus_admin {
    struct bus_link link;
    struct bus_conf conf; /* brokers, prefix and client id are copies; the properties are borrowed */
    rd_kafka_queue_t *queue;
    struct {
        char *name;
        rd_kafka_t *rk;
    } groups[BUS_ADMIN_GROUPS_MAX]; /* a client each: committed offsets are asked for as a member would */
    size_t group_count;
};

/* The embedded broker answers neither CreateTopics nor DescribeConfigs. */
bool bus_admin_is_embedded(struct bus_admin *admin);
/* All topics, or NULL and message. */
const struct rd_kafka_metadata *bus_admin_metadata(struct bus_admin *admin, int timeout_ms,
                                                   struct buf *message);

#endif
