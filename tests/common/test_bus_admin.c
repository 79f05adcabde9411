#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>

struct desk {
    struct stand stand;
    struct bus_admin *admin;
};

static int setup(void **state) {
    struct desk *desk = xcalloc(1, sizeof *desk);
    stand_open(&desk->stand);
    struct bus_conf conf = stand_conf(&desk->stand, "earshot");
    desk->admin = bus_admin_new(&conf, &desk->stand.message);
    assert_non_null(desk->admin);
    *state = desk;
    return 0;
}

static int teardown(void **state) {
    struct desk *desk = *state;
    bus_admin_free(&desk->admin);
    stand_close(&desk->stand);
    free(desk);
    return 0;
}

static void one_broker_answers(void **state) {
    struct desk *desk = *state;
    assert_int_equal(bus_admin_brokers(desk->admin, STAND_WAIT_MS, &desk->stand.message), 1);
}

static void no_broker_is_told(void **state) {
    struct desk *desk = *state;
    struct bus_conf conf = {.brokers = "127.0.0.1:1", .prefix = "", .client_id = "earshot"};
    struct bus_admin *admin = bus_admin_new(&conf, &desk->stand.message);
    assert_int_equal(bus_admin_brokers(admin, 300, &desk->stand.message), 0);
    assert_non_null(strstr(desk->stand.message.ptr, "127.0.0.1:1"));
    assert_non_null(strstr(desk->stand.message.ptr, "refused"));
    bus_admin_free(&admin);
}

static void a_setting_is_told_where_there_are_settings(void **state) {
    struct desk *desk = *state;
    struct buf value;
    buf_init(&value, 100);
    assert_true(bus_admin_setting(desk->admin, "table", "cleanup.policy", &value, &desk->stand.message));
    assert_string_equal(buf_span(&value).ptr, desk->stand.broker ? "" : "delete");
    assert_int_equal(desk->stand.message.len, 0);
    if (!desk->stand.broker) {
        assert_false(bus_admin_setting(desk->admin, "table", "none.such", &value, &desk->stand.message));
        assert_non_null(strstr(desk->stand.message.ptr, "its setting none.such cannot be read"));
    }
    buf_free(&value);
}

static void topics_of_the_embedded_broker_are_only_verified(void **state) {
    struct desk *desk = *state;
    if (!desk->stand.broker)
        skip();
    const struct bus_topic topics[] = {
        {.name = "in", .partitions = STAND_PARTITIONS, .replication = -1},
        {.name = "table", .partitions = 2, .replication = -1},
        {.name = "absent", .partitions = 7, .replication = -1},
    };
    assert_true(bus_admin_ensure(desk->admin, topics, 1, &desk->stand.message));
    assert_int_equal(desk->stand.message.len, 0);
    assert_false(bus_admin_ensure(desk->admin, topics, COUNT_OF(topics), &desk->stand.message));
    const char *said = desk->stand.message.ptr;
    assert_non_null(strstr(said, "topic t.table has 1 partitions and should have 2; "));
    assert_non_null(strstr(said, "lacks topic t.absent with 7 partitions"));
    assert_null(strstr(said, "t.in"));
}

static void topics_of_a_kafka_are_made_once_and_then_verified(void **state) {
    struct desk *desk = *state;
    struct buf *message = &desk->stand.message;
    if (desk->stand.broker)
        skip();
    const char *const wanted[] = {"cleanup.policy", "compact", "max.message.bytes", "2097152", NULL};
    const char *const others[] = {"cleanup.policy", "delete", "max.message.bytes", "1000", NULL};
    struct bus_topic topics[] = {
        {.name = "new", .partitions = 3, .replication = -1, .config = wanted},
        {.name = "newer", .partitions = 1, .replication = 1},
    };
    assert_true(bus_admin_ensure(desk->admin, topics, COUNT_OF(topics), message));
    assert_true(bus_admin_ensure(desk->admin, topics, COUNT_OF(topics), message));
    assert_int_equal(message->len, 0);
    topics[0].config = others;
    topics[1].partitions = 2;
    assert_false(bus_admin_ensure(desk->admin, topics, COUNT_OF(topics), message));
    assert_non_null(strstr(message->ptr, "new has cleanup.policy=compact and should have delete"));
    assert_non_null(strstr(message->ptr, "new has max.message.bytes=2097152 and should have 1000"));
    assert_non_null(strstr(message->ptr, "newer has 1 partitions and should have 2"));
    buf_clear(message);
    topics[0] = (struct bus_topic){.name = "newest", .partitions = 1, .replication = 3};
    assert_false(bus_admin_ensure(desk->admin, topics, 1, message));
    assert_non_null(strstr(message->ptr, "newest was not created: "));
}

static void ignore(void *self, const struct bus_record *record) {
    (void)self;
    (void)record;
}

static void positions_are_told(void **state) {
    struct desk *desk = *state;
    struct stand *stand = &desk->stand;
    struct bus_position at[STAND_PARTITIONS];
    stand_fill(stand, "in", 1, 0, 100);
    assert_true(bus_admin_positions(desk->admin, "reader", "in", STAND_PARTITIONS, at, &stand->message));
    assert_int_equal(at[1].committed, -1);
    assert_int_equal(at[1].begin, 0);
    assert_int_equal(at[1].end, 100);
    assert_int_equal(at[3].end, 0);

    struct bus *bus = stand_bus(stand, "reader", "in", NULL);
    assert_int_equal(stand_read(bus, 100, ignore, NULL), 100);
    bus_done(bus, 1, 60);
    bus_free(&bus);
    int64_t start = times_monotonic_ms();
    for (int i = 0; i < 20; i++)
        assert_true(bus_admin_positions(desk->admin, "reader", "in", STAND_PARTITIONS, at, &stand->message));
    assert_true(times_monotonic_ms() - start < 5000); /* asked several times a second */
    assert_int_equal(at[1].committed, 60);
    assert_int_equal(at[0].committed, -1);
}

static void positions_of_no_topic_are_an_error(void **state) {
    struct desk *desk = *state;
    struct bus_position at[STAND_PARTITIONS + 1];
    assert_false(
        bus_admin_positions(desk->admin, "reader", "in", STAND_PARTITIONS + 1, at, &desk->stand.message));
    assert_non_null(strstr(desk->stand.message.ptr, "topic "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_broker_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(no_broker_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_setting_is_told_where_there_are_settings, setup, teardown),
        cmocka_unit_test_setup_teardown(topics_of_the_embedded_broker_are_only_verified, setup, teardown),
        cmocka_unit_test_setup_teardown(topics_of_a_kafka_are_made_once_and_then_verified, setup, teardown),
        cmocka_unit_test_setup_teardown(positions_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(positions_of_no_topic_are_an_error, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
