/* The fold on a real Redis: whatever breaks, wherever it breaks, every count comes out as counting one by
 * one says. */
#include "cmocka_all.h"

#include "earshot/keeper.h"
#include "records.h"
#include "redis_proxy.h"
#include "redis_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHARDS = 4, PARTITIONS = 3, BATCH = 37, CUTS = 40 };

static const struct deployment DEPLOYMENT = {.id = "testlog", .partitions = PARTITIONS, .shards = SHARDS};

static const struct records_conf CONF = {.partitions = PARTITIONS,
                                         .alerts = 9,
                                         .mentions = 400,
                                         .corrections = 200,
                                         .spread = 3 * 3600,
                                         .seed = 7};

struct fixture {
    struct redis_server *server;
    struct store *direct; /* past any proxy */
    struct records_conf conf;
    struct records records;
};

static int setup(void **state) {
    struct fixture *f = xcalloc(1, sizeof *f);
    f->server = redis_server_new(true);
    f->direct = redis_server_store(f->server);
    f->conf = CONF;
    f->conf.now = (int64_t)time(NULL);
    records_make(&f->records, &f->conf);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    records_free(&f->records);
    store_free(&f->direct);
    redis_server_free(&f->server);
    free(f);
    return 0;
}

static void empty(struct fixture *f) {
    (void)redis_ask(f->direct, "FLUSHALL");
    redis_init(f->direct, DEPLOYMENT.id, SHARDS, PARTITIONS);
}

/* When what people say is read: a short feed may have lost what it is of, but for what came before. */
enum hears { NEVER, BETWEEN, BEFORE };

/* An aggregator in short: reads its partitions from where the keeper says, folds every BATCH records:
 * mentions and what is said of them, in an order that chance makes. */
struct reader {
    struct keeper *keeper;
    struct store *store;
    int64_t next[PARTITIONS], heard[PARTITIONS]; /* enriched offset, that of actions */
    enum hears hears;
    uint32_t chance;
    size_t opened;
};

static struct reader reader_new(const char *url, int64_t feed_items, int64_t call_commands) {
    struct buf message;
    buf_init(&message, 1000);
    const struct store_conf conf = {.url = url, .timeout_ms = 20000};
    const struct fold_conf fold = {.call_commands = call_commands, .feed_items = feed_items};
    struct reader reader = {
        .store = store_new(&conf, &message), .hears = feed_items >= 1000 ? BETWEEN : NEVER, .chance = 5};
    assert_non_null(reader.store);
    reader.keeper = keeper_new(&DEPLOYMENT, &fold, reader.store);
    buf_free(&message);
    return reader;
}

static void reader_free(struct reader *reader) {
    keeper_free(&reader->keeper);
    store_free(&reader->store);
}

static void begin_at(struct reader *reader, int32_t p) {
    int64_t next = keeper_begin(reader->keeper, MARKS_MENTIONS, p);
    int64_t heard = keeper_begin(reader->keeper, MARKS_ACTIONS, p);
    reader->next[p] = next < 0 ? 0 : next;
    reader->heard[p] = heard < 0 ? 0 : heard;
}

/* false: it must be tried again. */
static bool reader_open(struct reader *reader) {
    if (keeper_is_open(reader->keeper))
        return true;
    enum keeper_result result = keeper_open(reader->keeper);
    if (result != KEEPER_OK) {
        assert_int_not_equal(result, KEEPER_STOP);
        const struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
        nanosleep(&pause, NULL);
        return false;
    }
    reader->opened++;
    for (int32_t p = 0; p < PARTITIONS; p++)
        begin_at(reader, p);
    return true;
}

/* The next record of any partition; NULL: all are read. */
static const struct record *reader_next(struct reader *reader, const struct records *records) {
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->at[i];
        if (record->offset == reader->next[record->partition]) {
            reader->next[record->partition]++;
            return record;
        }
    }
    return NULL;
}

static const struct said *reader_hear(struct reader *reader, const struct records *records) {
    for (size_t i = 0; reader->hears != NEVER && i < records->said_count; i++) {
        const struct said *said = &records->said[i];
        if (said->offset == reader->heard[said->partition]) {
            reader->heard[said->partition]++;
            return said;
        }
    }
    return NULL;
}

/* Both in turn as chance has it; false: all are read. */
static bool reader_take(struct reader *reader, const struct fixture *f) {
    reader->chance = reader->chance * 1664525u + 1013904223u;
    const struct said *said =
        reader->hears == BEFORE || reader->chance >> 31 ? reader_hear(reader, &f->records) : NULL;
    const struct record *record = said ? NULL : reader_next(reader, &f->records);
    if (!said && !record)
        said = reader_hear(reader, &f->records);
    if (said)
        (void)records_say(keeper_gather(reader->keeper), said, f->conf.now);
    else if (record)
        records_take(keeper_gather(reader->keeper), record, f->conf.now);
    return said || record;
}

/* One batch and its fold; false: everything is read and folded. */
static bool reader_step(struct reader *reader, const struct fixture *f) {
    bool more = true;
    if (!reader_open(reader))
        return true;
    for (int i = 0; i < BATCH && more; i++)
        more = reader_take(reader, f);
    enum keeper_result result = keeper_fold(reader->keeper, f->conf.now);
    if (result == KEEPER_OK)
        result = keeper_move_on(reader->keeper);
    assert_int_not_equal(result, KEEPER_STOP);
    return more || result != KEEPER_OK;
}

static void define_all(struct fixture *f) {
    struct reader reader = reader_new(redis_server_url(f->server), 1000, 100);
    assert_true(reader_open(&reader));
    for (int a = 0; a < f->records.alerts; a++) {
        char id[16], json[64];
        (void)snprintf(id, sizeof id, "a%03d", a);
        (void)snprintf(json, sizeof json, "{\"id\":\"%s\",\"name\":null,\"query\":\"x\",\"version\":0", id);
        const struct span words[] = {span_of(id), SPAN("0"), span_of(json)};
        assert_int_equal(
            keeper_define(reader.keeper, deployment_shard(&DEPLOYMENT, span_of(id)), words, COUNT_OF(words)),
            KEEPER_OK);
    }
    reader_free(&reader);
}

static void compare(struct fixture *f, int64_t feed_items, enum hears hears) {
    struct records records = f->records;
    records.said_count = hears == NEVER ? 0 : records.said_count;
    define_all(f);
    records_compare(&records, f->direct, &f->conf, feed_items);
}

static void counts_are_those_of_counting_one_by_one(void **state) {
    struct fixture *f = *state;
    static const struct {
        int64_t feed_items, call_commands;
        enum hears hears;
    } cases[] = {{1000, 1000, BETWEEN}, {1000, 1, BETWEEN}, {1000, 300, BETWEEN},
                 {20, 30, NEVER},       {20, 30, BEFORE},   {20, 1000, BEFORE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        empty(f);
        struct reader reader =
            reader_new(redis_server_url(f->server), cases[i].feed_items, cases[i].call_commands);
        reader.hears = cases[i].hears;
        while (reader_step(&reader, f))
            continue;
        assert_int_equal(reader.opened, 1);
        reader_free(&reader);
        compare(f, cases[i].feed_items, cases[i].hears);
        /* who comes later has nothing left to read */
        struct reader later = reader_new(redis_server_url(f->server), 1000, 1000);
        assert_true(reader_open(&later));
        assert_null(reader_next(&later, &f->records));
        assert_true(cases[i].hears == NEVER || !reader_hear(&later, &f->records));
        reader_free(&later);
    }
}

/* The connection breaks in the middle of what is asked, or of what is answered: at every place in turn. */
static void a_cut_connection_changes_no_count(void **state) {
    struct fixture *f = *state;
    struct redis_proxy *proxy = redis_proxy_new(redis_server_socket(f->server));
    size_t all[2];
    empty(f);
    struct reader whole = reader_new(redis_proxy_url(proxy), 1000, 50);
    while (reader_step(&whole, f))
        continue;
    reader_free(&whole);
    redis_proxy_counts(proxy, &all[0], &all[1]);
    for (int way = 0; way < 2; way++) {
        for (size_t n = 0; n < CUTS; n++) {
            size_t at = all[way] * n / CUTS + 1;
            empty(f);
            redis_proxy_cut(proxy, way == 0 ? at : 0, way == 1 ? at : 0);
            struct reader reader = reader_new(redis_proxy_url(proxy), 1000, 50);
            while (reader_step(&reader, f))
                continue;
            reader_free(&reader);
            redis_proxy_cut(proxy, 0, 0);
            compare(f, 1000, BETWEEN);
        }
    }
    redis_proxy_free(&proxy);
}

/* Both believe that they own everything. */
static void two_aggregators_on_one_partition_count_once(void **state) {
    struct fixture *f = *state;
    empty(f);
    struct reader one = reader_new(redis_server_url(f->server), 1000, 50);
    struct reader two = reader_new(redis_server_url(f->server), 1000, 50);
    bool more[2] = {true, true};
    uint32_t turn = 1;
    while (more[0] || more[1]) {
        turn = turn * 1664525u + 1013904223u;
        int who = (int)(turn >> 16 & 1);
        more[who] = reader_step(who ? &two : &one, f);
    }
    assert_true(one.opened + two.opened > 2); /* they did meet */
    reader_free(&one);
    reader_free(&two);
    compare(f, 1000, BETWEEN);
}

/* Redis is killed and comes back with all it had, or with less. */
static void a_redis_that_comes_back_is_caught_up(void **state) {
    struct fixture *f = *state;
    for (int lost = 0; lost < 2; lost++) {
        empty(f);
        struct reader reader = reader_new(redis_server_url(f->server), 1000, 50);
        for (int i = 0; i < 6; i++)
            assert_true(reader_step(&reader, f));
        redis_server_kill(f->server);
        assert_true(reader_step(&reader, f));
        assert_false(keeper_is_open(reader.keeper));
        assert_non_null(strstr(keeper_problem(reader.keeper), "Redis at"));
        redis_server_start(f->server);
        store_free(&f->direct);
        f->direct = redis_server_store(f->server);
        if (lost)
            empty(f);
        while (reader_step(&reader, f))
            continue;
        reader_free(&reader);
        compare(f, 1000, BETWEEN);
    }
}

/* One shard is emptied by hand: it alone is counted anew. */
static void a_dirty_shard_is_refused_until_its_keys_are_deleted(void **state) {
    struct fixture *f = *state;
    empty(f);
    struct reader reader = reader_new(redis_server_url(f->server), 1000, 50);
    for (int i = 0; i < 6; i++)
        assert_true(reader_step(&reader, f));
    (void)redis_ask(f->direct, "HSET earshot:{s2}:state dirty 1");
    while (keeper_is_open(reader.keeper))
        assert_true(reader_step(&reader, f));
    assert_int_equal(keeper_open(reader.keeper), KEEPER_WAIT);
    assert_non_null(strstr(keeper_problem(reader.keeper), "shard 2 is dirty"));
    assert_non_null(strstr(keeper_problem(reader.keeper), "earshot:{s2}:*"));
    const struct store_reply *keys = redis_ask(f->direct, "KEYS earshot:{s2}:*");
    struct span words[1000] = {SPAN("UNLINK")};
    char *copies[1000];
    size_t count = keys->count;
    assert_true(count > 0 && count < 999);
    for (size_t i = 0; i < count; i++)
        words[i + 1] = span_of(copies[i] = xstrdup(keys->elements[i].text.ptr));
    const struct store_reply *reply = NULL;
    assert_int_equal(store_ask(f->direct, words, count + 1, &reply), STORE_OK);
    for (size_t i = 0; i < count; i++)
        free(copies[i]);
    while (reader_step(&reader, f))
        continue;
    reader_free(&reader);
    compare(f, 1000, BETWEEN);
}

/* Whose memory is of before it was said must not count: its fold is refused, whatever else it has right. */
static void who_has_not_heard_a_correction_is_refused(void **state) {
    struct fixture *f = *state;
    const struct said *said = NULL;
    const struct record *record = NULL;
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < f->records.said_count && !record; i++) {
        said = &f->records.said[i];
        for (size_t k = 0; k < f->records.count && !record; k++) {
            struct mention mention;
            struct fault fault;
            assert_true(
                mention_read(span_of(f->records.at[k].json), MENTION_ENRICHED, arena, &mention, &fault));
            for (size_t m = 0; m < mention.match_count; m++)
                if (span_eq(mention.id, span_of(said->mention)) &&
                    span_eq(mention.matches[m].id, span_of(said->alert)))
                    record = &f->records.at[k];
        }
    }
    assert_non_null(record);
    empty(f);
    struct reader stale = reader_new(redis_server_url(f->server), 1000, 50);
    struct reader fresh = reader_new(redis_server_url(f->server), 1000, 50);
    assert_true(reader_open(&stale) && reader_open(&fresh));
    records_take(keeper_gather(stale.keeper), record, f->conf.now);
    struct said first = *said; /* as if it were the first of its partition */
    first.offset = 0;
    assert_true(records_say(keeper_gather(fresh.keeper), &first, f->conf.now));
    assert_int_equal(keeper_fold(fresh.keeper, f->conf.now), KEEPER_OK);
    assert_int_equal(keeper_news(fresh.keeper)->waits, 1);
    assert_false(
        records_say(keeper_gather(fresh.keeper), &first, f->conf.now)); /* read again for another shard */
    assert_true(gather_is_empty(keeper_gather(fresh.keeper)));
    assert_int_equal(keeper_fold(stale.keeper, f->conf.now), KEEPER_VOID);
    assert_true(reader_open(&stale)); /* and now it knows */
    records_take(keeper_gather(stale.keeper), record, f->conf.now);
    assert_int_equal(keeper_fold(stale.keeper, f->conf.now), KEEPER_OK);
    define_all(f);
    const struct span words[] = {SPAN("FCALL_RO"), SPAN("earshot_feed"), SPAN("0"),      span_of(said->alert),
                                 SPAN("0"),        SPAN("now"),          SPAN("newest"), SPAN("1"),
                                 SPAN("")};
    const struct store_reply *reply = NULL;
    assert_int_equal(store_ask(f->direct, words, COUNT_OF(words), &reply), STORE_OK);
    assert_non_null(strstr(reply->text.ptr, "\"corrected\":true"));
    reader_free(&stale);
    reader_free(&fresh);
    arena_free(&arena);
}

/* By the clock of who folds: what is too old is neither used nor kept. */
static void what_waited_too_long_is_given_up(void **state) {
    struct fixture *f = *state;
    empty(f);
    struct reader reader = reader_new(redis_server_url(f->server), 1000, 50);
    assert_true(reader_open(&reader));
    for (size_t i = 0; i < f->records.said_count; i++)
        assert_true(records_say(keeper_gather(reader.keeper), &f->records.said[i], f->conf.now));
    assert_int_equal(keeper_fold(reader.keeper, f->conf.now), KEEPER_OK);
    assert_int_equal(keeper_sweep(reader.keeper, f->conf.now + CORRECTIONS_KEEP), KEEPER_OK);
    assert_int_equal(keeper_news(reader.keeper)->too_late, 0);
    reader_free(&reader);
    for (int shard = 0; shard < SHARDS; shard++) { /* a week later */
        char command[100];
        (void)snprintf(command, sizeof command,
                       "ZUNIONSTORE earshot:{s%d}:corrections 1 earshot:{s%d}:corrections WEIGHTS 0", shard,
                       shard);
        (void)redis_ask(f->direct, command);
    }
    reader = reader_new(redis_server_url(f->server), 1000, 50);
    reader.hears = NEVER;
    while (reader_step(&reader, f))
        continue;
    compare(f, 1000, NEVER);
    assert_int_equal(keeper_sweep(reader.keeper, f->conf.now), KEEPER_OK);
    assert_in_range(keeper_news(reader.keeper)->too_late, 100, f->records.said_count);
    assert_int_equal(keeper_sweep(reader.keeper, f->conf.now), KEEPER_OK);
    assert_int_equal(redis_ask(f->direct, "EXISTS earshot:{s0}:corrections")->integer, 0);
    reader_free(&reader);
}

/* What must not be written to, and what the operator is told. */
static void a_foreign_or_unready_redis_is_left_alone(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *command;
        enum keeper_result result;
        const char *says;
    } cases[] = {
        {"FLUSHALL", KEEPER_WAIT, "run `earshot init`"},
        {"FUNCTION FLUSH", KEEPER_WAIT, "run `earshot init`"},
        {"HSET earshot:{meta} id other", KEEPER_STOP,
         "two deployments mixed: Kafka holds testlog, Redis other"},
        {"HSET earshot:{meta} shards 8", KEEPER_STOP, "two deployments mixed"},
        {"HSET earshot:{meta} partitions 64", KEEPER_STOP, "two deployments mixed"},
        {"HSET earshot:{meta} schema 9", KEEPER_STOP, "programs of one version"},
        {"HSET earshot:{s1}:state schema 1 log other", KEEPER_STOP, "holds counts of other"},
        {"HSET earshot:{s1}:state schema 9 log testlog", KEEPER_STOP, "programs of one version"},
        {"SET earshot:{s1}:marks abc", KEEPER_STOP, "its marks"},
        {"HSET earshot:{s3}:marks a b", KEEPER_WAIT, "WRONGTYPE"},
        {"SET earshot:{s1}:actions abc", KEEPER_STOP, "its marks"},
        {"HSET earshot:{s3}:actions a b", KEEPER_WAIT, "WRONGTYPE"},
        {"HSET earshot:{s2}:corrections a b", KEEPER_WAIT, "WRONGTYPE"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        empty(f);
        (void)redis_ask(f->direct, cases[i].command);
        if (i == 0)
            (void)redis_ask(f->direct, "FUNCTION FLUSH");
        struct reader reader = reader_new(redis_server_url(f->server), 1000, 50);
        assert_int_equal(keeper_open(reader.keeper), cases[i].result);
        assert_false(keeper_is_open(reader.keeper));
        if (!strstr(keeper_problem(reader.keeper), cases[i].says))
            fail_msg("%s: %s", cases[i].command, keeper_problem(reader.keeper));
        assert_null(strchr(keeper_problem(reader.keeper), '\n'));
        reader_free(&reader);
    }
}

/* The same, found by a fold. */
static void a_fold_that_is_refused_shuts_the_keeper(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *command;
        enum keeper_result result;
        const char *says;
    } cases[] = {
        {"HSET earshot:{s0}:state log other", KEEPER_STOP, "two deployments mixed"},
        {"HSET earshot:{s0}:state schema 9", KEEPER_STOP, "have 9 need 1"},
        {"HSET earshot:{s0}:state dirty 1", KEEPER_VOID, "EARSHOT_DIRTY shard 0"},
        {"FUNCTION FLUSH", KEEPER_WAIT, "run `earshot init`"},
        {"DEL earshot:{s0}:marks", KEEPER_VOID, "marks are not the expected ones"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        empty(f);
        struct reader reader = reader_new(redis_server_url(f->server), 1000, 50);
        assert_true(reader_step(&reader, f));
        (void)redis_ask(f->direct, cases[i].command);
        for (int k = 0; k < BATCH; k++)
            records_take(keeper_gather(reader.keeper), reader_next(&reader, &f->records), f->conf.now);
        assert_int_equal(keeper_fold(reader.keeper, f->conf.now), cases[i].result);
        assert_false(keeper_is_open(reader.keeper));
        assert_int_equal(gather_count(keeper_gather(reader.keeper)), 0);
        if (!strstr(keeper_problem(reader.keeper), cases[i].says))
            fail_msg("%s: %s", cases[i].command, keeper_problem(reader.keeper));
        reader_free(&reader);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_counting_one_by_one),
        cmocka_unit_test(a_cut_connection_changes_no_count),
        cmocka_unit_test(two_aggregators_on_one_partition_count_once),
        cmocka_unit_test(a_redis_that_comes_back_is_caught_up),
        cmocka_unit_test(a_dirty_shard_is_refused_until_its_keys_are_deleted),
        cmocka_unit_test(who_has_not_heard_a_correction_is_refused),
        cmocka_unit_test(what_waited_too_long_is_given_up),
        cmocka_unit_test(a_foreign_or_unready_redis_is_left_alone),
        cmocka_unit_test(a_fold_that_is_refused_shuts_the_keeper),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
