#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

static int setup(void **state) {
    struct stand *stand = xcalloc(1, sizeof *stand);
    stand_open(stand);
    *state = stand;
    return 0;
}

static int teardown(void **state) {
    stand_close(*state);
    free(*state);
    return 0;
}

/* The values of a partition as they came. */
enum { SEEN_MAX = 20000 };
struct seen {
    int count[STAND_PARTITIONS];
    int values[STAND_PARTITIONS][SEEN_MAX];
    int64_t next[STAND_PARTITIONS];
};

static void see(void *self, const struct bus_record *record) {
    struct seen *seen = self;
    char text[16] = "";
    assert_true(record->value.len < sizeof text);
    memcpy(text, record->value.ptr, record->value.len);
    assert_in_range(record->partition, 0, STAND_PARTITIONS - 1);
    assert_true(seen->count[record->partition] < SEEN_MAX);
    seen->values[record->partition][seen->count[record->partition]++] = (int)strtol(text, NULL, 10);
    seen->next[record->partition] = record->offset + 1;
}

static struct seen *seen_new(void) {
    return xcalloc(1, sizeof(struct seen));
}

/* Exactly first, first + 1, … in order. */
static void expect_run(const struct seen *seen, int32_t partition, int first, int count) {
    assert_int_equal(seen->count[partition], count);
    for (int i = 0; i < count; i++)
        assert_int_equal(seen->values[partition][i], first + i);
}

static void check_whole_record(void *self, const struct bus_record *record) {
    (void)self;
    assert_string_equal(record->topic, "in");
    assert_int_equal(record->partition, 2);
    assert_true(record->timestamp > 1600000000000);
    assert_true(span_eq(record->key, SPAN("key")));
    if (record->offset == 0) {
        assert_true(span_eq(record->value, SPAN("value")));
        assert_int_equal(record->header_count, 2);
        assert_true(span_eq(record->headers[0].name, SPAN("one")));
        assert_true(span_eq(record->headers[0].value, SPAN("1")));
        assert_true(span_eq(record->headers[1].name, SPAN("two")));
        assert_true(span_eq(record->headers[1].value, SPAN("")));
    } else {
        assert_null(record->value.ptr);
        assert_int_equal(record->header_count, 0);
    }
}

static void what_goes_in_comes_out(void **state) {
    struct stand *stand = *state;
    struct bus *bus = stand_bus(stand, "whole", "in", NULL);
    const struct bus_header headers[] = {{SPAN("one"), SPAN("1")}, {SPAN("two"), SPAN("")}};
    struct bus_out out = {.topic = "in",
                          .partition = 2,
                          .key = SPAN("key"),
                          .value = SPAN("value"),
                          .headers = headers,
                          .header_count = COUNT_OF(headers)};
    assert_int_equal(bus_produce(bus, &out), BUS_OK);
    out.value = (struct span){0};
    out.header_count = 0;
    assert_int_equal(bus_produce(bus, &out), BUS_OK);
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    assert_int_equal(stand_read(bus, 2, check_whole_record, NULL), 2);
    assert_true(bus_connected(bus));
    assert_true(bus_joined(bus));
    assert_null(bus_problem(bus));
    bus_free(&bus);
}

static void reading_goes_on_where_it_was_done(void **state) {
    struct stand *stand = *state;
    stand_fill(stand, "in", 0, 0, 1000);
    struct bus *bus = stand_bus(stand, "go-on", "in", NULL);
    struct seen *seen = seen_new();
    assert_int_equal(stand_read(bus, 1000, see, seen), 1000);
    expect_run(seen, 0, 0, 1000);
    bus_done(bus, 0, 400);
    bus_done(bus, 0, 300); /* never backwards */
    assert_int_equal(bus_lag(bus, 0), 600);
    bus_free(&bus);

    bus = stand_bus(stand, "go-on", "in", NULL);
    memset(seen, 0, sizeof *seen);
    assert_int_equal(stand_read(bus, 600, see, seen), 600);
    expect_run(seen, 0, 400, 600);
    bus_free(&bus);
    free(seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_in_comes_out, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_goes_on_where_it_was_done, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
