/* cmd_replay_backfill: what the counters of an alert miss from before it was in force. Whatever breaks off,
 * all that is certain is in Redis: the marks say where to go on, and the command is run again. */
#include "cmd_replay_backfill.h"

#include "backfill.h"
#include "broken.h"
#include "command.h"
#include "reread.h"
#include "roll_unknown.h"
#include "show.h"

#include "earshot/keeper.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum {
    CALL_COMMANDS = 400, /* as the aggregator's */
    FOLD_PAIRS = 200,
    MOVE_ON_MS = 2000,
    CLOCKS_MS = 2000, /* brokers' clocks may differ by so much */
    SOURCE_MAX = ALERT_ID_MAX + 1 + 20 + 1,
    MESSAGE_MAX = 4096,
    TEXT_MAX = 1 << 20,
};

struct session {
    const struct backfill_request *request;
    struct roll roll;
    struct lineage lineage;
    struct lineage_border border;
    const struct lineage_version *version; /* whose query counts */
    char source[SOURCE_MAX];
    struct reread reread;
    struct analyser *analyser;
    struct store *store;
    struct keeper *keeper;
    int64_t *begin; /* by partition */
    struct backfill *backfill;
    struct pace pace;
    struct broken broken;
    int64_t folded, move_at;
    int code;
};

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Which time. */

static void see_alert(void *self, const struct bus_record *record) {
    struct session *session = self;
    roll_see(&session->roll, record);
    lineage_see(&session->lineage, record);
}

static int read_alerts(struct session *session) {
    const struct backfill_request *request = session->request;
    int code = link_read_table(request->link, request->bus, "alerts", see_alert, session);
    if (code != EXIT_OK)
        return code;
    roll_settle(&session->roll);
    if (lineage_newest(&session->lineage))
        return EXIT_OK;
    if (session->lineage.found)
        return command_refuse(EXIT_FAILED, "alert '%s' was removed: nothing is counted for it", request->id);
    return roll_refuse_unknown(&session->roll, request->id);
}

/* How long the topic surely keeps a version that was replaced; asked only where records are missing. */
static int find_lag(struct session *session, int64_t *lag_ms) {
    struct buf value, message;
    *lag_ms = 0;
    if (lineage_is_whole(&session->lineage))
        return EXIT_OK;
    buf_init(&value, 64);
    buf_init(&message, MESSAGE_MAX);
    struct bus_admin *admin = bus_admin_new(session->request->bus, &message);
    bool ok = admin && bus_admin_setting(admin, "alerts", "min.compaction.lag.ms", &value, &message);
    if (ok)
        *lag_ms = strtoll(buf_span(&value).ptr, NULL, 10);
    else
        command_refuse(EXIT_FAILED, "%s", buf_span(&message).ptr);
    bus_admin_free(&admin);
    buf_free(&value);
    buf_free(&message);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static struct digits moment(int64_t ms) {
    struct digits text;
    times_print((ms + 999) / 1000, text.text);
    return text;
}

static int find_border(struct session *session) {
    int64_t lag_ms;
    int code = find_lag(session, &lag_ms);
    if (code != EXIT_OK)
        return code;
    session->border = lineage_border(&session->lineage, now_ms(), lag_ms);
    const struct lineage_version *first = &session->lineage.versions[session->lineage.first];
    snprintf(session->source, sizeof session->source, "%s:%lld", session->request->id,
             (long long)first->offset);
    if (session->border.floor_ms < session->border.border_ms)
        return EXIT_OK;
    return command_refuse(EXIT_FAILED,
                          "nothing can be backfilled: the oldest version of '%s' that topic %salerts still "
                          "holds is of %s, and it may have had older ones, which compaction took away",
                          session->request->id, session->request->link->prefix, moment(first->time_ms).text);
}

/* Redis. */

static int refuse_keeper(struct session *session, enum keeper_result result) {
    pace_pause(&session->pace);
    if (result == KEEPER_VOID)
        return command_refuse(EXIT_FAILED,
                              "%s: another backfill of '%s' is under way, or Redis was set back; run it "
                              "again, and it goes on from what Redis has",
                              keeper_problem(session->keeper), session->request->id);
    const char *away = store_problem(session->store);
    if (away)
        return command_refuse(EXIT_UNREACHABLE, "%s; run it again, and it goes on from what Redis has", away);
    return command_refuse(EXIT_FAILED, "%s", keeper_problem(session->keeper));
}

/* The version that this backfill began with. */
static int choose_version(struct session *session) {
    const struct lineage_version *newest = lineage_newest(&session->lineage);
    int64_t claimed;
    enum keeper_result result = keeper_claim(session->keeper, newest->offset, &claimed);
    if (result != KEEPER_OK)
        return refuse_keeper(session, result);
    session->version = lineage_find(&session->lineage, claimed);
    if (!session->version)
        return command_refuse(EXIT_FAILED,
                              "the backfill of '%s' was begun with its version %lld, which topic %salerts no "
                              "longer holds: what it has counted stays, and no more is counted",
                              session->request->id, (long long)claimed, session->request->link->prefix);
    if (session->version != newest)
        fprintf(stderr,
                "earshot: '%s' was edited since its backfill began: it goes on with version %lld, as it "
                "began\n",
                session->request->id, (long long)claimed);
    return EXIT_OK;
}

static int open_keeper(struct session *session) {
    const struct fold_conf conf = {.call_commands = CALL_COMMANDS,
                                   .feed_items = session->request->feed_items,
                                   .source = session->source};
    const struct span ping[] = {SPAN("PING")};
    const struct store_reply *reply;
    session->store = link_store(session->request->redis);
    if (!session->store)
        return EXIT_USAGE;
    int code = link_ask(session->store, ping, COUNT_OF(ping), "", &reply);
    if (code != EXIT_OK)
        return code;
    if (lineage_newest(&session->lineage)->alert->paused)
        return command_refuse(EXIT_FAILED, "alert '%s' is paused: it matches nothing; resume it first",
                              session->request->id);
    session->keeper = keeper_new(&session->reread.deployment, &conf, session->store);
    enum keeper_result result = keeper_open(session->keeper);
    if (result != KEEPER_OK)
        return refuse_keeper(session, result);
    int partitions = session->reread.deployment.partitions;
    session->begin = xcalloc((size_t)partitions, sizeof *session->begin);
    for (int32_t p = 0; p < partitions; p++)
        session->begin[p] = keeper_begin(session->keeper, MARKS_MENTIONS, p);
    return choose_version(session);
}

/* Reading. */

static bool fold(struct session *session) {
    size_t pairs = gather_count(keeper_gather(session->keeper));
    enum keeper_result result = pairs ? keeper_fold(session->keeper, times_now()) : KEEPER_OK;
    if (result == KEEPER_OK) {
        session->folded += (int64_t)pairs;
        session->move_at = times_monotonic_ms() + MOVE_ON_MS;
        result = keeper_move_on(session->keeper);
    }
    if (result != KEEPER_OK)
        session->code = refuse_keeper(session, result);
    return result == KEEPER_OK;
}

static void see(void *self, const struct bus_record *record) {
    struct session *session = self;
    struct fault fault;
    if (session->reread.halt)
        return;
    if (!backfill_record(session->backfill, record, times_now(), &fault))
        broken_name(&session->broken, record, &fault);
    bool due = gather_count(keeper_gather(session->keeper)) >= FOLD_PAIRS ||
               times_monotonic_ms() >= session->move_at;
    if (due && !fold(session))
        session->reread.halt = true;
}

/* Until the brokers' clocks are surely past the border, a record of before it may still come. */
static void wait_for_border(const struct session *session) {
    int64_t left = session->border.border_ms + CLOCKS_MS - now_ms();
    if (left <= 0)
        return;
    fprintf(stderr, "earshot: '%s' is in force from %s on: waiting for that\n", session->request->id,
            moment(session->border.border_ms).text);
    struct timespec pause = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

static int read_all(struct session *session) {
    struct backfill_conf conf = {.time = session->border,
                                 .version = session->version->offset,
                                 .window = session->reread.deployment.window,
                                 .begin = session->begin};
    if (getrandom(conf.secret, sizeof conf.secret, 0) != (ssize_t)sizeof conf.secret)
        return command_refuse(EXIT_FAILED, "no random bytes from the system");
    session->backfill =
        backfill_new(&conf, session->version->alert, session->analyser, keeper_gather(session->keeper));
    session->broken = (struct broken){.pace = &session->pace};
    session->move_at = times_monotonic_ms() + MOVE_ON_MS;
    session->reread.since_ms = session->border.floor_ms;
    session->reread.until_ms = session->border.border_ms;
    session->reread.resume = session->begin;
    session->reread.each = see;
    session->reread.self = session;
    session->reread.pace = &session->pace;
    session->reread.totals = backfill_totals(session->backfill);
    reread_prepare();
    wait_for_border(session);
    int code = reread_run(&session->reread);
    if (code == EXIT_OK && session->code == EXIT_OK)
        (void)fold(session);
    return code == EXIT_OK ? session->code : code;
}

/* What became of the alert meanwhile. */
static int say_changes(struct session *session) {
    struct lineage after;
    lineage_init(&after, session->request->id);
    int code = link_read_table(session->request->link, session->request->bus, "alerts", lineage_see, &after);
    const struct lineage_version *newest = lineage_newest(&after);
    if (code == EXIT_OK && !newest)
        code = command_refuse(
            EXIT_FAILED, "alert '%s' was removed meanwhile: what was counted for it stays until it expires",
            session->request->id);
    else if (code == EXIT_OK && newest->offset > lineage_newest(&session->lineage)->offset)
        fprintf(stderr, "earshot: '%s' was edited meanwhile: what is backfilled is of its version %lld\n",
                session->request->id, (long long)session->version->offset);
    lineage_free(&after);
    return code;
}

static void say_limits(const struct session *session) {
    broken_say_rest(&session->broken);
    if (session->reread.kept_from_ms > 0)
        fprintf(stderr,
                "earshot: mentions.raw is complete from %s on; what came before is no longer kept and is not "
                "counted\n",
                moment(session->reread.kept_from_ms).text);
    if (session->border.floor_ms > 0)
        fprintf(stderr,
                "earshot: what came before %s is not counted: a version of '%s' from then may have been "
                "compacted away\n",
                moment(session->border.floor_ms).text, session->request->id);
    if (session->reread.lost > 0)
        fprintf(stderr, "earshot: %lld records went out of the log before they were read\n",
                (long long)session->reread.lost);
}

static void add_report(const struct session *session, struct buf *out) {
    const struct trial_totals *totals = backfill_totals(session->backfill);
    struct digits border = moment(session->border.border_ms);
    if (session->request->json) {
        buf_printf(out,
                   "{\"alert\":\"%s\",\"version\":%lld,\"before\":\"%s\",\"folded\":%lld,\"read\":%lld,"
                   "\"matched\":%lld,\"repetitions\":%lld,\"broken\":%lld,\"lost\":%lld,\"whole\":%s}\n",
                   session->request->id, (long long)session->version->offset, border.text,
                   (long long)session->folded, (long long)totals->read, (long long)totals->matched,
                   (long long)totals->repeated, (long long)totals->broken, (long long)session->reread.lost,
                   session->reread.stopped ? "false" : "true");
        return;
    }
    buf_printf(out, "%s: folded %s mentions that arrived before %s, by version %lld\n", session->request->id,
               digits_of(session->folded).text, border.text, (long long)session->version->offset);
    if (totals->read == 0)
        buf_add_str(out, "nothing is kept from before then that was not folded already\n");
    trial_add_totals(out, totals, true);
    buf_add_char(out, '\n');
}

static int report(struct session *session) {
    struct buf out;
    buf_init(&out, TEXT_MAX);
    add_report(session, &out);
    int code = command_print(&out), changed = say_changes(session);
    buf_free(&out);
    say_limits(session);
    if (session->reread.stopped)
        return command_refuse(EXIT_FAILED, "stopped: run it again, and it goes on from here");
    return changed != EXIT_OK ? changed : code;
}

static int run_session(struct session *session) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    session->analyser = analyser_new(session->request->model, &message);
    int code = session->analyser ? EXIT_OK : command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    buf_free(&message);
    if (code == EXIT_OK)
        code = reread_find_deployment(&session->reread);
    if (code == EXIT_OK)
        code = read_alerts(session);
    if (code == EXIT_OK)
        code = find_border(session);
    if (code == EXIT_OK)
        code = open_keeper(session);
    if (code == EXIT_OK)
        code = read_all(session);
    return code == EXIT_OK ? report(session) : code;
}

int backfill_run(const struct backfill_request *request) {
    struct session session = {.request = request, .reread = {.link = request->link, .bus = request->bus}};
    if (!alert_id_ok(span_of(request->id)))
        return command_refuse(EXIT_USAGE, "'%s' is no ID of an alert", request->id);
    roll_init(&session.roll);
    lineage_init(&session.lineage, request->id);
    int code = run_session(&session);
    backfill_free(&session.backfill);
    keeper_free(&session.keeper);
    store_free(&session.store);
    analyser_free(&session.analyser);
    lineage_free(&session.lineage);
    roll_free(&session.roll);
    free(session.begin);
    return code;
}
