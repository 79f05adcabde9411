/* bus_stand: a broker and buses on it, for the tests of the bus. The broker is the embedded one, or the Kafka
 * at EARSHOT_TEST_KAFKA (host:port), where topics get a prefix of their own for each test. */
#ifndef TESTS_COMMON_BUS_STAND_H
#define TESTS_COMMON_BUS_STAND_H

#include "earshot/broker.h"
#include "earshot/bus_kafka.h"

enum { STAND_PARTITIONS = 4, STAND_WAIT_MS = 30000, STAND_SEEN_MAX = 20000 };

struct stand {
    struct broker *broker; /* NULL: a real Kafka */
    const char *address;
    char prefix[32];
    struct buf message;
};

/* Topics in and out with STAND_PARTITIONS partitions, table with one. */
void stand_open(struct stand *stand);
void stand_close(struct stand *stand);
/* The same as cmocka's setup and teardown. */
int stand_setup(void **state);
int stand_teardown(void **state);

/* Quick fetches, prefix and address filled in. */
struct bus_conf stand_conf(const struct stand *stand, const char *client_id);
struct bus *stand_bus(struct stand *stand, const char *client_id, const char *topic,
                      const struct bus_watcher *watcher);
struct bus *stand_bus_two(struct stand *stand, const char *client_id, const char *topic, const char *beside,
                          const struct bus_watcher *watcher);
/* Records "0", "1", … of a partition, delivered on return. */
void stand_fill(struct stand *stand, const char *topic, int32_t partition, int first, int count);
/* One poll: how many came; fails the test on a fatal problem. */
typedef void stand_seen_f(void *self, const struct bus_record *record);
int stand_poll(struct bus *bus, stand_seen_f *seen, void *self);
/* Polls until `want` records came or time is up. */
int stand_read(struct bus *bus, int want, stand_seen_f *seen, void *self);
void stand_join(struct bus *bus);
/* Polls until the bus is fatal, and gives its problem. */
const char *stand_fatal(struct bus *bus);

/* The values of each partition as they came. */
struct seen {
    int count[STAND_PARTITIONS];
    int values[STAND_PARTITIONS][STAND_SEEN_MAX];
    int64_t next[STAND_PARTITIONS];
    int total;
};
struct seen *seen_new(void);
stand_seen_f seen_record;
/* The partition gave exactly first, first + 1, … in order. */
void seen_expect(const struct seen *seen, int32_t partition, int first, int count);

#endif
