/* startup: both are small tables; whoever can read them can reach Kafka, so this is also the one place where
 * an unreachable broker is told. */
#include "startup.h"

#include "earshot/arena.h"
#include "earshot/log.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { POLL_MS = 100, PATIENCE_MS = 1500, FAIL_FAST_MS = 9000, MESSAGE_MAX = 500 };

struct found {
    struct deployment deployment;
    bool any, mixed;
    char broken[200]; /* a record that is none; "": none such */
};

static void on_deployment(void *self, const struct bus_record *record) {
    struct found *found = self;
    struct deployment one;
    struct fault fault;
    if (!record->value.ptr)
        return;
    if (!deployment_parse(record->value, &one, &fault)) {
        memcpy(found->broken, fault.detail, sizeof fault.detail);
        return;
    }
    found->mixed |= found->any && !deployment_same(&one, &found->deployment);
    found->deployment = one;
    found->any = true;
}

static void on_cursor(void *self, const struct bus_record *record) {
    struct sources *sources = self;
    for (size_t i = 0; i < sources->count; i++) {
        if (!span_eq(record->key, span_of(sources->list[i].id)))
            continue;
        sources->list[i].cursor = (struct span){0};
        if (record->value.ptr)
            sources->list[i].cursor =
                (struct span){arena_copy(sources->owned, record->value), record->value.len};
    }
}

/* One waiting: what for, since when. */
struct wait {
    const struct startup *startup;
    int64_t since;
    bool told;
};

/* EXIT_OK: wait on. */
static enum exit_code wait_on(struct wait *wait, const char *event, const char *why) {
    int64_t waited = times_monotonic_ms() - wait->since;
    program_progress(wait->startup->program);
    if (wait->startup->conf->fail_fast && waited > FAIL_FAST_MS) {
        log_error(event, "%s", why);
        return EXIT_UNREACHABLE;
    }
    if (!wait->told && waited > PATIENCE_MS) {
        wait->told = true;
        program_ready(wait->startup->program, why);
    }
    return EXIT_OK;
}

static enum exit_code say_broken(const char *topic, const char *why) {
    log_error("ingest.start", "%s: %s", topic, why ? why : "cannot be read");
    return EXIT_FAILED;
}

/* Reads topic until it is loaded and (wanted, where not NULL) something was found. */
static enum exit_code read_table(const struct startup *startup, const char *topic, bus_row_f *each,
                                 void *self, const bool *wanted) {
    struct wait wait = {.startup = startup, .since = times_monotonic_ms()};
    enum exit_code code = EXIT_OK;
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct bus_table *table = bus_table_new(startup->bus, topic, &message);
    if (!table)
        code = say_broken(topic, buf_span(&message).ptr);
    while (code == EXIT_OK && !program_stopping(startup->program)) {
        enum bus_status status = bus_table_poll(table, POLL_MS, each, self);
        if (status == BUS_FATAL)
            code = say_broken(topic, bus_table_problem(table));
        else if (bus_table_loaded(table) && (!wanted || *wanted))
            break;
        else if (bus_table_loaded(table))
            code =
                wait_on(&wait, "ingest.no-deployment",
                        "there is no deployment record: run `earshot init` with the same brokers and prefix");
        else {
            const char *why = bus_table_problem(table);
            code = wait_on(&wait, "ingest.unreachable",
                           why ? why : "Kafka does not answer; check brokers, or run `earshot init` first");
        }
    }
    bus_table_free(&table);
    buf_free(&message);
    return code;
}

enum exit_code startup_deployment(const struct startup *startup, struct deployment *out) {
    struct found found = {.any = false};
    enum exit_code code = read_table(startup, "deployment", on_deployment, &found, &found.any);
    if (code == EXIT_OK && found.mixed) {
        log_error("ingest.mixed",
                  "the topic deployment names two different deployments: two `earshot init` have "
                  "met in it; choose another prefix or remove the topics of one");
        return EXIT_FAILED;
    }
    if (*found.broken)
        log_warn("ingest.deployment", "a record of the topic deployment is none: %s", found.broken);
    *out = found.deployment;
    return code;
}

enum exit_code startup_cursors(const struct startup *startup, struct sources *sources) {
    return read_table(startup, "cursors", on_cursor, sources, NULL);
}
