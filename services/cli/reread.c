#include "reread.h"

#include "command.h"

#include "earshot/times.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define TOPIC "mentions.raw"

enum { POLL_MS = 100, MESSAGE_MAX = 4096, NICER = 10 };

static volatile sig_atomic_t stop_asked; /* the stop flag */

static void on_signal(int number) {
    (void)number;
    stop_asked = 1;
}

void reread_prepare(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    (void)!nice(NICER);
}

/* The deployment. */

struct found {
    struct deployment deployment;
    bool any, mixed;
};

static void see_deployment(void *self, const struct bus_record *record) {
    struct found *found = self;
    struct deployment deployment;
    struct fault fault;
    if (!record->value.ptr || !deployment_parse(record->value, &deployment, &fault))
        return;
    found->mixed = found->mixed || (found->any && !deployment_same(&found->deployment, &deployment));
    if (!found->any)
        found->deployment = deployment;
    found->any = true;
}

int reread_find_deployment(struct reread *reread) {
    struct found found = {.any = false};
    int code = link_read_table(reread->link, reread->bus, "deployment", see_deployment, &found);
    if (code != EXIT_OK)
        return code;
    if (!found.any)
        return command_refuse(
            EXIT_FAILED,
            "topic %sdeployment holds no deployment: run earshot init, or correct --brokers "
            "and --prefix",
            reread->link->prefix);
    if (found.mixed)
        return command_refuse(EXIT_FAILED, "topic %sdeployment holds two different deployments",
                              reread->link->prefix);
    reread->deployment = found.deployment;
    return EXIT_OK;
}

/* Reading. */

struct session {
    struct reread *reread;
    struct bus_range *range;
    struct bus_extent *extents; /* by partition; first -1: its first record was seen */
    int64_t total;              /* records to read */
};

/* A partition whose oldest record is already of the time asked for may once have held more of it. */
static void note_beginning(struct session *session, const struct bus_record *record) {
    struct bus_extent *extent = &session->extents[record->partition];
    struct reread *reread = session->reread;
    bool cut = extent->begin > 0 && extent->first == extent->begin && record->timestamp > reread->since_ms;
    extent->first = -1;
    if (cut && record->timestamp > reread->kept_from_ms)
        reread->kept_from_ms = record->timestamp;
}

static void see(void *self, const struct bus_record *record) {
    struct session *session = self;
    if (session->extents[record->partition].first >= 0)
        note_beginning(session, record);
    session->reread->each(session->reread->self, record);
}

static int away(struct session *session) {
    const char *problem = bus_range_problem(session->range);
    if (problem)
        return command_refuse(EXIT_UNREACHABLE, "%s", problem);
    return command_refuse(EXIT_UNREACHABLE, "nothing more came of topic %s" TOPIC " for %lld s",
                          session->reread->link->prefix,
                          (long long)(session->reread->link->timeout_ms / 1000));
}

static int find(struct session *session) {
    struct reread *reread = session->reread;
    int count = reread->deployment.partitions;
    const struct bus_search search = {.partitions = count,
                                      .since = reread->since_ms,
                                      .until = reread->until_ms,
                                      .timeout_ms = (int)reread->link->timeout_ms};
    session->extents = xcalloc((size_t)count, sizeof *session->extents);
    if (!bus_range_find(session->range, &search, session->extents))
        return away(session);
    struct bus_part_range *parts = xcalloc((size_t)count, sizeof *parts);
    for (int p = 0; p < count; p++) {
        struct bus_extent *extent = &session->extents[p];
        if (reread->resume && reread->resume[p] > extent->first)
            extent->first = reread->resume[p];
        int64_t from = extent->first - reread->deployment.window;
        parts[p].from = from > extent->begin ? from : extent->begin;
        parts[p].to = extent->first < extent->last ? extent->last : parts[p].from;
    }
    bus_range_start(session->range, parts, count);
    free(parts);
    session->total = bus_range_left(session->range);
    return EXIT_OK;
}

static int read_all(struct session *session) {
    struct reread *reread = session->reread;
    int64_t heard = times_monotonic_ms(), left = session->total;
    pace_begin(reread->pace, session->total, false);
    while (!bus_range_done(session->range) && !stop_asked && !reread->halt) {
        if (bus_range_poll(session->range, POLL_MS, see, session) == BUS_FATAL)
            return command_refuse(EXIT_FAILED, "%s", bus_range_problem(session->range));
        if (bus_range_left(session->range) < left)
            heard = times_monotonic_ms();
        left = bus_range_left(session->range);
        pace_go(reread->pace, reread->totals, session->total - left);
        if (times_monotonic_ms() - heard > reread->link->timeout_ms) {
            pace_pause(reread->pace);
            return away(session);
        }
    }
    pace_end(reread->pace, reread->totals);
    reread->stopped = !bus_range_done(session->range);
    reread->lost = bus_range_lost(session->range);
    return EXIT_OK;
}

int reread_run(struct reread *reread) {
    struct buf message;
    struct session session = {.reread = reread};
    buf_init(&message, MESSAGE_MAX);
    session.range = bus_range_new(reread->bus, TOPIC, &message);
    int code = session.range ? find(&session) : command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    if (code == EXIT_OK)
        code = read_all(&session);
    bus_range_free(&session.range);
    free(session.extents);
    buf_free(&message);
    return code;
}
