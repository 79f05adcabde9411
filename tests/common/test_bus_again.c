/* Reading again what was done: from the offset asked for, or from where the log begins by now; but what was
 * lost before it was done is lost loudly. The embedded broker drops the oldest of a partition beyond 5 MiB.
 */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { BIG = 900 * 1024, COMMITTED = 5 };

static void fill_big(struct stand *stand, int count) {
    struct bus *bus = stand_bus(stand, "filler", NULL, NULL);
    char *bytes = xcalloc(1, BIG);
    for (size_t i = 0; i < BIG; i++) /* compression must not make it small */
        bytes[i] = (char)(rand() >> 7);
    for (int i = 0; i < count; i++) {
        struct bus_out out = {.topic = "in", .partition = 0, .key = SPAN("k"), .value = {bytes, BIG}};
        while (bus_produce(bus, &out) == BUS_AGAIN)
            assert_int_not_equal(bus_flush(bus, 100), BUS_FATAL);
        assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    }
    free(bytes);
    bus_free(&bus);
}

static bool from_zero(void *self, const int32_t *partitions, int64_t *offsets, size_t count) {
    (void)self;
    for (size_t i = 0; i < count; i++) {
        if (partitions[i] == 0)
            assert_int_equal(offsets[i], COMMITTED);
        offsets[i] = offsets[i] < 0 ? -1 : bus_again_from(0);
    }
    return true;
}

static const struct bus_watcher AGAIN = {.assigned = from_zero};

static void first_offset(void *self, const struct bus_record *record) {
    int64_t *first = self;
    if (*first < 0)
        *first = record->offset;
}

static void commit_five(struct stand *stand) {
    fill_big(stand, 2);
    stand_fill(stand, "in", 0, 0, 4);
    struct bus *bus = stand_bus(stand, "again", "in", NULL);
    assert_int_equal(stand_read(bus, 6, NULL, NULL), 6);
    bus_done(bus, 0, COMMITTED);
    bus_free(&bus);
}

static void it_begins_where_the_log_does(struct stand *stand) {
    int64_t first = -1;
    fill_big(stand, 5); /* 0 and 1 go */
    struct bus *bus = stand_bus(stand, "again", "in", &AGAIN);
    assert_true(stand_read(bus, 3, first_offset, &first) >= 3);
    assert_in_range(first, 1, COMMITTED);
    assert_null(bus_problem(bus));
    bus_free(&bus);
}

static void what_was_not_done_is_not_lost_silently(struct stand *stand) {
    fill_big(stand, 7);
    struct bus *bus = stand_bus(stand, "again", "in", &AGAIN);
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    const struct bus_record *records;
    int count = 0;
    while (count >= 0 && times_monotonic_ms() < end) {
        count = bus_poll(bus, 50, &records);
        assert_true(count <= 0);
        if (count == 0)
            bus_release(bus);
    }
    assert_int_equal(count, -1);
    assert_non_null(strstr(bus_problem(bus), "is not in the log"));
    bus_free(&bus);
}

static void reading_again_goes_back_as_far_as_the_log(void **state) {
    (void)state;
    struct stand stand;
    stand_open(&stand);
    commit_five(&stand);
    it_begins_where_the_log_does(&stand);
    what_was_not_done_is_not_lost_silently(&stand);
    stand_close(&stand);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(reading_again_goes_back_as_far_as_the_log)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
