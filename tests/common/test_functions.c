/* The functions on a real Redis, told by hand what the aggregator would tell. */
#include "cmocka_all.h"

#include "earshot/deployment.h"
#include "earshot/functions.h"
#include "redis_server.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHARDS = 4, PARTITIONS = 3, WORDS_MAX = 400, TEXT_MAX = 600 };

static const struct deployment DEPLOYMENT = {.id = "testlog", .partitions = PARTITIONS, .shards = SHARDS};

struct fixture {
    struct redis_server *server;
    struct store *store;
    int64_t now;
};

static int setup(void **state) {
    struct fixture *f = xcalloc(1, sizeof *f);
    f->server = redis_server_new(false);
    f->store = redis_server_store(f->server);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    store_free(&f->store);
    redis_server_free(&f->server);
    free(f);
    return 0;
}

/* Every test begins with an empty deployment. */
static int fresh(void **state) {
    struct fixture *f = *state;
    (void)redis_ask(f->store, "FLUSHALL");
    redis_init(f->store, DEPLOYMENT.id, SHARDS, PARTITIONS);
    f->now = (int64_t)time(NULL);
    return 0;
}

/* Writing. --------------------------------------------------------------------------------------------- */

static int shard_of(const char *alert) {
    return deployment_shard(&DEPLOYMENT, span_of(alert));
}

/* A call that grows word by word; words are borrowed or its own. */
struct call {
    struct span words[WORDS_MAX];
    size_t count;
    char text[WORDS_MAX * 40];
    size_t used;
};

static void word(struct call *call, struct span text) {
    assert_true(call->count < WORDS_MAX);
    call->words[call->count++] = text;
}

static void wordf(struct call *call, const char *format, ...) PRINTF_LIKE(2, 3);
static void wordf(struct call *call, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *at = call->text + call->used;
    int len = vsnprintf(at, sizeof call->text - call->used, format, args);
    va_end(args);
    assert_true(len >= 0 && call->used + (size_t)len < sizeof call->text);
    call->used += (size_t)len + 1;
    word(call, (struct span){.ptr = at, .len = (size_t)len});
}

static void fold_begin(struct call *call, int shard) {
    *call = (struct call){0};
    word(call, SPAN("FCALL"));
    word(call, SPAN("earshot_fold"));
    word(call, SPAN("1"));
    wordf(call, "earshot:{s%d}", shard);
    word(call, SPAN(FUNCTIONS_SCHEMA));
    word(call, span_of(DEPLOYMENT.id));
}

static const struct store_reply *send(struct fixture *f, const struct call *call) {
    const struct store_reply *reply = NULL;
    assert_int_equal(store_ask(f->store, call->words, call->count, &reply), STORE_OK);
    return reply;
}

static void add_number(struct call *call, uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
        call->text[call->used++] = (char)(value >> shift & 0xff);
}

/* mentions, positive, negative, sum of scores in thousandths */
static void add_cell(struct call *call, const char *alert, const char *block, int64_t cell,
                     const int64_t counts[4]) {
    word(call, SPAN("4"));
    word(call, SPAN("CELLS"));
    wordf(call, "earshot:{s%d}:%s", shard_of(alert), block);
    wordf(call, "%lld", (long long)cell);
    word(call, (struct span){.ptr = call->text + call->used, .len = 16});
    add_number(call, (uint64_t)(counts[0] << 32 | counts[1]));
    add_number(call, (uint64_t)((counts[2] << 37) + counts[3] + 1000 * counts[0]));
}

static void define(struct fixture *f, const char *alert, const char *version, const char *json) {
    struct call call = {0};
    word(&call, SPAN("FCALL"));
    word(&call, SPAN("earshot_define"));
    word(&call, SPAN("1"));
    wordf(&call, "earshot:{s%d}", shard_of(alert));
    word(&call, SPAN("1"));
    word(&call, SPAN("testlog"));
    word(&call, span_of(alert));
    word(&call, span_of(version));
    word(&call, span_of(json));
    assert_int_equal(send(f, &call)->type, STORE_INTEGER);
}

static void define_acme(struct fixture *f) {
    define(f, "acme", "3", "{\"id\":\"acme\",\"name\":null,\"query\":\"x\",\"version\":3");
}

static void add_item(struct call *call, const char *alert, int64_t at, const char *id, int score) {
    char *member = call->text + call->used;
    int len = snprintf(member, sizeof call->text - call->used, "%s%c%04d%c{\"id\":\"%s\",\"score\":%d}", id,
                       0, score + 1000, 0, id, score);
    call->used += (size_t)len + 1;
    word(call, SPAN("4"));
    word(call, SPAN("ZADD"));
    wordf(call, "earshot:{s%d}:f:%s", shard_of(alert), alert);
    wordf(call, "%lld", -(long long)at);
    word(call, (struct span){.ptr = member, .len = (size_t)len});
}

/* Reading. --------------------------------------------------------------------------------------------- */

static json_t *read_ok(struct fixture *f, const struct call *call) {
    const struct store_reply *reply = send(f, call);
    if (reply->type != STORE_STRING)
        fail_msg("%s", reply->text.ptr);
    json_error_t error;
    json_t *json = json_loadb(reply->text.ptr, reply->text.len, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s: %s", error.text, reply->text.ptr);
    return json;
}

static struct call reader(const char *command) {
    struct call call = {0};
    for (const char *word_at = command; *word_at;) {
        const char *end = strchrnul(word_at, ' ');
        call.words[call.count++] = (struct span){.ptr = word_at, .len = (size_t)(end - word_at)};
        word_at = *end ? end + 1 : end;
    }
    return call;
}

static json_t *read_text(struct fixture *f, const char *command) {
    struct call call = reader(command);
    return read_ok(f, &call);
}

static void expect_json(struct fixture *f, const char *command, const char *member, const char *expected) {
    json_t *reply = read_text(f, command);
    char *found =
        json_dumps(json_object_get(reply, member), JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(4));
    assert_non_null(found);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: %s is %s, expected %s", command, member, found, expected);
    free(found);
    json_decref(reply);
}

/* Tests. ----------------------------------------------------------------------------------------------- */

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
        {"earshot_volume 0 acme now-4d now minute", "EARSHOT_ARG to: 5761 buckets of a minute, at most 5000"},
        {"earshot_summary 0 acme now-1h", "EARSHOT_ARG arguments: earshot_summary ALERT FROM TO"},
        {"earshot_feed 0 acme 0 now oldest 10 x", "EARSHOT_ARG order: newest or negative, not 'oldest'"},
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
        struct call call = reader(command);
        const struct store_reply *reply = send(f, &call);
        if (reply->type != STORE_ERROR ||
            strncmp(reply->text.ptr, cases[i].error, strlen(cases[i].error)) != 0)
            fail_msg("%s: %s", cases[i].command, reply->text.ptr);
    }
}

static void expect_error(struct fixture *f, const char *command, const char *error) {
    struct call call = reader(command);
    const struct store_reply *reply = send(f, &call);
    if (reply->type != STORE_ERROR || strcmp(reply->text.ptr, error) != 0)
        fail_msg("%s: %s", command, reply->text.ptr);
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
            word(&call, SPAN("0"));
            add_cell(&call, "acme", block, hour % 24, c);
            assert_int_equal(send(f, &call)->type, STORE_ARRAY);
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
    word(&call, SPAN("0"));
    (void)snprintf(block, sizeof block, "h:acme:%lld", (long long)(hour / 24));
    add_cell(&call, "acme", block, hour % 24, (const int64_t[]){12, 5, 2, -1500});
    for (size_t i = 0; i < COUNT_OF(joints); i++) {
        word(&call, SPAN("4"));
        word(&call, SPAN("HINCRBY"));
        wordf(&call, "earshot:{s%d}:j:acme:%lld", shard_of("acme"), (long long)hour);
        word(&call, span_of(joints[i].names));
        word(&call, span_of(joints[i].by));
    }
    assert_int_equal(send(f, &call)->type, STORE_ARRAY);
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

/* All ids of a feed, page by page, joined with commas; a new item comes in after the first page. */
static void read_feed(struct fixture *f, const char *order, const char *limit, char out[TEXT_MAX]) {
    char cursor[200] = "";
    out[0] = '\0';
    for (int page = 0; page < 20; page++) {
        struct call call = {0};
        word(&call, SPAN("FCALL_RO"));
        word(&call, SPAN("earshot_feed"));
        word(&call, SPAN("0"));
        word(&call, SPAN("acme"));
        wordf(&call, "%lld", (long long)f->now - 3600);
        word(&call, SPAN("now"));
        word(&call, span_of(order));
        word(&call, span_of(limit));
        word(&call, span_of(cursor));
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
            word(&late, SPAN("0"));
            add_item(&late, "acme", f->now - 1, "late", -1000);
            assert_int_equal(send(f, &late)->type, STORE_ARRAY);
        }
    }
    fail_msg("the feed has no end");
}

static void a_feed_has_its_order_and_pages_that_neither_repeat_nor_skip(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *order, *limit, *ids;
    } cases[] = {
        {"newest", "200", "e,d1,d2,d3,b,a,"},   {"newest", "1", "e,d1,d2,d3,b,a,"},
        {"newest", "2", "e,d1,d2,d3,b,a,"},     {"newest", "6", "e,d1,d2,d3,b,a,"},
        {"negative", "200", "d2,b,e,d1,d3,a,"}, {"negative", "1", "d2,b,e,d1,d3,a,"},
        {"negative", "4", "d2,b,e,d1,d3,a,"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char ids[TEXT_MAX];
        struct call call;
        (void)fresh(state);
        define_acme(f);
        fold_begin(&call, shard_of("acme"));
        word(&call, SPAN("0"));
        add_item(&call, "acme", f->now - 300, "a", 500);
        add_item(&call, "acme", f->now - 200, "b", -500);
        add_item(&call, "acme", f->now - 100, "d3", 0);
        add_item(&call, "acme", f->now - 100, "d1", 0);
        add_item(&call, "acme", f->now - 100, "d2", -1000);
        add_item(&call, "acme", f->now - 50, "e", -200);
        add_item(&call, "acme", f->now - 7200, "older", -1000); /* outside of the window */
        assert_int_equal(send(f, &call)->type, STORE_ARRAY);
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
    word(&call, SPAN("0"));
    add_item(&call, "acme", f->now - 30, "a", 0);
    add_item(&call, "acme", f->now - 20, "b", 0);
    add_item(&call, "acme", f->now - 10, "c", 0);
    word(&call, SPAN("4"));
    word(&call, SPAN("TRIM"));
    word(&call, SPAN("acme"));
    word(&call, SPAN("2"));
    word(&call, SPAN("0"));
    const struct store_reply *reply = send(f, &call);
    assert_int_equal(reply->count, 2);
    assert_true(span_eq(reply->elements[0].text, SPAN("acme")));
    (void)snprintf(expected, sizeof expected, "%lld", (long long)f->now - 29);
    assert_true(span_eq(reply->elements[1].text, span_of(expected)));
    struct call feed = reader("FCALL_RO earshot_feed 0 acme 0 now newest 10");
    word(&feed, SPAN(""));
    json_t *page = read_ok(f, &feed);
    assert_int_equal(json_integer_value(json_object_get(page, "complete_from")), f->now - 29);
    assert_int_equal(json_array_size(json_object_get(page, "items")), 2);
    json_decref(page);
    /* what the writer did not even write counts too, and a floor never falls */
    for (int i = 0; i < 2; i++) {
        fold_begin(&call, shard_of("acme"));
        word(&call, SPAN("0"));
        word(&call, SPAN("4"));
        word(&call, SPAN("TRIM"));
        word(&call, SPAN("acme"));
        word(&call, SPAN("2"));
        wordf(&call, "%lld", (long long)(i ? 0 : f->now - 15));
        reply = send(f, &call);
        (void)snprintf(expected, sizeof expected, "%lld", (long long)f->now - 15);
        assert_true(span_eq(reply->elements[1].text, span_of(expected)));
    }
}

static void add_mark(struct call *call, const char *partition, const char *expected, const char *next) {
    word(call, span_of(partition));
    word(call, (struct span){.ptr = expected, .len = 16});
    word(call, (struct span){.ptr = next, .len = 16});
}

static const char NONE[17] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static void expect_marks(struct fixture *f, const char *expected, size_t len) {
    const struct store_reply *reply = redis_ask(f->store, "GET earshot:{s1}:marks");
    assert_int_equal(reply->text.len, len);
    assert_memory_equal(reply->text.ptr, expected, len);
}

static void a_fold_is_applied_only_on_the_marks_that_it_expects(void **state) {
    struct fixture *f = *state;
    struct call call;
    (void)fresh(state);
    fold_begin(&call, 1);
    word(&call, SPAN("2"));
    add_mark(&call, "2", NONE, "CCCCCCCCcccccccc");
    add_mark(&call, "0", NONE, "AAAAAAAAaaaaaaaa");
    word(&call, SPAN("2"));
    word(&call, SPAN("INCR"));
    word(&call, SPAN("earshot:{s1}:test"));
    for (int i = 0; i < 2; i++) { /* the second time its marks are not those any more */
        const struct store_reply *reply = send(f, &call);
        assert_int_equal(reply->type, i == 0 ? STORE_ARRAY : STORE_STRING);
        if (i == 1)
            assert_memory_equal(reply->text.ptr, "AAAAAAAAaaaaaaaa", 16);
        expect_marks(f, "AAAAAAAAaaaaaaaa\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0CCCCCCCCcccccccc", 48);
        assert_true(span_eq(redis_ask(f->store, "GET earshot:{s1}:test")->text, SPAN("1")));
    }
    fold_begin(&call, 1); /* one of two is right: nothing */
    word(&call, SPAN("2"));
    add_mark(&call, "0", "AAAAAAAAaaaaaaaa", "BBBBBBBBbbbbbbbb");
    add_mark(&call, "1", "XXXXXXXXXXXXXXXX", "BBBBBBBBbbbbbbbb");
    assert_int_equal(send(f, &call)->type, STORE_STRING);
    expect_marks(f, "AAAAAAAAaaaaaaaa\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0CCCCCCCCcccccccc", 48);
    fold_begin(&call, 1); /* all are right */
    word(&call, SPAN("2"));
    add_mark(&call, "0", "AAAAAAAAaaaaaaaa", "BBBBBBBBbbbbbbbb");
    add_mark(&call, "1", NONE, "DDDDDDDDdddddddd");
    assert_int_equal(send(f, &call)->type, STORE_ARRAY);
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
        wordf(&call, "%d", 10);
        for (int p = 1; p < 20; p += 2) {
            char *was = call.text + call.used, *now = was + 16;
            memcpy(was, expected + p * 16, 16);
            memset(now, 'a' + p + round, 16);
            call.used += 32;
            wordf(&call, "%d", p);
            word(&call, (struct span){.ptr = was, .len = 16});
            word(&call, (struct span){.ptr = now, .len = 16});
            memcpy(expected + p * 16, now, 16);
        }
        assert_int_equal(send(f, &call)->type, STORE_ARRAY);
        expect_marks(f, expected, sizeof expected);
    }
}

/* Redis does not take back what a function did before its error: the shard stays dirty. */
static void a_fold_that_breaks_off_leaves_its_shard_dirty(void **state) {
    struct fixture *f = *state;
    struct call call;
    (void)redis_ask(f->store, "SET earshot:{s1}:h:x:1 text");
    fold_begin(&call, 1);
    word(&call, SPAN("1"));
    add_mark(&call, "0", NONE, "AAAAAAAAaaaaaaaa");
    word(&call, SPAN("4"));
    word(&call, SPAN("HINCRBY"));
    word(&call, SPAN("earshot:{s1}:h:x:1"));
    word(&call, SPAN("field"));
    word(&call, SPAN("1"));
    assert_int_equal(send(f, &call)->type, STORE_ERROR);
    assert_int_equal(redis_ask(f->store, "GET earshot:{s1}:marks")->type, STORE_NIL);
    fold_begin(&call, 1);
    word(&call, SPAN("0"));
    const struct store_reply *reply = send(f, &call);
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
    word(&call, SPAN("0"));
    add_item(&call, "acme", 1700000000, "a", 0);
    (void)send(f, &call);
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts",
                "[{\"id\":\"acme\",\"name\":\"five\",\"query\":\"x\",\"version\":5,\"mentions\":0,\"last\":"
                "1700000000}]");
    define(f, "acme", "6", ""); /* removed, with its feed */
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts", "[]");
    expect_error(f, "FCALL_RO earshot_summary 0 acme now-1h now", "EARSHOT_ALERT unknown alert 'acme'");
    define(f, "acme", "5", "{\"id\":\"acme\",\"name\":\"five\",\"query\":\"x\",\"version\":5");
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts", "[]");
    define(f, "acme", "7", "{\"id\":\"acme\",\"name\":\"new\",\"query\":\"x\",\"version\":7");
    struct call feed = reader("FCALL_RO earshot_feed 0 acme 0 now newest 10");
    word(&feed, SPAN(""));
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
        word(&call, SPAN("0"));
        word(&call, expiry ? SPAN("5") : SPAN("4"));
        word(&call, SPAN("CELLS"));
        wordf(&call, "earshot:{s%d}:h:acme:%lld", shard_of("acme"), (long long)day);
        wordf(&call, "%d", cases[i].first);
        word(&call, (struct span){.ptr = call.text + call.used, .len = 16 * (size_t)cases[i].count});
        for (int k = 0; k < cases[i].count; k++) {
            add_number(&call, (uint64_t)1 << 32);
            add_number(&call, 1000);
        }
        if (expiry)
            wordf(&call, "%lld", (long long)f->now + 1000);
        assert_int_equal(send(f, &call)->type, STORE_ARRAY);
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
        word(&call, SPAN("0"));
        word(&call, SPAN("6"));
        word(&call, SPAN("TOTALS"));
        wordf(&call, "earshot:{s%d}:t:%lld", shard_of("acme"), (long long)(f->now / 86400 / 365));
        word(&call, SPAN("other"));
        word(&call, SPAN("1"));
        word(&call, SPAN("acme"));
        word(&call, SPAN("3000000000"));
        assert_int_equal(send(f, &call)->type, STORE_ARRAY);
    }
    expect_json(f, "FCALL_RO earshot_alerts 0", "alerts",
                "[{\"id\":\"acme\",\"name\":null,\"query\":\"x\",\"version\":3,\"mentions\":6000000000,"
                "\"last\":null}]");
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
    (void)redis_ask(f->store,
                    "ACL SETUSER writer on nopass resetkeys ~earshot:* -@all +fcall +fcall_ro +function|list "
                    "+ping +hget +hmget +hgetall +get +getrange +zrange +zrangebyscore +time +hset +hincrby "
                    "+setrange +set +expireat +zadd +zremrangebyrank +unlink");
    (void)redis_ask(f->store, "AUTH reader x");
    expect_json(f, "FCALL_RO earshot_summary 0 acme now-1h now", "mentions", "0");
    expect_json(f, "FCALL_RO earshot_volume 0 acme 0 0 hour", "buckets", "[]");
    expect_json(f, "FCALL_RO earshot_alerts 0", "from", "null");
    struct call feed = reader("FCALL_RO earshot_feed 0 acme 0 now negative 10");
    word(&feed, SPAN(""));
    json_decref(read_ok(f, &feed));
    (void)redis_ask(f->store, "AUTH writer x");
    struct call call;
    fold_begin(&call, shard_of("acme"));
    word(&call, SPAN("1"));
    add_mark(&call, "0", NONE, "AAAAAAAAaaaaaaaa");
    add_item(&call, "acme", f->now, "a", 0);
    add_cell(&call, "acme", "m:acme:1", 0, (const int64_t[]){1, 0, 0, 0});
    word(&call, SPAN("4"));
    word(&call, SPAN("TRIM"));
    word(&call, SPAN("acme"));
    word(&call, SPAN("0"));
    word(&call, SPAN("0"));
    assert_int_equal(send(f, &call)->type, STORE_ARRAY);
    define(f, "acme", "9", "");
    (void)redis_ask(f->store, "AUTH default x");
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_error_says_what_is_wrong),
        TEST(another_schema_or_a_dirty_shard_is_refused),
        TEST(a_writer_of_another_log_or_schema_is_refused),
        TEST(packed_cells_come_apart_again),
        TEST(a_run_of_cells_is_added_to_what_is_there),
        TEST(a_key_made_with_its_expiry_keeps_it),
        TEST(totals_are_kept_for_all_alerts_at_once),
        TEST(a_volume_leaves_no_bucket_out),
        TEST(a_summary_adds_up_its_dimensions),
        TEST(a_feed_has_its_order_and_pages_that_neither_repeat_nor_skip),
        TEST(a_trimmed_feed_says_from_when_it_is_complete),
        TEST(a_fold_is_applied_only_on_the_marks_that_it_expects),
        TEST(many_marks_are_written_like_few),
        TEST(a_fold_that_breaks_off_leaves_its_shard_dirty),
        TEST(definitions_go_by_their_version),
        TEST(a_key_routes_a_reader),
        TEST(a_reader_and_a_writer_need_no_more_than_their_permissions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
