/* The matcher on the loop and on a Kafka in memory, with each of its calls failing in turn: whatever fails,
 * every mention that matches is published once a life at least, in order, with the same bytes; no repetition
 * ever is. */
#include "service.h"

#include "matcher.h"

#include "earshot/alert.h"
#include "earshot/buf.h"
#include "earshot/bus_kafka.h"
#include "earshot/log.h"
#include "earshot/mention.h"
#include "earshot/metrics.h"

#include "cmocka_all.h"
#include "fake_bus.h"
#include "worker_loop.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* matcher_new() passes here (the linker's --wrap). */
struct matcher *__real_matcher_new(int window, const unsigned char secret[REPEATS_SECRET], uint64_t seed);
struct matcher *__wrap_matcher_new(int window, const unsigned char secret[REPEATS_SECRET], uint64_t seed);

static uint64_t last_seed;

struct matcher *__wrap_matcher_new(int window, const unsigned char secret[REPEATS_SECRET], uint64_t seed) {
    last_seed = seed;
    return __real_matcher_new(window, secret, seed);
}

/* The table of alerts: this test's own, in place of bus_kafka's. */
struct bus_table {
    int given;
    bool asked, answered;
};

static struct {
    struct bus_record records[4];
    int count, ready_after; /* polls before the first record */
    int away;               /* polls that answer BUS_AGAIN */
    int slow;               /* polls that give nothing, as while a fetch is on its way */
    bool broken;
} table;

struct bus_table *bus_table_new(const struct bus_conf *conf, const char *topic, struct buf *message) {
    (void)conf, (void)message;
    assert_string_equal(topic, "alerts");
    return xcalloc(1, sizeof(struct bus_table));
}

void bus_table_free(struct bus_table **gone) {
    free(*gone);
    *gone = NULL;
}

enum bus_status bus_table_poll(struct bus_table *self, int timeout_ms, bus_row_f *each, void *service) {
    (void)timeout_ms;
    if (table.broken)
        return BUS_FATAL;
    if (table.away > 0) {
        table.away--;
        return BUS_AGAIN;
    }
    if (table.ready_after > 0) {
        table.ready_after--;
        return BUS_OK;
    }
    if (table.slow > 0) {
        table.slow--;
        return BUS_OK;
    }
    while (self->given < table.count)
        each(service, &table.records[self->given++]);
    self->answered = self->asked;
    return BUS_OK;
}

void bus_table_ask(struct bus_table *self) {
    self->asked = true;
    self->answered = false;
}

bool bus_table_answered(const struct bus_table *self) {
    return self->answered;
}

bool bus_table_loaded(const struct bus_table *self) {
    return table.ready_after == 0 && self->given == table.count;
}

const char *bus_table_problem(const struct bus_table *self) {
    (void)self;
    return "the topic alerts is gone";
}

static void set_alerts(void) {
    static const char *const ROWS[][2] = {
        {"acme", "{\"id\":\"acme\",\"query\":\"acme\"}"},
        {"odd", "no alert"},
        {"faults", "{\"id\":\"faults\",\"query\":\"acme AND broken\"}"},
    };
    memset(&table, 0, sizeof table);
    for (int i = 0; i < (int)COUNT_OF(ROWS); i++)
        table.records[table.count++] = (struct bus_record){.topic = "alerts",
                                                           .offset = i,
                                                           .timestamp = -10000,
                                                           .key = span_of(ROWS[i][0]),
                                                           .value = span_of(ROWS[i][1])};
}

/* A life of a worker. */

static const struct deployment DEPLOYMENT = {.id = "log1", .partitions = 2, .shards = 1, .window = 8};
static const struct bus_conf BUS_CONF = {.brokers = "none", .prefix = "", .client_id = "test"};

struct life {
    struct fake_bus *fake;
    struct worker *worker;
    struct bus_watcher watcher;
};

static void begin_life(struct life *life, struct fake_log *log, unsigned seed) {
    struct worker_clock clock = {.now = fake_bus_now, .sleep = fake_bus_sleep};
    life->worker = worker_new(&MATCHER_SERVICE, &clock, &DEPLOYMENT, &BUS_CONF, 20000);
    worker_start(life->worker, NULL);
    life->watcher = worker_watcher(life->worker);
    life->fake = fake_bus_new(log, "mentions.raw", &life->watcher, seed);
    life->worker->clock.self = life->fake; /* the clock is the bus's */
    worker_take_bus(life->worker, &life->fake->bus);
    fake_bus_assign(life->fake, (const int32_t[]){0, 1}, 2);
}

static int end_life(struct life *life) {
    int code = worker_finish(life->worker);
    worker_free(&life->worker);
    return code;
}

/* The raw log: in each partition matches, others, repetitions near and far, changed ones, broken ones. */

enum { PER_PARTITION = 24 };

static void fill(struct fake_log *log) {
    for (int i = 0; i < PER_PARTITION; i++) {
        for (int32_t partition = 0; partition < 2; partition++) {
            char key[32], value[256];
            int item = i % 6 == 4   ? i - 3
                       : i % 6 == 5 ? i - 5
                                    : i; /* 4 repeats 1, 5 is 0 with another text */
            snprintf(key, sizeof key, "p%d-%d", partition, item);
            snprintf(value, sizeof value,
                     "{\"id\":\"%s\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:55Z\","
                     "\"text\":\"%s %d\"}",
                     key,
                     item % 6 == 2   ? "nothing"
                     : item % 6 == 0 ? "acme is broken"
                                     : "acme",
                     i % 6 == 5 ? -1 : item);
            fake_log_add(log, "mentions.raw", partition, span_of(key),
                         i % 6 == 3 ? SPAN("broken") : span_of(value), NULL, 0);
        }
    }
}

static bool is_published(int i) {
    return i % 6 == 0 || i % 6 == 1;
}

static bool all_committed(const struct fake_log *log) {
    return fake_log_committed(log, "mentions.raw", 0) == PER_PARTITION &&
           fake_log_committed(log, "mentions.raw", 1) == PER_PARTITION;
}

/* First occurrences are in order and complete; what comes again is the same. */
static void check_partition(const struct fake_log *log, int32_t partition, size_t nth_failed) {
    struct span seen[PER_PARTITION] = {{NULL, 0}};
    int next = 0;
    const struct fake_record *record;
    for (size_t n = 0; (record = fake_log_get(log, "mentions.matched", partition, n)); n++) {
        struct origin origin;
        const struct bus_header *header = fake_record_header(record, ORIGIN_HEADER);
        assert_non_null(header);
        assert_true(origin_parse(header->value, &origin));
        assert_true(span_eq(origin.log, SPAN("log1")));
        assert_int_equal(origin.partition, partition);
        assert_in_range(origin.offset, 0, PER_PARTITION - 1);
        int offset = (int)origin.offset;
        if (!is_published(offset))
            fail_msg("call %zu failed: raw offset %d was published", nth_failed, offset);
        if (seen[offset].ptr) {
            assert_true(span_eq(seen[offset], record->value));
            continue;
        }
        seen[offset] = record->value;
        while (next < offset && !is_published(next))
            next++;
        if (next != offset)
            fail_msg("call %zu failed: raw offset %d is before %d", nth_failed, offset, next);
        next++;
        size_t length = record->value.len;
        assert_memory_equal(record->value.ptr + length - 2, "]}", 2);
    }
    while (next < PER_PARTITION && !is_published(next))
        next++;
    if (next != PER_PARTITION)
        fail_msg("call %zu failed: raw offset %d is lost", nth_failed, next);
}

static void check_dead(const struct fake_log *log) {
    bool seen[2][PER_PARTITION] = {{false}};
    const struct fake_record *record;
    for (size_t n = 0; (record = fake_log_get(log, "mentions.dead", -1, n)); n++) {
        int partition = -1, offset = -1;
        assert_true(span_eq(fake_record_header(record, "earshot-reason")->value, SPAN("json")));
        char key[64] = "";
        memcpy(key, record->key.ptr, record->key.len);
        assert_int_equal(sscanf(key, "mentions.raw/%d/%d", &partition, &offset), 2);
        assert_int_equal(offset % 6, 3);
        seen[partition][offset] = true;
    }
    for (int i = 3; i < PER_PARTITION; i += 6)
        assert_true(seen[0][i] && seen[1][i]);
}

/* Lives until all is committed; the n-th call of the first fails (0: none). The calls of the first. */
static size_t live(struct fake_log *log, size_t nth, enum bus_status status, unsigned seed) {
    size_t calls = 0;
    for (int number = 0; number < 5; number++) {
        struct life life;
        begin_life(&life, log, seed + (unsigned)number);
        life.fake->batch_max = 5;
        if (number == 0 && nth)
            fake_bus_fail(life.fake, nth, status);
        for (int step = 0; step < 300 && !all_committed(log); step++)
            if (!worker_step(life.worker))
                break;
        if (number == 0)
            calls = fake_bus_calls(life.fake);
        bool over = all_committed(log);
        (void)end_life(&life);
        if (over)
            return calls;
    }
    fail_msg("call %zu failed with status %d: not committed after five lives", nth, (int)status);
    return 0;
}

static void every_call_may_fail(void **state) {
    (void)state;
    static const enum bus_status STATUSES[] = {BUS_AGAIN, BUS_FATAL};
    log_open("test", LOG_FORMAT_PLAIN, LOG_LEVEL_ERROR);
    for (size_t s = 0; s < COUNT_OF(STATUSES); s++) {
        size_t calls = 1;
        for (size_t nth = 0; nth <= calls && nth < 400; nth++) {
            struct fake_log *log = fake_log_new();
            set_alerts();
            fill(log);
            size_t made = live(log, nth, STATUSES[s], (unsigned)(nth * 7 + s));
            calls = nth == 0 ? made : calls;
            check_partition(log, 0, nth);
            check_partition(log, 1, nth);
            check_dead(log);
            fake_log_free(&log);
        }
        assert_in_range(calls, 20, 399);
    }
}

/* Stops after every number of steps and goes on as another worker: the window is read again. */
static void restarts_publish_no_repetition(void **state) {
    (void)state;
    for (int steps = 1; steps < 30; steps++) {
        struct fake_log *log = fake_log_new();
        set_alerts();
        fill(log);
        for (int number = 0; number < 200 && !all_committed(log); number++) {
            struct life life;
            begin_life(&life, log, (unsigned)(steps * 100 + number));
            life.fake->batch_max = 3;
            for (int step = 0; step < steps + 4; step++)
                assert_true(worker_step(life.worker));
            assert_int_equal(end_life(&life), EXIT_OK);
        }
        assert_true(all_committed(log));
        check_partition(log, 0, 0);
        check_partition(log, 1, 0);
        check_dead(log);
        fake_log_free(&log);
    }
}

/* Where a mention is cut by the bound of its steps depends on the seed: another worker must cut it alike. */
static void workers_of_a_deployment_share_the_seed(void **state) {
    (void)state;
    uint64_t seeds[2];
    for (unsigned i = 0; i < COUNT_OF(seeds); i++) {
        struct fake_log *log = fake_log_new();
        struct life life;
        set_alerts();
        begin_life(&life, log, i);
        seeds[i] = last_seed;
        assert_int_equal(end_life(&life), EXIT_OK);
        fake_log_free(&log);
    }
    assert_int_equal(seeds[0], seeds[1]);
    assert_int_equal(seeds[0], deployment_seed(&DEPLOYMENT));
}

/* Nothing is matched with alerts that may be old: their broker is away, or what it sends takes long. */
static void handles_nothing_while(struct life *life, struct fake_log *log, int *polls) {
    size_t before = fake_log_count(log, "mentions.matched");
    int64_t committed = fake_log_committed(log, "mentions.raw", 0);
    *polls = 1000000;
    fake_bus_sleep(life->fake, 5000);
    fill(log);
    for (int i = 0; i < 20; i++)
        assert_true(worker_step(life->worker));
    assert_int_equal(fake_log_count(log, "mentions.matched"), before);
    *polls = 0;
    for (int i = 0; i < 300 && fake_log_committed(log, "mentions.raw", 0) < committed + PER_PARTITION; i++)
        assert_true(worker_step(life->worker));
    assert_int_equal(fake_log_committed(log, "mentions.raw", 0), committed + PER_PARTITION);
}

static void mentions_wait_for_the_alerts(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    struct life life;
    set_alerts();
    table.ready_after = 1000000;
    fill(log);
    begin_life(&life, log, 1);
    for (int i = 0; i < 20; i++)
        assert_true(worker_step(life.worker));
    assert_int_equal(fake_log_count(log, "mentions.matched"), 0);
    assert_int_equal(fake_log_committed(log, "mentions.raw", 0), -1);
    assert_string_equal(worker_not_ready(life.worker), "the alerts are not read to their end yet");
    table.ready_after = 0;
    for (int i = 0; i < 300 && !all_committed(log); i++)
        assert_true(worker_step(life.worker));
    assert_true(all_committed(log));
    assert_null(worker_not_ready(life.worker));
    check_partition(log, 0, 0);
    handles_nothing_while(&life, log, &table.away);
    handles_nothing_while(&life, log, &table.slow);
    table.broken = true;
    for (int i = 0; i < 20 && worker_step(life.worker); i++)
        continue;
    assert_string_equal(life.worker->problem, "the topic alerts is gone");
    assert_int_equal(end_life(&life), EXIT_FAILED);
    fake_log_free(&log);
}

/* Many phrases of two words of which the mention is full, and none is in it: it is counted, though nothing
 * matches. */
static void a_mention_that_costs_too_much_is_counted(void **state) {
    (void)state;
    struct metric *bounded = metrics_counter("earshot_limit_total", "", "limit=\"steps\"");
    uint64_t before = metric_count(bounded);
    struct fake_log *log = fake_log_new();
    struct buf alert, mention;
    struct life life;
    buf_init(&alert, ALERT_BYTES_MAX);
    buf_init(&mention, MENTION_BYTES_MAX);
    buf_add_str(&alert, "{\"id\":\"acme\",\"query\":\"zeta");
    for (unsigned bits = 0; bits < 256; bits++) {
        buf_add_str(&alert, " OR \\\"broken broken");
        for (unsigned bit = 0; bit < 8; bit++)
            buf_add_str(&alert, bits >> bit & 1 ? " acme" : " broken");
        buf_add_str(&alert, "\\\"");
    }
    buf_add_str(&alert, "\"}");
    buf_add_str(&mention,
                "{\"id\":\"m\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:55Z\","
                "\"text\":\"");
    while (mention.len < MENTION_BYTES_MAX - 64)
        buf_add_str(&mention, "acme acme broken ");
    buf_add_str(&mention, "\"}");
    set_alerts();
    table.count = 1;
    table.records[0].value = buf_span(&alert);
    for (int32_t partition = 0; partition < 2; partition++)
        fake_log_add(log, "mentions.raw", partition, SPAN("m"), buf_span(&mention), NULL, 0);
    begin_life(&life, log, 1);
    for (int i = 0; i < 100; i++)
        assert_true(worker_step(life.worker));
    assert_int_equal(fake_log_committed(log, "mentions.raw", 0), 1);
    assert_int_equal(fake_log_committed(log, "mentions.raw", 1), 1);
    assert_int_equal(metric_count(bounded), before + 2);
    assert_int_equal(end_life(&life), EXIT_OK);
    buf_free(&alert);
    buf_free(&mention);
    fake_log_free(&log);
}

/* More than is indexed at once: the thread's. */
static void a_large_set_is_indexed_beside_the_loop(void **state) {
    (void)state;
    static const char *const IDS[] = {"acme", "faults", "third"};
    struct fake_log *log = fake_log_new();
    struct buf values[3];
    struct life life;
    set_alerts();
    table.count = 0;
    fill(log);
    for (int i = 0; i < 3; i++) {
        buf_init(&values[i], ALERT_BYTES_MAX);
        buf_printf(&values[i], "{\"id\":\"%s\",\"query\":\"acme", IDS[i]);
        for (int word = 0; word < 4000; word++)
            buf_printf(&values[i], " OR word%d%d", i, word);
        buf_add_str(&values[i], "\"}");
        table.records[table.count++] = (struct bus_record){
            .offset = i, .timestamp = -10000, .key = span_of(IDS[i]), .value = buf_span(&values[i])};
    }
    begin_life(&life, log, 1);
    while (!all_committed(log)) {
        assert_true(worker_step(life.worker));
        sched_yield();
    }
    check_partition(log, 0, 0);
    check_partition(log, 1, 0);
    check_dead(log);
    assert_null(worker_not_ready(life.worker));
    assert_int_equal(end_life(&life), EXIT_OK);
    for (int i = 0; i < 3; i++)
        buf_free(&values[i]);
    fake_log_free(&log);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_may_fail),
        cmocka_unit_test(restarts_publish_no_repetition),
        cmocka_unit_test(workers_of_a_deployment_share_the_seed),
        cmocka_unit_test(mentions_wait_for_the_alerts),
        cmocka_unit_test(a_large_set_is_indexed_beside_the_loop),
        cmocka_unit_test(a_mention_that_costs_too_much_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
