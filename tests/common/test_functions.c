/* What readers call, on a real Redis, told by hand what the aggregator would tell. */
#include "functions_stand.h"

#include <stdio.h>
#include <stdlib.h>

static void every_error_says_what_is_wrong(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    static const struct {
        const char *command, *error;
    } cases[] = {
        {"earshot_volume 0 nobody now-1h now hour", "EARSHOT_ALERT unknown alert 'nobody'"},
        {"earshot_summary 0 nobody now-1h now", "EARSHOT_ALERT unknown alert 'nobody'"},
        {"earshot_feed 0 nobody now-1h now newest 10 ", "EARSHOT_ARG arguments: earshot_feed ALERT"},
        {"earshot_volume 0 acme now-1h now",
         "EARSHOT_ARG arguments: earshot_volume ALERT FROM TO minute|hour|day"},
        {"earshot_volume 0 acme now-1h now week", "EARSHOT_ARG grain: minute, hour or day, not 'week'"},
        {"earshot_volume 0 acme yesterday now hour", "EARSHOT_ARG from: Unix seconds, now or now-7d"},
        {"earshot_volume 0 acme now-1y now hour", "EARSHOT_ARG from: "},
        {"earshot_volume 0 acme -5 now hour", "EARSHOT_ARG from: "},
        {"earshot_volume 0 acme 1.5 now hour", "EARSHOT_ARG from: "},
        {"earshot_volume 0 acme 0 99999999999999 hour", "EARSHOT_ARG to: "},
        {"earshot_volume 0 acme now now-1h hour", "EARSHOT_ARG from: is after to"},
        {"earshot_volume 0 acme 60 345661 minute", "EARSHOT_ARG to: 5761 buckets of a minute, at most 5000"},
        {"earshot_summary 0 acme now-1h", "EARSHOT_ARG arguments: earshot_summary ALERT FROM TO"},
        {"earshot_feed 0 acme 0 now oldest 10 x",
         "EARSHOT_ARG order: newest, negative, riskiest or leads, not 'oldest'"},
        {"earshot_feed 0 acme 0 now newest 0 x", "EARSHOT_ARG limit: 1 to 200, not '0'"},
        {"earshot_feed 0 acme 0 now newest 201 x", "EARSHOT_ARG limit: 1 to 200, not '201'"},
        {"earshot_feed 0 acme 0 now newest ten x", "EARSHOT_ARG limit: 1 to 200, not 'ten'"},
        {"earshot_feed 0 acme 0 now newest 10 x", "EARSHOT_ARG cursor: '' or the `next` of the page before"},
        {"earshot_feed 0 acme 0 now newest 10 1.newest.1.0.9.5.0.61",
         "EARSHOT_ARG cursor: is of another alert"},
        {"earshot_alerts 0 acme", "EARSHOT_ARG arguments: earshot_alerts takes none"},
        {"earshot_volume 1 other acme now-1h now hour", "EARSHOT_ARG key: earshot:{sN}, not 'other'"},
        {"earshot_alerts 2 earshot:{s1} earshot:{s2}", "EARSHOT_ARG keys: none, or one that routes"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char command[TEXT_MAX];
        (void)snprintf(command, sizeof command, "FCALL_RO %s", cases[i].command);
        struct call call = call_reader(command);
        const struct store_reply *reply = call_send(f, &call);
        if (reply->type != STORE_ERROR ||
            strncmp(reply->text.ptr, cases[i].error, strlen(cases[i].error)) != 0)
            fail_msg("%s: %s", cases[i].command, reply->text.ptr);
    }
}

static void another_schema_or_a_dirty_shard_is_refused(void **state) {
    struct fixture *f = *state;
    char command[TEXT_MAX];
    define_acme(f);
    (void)snprintf(command, sizeof command, "HSET earshot:{s%d}:state dirty 1", shard_of("acme"));
    (void)redis_ask(f->store, command);
    (void)snprintf(command, sizeof command, "EARSHOT_DIRTY shard %d", shard_of("acme"));
    expect_error(f, "FCALL_RO earshot_summary 0 acme now-1h now", command);
    expect_error(f, "FCALL_RO earshot_alerts 0", command);
    (void)redis_ask(f->store, "HSET earshot:{meta} schema 2");
    expect_error(f, "FCALL_RO earshot_summary 0 acme now-1h now", "EARSHOT_SCHEMA have 2 need 1");
    (void)redis_ask(f->store, "FLUSHALL");
    expect_error(f, "FCALL_RO earshot_summary 0 acme now-1h now", "EARSHOT_SCHEMA have none need 1");
}

/* A window over two blocks, buckets without a mention, and one that is no longer kept. */
static void a_volume_leaves_no_bucket_out(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    json_t *reply = read_text(f, "FCALL_RO earshot_volume 0 acme now-50h now-1h minute");
    json_t *buckets = json_object_get(reply, "buckets");
    int64_t from = json_integer_value(json_object_get(reply, "from"));
    assert_int_equal(from % 60, 0);
    assert_int_equal(json_array_size(buckets),
                     (size_t)(json_integer_value(json_object_get(reply, "to")) - from) / 60);
    for (size_t i = 0; i < json_array_size(buckets); i++) {
        json_t *row = json_array_get(buckets, i);
        int64_t start = json_integer_value(json_array_get(row, 0));
        assert_int_equal(start, from + (int64_t)i * 60);
        if (start < f->now - 48 * 3600 - 60)
            assert_true(json_is_null(json_array_get(row, 1)));
        if (start > f->now - 48 * 3600 + 60)
            assert_int_equal(json_integer_value(json_array_get(row, 1)), 0);
        assert_true(json_is_null(json_array_get(row, 5)));
    }
    json_decref(reply);
    expect_json(f, "FCALL_RO earshot_volume 0 acme 86400 86400 day", "buckets", "[]");
    expect_json(f, "FCALL_RO earshot_volume 0 acme 86400 86401 day", "buckets",
                "[[86400,null,null,null,null,null]]");
    expect_json(f, "FCALL_RO earshot_volume 0 acme 86400 86401 day", "alert", "\"acme\"");
    expect_json(f, "FCALL_RO earshot_volume 0 acme 86400 86401 day", "version", "3");
}

static void a_summary_adds_up_its_dimensions(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *names, *by;
    } joints[] = {{"social\tm\"\\x\ten\tund\t+", "5"},
                  {"social\tm\"\\x\tde\tNL\t-", "2"},
                  {"forum\thn\ten\tund\t0", "5"}};
    struct call call;
    char block[64];
    int64_t hour = f->now / 3600;
    define_acme(f);
    expect_json(f, "FCALL_RO earshot_summary 0 acme now-1h now", "kinds", "[]");
    expect_json(f, "FCALL_RO earshot_summary 0 acme now-1h now", "score", "null");
    expect_json(f, "FCALL_RO earshot_summary 0 acme now-1h now", "as_of", "null");
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("0"));
    (void)snprintf(block, sizeof block, "h:acme:%lld", (long long)(hour / 24));
    add_cell(&call, "acme", block, hour % 24, (const int64_t[]){12, 5, 2, -1500});
    for (size_t i = 0; i < COUNT_OF(joints); i++) {
        call_word(&call, SPAN("4"));
        call_word(&call, SPAN("HINCRBY"));
        call_wordf(&call, "earshot:{s%d}:j:acme:%lld", shard_of("acme"), (long long)hour);
        call_word(&call, span_of(joints[i].names));
        call_word(&call, span_of(joints[i].by));
    }
    assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    static const struct {
        const char *member, *expected;
    } cases[] = {
        {"mentions", "12"},
        {"positive", "5"},
        {"neutral", "5"},
        {"negative", "2"},
        {"score", "-0.125"},
        {"net", "0.25"},
        {"kinds", "[[\"social\",7],[\"forum\",5]]"},
        {"platforms", "[[\"m\\\"\\\\x\",7],[\"hn\",5]]"},
        {"languages", "[[\"en\",10],[\"de\",2]]"},
        {"countries", "[[\"und\",10],[\"NL\",2]]"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        expect_json(f, "FCALL_RO earshot_summary 0 acme now-1h now", cases[i].member, cases[i].expected);
    /* a year: by days, which were not written here */
    expect_json(f, "FCALL_RO earshot_summary 0 acme now-52w now", "mentions", "0");
}

#define AUTHOR             ",\"author\":{\"x\":1,\"intent\":\"purchase\",\"risk\":0.999}"
#define SAYS(intent, risk) ",\"intent\":\"" intent "\",\"risk\":" risk ",\"reasons\":[]" AUTHOR

/* All ids of a feed, page by page, joined with commas; a new item comes in after the first page. */
static void read_feed(struct fixture *f, const char *order, const char *limit, char out[TEXT_MAX]) {
    char cursor[200] = "";
    out[0] = '\0';
    for (int page = 0; page < 20; page++) {
        struct call call = {0};
        call_word(&call, SPAN("FCALL_RO"));
        call_word(&call, SPAN("earshot_feed"));
        call_word(&call, SPAN("0"));
        call_word(&call, SPAN("acme"));
        call_wordf(&call, "%lld", (long long)f->now - 3600);
        call_word(&call, SPAN("now"));
        call_word(&call, span_of(order));
        call_word(&call, span_of(limit));
        call_word(&call, span_of(cursor));
        json_t *reply = read_ok(f, &call), *item;
        size_t i;
        json_array_foreach(json_object_get(reply, "items"), i, item) {
            strcat(out, json_string_value(json_object_get(item, "id")));
            strcat(out, ",");
        }
        const char *next = json_string_value(json_object_get(reply, "next"));
        (void)snprintf(cursor, sizeof cursor, "%s", next ? next : "");
        json_decref(reply);
        if (!*cursor)
            return;
        if (page == 0) {
            struct call late;
            fold_begin(&late, shard_of("acme"));
            call_word(&late, SPAN("0"));
            add_item_saying(&late, "acme", f->now - 1, "late", -1000, SAYS("purchase", "1.000"));
            assert_int_equal(call_send(f, &late)->type, STORE_ARRAY);
        }
    }
    fail_msg("the feed has no end");
}

static void a_feed_has_its_order_and_pages_that_neither_repeat_nor_skip(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *order, *limit, *ids;
    } cases[] = {
        {"newest", "200", "e,d1,d2,d3,b,a,"},
        {"newest", "1", "e,d1,d2,d3,b,a,"},
        {"newest", "2", "e,d1,d2,d3,b,a,"},
        {"newest", "6", "e,d1,d2,d3,b,a,"},
        {"negative", "200", "d2,b,e,d1,d3,a,"},
        {"negative", "1", "d2,b,e,d1,d3,a,"},
        {"negative", "4", "d2,b,e,d1,d3,a,"},
        {"riskiest", "200", "b,d2,d3,a,"},
        {"riskiest", "1", "b,d2,d3,a,"},
        {"riskiest", "3", "b,d2,d3,a,"},
        {"leads", "200", "d1,d3,a,"},
        {"leads", "1", "d1,d3,a,"},
        {"leads", "2", "d1,d3,a,"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char ids[TEXT_MAX];
        struct call call;
        (void)functions_fresh(state);
        define_acme(f);
        fold_begin(&call, shard_of("acme"));
        call_word(&call, SPAN("0"));
        add_item_saying(&call, "acme", f->now - 300, "a", 500, SAYS("purchase", "0.100"));
        add_item_saying(&call, "acme", f->now - 200, "b", -500, SAYS("complaint", "0.901"));
        add_item_saying(&call, "acme", f->now - 100, "d3", 0, SAYS("purchase", "0.500"));
        add_item_saying(&call, "acme", f->now - 100, "d1", 0, SAYS("purchase", "0.000"));
        add_item_saying(&call, "acme", f->now - 100, "d2", -1000, SAYS("question", "0.500"));
        add_item_saying(&call, "acme", f->now - 50, "e", -200, AUTHOR); /* of before there were intents */
        add_item_saying(&call, "acme", f->now - 7200, "older", -1000, SAYS("purchase", "1.000"));
        assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
        read_feed(f, cases[i].order, cases[i].limit, ids);
        if (strcmp(ids, cases[i].ids) != 0)
            fail_msg("%s by %s: %s, expected %s", cases[i].order, cases[i].limit, ids, cases[i].ids);
    }
}

static void a_trimmed_feed_says_from_when_it_is_complete(void **state) {
    struct fixture *f = *state;
    struct call call;
    char expected[40];
    define_acme(f);
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("0"));
    add_item(&call, "acme", f->now - 30, "a", 0);
    add_item(&call, "acme", f->now - 20, "b", 0);
    add_item(&call, "acme", f->now - 10, "c", 0);
    call_word(&call, SPAN("4"));
    call_word(&call, SPAN("TRIM"));
    call_word(&call, SPAN("acme"));
    call_word(&call, SPAN("2"));
    call_word(&call, SPAN("0"));
    const struct store_reply *reply = call_send(f, &call);
    assert_int_equal(reply->count, 2);
    assert_true(span_eq(reply->elements[0].text, SPAN("acme")));
    (void)snprintf(expected, sizeof expected, "%lld", (long long)f->now - 29);
    assert_true(span_eq(reply->elements[1].text, span_of(expected)));
    struct call feed = call_reader("FCALL_RO earshot_feed 0 acme 0 now newest 10");
    call_word(&feed, SPAN(""));
    json_t *page = read_ok(f, &feed);
    assert_int_equal(json_integer_value(json_object_get(page, "complete_from")), f->now - 29);
    assert_int_equal(json_array_size(json_object_get(page, "items")), 2);
    json_decref(page);
    /* what the writer did not even write counts too, and a floor never falls */
    for (int i = 0; i < 2; i++) {
        fold_begin(&call, shard_of("acme"));
        call_word(&call, SPAN("0"));
        call_word(&call, SPAN("4"));
        call_word(&call, SPAN("TRIM"));
        call_word(&call, SPAN("acme"));
        call_word(&call, SPAN("2"));
        call_wordf(&call, "%lld", (long long)(i ? 0 : f->now - 15));
        reply = call_send(f, &call);
        (void)snprintf(expected, sizeof expected, "%lld", (long long)f->now - 15);
        assert_true(span_eq(reply->elements[1].text, span_of(expected)));
    }
}

/* As on a cluster: the key says the shard, and the meta hash need not be there. */
static void a_key_routes_a_reader(void **state) {
    struct fixture *f = *state;
    char command[TEXT_MAX];
    define_acme(f);
    define(f, "zeta", "4", "{\"id\":\"zeta\",\"name\":null,\"query\":\"x\",\"version\":4");
    assert_int_not_equal(shard_of("acme"), shard_of("zeta"));
    (void)redis_ask(f->store, "DEL earshot:{meta}");
    (void)snprintf(command, sizeof command, "FCALL_RO earshot_summary 1 earshot:{s%d} acme now-1h now",
                   shard_of("acme"));
    expect_json(f, command, "mentions", "0");
    (void)snprintf(command, sizeof command, "FCALL_RO earshot_alerts 1 earshot:{s%d}", shard_of("zeta"));
    expect_json(
        f, command, "alerts",
        "[{\"id\":\"zeta\",\"name\":null,\"query\":\"x\",\"version\":4,\"mentions\":0,\"last\":null}]");
}

/* What redis-functions.md says is enough. */
static void a_reader_and_a_writer_need_no_more_than_their_permissions(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    (void)redis_ask(
        f->store, "ACL SETUSER reader on nopass resetkeys %R~earshot:* -@all +fcall_ro +hget +hmget +hgetall "
                  "+get +getrange +zrange +zrangebyscore +time");
    (void)redis_ask(f->store, WRITER_ACL);
    (void)redis_ask(f->store, "AUTH reader x");
    expect_json(f, "FCALL_RO earshot_summary 0 acme now-1h now", "mentions", "0");
    expect_json(f, "FCALL_RO earshot_volume 0 acme 0 0 hour", "buckets", "[]");
    expect_json(f, "FCALL_RO earshot_alerts 0", "from", "null");
    struct call feed = call_reader("FCALL_RO earshot_feed 0 acme 0 now negative 10");
    call_word(&feed, SPAN(""));
    json_decref(read_ok(f, &feed));
    (void)redis_ask(f->store, "AUTH writer x");
    struct call call;
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("1"));
    add_mark(&call, "0", NO_MARK, "AAAAAAAAaaaaaaaa");
    add_item(&call, "acme", f->now, "a", 0);
    add_cell(&call, "acme", "m:acme:1", 0, (const int64_t[]){1, 0, 0, 0});
    call_word(&call, SPAN("4"));
    call_word(&call, SPAN("TRIM"));
    call_word(&call, SPAN("acme"));
    call_word(&call, SPAN("0"));
    call_word(&call, SPAN("0"));
    assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    define(f, "acme", "9", "");
    (void)redis_ask(f->store, "AUTH default x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_error_says_what_is_wrong),
        TEST(another_schema_or_a_dirty_shard_is_refused),
        TEST(a_volume_leaves_no_bucket_out),
        TEST(a_summary_adds_up_its_dimensions),
        TEST(a_feed_has_its_order_and_pages_that_neither_repeat_nor_skip),
        TEST(a_trimmed_feed_says_from_when_it_is_complete),
        TEST(a_key_routes_a_reader),
        TEST(a_reader_and_a_writer_need_no_more_than_their_permissions),
    };
    return cmocka_run_group_tests(tests, functions_setup, functions_teardown);
}
