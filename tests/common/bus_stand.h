/* bus_stand: an embedded broker and buses on it, for the tests of the bus. */
#ifndef TESTS_COMMON_BUS_STAND_H
#define TESTS_COMMON_BUS_STAND_H

#include "earshot/broker.h"
#include "earshot/bus_kafka.h"

enum { STAND_PARTITIONS = 4, STAND_WAIT_MS = 30000 };

struct stand {
    struct broker *broker;
    struct buf message;
};

/* Topics t.in and t.out with STAND_PARTITIONS partitions, t.table with one; the prefix is `t.`. */
void stand_open(struct stand *stand);
void stand_close(struct stand *stand);
/* Quick fetches, prefix and address filled in. */
struct bus_conf stand_conf(const struct stand *stand, const char *client_id);
struct bus *stand_bus(struct stand *stand, const char *client_id, const char *topic,
                      const struct bus_watcher *watcher);
/* Records "0", "1", … of a partition, delivered on return. */
void stand_fill(struct stand *stand, const char *topic, int32_t partition, int first, int count);
/* Polls until `want` records came or time is up; fails the test on a fatal problem. */
typedef void stand_seen_f(void *self, const struct bus_record *record);
int stand_read(struct bus *bus, int want, stand_seen_f *seen, void *self);
/* Polls until joined. */
void stand_join(struct bus *bus);

#endif
