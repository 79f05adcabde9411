#include "cmocka_all.h"
#include "founding.h"
#include "topics.h"

#include <stdio.h>

static const struct deployment OLD = {.id = "old", .partitions = 8, .shards = 4, .window = 100};

enum redis { EMPTY, SAME, OTHER_ID, OTHER_SHARDS, OTHER_SCHEMA };

static struct founding_meta meta_of(enum redis redis) {
    struct founding_meta meta = {.there = redis != EMPTY, .schema = "1", .deployment = OLD};
    if (redis == OTHER_ID)
        strcpy(meta.deployment.id, "other");
    if (redis == OTHER_SHARDS)
        meta.deployment.shards = 8;
    if (redis == OTHER_SCHEMA)
        strcpy(meta.schema, "0");
    return meta;
}

static void what_contradicts_is_refused(void **state) {
    (void)state;
    static const struct {
        struct founding_wish wish;
        bool recorded;
        enum redis redis;
        const char *refused; /* NULL: taken */
        bool write_kafka, write_redis;
    } CASES[] = {
        {{0}, false, EMPTY, NULL, true, true},
        {{.id = "mine"}, false, EMPTY, NULL, true, true},
        {{.id = "Mine"}, false, EMPTY, "--id", false, false},
        {{.id = ""}, false, EMPTY, "--id", false, false},
        {{.shards = 48}, false, EMPTY, "power of two", false, false},
        {{0}, true, EMPTY, NULL, false, true},
        {{0}, true, SAME, NULL, false, false},
        {{.id = "old", .partitions = 8, .shards = 4, .window = 100}, true, SAME, NULL, false, false},
        {{.id = "new"}, true, SAME, "--id", false, false},
        {{.partitions = 9}, true, SAME, "partitions 8", false, false},
        {{.shards = 8}, true, SAME, "shards 4", false, false},
        {{.window = 5}, true, EMPTY, "window 100", false, false},
        {{0}, true, OTHER_ID, "'other'", false, false},
        {{0}, true, OTHER_SHARDS, "other numbers", false, false},
        {{0}, true, OTHER_SCHEMA, "schema", false, false},
        {{0}, false, SAME, "outlive", false, false},
        {{.id = "old"}, false, SAME, "outlive", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct founding founding;
        struct founding_meta meta = meta_of(CASES[i].redis);
        struct buf message;
        buf_init(&message, 1000);
        bool ok = founding_decide(&CASES[i].wish, CASES[i].recorded ? &OLD : NULL, &meta, "fresh", &founding,
                                  &message);
        assert_int_equal(ok, CASES[i].refused == NULL);
        if (!ok) {
            assert_non_null(strstr(message.ptr, CASES[i].refused));
            assert_null(strchr(message.ptr, '\n'));
        } else {
            assert_int_equal(founding.write_kafka, CASES[i].write_kafka);
            assert_int_equal(founding.write_redis, CASES[i].write_redis);
        }
        buf_free(&message);
    }
}

static void a_new_deployment_takes_the_wish_and_the_usual(void **state) {
    (void)state;
    struct founding founding;
    struct buf message;
    const struct founding_meta none = {.there = false};
    buf_init(&message, 1000);
    assert_true(founding_decide(&(struct founding_wish){0}, NULL, &none, "fresh", &founding, &message));
    assert_string_equal(founding.deployment.id, "fresh");
    assert_int_equal(founding.deployment.partitions, DEPLOYMENT_PARTITIONS);
    assert_int_equal(founding.deployment.shards, DEPLOYMENT_SHARDS);
    assert_int_equal(founding.deployment.window, DEPLOYMENT_WINDOW);
    const struct founding_wish wish = {.id = "mine", .partitions = 3, .shards = 2, .window = 7};
    assert_true(founding_decide(&wish, NULL, &none, "fresh", &founding, &message));
    assert_string_equal(founding.deployment.id, "mine");
    assert_int_equal(founding.deployment.partitions, 3);
    assert_int_equal(founding.deployment.shards, 2);
    assert_int_equal(founding.deployment.window, 7);
    assert_true(founding_decide(&(struct founding_wish){0}, &OLD, &none, "fresh", &founding, &message));
    assert_true(deployment_same(&founding.deployment, &OLD));
    buf_free(&message);
}

static const char *setting(const struct bus_topic *topic, const char *name) {
    for (size_t i = 0; topic->config[i]; i += 2)
        if (strcmp(topic->config[i], name) == 0)
            return topic->config[i + 1];
    return NULL;
}

static void the_topics_are_those_of_the_contract(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int partitions;
        const char *policy, *retention, *lag;
    } WANT[] = {
        {"x.mentions.raw", 32, "delete", "1000", NULL},
        {"x.mentions.matched", 32, "delete", "1000", NULL},
        {"x.mentions.enriched", 32, "delete", "2000", NULL},
        {"x.mentions.dead", 4, "delete", "2000", NULL},
        {"x.actions", 32, "delete", "2000", NULL},
        {"x.alerts", 1, "compact", NULL, "1000"},
        {"x.cursors", 16, "compact", NULL, NULL},
        {"x.deployment", 1, "compact", NULL, NULL},
    };
    struct topics topics;
    const struct topics_wanted wanted = {
        .partitions = 32, .replication = 3, .keep_ms = 1000, .keep_answers_ms = 2000};
    topics_fill(&topics, &wanted, "x.");
    assert_int_equal(COUNT_OF(WANT), TOPICS_COUNT);
    for (size_t i = 0; i < TOPICS_COUNT; i++) {
        const struct bus_topic *topic = &topics.list[i];
        assert_string_equal(topic->name, WANT[i].name);
        assert_int_equal(topic->partitions, WANT[i].partitions);
        assert_int_equal(topic->replication, 3);
        assert_string_equal(setting(topic, "cleanup.policy"), WANT[i].policy);
        assert_string_equal(setting(topic, "message.timestamp.type"), "LogAppendTime");
        assert_string_equal(setting(topic, "max.message.bytes"), "2097152");
        assert_string_equal(setting(topic, "min.insync.replicas"), "2");
        if (WANT[i].retention)
            assert_string_equal(setting(topic, "retention.ms"), WANT[i].retention);
        else
            assert_null(setting(topic, "retention.ms"));
        if (WANT[i].lag)
            assert_string_equal(setting(topic, "min.compaction.lag.ms"), WANT[i].lag);
        else
            assert_null(setting(topic, "min.compaction.lag.ms"));
    }
}

static void what_is_not_said_is_not_set(void **state) {
    (void)state;
    struct topics topics;
    topics_fill(&topics, &(struct topics_wanted){.partitions = 8, .replication = -1}, "");
    for (size_t i = 0; i < TOPICS_COUNT; i++) {
        assert_null(setting(&topics.list[i], "retention.ms"));
        assert_null(setting(&topics.list[i], "min.compaction.lag.ms"));
        assert_null(setting(&topics.list[i], "min.insync.replicas"));
        assert_non_null(setting(&topics.list[i], "cleanup.policy"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_contradicts_is_refused),
        cmocka_unit_test(a_new_deployment_takes_the_wish_and_the_usual),
        cmocka_unit_test(the_topics_are_those_of_the_contract),
        cmocka_unit_test(what_is_not_said_is_not_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
