/* The program itself, as a process, on the embedded broker: what it writes, what it commits, how it starts
 * and stops. */
#include "child.h"
#include "cmocka_all.h"
#include "earshot/broker.h"
#include "earshot/deployment.h"
#include "earshot/times.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { PARTITIONS = 4, RECORDS = 4000, WAIT_MS = 60000 };

static const struct bus_topic TOPICS[] = {
    {.name = "s.mentions.matched", .partitions = PARTITIONS},
    {.name = "s.mentions.enriched", .partitions = PARTITIONS},
    {.name = "s.mentions.dead", .partitions = 4},
    {.name = "s.deployment", .partitions = 1},
};

struct stage {
    struct broker *broker;
    struct buf message;
    struct bus_conf conf;
    struct bus *producer;
};

static int open_stage(void **state) {
    struct stage *stage = xcalloc(1, sizeof *stage);
    buf_init(&stage->message, 4096);
    stage->broker = broker_new(TOPICS, COUNT_OF(TOPICS), &stage->message);
    assert_non_null(stage->broker);
    stage->conf =
        (struct bus_conf){.brokers = broker_address(stage->broker), .prefix = "s.", .client_id = "test"};
    stage->producer = bus_kafka_new(&stage->conf, NULL, NULL, &stage->message);
    assert_non_null(stage->producer);
    *state = stage;
    return 0;
}

static int close_stage(void **state) {
    struct stage *stage = *state;
    bus_free(&stage->producer);
    broker_free(&stage->broker);
    buf_free(&stage->message);
    free(stage);
    return 0;
}

static void put(struct stage *stage, const struct bus_out *out) {
    enum bus_status status;
    while ((status = bus_produce(stage->producer, out)) == BUS_AGAIN)
        assert_int_not_equal(bus_flush(stage->producer, 100), BUS_FATAL);
    assert_int_equal(status, BUS_OK);
}

static void deploy(struct stage *stage, const char *id) {
    struct deployment deployment = {.partitions = PARTITIONS, .shards = 64, .window = 4096};
    struct buf json;
    buf_init(&json, 1000);
    snprintf(deployment.id, sizeof deployment.id, "%s", id);
    deployment_print(&deployment, &json);
    put(stage, &(struct bus_out){.topic = "deployment", .key = SPAN("deployment"), .value = buf_span(&json)});
    assert_int_equal(bus_flush(stage->producer, WAIT_MS), BUS_OK);
    buf_free(&json);
}

/* Mention number i of its partition; every 100th is broken. */
static void put_mention(struct stage *stage, int32_t partition, int i) {
    char json[500], key[32], origin[64];
    snprintf(key, sizeof key, "a:%d", i);
    snprintf(origin, sizeof origin, "log1/%d/%d", (int)partition, i);
    snprintf(
        json, sizeof json,
        "{\"id\":\"a:%d\",\"source\":{\"platform\":\"a\"},\"text\":\"Acme is wonderful\",\"created_at\":"
        "\"2026-11-21T20:25:55Z\",\"matches\":[{\"id\":\"acme\",\"version\":3,\"at\":[[\"text\",0,4]]}]%s",
        i, i % 100 == 99 ? "" : "}");
    const struct bus_header headers[] = {{SPAN("earshot-origin"), span_of(origin)}};
    put(stage, &(struct bus_out){.topic = "mentions.matched",
                                 .partition = partition,
                                 .key = span_of(key),
                                 .value = span_of(json),
                                 .headers = headers,
                                 .header_count = 1});
}

static void put_mentions(struct stage *stage, int from, int to) {
    for (int i = from; i < to; i++)
        put_mention(stage, i % PARTITIONS, i / PARTITIONS);
    assert_int_equal(bus_flush(stage->producer, WAIT_MS), BUS_OK);
}

/* How far each partition of the output goes without a hole. */
struct seen {
    int next[PARTITIONS];
    int repeats, dead;
};

static void see(void *self, const struct bus_record *record) {
    struct seen *seen = self;
    int i = atoi(record->key.ptr + 2);
    int *next = &seen->next[record->partition];
    if (*next % 100 == 99)
        (*next)++;
    if (i > *next)
        fail_msg("a hole in partition %d: %d after %d", (int)record->partition, i, *next - 1);
    seen->repeats += i < *next;
    *next += i == *next;
    assert_non_null(memmem(record->value.ptr, record->value.len, "\"label\":\"positive\"", 18));
}

static void see_dead(void *self, const struct bus_record *record) {
    (void)record;
    ((struct seen *)self)->dead++;
}

static bool all_is_there(const struct seen *seen) {
    for (int p = 0; p < PARTITIONS; p++) {
        if (seen->next[p] < RECORDS / PARTITIONS - 1)
            return false;
    }
    return seen->dead >= RECORDS / 100;
}

static void read_output(struct stage *stage, struct seen *seen) {
    *seen = (struct seen){.dead = 0};
    struct bus_table *out = bus_table_new(&stage->conf, "mentions.enriched", &stage->message);
    struct bus_table *dead = bus_table_new(&stage->conf, "mentions.dead", &stage->message);
    assert_true(out && dead);
    for (int64_t end = times_monotonic_ms() + WAIT_MS; !all_is_there(seen);) {
        assert_int_not_equal(bus_table_poll(out, 20, see, seen), BUS_FATAL);
        assert_int_not_equal(bus_table_poll(dead, 0, see_dead, seen), BUS_FATAL);
        assert_true(times_monotonic_ms() < end);
    }
    bus_table_free(&out);
    bus_table_free(&dead);
}

static void assert_committed(struct stage *stage) {
    struct bus_position at[PARTITIONS];
    struct bus_admin *admin = bus_admin_new(&stage->conf, &stage->message);
    assert_true(
        bus_admin_positions(admin, "earshot-sentiment", "mentions.matched", PARTITIONS, at, &stage->message));
    for (int p = 0; p < PARTITIONS; p++)
        assert_int_equal(at[p].committed, at[p].end);
    bus_admin_free(&admin);
}

static void start(struct stage *stage, struct child *child) {
    const char *const argv[] = {SENTIMENT_PROGRAM, "--brokers", stage->conf.brokers, "--prefix", "s.", NULL};
    child_start(child, argv);
}

/* The value of a metric that has no labels or exactly these. */
static double metric_of(const struct buf *metrics, const char *name) {
    const char *at = strstr(metrics->ptr, name);
    assert_non_null(at);
    return atof(at + strlen(name));
}

static void all_is_enriched_and_committed(void **state) {
    struct stage *stage = *state;
    deploy(stage, "log1");
    int64_t from = times_monotonic_ms();
    struct child child;
    struct buf body;
    buf_init(&body, 1 << 20);
    start(stage, &child);
    child_await_status(&child, "/readyz", 200, &body);
    int64_t took = times_monotonic_ms() - from;
    child_await_status(&child, "/metrics", 200, &body);
    double resident = metric_of(&body, "\nprocess_resident_memory_bytes ") / (1 << 20);
    print_message("ready after %d ms, resident %.1f MiB\n", (int)took, resident);
    if (!SANITIZED)
        assert_true(resident < 96); /* 24 of them the model, 10 its packed bytes, which stay mapped */

    put_mentions(stage, 0, RECORDS);
    struct seen seen;
    read_output(stage, &seen);
    assert_int_equal(seen.repeats, 0);
    assert_int_equal(seen.dead, RECORDS / 100);
    child_await_status(&child, "/livez", 200, &body);
    child_await_status(&child, "/metrics", 200, &body);
    assert_int_equal(
        (int)metric_of(&body, "\nearshot_records_total{topic=\"mentions.matched\",verdict=\"done\"} "),
        RECORDS - RECORDS / 100);
    assert_int_equal((int)metric_of(&body, "\nearshot_dead_total{reason=\"json\"} "), RECORDS / 100);
    child_signal(&child, SIGTERM);
    assert_int_equal(child_wait(&child), EXIT_OK);
    assert_committed(stage);
    buf_free(&body);
}

static void killed_or_told_to_stop_in_the_middle_it_loses_nothing(void **state) {
    struct stage *stage = *state;
    deploy(stage, "log1");
    static const int SIGNALS[] = {SIGTERM, SIGTERM, SIGKILL};
    struct child child;
    for (int round = 0; round < (int)COUNT_OF(SIGNALS); round++) {
        start(stage, &child);
        child_await_log(&child, "worker.assigned");
        put_mentions(stage, round * RECORDS / 4, (round + 1) * RECORDS / 4);
        child_signal(&child, SIGNALS[round]);
        assert_int_equal(child_wait(&child), SIGNALS[round] == SIGKILL ? -SIGKILL : EXIT_OK);
    }
    start(stage, &child);
    put_mentions(stage, RECORDS * 3 / 4, RECORDS);
    struct seen seen;
    read_output(stage, &seen);
    print_message("%d repeats, %d dead\n", seen.repeats, seen.dead);
    child_signal(&child, SIGINT);
    assert_int_equal(child_wait(&child), EXIT_OK);
    assert_committed(stage);
}

static void it_waits_for_a_deployment_and_stops_at_a_second(void **state) {
    struct stage *stage = *state;
    struct child child;
    struct buf body;
    buf_init(&body, 1 << 20);
    start(stage, &child);
    child_await_log(&child, "earshot init");
    child_await_status(&child, "/readyz", 503, &body);
    assert_non_null(strstr(body.ptr, "earshot init"));
    child_await_status(&child, "/livez", 200, &body);
    deploy(stage, "log1");
    child_await_status(&child, "/readyz", 200, &body);
    deploy(stage, "log1"); /* the same again is nothing new */
    deploy(stage, "log2");
    child_await_log(&child, "two deployments mixed");
    const char *first = strstr(child_log(&child), "two deployments mixed");
    assert_null(strstr(first + 1, "two deployments mixed")); /* said once */
    assert_int_equal(child_wait(&child), EXIT_FAILED);
    start(stage, &child);
    assert_int_equal(child_wait(&child), EXIT_FAILED);
    buf_free(&body);
}

static void told_to_fail_fast_it_does(void **state) {
    struct stage *stage = *state;
    static const char *const NOBODY = "127.0.0.1:1";
    const char *const cases[][7] = {
        {SENTIMENT_PROGRAM, "--fail-fast", "--brokers", NOBODY, NULL},
        {SENTIMENT_PROGRAM, "--fail-fast", "--brokers", stage->conf.brokers, "--prefix", "s.", NULL},
    };
    static const char *const SAYS[] = {"127.0.0.1:1", "earshot init"};
    struct child children[COUNT_OF(cases)];
    int64_t from = times_monotonic_ms();
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        child_start(&children[i], cases[i]);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        child_await_log(&children[i], SAYS[i]);
        assert_int_equal(child_wait(&children[i]), EXIT_UNREACHABLE);
        assert_true(times_monotonic_ms() - from < 10000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_is_enriched_and_committed, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(killed_or_told_to_stop_in_the_middle_it_loses_nothing, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(it_waits_for_a_deployment_and_stops_at_a_second, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(told_to_fail_fast_it_does, open_stage, close_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
