/* earshot correct: what a person says of a mention. It asks Kafka only: the mention may be to come, and
 * whether it was counted is the aggregators' to know. */
#include "command.h"
#include "link.h"
#include "operand.h"
#include "roll_unknown.h"
#include "said.h"
#include "screen.h"
#include "show.h"

#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

enum { ERRORS_MAX = 64 << 20, LINE_MAX = 4096, SHOWN_MAX = 60, BATCH = 20000 };

struct correct_conf {
    const char *label;
};

#define AT(member) offsetof(struct correct_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Correction", .type = CONF_HEADING},
    {.name = "label",
     .type = CONF_STRING,
     .offset = AT(label),
     .argument = "LABEL",
     .help = "positive, neutral or negative: how the mention speaks of the alert"},
    {0},
};

struct session {
    struct link_conf link;
    struct correct_conf conf;
    struct bus_conf bus;
    struct roll roll;
    struct said said;
    const char *file; /* NULL: one, by arguments */
};

/* What is said. ---------------------------------------------------------------------------------------- */

static int take_arguments(struct session *session, const char *alert, const char *mention) {
    struct fault fault;
    enum label label;
    if (!session->conf.label || !label_find(span_of(session->conf.label), &label))
        return command_refuse(EXIT_USAGE, "--label is positive, neutral or negative");
    if (said_add_parts(&session->said, alert, mention, label, times_now(), &fault))
        return EXIT_OK;
    return command_refuse(EXIT_USAGE, "%s", fault.detail);
}

/* What a file quotes must not steer the terminal. */
static void say_errors(struct span errors) {
    struct buf lines;
    buf_init(&lines, 2 * (size_t)ERRORS_MAX);
    screen_add_lines(&lines, errors);
    fputs(buf_span(&lines).ptr, stderr);
    buf_free(&lines);
}

static int take_file(struct session *session, const char *name) {
    struct buf text, errors;
    if (session->conf.label)
        return command_refuse(EXIT_USAGE, "--label goes with ALERT MENTION; each line of FILE has its own");
    session->file = name;
    buf_init(&text, OPERAND_MAX);
    buf_init(&errors, ERRORS_MAX);
    int code = operand_read(name, true, &text);
    if (code == EXIT_OK && !said_read(&session->said, name, buf_span(&text), times_now(), &errors))
        code = EXIT_FAILED;
    say_errors(buf_span(&errors));
    if (code == EXIT_OK && session->said.count == 0)
        code = command_refuse(EXIT_FAILED, "%s holds no correction", name);
    buf_free(&text);
    buf_free(&errors);
    return code;
}

/* Whether there are such alerts; of a file each is named with its line. */
static int check_alerts(struct session *session) {
    int code = link_read_table(&session->link, &session->bus, "alerts", roll_see, &session->roll);
    if (code != EXIT_OK)
        return code;
    roll_settle(&session->roll);
    for (size_t i = 0; i < session->said.count; i++) {
        const struct said_row *row = &session->said.rows[i];
        if (roll_find(&session->roll, row->alert))
            continue;
        if (!session->file)
            return roll_refuse_unknown(&session->roll, row->alert);
        fprintf(stderr, "%s:%zu: unknown alert '%s'\n", session->file, row->line, row->alert);
        code = EXIT_FAILED;
    }
    return code;
}

/* Sending. --------------------------------------------------------------------------------------------- */

static int send_some(struct session *session, const struct said_row *rows, size_t count) {
    const struct bus_header header = {SPAN("earshot-schema"), SPAN("1")};
    struct bus_out *records = xcalloc(count, sizeof *records);
    for (size_t i = 0; i < count; i++)
        records[i] = (struct bus_out){.topic = "actions",
                                      .partition = -1,
                                      .key = rows[i].mention,
                                      .value = rows[i].json,
                                      .headers = &header,
                                      .header_count = 1};
    int code = link_write(&session->link, &session->bus, records, count);
    free(records);
    return code;
}

static int send_all(struct session *session) {
    const struct said *said = &session->said;
    for (size_t sent = 0, some; sent < said->count; sent += some) {
        some = said->count - sent < BATCH ? said->count - sent : BATCH;
        int code = send_some(session, said->rows + sent, some);
        if (code != EXIT_OK && said->count > BATCH)
            fprintf(stderr, "earshot: %zu of %zu were sent; sending all again changes nothing\n", sent,
                    said->count);
        if (code != EXIT_OK)
            return code;
    }
    return EXIT_OK;
}

static int tell(const struct session *session) {
    const struct said_row *row = session->said.rows;
    struct buf out;
    buf_init(&out, LINE_MAX);
    if (session->file) {
        buf_printf(&out, "sent %s corrections: each mention", digits_of((int64_t)session->said.count).text);
    } else {
        buf_printf(&out, "%s: ", row->alert);
        screen_add_foreign(&out, row->mention, SHOWN_MAX);
    }
    buf_printf(&out, " counts as %s within a moment; one that is yet to come, when it comes\n",
               session->file ? "said" : label_name(row->label));
    int code = command_print(&out);
    buf_free(&out);
    return code;
}

static int run(int argc, char **argv) {
    struct session session = {.conf = {.label = NULL}};
    struct conf conf = {
        .program = "earshot correct",
        .usage = "ALERT MENTION --label LABEL | FILE|- [OPTION]…",
        .about =
            "Says how a mention speaks of an alert, where the computed label is wrong. In every counter and "
            "in the "
            "feed\nthe mention changes from the old label to this one, once, as far back as the feed holds "
            "it; a "
            "mention that\nis yet to come is counted so when it comes, for 7 days. The last word on a "
            "mention "
            "stands.\n\nMENTION is its id, as `earshot feed ALERT --json` has it. FILE has a line each:\n  "
            "{\"action\":\"correct\",\"alert\":\"acme\",\"mention\":\"mastodon:example.social:1122\","
            "\"label\":"
            "\"negative\"}\nAll are checked first; one that is wrong, and nothing is sent.",
        .tables = {LINK_OPTIONS, OPTIONS},
        .structs = {&session.link, &session.conf},
        .kafka_properties = true,
        .epilog = "Examples\n  earshot correct acme mastodon:example.social:1122 --label negative\n"
                  "  earshot correct checked.ndjson"};
    conf_load_or_exit(&conf, argc, argv);
    session.bus = link_bus_conf(&session.link, &conf);
    roll_init(&session.roll);
    said_init(&session.said);
    int code = conf.operand_count == 2   ? take_arguments(&session, conf.operands[0], conf.operands[1])
               : conf.operand_count == 1 ? take_file(&session, conf.operands[0])
                                         : command_refuse(EXIT_USAGE, "correct takes ALERT MENTION --label "
                                                                      "LABEL, or one FILE, or - for standard "
                                                                      "input");
    if (code == EXIT_OK)
        code = check_alerts(&session);
    if (code == EXIT_OK)
        code = send_all(&session);
    if (code == EXIT_OK)
        code = tell(&session);
    said_free(&session.said);
    roll_free(&session.roll);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_CORRECT = {
    "correct", GROUP_ASK, "say how a mention speaks of an alert, where the label is wrong", run};
