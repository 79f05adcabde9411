/* earshot replay: alerts tried on what mentions.raw still holds, beside the workers. */
#include "alerts_file.h"
#include "broken.h"
#include "cmd_replay_backfill.h"
#include "command.h"
#include "conf_span.h"
#include "replay.h"
#include "reread.h"
#include "roll_unknown.h"
#include "show.h"

#include "earshot/arena.h"
#include "earshot/query.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 30 };

struct replay_options {
    const char *alert, *since, *until;
    int64_t sample, feed_items;
    const char *model;
    bool json, backfill;
};

#define AT(member) offsetof(struct replay_options, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Replay", .type = CONF_HEADING},
    {.name = "alert",
     .type = CONF_STRING,
     .offset = AT(alert),
     .argument = "FILE",
     .help = "what to try: a file as `earshot alerts apply` takes it; - is standard input"},
    {.name = "since",
     .type = CONF_STRING,
     .offset = AT(since),
     .argument = "TIME",
     .help =
         "mentions that arrived from then on: 24h, now-2w, 2026-11-21T20:25:55Z or Unix seconds; where it "
         "is not given: 7d"},
    {.name = "until",
     .type = CONF_STRING,
     .offset = AT(until),
     .argument = "TIME",
     .help = "and before then; where it is not given: now"},
    {.name = "Backfill", .type = CONF_HEADING},
    {.name = "backfill",
     .type = CONF_BOOL,
     .offset = AT(backfill),
     .help = "count what a saved alert matches of all that arrived before it was in force, once"},
    {.name = "model",
     .type = CONF_STRING,
     .offset = AT(model),
     .argument = "FILE",
     .help = "the model that the sentiment workers have, where it is not the built-in one"},
    {.name = "feed-items",
     .type = CONF_INT,
     .offset = AT(feed_items),
     .fallback = "1000",
     .argument = "N",
     .help = "newest mentions kept in an alert's feed, as the aggregators have it",
     .min = 1,
     .max = 100000},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "sample",
     .type = CONF_INT,
     .offset = AT(sample),
     .fallback = "5",
     .argument = "N",
     .min = 0,
     .max = 1000,
     .help = "the newest so many of each alert, of what it gains and of what it loses"},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json), .help = "one JSON object"},
    {0},
};

struct session {
    struct link_conf link;
    struct replay_options options;
    struct bus_conf bus;
    struct roll roll;
    struct alert_file tried, saved;
    int64_t *versions; /* of saved */
    struct reread reread;
    struct replay *replay;
    struct pace pace;
    struct broken broken;
};

static const char *since_of(const struct session *session) {
    return session->options.since ? session->options.since : "7d";
}

/* The alerts. */

/* A record that no matcher would take matches nothing anywhere. */
static struct alert *read_row(const struct roll_row *row, struct arena *arena) {
    struct fault fault;
    struct query_error error;
    struct alert *alert = alert_parse(row->json, &fault);
    arena_reset(arena);
    if (alert && !query_parse(span_of(alert->query), arena, &error))
        alert_free(&alert);
    return alert;
}

static void add_saved(struct session *session, const char *id, struct arena *arena) {
    const struct roll_row *row = roll_find(&session->roll, id);
    struct alert *alert = row ? read_row(row, arena) : NULL;
    if (!alert)
        return;
    session->versions[session->saved.count] = row->offset;
    session->saved.entries[session->saved.count++] = (struct alert_entry){.alert = alert};
}

/* The saved alerts of the ids that are tried, or of those that were named. */
static int load_saved(struct session *session, const char *const *ids, size_t count) {
    size_t size = count + session->tried.count + 1;
    struct arena *arena = arena_new(65536);
    session->versions = xcalloc(size, sizeof *session->versions);
    session->saved.entries = xcalloc(size, sizeof *session->saved.entries);
    for (size_t i = 0; i < session->tried.count; i++)
        add_saved(session, session->tried.entries[i].alert->id, arena);
    int code = EXIT_OK;
    for (size_t i = 0; i < count && code == EXIT_OK; i++) {
        size_t before = session->saved.count;
        if (!roll_find(&session->roll, ids[i]))
            code = roll_refuse_unknown(&session->roll, ids[i]);
        else
            add_saved(session, ids[i], arena);
        if (code == EXIT_OK && session->saved.count == before)
            code = command_refuse(EXIT_FAILED,
                                  "the saved alert '%s' has a query that does not parse: apply "
                                  "it anew",
                                  ids[i]);
    }
    arena_free(&arena);
    return code;
}

/* Reading. */

static void see(void *self, const struct bus_record *record) {
    struct session *session = self;
    struct fault fault;
    if (!replay_record(session->replay, record, &fault))
        broken_name(&session->broken, record, &fault);
}

/* What the numbers do not say. */
static void say_limits(const struct session *session) {
    const struct reread *reread = &session->reread;
    broken_say_rest(&session->broken);
    if (reread->kept_from_ms > 0)
        fprintf(stderr,
                "earshot: mentions.raw does not go back to %s: it is complete from %s UTC on, and what came "
                "before is no longer kept\n",
                since_of(session), show_time((reread->kept_from_ms + 999) / 1000, "minute").text);
    if (reread->lost > 0)
        fprintf(stderr, "earshot: %lld records went out of the log before they were read\n",
                (long long)reread->lost);
}

static int show(struct session *session) {
    struct buf out;
    buf_init(&out, TEXT_MAX);
    struct screen screen = screen_open(&out);
    if (session->options.json)
        replay_print(&out, session->replay, session->reread.lost, !session->reread.stopped);
    else
        replay_show(&screen, session->replay, times_now());
    int code = buf_ok(&out) ? command_print(&out)
                            : command_refuse(EXIT_FAILED, "too much to show: give a lower --sample");
    buf_free(&out);
    say_limits(session);
    if (session->reread.stopped)
        code = command_refuse(EXIT_FAILED, "stopped: this is what was read so far, not all of it");
    return code;
}

/* Until now: up to the end of the log, whatever the broker's clock says. */
static int replay(struct session *session, int64_t from, int64_t to) {
    int64_t now = times_now();
    struct replay_conf conf = {.since_ms = from * 1000,
                               .until_ms = to < now - 1 ? to * 1000 : INT64_MAX,
                               .from = from,
                               .to = to < now - 1 ? to : now + 1,
                               .sample = (size_t)session->options.sample,
                               .window = session->reread.deployment.window};
    if (getrandom(conf.secret, sizeof conf.secret, 0) != (ssize_t)sizeof conf.secret)
        return command_refuse(EXIT_FAILED, "no random bytes from the system");
    const struct replay_saved saved = {&session->saved, session->versions};
    const struct alert_file *tried = session->options.alert ? &session->tried : &session->saved;
    session->replay = replay_new(&conf, tried, &saved);
    session->reread.since_ms = conf.since_ms;
    session->reread.until_ms = conf.until_ms;
    session->broken = (struct broken){.pace = &session->pace};
    session->reread.each = see;
    session->reread.self = session;
    session->reread.pace = &session->pace;
    session->reread.totals = replay_totals(session->replay);
    reread_prepare();
    int code = reread_run(&session->reread);
    if (code == EXIT_OK)
        code = show(session);
    replay_free(&session->replay);
    return code;
}

static int run_session(struct session *session, const struct conf *conf) {
    int64_t from, to;
    const char *until = session->options.until ? session->options.until : "now";
    int code = span_moments(since_of(session), until, times_now(), &from, &to);
    if (code == EXIT_OK && session->options.alert)
        code = alerts_file_load(session->options.alert, &session->tried);
    if (code == EXIT_OK)
        code = reread_find_deployment(&session->reread);
    if (code == EXIT_OK)
        code = link_read_table(&session->link, &session->bus, "alerts", roll_see, &session->roll);
    if (code != EXIT_OK)
        return code;
    roll_settle(&session->roll);
    code = load_saved(session, conf->operands, conf->operand_count);
    return code == EXIT_OK ? replay(session, from, to) : code;
}

static int check_backfill(const struct replay_options *options, const struct conf *conf) {
    if (options->alert || conf->operand_count != 1)
        return command_refuse(EXIT_USAGE, "replay --backfill takes the ID of one saved alert");
    if (options->since || options->until)
        return command_refuse(EXIT_USAGE, "--backfill takes all that is kept from before the alert was in "
                                          "force: leave --since and --until out");
    return EXIT_OK;
}

static int check(const struct replay_options *options, const struct conf *conf) {
    if (options->backfill)
        return check_backfill(options, conf);
    if (options->alert && conf->operand_count > 0)
        return command_refuse(EXIT_USAGE, "replay takes --alert FILE or the IDs of saved alerts, not both");
    if (!options->alert && conf->operand_count == 0)
        return command_refuse(EXIT_USAGE, "replay takes --alert FILE, or the ID of a saved alert");
    if (options->alert && alert_id_ok(span_of(options->alert)) && access(options->alert, F_OK) != 0)
        return command_refuse(EXIT_FAILED,
                              "%s: no such file; the ID of a saved alert is given without --alert: earshot "
                              "replay %s",
                              options->alert, options->alert);
    return EXIT_OK;
}

static int backfill(const struct session *session, const struct store_conf *redis, const char *id) {
    const struct backfill_request request = {.link = &session->link,
                                             .bus = &session->bus,
                                             .redis = redis,
                                             .id = id,
                                             .model = session->options.model,
                                             .feed_items = session->options.feed_items,
                                             .json = session->options.json};
    return backfill_run(&request);
}

static int run(int argc, char **argv) {
    struct store_conf redis;
    struct session session = {.versions = NULL};
    struct conf conf = {
        .program = "earshot replay",
        .usage = "--alert FILE | ID… | ID --backfill [OPTION]…",
        .about =
            "Tries alerts, saved or not, on the mentions that Kafka still holds: how many they match, when, "
            "the newest\n"
            "of them, and what an alert gains and loses against the saved one of its id. Nothing is "
            "changed, and the\n"
            "workers do not notice.\n"
            "\n"
            "The time is when mentions arrived; plots are by when they count. Each alert is in force for all "
            "of it; a\n"
            "paused one matches nothing. Repetitions are dropped as the matcher drops them. A broken record "
            "is a line on\n"
            "stderr, TOPIC/PARTITION/OFFSET: REASON: byte B: TEXT. On a pipe: a row an alert; --json has "
            "plots and samples.\n"
            "\n"
            "--backfill adds what a saved alert matches of all that arrived before its first version was in "
            "force to its\n"
            "counters and its feed in Redis, exactly once: it may be killed and run again, and run twice.",
        .tables = {OPTIONS, LINK_OPTIONS, STORE_OPTIONS},
        .structs = {&session.options, &session.link, &redis},
        .kafka_properties = true,
        .epilog = "Examples\n"
                  "  earshot replay --alert new.json --since 7d\n"
                  "  earshot replay acme --since 24h --sample 20\n"
                  "  earshot replay acme --backfill\n"
                  "  echo '{\"id\":\"acme\",\"query\":\"acme OR @acme\"}' | earshot replay --alert - --json"};
    conf_load_or_exit(&conf, argc, argv);
    session.bus = link_bus_conf(&session.link, &conf);
    session.reread = (struct reread){.link = &session.link, .bus = &session.bus};
    roll_init(&session.roll);
    int code = check(&session.options, &conf);
    if (code == EXIT_OK)
        code = session.options.backfill ? backfill(&session, &redis, conf.operands[0])
                                        : run_session(&session, &conf);
    alert_file_free(&session.tried);
    alert_file_free(&session.saved);
    free(session.versions);
    roll_free(&session.roll);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_REPLAY = {"replay", GROUP_ALERTS,
                                       "try alerts on the mentions that Kafka still holds", run};
