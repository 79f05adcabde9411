/* bus_stand: waits are conditions with a deadline, never sleeps. */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct conf_property QUICK[] = {{"fetch.wait.max.ms", "10"}};

static void open_embedded(struct stand *stand) {
    const struct bus_topic topics[] = {
        {.name = "t.in", .partitions = STAND_PARTITIONS},
        {.name = "t.out", .partitions = STAND_PARTITIONS},
        {.name = "t.table", .partitions = 1},
    };
    snprintf(stand->prefix, sizeof stand->prefix, "t.");
    stand->broker = broker_new(topics, COUNT_OF(topics), &stand->message);
    assert_non_null(stand->broker);
    stand->address = broker_address(stand->broker);
}

static void open_kafka(struct stand *stand, const char *address) {
    const struct bus_topic topics[] = {
        {.name = "in", .partitions = STAND_PARTITIONS, .replication = -1},
        {.name = "out", .partitions = STAND_PARTITIONS, .replication = -1},
        {.name = "table", .partitions = 1, .replication = -1},
    };
    static int nth;
    stand->address = address;
    snprintf(stand->prefix, sizeof stand->prefix, "t%d-%d-%d.", (int)times_now() % 100000, (int)getpid(),
             nth++);
    struct bus_conf conf = stand_conf(stand, "earshot");
    struct bus_admin *admin = bus_admin_new(&conf, &stand->message);
    assert_non_null(admin);
    if (!bus_admin_ensure(admin, topics, COUNT_OF(topics), &stand->message))
        fail_msg("%s", stand->message.ptr);
    bus_admin_free(&admin);
}

void stand_open(struct stand *stand) {
    buf_init(&stand->message, 4096);
    const char *kafka = getenv("EARSHOT_TEST_KAFKA");
    if (kafka)
        open_kafka(stand, kafka);
    else
        open_embedded(stand);
}

void stand_close(struct stand *stand) {
    broker_free(&stand->broker);
    buf_free(&stand->message);
}

int stand_setup(void **state) {
    struct stand *stand = xcalloc(1, sizeof *stand);
    stand_open(stand);
    *state = stand;
    return 0;
}

int stand_teardown(void **state) {
    stand_close(*state);
    free(*state);
    return 0;
}

struct bus_conf stand_conf(const struct stand *stand, const char *client_id) {
    return (struct bus_conf){.brokers = stand->address,
                             .prefix = stand->prefix,
                             .client_id = client_id,
                             .properties = QUICK,
                             .property_count = COUNT_OF(QUICK)};
}

struct bus *stand_bus(struct stand *stand, const char *client_id, const char *topic,
                      const struct bus_watcher *watcher) {
    return stand_bus_two(stand, client_id, topic, NULL, watcher);
}

struct bus *stand_bus_two(struct stand *stand, const char *client_id, const char *topic, const char *beside,
                          const struct bus_watcher *watcher) {
    struct bus_conf conf = stand_conf(stand, client_id);
    struct bus *bus = bus_kafka_new_two(&conf, topic, beside, watcher, &stand->message);
    assert_non_null(bus);
    return bus;
}

void stand_fill(struct stand *stand, const char *topic, int32_t partition, int first, int count) {
    struct bus *bus = stand_bus(stand, "filler", NULL, NULL);
    for (int i = first; i < first + count; i++) {
        char text[16];
        struct span value = {.ptr = text, .len = (size_t)snprintf(text, sizeof text, "%d", i)};
        struct bus_out out = {.topic = topic, .partition = partition, .key = value, .value = value};
        assert_int_equal(bus_produce(bus, &out), BUS_OK);
    }
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    bus_free(&bus);
}

int stand_poll(struct bus *bus, stand_seen_f *seen, void *self) {
    const struct bus_record *records;
    int count = bus_poll(bus, 20, &records);
    if (count < 0)
        fail_msg("%s", bus_problem(bus));
    for (int i = 0; i < count && seen; i++)
        seen(self, &records[i]);
    bus_release(bus);
    return count;
}

int stand_read(struct bus *bus, int want, stand_seen_f *seen, void *self) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    int got = 0;
    while (got < want && times_monotonic_ms() < end)
        got += stand_poll(bus, seen, self);
    return got;
}

void stand_join(struct bus *bus) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    while (!bus_joined(bus) && times_monotonic_ms() < end)
        assert_int_equal(stand_poll(bus, NULL, NULL), 0);
    assert_true(bus_joined(bus));
}

const char *stand_fatal(struct bus *bus) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    const struct bus_record *records;
    int count = 0;
    while (count >= 0 && times_monotonic_ms() < end) {
        count = bus_poll(bus, 20, &records);
        bus_release(bus);
    }
    assert_int_equal(count, -1);
    assert_non_null(bus_problem(bus));
    return bus_problem(bus);
}

struct seen *seen_new(void) {
    return xcalloc(1, sizeof(struct seen));
}

void seen_record(void *self, const struct bus_record *record) {
    struct seen *seen = self;
    char text[16] = "";
    assert_true(record->value.len < sizeof text);
    memcpy(text, record->value.ptr, record->value.len);
    assert_in_range(record->partition, 0, STAND_PARTITIONS - 1);
    int *count = &seen->count[record->partition];
    assert_true(*count < STAND_SEEN_MAX);
    seen->values[record->partition][(*count)++] = (int)strtol(text, NULL, 10);
    seen->next[record->partition] = record->offset + 1;
    seen->total++;
}

void seen_expect(const struct seen *seen, int32_t partition, int first, int count) {
    assert_int_equal(seen->count[partition], count);
    for (int i = 0; i < count; i++)
        assert_int_equal(seen->values[partition][i], first + i);
}
