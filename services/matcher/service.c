/* service: mentions.raw in, mentions that some alert matches out to mentions.matched. The alerts are
 * a table beside it, read to its end before the first mention is looked at and followed from then on. */
#include "service.h"

#include "matcher.h"

#include "earshot/bus_kafka.h"
#include "earshot/log.h"
#include "earshot/metrics.h"
#include "earshot/worker.h"

#include <stdlib.h>
#include <sys/random.h>

/* How long the alerts may go unread before mentions wait for them: within it every edit is known before it
 * comes into force. */
enum { POLL_MS = 100, STALE_MS = ALERT_DELAY_MS / 2 };

struct service {
    struct worker *worker;
    struct matcher *matcher;
    struct bus_table *table;
    int64_t read_at; /* when the table was last asked and answered */
    bool said_skipped;
    struct metric *same, *changed, *matches_cut, *ranges_cut, *bounded, *alerts, *builds, *skipped;
};

static void start_metrics(struct service *service) {
    static const char REPETITIONS[] = "Records dropped because the same key came lately";
    static const char LIMITS[] = "Times that a limit cut something";
    service->same = metrics_counter("earshot_repetitions_total", REPETITIONS, "stage=\"matcher\"");
    service->changed = metrics_counter("earshot_repetitions_total", REPETITIONS, "stage=\"matcher-changed\"");
    service->matches_cut = metrics_counter("earshot_limit_total", LIMITS, "limit=\"matches\"");
    service->bounded = metrics_counter("earshot_limit_total", LIMITS, "limit=\"steps\"");
    service->ranges_cut = metrics_counter("earshot_limit_total", LIMITS, "limit=\"ranges\"");
    service->alerts = metrics_gauge("earshot_alerts", "Alerts that are in force", "");
    service->builds = metrics_gauge("earshot_index_builds", "Times that the alerts' index was built", "");
    service->skipped =
        metrics_counter("earshot_alerts_skipped_total", "Records of alerts that are no alert", "");
}

static void *start(struct worker *worker, const void *conf) {
    (void)conf;
    struct service *service = xcalloc(1, sizeof *service);
    unsigned char secret[REPEATS_SECRET];
    struct buf message;
    if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret)
        die(EXIT_FAILED, "no random bytes from the system");
    service->worker = worker;
    service->matcher = matcher_new(worker_deployment(worker)->window, secret);
    service->read_at = -STALE_MS;
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
    matcher_free(&service->matcher);
    free(service);
}

/* Alerts. */

static void take_alert(void *self, const struct bus_record *record) {
    struct service *service = self;
    char why[ALERTS_WHY_MAX];
    if (alerts_take(matcher_alerts(service->matcher), record, why))
        return;
    metric_add(service->skipped, 1);
    if (!service->said_skipped)
        log_warn("alerts.skipped", "the record at offset %lld of alerts is no alert and is skipped: %s",
                 (long long)record->offset, why);
    service->said_skipped = true;
}

static void read_alerts(struct service *service) {
    switch (bus_table_poll(service->table, 0, take_alert, service)) {
    case BUS_OK:
        service->read_at = worker_now(service->worker);
        break;
    case BUS_FATAL:
        worker_fail(service->worker, "%s", bus_table_problem(service->table));
        break;
    default:
        break;
    }
    metric_set(service->alerts, (double)alerts_count(matcher_alerts(service->matcher)));
    metric_set(service->builds, (double)alerts_builds(matcher_alerts(service->matcher)));
}

static void tick(void *self) {
    read_alerts(self);
}

/* False: they are not read to their end, or not lately. */
static bool alerts_are_known(struct service *service) {
    int64_t now = worker_now(service->worker);
    if (now - service->read_at >= POLL_MS)
        read_alerts(service);
    return bus_table_loaded(service->table) && now - service->read_at < STALE_MS;
}

static bool ready(void *self, const char **why) {
    const struct service *service = self;
    *why = "the alerts are not read to their end yet";
    return bus_table_loaded(service->table);
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
    if (verdict == VERDICT_DONE && result->bounded)
        metric_add(service->bounded, 1);
    if (verdict == VERDICT_DONE && result->ranges_cut)
        metric_add(service->ranges_cut, result->ranges_cut);
    return verdict;
}

static enum verdict handle(void *self, struct worker_job *job) {
    struct service *service = self;
    struct matcher_result result;
    if (!alerts_are_known(service))
        return VERDICT_RETRY;
    matcher_judge(service->matcher, job->record, job->arena, &result);
    switch (result.outcome) {
    case MATCHER_PUBLISH:
        return publish(service, job, &result);
    case MATCHER_SAME:
        metric_add(service->same, 1);
        return VERDICT_DONE;
    case MATCHER_CHANGED:
        metric_add(service->changed, 1);
        return VERDICT_DONE;
    case MATCHER_BROKEN:
        job->fault = result.fault;
        return VERDICT_REJECT;
    default:
        return VERDICT_DONE;
    }
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
