/* The service in the worker's loop, on a bus in memory. */
#include "cmocka_all.h"
#include "earshot/mention.h"
#include "fake_bus.h"
#include "sentiment.h"
#include "worker_loop.h"

#include <stdio.h>

#define MATCHED(text)                                                                                        \
    "{\"id\":\"a:1\",\"source\":{\"platform\":\"a\"},\"text\":\"" text                                       \
    "\",\"created_at\":\"2026-11-21T20:25:55Z\",\"matches\":[{\"id\":\"acme\",\"version\":3,"                \
    "\"at\":[[\"text\",0,4]]}]}"

struct rig {
    struct fake_log *log;
    struct fake_bus *fake;
    struct worker *worker;
    struct bus_watcher watcher;
    struct deployment deployment;
};

static void open_rig(struct rig *rig) {
    static const void *conf[1]; /* no model of its own */
    *rig = (struct rig){.log = fake_log_new(), .deployment = {.id = "log1", .partitions = 4, .shards = 64}};
    struct worker_clock clock = {.now = fake_bus_now, .sleep = fake_bus_sleep};
    rig->worker = worker_new(&SENTIMENT, &clock, &rig->deployment, NULL, 20000);
    worker_start(rig->worker, conf);
    rig->watcher = worker_watcher(rig->worker);
    rig->fake = fake_bus_new(rig->log, SENTIMENT.input, &rig->watcher, 1);
    rig->worker->clock.self = rig->fake;
    worker_take_bus(rig->worker, &rig->fake->bus);
    fake_bus_assign(rig->fake, (const int32_t[]){0, 1, 2, 3}, 4);
}

static void close_rig(struct rig *rig) {
    worker_free(&rig->worker);
    fake_log_free(&rig->log);
}

static void a_mention_gets_its_analysis(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig);
    const struct bus_header origin[] = {{SPAN("earshot-origin"), SPAN("log1/2/77")}};
    fake_log_add(rig.log, SENTIMENT.input, 2, SPAN("a:1"), SPAN(MATCHED("Acme is wonderful, I love it")),
                 origin, 1);
    fake_log_add(rig.log, SENTIMENT.input, 2, SPAN("a:1"), SPAN(MATCHED("Acme broke again, terrible")),
                 origin, 1);
    assert_true(worker_step(rig.worker));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    static const char *const LABELS[] = {"positive", "negative"};
    for (size_t i = 0; i < 2; i++) {
        const struct fake_record *out = fake_log_get(rig.log, "mentions.enriched", 2, i);
        assert_non_null(out);
        assert_true(span_eq(out->key, SPAN("a:1")));
        assert_true(span_eq(fake_record_header(out, "earshot-origin")->value, SPAN("log1/2/77")));
        assert_true(span_eq(fake_record_header(out, "earshot-schema")->value, SPAN("1")));
        struct arena *arena = arena_new(4096);
        struct mention mention;
        struct fault fault;
        assert_true(mention_read(out->value, MENTION_ENRICHED, arena, &mention, &fault));
        assert_int_equal(mention.match_count, 1);
        assert_true(span_eq(mention.analyses[0].id, SPAN("acme")));
        assert_true(span_eq(mention.analyses[0].label, span_of(LABELS[i])));
        assert_true(span_eq(mention.analysis_language, SPAN("en")));
        arena_free(&arena);
    }
    assert_int_equal(fake_log_committed(rig.log, SENTIMENT.input, 2), 2);
    close_rig(&rig);
}

static void what_is_broken_is_a_dead_letter(void **state) {
    (void)state;
    static const struct {
        const char *value, *origin, *reason;
    } CASES[] = {
        {"{", "log1/1/0", "json"},
        {NULL, "log1/1/0", "json"},
        {"{\"id\":\"a:1\"}", "log1/1/0", "missing"},
        {MATCHED("x\\ud800"), "log1/1/0", "utf8"},
        {MATCHED("Acme"), NULL, "missing"},
        {MATCHED("Acme"), "log1/1/x", "type"},
        {MATCHED("Acme"), "", "type"},
        {MATCHED("Acme"), "log1/2/0", "type"}, /* of another partition */
    };
    struct rig rig;
    open_rig(&rig);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct bus_header origin[] = {{SPAN("earshot-origin"), span_of(CASES[i].origin)}};
        fake_log_add(rig.log, SENTIMENT.input, 1, SPAN("k"), span_of(CASES[i].value), origin,
                     CASES[i].origin ? 1 : 0);
    }
    assert_true(worker_step(rig.worker));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    assert_int_equal(fake_log_count(rig.log, "mentions.enriched"), 0);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct fake_record *dead = fake_log_get(rig.log, "mentions.dead", -1, i);
        assert_non_null(dead);
        struct span reason = fake_record_header(dead, "earshot-reason")->value;
        if (!span_eq(reason, span_of(CASES[i].reason)))
            fail_msg("case %zu: %.*s, not %s", i, (int)reason.len, reason.ptr, CASES[i].reason);
    }
    assert_int_equal(fake_log_committed(rig.log, SENTIMENT.input, 1), (int64_t)COUNT_OF(CASES));
    close_rig(&rig);
}

static void a_record_of_another_deployment_stops_it(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig);
    const struct bus_header other[] = {{SPAN("earshot-origin"), SPAN("log2/0/0")}};
    fake_log_add(rig.log, SENTIMENT.input, 0, SPAN("k"), SPAN(MATCHED("Acme")), other, 1);
    assert_false(worker_step(rig.worker));
    assert_non_null(strstr(worker_not_ready(rig.worker), "comes from log2, and this one is log1"));
    assert_int_equal(worker_finish(rig.worker), EXIT_FAILED);
    assert_int_equal(fake_log_count(rig.log, "mentions.enriched"), 0);
    assert_int_equal(fake_log_committed(rig.log, SENTIMENT.input, 0), -1);
    close_rig(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mention_gets_its_analysis),
        cmocka_unit_test(what_is_broken_is_a_dead_letter),
        cmocka_unit_test(a_record_of_another_deployment_stops_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
