#include "backlog.h"
#include "cmocka_all.h"

static void unread_records_are_summed_over_the_stages(void **state) {
    (void)state;
    const struct bus_position raw[] = {{.committed = -1, .begin = 0, .end = 5},
                                       {.committed = 90, .begin = 50, .end = 100}};
    const struct bus_position matched[] = {{.committed = 3, .begin = 0, .end = 3},
                                           {.committed = 10, .begin = 40, .end = 41}};
    const struct bus_position enriched[] = {{.committed = 0, .begin = 0, .end = 0},
                                            {.committed = 7, .begin = 0, .end = 9}};
    const struct bus_position *all[] = {raw, matched, enriched};
    assert_int_equal(backlog_records(all, 1), 5);
    assert_int_equal(backlog_records(all, 2), 10 + 1 + 2);
}

static void see(struct backlog *backlog, int64_t records, uint64_t sent) {
    const struct backlog_sight sight = {.known = true, .records = records, .sent = sent};
    backlog_see(backlog, &sight);
}

static void it_holds_beyond_the_limit(void **state) {
    (void)state;
    struct backlog backlog = {.max = 4 << 20, .partitions = 64};
    assert_true(backlog_holds(&backlog, 0, 0)); /* nothing is known yet */
    see(&backlog, 0, 0);
    assert_false(backlog_holds(&backlog, 0, 0));
    see(&backlog, 2000, 700000);
    assert_false(backlog_holds(&backlog, 1000, 700000)); /* 2 x 2,000 x 700 */
    see(&backlog, 3000, 700000);
    assert_true(backlog_holds(&backlog, 1000, 700000)); /* 4.2 MB */
    const struct backlog_sight unknown = {.known = false};
    backlog_see(&backlog, &unknown);
    assert_true(backlog_holds(&backlog, 1000, 700000));
}

static void what_is_on_its_way_counts(void **state) {
    (void)state;
    struct backlog backlog = {.max = 4 << 20, .partitions = 64};
    see(&backlog, 0, 0);
    see(&backlog, 0, 0);
    assert_false(backlog_holds(&backlog, 50000, 50000 * 1000));
    assert_true(backlog_holds(&backlog, 70000, 70000 * 1000));
    see(&backlog, 0, 70000 * 1000); /* compared with the look before it */
    assert_true(backlog_holds(&backlog, 70000, 70000 * 1000));
    see(&backlog, 0, 70000 * 1000);
    assert_false(backlog_holds(&backlog, 70000, 70000 * 1000));
}

static void without_a_limit_it_never_holds(void **state) {
    (void)state;
    struct backlog backlog = {.max = 0, .partitions = 64};
    assert_false(backlog_holds(&backlog, 1, 1 << 30));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unread_records_are_summed_over_the_stages),
        cmocka_unit_test(it_holds_beyond_the_limit),
        cmocka_unit_test(what_is_on_its_way_counts),
        cmocka_unit_test(without_a_limit_it_never_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
