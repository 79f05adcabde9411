/* bus_stand: waits are conditions with a deadline, never sleeps. */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdio.h>

static const struct bus_topic TOPICS[] = {
    {.name = "t.in", .partitions = STAND_PARTITIONS},
    {.name = "t.out", .partitions = STAND_PARTITIONS},
    {.name = "t.table", .partitions = 1},
};

static const struct conf_property QUICK[] = {{"fetch.wait.max.ms", "10"}};

void stand_open(struct stand *stand) {
    buf_init(&stand->message, 4096);
    stand->broker = broker_new(TOPICS, COUNT_OF(TOPICS), &stand->message);
    assert_non_null(stand->broker);
}

void stand_close(struct stand *stand) {
    broker_free(&stand->broker);
    buf_free(&stand->message);
}

struct bus_conf stand_conf(const struct stand *stand, const char *client_id) {
    return (struct bus_conf){.brokers = broker_address(stand->broker),
                             .prefix = "t.",
                             .client_id = client_id,
                             .properties = QUICK,
                             .property_count = COUNT_OF(QUICK)};
}

struct bus *stand_bus(struct stand *stand, const char *client_id, const char *topic,
                      const struct bus_watcher *watcher) {
    struct bus_conf conf = stand_conf(stand, client_id);
    struct bus *bus = bus_kafka_new(&conf, topic, watcher, &stand->message);
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

int stand_read(struct bus *bus, int want, stand_seen_f *seen, void *self) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    int got = 0;
    while (got < want && times_monotonic_ms() < end) {
        const struct bus_record *records;
        int count = bus_poll(bus, 50, &records);
        if (count < 0)
            fail_msg("%s", bus_problem(bus));
        for (int i = 0; i < count && seen; i++)
            seen(self, &records[i]);
        bus_release(bus);
        got += count;
    }
    return got;
}

void stand_join(struct bus *bus) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    const struct bus_record *records;
    while (!bus_joined(bus) && times_monotonic_ms() < end) {
        assert_int_equal(bus_poll(bus, 50, &records), 0);
        bus_release(bus);
    }
    assert_true(bus_joined(bus));
}
