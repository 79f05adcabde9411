/* program: a signal only sets a flag and wakes a thread that watches the clock, so that a loop that hangs in
 * a library still ends in time. Signals are not blocked: children that a program starts would inherit that.
 */
#include "earshot/program.h"

#include "earshot/httpd.h"
#include "earshot/log.h"
#include "earshot/times.h"
#include "program_process.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { FORMAT_AUTO, FORMAT_PLAIN, FORMAT_JSON };

// clang-format off
const struct conf_option PROGRAM_OPTIONS[] = {
    {.name = "Kafka", .type = CONF_HEADING},
    {.name = "brokers", .type = CONF_STRING, .offset = offsetof(struct program_conf, brokers),
     .fallback = "localhost:9092", .argument = "HOST:PORT,…", .help = "where Kafka is first asked"},
    {.name = "prefix", .type = CONF_STRING, .offset = offsetof(struct program_conf, prefix),
     .fallback = "", .argument = "TEXT", .help = "stands before the name of every topic and group"},
    {.name = "This process", .type = CONF_HEADING},
    {.name = "listen", .type = CONF_STRING, .offset = offsetof(struct program_conf, listen),
     .fallback = "127.0.0.1:0", .argument = "HOST:PORT",
     .help = "serves /livez /readyz /metrics; port 0: any free one, told in the log; off: none"},
    {.name = "log-format", .type = CONF_CHOICE, .offset = offsetof(struct program_conf, log_format),
     .fallback = "auto", .choices = "auto|plain|json", .help = "auto: plain on a terminal, else JSON lines"},
    {.name = "log-level", .type = CONF_CHOICE, .offset = offsetof(struct program_conf, log_level),
     .fallback = "info", .choices = "debug|info|warn|error", .help = "the least that is logged"},
    {.name = "fail-fast", .type = CONF_BOOL, .offset = offsetof(struct program_conf, fail_fast),
     .fallback = "false", .help = "exit 3 within 10s where what is needed cannot be reached, instead of waiting"},
    {.name = "stop-timeout", .type = CONF_DURATION, .offset = offsetof(struct program_conf, stop_timeout),
     .fallback = "20s", .argument = "TIME", .min = 100, .max = 3600000,
     .help = "after SIGTERM or SIGINT: how long finishing may take"},
    {0},
};
// clang-format on

struct program {
    const char *name;
    const struct program_conf *conf;
    struct httpd *httpd;
    pthread_t watchdog;
    _Atomic int64_t progress_ms;
    pthread_mutex_t lock; /* of what follows */
    char not_ready[256];  /* "": ready */
    char fatal[256];      /* "": nothing is */
};

/* The one stop flag of the process, and what wakes the watchdog: a signal, or the end of the program. */
static atomic_bool stopping;
static atomic_bool ended;
static sem_t wake;

static void on_signal(int number) {
    (void)number;
    int saved = errno;
    if (!atomic_exchange(&stopping, true))
        sem_post(&wake);
    errno = saved;
}

/* false: the time is over. */
static bool wait_for_end(int64_t timeout_ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)(timeout_ms / 1000);
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!atomic_load(&ended)) {
        if (sem_timedwait(&wake, &until) != 0 && errno == ETIMEDOUT)
            return false;
    }
    return true;
}

static void *watch(void *arg) {
    const struct program *program = arg;
    while (!atomic_load(&ended) && !atomic_load(&stopping))
        sem_wait(&wake);
    if (!atomic_load(&ended))
        log_info("program.stopping", "a signal came: finishing what is in hand");
    if (wait_for_end(program->conf->stop_timeout))
        return NULL;
    log_error("program.stop-timeout",
              "not finished within stop-timeout (%lld ms): exiting; what is not committed comes again",
              (long long)program->conf->stop_timeout);
    _exit(EXIT_FAILED);
}

static int answer_live(void *self, struct buf *out) {
    struct program *program = self;
    int64_t stalled = times_monotonic_ms() - atomic_load(&program->progress_ms);
    pthread_mutex_lock(&program->lock);
    bool fatal = *program->fatal;
    buf_add_str(out, program->fatal);
    pthread_mutex_unlock(&program->lock);
    if (!fatal && stalled > PROGRAM_STALL_MS)
        buf_printf(out, "the loop has not gone round for %lld s", (long long)(stalled / 1000));
    bool live = out->len == 0;
    buf_add_str(out, live ? "ok\n" : "\n");
    return live ? 200 : 503;
}

static int answer_ready(void *self, struct buf *out) {
    struct program *program = self;
    pthread_mutex_lock(&program->lock);
    buf_add_str(out, *program->fatal ? program->fatal : program->not_ready);
    pthread_mutex_unlock(&program->lock);
    bool ready = out->len == 0;
    buf_add_str(out, ready ? "ok\n" : "\n");
    return ready ? 200 : 503;
}

static int answer_metrics(void *self, struct buf *out) {
    const struct program *program = self;
    metrics_render(out);
    process_render(program->name, out);
    return 200;
}

static const struct httpd_route ROUTES[] = {
    {"/livez", "text/plain; charset=utf-8", answer_live},
    {"/readyz", "text/plain; charset=utf-8", answer_ready},
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", answer_metrics},
    {0},
};

static void start_httpd(struct program *program) {
    if (strcmp(program->conf->listen, "off") == 0)
        return;
    struct buf message;
    buf_init(&message, 1000);
    program->httpd = httpd_new(program->conf->listen, ROUTES, program, &message);
    if (!program->httpd)
        die(EXIT_USAGE, "%s", message.ptr);
    buf_free(&message);
    log_info("program.listening", "port %d serves /livez /readyz /metrics", httpd_port(program->httpd));
}

/* Of a worker at full speed a third of the time went into pages that glibc gave back to the kernel after
 * every batch from Kafka, only to have them zeroed again for the next one. */
static void keep_memory(void) {
    enum { KEPT = 64 << 20, LARGEST = 32 << 20 /* what mallopt(3) takes */ };
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_MMAP_THRESHOLD, LARGEST);
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct program *program_new(const char *name, const struct program_conf *conf) {
    bool plain =
        conf->log_format == FORMAT_PLAIN || (conf->log_format == FORMAT_AUTO && isatty(STDERR_FILENO));
    log_open(name, plain ? LOG_FORMAT_PLAIN : LOG_FORMAT_JSON, (enum log_level)conf->log_level);
    keep_memory();
    struct program *program = xcalloc(1, sizeof *program);
    program->name = name;
    program->conf = conf;
    pthread_mutex_init(&program->lock, NULL);
    snprintf(program->not_ready, sizeof program->not_ready, "starting");
    program_progress(program);
    atomic_store(&stopping, false);
    atomic_store(&ended, false);
    if (sem_init(&wake, 0, 0) != 0)
        die(EXIT_FAILED, "cannot make a semaphore: %s", strerror(errno));
    catch_signals();
    start_httpd(program);
    int problem = pthread_create(&program->watchdog, NULL, watch, program);
    if (problem)
        die(EXIT_FAILED, "cannot start a thread: %s", strerror(problem));
    return program;
}

/* The handlers stay, so that a signal that comes now does not undo an orderly exit. */
void program_free(struct program **program) {
    if (!*program)
        return;
    atomic_store(&ended, true);
    sem_post(&wake);
    pthread_join((*program)->watchdog, NULL);
    httpd_free(&(*program)->httpd);
    pthread_mutex_destroy(&(*program)->lock);
    free(*program);
    *program = NULL;
}

bool program_stopping(const struct program *program) {
    (void)program;
    return atomic_load_explicit(&stopping, memory_order_relaxed);
}

void program_progress(struct program *program) {
    atomic_store_explicit(&program->progress_ms, times_monotonic_ms(), memory_order_relaxed);
}

void program_ready(struct program *program, const char *why) {
    char text[sizeof program->not_ready];
    snprintf(text, sizeof text, "%s", why ? why : "");
    pthread_mutex_lock(&program->lock);
    bool changed = strcmp(text, program->not_ready) != 0;
    memcpy(program->not_ready, text, sizeof text);
    pthread_mutex_unlock(&program->lock);
    if (changed && *text)
        log_warn("program.not-ready", "%s", text);
    else if (changed)
        log_info("program.ready", "ready");
}

void program_fatal(struct program *program, const char *why) {
    pthread_mutex_lock(&program->lock);
    bool first = !*program->fatal;
    if (first)
        snprintf(program->fatal, sizeof program->fatal, "%s", why);
    pthread_mutex_unlock(&program->lock);
    if (first)
        log_error("program.fatal", "%s", why);
}

int program_port(const struct program *program) {
    return program->httpd ? httpd_port(program->httpd) : 0;
}

struct metric *program_limit(const char *limit) {
    char labels[96];
    snprintf(labels, sizeof labels, "limit=\"%s\"", limit);
    return metrics_counter("earshot_limit_total", "What a limit cut or held back", labels);
}

struct bus_conf program_bus_conf(const char *name, const struct program_conf *conf,
                                 const struct conf *loaded) {
    return (struct bus_conf){.brokers = conf->brokers,
                             .prefix = conf->prefix,
                             .client_id = name,
                             .properties = loaded->properties,
                             .property_count = loaded->property_count};
}
