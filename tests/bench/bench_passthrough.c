/* What a worker costs: records of 700 bytes with two headers from one topic of 64 partitions to another, by a
 * bare librdkafka consumer with an idempotent producer, by the loop with a service that only emits, and by
 * earshot-matcher with one alert that they all match. Each in a process of its own; what counts is its
 * processor time (the broker may share the machine). The last lines are the medians of the rounds, and what
 * they are of bare.
 *
 *     bench_passthrough BROKERS [RECORDS [ROUNDS]]
 *
 * Makes topics of its own on that Kafka, new ones each round, and leaves them there. */
#include "bare_passthrough.h"
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

enum { PARTITIONS = 64, VALUE_BYTES = 700, WAIT_MS = 60000 };

struct bench {
    struct bus_conf conf;
    char prefix[32];
    const char *output;
    int64_t records;
};

static void fail_with(const char *what, const char *why) {
    die(EXIT_FAILED, "%s: %s", what, why ? why : "failed");
}

/* A mention that matches, at two places as a rule: words, so that compression has its usual work. */
static size_t make_value(char *out, int64_t i) {
    static const char *const WORDS[64] = {
        "speaker", "battery",  "the",     "sound",  "is",       "great",    "bought",  "again",
        "never",   "my",       "and",     "works",  "a",        "bass",     "return",  "love",
        "after",   "two",      "weeks",   "of",     "use",      "it",       "still",   "charges",
        "fast",    "but",      "remote",  "app",    "keeps",    "crashing", "when",    "I",
        "open",    "settings", "support", "said",   "they",     "would",    "replace", "in",
        "March",   "which",    "was",     "nice",   "compared", "to",       "other",   "brands",
        "price",   "seems",    "fair",    "volume", "could",    "be",       "higher",  "overall",
        "happy",   "with",     "this",    "one",    "kitchen",  "bath",     "travel",  "box"};
    uint64_t random = (uint64_t)i * 0x9e3779b97f4a7c15u + 12345;
    size_t len = (size_t)sprintf(out,
                                 "{\"id\":\"bench:%" PRId64 "\",\"source\":{\"platform\":\"bench\"},\"type\":"
                                 "\"post\",\"created_at\":\"2026-11-21T20:25:55Z\",\"text\":\"speaker ",
                                 i);
    while (len < VALUE_BYTES - 12) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        len += (size_t)sprintf(out + len, "%s ", WORDS[random >> 58]);
    }
    return len + (size_t)sprintf(out + len, "\"}");
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

/* An alert is in force two seconds after its record. */
static void deploy(const struct bench *bench) {
    struct bus *bus = open_producer(bench);
    struct buf json;
    buf_init(&json, 1000);
    deployment_print(
        &(struct deployment){.id = "bench", .partitions = PARTITIONS, .shards = 64, .window = 4096}, &json);
    const struct bus_out outs[] = {
        {.topic = "deployment", .key = SPAN("deployment"), .value = buf_span(&json)},
        {.topic = "alerts", .key = SPAN("acme"), .value = SPAN("{\"id\":\"acme\",\"query\":\"speaker\"}")}};
    for (size_t i = 0; i < COUNT_OF(outs); i++) {
        if (bus_produce(bus, &outs[i]) != BUS_OK)
            fail_with("deploy", bus_problem(bus));
    }
    if (bus_flush(bus, WAIT_MS) != BUS_OK)
        fail_with("deploy", bus_problem(bus));
    bus_free(&bus);
    buf_free(&json);
    sleep(3);
}

static void fill(const struct bench *bench) {
    struct bus *bus = open_producer(bench);
    for (int64_t i = 0; i < bench->records; i++) {
        char value[VALUE_BYTES + 32], key[32], origin[64];
        size_t len = make_value(value, i);
        int32_t partition = (int32_t)(i % PARTITIONS);
        snprintf(key, sizeof key, "bench:%" PRId64, i);
        snprintf(origin, sizeof origin, "bench/%" PRId32 "/%" PRId64, partition, i / PARTITIONS);
        const struct bus_header headers[] = {{SPAN("earshot-schema"), SPAN("1")},
                                             {SPAN("earshot-origin"), span_of(origin)}};
        const struct bus_out out = {.topic = INPUT,
                                    .partition = partition,
                                    .key = span_of(key),
                                    .value = {value, len},
                                    .headers = headers,
                                    .header_count = 2};
        while (bus_produce(bus, &out) == BUS_AGAIN) {
            if (bus_flush(bus, 100) == BUS_FATAL)
                fail_with("produce", bus_problem(bus));
        }
    }
    if (bus_flush(bus, WAIT_MS) != BUS_OK)
        fail_with("flush", bus_problem(bus));
    bus_free(&bus);
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

/* Waits until the topic holds all records. */
static void await_output(const struct bench *bench, const char *topic) {
    struct buf message;
    buf_init(&message, 1000);
    struct bus_admin *admin = bus_admin_new(&bench->conf, &message);
    for (int64_t there = 0; there < bench->records; usleep(200000)) {
        struct bus_position at[PARTITIONS];
        if (!bus_admin_positions(admin, "none", topic, PARTITIONS, at, &message))
            fail_with(topic, message.ptr);
        there = 0;
        for (int p = 0; p < PARTITIONS; p++)
            there += at[p].end;
    }
    bus_admin_free(&admin);
    buf_free(&message);
}

static void await_matched(const struct bench *bench) {
    await_output(bench, "mentions.matched");
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

int main(int argc, char **argv) {
    if (argc < 2)
        die(EXIT_USAGE, "usage: bench_passthrough BROKERS [RECORDS [ROUNDS]]");
    log_open("bench", LOG_FORMAT_PLAIN, LOG_LEVEL_WARN);
    struct bench bench = {.records = argc > 2 ? atoll(argv[2]) : 300000};
    int rounds = argc > 3 ? atoi(argv[3]) : 5;
    if (rounds < 1 || rounds > ROUNDS_MAX)
        die(EXIT_USAGE, "1 to %d rounds", ROUNDS_MAX);
    double each[ROUNDS_MAX][WAYS];
    bench.conf = (struct bus_conf){.brokers = argv[1], .prefix = bench.prefix, .client_id = "bench"};
    printf("%" PRId64 " records of %d bytes, %d partitions\n", bench.records, VALUE_BYTES, PARTITIONS);
    printf("%-22s %8s %8s %8s %10s\n", "", "user s", "system s", "wall s", "us/record");
    for (int round = 0; round < rounds; round++) {
        snprintf(bench.prefix, sizeof bench.prefix, "bench%d-%d.", (int)getpid(), round);
        play(&bench, each[round]);
    }
    printf("medians: bare %.2f, worker loop %.2f (%.2f of bare), earshot-matcher %.2f (%.2f of bare)\n",
           median(each, rounds, 0, false), median(each, rounds, 1, false), median(each, rounds, 1, true),
           median(each, rounds, 2, false), median(each, rounds, 2, true));
    return EXIT_OK;
}
