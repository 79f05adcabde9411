/* earshot query check: what a query, or each query of a file of alerts, is likely not to mean. */
#include "cmd_query_check.h"

#include "check.h"
#include "command.h"
#include "operand.h"

#include "earshot/alert.h"
#include "earshot/conf.h"

#include <stdio.h>

enum { OUT_MAX = 256 << 20 };

struct check_conf {
    bool alerts, json;
};

#define AT(member) offsetof(struct check_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Check", .type = CONF_HEADING},
    {.name = "alerts",
     .type = CONF_BOOL,
     .offset = AT(alerts),
     .help = "a file of alerts, as `earshot alerts apply` takes it: each of its queries"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json",
     .type = CONF_BOOL,
     .offset = AT(json),
     .help = "{\"normal\":…,\"findings\":[…]}, a line a query"},
    {0},
};

/* What is wrong in the file beside the queries is told as `alerts apply` tells it. */
static int check_alerts(struct check *check, const char *name, struct span text, struct screen *screen) {
    struct alert_file file = {.count = 0};
    struct buf errors, lines;
    buf_init(&errors, OUT_MAX);
    bool ok = alert_file_read(name, text, &file, &errors);
    for (size_t i = 0; i < file.count; i++) {
        const struct check_place place = {
            .file = name, .line = file.entries[i].line, .id = file.entries[i].alert->id};
        check_query(check, &place, span_of(file.entries[i].alert->query), screen);
    }
    alert_file_free(&file);
    if (!ok) {
        buf_init(&lines, OUT_MAX);
        screen_add_lines(&lines, buf_span(&errors));
        fputs(buf_span(&lines).ptr, stderr);
        buf_free(&lines);
    }
    buf_free(&errors);
    if (!check->json)
        check_add_totals(check, screen->out);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static int check_operand(const struct check_conf *conf, const char *operand) {
    struct check check = {.arena = arena_new(65536), .json = conf->json};
    struct buf text, out;
    buf_init(&text, OPERAND_MAX);
    buf_init(&out, OUT_MAX);
    struct screen screen = screen_open(&out);
    int code = operand_read(operand, conf->alerts, &text);
    if (code == EXIT_OK && conf->alerts)
        code = check_alerts(&check, operand, buf_span(&text), &screen);
    else if (code == EXIT_OK)
        check_query(&check, NULL, operand_line(buf_span(&text)), &screen);
    if (!buf_ok(&out))
        code = command_refuse(EXIT_FAILED, "more than 256 MiB of findings");
    else if (command_print(&out) != EXIT_OK || check.counts[QUERY_WARNING] + check.counts[QUERY_ERROR] > 0)
        code = EXIT_FAILED;
    buf_free(&text);
    buf_free(&out);
    arena_free(&check.arena);
    return code;
}

int query_check_run(int argc, char **argv) {
    struct check_conf check_conf;
    struct conf conf = {
        .program = "earshot query check",
        .usage = "[FILE|-|'QUERY'] [OPTION]…",
        .about = "What a query is likely not to mean: each finding with its bytes, marks under them, and "
                 "what would be\n"
                 "better.\n"
                 "  error    it does not parse, or can never match\n"
                 "  warning  it finds nearly everything, is tried on every mention, or reads otherwise than "
                 "it looks\n"
                 "  note     something in it is not needed, or slow\n"
                 "The rules by name: include/earshot/query_lint.md. Without an operand it reads standard "
                 "input; an\n"
                 "operand that is no file is the query (put -- before one that begins with -).\n"
                 "\n"
                 "Exit 0 where there is nothing or only notes, 1 where there are errors or warnings.",
        .tables = {OPTIONS},
        .structs = {&check_conf},
        .epilog = "Examples\n"
                  "  earshot query check 'acme OR corp AND shop'\n"
                  "  earshot query check --alerts alerts.json\n"
                  "  earshot query check --json 'acme OR #acme' | jq -r '.findings[].text'"};
    conf_load_or_exit(&conf, argc, argv);
    int code = EXIT_USAGE;
    if (conf.operand_count > 1)
        command_refuse(code, "check takes one FILE, - or 'QUERY': put a query in single quotes");
    else
        code = check_operand(&check_conf, conf.operand_count ? conf.operands[0] : "-");
    conf_free(&conf);
    return code;
}
