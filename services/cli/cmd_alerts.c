/* earshot alerts: what the topic `alerts` holds and how it changes. It asks Kafka only: an alert is there
 * before anything was counted for it. */
#include "alerts_file.h"
#include "command.h"
#include "link.h"
#include "roll.h"
#include "roll_unknown.h"
#include "screen.h"

#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TEXT_MAX = 256 << 20 };

struct alerts_conf {
    bool prune, wait, json;
};

#define AT(member) offsetof(struct alerts_conf, member)

static const struct conf_option APPLY_OPTIONS[] = {
    {.name = "Apply", .type = CONF_HEADING},
    {.name = "prune",
     .type = CONF_BOOL,
     .offset = AT(prune),
     .help = "remove the alerts that FILE does not hold"},
    {.name = "wait", .type = CONF_BOOL, .offset = AT(wait), .help = "return when what changed is in force"},
    {0},
};
static const struct conf_option REMOVE_OPTIONS[] = {
    {.name = "Remove", .type = CONF_HEADING},
    {.name = "wait", .type = CONF_BOOL, .offset = AT(wait), .help = "return when it is in force"},
    {0},
};
static const struct conf_option LIST_OPTIONS[] = {
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json",
     .type = CONF_BOOL,
     .offset = AT(json),
     .help = "a JSON object a line, as apply reads them"},
    {0},
};

/* What every sub-command has. */
struct session {
    struct link_conf link;
    struct alerts_conf conf;
    struct bus_conf bus;
    struct roll roll;
};

static void session_open(struct session *session, struct conf *conf, int argc, char **argv) {
    *session = (struct session){.conf = {.json = false}};
    conf->tables[0] = LINK_OPTIONS;
    conf->structs[0] = &session->link;
    conf->structs[1] = &session->conf;
    conf->kafka_properties = true;
    conf_load_or_exit(conf, argc, argv);
    session->bus = link_bus_conf(&session->link, conf);
    roll_init(&session->roll);
}

static void session_close(struct session *session, struct conf *conf) {
    roll_free(&session->roll);
    conf_free(conf);
}

static int read_roll(struct session *session) {
    int code = link_read_table(&session->link, &session->bus, "alerts", roll_see, &session->roll);
    if (code == EXIT_OK)
        roll_settle(&session->roll);
    if (code == EXIT_OK && session->roll.skipped > 0)
        fprintf(stderr, "earshot: %zu records in topic %salerts are no alerts and were passed over\n",
                session->roll.skipped, session->link.prefix);
    return code;
}

/* From when on: 2 s after the log's time of the last record written, which a second reading tells. */

static int tell_when(struct session *session) {
    struct roll after;
    roll_init(&after);
    int code = link_read_table(&session->link, &session->bus, "alerts", roll_see, &after);
    int64_t from = after.last_ms + ALERT_DELAY_MS;
    roll_free(&after);
    if (code != EXIT_OK)
        return code;
    char text[TIMES_TEXT];
    times_print((from + 999) / 1000, text);
    printf("in force for mentions that arrive from %s on\n", text);
    fflush(stdout);
    while (session->conf.wait) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        int64_t left = from - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
        if (left <= 0)
            break;
        struct timespec pause = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        (void)nanosleep(&pause, NULL);
    }
    return EXIT_OK;
}

static int write_changes(struct session *session, const struct roll_change *changes, size_t count) {
    const struct bus_header header = {SPAN("earshot-schema"), SPAN("1")};
    struct bus_out *records = xcalloc(count + 1, sizeof *records);
    for (size_t i = 0; i < count; i++)
        records[i] = (struct bus_out){.topic = "alerts",
                                      .partition = 0,
                                      .key = span_of(changes[i].id),
                                      .value = changes[i].value,
                                      .headers = &header,
                                      .header_count = 1};
    int code = link_write(&session->link, &session->bus, records, count);
    free(records);
    return code;
}

/* apply */

static int apply_file(struct session *session, const struct alert_file *file) {
    struct roll_plan plan;
    int code = read_roll(session);
    if (code != EXIT_OK)
        return code;
    roll_make_plan(&session->roll, file, session->conf.prune, &plan);
    if (plan.count > 0)
        code = write_changes(session, plan.changes, plan.count);
    if (code == EXIT_OK)
        printf("created %zu, changed %zu, unchanged %zu, removed %zu\n", plan.created, plan.changed,
               plan.unchanged, plan.removed);
    if (code == EXIT_OK && plan.count > 0)
        code = tell_when(session);
    roll_free_plan(&plan);
    return code;
}

static int run_apply(int argc, char **argv) {
    struct session session;
    struct alert_file file = {.count = 0};
    struct conf conf = {
        .program = "earshot alerts apply",
        .usage = "FILE|- [OPTION]…",
        .about = "Makes the alerts what FILE says: a JSON object, an array of them, or one after the other. "
                 "All are "
                 "checked\nfirst; one that is wrong, and nothing is written.",
        .tables = {NULL, APPLY_OPTIONS},
        .epilog = "Example\n  echo '{\"id\":\"acme\",\"query\":\"acme OR @acme\"}' | earshot alerts apply -",
    };
    session_open(&session, &conf, argc, argv);
    int code = EXIT_USAGE;
    if (conf.operand_count != 1)
        command_refuse(EXIT_USAGE, "alerts apply takes one FILE, or - for standard input");
    else if ((code = alerts_file_load(conf.operands[0], &file)) == EXIT_OK)
        code = apply_file(&session, &file);
    alert_file_free(&file);
    session_close(&session, &conf);
    return code;
}

/* list, show */

static void add_row(struct screen *screen, const struct roll_row *row, int id_width) {
    struct fault fault;
    struct alert *alert = alert_parse(row->json, &fault);
    if (!alert)
        return;
    int name_width = screen->width < 100 ? 20 : 32;
    screen_style(screen, STYLE_BOLD);
    screen_cell(screen, span_of(alert->id), id_width);
    screen_style(screen, STYLE_NONE);
    buf_add_str(screen->out, "  ");
    screen_cell(screen, span_of(alert->name ? alert->name : ""), name_width);
    buf_add_str(screen->out, alert->paused ? "  paused  " : "  active  ");
    int left = screen->width - id_width - name_width - 12;
    screen_add_foreign(screen->out, span_of(alert->query), screen->terminal ? left : 1 << 20);
    buf_add_char(screen->out, '\n');
    alert_free(&alert);
}

static void add_list(struct screen *screen, const struct roll *roll, bool json) {
    int width = 4;
    for (size_t i = 0; i < roll->count; i++) {
        int len = (int)strlen(roll->rows[i].id);
        width = len > width ? len : width;
    }
    for (size_t i = 0; i < roll->count; i++) {
        if (json) {
            buf_add_span(screen->out, roll->rows[i].json);
            buf_add_char(screen->out, '\n');
        } else {
            add_row(screen, &roll->rows[i], width);
        }
    }
    if (roll->count == 0 && !json)
        buf_add_str(screen->out, "no alerts yet: earshot alerts apply FILE\n");
}

static int run_list(int argc, char **argv) {
    struct session session;
    struct buf out;
    struct conf conf = {.program = "earshot alerts list",
                        .about = "All alerts, by id.",
                        .tables = {NULL, LIST_OPTIONS},
                        .epilog = "Example\n  earshot alerts list --json >alerts.ndjson"};
    session_open(&session, &conf, argc, argv);
    buf_init(&out, TEXT_MAX);
    int code = EXIT_USAGE;
    if (conf.operand_count > 0) {
        command_refuse(code, "alerts list takes options only; one alert: earshot alerts show %s",
                       conf.operands[0]);
    } else if ((code = read_roll(&session)) == EXIT_OK) {
        struct screen screen = screen_open(&out);
        add_list(&screen, &session.roll, session.conf.json);
        code = command_print(&out);
    }
    buf_free(&out);
    session_close(&session, &conf);
    return code;
}

static void add_page(struct screen *screen, const struct roll_row *row) {
    struct fault fault;
    struct alert *alert = alert_parse(row->json, &fault);
    char at[TIMES_TEXT];
    if (!alert)
        return;
    times_print(row->timestamp / 1000, at);
    screen_text(screen, STYLE_BOLD, "%s", alert->id);
    buf_printf(screen->out, "%s\nversion  %lld of %s\n", alert->paused ? "  (paused)" : "",
               (long long)row->offset, at);
    if (alert->name) {
        buf_add_str(screen->out, "name     ");
        screen_add_foreign(screen->out, span_of(alert->name), ALERT_NAME_MAX);
        buf_add_char(screen->out, '\n');
    }
    for (size_t i = 0; i < alert->tag_count; i++) {
        buf_add_str(screen->out, i == 0 ? "tags     " : "         ");
        screen_add_foreign(screen->out, span_of(alert->tags[i].name), ALERT_NAME_MAX);
        buf_add_str(screen->out, " = ");
        screen_add_foreign(screen->out, span_of(alert->tags[i].value), ALERT_NAME_MAX);
        buf_add_char(screen->out, '\n');
    }
    buf_add_str(screen->out, "query    ");
    screen_add_foreign(screen->out, span_of(alert->query), ALERT_QUERY_MAX);
    buf_add_char(screen->out, '\n');
    alert_free(&alert);
}

static int run_show(int argc, char **argv) {
    struct session session;
    struct buf out;
    struct conf conf = {.program = "earshot alerts show",
                        .usage = "ID [OPTION]…",
                        .about = "One alert: its query, name, tags and version.",
                        .tables = {NULL, LIST_OPTIONS}};
    session_open(&session, &conf, argc, argv);
    buf_init(&out, TEXT_MAX);
    int code = EXIT_USAGE;
    if (conf.operand_count != 1) {
        command_refuse(code, "alerts show takes one ID");
    } else if ((code = read_roll(&session)) == EXIT_OK) {
        const struct roll_row *row = roll_find(&session.roll, conf.operands[0]);
        struct screen screen = screen_open(&out);
        if (row && session.conf.json)
            buf_printf(&out, "%.*s\n", (int)row->json.len, row->json.ptr);
        else if (row)
            add_page(&screen, row);
        code = row ? command_print(&out) : roll_refuse_unknown(&session.roll, conf.operands[0]);
    }
    buf_free(&out);
    session_close(&session, &conf);
    return code;
}

/* remove */

static int remove_all(struct session *session, const char *const *ids, size_t count) {
    struct roll_change *changes = xcalloc(count, sizeof *changes);
    int code = read_roll(session);
    for (size_t i = 0; code == EXIT_OK && i < count; i++) {
        changes[i].id = ids[i];
        if (!roll_find(&session->roll, ids[i]))
            code = roll_refuse_unknown(&session->roll, ids[i]);
    }
    if (code == EXIT_OK)
        code = write_changes(session, changes, count);
    if (code == EXIT_OK) {
        printf("removed %zu\n", count);
        code = tell_when(session);
    }
    free(changes);
    return code;
}

static int run_remove(int argc, char **argv) {
    struct session session;
    struct conf conf = {
        .program = "earshot alerts remove",
        .usage = "ID… [OPTION]…",
        .about = "Removes alerts: they match no more, their feeds go; what they counted stays until it "
                 "expires.\nOne that is unknown, and nothing is removed.",
        .tables = {NULL, REMOVE_OPTIONS}};
    session_open(&session, &conf, argc, argv);
    int code = conf.operand_count > 0 ? remove_all(&session, conf.operands, conf.operand_count)
                                      : command_refuse(EXIT_USAGE, "alerts remove takes the ID of an alert");
    session_close(&session, &conf);
    return code;
}

static const struct command_sub SUBS[] = {
    {"apply", "make the alerts what a file says", run_apply},
    {"list", "all alerts", run_list},
    {"show", "one alert", run_show},
    {"remove", "remove alerts by id", run_remove},
};

static int run(int argc, char **argv) {
    return command_dispatch("alerts", SUBS, COUNT_OF(SUBS),
                            "Examples\n"
                            "  earshot alerts apply alerts.json --wait\n"
                            "  earshot alerts list --json >alerts.ndjson\n"
                            "  earshot alerts remove acme",
                            argc, argv);
}

const struct command COMMAND_ALERTS = {"alerts", GROUP_ALERTS,
                                       "apply, list, show and remove what is listened for", run};
