/* The bus in ordinary weather, on the embedded broker; with EARSHOT_TEST_KAFKA on a real one. */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

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
    struct bus *bus = stand_bus(*state, "whole", "in", NULL);
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
    stand_fill(*state, "in", 0, 0, 1000);
    struct bus *bus = stand_bus(*state, "go-on", "in", NULL);
    struct seen *seen = seen_new();
    assert_int_equal(stand_read(bus, 1000, seen_record, seen), 1000);
    seen_expect(seen, 0, 0, 1000);
    bus_done(bus, 0, 400);
    bus_done(bus, 0, 300); /* never backwards */
    bus_done(bus, 77, 5);  /* not ours */
    assert_int_equal(bus_lag(bus, 0), 600);
    assert_int_equal(bus_lag(bus, 77), -1);
    bus_free(&bus);

    bus = stand_bus(*state, "go-on", "in", NULL);
    memset(seen, 0, sizeof *seen);
    assert_int_equal(stand_read(bus, 600, seen_record, seen), 600);
    seen_expect(seen, 0, 400, 600);
    bus_free(&bus);
    free(seen);
}

static void seeking_makes_what_was_fetched_void(void **state) {
    stand_fill(*state, "in", 0, 0, 3000);
    stand_fill(*state, "in", 1, 0, 3000);
    struct bus *bus = stand_bus(*state, "seek", "in", NULL);
    struct seen *seen = seen_new();
    while (seen->count[0] < 10 || seen->total < 1200) /* thousands are fetched ahead by now */
        stand_poll(bus, seen_record, seen);
    static const struct {
        int64_t to;
        int first;
    } SEEKS[] = {{5, 5}, {2000, 2000}, {-1, 0}, {2999, 2999}};
    for (size_t i = 0; i < COUNT_OF(SEEKS); i++) {
        int others = seen->count[1];
        seen->count[0] = 0;
        assert_int_equal(bus_seek(bus, 0, SEEKS[i].to), BUS_OK);
        while (seen->count[0] < 3000 - SEEKS[i].first)
            stand_poll(bus, seen_record, seen);
        seen_expect(seen, 0, SEEKS[i].first, 3000 - SEEKS[i].first);
        assert_true(seen->count[1] >= others);
    }
    while (seen->count[1] < 3000)
        stand_poll(bus, seen_record, seen);
    seen_expect(seen, 1, 0, 3000);
    assert_int_equal(bus_seek(bus, 99, 0), BUS_OK); /* not ours: whoever has it knows */
    bus_free(&bus);
    free(seen);
}

static void while_paused_nothing_comes_and_nothing_is_lost(void **state) {
    stand_fill(*state, "in", 0, 0, 5000);
    stand_fill(*state, "in", 2, 0, 5000);
    struct bus *bus = stand_bus(*state, "pause", "in", NULL);
    struct seen *seen = seen_new();
    bool sought = false;
    while (seen->total < 10000 + 100 * sought) {
        stand_poll(bus, seen_record, seen);
        bus_pause(bus, true);
        bus_pause(bus, true);
        if (!sought && seen->count[0] >= 100) {
            assert_int_equal(bus_seek(bus, 0, seen->count[0] - 100), BUS_OK);
            seen->count[0] -= 100; /* those come again */
            sought = true;
        }
        for (int i = 0; i < 2; i++)
            assert_int_equal(stand_poll(bus, NULL, NULL), 0);
        assert_true(seen->total == 0 || bus_joined(bus));
        bus_pause(bus, false);
    }
    seen_expect(seen, 0, 0, 5000);
    seen_expect(seen, 2, 0, 5000);
    bus_free(&bus);
    free(seen);
}

/* A bus that is paused before it has partitions gets none of their records. */
static void a_pause_holds_for_partitions_that_come_later(void **state) {
    stand_fill(*state, "in", 3, 0, 10);
    struct bus *bus = stand_bus(*state, "early", "in", NULL);
    bus_pause(bus, true);
    stand_join(bus);
    for (int i = 0; i < 10; i++)
        assert_int_equal(stand_poll(bus, NULL, NULL), 0);
    bus_pause(bus, false);
    struct seen *seen = seen_new();
    assert_int_equal(stand_read(bus, 10, seen_record, seen), 10);
    seen_expect(seen, 3, 0, 10);
    bus_free(&bus);
    free(seen);
}

struct watch {
    struct bus *bus;
    int64_t begin, committed;
    int assigned, revoked;
    bool accept;
};

static bool assigned(void *self, const int32_t *partitions, int64_t *offsets, size_t count) {
    struct watch *watch = self;
    watch->assigned += (int)count;
    for (size_t i = 0; i < count; i++) {
        if (partitions[i] == 0) {
            watch->committed = offsets[i];
            offsets[i] = watch->begin;
        }
    }
    return watch->accept;
}

static void revoked(void *self, const int32_t *partitions, size_t count) {
    struct watch *watch = self;
    (void)partitions;
    watch->revoked += (int)count;
}

static void the_watcher_says_where_to_begin(void **state) {
    stand_fill(*state, "in", 0, 0, 100);
    struct watch watch = {.accept = true, .begin = 30};
    const struct bus_watcher watcher = {.self = &watch, .assigned = assigned, .revoked = revoked};
    struct seen *seen = seen_new();
    struct bus *bus = stand_bus(*state, "watch", "in", &watcher);
    assert_int_equal(stand_read(bus, 70, seen_record, seen), 70);
    seen_expect(seen, 0, 30, 70);
    assert_int_equal(watch.assigned, STAND_PARTITIONS);
    assert_int_equal(watch.committed, -1);
    bus_done(bus, 0, 90);
    bus_free(&bus);

    watch.begin = -1;
    memset(seen, 0, sizeof *seen);
    bus = stand_bus(*state, "watch", "in", &watcher);
    assert_int_equal(stand_read(bus, 100, seen_record, seen), 100);
    seen_expect(seen, 0, 0, 100);
    assert_int_equal(watch.committed, 90);
    bus_done(bus, 0, 50); /* what was read again is committed already */
    bus_free(&bus);

    watch.accept = false;
    bus = stand_bus(*state, "watch", "in", &watcher);
    assert_non_null(strstr(stand_fatal(bus), "cannot take its partitions"));
    assert_int_equal(watch.committed, 90);
    bus_free(&bus);
    free(seen);
}

static void the_mark_is_reached_before_what_follows_it(void **state) {
    struct bus *bus = stand_bus(*state, "mark", NULL, NULL);
    struct bus_out out = {.topic = "out", .partition = -1, .key = SPAN("k"), .value = SPAN("v")};
    assert_true(bus_marked(bus));
    assert_int_equal(bus_flush(bus, 0), BUS_OK);
    assert_int_equal(bus_produce(bus, &out), BUS_OK);
    bus_mark(bus);
    assert_int_equal(bus_flush(bus, 0), BUS_AGAIN);
    assert_false(bus_marked(bus));
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    while (!bus_marked(bus) && times_monotonic_ms() < end) {
        assert_int_equal(bus_produce(bus, &out), BUS_OK);
        stand_poll(bus, NULL, NULL);
    }
    assert_true(bus_marked(bus));
    assert_int_equal(bus_produce(bus, &out), BUS_OK);
    assert_true(bus_marked(bus));
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    bus_mark(bus);
    assert_true(bus_marked(bus));
    bus_free(&bus);
}

static void key_to_partition(void *self, const struct bus_record *record) {
    int *found = self;
    found[record->key.ptr[0] - 'a'] = record->partition;
}

static void keys_go_where_javas_partitioner_sends_them(void **state) {
    struct bus *bus = stand_bus(*state, "keys", "in", NULL);
    /* murmur2 of each, made positive, modulo four */
    static const int WANT[] = {0, 0, 2, 1};
    static const char KEYS[][2] = {"a", "b", "c", "d"};
    int found[COUNT_OF(KEYS)] = {0};
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        struct bus_out out = {.topic = "in", .partition = -1, .key = span_of(KEYS[i]), .value = SPAN("v")};
        assert_int_equal(bus_produce(bus, &out), BUS_OK);
    }
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    assert_int_equal(stand_read(bus, COUNT_OF(KEYS), key_to_partition, found), COUNT_OF(KEYS));
    for (size_t i = 0; i < COUNT_OF(KEYS); i++)
        assert_int_equal(found[i], WANT[i]);
    bus_free(&bus);
}

static void the_largest_record_goes_through_and_a_larger_one_is_refused(void **state) {
    struct bus *bus = stand_bus(*state, "large", "in", NULL);
    enum { LARGE = 1000 * 1000, TOO_LARGE = 2 * 1024 * 1024 };
    char *bytes = xcalloc(1, TOO_LARGE);
    for (size_t i = 0; i < TOO_LARGE; i++)
        bytes[i] = (char)(i * i >> 5);
    struct bus_out out = {.topic = "in", .partition = 0, .value = {.ptr = bytes, .len = TOO_LARGE}};
    assert_int_equal(bus_produce(bus, &out), BUS_TOO_LARGE);
    out.value.len = LARGE;
    assert_int_equal(bus_produce(bus, &out), BUS_OK);
    assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    assert_int_equal(stand_read(bus, 1, NULL, NULL), 1);
    bus_free(&bus);
    free(bytes);
}

struct member {
    struct bus *bus;
    struct seen *seen;
    int revoked;
};

static void member_revoked(void *self, const int32_t *partitions, size_t count) {
    struct member *member = self;
    member->revoked += (int)count;
    for (size_t i = 0; i < count; i++) /* what is told here is still committed */
        bus_done(member->bus, partitions[i], member->seen->next[partitions[i]]);
}

/* The embedded broker takes no commits once a rebalance has begun, as Kafka does. */
static void commit_first(struct stand *stand, struct member *member) {
    struct bus_conf conf = stand_conf(stand, "earshot");
    struct bus_admin *admin = bus_admin_new(&conf, &stand->message);
    struct bus_position at[STAND_PARTITIONS];
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    int committed = 0;
    while (committed < STAND_PARTITIONS && times_monotonic_ms() < end) {
        assert_true(bus_admin_positions(admin, "shared", "in", STAND_PARTITIONS, at, &stand->message));
        committed = 0;
        for (int32_t p = 0; p < STAND_PARTITIONS; p++) {
            bus_done(member->bus, p, member->seen->next[p]);
            committed += at[p].committed == member->seen->next[p];
        }
        stand_poll(member->bus, seen_record, member->seen);
    }
    assert_int_equal(committed, STAND_PARTITIONS);
    bus_admin_free(&admin);
}

static void poll_both(struct member *members) {
    for (int i = 0; i < 2; i++)
        stand_poll(members[i].bus, seen_record, members[i].seen);
}

/* How many of the records were given, to whichever. */
static int given(const struct member *members) {
    static bool got[STAND_PARTITIONS][2000];
    int count = 0;
    memset(got, 0, sizeof got);
    for (int i = 0; i < 2; i++) {
        const struct seen *seen = members[i].seen;
        for (int32_t p = 0; p < STAND_PARTITIONS; p++) {
            for (int k = 0; k < seen->count[p]; k++) {
                count += !got[p][seen->values[p][k]];
                got[p][seen->values[p][k]] = true;
            }
        }
    }
    return count;
}

/* Together they have all records; on Kafka none twice, since what is given back was committed first. */
static void members_share_and_take_over(void **state) {
    struct stand *stand = *state;
    struct member members[2] = {{.seen = seen_new()}, {.seen = seen_new()}};
    struct bus_watcher watchers[2];
    for (int i = 0; i < 2; i++)
        watchers[i] = (struct bus_watcher){.self = &members[i], .revoked = member_revoked};
    for (int32_t p = 0; p < STAND_PARTITIONS; p++)
        stand_fill(stand, "in", p, 0, 1000);
    members[0].bus = stand_bus(stand, "shared", "in", &watchers[0]);
    assert_int_equal(stand_read(members[0].bus, 4000, seen_record, members[0].seen), 4000);
    if (stand->broker)
        commit_first(stand, &members[0]);
    members[1].bus = stand_bus(stand, "shared", "in", &watchers[1]);
    int64_t end = times_monotonic_ms() + 2 * STAND_WAIT_MS;
    while ((!members[0].revoked || !bus_joined(members[1].bus)) && times_monotonic_ms() < end)
        poll_both(members);
    assert_true(members[0].revoked >= STAND_PARTITIONS);
    for (int32_t p = 0; p < STAND_PARTITIONS; p++)
        stand_fill(stand, "in", p, 1000, 1000);
    while (given(members) < 8000 && times_monotonic_ms() < end)
        poll_both(members);
    assert_int_equal(given(members), 8000);
    assert_true(members[1].seen->total >= 1000);
    if (!stand->broker)
        assert_int_equal(members[0].seen->total + members[1].seen->total, 8000);
    for (int i = 0; i < 2; i++) {
        bus_free(&members[i].bus);
        free(members[i].seen);
    }
}

int main(void) {
#define STAND_TEST(f) cmocka_unit_test_setup_teardown(f, stand_setup, stand_teardown)
    const struct CMUnitTest tests[] = {
        STAND_TEST(what_goes_in_comes_out),
        STAND_TEST(reading_goes_on_where_it_was_done),
        STAND_TEST(seeking_makes_what_was_fetched_void),
        STAND_TEST(while_paused_nothing_comes_and_nothing_is_lost),
        STAND_TEST(a_pause_holds_for_partitions_that_come_later),
        STAND_TEST(the_watcher_says_where_to_begin),
        STAND_TEST(the_mark_is_reached_before_what_follows_it),
        STAND_TEST(keys_go_where_javas_partitioner_sends_them),
        STAND_TEST(members_share_and_take_over),
        STAND_TEST(the_largest_record_goes_through_and_a_larger_one_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
