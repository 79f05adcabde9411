/* The bus in bad weather: what the broker refuses, a broker that is gone, members that come and go. Only on
 * the embedded broker, whose requests can be made to fail. */
#include "broker_parts.h"
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRODUCE = 0, OFFSET_COMMIT = 8, OFFSET_FETCH = 9 };

static void fail_requests(struct stand *stand, int16_t api, size_t count, rd_kafka_resp_err_t err) {
    rd_kafka_resp_err_t errors[64];
    assert_true(count <= COUNT_OF(errors));
    for (size_t i = 0; i < count; i++)
        errors[i] = err;
    rd_kafka_mock_push_request_errors_array(broker_cluster(stand->broker), api, count, errors);
}

static enum bus_status put(struct bus *bus, int32_t partition, int n) {
    char text[16];
    struct span value = {.ptr = text, .len = (size_t)snprintf(text, sizeof text, "%d", n)};
    struct bus_out out = {.topic = "out", .partition = partition, .key = value, .value = value};
    return bus_produce(bus, &out);
}

static void what_passes_by_is_tried_again(void **state) {
    static const rd_kafka_resp_err_t PASSING[] = {
        RD_KAFKA_RESP_ERR__TRANSPORT,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    };
    struct bus *bus = stand_bus(*state, "passing", NULL, NULL);
    for (size_t i = 0; i < COUNT_OF(PASSING); i++) {
        fail_requests(*state, PRODUCE, 2, PASSING[i]);
        assert_int_equal(put(bus, 0, (int)i), BUS_OK);
        assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
        assert_null(bus_problem(bus));
    }
    bus_free(&bus);
}

static void one_refused_record_is_fatal(void **state) {
    static const struct {
        rd_kafka_resp_err_t err;
        const char *said;
    } REFUSED[] = {
        {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "may not be used by this Kafka user"},
        {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "refuses records of this size"},
        {RD_KAFKA_RESP_ERR_INVALID_RECORD, "Broker: "},
    };
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        struct bus *bus = stand_bus(*state, "refused", NULL, NULL);
        assert_int_equal(put(bus, 0, 1), BUS_OK);
        assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
        fail_requests(*state, PRODUCE, 1, REFUSED[i].err);
        assert_int_equal(put(bus, 0, 2), BUS_OK);
        bus_mark(bus);
        assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_FATAL);
        assert_false(bus_marked(bus));
        assert_int_equal(put(bus, 0, 3), BUS_FATAL); /* nothing follows it */
        assert_int_equal(bus_flush(bus, 0), BUS_FATAL);
        const struct bus_record *records;
        assert_int_equal(bus_poll(bus, 10, &records), -1);
        if (!strstr(bus_problem(bus), REFUSED[i].said) || !strstr(bus_problem(bus), "t.out"))
            fail_msg("%s", bus_problem(bus));
        bus_free(&bus);
    }
}

static void a_partition_that_is_not_there_is_fatal(void **state) {
    struct bus *bus = stand_bus(*state, "beyond", NULL, NULL);
    enum bus_status status = put(bus, 99, 1);
    if (status == BUS_OK)
        status = bus_flush(bus, STAND_WAIT_MS);
    assert_int_equal(status, BUS_FATAL);
    assert_non_null(strstr(bus_problem(bus), "t.out"));
    assert_non_null(strstr(bus_problem(bus), "earshot init"));
    bus_free(&bus);
}

static void a_full_queue_says_again_and_loses_nothing(void **state) {
    struct stand *stand = *state;
    const struct conf_property small[] = {{"queue.buffering.max.messages", "100"}};
    struct bus_conf conf = stand_conf(stand, "full");
    conf.properties = small;
    conf.property_count = COUNT_OF(small);
    struct bus *bus = bus_kafka_new(&conf, NULL, NULL, &stand->message);
    assert_non_null(bus);
    int again = 0;
    for (int i = 0; i < 2000; i++) {
        enum bus_status status;
        while ((status = put(bus, 1, i)) == BUS_AGAIN) {
            again++;
            stand_poll(bus, NULL, NULL);
        }
        assert_int_equal(status, BUS_OK);
    }
    assert_true(again > 0);
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    bus_free(&bus);
    struct seen *seen = seen_new();
    bus = stand_bus(stand, "full", "out", NULL);
    assert_int_equal(stand_read(bus, 2000, seen_record, seen), 2000);
    seen_expect(seen, 1, 0, 2000);
    bus_free(&bus);
    free(seen);
}

static bool begin_beyond(void *self, const int32_t *partitions, int64_t *offsets, size_t count) {
    (void)self;
    (void)partitions;
    for (size_t i = 0; i < count; i++)
        offsets[i] = 1000;
    return true;
}

static void an_offset_that_the_log_does_not_hold_is_fatal(void **state) {
    const struct bus_watcher watcher = {.assigned = begin_beyond};
    stand_fill(*state, "in", 0, 0, 10);
    struct bus *bus = stand_bus(*state, "beyond", "in", &watcher);
    const char *said = stand_fatal(bus);
    if (!strstr(said, "topic t.in, partition ") || !strstr(said, "offset 1000 is not in the log"))
        fail_msg("%s", said);
    assert_int_equal(bus_seek(bus, 0, 0), BUS_FATAL);
    bus_free(&bus);
}

/* Committed offsets that are not told at once hold up the beginning, not the program. */
static void committed_offsets_are_waited_for(void **state) {
    stand_fill(*state, "in", 0, 0, 100);
    struct bus *bus = stand_bus(*state, "late", "in", NULL);
    fail_requests(*state, OFFSET_FETCH, 3, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    struct seen *seen = seen_new();
    assert_int_equal(stand_read(bus, 100, seen_record, seen), 100);
    seen_expect(seen, 0, 0, 100);
    fail_requests(*state, OFFSET_COMMIT, 2, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    bus_done(bus, 0, 40);
    struct bus_conf conf = stand_conf(*state, "earshot");
    struct buf message;
    buf_init(&message, 1000);
    struct bus_admin *admin = bus_admin_new(&conf, &message);
    struct bus_position at[STAND_PARTITIONS] = {{0}};
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    while (at[0].committed != 40 && times_monotonic_ms() < end) {
        stand_poll(bus, NULL, NULL);
        assert_true(bus_admin_positions(admin, "late", "in", STAND_PARTITIONS, at, &message));
    }
    assert_int_equal(at[0].committed, 40); /* refused twice, then taken */
    bus_admin_free(&admin);
    buf_free(&message);
    bus_free(&bus);
    free(seen);
}

static void a_broker_that_is_gone_is_told_and_comes_back(void **state) {
    struct stand *stand = *state;
    stand_fill(stand, "in", 0, 0, 10);
    struct bus *bus = stand_bus(stand, "gone", "in", NULL);
    struct seen *seen = seen_new();
    assert_int_equal(stand_read(bus, 10, seen_record, seen), 10);
    assert_true(bus_connected(bus));

    rd_kafka_mock_broker_set_down(broker_cluster(stand->broker), 1);
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    while (bus_connected(bus) && times_monotonic_ms() < end)
        assert_int_equal(stand_poll(bus, NULL, NULL), 0);
    assert_false(bus_connected(bus));
    assert_non_null(strstr(bus_problem(bus), "no answer from Kafka at "));
    assert_int_equal(put(bus, 0, 1), BUS_OK);
    assert_int_equal(bus_flush(bus, 200), BUS_AGAIN);

    rd_kafka_mock_broker_set_up(broker_cluster(stand->broker), 1);
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    stand_fill(stand, "in", 0, 10, 10);
    assert_int_equal(stand_read(bus, 10, seen_record, seen), 10);
    seen_expect(seen, 0, 0, 20);
    assert_true(bus_connected(bus));
    assert_null(bus_problem(bus));

    rd_kafka_mock_broker_set_down(broker_cluster(stand->broker), 1);
    bus_done(bus, 0, 20);
    int64_t start = times_monotonic_ms();
    bus_free(&bus);
    assert_true(times_monotonic_ms() - start < 15000); /* an end that waits for no one for ever */
    free(seen);
}

int main(void) {
#define STAND_TEST(f) cmocka_unit_test_setup_teardown(f, stand_setup, stand_teardown)
    const struct CMUnitTest tests[] = {
        STAND_TEST(what_passes_by_is_tried_again),
        STAND_TEST(one_refused_record_is_fatal),
        STAND_TEST(a_partition_that_is_not_there_is_fatal),
        STAND_TEST(a_full_queue_says_again_and_loses_nothing),
        STAND_TEST(an_offset_that_the_log_does_not_hold_is_fatal),
        STAND_TEST(committed_offsets_are_waited_for),
        STAND_TEST(a_broker_that_is_gone_is_told_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
