/* What the aggregator calls: cells, marks, definitions, on a real Redis. */
#include "functions_stand.h"

#include <stdio.h>
#include <stdlib.h>

static void a_writer_of_another_log_or_schema_is_refused(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    char command[TEXT_MAX];
    static const struct {
        const char *words, *error;
    } cases[] = {
        {"2 testlog 0", "EARSHOT_SCHEMA have 1 need 2"},
        {"1 otherlog 0", "EARSHOT_LOG have testlog need otherlog"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        (void)snprintf(command, sizeof command, "FCALL earshot_fold 1 earshot:{s%d} %s", shard_of("acme"),
                       cases[i].words);
        expect_error(f, command, cases[i].error);
        (void)snprintf(command, sizeof command, "FCALL earshot_define 1 earshot:{s%d} %s", shard_of("acme"),
                       cases[i].words);
        expect_error(f, command, cases[i].error);
    }
    expect_error(f, "FCALL earshot_fold 0 1 testlog 0",
                 "EARSHOT_ARG keys: none, or one that routes: earshot:{sN}");
}

/* The four numbers of a cell do not run into each other, however far they are apart. */
static void packed_cells_come_apart_again(void **state) {
    struct fixture *f = *state;
    static const int64_t cases[][4] = {{1, 0, 0, 0},
                                       {1, 1, 0, 1000},
                                       {1, 0, 1, -1000},
                                       {60000, 59999, 1, -60000000},
                                       {3000000, 0, 3000000, -3000000000},
                                       {3000000, 3000000, 0, 3000000000}};
    define_acme(f);
    int64_t hour = f->now / 3600, day = hour / 24;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char block[64], command[TEXT_MAX];
        const int64_t *c = cases[i];
        (void)snprintf(block, sizeof block, "h:acme:%lld", (long long)day);
        for (int twice = 0; twice < 2; twice++) { /* the first makes the cell, the second adds, with carry */
            struct call call;
            fold_begin(&call, shard_of("acme"));
            call_word(&call, SPAN("0"));
            add_cell(&call, "acme", block, hour % 24, c);
            assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
        }
        (void)snprintf(command, sizeof command, "FCALL_RO earshot_volume 0 acme %lld %lld hour",
                       (long long)hour * 3600, (long long)hour * 3600 + 1);
        json_t *reply = read_text(f, command), *row = json_array_get(json_object_get(reply, "buckets"), 0);
        assert_int_equal(json_integer_value(json_array_get(row, 0)), hour * 3600);
        assert_int_equal(json_integer_value(json_array_get(row, 1)), 2 * c[0]);
        assert_int_equal(json_integer_value(json_array_get(row, 2)), 2 * c[1]);
        assert_int_equal(json_integer_value(json_array_get(row, 3)), 2 * (c[0] - c[1] - c[2]));
        assert_int_equal(json_integer_value(json_array_get(row, 4)), 2 * c[2]);
        double score = json_number_value(json_array_get(row, 5)), exact = (double)c[3] / (double)c[0] / 1000;
        assert_true(score - exact < 0.00051 && exact - score < 0.00051);
        json_decref(reply);
        (void)redis_ask(f->store, "FLUSHALL");
        redis_init(f->store, DEPLOYMENT.id, SHARDS, PARTITIONS);
        define_acme(f);
    }
}

static void expect_marks(struct fixture *f, const char *expected, size_t len) {
    const struct store_reply *reply = redis_ask(f->store, "GET earshot:{s1}:marks");
    assert_int_equal(reply->text.len, len);
    assert_memory_equal(reply->text.ptr, expected, len);
}

static void a_fold_is_applied_only_on_the_marks_that_it_expects(void **state) {
    struct fixture *f = *state;
    struct call call;
    (void)functions_fresh(state);
    fold_begin(&call, 1);
    call_word(&call, SPAN("2"));
    add_mark(&call, "2", NO_MARK, "CCCCCCCCcccccccc");
    add_mark(&call, "0", NO_MARK, "AAAAAAAAaaaaaaaa");
    call_word(&call, SPAN("2"));
    call_word(&call, SPAN("INCR"));
    call_word(&call, SPAN("earshot:{s1}:test"));
    for (int i = 0; i < 2; i++) { /* the second time its marks are not those any more */
        const struct store_reply *reply = call_send(f, &call);
        assert_int_equal(reply->type, i == 0 ? STORE_ARRAY : STORE_STRING);
        if (i == 1)
            assert_memory_equal(reply->text.ptr, "AAAAAAAAaaaaaaaa", 16);
        expect_marks(f, "AAAAAAAAaaaaaaaa\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0CCCCCCCCcccccccc", 48);
        assert_true(span_eq(redis_ask(f->store, "GET earshot:{s1}:test")->text, SPAN("1")));
    }
    fold_begin(&call, 1); /* one of two is right: nothing */
    call_word(&call, SPAN("2"));
    add_mark(&call, "0", "AAAAAAAAaaaaaaaa", "BBBBBBBBbbbbbbbb");
    add_mark(&call, "1", "XXXXXXXXXXXXXXXX", "BBBBBBBBbbbbbbbb");
    assert_int_equal(call_send(f, &call)->type, STORE_STRING);
    expect_marks(f, "AAAAAAAAaaaaaaaa\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0CCCCCCCCcccccccc", 48);
    fold_begin(&call, 1); /* all are right */
    call_word(&call, SPAN("2"));
    add_mark(&call, "0", "AAAAAAAAaaaaaaaa", "BBBBBBBBbbbbbbbb");
    add_mark(&call, "1", NO_MARK, "DDDDDDDDdddddddd");
    assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    expect_marks(f, "BBBBBBBBbbbbbbbbDDDDDDDDddddddddCCCCCCCCcccccccc", 48);
}

/* Many partitions in a call are written as one string: the same bytes come out. */
static void many_marks_are_written_like_few(void **state) {
    struct fixture *f = *state;
    char expected[20 * 16];
    memset(expected, 0, sizeof expected);
    for (int round = 0; round < 2; round++) {
        struct call call;
        fold_begin(&call, 1);
        call_wordf(&call, "%d", 10);
        for (int p = 1; p < 20; p += 2) {
            char *was = call.text + call.used, *now = was + 16;
            memcpy(was, expected + p * 16, 16);
            memset(now, 'a' + p + round, 16);
            call.used += 32;
            call_wordf(&call, "%d", p);
            call_word(&call, (struct span){.ptr = was, .len = 16});
            call_word(&call, (struct span){.ptr = now, .len = 16});
            memcpy(expected + p * 16, now, 16);
        }
        assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
        expect_marks(f, expected, sizeof expected);
    }
}

/* Redis does not take back what a function did before its error: the shard stays dirty. */
static void a_fold_that_breaks_off_leaves_its_shard_dirty(void **state) {
    struct fixture *f = *state;
    struct call call;
    (void)redis_ask(f->store, "SET earshot:{s1}:h:x:1 text");
    fold_begin(&call, 1);
    call_word(&call, SPAN("1"));
    add_mark(&call, "0", NO_MARK, "AAAAAAAAaaaaaaaa");
    call_word(&call, SPAN("4"));
    call_word(&call, SPAN("HINCRBY"));
    call_word(&call, SPAN("earshot:{s1}:h:x:1"));
    call_word(&call, SPAN("field"));
    call_word(&call, SPAN("1"));
    assert_int_equal(call_send(f, &call)->type, STORE_ERROR);
    assert_int_equal(redis_ask(f->store, "GET earshot:{s1}:marks")->type, STORE_NIL);
    fold_begin(&call, 1);
    call_word(&call, SPAN("0"));
    const struct store_reply *reply = call_send(f, &call);
    assert_int_equal(reply->type, STORE_ERROR);
    assert_true(span_eq(reply->text, SPAN("EARSHOT_DIRTY shard 1")));
}

static void definitions_go_by_their_version(void **state) {
    struct fixture *f = *state;
    define(f, "acme", "5", "{\"id\":\"acme\",\"name\":\"five\",\"query\":\"x\",\"version\":5");
    define(f, "acme", "4", "{\"id\":\"acme\",\"name\":\"four\",\"query\":\"x\",\"version\":4");
    define(f, "acme", "5", "{\"id\":\"acme\",\"name\":\"again\",\"query\":\"x\",\"version\":5");
    expect_json(
        f, "FCALL_RO earshot_alerts 0", "alerts",
        "[{\"id\":\"acme\",\"name\":\"five\",\"query\":\"x\",\"version\":5,\"mentions\":0,\"last\":null}]");
    struct call call;
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("0"));
    add_item(&call, "acme", 1700000000, "a", 0);
    (void)call_send(f, &call);
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts",
                "[{\"id\":\"acme\",\"name\":\"five\",\"query\":\"x\",\"version\":5,\"mentions\":0,\"last\":"
                "1700000000}]");
    define(f, "acme", "6", ""); /* removed, with its feed */
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts", "[]");
    expect_error(f, "FCALL_RO earshot_summary 0 acme now-1h now", "EARSHOT_ALERT unknown alert 'acme'");
    define(f, "acme", "5", "{\"id\":\"acme\",\"name\":\"five\",\"query\":\"x\",\"version\":5");
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts", "[]");
    define(f, "acme", "7", "{\"id\":\"acme\",\"name\":\"new\",\"query\":\"x\",\"version\":7");
    struct call feed = call_reader("FCALL_RO earshot_feed 0 acme 0 now newest 10");
    call_word(&feed, SPAN(""));
    json_t *page = read_ok(f, &feed);
    assert_int_equal(json_array_size(json_object_get(page, "items")), 0);
    assert_int_equal(json_integer_value(json_object_get(page, "complete_from")), 1700000001);
    json_decref(page);
}

/* Neighbours in one command, over what is there, in part there, and not there. */
static void run_cells(void **state, bool expiry) {
    struct fixture *f = *state;
    static const struct {
        int first, count, hours[4]; /* mentions of hours 0 to 3 of the day after it */
    } cases[] = {{1, 1, {0, 1, 0, 0}}, {0, 3, {1, 2, 1, 0}}, {2, 2, {1, 2, 2, 1}}, {3, 1, {1, 2, 2, 2}}};
    int64_t day = f->now / 86400 - 1;
    define_acme(f);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        char command[TEXT_MAX], expected[TEXT_MAX];
        fold_begin(&call, shard_of("acme"));
        call_word(&call, SPAN("0"));
        call_word(&call, expiry ? SPAN("5") : SPAN("4"));
        call_word(&call, SPAN("CELLS"));
        call_wordf(&call, "earshot:{s%d}:h:acme:%lld", shard_of("acme"), (long long)day);
        call_wordf(&call, "%d", cases[i].first);
        call_word(&call, (struct span){.ptr = call.text + call.used, .len = 16 * (size_t)cases[i].count});
        for (int k = 0; k < cases[i].count; k++) {
            add_number(&call, (uint64_t)1 << 32);
            add_number(&call, 1000);
        }
        if (expiry)
            call_wordf(&call, "%lld", (long long)f->now + 1000);
        assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
        (void)snprintf(command, sizeof command, "FCALL_RO earshot_volume 0 acme %lld %lld hour",
                       (long long)day * 86400, (long long)day * 86400 + 4 * 3600);
        size_t len = 0;
        for (int k = 0; k < 4; k++)
            len += (size_t)snprintf(expected + len, sizeof expected - len, "%s[%lld,%d,0,%d,0,%s]",
                                    k ? "," : "[", (long long)day * 86400 + k * 3600, cases[i].hours[k],
                                    cases[i].hours[k], cases[i].hours[k] ? "0.0" : "null");
        (void)snprintf(expected + len, sizeof expected - len, "]");
        expect_json(f, command, "buckets", expected);
    }
    char command[TEXT_MAX];
    (void)snprintf(command, sizeof command, "EXPIRETIME earshot:{s%d}:h:acme:%lld", shard_of("acme"),
                   (long long)day);
    assert_int_equal(redis_ask(f->store, command)->integer, expiry ? f->now + 1000 : -1);
}

static void a_run_of_cells_is_added_to_what_is_there(void **state) {
    run_cells(state, false);
}

static void a_key_made_with_its_expiry_keeps_it(void **state) {
    run_cells(state, true);
}

static void totals_are_kept_for_all_alerts_at_once(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    for (int i = 0; i < 2; i++) {
        struct call call;
        fold_begin(&call, shard_of("acme"));
        call_word(&call, SPAN("0"));
        call_word(&call, SPAN("6"));
        call_word(&call, SPAN("TOTALS"));
        call_wordf(&call, "earshot:{s%d}:t:%lld", shard_of("acme"), (long long)(f->now / 86400 / 365));
        call_word(&call, SPAN("other"));
        call_word(&call, SPAN("1"));
        call_word(&call, SPAN("acme"));
        call_word(&call, SPAN("3000000000"));
        assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    }
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts",
                "[{\"id\":\"acme\",\"name\":null,\"query\":\"x\",\"version\":3,\"mentions\":6000000000,"
                "\"last\":null}]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_writer_of_another_log_or_schema_is_refused),
        TEST(packed_cells_come_apart_again),
        TEST(a_run_of_cells_is_added_to_what_is_there),
        TEST(a_key_made_with_its_expiry_keeps_it),
        TEST(totals_are_kept_for_all_alerts_at_once),
        TEST(a_fold_is_applied_only_on_the_marks_that_it_expects),
        TEST(many_marks_are_written_like_few),
        TEST(a_fold_that_breaks_off_leaves_its_shard_dirty),
        TEST(definitions_go_by_their_version),
    };
    return cmocka_run_group_tests(tests, functions_setup, functions_teardown);
}
