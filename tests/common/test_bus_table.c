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
    rows->next[record->partition]++;
    rows->count++;
}

static struct bus_table *table_of(struct stand *stand, const char *topic) {
    struct bus_conf conf = stand_conf(stand, "table");
    struct bus_table *table = bus_table_new(&conf, topic, &stand->message);
    assert_non_null(table);
    return table;
}

/* Polls until it is loaded and has given `want` rows. */
static void load(struct bus_table *table, struct rows *rows, int want) {
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    while ((!bus_table_loaded(table) || rows->count < want) && times_monotonic_ms() < end)
        assert_int_not_equal(bus_table_poll(table, 50, row, rows), BUS_FATAL);
    assert_true(bus_table_loaded(table));
    assert_int_equal(rows->count, want);
    assert_null(bus_table_problem(table));
}

static void an_empty_topic_is_loaded(void **state) {
    struct bus_table *table = table_of(*state, "table");
    assert_false(bus_table_loaded(table));
    struct rows rows = {0};
    load(table, &rows, 0);
    bus_table_free(&table);
}

static void all_partitions_are_read_and_followed(void **state) {
    stand_fill(*state, "in", 0, 0, 2000);
    stand_fill(*state, "in", 3, 0, 10);
    struct bus_table *table = table_of(*state, "in");
    struct rows rows = {0};
    load(table, &rows, 2010);
    stand_fill(*state, "in", 1, 0, 5);
    load(table, &rows, 2015);
    assert_int_equal(rows.next[1], 5);
    bus_table_free(&table);
}

/* As soon as it has answered, all that was written before it was asked has been given: some partitions with
 * records, some without, and a question while the last one is open. */
static void what_is_asked_for_is_given(void **state) {
    enum { ROUNDS = 30 };
    struct bus_table *table = table_of(*state, "in");
    struct rows rows = {0};
    load(table, &rows, 0);
    assert_false(bus_table_answered(table));
    for (int i = 0; i < ROUNDS; i++) {
        int32_t partition = i % STAND_PARTITIONS;
        int want = rows.count + i % 3 * 5;
        bus_table_ask(table);
        stand_fill(*state, "in", partition, 0, want - rows.count);
        bus_table_ask(table);
        assert_false(bus_table_answered(table));
        int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
        while (!bus_table_answered(table) && times_monotonic_ms() < end)
            assert_int_not_equal(bus_table_poll(table, 1, row, &rows), BUS_FATAL);
        assert_true(bus_table_answered(table));
        assert_int_equal(rows.count, want);
    }
    bus_table_free(&table);
}

static void without_a_broker_it_waits_and_says_so(void **state) {
    (void)state;
    struct bus_conf conf = {.brokers = "127.0.0.1:1", .prefix = "", .client_id = "table"};
    struct buf message;
    buf_init(&message, 1000);
    struct bus_table *table = bus_table_new(&conf, "in", &message);
    assert_non_null(table);
    struct rows rows = {0};
    for (int i = 0; i < 20; i++)
        assert_int_equal(bus_table_poll(table, 20, row, &rows), BUS_AGAIN);
    assert_false(bus_table_loaded(table));
    assert_non_null(strstr(bus_table_problem(table), "no answer from Kafka at 127.0.0.1:1"));
    bus_table_free(&table);
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_topic_is_loaded, stand_setup, stand_teardown),
        cmocka_unit_test_setup_teardown(all_partitions_are_read_and_followed, stand_setup, stand_teardown),
        cmocka_unit_test_setup_teardown(what_is_asked_for_is_given, stand_setup, stand_teardown),
        cmocka_unit_test(without_a_broker_it_waits_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
