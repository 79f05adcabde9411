/* What a worker costs: records of about 700 bytes with two headers from one topic of 64 partitions to
 * another, by a bare librdkafka consumer with an idempotent producer, by the loop with a service that only
 * emits, and by earshot-matcher. Each in a process of its own; what counts is its processor time (the broker
 * may share the machine), with start and stop. The last lines are the medians of the rounds, and what they
 * are of bare.
 *
 *     bench_passthrough BROKERS [RECORDS [ROUNDS [FOLDER [ALERTS]]]]
 *
 * FOLDER: what matchers/generate.py made there, as many documents as RECORDS at least; the first ALERTS
 * (10,000) of its alerts are tried on them, and bare and the loop pass on all while the matcher publishes
 * what matches. Without it: one alert that all records match. Makes topics of its own on that Kafka, new ones
 * each round, and leaves them there. */
#include "bare_passthrough.h"
#include "passthrough_inputs.h"

#include "earshot/bus_kafka.h"
#include "earshot/deployment.h"
#include "earshot/log.h"
#include "earshot/times.h"
#include "worker_loop.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define INPUT "mentions.raw"

enum { PARTITIONS = 64, WAIT_MS = 60000 };

struct bench {
    struct bus_conf conf;
    char prefix[32];
    const char *output;
    int64_t records;
    struct inputs_from from;
};

static void fail_with(const char *what, const char *why) {
    die(EXIT_FAILED, "%s: %s", what, why ? why : "failed");
}

static struct bus *open_producer(const struct bench *bench) {
    struct buf message;
    buf_init(&message, 1000);
    struct bus *bus = bus_kafka_new(&bench->conf, NULL, NULL, &message);
    if (!bus)
        fail_with("producer", message.ptr);
    buf_free(&message);
    return bus;
}

static void produce(struct bus *bus, const struct bus_out *out) {
    while (bus_produce(bus, out) == BUS_AGAIN) {
        if (bus_flush(bus, 100) == BUS_FATAL)
            fail_with("produce", bus_problem(bus));
    }
}

static void close_producer(struct bus *bus) {
    if (bus_flush(bus, WAIT_MS) != BUS_OK)
        fail_with("flush", bus_problem(bus));
    bus_free(&bus);
}

/* An alert is in force two seconds after its record. */
static void deploy(const struct bench *bench) {
    struct bus *bus = open_producer(bench);
    struct inputs *inputs = inputs_new(&bench->from);
    struct input alert;
    struct buf json;
    buf_init(&json, 1000);
    deployment_print(
        &(struct deployment){.id = "bench", .partitions = PARTITIONS, .shards = 64, .window = 4096}, &json);
    produce(bus,
            &(struct bus_out){.topic = "deployment", .key = SPAN("deployment"), .value = buf_span(&json)});
    while (inputs_alert(inputs, &alert))
        produce(bus, &(struct bus_out){.topic = "alerts", .key = alert.key, .value = alert.value});
    close_producer(bus);
    inputs_free(&inputs);
    buf_free(&json);
    sleep(3);
}

static void fill(const struct bench *bench) {
    struct bus *bus = open_producer(bench);
    struct inputs *inputs = inputs_new(&bench->from);
    struct input mention;
    for (int64_t i = 0; i < bench->records; i++) {
        char origin[64];
        int32_t partition = (int32_t)(i % PARTITIONS);
        inputs_mention(inputs, &mention);
        snprintf(origin, sizeof origin, "bench/%" PRId32 "/%" PRId64, partition, i / PARTITIONS);
        const struct bus_header headers[] = {{SPAN("earshot-schema"), SPAN("1")},
                                             {SPAN("earshot-origin"), span_of(origin)}};
        produce(bus, &(struct bus_out){.topic = INPUT,
                                       .partition = partition,
                                       .key = mention.key,
                                       .value = mention.value,
                                       .headers = headers,
                                       .header_count = 2});
    }
    close_producer(bus);
    inputs_free(&inputs);
}

/* The loop. */

struct passing {
    const char *output;
    int64_t passed;
};

static struct passing passing;

static void *start(struct worker *worker, const void *conf) {
    (void)worker, (void)conf;
    return &passing;
}

static enum verdict pass_on(void *self, struct worker_job *job) {
    struct passing *p = self;
    enum verdict verdict = worker_emit(job, p->output, job->record->value, NULL, 0);
    p->passed += verdict == VERDICT_DONE;
    return verdict;
}

static const struct worker_service PASSING = {
    .name = "bench", .input = INPUT, .start = start, .handle = pass_on};

static int64_t real_now(void *self) {
    (void)self;
    return times_monotonic_ms();
}

static void real_sleep(void *self, int64_t ms) {
    (void)self;
    nanosleep(&(struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000},
              NULL);
}

static void run_loop(const struct bench *bench) {
    struct buf message;
    buf_init(&message, 1000);
    passing = (struct passing){.output = bench->output};
    struct worker_clock clock = {.now = real_now, .sleep = real_sleep};
    struct worker *worker = worker_new(&PASSING, &clock, NULL, &bench->conf, WAIT_MS);
    worker_start(worker, NULL);
    struct bus_watcher watcher = worker_watcher(worker);
    struct bus *bus = bus_kafka_new(&bench->conf, INPUT, &watcher, &message);
    if (!bus)
        fail_with("bus", message.ptr);
    worker_take_bus(worker, bus);
    while (passing.passed < bench->records && worker_step(worker)) {
    }
    if (worker_over(worker))
        fail_with("worker", worker->problem);
    if (worker_finish(worker) != EXIT_OK)
        fail_with("worker", "not all was committed");
    worker_free(&worker);
}

static void run_bare(const struct bench *bench) {
    bare_passthrough(bench->conf.brokers, bench->prefix, INPUT, bench->output, bench->records);
}

static void run_matcher(const struct bench *bench) {
    execl(MATCHER, MATCHER, "--brokers", bench->conf.brokers, "--prefix", bench->prefix, "--log-level",
          "warn", (char *)NULL);
    _exit(EXIT_FAILED);
}

static int64_t sum(const struct bench *bench, const char *topic, bool committed) {
    struct bus_position at[PARTITIONS] = {{0}};
    struct buf message;
    int64_t there = 0;
    buf_init(&message, 1000);
    struct bus_admin *admin = bus_admin_new(&bench->conf, &message);
    if (!admin || !bus_admin_positions(admin, "earshot-matcher", topic, PARTITIONS, at, &message))
        fail_with(topic, message.ptr);
    for (int p = 0; p < PARTITIONS; p++) {
        if (!committed)
            there += at[p].end;
        else if (at[p].committed > 0)
            there += at[p].committed;
    }
    bus_admin_free(&admin);
    buf_free(&message);
    return there;
}

/* Until the matcher has committed all: what it published is then acknowledged. */
static void await_matched(const struct bench *bench) {
    while (sum(bench, INPUT, true) < bench->records)
        usleep(200000);
}

struct cost {
    double user, system, wall;
};

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

typedef void body_f(const struct bench *bench);

static pid_t begin(const struct bench *bench, body_f *body) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        body(bench);
        _exit(EXIT_OK);
    }
    return pid;
}

/* until NULL: the body ends by itself; else it is told to stop when `until` did. */
static struct cost measure(const struct bench *bench, body_f *body, body_f *until) {
    int64_t from = times_monotonic_ms();
    pid_t pid = begin(bench, body);
    int status;
    struct rusage used;
    if (until) {
        pid_t watcher = begin(bench, until);
        if (waitpid(watcher, &status, 0) != watcher || status != 0)
            fail_with("child", "it does not see the output");
        kill(pid, SIGTERM);
    }
    if (wait4(pid, &status, 0, &used) != pid || status != 0)
        fail_with("child", "it failed");
    return (struct cost){seconds(used.ru_utime), seconds(used.ru_stime),
                         (double)(times_monotonic_ms() - from) / 1e3};
}

static double show(const struct bench *bench, const char *name, struct cost cost) {
    double each = (cost.user + cost.system) * 1e6 / (double)bench->records;
    printf("%-22s %8.2f %8.2f %8.2f %10.2f\n", name, cost.user, cost.system, cost.wall, each);
    fflush(stdout);
    return each;
}

static void make_topics(const struct bench *bench) {
    const struct bus_topic topics[] = {
        {.name = INPUT, .partitions = PARTITIONS, .replication = 1},
        {.name = "bare-out", .partitions = PARTITIONS, .replication = 1},
        {.name = "loop-out", .partitions = PARTITIONS, .replication = 1},
        {.name = "mentions.matched", .partitions = PARTITIONS, .replication = 1},
        {.name = "alerts", .partitions = 1, .replication = 1},
        {.name = "deployment", .partitions = 1, .replication = 1}};
    struct buf message;
    buf_init(&message, 1000);
    struct bus_admin *admin = bus_admin_new(&bench->conf, &message);
    if (!admin || !bus_admin_ensure(admin, topics, COUNT_OF(topics), &message))
        fail_with("topics", message.ptr);
    bus_admin_free(&admin);
    buf_free(&message);
}

enum { WAYS = 3, ROUNDS_MAX = 100 };

static void play(struct bench *bench, double each[WAYS]) {
    measure(bench, make_topics, NULL);
    measure(bench, deploy, NULL);
    measure(bench, fill, NULL);
    bench->output = "bare-out";
    each[0] = show(bench, "bare librdkafka", measure(bench, run_bare, NULL));
    bench->output = "loop-out";
    each[1] = show(bench, "worker loop", measure(bench, run_loop, NULL));
    each[2] = show(bench, "earshot-matcher", measure(bench, run_matcher, await_matched));
    printf("%-22s %.1f%% of the records\n", "  published",
           100.0 * (double)sum(bench, "mentions.matched", false) / (double)bench->records);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double each[][WAYS], int rounds, int way, bool of_bare) {
    double all[ROUNDS_MAX];
    for (int i = 0; i < rounds; i++)
        all[i] = of_bare ? each[i][way] / each[i][0] : each[i][way];
    qsort(all, (size_t)rounds, sizeof *all, by_size);
    return all[rounds / 2];
}

static void print_head(const struct bench *bench) {
    struct inputs *inputs = inputs_new(&bench->from);
    struct input input;
    int64_t alerts = 0, bytes = 0;
    for (int64_t i = 0; i < bench->records; i++) {
        inputs_mention(inputs, &input);
        bytes += (int64_t)input.value.len;
    }
    while (inputs_alert(inputs, &input))
        alerts++;
    inputs_free(&inputs);
    printf("%" PRId64 " records of %.0f bytes, %d partitions, %" PRId64 " alerts\n", bench->records,
           (double)bytes / (double)bench->records, PARTITIONS, alerts);
    printf("%-22s %8s %8s %8s %10s\n", "", "user s", "system s", "wall s", "us/record");
}

int main(int argc, char **argv) {
    if (argc < 2)
        die(EXIT_USAGE, "usage: bench_passthrough BROKERS [RECORDS [ROUNDS [FOLDER [ALERTS]]]]");
    log_open("bench", LOG_FORMAT_PLAIN, LOG_LEVEL_WARN);
    struct bench bench = {.records = argc > 2 ? atoll(argv[2]) : 300000};
    int rounds = argc > 3 ? atoi(argv[3]) : 5;
    if (bench.records < 1 || rounds < 1 || rounds > ROUNDS_MAX)
        die(EXIT_USAGE, "one record at least, 1 to %d rounds", ROUNDS_MAX);
    double each[ROUNDS_MAX][WAYS];
    bench.from = (struct inputs_from){argc > 4 ? argv[4] : NULL, argc > 5 ? atoll(argv[5]) : 10000};
    bench.conf = (struct bus_conf){.brokers = argv[1], .prefix = bench.prefix, .client_id = "bench"};
    print_head(&bench);
    for (int round = 0; round < rounds; round++) {
        snprintf(bench.prefix, sizeof bench.prefix, "bench%d-%d.", (int)getpid(), round);
        play(&bench, each[round]);
    }
    printf("medians: bare %.2f, worker loop %.2f (%.2f of bare), earshot-matcher %.2f (%.2f of bare)\n",
           median(each, rounds, 0, false), median(each, rounds, 1, false), median(each, rounds, 1, true),
           median(each, rounds, 2, false), median(each, rounds, 2, true));
    return EXIT_OK;
}
