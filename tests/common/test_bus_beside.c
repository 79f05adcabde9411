/* A topic beside another: who has a partition has both, each is committed by itself, and what stood beside
 * comes first. On the embedded broker; with EARSHOT_TEST_KAFKA on a real one. */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { SLOTS = 2 * STAND_PARTITIONS };

/* "out" beside "in". */
struct both {
    int64_t begin[SLOTS]; /* where a slot begins; -2: where it was committed */
    int64_t next[SLOTS];  /* the next value of each */
    int64_t goal;         /* no record of "in" before so many of "out" have come, by partition */
    int total[2];
    int assigned, revoked;
};

static struct both *both_new(void) {
    struct both *both = xcalloc(1, sizeof *both);
    for (int32_t slot = 0; slot < SLOTS; slot++)
        both->begin[slot] = -2;
    return both;
}

static bool assigned(void *self, const int32_t *slots, int64_t *offsets, size_t count) {
    struct both *both = self;
    assert_int_equal(count % 2, 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(slots[i] ^ 1, slots[i ^ 1]);
        if (both->begin[slots[i]] != -2)
            offsets[i] = both->begin[slots[i]];
        both->next[slots[i]] = offsets[i] < 0 ? 0 : offsets[i];
    }
    both->assigned += (int)count;
    return true;
}

static void revoked(void *self, const int32_t *slots, size_t count) {
    (void)slots;
    ((struct both *)self)->revoked += (int)count;
}

static void see(void *self, const struct bus_record *record) {
    struct both *both = self;
    bool beside = record->slot % 2;
    assert_string_equal(record->topic, beside ? "out" : "in");
    assert_int_equal(record->partition, record->slot / 2);
    assert_int_equal(record->offset, both->next[record->slot]);
    if (!beside)
        assert_true(both->next[record->slot + 1] >= both->goal);
    both->next[record->slot]++;
    both->total[beside]++;
}

static struct bus *open_both(struct stand *stand, struct bus_watcher *watcher, struct both *both) {
    *watcher = (struct bus_watcher){.self = both, .assigned = assigned, .revoked = revoked};
    return stand_bus_two(stand, "both", "in", "out", watcher);
}

static void fill_both(struct stand *stand, int first, int in, int out) {
    for (int32_t p = 0; p < STAND_PARTITIONS; p++) {
        stand_fill(stand, "in", p, first, in);
        stand_fill(stand, "out", p, first, out);
    }
}

static void what_stood_beside_comes_first_and_what_comes_later_as_it_comes(void **state) {
    struct stand *stand = *state;
    struct both *both = both_new();
    struct bus_watcher watcher;
    fill_both(stand, 0, 300, 700);
    both->goal = 700;
    struct bus *bus = open_both(stand, &watcher, both);
    assert_int_equal(stand_read(bus, 4000, see, both), 4000);
    assert_int_equal(both->assigned, SLOTS);
    fill_both(stand, 700, 100, 50);
    assert_int_equal(stand_read(bus, 600, see, both), 600);
    assert_int_equal(both->total[0], 1600);
    assert_int_equal(bus_lag(bus, 3), 750);
    bus_done(bus, 2, 10);
    bus_done(bus, 3, 20);
    assert_int_equal(bus_lag(bus, 2), 390);
    bus_free(&bus);
    for (int32_t slot = 0; slot < SLOTS; slot++) /* committed, each by itself */
        both->begin[slot] = slot == 2 || slot == 3 ? -2 : 400;
    both->goal = 400;
    both->total[0] = both->total[1] = 0;
    bus = open_both(stand, &watcher, both);
    assert_int_equal(stand_read(bus, 390 + 730 + 3 * 350, see, both), 390 + 730 + 3 * 350);
    assert_int_equal(both->total[0], 390);
    bus_free(&bus);
    free(both);
}

/* Nothing stands beside, or all of it was read: nothing waits. */
static void an_empty_topic_beside_holds_nothing(void **state) {
    struct stand *stand = *state;
    struct both *both = both_new();
    struct bus_watcher watcher;
    fill_both(stand, 0, 100, 0);
    struct bus *bus = open_both(stand, &watcher, both);
    assert_int_equal(stand_read(bus, 400, see, both), 400);
    bus_free(&bus);
    free(both);
}

/* Read again from anywhere, in a pause and out of one, the order is the same. */
static void who_goes_back_beside_holds_the_other_again(void **state) {
    struct stand *stand = *state;
    struct both *both = both_new();
    struct bus_watcher watcher;
    fill_both(stand, 0, 300, 300);
    both->goal = 300;
    struct bus *bus = open_both(stand, &watcher, both);
    assert_int_equal(stand_read(bus, 2400, see, both), 2400);
    for (int round = 0; round < 4; round++) {
        int64_t to = round == 3 ? -1 : 100 * round;
        for (int32_t slot = 0; slot < SLOTS;
             slot++) { /* the first before the one beside it, as the loop does */
            both->next[slot] = to < 0 ? 0 : to;
            assert_int_equal(bus_seek(bus, slot, to), BUS_OK);
        }
        if (round % 2) {
            bus_pause(bus, true);
            assert_int_equal(stand_poll(bus, see, both), 0);
            bus_pause(bus, false);
        }
        int want = (int)(SLOTS * (300 - (to < 0 ? 0 : to)));
        assert_int_equal(stand_read(bus, want, see, both), want);
    }
    assert_int_equal(stand_poll(bus, see, both), 0);
    bus_free(&bus);
    free(both);
}

/* A second member takes partitions of both topics or of none. */
static void members_share_both(void **state) {
    struct stand *stand = *state;
    struct both *one = both_new(), *two = both_new();
    struct bus_watcher watchers[2];
    fill_both(stand, 0, 100, 100);
    one->goal = two->goal = 100;
    struct bus *first = open_both(stand, &watchers[0], one);
    assert_int_equal(stand_read(first, 800, see, one), 800);
    struct bus *second = open_both(stand, &watchers[1], two);
    int64_t end = times_monotonic_ms() + 2 * STAND_WAIT_MS;
    while (two->total[0] < 200 && times_monotonic_ms() < end) { /* nothing is committed: all comes again */
        stand_poll(first, see, one);
        stand_poll(second, see, two);
    }
    assert_true(one->revoked >= SLOTS);
    assert_int_equal(two->assigned % 2, 0);
    assert_int_equal(two->total[0], 200);
    assert_int_equal(two->total[1], 200);
    bus_free(&first);
    bus_free(&second);
    free(one);
    free(two);
}

static void a_topic_beside_that_is_missing_is_named(void **state) {
    struct stand *stand = *state;
    struct bus *bus = stand_bus_two(stand, "none", "in", "missing", NULL);
    int64_t end = times_monotonic_ms() + STAND_WAIT_MS;
    stand_fill(stand, "in", 0, 0, 10);
    while (!(bus_problem(bus) && strstr(bus_problem(bus), "missing")) && times_monotonic_ms() < end)
        assert_int_equal(stand_poll(bus, NULL, NULL), 0);
    assert_non_null(strstr(bus_problem(bus), "run `earshot init`")); /* brokers word it in two ways */
    assert_false(bus_joined(bus));
    bus_free(&bus);
}

int main(void) {
#define STAND_TEST(f) cmocka_unit_test_setup_teardown(f, stand_setup, stand_teardown)
    const struct CMUnitTest tests[] = {
        STAND_TEST(what_stood_beside_comes_first_and_what_comes_later_as_it_comes),
        STAND_TEST(an_empty_topic_beside_holds_nothing),
        STAND_TEST(who_goes_back_beside_holds_the_other_again),
        STAND_TEST(members_share_both),
        STAND_TEST(a_topic_beside_that_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
