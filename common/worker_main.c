/* worker_main: the shell around the loop: configuration, what must be known before it can begin, Kafka, and
 * the process. */
#include "earshot/log.h"
#include "earshot/program.h"
#include "earshot/times.h"
#include "worker_deployment.h"
#include "worker_loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* PATIENCE: what takes no longer than this to come is not worth a line. */
enum { PATIENCE_MS = 4000, WATCH_MS = 1000, READY_MS = 100, GO_ON = -1 };

struct shell {
    const struct worker_service *service;
    char name[64];
    struct conf conf;
    struct program_conf program_conf;
    void *service_conf;
    struct bus_conf bus_conf;
    struct program *program;
    struct worker_deployment deployment;
    struct worker *worker;
    struct bus_watcher watcher;
    int64_t started, watch_at, ready_at;
    bool was_ready;
};

static int64_t real_now(void *self) {
    (void)self;
    return times_monotonic_ms();
}

static void real_sleep(void *self, int64_t ms) {
    (void)self;
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static const struct worker_clock REAL_CLOCK = {.now = real_now, .sleep = real_sleep};

static void configure(struct shell *shell, int argc, char **argv) {
    static const struct conf_option NONE[] = {{0}};
    const struct worker_service *service = shell->service;
    snprintf(shell->name, sizeof shell->name, "earshot-%s", service->name);
    shell->service_conf = xcalloc(1, service->conf_size ? service->conf_size : 1);
    shell->conf = (struct conf){.program = shell->name,
                                .usage = "[OPTIONS]",
                                .about = service->about,
                                .tables = {service->options ? service->options : NONE, PROGRAM_OPTIONS},
                                .structs = {shell->service_conf, &shell->program_conf},
                                .kafka_properties = true};
    conf_load_or_exit(&shell->conf, argc, argv);
    shell->bus_conf = program_bus_conf(shell->name, &shell->program_conf, &shell->conf);
    struct buf message;
    buf_init(&message, 1000);
    if (!bus_conf_check(&shell->bus_conf, &message))
        die(EXIT_USAGE, "%s", message.ptr);
    buf_free(&message);
}

static bool is_late(const struct shell *shell, int64_t limit_ms) {
    return times_monotonic_ms() - shell->started > limit_ms;
}

static int give_up(struct shell *shell, int code, const char *why) {
    program_fatal(shell->program, why);
    return code;
}

/* GO_ON: it is known. Else the exit code. */
static int find_deployment(struct shell *shell) {
    struct buf message;
    buf_init(&message, 1000);
    if (!worker_deployment_open(&shell->deployment, &shell->bus_conf, &message))
        die(EXIT_USAGE, "%s", message.ptr);
    buf_free(&message);
    while (!worker_deployment_known(&shell->deployment)) {
        program_progress(shell->program);
        if (program_stopping(shell->program))
            return EXIT_OK;
        if (!worker_deployment_poll(&shell->deployment, WORKER_TICK_MS))
            break;
        if (worker_deployment_known(&shell->deployment) || !is_late(shell, PATIENCE_MS))
            continue;
        const char *wanted = worker_deployment_wanted(&shell->deployment);
        if (shell->program_conf.fail_fast && is_late(shell, PROGRAM_FAIL_FAST_MS))
            return give_up(shell, EXIT_UNREACHABLE, wanted);
        program_ready(shell->program, wanted);
    }
    return *shell->deployment.problem ? give_up(shell, EXIT_FAILED, shell->deployment.problem) : GO_ON;
}

static void start_worker(struct shell *shell) {
    shell->worker = worker_new(shell->service, &REAL_CLOCK, &shell->deployment.deployment, &shell->bus_conf,
                               shell->program_conf.stop_timeout);
    worker_start(shell->worker, shell->service_conf);
    struct buf message;
    buf_init(&message, 1000);
    shell->watcher = worker_watcher(shell->worker);
    struct bus *bus = bus_kafka_new_two(&shell->bus_conf, shell->service->input, shell->service->beside,
                                        &shell->watcher, &message);
    if (!bus)
        die(EXIT_USAGE, "%s", message.ptr);
    worker_take_bus(shell->worker, bus);
    buf_free(&message);
}

/* Kafka or the service's store cannot be reached, as opposed to a group that takes its time. */
static bool is_unreachable(const struct worker *worker) {
    const char *why;
    return !bus_connected(worker->bus) ||
           (worker->service->ready && !worker->service->ready(worker->self, &why));
}

static int look_around(struct shell *shell) {
    int64_t now = times_monotonic_ms();
    program_progress(shell->program);
    if (now >= shell->watch_at) {
        shell->watch_at = now + WATCH_MS;
        if (!worker_deployment_poll(&shell->deployment, 0))
            worker_fail(shell->worker, "%s", shell->deployment.problem);
    }
    if (now < shell->ready_at || worker_over(shell->worker))
        return GO_ON;
    shell->ready_at = now + READY_MS;
    const char *why = worker_not_ready(shell->worker);
    shell->was_ready |= !why;
    if (shell->was_ready || is_late(shell, PATIENCE_MS))
        program_ready(shell->program, why);
    bool fast = shell->program_conf.fail_fast && !shell->was_ready && is_late(shell, PROGRAM_FAIL_FAST_MS);
    return fast && is_unreachable(shell->worker) ? give_up(shell, EXIT_UNREACHABLE, why) : GO_ON;
}

static int run(struct shell *shell) {
    int code = find_deployment(shell);
    if (code != GO_ON || program_stopping(shell->program))
        return code == GO_ON ? EXIT_OK : code;
    start_worker(shell);
    while (code == GO_ON && !program_stopping(shell->program) && worker_step(shell->worker))
        code = look_around(shell);
    if (worker_over(shell->worker))
        program_fatal(shell->program, shell->worker->problem);
    int finished = worker_finish(shell->worker);
    worker_free(&shell->worker);
    return code == GO_ON ? finished : code;
}

int worker_main(const struct worker_service *service, int argc, char **argv) {
    struct shell shell = {.service = service, .started = times_monotonic_ms()};
    configure(&shell, argc, argv);
    shell.program = program_new(shell.name, &shell.program_conf);
    int code = run(&shell);
    worker_deployment_close(&shell.deployment);
    program_free(&shell.program);
    conf_free(&shell.conf);
    free(shell.service_conf);
    return code;
}
