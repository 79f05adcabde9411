/* Records in, records out: what is published, what is not, and what a new owner of a partition does. */
#include "matcher.h"

#include "earshot/mention.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { WINDOW = 4, T = 1000000000 };

static const unsigned char SECRET[REPEATS_SECRET] = {1};

struct bench {
    struct matcher *matcher;
    struct arena *arena;
    struct matcher_result result;
};

static void alert(struct bench *bench, int64_t offset, const char *id, const char *query) {
    struct buf value;
    char why[ALERTS_WHY_MAX];
    buf_init(&value, 4096);
    buf_printf(&value, "{\"id\":\"%s\",\"query\":", id);
    buf_add_json(&value, span_of(query));
    buf_add_char(&value, '}');
    struct bus_record record = {
        .topic = "alerts", .offset = offset, .timestamp = T, .key = span_of(id), .value = buf_span(&value)};
    assert_true(alerts_take(matcher_alerts(bench->matcher), &record, why));
    buf_free(&value);
}

static int setup(void **state) {
    struct bench *bench = xcalloc(1, sizeof *bench);
    bench->matcher = matcher_new(WINDOW, SECRET, 1);
    bench->arena = arena_new(4096);
    alert(bench, 5, "acme", "acme OR #acme");
    alert(bench, 6, "acme-bad", "acme AND (broken OR defekt)");
    *state = bench;
    return 0;
}

static int teardown(void **state) {
    struct bench *bench = *state;
    matcher_free(&bench->matcher);
    arena_free(&bench->arena);
    free(bench);
    return 0;
}

#define HEAD "{\"id\":\"m\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:55Z\","

static enum matcher_outcome judge(struct bench *bench, int64_t offset, const char *key, const char *value) {
    struct bus_record record = {.topic = "mentions.raw",
                                .partition = 3,
                                .offset = offset,
                                .timestamp = T + 5000,
                                .key = span_of(key),
                                .value = span_of(value)};
    arena_reset(bench->arena);
    matcher_judge(bench->matcher, &record, bench->arena, &bench->result);
    return bench->result.outcome;
}

static void a_mention_grows_by_its_matches(void **state) {
    struct bench *bench = *state;
    static const struct {
        const char *value, *matches; /* NULL: not published */
    } CASES[] = {
        {HEAD "\"text\":\"my acme is broken\"}",
         "[{\"id\":\"acme\",\"version\":5,\"at\":[[\"text\",3,7]]},"
         "{\"id\":\"acme-bad\",\"version\":6,\"at\":[[\"text\",3,7],[\"text\",11,17]]}]"},
        {HEAD "\"title\":\"Acme\",\"text\":\"\",\"hashtags\":[\"x\",\"acme\"],\"extra\":[1, 2]} ",
         "[{\"id\":\"acme\",\"version\":5,\"at\":[[\"title\",0,4],[\"hashtags\",1,2]]}]"},
        {HEAD "\"text\":\"\\u0061cme \\\"\\u00e4\\\" acme\"}",
         "[{\"id\":\"acme\",\"version\":5,\"at\":[[\"text\",0,4],[\"text\",10,14]]}]"},
        {HEAD "\"text\":\"nothing\"}", NULL},
        {HEAD "\"text\":\"\"}", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char key[8];
        snprintf(key, sizeof key, "k%zu", i);
        enum matcher_outcome outcome = judge(bench, (int64_t)i, key, CASES[i].value);
        assert_int_equal(outcome, CASES[i].matches ? MATCHER_PUBLISH : MATCHER_NOTHING);
        if (!CASES[i].matches)
            continue;
        struct buf expected;
        buf_init(&expected, 4096);
        size_t brace = (size_t)(strrchr(CASES[i].value, '}') - CASES[i].value);
        buf_add(&expected, CASES[i].value, brace);
        buf_printf(&expected, ",\"matches\":%s%s", CASES[i].matches, CASES[i].value + brace);
        assert_int_equal(bench->result.value.len, expected.len);
        assert_memory_equal(bench->result.value.ptr, expected.ptr, expected.len);
        struct mention mention;
        struct fault fault;
        assert_true(mention_read(bench->result.value, MENTION_MATCHED, bench->arena, &mention, &fault));
        buf_free(&expected);
    }
}

static void what_is_cut_is_counted_and_fits(void **state) {
    struct bench *bench = *state;
    char id[ALERTS_WHY_MAX];
    for (int i = 0; i < MATCH_ALERTS_MAX + 3; i++) {
        snprintf(id, sizeof id, "%064d", i);
        alert(bench, 100 + i, id, "wide OR x");
    }
    struct buf value;
    buf_init(&value, MENTION_BYTES_MAX);
    buf_add_str(&value, HEAD "\"text\":\"");
    while (value.len < MENTION_BYTES_MAX - 64)
        buf_add_str(&value, "wide ");
    buf_add_str(&value, "\"}");
    assert_int_equal(judge(bench, 0, "k", value.ptr), MATCHER_PUBLISH);
    assert_int_equal(bench->result.matches_cut, 3);
    assert_int_equal(bench->result.ranges_cut, MATCH_ALERTS_MAX);
    assert_true(bench->result.value.len <= MENTION_RECORD_MAX);
    struct mention mention;
    struct fault fault;
    assert_true(mention_read(bench->result.value, MENTION_MATCHED, bench->arena, &mention, &fault));
    assert_int_equal(mention.match_count, MATCH_ALERTS_MAX);
    assert_int_equal(mention.matches_cut, 3);
    assert_true(mention.matches[0].at_cut);
    buf_free(&value);
}

static void repetitions_are_dropped_and_told_apart(void **state) {
    struct bench *bench = *state;
    assert_int_equal(judge(bench, 0, "k", HEAD "\"text\":\"acme\"}"), MATCHER_PUBLISH);
    assert_int_equal(judge(bench, 0, "k", HEAD "\"text\":\"acme\"}"), MATCHER_PUBLISH); /* tried again */
    assert_int_equal(judge(bench, 1, "k", HEAD "\"url\":\"u\",\"text\":\"acme\"}"), MATCHER_SAME);
    assert_int_equal(judge(bench, 2, "k", HEAD "\"text\":\"acme!\"}"), MATCHER_CHANGED);
    assert_int_equal(judge(bench, 3, "l", HEAD "\"text\":\"acme\"}"), MATCHER_PUBLISH);
    assert_int_equal(judge(bench, 9, "k", HEAD "\"text\":\"acme\"}"), MATCHER_PUBLISH);
    assert_int_equal(judge(bench, 10, NULL, HEAD "\"text\":\"acme\"}"), MATCHER_PUBLISH);
    assert_int_equal(judge(bench, 11, NULL, HEAD "\"text\":\"acme\"}"), MATCHER_SAME);
}

static void what_is_no_mention_is_refused(void **state) {
    struct bench *bench = *state;
    assert_int_equal(judge(bench, 0, "k", "{\"id\":1}"), MATCHER_BROKEN);
    assert_int_equal(bench->result.fault.reason, FAULT_TYPE);
    assert_int_equal(bench->result.fault.byte, 6);
    assert_int_equal(judge(bench, 1, "k", HEAD "\"text\":\"acme\",\"matches\":[]}"), MATCHER_BROKEN);
    assert_int_equal(bench->result.fault.reason, FAULT_RESERVED);
    assert_int_equal(judge(bench, 2, "k", NULL), MATCHER_BROKEN);
    assert_int_equal(bench->result.fault.reason, FAULT_JSON);
}

static void a_new_owner_remembers_before_it_publishes(void **state) {
    struct bench *bench = *state;
    static const struct {
        int64_t committed, begin;
    } CASES[] = {{-1, -1}, {0, 0}, {1, 0}, {WINDOW, 0}, {WINDOW + 1, 1}, {1000, 1000 - WINDOW}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_int_equal(matcher_assigned(bench->matcher, 3, CASES[i].committed), CASES[i].begin);
    assert_int_equal(judge(bench, 996, "a", HEAD "\"text\":\"acme 1\"}"), MATCHER_KNOWN);
    assert_int_equal(judge(bench, 997, "b", "broken"), MATCHER_KNOWN);
    assert_int_equal(judge(bench, 999, "c", HEAD "\"text\":\"acme 2\"}"), MATCHER_KNOWN);
    assert_int_equal(judge(bench, 1000, "a", HEAD "\"text\":\"acme 1\"}"), MATCHER_SAME);
    assert_int_equal(judge(bench, 1001, "c", HEAD "\"text\":\"acme 3\"}"), MATCHER_CHANGED);
    assert_int_equal(judge(bench, 1002, "d", HEAD "\"text\":\"acme 4\"}"), MATCHER_PUBLISH);
    /* it goes to another worker and comes back */
    matcher_revoked(bench->matcher, 3);
    assert_int_equal(matcher_assigned(bench->matcher, 3, 1010), 1006);
    assert_int_equal(judge(bench, 1006, "d", HEAD "\"text\":\"acme 4\"}"), MATCHER_KNOWN);
    assert_int_equal(judge(bench, 1010, "d", HEAD "\"text\":\"acme 4\"}"), MATCHER_SAME);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mention_grows_by_its_matches, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_cut_is_counted_and_fits, setup, teardown),
        cmocka_unit_test_setup_teardown(repetitions_are_dropped_and_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_mention_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_owner_remembers_before_it_publishes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
