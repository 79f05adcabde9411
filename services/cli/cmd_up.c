/* earshot up: the whole set on one machine. One loop: signals, ended children, what the supervisor says, one
 * step of the stages. Signals are blocked and waited for, so nothing runs in a handler. */
#include "command.h"
#include "process.h"
#include "up.h"

#include "earshot/times.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURN_MS = 50, MESSAGE_MAX = 8192, TEXT_MAX = 64 << 20, STORE_TABLE_MAX = 16 };

#define AT(member) offsetof(struct up_conf, member)

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "What to run on", .type = CONF_HEADING},
    {.name = "brokers", .type = CONF_STRING, .offset = AT(brokers), .argument = "HOST:PORT,…",
     .help = "Kafka; where it is not given: an embedded broker, which keeps nothing"},
    {.name = "prefix", .type = CONF_STRING, .offset = AT(prefix), .fallback = "", .argument = "TEXT",
     .help = "stands before the name of every topic and group"},
    {.name = "partitions", .type = CONF_INT, .offset = AT(partitions), .argument = "N", .min = 1, .max = 10000,
     .help = "of the mention topics of a new deployment; where it is not given: 64"},
    {.name = "redis-port", .type = CONF_INT, .offset = AT(redis_port), .argument = "PORT", .min = 1, .max = 65535,
     .help = "of the private Redis; where it is not given: any that is free"},
    {.name = "log-dir", .type = CONF_STRING, .offset = AT(log_dir), .argument = "DIR",
     .help = "a log a program; -: standard error; where it is not given: a folder that ends with it"},
    {.name = "What to do", .type = CONF_HEADING},
    {.name = "alerts", .type = CONF_STRING, .offset = AT(alerts), .argument = "FILE",
     .help = "alerts to apply first"},
    {.name = "mentions", .type = CONF_STRING, .offset = AT(mentions), .argument = "FILE",
     .help = "mentions to stream, one JSON object a line; answers are shown when all are counted"},
    {.name = "shift-to-now", .type = CONF_BOOL, .offset = AT(shift_to_now),
     .help = "move their times so that the newest is now"},
    {.name = "rate", .type = CONF_INT, .offset = AT(rate), .fallback = "0", .argument = "N", .max = 10000000,
     .help = "at most N mentions a second; 0: as fast as it goes"},
    {.name = "once", .type = CONF_BOOL, .offset = AT(once), .help = "stop after the answers"},
    {0},
};
// clang-format on

static const struct {
    const char *name;
    enum part_kind kind;
} PARTS[UP_PARTS] = {
    [UP_BROKER] = {"broker", PART_BASE},
    [UP_REDIS] = {"redis", PART_BASE},
    [UP_INIT] = {"init", PART_STEP},
    [UP_MATCHER] = {"earshot-matcher", PART_WORKER},
    [UP_SENTIMENT] = {"earshot-sentiment", PART_WORKER},
    [UP_AGGREGATOR] = {"earshot-aggregator", PART_WORKER},
    [UP_ALERTS] = {"alerts", PART_STEP},
    [UP_INGEST] = {"earshot-ingest", PART_SOURCE},
};

/* The Redis options of all programs, but without a Redis to fall back on. */
static void copy_store_options(struct conf_option out[STORE_TABLE_MAX]) {
    size_t i = 0;
    for (; STORE_OPTIONS[i].name; i++) {
        ASSERT(i + 1 < STORE_TABLE_MAX);
        out[i] = STORE_OPTIONS[i];
        if (strcmp(out[i].name, "redis") == 0) {
            out[i].fallback = NULL;
            out[i].help = "where it is not given: a private one, which keeps nothing";
        }
    }
    out[i] = (struct conf_option){0};
}

static void print_notes(struct up *up) {
    struct buf *notes = &up->supervisor.notes;
    struct span rest = buf_span(notes);
    while (rest.len > 0) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        up_say(up, "%.*s", (int)len, rest.ptr);
        rest.ptr += end ? len + 1 : len;
        rest.len -= end ? len + 1 : len;
    }
    buf_clear(notes);
}

static void act(struct up *up, int64_t now) {
    struct action action;
    while ((action = supervisor_next(&up->supervisor, now)).kind != ACTION_NONE) {
        const char *name = PARTS[action.part].name;
        char log[WORKPLACE_PATH + 64];
        pid_t *pid = &up->pids[action.part];
        if (action.kind != ACTION_START) {
            kill(*pid, action.kind == ACTION_STOP ? SIGTERM : SIGKILL);
            continue;
        }
        *pid = process_start(up->argv[action.part], workplace_log(&up->place, name, log, sizeof log));
        if (*pid < 0) {
            *pid = 0;
            up_say(up, "%s cannot be started: %s", name, strerror(errno));
            supervisor_ended(&up->supervisor, action.part, EXIT_FAILED, 0, now);
        }
    }
}

static void reap(struct up *up, int64_t now) {
    int status, number;
    pid_t pid;
    while ((pid = process_reap(&status, &number)) > 0) {
        for (size_t i = 0; i < UP_PARTS; i++) {
            if (up->pids[i] != pid)
                continue;
            up->pids[i] = 0;
            supervisor_ended(&up->supervisor, i, status, number, now);
        }
    }
}

/* A signal to us, or the end of a turn. */
static void await(struct up *up, const sigset_t *signals) {
    const struct timespec turn = {.tv_nsec = TURN_MS * 1000000};
    int number = sigtimedwait(signals, NULL, &turn);
    if (number == SIGINT || number == SIGTERM || number == SIGHUP) {
        if (!up->supervisor.stopping)
            up_say(up, "stopping");
        supervisor_stop(&up->supervisor, EXIT_OK, times_monotonic_ms());
    }
}

static int loop(struct up *up, const sigset_t *signals) {
    while (!supervisor_over(&up->supervisor)) {
        int64_t now = times_monotonic_ms();
        reap(up, now);
        print_notes(up);
        up_step(up, now);
        act(up, now);
        await(up, signals);
    }
    print_notes(up);
    if (up->supervisor.culprit >= 0) {
        char line[1024];
        workplace_last_lines(&up->place, PARTS[up->supervisor.culprit].name, 1, line, sizeof line);
        if (line[0])
            up_say(up, "%s", line);
    }
    if (up->supervisor.code != EXIT_OK && up->place.logs[0])
        up_say(up, "logs are kept in %s", up->place.logs);
    return (int)up->supervisor.code;
}

static void greet(struct up *up) {
    if (!up->conf.brokers || !up->redis.url)
        up_say(up, "%s%s%s of this run only: nothing is kept when it ends",
               up->conf.brokers ? "" : "embedded broker", !up->conf.brokers && !up->redis.url ? " and " : "",
               up->redis.url ? "" : "private Redis");
    if (up->place.logs[0])
        up_say(up, "logs    %s", up->place.logs);
}

static int supervise(struct up *up, const sigset_t *signals) {
    int code = EXIT_FAILED;
    supervisor_init(&up->supervisor);
    for (size_t i = 0; i < UP_PARTS; i++)
        ASSERT(supervisor_add(&up->supervisor, PARTS[i].name, PARTS[i].kind) == i);
    if (!workplace_open(&up->place, up->conf.log_dir, &up->message) || !up_plan(up)) {
        command_refuse(EXIT_FAILED, "%s", buf_span(&up->message).ptr);
    } else {
        greet(up);
        up->began = times_monotonic_ms();
        for (enum up_part part = UP_BROKER; part <= UP_REDIS; part++)
            if (up->argv[part][0])
                supervisor_want(&up->supervisor, part);
        code = loop(up, signals);
    }
    bus_admin_free(&up->admin);
    store_free(&up->store);
    workplace_close(&up->place, code != EXIT_OK && up->supervisor.stopping);
    supervisor_free(&up->supervisor);
    return code;
}

static int check(const struct up *up) {
    if (up->loaded->operand_count > 0)
        return command_refuse(EXIT_USAGE, "up takes options only, not '%s'", up->loaded->operands[0]);
    if (up->conf.once && !up->conf.mentions)
        return command_refuse(EXIT_USAGE, "--once ends when all --mentions are counted: give a file");
    const char *files[] = {up->conf.alerts, up->conf.mentions};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        FILE *file = files[i] ? fopen(files[i], "r") : NULL;
        if (files[i] && !file)
            return command_refuse(EXIT_USAGE, "%s: %s", files[i], strerror(errno));
        if (file)
            fclose(file);
    }
    return EXIT_OK;
}

static void block_signals(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    sigaddset(signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, signals, NULL);
}

static int run(int argc, char **argv) {
    static struct up up;
    struct conf_option redis[STORE_TABLE_MAX];
    sigset_t signals;
    copy_store_options(redis);
    struct conf conf = {
        .program = "earshot up",
        .about = "Runs the whole set on this machine: broker and Redis where none are given, the workers, "
                 "and a file "
                 "of\nmentions. What ends is started again. Ctrl-C stops all of it.",
        .tables = {OPTIONS, redis},
        .structs = {&up.conf, &up.redis},
        .kafka_properties = true,
        .epilog = "Examples\n  earshot up --alerts alerts.json --mentions mentions.ndjson --shift-to-now\n"
                  "  earshot up --brokers kafka1:9092 --redis redis://redis:6379 --alerts alerts.json",
    };
    conf_load_or_exit(&conf, argc, argv);
    up.loaded = &conf;
    int code = check(&up);
    if (code == EXIT_OK) {
        block_signals(&signals);
        up.arena = arena_new(8192);
        buf_init(&up.out, TEXT_MAX);
        buf_init(&up.message, MESSAGE_MAX);
        up.screen = screen_open(&up.out);
        code = supervise(&up, &signals);
        buf_free(&up.out);
        buf_free(&up.message);
        arena_free(&up.arena);
    }
    up.loaded = NULL;
    conf_free(&conf);
    return code;
}

const struct command COMMAND_UP = {"up", GROUP_RUN, "run the whole set on this machine", run};
