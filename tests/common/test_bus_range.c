/* Ranges: each record between two offsets once, and nobody in a group for it. */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>

struct rows {
    int count;
    int64_t next[STAND_PARTITIONS];
};

static void row(void *self, const struct bus_record *record) {
    struct rows *rows = self;
    assert_int_equal(record->offset, rows->next[record->partition]);
    assert_string_equal(record->topic, "in");
    rows->next[record->partition]++;
    rows->count++;
}

static struct bus_range *range_of(struct stand *stand, const char *topic) {
    struct bus_conf conf = stand_conf(stand, "range");
    struct bus_range *range = bus_range_new(&conf, topic, &stand->message);
    assert_non_null(range);
    return range;
}

static void find(struct bus_range *range, struct bus_extent extents[STAND_PARTITIONS], int64_t since) {
    const struct bus_search search = {
        .partitions = STAND_PARTITIONS, .since = since, .until = INT64_MAX, .timeout_ms = STAND_WAIT_MS};
    assert_true(bus_range_find(range, &search, extents));
}

static void read_all(struct bus_range *range, struct rows *rows) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    while (!bus_range_done(range) && times_monotonic_ms() < end)
        assert_int_not_equal(bus_range_poll(range, 50, row, rows), BUS_FATAL);
    assert_true(bus_range_done(range));
    assert_int_equal(bus_range_left(range), 0);
}

static void what_there_was_at_the_start_is_given(void **state) {
    struct stand *stand = *state;
    struct bus_extent extents[STAND_PARTITIONS];
    struct rows rows = {0};
    stand_fill(stand, "in", 0, 0, 2000);
    stand_fill(stand, "in", 3, 0, 10);
    struct bus_range *range = range_of(stand, "in");
    find(range, extents, 0);
    stand_fill(stand, "in", 3, 10, 5);
    stand_fill(stand, "in", 1, 0, 5);
    struct bus_part_range parts[STAND_PARTITIONS];
    for (int p = 0; p < STAND_PARTITIONS; p++) {
        assert_int_equal(extents[p].begin, 0);
        assert_int_equal(extents[p].first, 0);
        assert_int_equal(extents[p].last, extents[p].end);
        parts[p] = (struct bus_part_range){extents[p].first, extents[p].last};
    }
    bus_range_start(range, parts, STAND_PARTITIONS);
    assert_int_equal(bus_range_left(range), 2010);
    read_all(range, &rows);
    assert_int_equal(rows.count, 2010);
    assert_int_equal(rows.next[0], 2000);
    assert_int_equal(rows.next[3], 10);
    assert_int_equal(bus_range_lost(range), 0);
    assert_null(bus_range_problem(range));
    bus_range_free(&range);
}

static void a_part_of_it_is_given(void **state) {
    struct stand *stand = *state;
    struct bus_extent extents[STAND_PARTITIONS];
    struct rows rows = {.next = {100, 0, 7, 0}};
    stand_fill(stand, "in", 0, 0, 500);
    stand_fill(stand, "in", 2, 0, 8);
    struct bus_range *range = range_of(stand, "in");
    find(range, extents, 0);
    const struct bus_part_range parts[STAND_PARTITIONS] = {{100, 400}, {0, 0}, {7, 8}, {5, 5}};
    bus_range_start(range, parts, STAND_PARTITIONS);
    read_all(range, &rows);
    assert_int_equal(rows.count, 301);
    assert_int_equal(rows.next[0], 400);
    assert_int_equal(rows.next[2], 8);
    bus_range_free(&range);
}

/* Only a broker that knows times: with EARSHOT_TEST_KAFKA. */
static void offsets_are_found_by_time(void **state) {
    struct stand *stand = *state;
    struct bus_extent extents[STAND_PARTITIONS];
    if (stand->broker)
        skip();
    stand_fill(stand, "in", 0, 0, 5);
    struct bus_range *range = range_of(stand, "in");
    find(range, extents, times_now() * 1000 + 3600000);
    assert_int_equal(extents[0].first, extents[0].end);
    find(range, extents, times_now() * 1000 - 3600000);
    assert_int_equal(extents[0].first, extents[0].end - 5);
    bus_range_free(&range);
}

static void without_a_broker_it_says_so(void **state) {
    (void)state;
    struct bus_conf conf = {.brokers = "127.0.0.1:1", .prefix = "", .client_id = "range"};
    const struct bus_search search = {.partitions = 1, .until = INT64_MAX, .timeout_ms = 300};
    struct bus_extent extent;
    struct buf message;
    buf_init(&message, 1000);
    struct bus_range *range = bus_range_new(&conf, "in", &message);
    assert_non_null(range);
    assert_false(bus_range_find(range, &search, &extent));
    assert_non_null(strstr(bus_range_problem(range), "no answer from Kafka at 127.0.0.1:1"));
    bus_range_free(&range);
    buf_free(&message);
}

static void a_topic_that_is_not_there_is_named(void **state) {
    struct stand *stand = *state;
    struct bus_extent extents[STAND_PARTITIONS];
    const struct bus_search search = {.partitions = STAND_PARTITIONS, .until = INT64_MAX, .timeout_ms = 1000};
    struct bus_range *range = range_of(stand, "table"); /* of one partition */
    assert_false(bus_range_find(range, &search, extents));
    assert_non_null(strstr(bus_range_problem(range), "table"));
    bus_range_free(&range);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_there_was_at_the_start_is_given, stand_setup, stand_teardown),
        cmocka_unit_test_setup_teardown(a_part_of_it_is_given, stand_setup, stand_teardown),
        cmocka_unit_test_setup_teardown(offsets_are_found_by_time, stand_setup, stand_teardown),
        cmocka_unit_test(without_a_broker_it_says_so),
        cmocka_unit_test_setup_teardown(a_topic_that_is_not_there_is_named, stand_setup, stand_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
