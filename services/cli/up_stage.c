/* up_stage: each stage waits for something to be there, says so, and wants the parts of the next. Ready is
 * what answers, never a time that has passed. */
#include "up.h"

#include "answers.h"
#include "command.h"
#include "link.h"
#include "obituary.h"
#include "roll.h"

#include "earshot/functions.h"
#include "earshot/times.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    START_MS = 20000,  /* for the broker and Redis */
    LOOK_MS = 250,     /* between two looks at the offsets */
    TELL_MS = 1000,    /* between two progress lines where they are kept */
    STALL_MS = 120000, /* nothing moves: something is wrong */
    TOLD_MS = 15000,   /* for the aggregator to tell Redis of the alerts */
    ANSWER_DAYS = 30,
};

void up_say(struct up *up, const char *format, ...) {
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (up->line_open)
        buf_add_str(&up->out, "\r\033[K");
    up->line_open = false;
    screen_add_foreign(&up->out, span_of(text), (int)sizeof text);
    buf_add_char(&up->out, '\n');
    if (!screen_flush(&up->screen))
        supervisor_stop(&up->supervisor, EXIT_FAILED, times_monotonic_ms());
}

static void fail(struct up *up, enum exit_code code, const char *why, int64_t now) {
    up_say(up, "%s", why);
    supervisor_stop(&up->supervisor, code, now);
}

static void want(struct up *up, enum up_part part) {
    if (up->argv[part][0])
        supervisor_want(&up->supervisor, part);
}

/* UP_STARTING: until the broker has said where it is and Redis answers. */

static bool redis_answers(struct up *up) {
    const struct span ping[] = {SPAN("PING")};
    const struct store_reply *reply;
    if (!up->store) {
        struct store_conf conf = up->redis;
        conf.url = up->url;
        up->store = link_store(&conf);
    }
    return up->store && store_ask(up->store, ping, 1, &reply) == STORE_OK && reply->type != STORE_ERROR;
}

static void start(struct up *up, int64_t now) {
    bool broker = up->conf.brokers != NULL;
    if (broker)
        snprintf(up->brokers, sizeof up->brokers, "%s", up->conf.brokers);
    else
        broker = workplace_read(&up->place, "broker", up->brokers, sizeof up->brokers);
    if (up->redis.url)
        snprintf(up->url, sizeof up->url, "%s", up->redis.url);
    else
        snprintf(up->url, sizeof up->url, "redis://127.0.0.1:%d", up->redis_port);
    bool redis = redis_answers(up);
    if (broker && redis) {
        up_say(up, "broker  %s%s", up->brokers, up->conf.brokers ? "" : "  (embedded)");
        up_say(up, "redis   %s%s", up->url, up->redis.url ? "" : "  (private)");
        if (!up_connect(up)) {
            fail(up, EXIT_FAILED, "the file `env` cannot be written", now);
            return;
        }
        want(up, UP_INIT);
        up->stage = UP_INITIALISING;
    } else if (now - up->began > START_MS) {
        const char *problem = up->store ? store_problem(up->store) : NULL;
        fail(up, EXIT_UNREACHABLE,
             broker && problem ? problem
             : broker          ? "Redis does not answer"
                               : "the broker does not "
                                 "start",
             now);
    }
}

/* UP_INITIALISING, UP_APPLYING: steps that end; meanwhile the workers start. */

static void say_last_lines(struct up *up, const char *label, enum up_part part, int lines) {
    char line[400];
    workplace_last_lines(&up->place, up->supervisor.parts[part].name, lines, line, sizeof line);
    if (line[0])
        up_say(up, "%s%s", label, line);
}

static void initialised(struct up *up) {
    if (!supervisor_is(&up->supervisor, UP_INIT, PART_ENDED))
        return;
    say_last_lines(up, "", UP_INIT, 1);
    for (enum up_part part = UP_MATCHER; part <= UP_ALERTS; part++)
        want(up, part);
    up->stage = UP_APPLYING;
}

/* How many the deployment has, whoever founded it: `earshot init` has just written it to Redis. */
static bool read_partitions(struct up *up) {
    const struct span args[] = {SPAN("HGET"), SPAN(FUNCTIONS_META), SPAN("partitions")};
    const struct store_reply *reply;
    if (link_ask(up->store, args, COUNT_OF(args), NULL, &reply) != EXIT_OK || reply->type != STORE_STRING)
        return false;
    up->partitions = atoi(reply->text.ptr);
    up->positions = arena_calloc(up->arena, (size_t)up->partitions, sizeof *up->positions);
    return up->partitions > 0;
}

static void open_admin(struct up *up, int64_t now) {
    struct link_conf link = {.brokers = up->brokers, .prefix = up->conf.prefix};
    struct bus_conf bus = link_bus_conf(&link, up->loaded);
    buf_clear(&up->message);
    up->admin = bus_admin_new(&bus, &up->message);
    if (!read_partitions(up))
        fail(up, EXIT_FAILED, "Redis does not say how many partitions the deployment has", now);
    else if (!up->admin)
        fail(up, EXIT_USAGE, buf_span(&up->message).ptr, now);
}

static void applied(struct up *up, int64_t now) {
    if (up->argv[UP_ALERTS][0] && !supervisor_is(&up->supervisor, UP_ALERTS, PART_ENDED))
        return;
    if (up->argv[UP_ALERTS][0])
        say_last_lines(up, "alerts  ", UP_ALERTS, 2);
    open_admin(up, now);
    if (up->conf.mentions)
        up_say(up, "streaming %s", up->conf.mentions);
    up->moved = now;
    up->stage = UP_STREAMING;
}

/* UP_STREAMING: until the source is through and every stage after it, in their order. */

static const struct {
    const char *group, *topic;
} STAGES[PROGRESS_STAGES] = {
    [PROGRESS_RAW] = {"earshot-matcher", "mentions.raw"},
    [PROGRESS_MATCHED] = {"earshot-sentiment", "mentions.matched"},
    [PROGRESS_ENRICHED] = {"earshot-aggregator", "mentions.enriched"},
};

static bool look(struct up *up, struct progress_stage stages[PROGRESS_STAGES]) {
    for (int i = 0; i < PROGRESS_STAGES; i++) {
        buf_clear(&up->message);
        if (!bus_admin_positions(up->admin, STAGES[i].group, STAGES[i].topic, up->partitions, up->positions,
                                 &up->message))
            return false;
        stages[i] = progress_of(up->positions, (size_t)up->partitions);
    }
    return true;
}

static void show_progress(struct up *up, bool last, int64_t now) {
    if (!up->screen.terminal && !last && now - up->told < TELL_MS)
        return;
    up->told = now;
    struct buf line;
    buf_init(&line, 1024);
    progress_add(&line, &up->progress);
    if (!up->screen.terminal || last) {
        up_say(up, "%s", buf_span(&line).ptr);
    } else {
        buf_printf(&up->out, "\r\033[K%s", buf_span(&line).ptr);
        up->line_open = true;
        if (!screen_flush(&up->screen))
            supervisor_stop(&up->supervisor, EXIT_FAILED, now);
    }
    buf_free(&line);
}

static void add_questions(struct up *up, const char *alert) {
    struct buf *out = &up->out;
    const char *id = alert[0] ? alert : "ALERT";
    buf_add_str(out, "\nAsk more, in another terminal:\n  . ");
    buf_printf(out, "%s/env\n", up->place.root);
    buf_printf(out, "  earshot query volume %s --since 7d\n  earshot query summary %s --since 7d\n", id, id);
    buf_printf(out, "  earshot feed %s --order riskiest --limit 5\n  earshot feed %s --order leads\n", id,
               id);
    buf_add_str(out, "  earshot dead\n");
    if (!up->redis.url)
        buf_printf(out, "  redis-cli -p %d FCALL_RO earshot_summary 0 %s now-7d now\n", up->redis_port, id);
    buf_add_str(out, "Ctrl-C stops all of it.\n");
}

/* Where nothing matches, nothing has to be counted, and the aggregator may still be on its way: an alert that
 * it has not yet told to Redis would be missing from the answers. */
static bool alerts_told(struct up *up, int64_t now) {
    if (!up->alerts_counted) {
        struct link_conf link = {.brokers = up->brokers, .prefix = up->conf.prefix, .timeout_ms = 10000};
        struct bus_conf bus = link_bus_conf(&link, up->loaded);
        struct roll roll;
        roll_init(&roll);
        if (link_read_table(&link, &bus, "alerts", roll_see, &roll) == EXIT_OK)
            roll_settle(&roll);
        up->alerts = (int64_t)roll.count;
        up->alerts_counted = true;
        roll_free(&roll);
    }
    return answers_known(up->store) >= up->alerts || now - up->moved > TOLD_MS;
}

static int answer(struct up *up) {
    char first[ANSWERS_ID];
    struct link_conf link = {.brokers = up->brokers, .prefix = up->conf.prefix, .timeout_ms = 10000};
    struct bus_conf bus = link_bus_conf(&link, up->loaded);
    struct obituary obituary;
    int64_t now = times_now();
    int code = answers_add(&up->screen, up->store, now - (int64_t)ANSWER_DAYS * 86400, now, first);
    obituary_init(&obituary, 1, NULL);
    if (code == EXIT_OK)
        code = link_read_table(&link, &bus, "mentions.dead", obituary_see, &obituary);
    if (code == EXIT_OK) {
        buf_add_char(&up->out, '\n');
        obituary_show_count(&up->screen, &obituary);
    }
    obituary_free(&obituary);
    if (code == EXIT_OK && !up->conf.once)
        add_questions(up, first);
    return screen_flush(&up->screen) ? code : EXIT_FAILED;
}

static void finish(struct up *up, int64_t now) {
    if (up->conf.mentions)
        show_progress(up, true, now);
    int code = answer(up);
    up->stage = UP_SERVING;
    if (up->conf.once || code != EXIT_OK)
        supervisor_stop(&up->supervisor, (enum exit_code)code, now);
}

static bool same_stages(const struct progress_stage *a, const struct progress_stage *b) {
    for (int i = 0; i < PROGRESS_STAGES; i++) {
        if (a[i].written != b[i].written || a[i].done != b[i].done || a[i].through != b[i].through)
            return false;
    }
    return true;
}

static void stream(struct up *up, int64_t now) {
    struct progress_stage stages[PROGRESS_STAGES];
    /* Asked before the offsets are: what it has sent is in them then. */
    bool ended = !up->conf.mentions || supervisor_is(&up->supervisor, UP_INGEST, PART_ENDED);
    if (now - up->looked < LOOK_MS)
        return;
    up->looked = now;
    if (look(up, stages)) {
        bool moved = !up->progress.started || !same_stages(stages, up->progress.stages);
        progress_take(&up->progress, stages);
        want(up, UP_INGEST);
        if (moved) {
            up->moved = now;
            show_progress(up, false, now);
        }
    }
    bool through = ended && progress_through(&up->progress);
    if (through && alerts_told(up, now))
        finish(up, now);
    else if (!through && up->conf.once && now - up->moved > STALL_MS)
        fail(up, EXIT_FAILED, "nothing has moved for two minutes: the logs say why", now);
}

void up_step(struct up *up, int64_t now) {
    if (up->supervisor.stopping)
        return;
    switch (up->stage) {
    case UP_STARTING:
        start(up, now);
        break;
    case UP_INITIALISING:
        initialised(up);
        break;
    case UP_APPLYING:
        applied(up, now);
        break;
    case UP_STREAMING:
        stream(up, now);
        break;
    case UP_SERVING:
        break;
    }
}
