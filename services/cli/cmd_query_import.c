/* earshot query import: the query, or an alert a line, on stdout; what is not carried exactly on stderr, so
 * that a pipe gets queries and a person the findings. */
#include "cmd_query_import.h"

#include "command.h"
#include "operand.h"
#include "rows.h"
#include "screen.h"

#include "earshot/alert.h"
#include "earshot/conf.h"
#include "earshot/import.h"
#include "earshot/text.h"

#include <stdio.h>

enum { OUT_MAX = 256 << 20, LINE_ROOM = 1 << 16 };

struct import_conf {
    const char *from;
    bool alerts, strict, json;
};

#define AT(member) offsetof(struct import_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Import", .type = CONF_HEADING},
    {.name = "from",
     .type = CONF_STRING,
     .offset = AT(from),
     .argument = "TOOL",
     .help = "whose language it is: brandwatch, talkwalker, x"},
    {.name = "alerts",
     .type = CONF_BOOL,
     .offset = AT(alerts),
     .help = "many queries: one a line, CSV with columns name,query, or JSON; each becomes an alert"},
    {.name = "strict",
     .type = CONF_BOOL,
     .offset = AT(strict),
     .help = "exit 1 where anything was not carried exactly"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json), .help = "{\"query\":…,\"findings\":[…]}"},
    {0},
};

struct importing {
    const struct import_conf *conf;
    const struct import_dialect *dialect;
    const char *name; /* of the file; - is standard input */
    struct arena *arena;
    struct buf out;
    size_t queries, findings, refused;
    const char **ids; /* given so far */
    size_t id_count;
};

/* Findings and errors for a person. */

/* What a query quotes must not steer the terminal. */
static void say(struct span text) {
    struct buf shown;
    buf_init(&shown, OUT_MAX);
    screen_add_lines(&shown, text);
    fputs(buf_span(&shown).ptr, stderr);
    buf_free(&shown);
}

/* With the query and a caret under the byte. */
static void point_at(struct span source, size_t byte, const char *text) {
    struct query_error error = {.byte = byte};
    struct buf out;
    size_t bad, len = strlen(text);
    if (len >= sizeof error.text)
        len = sizeof error.text - 1;
    while (len > 0 && !text_is_utf8((struct span){text, len}, &bad))
        len--;
    memcpy(error.text, text, len);
    error.text[len] = '\0';
    buf_init(&out, LINE_ROOM);
    query_explain_error(&error, source, &out);
    say(buf_span(&out));
    buf_free(&out);
}

static const char *finding_text(struct importing *importing, const struct import_finding *finding) {
    return arena_printf(importing->arena, "%s: %s", import_severity_name(finding->severity), finding->text);
}

/* One query. */

static void add_findings(struct buf *out, const struct import_result *result) {
    buf_add_str(out, "\"findings\":[");
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct import_finding *finding = &result->findings[i];
        buf_printf(out, "%s{\"byte\":%zu,\"end\":%zu,\"severity\":\"%s\",\"effect\":\"%s\",\"text\":",
                   i ? "," : "", finding->byte, finding->end, import_severity_name(finding->severity),
                   import_effect_name(finding->effect));
        buf_add_json(out, span_of(finding->text));
        buf_add_char(out, '}');
    }
    buf_add_str(out, "]}\n");
}

static void print_json(struct importing *importing, const struct import_result *result,
                       const struct query_error *error) {
    struct buf *out = &importing->out;
    if (error) {
        buf_printf(out, "{\"error\":{\"byte\":%zu,\"text\":", error->byte);
        buf_add_json(out, span_of(error->text));
        buf_add_str(out, "},");
    } else {
        buf_add_str(out, "{\"query\":");
        buf_add_json(out, result->query);
        buf_add_char(out, ',');
    }
    add_findings(out, result);
}

static void import_one(struct importing *importing, struct span source) {
    struct import_result result;
    struct query_error error;
    bool ok = import_query(importing->dialect, source, importing->arena, &result, &error);
    importing->findings += result.finding_count;
    importing->refused += !ok;
    if (importing->conf->json) {
        print_json(importing, &result, ok ? NULL : &error);
        return;
    }
    for (size_t i = 0; i < result.finding_count; i++)
        point_at(source, result.findings[i].byte, finding_text(importing, &result.findings[i]));
    if (!ok) {
        point_at(source, error.byte, error.text);
        return;
    }
    buf_add_span(&importing->out, result.query);
    buf_add_char(&importing->out, '\n');
}

/* Many. */

static bool is_taken(const char *id, void *context) {
    const struct importing *importing = context;
    for (size_t i = 0; i < importing->id_count; i++)
        if (strcmp(importing->ids[i], id) == 0)
            return true;
    return false;
}

static void print_alert(struct importing *importing, const struct row *row, const char *id,
                        struct span query) {
    size_t len = row->name.len, bad;
    if (len > ALERT_NAME_MAX)
        len = ALERT_NAME_MAX;
    while (len > 0 && !text_is_utf8((struct span){row->name.ptr, len}, &bad))
        len--;
    struct alert alert = {.id = id, .query = arena_copy(importing->arena, query)};
    if (len > 0 && !memchr(row->name.ptr, '\0', len))
        alert.name = arena_copy(importing->arena, (struct span){row->name.ptr, len});
    alert_print(&alert, &importing->out);
    buf_add_char(&importing->out, '\n');
}

static void import_row(struct importing *importing, const struct row *row) {
    struct import_result result;
    struct query_error error;
    const char *id = rows_id(row->name, importing->arena, is_taken, importing);
    importing->ids[importing->id_count++] = id;
    bool ok = import_query(importing->dialect, row->query, importing->arena, &result, &error);
    struct buf lines;
    buf_init(&lines, OUT_MAX);
    for (size_t i = 0; i < result.finding_count; i++)
        alert_error(&lines, importing->name, row->line, id, result.findings[i].byte,
                    finding_text(importing, &result.findings[i]));
    if (!ok)
        alert_error(&lines, importing->name, row->line, id, error.byte, error.text);
    say(buf_span(&lines));
    buf_free(&lines);
    importing->findings += result.finding_count;
    importing->refused += !ok;
    if (ok)
        print_alert(importing, row, id, result.query);
}

static int import_rows(struct importing *importing, struct span text) {
    struct rows rows;
    rows_read(text, importing->arena, &rows);
    if (rows.count == 0)
        return command_refuse(EXIT_FAILED, "%s: no query in it", importing->name);
    importing->queries = rows.count;
    importing->ids = arena_calloc(importing->arena, rows.count, sizeof *importing->ids);
    for (size_t i = 0; i < rows.count; i++)
        import_row(importing, &rows.rows[i]);
    return EXIT_OK;
}

/* Whoever gives a table without --alerts would get its commas as words. */
static int import_whole(struct importing *importing, struct span text) {
    struct rows rows;
    rows_read(text, importing->arena, &rows);
    if (rows.named && rows.count > 0)
        return command_refuse(EXIT_USAGE, "%s holds %zu queries, each with its name: give --alerts",
                              importing->name, rows.count);
    import_one(importing, operand_line(text));
    return EXIT_OK;
}

static int conclude(struct importing *importing) {
    const struct import_conf *conf = importing->conf;
    int code = buf_ok(&importing->out) ? EXIT_OK : command_refuse(EXIT_FAILED, "more than 256 MiB come out");
    if (code == EXIT_OK)
        code = command_print(&importing->out);
    if (code == EXIT_OK && importing->refused > 0 && !conf->alerts)
        code = EXIT_FAILED;
    else if (code == EXIT_OK && importing->refused > 0)
        code = command_refuse(EXIT_FAILED, "%zu of %zu queries became no alert: mend them, and import again",
                              importing->refused, importing->queries);
    if (code == EXIT_OK && conf->strict && importing->findings > 0)
        code = command_refuse(EXIT_FAILED, "not carried exactly: %zu parts, and --strict asks for all",
                              importing->findings);
    return code;
}

static int import(struct importing *importing, const char *operand) {
    struct buf text;
    importing->name = operand;
    buf_init(&text, OPERAND_MAX);
    buf_init(&importing->out, OUT_MAX);
    importing->arena = arena_new(LINE_ROOM);
    int code = operand_read(operand, importing->conf->alerts, &text);
    if (code == EXIT_OK && importing->conf->alerts)
        code = import_rows(importing, buf_span(&text));
    else if (code == EXIT_OK)
        code = import_whole(importing, buf_span(&text));
    if (code == EXIT_OK)
        code = conclude(importing);
    arena_free(&importing->arena);
    buf_free(&importing->out);
    buf_free(&text);
    return code;
}

static int check(const struct import_conf *conf, const struct conf *loaded, struct importing *importing) {
    static const char *const TOOLS[] = {"brandwatch", "talkwalker", "x"};
    if (!conf->from || !*conf->from)
        return command_refuse(EXIT_USAGE, "import takes --from TOOL: brandwatch, talkwalker or x");
    importing->dialect = import_dialect_named(span_of(conf->from));
    if (!importing->dialect) {
        struct buf near;
        buf_init(&near, 1024);
        command_add_nearest(&near, conf->from, TOOLS, COUNT_OF(TOOLS));
        command_refuse(EXIT_USAGE, "--from '%s' is no tool%s", conf->from,
                       near.len ? near.ptr : ": brandwatch, talkwalker or x");
        buf_free(&near);
        return EXIT_USAGE;
    }
    if (loaded->operand_count > 1)
        return command_refuse(EXIT_USAGE,
                              "import takes one FILE, - or 'QUERY': put a query in single quotes");
    if (conf->alerts && conf->json)
        return command_refuse(EXIT_USAGE, "--alerts is JSON by itself: leave out --json");
    return EXIT_OK;
}

int query_import_run(int argc, char **argv) {
    struct import_conf import_conf;
    struct importing importing = {.conf = &import_conf};
    struct conf conf = {
        .program = "earshot query import",
        .usage = "--from TOOL [FILE|-|'QUERY'] [OPTION]…",
        .about =
            "A query as Brandwatch, Talkwalker (or Hootsuite Listening) or X (rules of its API, or its "
            "search box)\n"
            "write it, in Earshot's language. The query goes to stdout; what is not carried exactly is "
            "named on\n"
            "stderr, each with the byte, a caret, and what it does:\n"
            "  changed      carried by one reading of several, or by something near it: look at it\n"
            "  widened      carried, and the alert finds more\n"
            "  narrowed     carried, and the alert finds less\n"
            "  not carried  left out; the text says whether the alert finds more or less by it\n"
            "What has no line is carried exactly. Without an operand it reads standard input; an "
            "operand that is no\n"
            "file is the query (put -- before one that begins with -).\n"
            "\n"
            "With --alerts the file holds many: one a line; a table (CSV) with a column query (or boolean "
            "query,\n"
            "rule, value) and one name (or query name, title, tag); or JSON with members of these names, as\n"
            "the tools' APIs answer. Each becomes an alert, a line of JSON that `earshot alerts apply -` "
            "takes;\n"
            "its id is made of its name. The findings are lines FILE:LINE: ID: byte B: TEXT.\n"
            "\n"
            "Exit 1 where a query could not be read or nothing of it could be carried (the others are "
            "printed).",
        .tables = {OPTIONS},
        .structs = {&import_conf},
        .epilog = "Examples\n"
                  "  earshot query import --from x '(acme OR @acme) -is:retweet lang:de'\n"
                  "  earshot query import --from brandwatch acme.bwq\n"
                  "  earshot query import --from talkwalker --alerts topics.csv | earshot alerts apply -\n"
                  "  earshot query import --from brandwatch --strict --json - <acme.bwq"};
    conf_load_or_exit(&conf, argc, argv);
    int code = check(&import_conf, &conf, &importing);
    if (code == EXIT_OK)
        code = import(&importing, conf.operand_count ? conf.operands[0] : "-");
    conf_free(&conf);
    return code;
}
