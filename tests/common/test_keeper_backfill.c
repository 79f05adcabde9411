/* A backfill beside the flow on a real Redis: its own marks, the alert's shard alone, and never twice. */
#include "cmocka_all.h"

#include "earshot/keeper.h"
#include "redis_server.h"

#include <stdlib.h>

enum { SHARDS = 64, PARTITIONS = 3 };

static const struct deployment DEPLOYMENT = {.id = "testlog", .partitions = PARTITIONS, .shards = SHARDS};

struct stand {
    struct redis_server *server;
    struct store *direct, *store;
    struct keeper *keeper;
    struct buf json;
};

static void open_keeper(struct stand *stand, const char *source) {
    const struct fold_conf conf = {.call_commands = 400, .feed_items = 1000, .source = source};
    stand->store = redis_server_store(stand->server);
    stand->keeper = keeper_new(&DEPLOYMENT, &conf, stand->store);
    assert_int_equal(keeper_open(stand->keeper), KEEPER_OK);
}

static void close_keeper(struct stand *stand) {
    keeper_free(&stand->keeper);
    store_free(&stand->store);
}

static int setup(void **state) {
    struct stand *stand = xcalloc(1, sizeof *stand);
    stand->server = redis_server_new(false);
    stand->direct = redis_server_store(stand->server);
    redis_init(stand->direct, DEPLOYMENT.id, SHARDS, PARTITIONS);
    buf_init(&stand->json, 1 << 20);
    *state = stand;
    return 0;
}

static int teardown(void **state) {
    struct stand *stand = *state;
    store_free(&stand->direct);
    redis_server_free(&stand->server);
    buf_free(&stand->json);
    free(stand);
    return 0;
}

static void define(struct stand *stand, const char *version, const char *json) {
    open_keeper(stand, NULL);
    const struct span words[] = {SPAN("acme"), span_of(version), span_of(json)};
    int shard = deployment_shard(&DEPLOYMENT, SPAN("acme"));
    assert_int_equal(keeper_define(stand->keeper, shard, words, COUNT_OF(words)), KEEPER_OK);
    close_keeper(stand);
}

/* A mention of acme in partition 1, into the gather. */
static void take(struct stand *stand, int64_t raw) {
    const struct gather_place place = {.partition = 1, .raw = raw, .next = raw + 1};
    struct arena *arena = arena_new(4096);
    struct mention mention;
    struct fault fault;
    buf_clear(&stand->json);
    buf_printf(&stand->json,
               "{\"id\":\"m%lld\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-19T01:00:00Z\","
               "\"text\":\"acme\",\"matches\":[{\"id\":\"acme\",\"version\":1,\"at\":[]}],\"analysis\":{"
               "\"language\":null,\"alerts\":[{\"id\":\"acme\",\"label\":\"neutral\",\"score\":0.000,"
               "\"words\":[]}]}}",
               (long long)raw);
    assert_true(mention_read(buf_span(&stand->json), MENTION_ENRICHED, arena, &mention, &fault));
    (void)gather_take(keeper_gather(stand->keeper), &place, &mention, 1795046400);
    arena_free(&arena);
}

static void fold(struct stand *stand, enum keeper_result want) {
    assert_int_equal(keeper_fold(stand->keeper, 1795046400), want);
}

static int64_t counted(struct stand *stand) {
    const struct store_reply *reply =
        redis_ask(stand->direct, "FCALL_RO earshot_volume 0 acme 1795046400 1795132800 day");
    assert_int_equal(reply->type, STORE_STRING);
    const char *bucket = strstr(reply->text.ptr, "[[1795046400,");
    assert_non_null(bucket);
    return strtoll(bucket + strlen("[[1795046400,"), NULL, 10);
}

#define DEFINED "{\"id\":\"acme\",\"name\":null,\"query\":\"acme\",\"version\":7"

static void it_has_marks_of_its_own(void **state) {
    struct stand *stand = *state;
    define(stand, "7", DEFINED);
    open_keeper(stand, NULL);
    for (int64_t raw = 10; raw < 14; raw++)
        take(stand, raw);
    fold(stand, KEEPER_OK);
    close_keeper(stand);
    assert_int_equal(counted(stand), 4);

    /* The same offsets: for the flow they were counted, for the backfill not, and then they are, too. */
    for (int turn = 0; turn < 2; turn++) {
        open_keeper(stand, "acme:7");
        assert_int_equal(keeper_begin(stand->keeper, MARKS_MENTIONS, 1), turn ? 13 : -1);
        for (int64_t raw = 10; raw < 13; raw++)
            take(stand, raw);
        assert_int_equal(gather_count(keeper_gather(stand->keeper)), turn ? 0 : 3);
        fold(stand, KEEPER_OK);
        close_keeper(stand);
        assert_int_equal(counted(stand), 7);
    }
    open_keeper(stand, NULL);
    assert_int_equal(keeper_begin(stand->keeper, MARKS_MENTIONS, 1),
                     -1); /* the other shards of the flow have none */
    take(stand, 13);
    assert_int_equal(gather_count(keeper_gather(stand->keeper)), 0);
    take(stand, 14);
    fold(stand, KEEPER_OK);
    close_keeper(stand);
    assert_int_equal(counted(stand), 8);

    open_keeper(stand, "acme:9"); /* another life of the alert */
    assert_int_equal(keeper_begin(stand->keeper, MARKS_MENTIONS, 1), -1);
    close_keeper(stand);
}

static void where_it_stands_is_kept_for_its_shard_alone(void **state) {
    struct stand *stand = *state;
    open_keeper(stand, "acme:7");
    gather_skip(keeper_gather(stand->keeper), &(struct gather_place){.partition = 2, .next = 99});
    assert_int_equal(keeper_move_on(stand->keeper), KEEPER_OK);
    close_keeper(stand);
    assert_int_equal(redis_ask(stand->direct, "KEYS *:b:*")->count, 1);
    assert_int_equal(redis_ask(stand->direct, "KEYS *:marks")->count, 0);
    open_keeper(stand, "acme:7");
    assert_int_equal(keeper_begin(stand->keeper, MARKS_MENTIONS, 2), 99);
    assert_int_equal(keeper_begin(stand->keeper, MARKS_MENTIONS, 1), -1);
    close_keeper(stand);
}

/* as_of says how old the flow's counts may be. */
static void it_makes_nothing_look_fresh(void **state) {
    struct stand *stand = *state;
    define(stand, "7", DEFINED);
    open_keeper(stand, "acme:7");
    take(stand, 1);
    fold(stand, KEEPER_OK);
    close_keeper(stand);
    assert_int_equal(counted(stand), 1);
    const struct store_reply *reply =
        redis_ask(stand->direct, "FCALL_RO earshot_volume 0 acme 1795046400 1795132800 day");
    assert_non_null(strstr(reply->text.ptr, "\"as_of\":null"));
}

static void the_slower_of_two_counts_nothing(void **state) {
    struct stand *stand = *state;
    define(stand, "7", DEFINED);
    open_keeper(stand, "acme:7");
    struct stand other = *stand;
    open_keeper(&other, "acme:7");
    take(stand, 1);
    buf_init(&other.json, 1 << 20);
    take(&other, 1);
    fold(stand, KEEPER_OK);
    fold(&other, KEEPER_VOID);
    assert_int_equal(counted(stand), 1);
    buf_free(&other.json);
    close_keeper(&other);
    close_keeper(stand);
}

static void say(struct stand *stand, int64_t offset, const char *mention, enum label label) {
    const struct gather_place place = {.partition = 1, .raw = offset, .next = offset + 1};
    const struct action action = {.alert = SPAN("acme"), .mention = span_of(mention), .label = label};
    assert_true(gather_correct(keeper_gather(stand->keeper), &place, &action, 1795046400));
}

/* Before it began and while it runs; the flow's marks of actions are not its own. */
static void what_people_say_meanwhile_holds_for_it_too(void **state) {
    struct stand *stand = *state;
    define(stand, "7", DEFINED);
    struct stand flow = *stand;
    open_keeper(&flow, NULL);
    say(&flow, 0, "m1", LABEL_POSITIVE);
    fold(&flow, KEEPER_OK);
    open_keeper(stand, "acme:7");
    say(&flow, 1, "m2", LABEL_NEGATIVE);
    fold(&flow, KEEPER_OK);
    for (int64_t raw = 1; raw <= 3; raw++)
        take(stand, raw);
    fold(stand, KEEPER_OK);
    assert_int_equal(keeper_news(stand->keeper)->changed, 1); /* m1 was counted so from the start */
    say(&flow, 2, "m3", LABEL_NEGATIVE);
    fold(&flow, KEEPER_OK);
    assert_int_equal(keeper_news(flow.keeper)->changed, 1);
    close_keeper(stand);
    close_keeper(&flow);
    const struct store_reply *reply =
        redis_ask(stand->direct, "FCALL_RO earshot_volume 0 acme 1795046400 1795132800 day");
    assert_non_null(strstr(reply->text.ptr, "[[1795046400,3,1,0,2,-0.333]]"));
}

static void the_first_version_asked_for_stays(void **state) {
    struct stand *stand = *state;
    int64_t claimed;
    open_keeper(stand, "acme:7");
    assert_int_equal(keeper_claim(stand->keeper, 11, &claimed), KEEPER_OK);
    assert_int_equal(claimed, 11);
    assert_int_equal(keeper_claim(stand->keeper, 12, &claimed), KEEPER_OK);
    assert_int_equal(claimed, 11);
    close_keeper(stand);
    open_keeper(stand, "acme:8");
    assert_int_equal(keeper_claim(stand->keeper, 12, &claimed), KEEPER_OK);
    assert_int_equal(claimed, 12);
    close_keeper(stand);
}

static void nothing_is_counted_for_a_removed_alert(void **state) {
    struct stand *stand = *state;
    int64_t claimed;
    open_keeper(stand, "acme:7");
    assert_int_equal(keeper_claim(stand->keeper, 7, &claimed), KEEPER_OK);
    take(stand, 1);
    fold(stand, KEEPER_OK);
    close_keeper(stand);
    define(stand, "9", "");
    open_keeper(stand, "acme:7");
    assert_int_equal(keeper_claim(stand->keeper, 7, &claimed), KEEPER_STOP);
    assert_non_null(strstr(keeper_problem(stand->keeper), "removed alert 'acme'"));
    close_keeper(stand);
    open_keeper(stand, "acme:7");
    take(stand, 2);
    fold(stand, KEEPER_STOP);
    close_keeper(stand);
    assert_int_equal(redis_ask(stand->direct, "KEYS *:f:acme")->count, 0); /* no feed comes back */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_has_marks_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(where_it_stands_is_kept_for_its_shard_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(it_makes_nothing_look_fresh, setup, teardown),
        cmocka_unit_test_setup_teardown(the_slower_of_two_counts_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(what_people_say_meanwhile_holds_for_it_too, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_version_asked_for_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_counted_for_a_removed_alert, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
