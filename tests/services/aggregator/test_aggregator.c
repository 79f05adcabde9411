/* The aggregator as a whole: the worker loop on a Kafka in memory, a real Redis behind a proxy that cuts. */
#include "cmocka_all.h"

#include "earshot/bus_kafka.h"
#include "fake_bus.h"
#include "records.h"
#include "redis_proxy.h"
#include "redis_server.h"
#include "service.h"
#include "worker_loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHARDS = 4, PARTITIONS = 3, STEPS_MAX = 20000, FEED = 1000 };

#define INPUT "mentions.enriched"

static const struct deployment DEPLOYMENT = {.id = "testlog", .partitions = PARTITIONS, .shards = SHARDS};
static const struct bus_conf BUS_CONF = {.brokers = "none", .prefix = ""};
static const struct records_conf CONF = {.partitions = PARTITIONS,
                                         .alerts = 7,
                                         .mentions = 150,
                                         .corrections = 90,
                                         .spread = 2 * 3600,
                                         .seed = 11};

/* The topic `alerts`: bus_table_*() of this test. ------------------------------------------------------- */

struct bus_table {
    const struct bus_record *rows;
    size_t count, given;
};

static struct {
    struct bus_record rows[64];
    size_t count;
    struct bus_table table; /* of the worker that was made last */
} alerts;

struct bus_table *bus_table_new(const struct bus_conf *conf, const char *topic, struct buf *message) {
    (void)conf;
    (void)message;
    assert_string_equal(topic, "alerts");
    struct bus_table *table = xcalloc(1, sizeof *table);
    return table;
}

void bus_table_free(struct bus_table **table) {
    free(*table);
    *table = NULL;
}

enum bus_status bus_table_poll(struct bus_table *table, int timeout_ms, bus_row_f *each, void *self) {
    (void)timeout_ms;
    while (table->given < alerts.count)
        each(self, &alerts.rows[table->given++]);
    return BUS_OK;
}

bool bus_table_loaded(const struct bus_table *table) {
    return table->given == alerts.count;
}

const char *bus_table_problem(const struct bus_table *table) {
    (void)table;
    return "no problem";
}

/* json NULL: removed. Both are literals. */
static void add_alert(const char *id, const char *json) {
    alerts.rows[alerts.count] = (struct bus_record){
        .topic = "alerts", .offset = (int64_t)alerts.count, .key = span_of(id), .value = span_of(json)};
    alerts.count++;
}

/* Fixture. --------------------------------------------------------------------------------------------- */

struct fixture {
    struct redis_server *server;
    struct redis_proxy *proxy;
    struct store *direct;
    struct records_conf conf;
    struct records records;
    size_t said; /* so many corrections are in the log; the others come while it runs */
    struct fake_log *log;
};

static int setup(void **state) {
    struct fixture *f = xcalloc(1, sizeof *f);
    f->server = redis_server_new(true);
    f->proxy = redis_proxy_new(redis_server_socket(f->server));
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
    redis_proxy_free(&f->proxy);
    redis_server_free(&f->server);
    if (f->log)
        fake_log_free(&f->log);
    free(f);
    return 0;
}

static void add_record(struct fake_log *log, int32_t partition, const char *origin, const char *json) {
    const struct bus_header headers[] = {{SPAN("earshot-origin"), span_of(origin)}};
    (void)fake_log_add(log, INPUT, partition, SPAN("key"), span_of(json), headers, origin ? 1 : 0);
}

static void add_records(struct fixture *f, size_t from, size_t to) {
    for (size_t i = from; i < to && i < f->records.count; i++) {
        char origin[80];
        (void)snprintf(origin, sizeof origin, "testlog/%d/%lld", (int)f->records.at[i].partition,
                       (long long)f->records.at[i].raw);
        add_record(f->log, f->records.at[i].partition, origin, f->records.at[i].json);
    }
}

static void add_action(struct fake_log *log, int32_t partition, const char *key, const char *json) {
    (void)fake_log_add(log, "actions", partition, span_of(key), span_of(json), NULL, 0);
}

static void add_said(struct fixture *f) {
    const struct said *said = &f->records.said[f->said++];
    add_action(f->log, said->partition, said->mention, said->json);
}

/* A third of what people say is there before, the rest comes with the mentions and after them. */
static void add_all(struct fixture *f) {
    add_records(f, 0, f->records.count);
    for (f->said = 0; f->said < f->records.said_count / 3;)
        add_said(f);
}

static void begin(struct fixture *f) {
    static const char *const IDS[] = {"a000", "a001", "a002", "a003", "a004", "a005", "a006"};
    static char json[COUNT_OF(IDS)][64];
    (void)redis_ask(f->direct, "FLUSHALL");
    redis_init(f->direct, DEPLOYMENT.id, SHARDS, PARTITIONS);
    if (f->log)
        fake_log_free(&f->log);
    f->log = fake_log_new();
    f->said = f->records.said_count;
    alerts.count = 0;
    for (size_t i = 0; i < COUNT_OF(IDS); i++) {
        (void)snprintf(json[i], sizeof json[i], "{\"id\":\"%s\",\"query\":\"x\"}", IDS[i]);
        add_alert(IDS[i], json[i]);
    }
}

/* A process. */
struct process {
    struct aggregator_conf conf;
    struct worker *worker;
    struct fake_bus *bus;
    struct bus_watcher watcher;
};

static const int32_t ALL[] = {0, 1, 2};

static int64_t process_now(void *self) {
    return fake_bus_now(((struct process *)self)->bus);
}

static void process_sleep(void *self, int64_t ms) {
    fake_bus_sleep(((struct process *)self)->bus, ms);
}

static void process_start_with(struct process *process, struct fixture *f, unsigned seed, const char *url,
                               int64_t feed_items) {
    *process = (struct process){.conf = {.store = {.url = url, .timeout_ms = 20000},
                                         .gather_ms = 30,
                                         .gather_pairs = 100,
                                         .fold = {.call_commands = 40, .feed_items = feed_items}}};
    const struct worker_clock clock = {.self = process, .now = process_now, .sleep = process_sleep};
    process->worker = worker_new(&AGGREGATOR, &clock, &DEPLOYMENT, &BUS_CONF, 10000);
    process->watcher = worker_watcher(process->worker);
    process->bus = fake_bus_new_two(f->log, INPUT, "actions", &process->watcher, seed);
    worker_start(process->worker, &process->conf);
    worker_take_bus(process->worker, &process->bus->bus);
    fake_bus_assign(process->bus, ALL, COUNT_OF(ALL));
}

static void process_start_at(struct process *process, struct fixture *f, unsigned seed, const char *url) {
    process_start_with(process, f, seed, url, FEED);
}

static void process_start(struct process *process, struct fixture *f, unsigned seed) {
    process_start_at(process, f, seed, redis_proxy_url(f->proxy));
}

static int process_end(struct process *process) {
    int code = worker_finish(process->worker);
    worker_free(&process->worker);
    return code;
}

static bool all_committed(const struct fixture *f) {
    static const char *const TOPICS[] = {INPUT, "actions"};
    for (int i = 0; i < 2 * PARTITIONS; i++) {
        int64_t end = 0;
        while (fake_log_get(f->log, TOPICS[i % 2], i / 2, (size_t)end))
            end++;
        if (end > 0 && fake_log_committed(f->log, TOPICS[i % 2], i / 2) < end)
            return false;
    }
    return f->said == f->records.said_count;
}

/* Until everything is committed; false: the process gave up before. */
static bool run(struct process *process, struct fixture *f) {
    for (int i = 0; !all_committed(f); i++) {
        assert_true(i < STEPS_MAX);
        if (f->said < f->records.said_count)
            add_said(f);
        if (!worker_step(process->worker))
            return false;
        if (i % 64 == 63) { /* the store's back-off is of the real clock */
            const struct timespec pause = {.tv_nsec = 1000 * 1000};
            nanosleep(&pause, NULL);
        }
    }
    return true;
}

static void settle_alerts(struct process *process) {
    for (int i = 0; i < 50; i++)
        assert_true(worker_step(process->worker));
}

static void compare(struct fixture *f) {
    records_compare(&f->records, f->direct, &f->conf, FEED);
}

/* Tests. ----------------------------------------------------------------------------------------------- */

static void everything_is_counted_once_and_committed(void **state) {
    struct fixture *f = *state;
    struct process process;
    begin(f);
    add_all(f);
    process_start(&process, f, 1);
    assert_non_null(worker_not_ready(process.worker));
    assert_true(run(&process, f));
    settle_alerts(&process);
    assert_null(worker_not_ready(process.worker));
    assert_int_equal(process_end(&process), EXIT_OK);
    compare(f);
}

/* Redis is new, the topics are not: a feed that is short would have lost most mentions before what was said
 * of them was read. */
static void a_rebuild_hears_first_what_was_said(void **state) {
    struct fixture *f = *state;
    enum { SHORT = 10 };
    struct process process;
    begin(f);
    add_all(f);
    while (f->said < f->records.said_count)
        add_said(f);
    process_start_with(&process, f, 1, redis_server_url(f->server), SHORT);
    assert_true(run(&process, f));
    settle_alerts(&process);
    records_compare(&f->records, f->direct, &f->conf, SHORT);
    assert_int_equal(process_end(&process), EXIT_OK);
    (void)redis_ask(f->direct, "FLUSHALL"); /* all is committed, and all comes again */
    redis_init(f->direct, DEPLOYMENT.id, SHARDS, PARTITIONS);
    process_start_with(&process, f, 2, redis_server_url(f->server), SHORT);
    for (int i = 0; i < 600; i++)
        assert_true(worker_step(process.worker));
    records_compare(&f->records, f->direct, &f->conf, SHORT);
    assert_int_equal(process_end(&process), EXIT_OK);
}

/* Each call of the bus fails in turn: for a moment, or for good, and then the process starts again. */
static void a_bus_call_that_fails_changes_no_count(void **state) {
    struct fixture *f = *state;
    static const enum bus_status STATUSES[] = {BUS_AGAIN, BUS_FATAL};
    for (size_t s = 0; s < COUNT_OF(STATUSES); s++) {
        bool reached = true;
        for (size_t n = 1; reached; n += 3) {
            struct process process;
            begin(f);
            add_all(f);
            process_start(&process, f, (unsigned)n);
            fake_bus_fail(process.bus, n, STATUSES[s]);
            bool done = run(&process, f);
            reached = fake_bus_calls(process.bus) >= n;
            (void)process_end(&process);
            if (!done) {
                process_start(&process, f, (unsigned)n + 1);
                assert_true(run(&process, f));
                settle_alerts(&process);
                (void)process_end(&process);
            }
            if (n % 4 == 1)
                compare(f);
        }
    }
}

static void a_redis_that_breaks_off_changes_no_count(void **state) {
    struct fixture *f = *state;
    for (size_t n = 0; n < 30; n++) {
        struct process process;
        begin(f);
        add_all(f);
        process_start(&process, f, (unsigned)n);
        /* opening takes about 1,500 bytes of answers, and as much again each move-on */
        redis_proxy_cut(f->proxy, n % 2 ? 200 + n * 9000 : 0, n % 2 ? 0 : 1 + n * 70);
        assert_true(run(&process, f));
        settle_alerts(&process);
        assert_int_equal(process_end(&process), EXIT_OK);
        compare(f);
    }
    redis_proxy_cut(f->proxy, 0, 0);
}

/* The group's idea of who owns what is late: both read everything. Partitions come and go meanwhile. */
static void two_that_own_the_same_count_once(void **state) {
    struct fixture *f = *state;
    for (unsigned seed = 1; seed < 6; seed++) {
        struct process one, two;
        begin(f);
        add_all(f);
        process_start_at(&one, f, seed, redis_server_url(f->server));
        process_start_at(&two, f, seed + 100, redis_server_url(f->server));
        uint32_t roll = seed;
        for (int i = 0; i < 400; i++) {
            roll = roll * 1664525u + 1013904223u;
            struct process *who = roll >> 20 & 1 ? &one : &two;
            if ((roll >> 8 & 31) == 0)
                fake_bus_assign(who->bus, ALL + (roll >> 13 & 1), 1 + (roll >> 14 & 1));
            if (f->said < f->records.said_count && i % 4 == 0)
                add_said(f);
            assert_true(worker_step(who->worker));
        }
        fake_bus_assign(one.bus, ALL, COUNT_OF(ALL));
        fake_bus_assign(two.bus, ALL, 0);
        assert_true(worker_step(two.worker));
        assert_true(run(&one, f));
        settle_alerts(&one);
        (void)process_end(&two);
        assert_int_equal(process_end(&one), EXIT_OK);
        compare(f);
    }
}

/* Nothing more comes in, so only the ping can notice. */
static void a_redis_that_lost_something_is_caught_up_without_new_records(void **state) {
    struct fixture *f = *state;
    struct process process;
    begin(f);
    add_all(f);
    process_start(&process, f, 1);
    assert_true(run(&process, f));
    settle_alerts(&process);
    redis_server_kill(f->server);
    for (int i = 0; i < 100 && !worker_not_ready(process.worker); i++)
        assert_true(worker_step(process.worker));
    assert_non_null(strstr(worker_not_ready(process.worker), "Redis"));
    redis_server_start(f->server);
    store_free(&f->direct);
    f->direct = redis_server_store(f->server);
    (void)redis_ask(f->direct, "FLUSHALL");
    redis_init(f->direct, DEPLOYMENT.id, SHARDS, PARTITIONS);
    const struct timespec pause = {.tv_nsec = 1000 * 1000};
    for (int i = 0; i < 3000 && worker_not_ready(process.worker); i++) {
        assert_true(worker_step(process.worker));
        nanosleep(&pause, NULL);
    }
    for (int i = 0; i < 300; i++)
        assert_true(worker_step(process.worker));
    assert_null(worker_not_ready(process.worker));
    assert_int_equal(process_end(&process), EXIT_OK);
    compare(f);
}

static void a_record_without_a_valid_origin_is_a_dead_letter(void **state) {
    struct fixture *f = *state;
    struct process process;
    static const struct {
        const char *origin, *json, *reason;
    } cases[] = {
        {NULL, "{}", "missing"},          {"", "{}", "type"},
        {"testlog/0", "{}", "type"},      {"testlog/1/1", "{}", "type"},
        {"testlog/0/5", "{}", "missing"}, {"testlog/0/6", "{", "json"},
    };
    begin(f);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        add_record(f->log, 0, cases[i].origin, cases[i].json);
    process_start(&process, f, 1);
    assert_true(run(&process, f));
    assert_int_equal(process_end(&process), EXIT_OK);
    assert_int_equal(fake_log_count(f->log, "mentions.dead"), COUNT_OF(cases));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fake_record *dead = fake_log_get(f->log, "mentions.dead", -1, i);
        assert_non_null(dead);
        const struct bus_header *reason = fake_record_header(dead, "earshot-reason");
        const struct bus_header *from = fake_record_header(dead, "earshot-from");
        size_t which = (size_t)(from->value.ptr[from->value.len - 1] - '0');
        assert_true(which < COUNT_OF(cases));
        assert_true(span_eq(reason->value, span_of(cases[which].reason)));
    }
}

static void an_action_that_is_none_is_a_dead_letter(void **state) {
    struct fixture *f = *state;
    struct process process;
    char right[200], other[200];
    int32_t mine = deployment_partition(&DEPLOYMENT, SPAN("m"));
    (void)snprintf(right, sizeof right,
                   "{\"action\":\"correct\",\"alert\":\"a000\",\"mention\":\"m\",\"label\":\"neutral\"}");
    (void)snprintf(other, sizeof other, "{\"action\":\"hide\",\"alert\":\"a000\",\"mention\":\"m\"}");
    const struct {
        int32_t partition;
        const char *key, *json, *reason, *says;
    } cases[] = {
        {mine, "m", "{", "json", ""},
        {mine, "m", other, "type", "not `correct`"},
        {mine, "n", right, "type", "key is not the id"},
        {(mine + 1) % PARTITIONS, "m", right, "type", "belongs to partition"},
        {mine, "m", right, NULL, NULL},
    };
    begin(f);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        add_action(f->log, cases[i].partition, cases[i].key, cases[i].json);
    process_start(&process, f, 1);
    assert_true(run(&process, f));
    assert_int_equal(process_end(&process), EXIT_OK);
    assert_int_equal(fake_log_count(f->log, "mentions.dead"), 4);
    for (size_t i = 0; i < 4; i++) {
        const struct fake_record *dead = fake_log_get(f->log, "mentions.dead", -1, i);
        struct span from = fake_record_header(dead, "earshot-from")->value;
        struct span reason = fake_record_header(dead, "earshot-reason")->value;
        struct span detail = fake_record_header(dead, "earshot-detail")->value;
        assert_memory_equal(from.ptr, "actions/", 8);
        size_t which = from.ptr[8] == '0' + mine ? (size_t)(from.ptr[from.len - 1] - '0') : 3;
        assert_true(span_eq(reason, span_of(cases[which].reason)));
        assert_non_null(memmem(detail.ptr, detail.len, cases[which].says, strlen(cases[which].says)));
    }
    char command[64];
    (void)snprintf(command, sizeof command, "ZCARD earshot:{s%d}:corrections",
                   deployment_shard(&DEPLOYMENT, SPAN("a000")));
    assert_int_equal(redis_ask(f->direct, command)->integer, 1);
}

static bool is_dead(const struct fixture *f, const char *key) {
    const struct fake_record *dead;
    for (size_t i = 0; (dead = fake_log_get(f->log, "mentions.dead", -1, i)); i++)
        if (span_eq(dead->key, span_of(key)))
            return true;
    return false;
}

/* What comes behind it is folded and its dead letter under way when the process dies. */
static void a_dead_letter_outlives_a_crash(void **state) {
    struct fixture *f = *state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct process process;
        begin(f);
        add_record(f->log, 0, "testlog/0/0", "{");
        add_action(f->log, 0, "m", "{");
        add_all(f);
        process_start(&process, f, seed);
        process.bus->ack_percent = 0;
        for (int i = 0; i < 300; i++)
            assert_true(worker_step(process.worker));
        fake_bus_fail(process.bus, fake_bus_calls(process.bus) + 1, BUS_FATAL);
        assert_false(worker_step(process.worker));
        (void)process_end(&process);
        process_start(&process, f, seed + 100);
        assert_true(run(&process, f));
        settle_alerts(&process);
        assert_int_equal(process_end(&process), EXIT_OK);
        assert_in_range(fake_log_count(f->log, "mentions.dead"), 2, 4);
        assert_true(is_dead(f, INPUT "/0/0") && is_dead(f, "actions/0/0"));
        compare(f);
    }
}

static void a_record_of_another_deployment_ends_the_process(void **state) {
    struct fixture *f = *state;
    struct process process;
    begin(f);
    add_record(f->log, 0, "otherlog/0/1", "{}");
    process_start(&process, f, 1);
    assert_false(run(&process, f));
    assert_non_null(strstr(worker_not_ready(process.worker), "two deployments mixed"));
    assert_int_equal(process_end(&process), EXIT_FAILED);
    assert_true(fake_log_committed(f->log, INPUT, 0) < 1);
}

static void a_redis_of_another_deployment_ends_the_process(void **state) {
    struct fixture *f = *state;
    struct process process;
    begin(f);
    (void)redis_ask(f->direct, "HSET earshot:{meta} id other");
    add_records(f, 0, 10);
    process_start(&process, f, 1);
    assert_false(run(&process, f));
    assert_non_null(strstr(worker_not_ready(process.worker), "two deployments mixed"));
    assert_int_equal(process_end(&process), EXIT_FAILED);
}

static bool told(struct fixture *f, const char *text) {
    const struct store_reply *reply = redis_ask(f->direct, "FCALL_RO earshot_alerts 0");
    assert_int_equal(reply->type, STORE_STRING);
    return strstr(reply->text.ptr, text) != NULL;
}

static void alerts_are_told_changed_and_removed(void **state) {
    struct fixture *f = *state;
    struct process process;
    begin(f);
    /* of a time when this aggregator was down: its removal is gone from the compacted topic */
    char define[100];
    (void)snprintf(define, sizeof define,
                   "FCALL earshot_define 1 earshot:{s%d} 1 testlog gone 3 {\"id\":\"gone\"",
                   deployment_shard(&DEPLOYMENT, SPAN("gone")));
    assert_int_equal(redis_ask(f->direct, define)->type, STORE_INTEGER);
    add_alert("acme", "{\"id\":\"acme\",\"query\":\"acme OR \\\"a b\\\"\",\"name\":\"Acme \\u00e9\"}");
    add_alert("bad", "{\"id\":\"bad\"}");
    process_start(&process, f, 1);
    settle_alerts(&process);
    assert_true(
        told(f, "\"id\":\"acme\",\"name\":\"Acme \xc3\xa9\",\"query\":\"acme OR \\\"a b\\\"\",\"version\":7,"
                "\"mentions\":0,\"last\":null}"));
    assert_true(told(f, "\"id\":\"a000\",\"name\":null,\"query\":\"x\",\"version\":0"));
    assert_false(told(f, "bad"));
    assert_false(told(f, "gone"));
    add_alert("acme", "{\"id\":\"acme\",\"query\":\"b\"}");
    add_alert("a000", NULL);
    settle_alerts(&process);
    assert_true(told(f, "\"id\":\"acme\",\"name\":null,\"query\":\"b\",\"version\":9"));
    assert_false(told(f, "a000"));
    add_alert("gone", "{\"id\":\"gone\",\"query\":\"again\"}");
    settle_alerts(&process);
    assert_true(told(f, "\"id\":\"gone\",\"name\":null,\"query\":\"again\",\"version\":11"));
    assert_int_equal(process_end(&process), EXIT_OK);
}

/* What a Redis lacks is told to the operator, and mended without a restart. */
static void without_init_it_waits(void **state) {
    struct fixture *f = *state;
    struct process process;
    begin(f);
    (void)redis_ask(f->direct, "FLUSHALL");
    add_all(f);
    process_start(&process, f, 1);
    for (int i = 0; i < 100; i++)
        assert_true(worker_step(process.worker));
    assert_non_null(strstr(worker_not_ready(process.worker), "earshot init"));
    redis_init(f->direct, DEPLOYMENT.id, SHARDS, PARTITIONS);
    assert_true(run(&process, f));
    settle_alerts(&process);
    assert_null(worker_not_ready(process.worker));
    assert_int_equal(process_end(&process), EXIT_OK);
    compare(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_counted_once_and_committed),
        cmocka_unit_test(a_rebuild_hears_first_what_was_said),
        cmocka_unit_test(a_bus_call_that_fails_changes_no_count),
        cmocka_unit_test(a_redis_that_breaks_off_changes_no_count),
        cmocka_unit_test(two_that_own_the_same_count_once),
        cmocka_unit_test(a_redis_that_lost_something_is_caught_up_without_new_records),
        cmocka_unit_test(a_record_without_a_valid_origin_is_a_dead_letter),
        cmocka_unit_test(an_action_that_is_none_is_a_dead_letter),
        cmocka_unit_test(a_dead_letter_outlives_a_crash),
        cmocka_unit_test(a_record_of_another_deployment_ends_the_process),
        cmocka_unit_test(a_redis_of_another_deployment_ends_the_process),
        cmocka_unit_test(alerts_are_told_changed_and_removed),
        cmocka_unit_test(without_init_it_waits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
