/* service: mentions.raw in, mentions that some alert matches out to mentions.matched. The alerts are
 * a table beside it, read to its end before the first mention is looked at and followed from then on. */
#include "service.h"

#include "builder.h"
#include "matcher.h"

#include "earshot/bus_kafka.h"
#include "earshot/log.h"
#include "earshot/metrics.h"
#include "earshot/worker.h"

#include <stdlib.h>
#include <sys/random.h>

/* How often alerts are read, and Kafka is asked whether these are all; how long that may not be known before
 * mentions wait: within it every edit is known before it comes into force. */
enum { POLL_MS = 100, ASK_MS = 250, STALE_MS = ALERT_DELAY_MS / 2 };
enum { ASK_AGAIN_MS = 2 * STALE_MS }; /* a change of leader may lose a question */
/* For how long the loop takes alerts in one go, while mentions flow and before; how often a line says the
 * same again. */
enum { TAKE_MS = 30, LOAD_MS = 500, SAY_MS = 60000 };

struct service {
    struct worker *worker;
    struct matcher *matcher;
    struct builder *builder;
    struct bus_table *table;
    int64_t polled_at;
    int64_t asked_at; /* when the table was last asked; all until then is taken once it has answered */
    int64_t known_at; /* all alerts of this moment are taken */
    size_t taken;
    bool said_skipped, waiting;
    int64_t said_built, said_bounded, said_waiting; /* when; what is said once a minute */
    struct metric *same, *changed, *matches_cut, *ranges_cut, *bounded, *skipped;
    struct metric *alerts, *versions, *builds, *changes, *seconds, *bytes, *waits;
};

static void start_index_metrics(struct service *service) {
    static const char BUILDS[] = "Times that the alerts' index was built, by its part";
    static const double BOUNDS[] = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    service->alerts = metrics_gauge("earshot_alerts", "Alerts that are in force", "");
    service->versions = metrics_gauge("earshot_alert_versions", "Versions of alerts that are kept", "");
    service->builds = metrics_gauge("earshot_index_builds", BUILDS, "part=\"base\"");
    service->changes = metrics_gauge("earshot_index_builds", BUILDS, "part=\"changes\"");
    service->seconds =
        metrics_histogram("earshot_index_build_seconds", "How long the thread built the alerts' index", "",
                          BOUNDS, COUNT_OF(BOUNDS));
    service->bytes = metrics_gauge("earshot_index_bytes", "Memory of the alerts' index", "");
    service->waits = metrics_gauge("earshot_index_waiting", "1 while mentions wait for alerts", "");
}

static void start_metrics(struct service *service) {
    static const char REPETITIONS[] = "Records dropped because the same key came lately";
    static const char LIMITS[] = "Times that a limit cut something";
    service->same = metrics_counter("earshot_repetitions_total", REPETITIONS, "stage=\"matcher\"");
    service->changed = metrics_counter("earshot_repetitions_total", REPETITIONS, "stage=\"matcher-changed\"");
    service->matches_cut = metrics_counter("earshot_limit_total", LIMITS, "limit=\"matches\"");
    service->bounded = metrics_counter("earshot_limit_total", LIMITS, "limit=\"steps\"");
    service->ranges_cut = metrics_counter("earshot_limit_total", LIMITS, "limit=\"ranges\"");
    start_index_metrics(service);
    service->skipped =
        metrics_counter("earshot_alerts_skipped_total", "Records of alerts that are no alert", "");
}

static void *start(struct worker *worker, const void *conf) {
    (void)conf;
    struct service *service = xcalloc(1, sizeof *service);
    unsigned char secret[REPEATS_SECRET];
    const struct deployment *deployment = worker_deployment(worker);
    struct buf message;
    if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret)
        die(EXIT_FAILED, "no random bytes from the system");
    service->worker = worker;
    service->matcher = matcher_new(deployment->window, secret, deployment_seed(deployment));
    service->builder = builder_new(matcher_alerts(service->matcher));
    service->polled_at = service->asked_at = service->known_at = -ASK_AGAIN_MS;
    service->said_built = service->said_bounded = service->said_waiting = -SAY_MS;
    buf_init(&message, 1024);
    service->table = bus_table_new(worker_bus_conf(worker), "alerts", &message);
    if (!service->table)
        die(EXIT_USAGE, "%s", buf_span(&message).ptr);
    buf_free(&message);
    start_metrics(service);
    return service;
}

static void stop(void *self) {
    struct service *service = self;
    bus_table_free(&service->table);
    builder_free(&service->builder);
    matcher_free(&service->matcher);
    free(service);
}

/* Alerts. */

/* At most once a minute. */
static bool says_now(const struct service *service, int64_t *said) {
    int64_t now = worker_now(service->worker);
    if (now - *said < SAY_MS)
        return false;
    *said = now;
    return true;
}

static void take_alert(void *self, const struct bus_record *record) {
    struct service *service = self;
    char why[ALERTS_WHY_MAX];
    service->taken++;
    if (alerts_take(matcher_alerts(service->matcher), record, why))
        return;
    metric_add(service->skipped, 1);
    if (!service->said_skipped)
        log_warn("alerts.skipped", "the record at offset %lld of alerts is no alert and is skipped: %s",
                 (long long)record->offset, why);
    service->said_skipped = true;
}

static void ask_alerts(struct service *service) {
    bool answered = bus_table_answered(service->table);
    int64_t now = worker_now(service->worker);
    if (answered)
        service->known_at = service->asked_at;
    if (!bus_table_loaded(service->table) || now - service->asked_at < (answered ? ASK_MS : ASK_AGAIN_MS))
        return;
    service->asked_at = now;
    bus_table_ask(service->table);
}

/* All that is there, in parts: what is still there may be in force for the next mention. */
static void read_alerts(struct service *service) {
    int64_t until = worker_now(service->worker) + (bus_table_loaded(service->table) ? TAKE_MS : LOAD_MS);
    enum bus_status status;
    do {
        service->taken = 0;
        status = bus_table_poll(service->table, 0, take_alert, service);
    } while (status == BUS_OK && service->taken && worker_now(service->worker) < until);
    if (status == BUS_FATAL)
        worker_fail(service->worker, "%s", bus_table_problem(service->table));
    ask_alerts(service);
    service->polled_at = worker_now(service->worker);
}

static void show_index(struct service *service) {
    const struct alerts_state state = alerts_state(matcher_alerts(service->matcher));
    metric_set(service->alerts, (double)state.active);
    metric_set(service->versions, (double)state.versions);
    metric_set(service->builds, (double)state.bases);
    metric_set(service->changes, (double)state.changes);
    metric_set(service->bytes, (double)state.bytes);
    metric_set(service->waits, service->waiting);
}

static void tend_index(struct service *service) {
    double seconds;
    if (!bus_table_loaded(service->table) || !builder_tend(service->builder, &seconds))
        return;
    metric_observe(service->seconds, seconds);
    const struct alerts_state state = alerts_state(matcher_alerts(service->matcher));
    if (says_now(service, &service->said_built))
        log_info("alerts.indexed", "%zu alerts are indexed, in %.2f s and %.1f MiB", state.active, seconds,
                 (double)state.bytes / (1024 * 1024));
}

static void tick(void *self) {
    struct service *service = self;
    read_alerts(service);
    tend_index(service);
    show_index(service);
}

/* False: they are not read to their end, or not lately. */
static bool alerts_are_known(struct service *service) {
    if (worker_now(service->worker) - service->polled_at >= POLL_MS)
        read_alerts(service);
    return worker_now(service->worker) - service->known_at < STALE_MS;
}

static bool ready(void *self, const char **why) {
    const struct service *service = self;
    bool loaded = bus_table_loaded(service->table);
    *why = loaded ? "the alerts are being indexed" : "the alerts are not read to their end yet";
    return loaded && alerts_ready(matcher_alerts(service->matcher));
}

/* Mentions. */

static bool assigned(void *self, const int32_t *partitions, int64_t *offsets, size_t count) {
    struct service *service = self;
    for (size_t i = 0; i < count; i++) {
        int64_t begin = matcher_assigned(service->matcher, partitions[i], offsets[i]);
        offsets[i] = begin < 0 ? -1 : bus_again_from(begin);
    }
    return true;
}

static void revoked(void *self, const int32_t *partitions, size_t count) {
    struct service *service = self;
    for (size_t i = 0; i < count; i++)
        matcher_revoked(service->matcher, partitions[i]);
}

static enum verdict publish(struct service *service, struct worker_job *job,
                            const struct matcher_result *result) {
    char origin[ORIGIN_MAX + 1];
    struct span log = span_of(worker_deployment(service->worker)->id);
    size_t len = origin_print(origin, log, job->record->partition, job->record->offset);
    struct bus_header header = {SPAN(ORIGIN_HEADER), {origin, len}};
    enum verdict verdict = worker_emit(job, "mentions.matched", result->value, &header, 1);
    if (verdict == VERDICT_DONE && result->matches_cut)
        metric_add(service->matches_cut, result->matches_cut);
    if (verdict == VERDICT_DONE && result->ranges_cut)
        metric_add(service->ranges_cut, result->ranges_cut);
    return verdict;
}

static void tell_bounded(struct service *service, const struct worker_job *job, struct span id) {
    int len = id.len < 200 ? (int)id.len : 200;
    metric_add(service->bounded, 1);
    if (says_now(service, &service->said_bounded))
        log_warn(
            "mention.bounded",
            "mention %.*s (partition %d, offset %lld) would have cost more than %d steps: some alerts were "
            "not tried on it; `earshot query check` names the expensive ones",
            len, id.ptr, (int)job->record->partition, (long long)job->record->offset, MATCH_STEPS_MAX);
}

static enum verdict wait_for_index(struct service *service) {
    if (!service->waiting && says_now(service, &service->said_waiting))
        log_info("alerts.awaited", "mentions wait until the alerts in force at their time are indexed");
    service->waiting = true;
    tend_index(service);
    return VERDICT_RETRY;
}

static enum verdict answer(struct service *service, struct worker_job *job,
                           const struct matcher_result *result) {
    switch (result->outcome) {
    case MATCHER_PUBLISH:
        return publish(service, job, result);
    case MATCHER_SAME:
        metric_add(service->same, 1);
        return VERDICT_DONE;
    case MATCHER_CHANGED:
        metric_add(service->changed, 1);
        return VERDICT_DONE;
    case MATCHER_BROKEN:
        job->fault = result->fault;
        return VERDICT_REJECT;
    default:
        return VERDICT_DONE;
    }
}

static enum verdict handle(void *self, struct worker_job *job) {
    struct service *service = self;
    struct matcher_result result;
    if (!alerts_are_known(service))
        return VERDICT_RETRY;
    matcher_judge(service->matcher, job->record, job->arena, &result);
    if (result.outcome == MATCHER_WAIT)
        return wait_for_index(service);
    if (service->waiting)
        log_debug("alerts.awaited-over", "the alerts in force are indexed: mentions go on");
    service->waiting = false;
    enum verdict verdict = answer(service, job, &result);
    if (verdict == VERDICT_DONE && result.bounded)
        tell_bounded(service, job, result.id);
    return verdict;
}

const struct worker_service MATCHER_SERVICE = {
    .name = "matcher",
    .input = "mentions.raw",
    .about = "Tries every mention against all alerts and passes on those that one matches, with the places.",
    .start = start,
    .handle = handle,
    .tick = tick,
    .ready = ready,
    .assigned = assigned,
    .revoked = revoked,
    .stop = stop,
};
