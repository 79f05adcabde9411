#include "cmocka_all.h"
#include "earshot/corrections.h"

#include <stdio.h>
#include <stdlib.h>

static struct correction make(const char *alert, const char *mention, enum label label, int64_t since) {
    return (struct correction){
        .alert = span_of(alert), .mention = span_of(mention), .shard = 1, .label = label, .since = since};
}

static void put(struct corrections *corrections, const char *alert, const char *mention, enum label label,
                int64_t since) {
    const struct correction one = make(alert, mention, label, since);
    corrections_put(corrections, &one);
}

static void the_last_word_on_a_pair_stands(void **state) {
    (void)state;
    struct corrections *corrections = corrections_new(4);
    assert_null(corrections_find(corrections, SPAN("a"), SPAN("m")));
    put(corrections, "a", "m", LABEL_POSITIVE, 5);
    corrections_find(corrections, SPAN("a"), SPAN("m"))->met = true;
    put(corrections, "a", "m", LABEL_NEGATIVE, 6);
    put(corrections, "am", "", LABEL_NEUTRAL, 7); /* the two names do not run into each other */
    assert_int_equal(corrections_count(corrections), 2);
    const struct correction *found = corrections_find(corrections, SPAN("a"), SPAN("m"));
    assert_int_equal(found->label, LABEL_NEGATIVE);
    assert_int_equal(found->since, 6);
    assert_false(found->met);
    assert_null(corrections_find(corrections, SPAN("a"), SPAN("n")));
    corrections_clear(corrections);
    assert_int_equal(corrections_count(corrections), 0);
    assert_null(corrections_find(corrections, SPAN("a"), SPAN("m")));
    corrections_free(&corrections);
    assert_null(corrections);
    corrections_free(&corrections);
}

static void the_oldest_of_a_shard_go(void **state) {
    (void)state;
    struct corrections *corrections = corrections_new(4);
    char mention[32];
    for (int i = 0; i < CORRECTIONS_MAX + 10; i++) {
        (void)snprintf(mention, sizeof mention, "m%d", i);
        put(corrections, "a", mention, LABEL_NEUTRAL, 1000 + i);
        if (i == 20)
            put(corrections, "a", "m0", LABEL_POSITIVE, 1000 + i); /* said again: not the oldest any more */
    }
    assert_int_equal(corrections_count(corrections), CORRECTIONS_MAX);
    assert_non_null(corrections_find(corrections, SPAN("a"), SPAN("m0")));
    assert_null(corrections_find(corrections, SPAN("a"), SPAN("m10")));
    assert_non_null(corrections_find(corrections, SPAN("a"), SPAN("m11")));
    assert_false(corrections_drop(corrections, 0, 1 << 30));
    assert_false(corrections_drop(corrections, 1, 1011));
    assert_true(corrections_drop(corrections, 1, 1013));
    assert_int_equal(corrections_count(corrections), CORRECTIONS_MAX - 2);
    assert_null(corrections_find(corrections, SPAN("a"), SPAN("m12")));
    assert_non_null(corrections_find(corrections, SPAN("a"), SPAN("m13")));
    corrections_free(&corrections);
}

/* Against a list that is looked through, in any order of putting and dropping. */
static void it_holds_what_a_list_would(void **state) {
    (void)state;
    enum { PAIRS = 300, STEPS = 20000 };
    struct corrections *corrections = corrections_new(4);
    int64_t since[PAIRS];
    uint32_t dice = 7;
    for (int i = 0; i < PAIRS; i++)
        since[i] = -1;
    for (int step = 0; step < STEPS; step++) {
        dice = dice * 1664525u + 1013904223u;
        int which = (int)(dice >> 8) % PAIRS;
        char mention[32];
        (void)snprintf(mention, sizeof mention, "%d", which);
        if (dice >> 28 == 0) {
            int64_t before = step - 150;
            (void)corrections_drop(corrections, 1, before);
            for (int i = 0; i < PAIRS; i++)
                since[i] = since[i] < before ? -1 : since[i];
        } else if (dice >> 31) {
            put(corrections, "a", mention, LABEL_POSITIVE, since[which] = step);
        }
        const struct correction *found = corrections_find(corrections, SPAN("a"), span_of(mention));
        assert_int_equal(found ? found->since : -1, since[which]);
    }
    corrections_free(&corrections);
}

static void what_redis_keeps_is_read(void **state) {
    (void)state;
    struct correction one;
    const struct span member = {.ptr = "acme\0m:1\0x", .len = 10};
    assert_true(corrections_read(member, SPAN("14400000005"), &one));
    assert_true(span_eq(one.alert, SPAN("acme")));
    assert_int_equal(one.mention.len, 5);
    assert_int_equal(one.label, LABEL_NEGATIVE);
    assert_int_equal(one.since, 1800000000);
    assert_true(one.met);
    assert_true(corrections_read(member, SPAN("14400000002"), &one));
    assert_int_equal(one.label, LABEL_NEUTRAL);
    assert_false(one.met);
    assert_false(corrections_read(SPAN("acme"), SPAN("8"), &one));
    assert_false(corrections_read(SPAN(""), SPAN("8"), &one));
    static const char *const SCORES[] = {"", "-8", "1.5", "x", "14400000007", "99999999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(SCORES); i++)
        assert_false(corrections_read(member, span_of(SCORES[i]), &one));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_on_a_pair_stands),
        cmocka_unit_test(the_oldest_of_a_shard_go),
        cmocka_unit_test(it_holds_what_a_list_would),
        cmocka_unit_test(what_redis_keeps_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
