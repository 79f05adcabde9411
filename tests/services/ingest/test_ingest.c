/* The program itself, as people run it, on the embedded broker. */
#include "cmocka_all.h"

#include "earshot/broker.h"
#include "earshot/bus_kafka.h"
#include "earshot/deployment.h"
#include "earshot/times.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PARTITIONS = 8, WAIT_MS = 20000, ARGS_MAX = 24 };

extern char **environ;

static struct broker *broker;
static struct bus_conf conf;
static char path[64];

/* --- a Kafka, and what is in it --- */

static void put(const char *topic, const char *key, struct span value) {
    struct buf message;
    buf_init(&message, 400);
    struct bus *bus = bus_kafka_new(&conf, NULL, NULL, &message);
    const struct bus_out out = {.topic = topic, .partition = -1, .key = span_of(key), .value = value};
    assert_non_null(bus);
    assert_int_equal(bus_produce(bus, &out), BUS_OK);
    assert_int_equal(bus_flush(bus, WAIT_MS), BUS_OK);
    bus_free(&bus);
    buf_free(&message);
}

static int begin(void **state) {
    (void)state;
    static const struct bus_topic TOPICS[] = {
        {.name = "mentions.raw", .partitions = PARTITIONS, .replication = 1},
        {.name = "mentions.matched", .partitions = PARTITIONS, .replication = 1},
        {.name = "mentions.enriched", .partitions = PARTITIONS, .replication = 1},
        {.name = "mentions.dead", .partitions = 4, .replication = 1},
        {.name = "cursors", .partitions = 16, .replication = 1},
        {.name = "deployment", .partitions = 1, .replication = 1},
    };
    const struct deployment deployment = {
        .id = "log1", .partitions = PARTITIONS, .shards = 64, .window = 4096, .created_at = 1};
    struct buf text;
    buf_init(&text, 1000);
    broker = broker_new(TOPICS, COUNT_OF(TOPICS), &text);
    assert_non_null(broker);
    conf = (struct bus_conf){.brokers = broker_address(broker), .prefix = "", .client_id = "test"};
    deployment_print(&deployment, &text);
    put("deployment", "deployment", buf_span(&text));
    buf_free(&text);
    snprintf(path, sizeof path, "%s", "/tmp/test_ingest_XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int end(void **state) {
    (void)state;
    broker_free(&broker);
    return unlink(path);
}

struct seen {
    size_t count, wrong;
};

/* A raw mention: its key is its id, and collected_at is there; a dead letter: of this source. */
static void on_record(void *self, const struct bus_record *record) {
    struct seen *seen = self;
    const char *wanted = strcmp(record->topic, "mentions.dead") == 0 ? "" : "\"collected_at\":\"";
    seen->count++;
    seen->wrong += !memmem(record->value.ptr, record->value.len, wanted, strlen(wanted));
}

static size_t count_of(const char *topic) {
    struct seen seen = {0};
    struct buf message;
    buf_init(&message, 400);
    struct bus_table *table = bus_table_new(&conf, topic, &message);
    assert_non_null(table);
    int64_t until = times_monotonic_ms() + WAIT_MS;
    while (!bus_table_loaded(table)) {
        assert_int_not_equal(bus_table_poll(table, 50, on_record, &seen), BUS_FATAL);
        assert_true(times_monotonic_ms() < until);
    }
    bus_table_free(&table);
    buf_free(&message);
    assert_int_equal(seen.wrong, 0);
    return seen.count;
}

/* --- the program --- */

struct child {
    pid_t pid;
    int out;
};

static struct child spawn(const char *const *args) {
    const char *argv[ARGS_MAX] = {INGEST, "--log-level=warn", "--listen=off", "--brokers", conf.brokers};
    size_t count = 5;
    int ends[2];
    struct child child;
    posix_spawn_file_actions_t actions;
    while (*args && count < ARGS_MAX - 1)
        argv[count++] = *args++;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    assert_int_equal(posix_spawn(&child.pid, INGEST, &actions, NULL, (char *const *)(uintptr_t)argv, environ),
                     0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    child.out = ends[0];
    return child;
}

/* Its exit code; what it wrote is in out. */
static int await(struct child *child, char *out, size_t size) {
    size_t used = 0;
    ssize_t got;
    int status;
    while (used + 1 < size && (got = read(child->out, out + used, size - used - 1)) > 0)
        used += (size_t)got;
    out[used] = '\0';
    close(child->out);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void run(const char *expected, const char *const *args) {
    char out[400];
    struct child child = spawn(args);
    assert_int_equal(await(&child, out, sizeof out), 0);
    if (strncmp(out, expected, strlen(expected)) != 0)
        fail_msg("expected `%s`, found `%s`", expected, out);
}

static void write_mentions(int count, const char *more) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < count; i++)
        fprintf(file,
                "{\"id\":\"m%d\",\"source\":{\"platform\":\"p\"},\"text\":\"t\",\"created_at\":"
                "\"2026-01-02T03:04:05Z\"}\n",
                i);
    fputs(more, file);
    fclose(file);
}

static void a_file_goes_out_once(void **state) {
    (void)state;
    const char *const args[] = {"file", path, "--once", "--shift-to-now", NULL};
    const char *const again[] = {"file", path, "--from-start", NULL};
    write_mentions(1000, "{\"id\":\nnonsense\n");
    run("1000 mentions sent, 2 dead letters", args);
    assert_int_equal(count_of("mentions.raw"), 1000);
    assert_int_equal(count_of("mentions.dead"), 2);
    run("0 mentions sent, 0 dead letters", args);
    assert_int_equal(count_of("mentions.raw"), 1000);
    run("1000 mentions sent, 2 dead letters", again);
    assert_int_equal(count_of("mentions.raw"), 2000);
}

static void it_stops_in_order_and_goes_on(void **state) {
    (void)state;
    const char *const slow[] = {"file", path, "--rate", "400", NULL};
    const char *const args[] = {"file", path, NULL};
    char out[400];
    write_mentions(2000, "");
    size_t before = count_of("mentions.raw");
    struct child child = spawn(slow);
    while (count_of("mentions.raw") < before + 300)
        assert_int_equal(waitpid(child.pid, NULL, WNOHANG), 0);
    kill(child.pid, SIGTERM);
    assert_int_equal(await(&child, out, sizeof out), 0);
    int sent = atoi(out);
    assert_in_range(sent, 300, 1900);
    assert_int_equal(count_of("mentions.raw"), before + (size_t)sent);
    snprintf(out, sizeof out, "%d mentions sent, 0 dead letters", 2000 - sent);
    run(out, args);
    assert_int_equal(count_of("mentions.raw"), before + 2000);
}

/* No worker reads: what is behind grows until it is held back, and a stop still ends it. */
static void it_waits_for_the_workers(void **state) {
    (void)state;
    const char *const args[] = {"file", path, "--max-backlog", "64KiB", NULL};
    char out[400];
    write_mentions(20000, "");
    size_t before = count_of("mentions.raw"), now = before, last;
    struct child child = spawn(args);
    int64_t until = times_monotonic_ms() + 3000;
    do {
        last = now;
        now = count_of("mentions.raw");
        assert_int_equal(waitpid(child.pid, NULL, WNOHANG), 0);
    } while (times_monotonic_ms() < until || now != last);
    kill(child.pid, SIGTERM);
    assert_int_equal(await(&child, out, sizeof out), 0);
    assert_true(atoi(out) < 10000);
}

static void what_is_wrong_ends_it_with_its_code(void **state) {
    (void)state;
    static const struct {
        const char *args[6];
        int code;
    } CASES[] = {
        {{"file", "/nowhere.ndjson", NULL}, 2},
        {{"file", NULL}, 2},
        {{"feed", "nowhere.example", NULL}, 2},
        {{"nothing", NULL}, 2},
        {{"--sources", "/nowhere.json", NULL}, 2},
        {{"file", "-", "--rate", "fast", NULL}, 2},
        {{"file", "-", "--kafka.acks=0", NULL}, 2},
        {{"file", "-", "--brokers=127.0.0.1:1", "--fail-fast", NULL}, 3},
        {{"file", "/tmp", NULL}, 1},
    };
    char out[400];
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t from = times_monotonic_ms();
        struct child child = spawn(CASES[i].args);
        int code = await(&child, out, sizeof out);
        if (code != CASES[i].code)
            fail_msg("%s %s: code %d", CASES[i].args[0], CASES[i].args[1], code);
        assert_true(times_monotonic_ms() - from < 10500);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_goes_out_once, begin, end),
        cmocka_unit_test_setup_teardown(it_stops_in_order_and_goes_on, begin, end),
        cmocka_unit_test_setup_teardown(it_waits_for_the_workers, begin, end),
        cmocka_unit_test_setup_teardown(what_is_wrong_ends_it_with_its_code, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
