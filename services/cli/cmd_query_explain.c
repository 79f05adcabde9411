/* earshot query explain: one query on one mention, which is given whole or made of a text and options. It is
 * read as a connector's would be, so that what is explained is what the matcher would see. */
#include "cmd_query_explain.h"

#include "command.h"
#include "explain_show.h"
#include "operand.h"

#include "earshot/conf.h"
#include "earshot/matched.h"
#include "earshot/text.h"

#include <stdio.h>

enum { OUT_MAX = 256 << 20 };

struct explain_conf {
    const char *title, *author, *author_name, *lang, *country, *platform, *kind, *type, *url, *mention;
    int64_t followers;
    bool json;
};

#define AT(member) offsetof(struct explain_conf, member)
#define TEXT_OPTION(option, member, value, text)                                                             \
    { .name = (option), .type = CONF_STRING, .offset = AT(member), .argument = (value), .help = (text) }

static const struct conf_option OPTIONS[] = {
    {.name = "Mention", .type = CONF_HEADING},
    TEXT_OPTION("title", title, "TITLE", "its title"),
    TEXT_OPTION("author", author, "HANDLE", "its author's handle"),
    TEXT_OPTION("author-name", author_name, "NAME", "its author's name"),
    {.name = "followers",
     .type = CONF_INT,
     .offset = AT(followers),
     .fallback = "-1",
     .argument = "N",
     .min = -1,
     .max = INT64_MAX,
     .help = "its author's followers; -1 is unknown"},
    TEXT_OPTION("lang", lang, "LANGUAGE", "its language, as en"),
    TEXT_OPTION("country", country, "COUNTRY", "its country, as NL"),
    TEXT_OPTION("platform", platform, "PLATFORM", "where it was said, as mastodon"),
    TEXT_OPTION("kind", kind, "KIND", "what kind of source: social, blog, news, forum, review, web"),
    TEXT_OPTION("type", type, "TYPE", "post, comment, review, article, repost"),
    TEXT_OPTION("url", url, "URL", "its address"),
    TEXT_OPTION("mention", mention, "JSON",
                "all of it as JSON (mention.md), a file of it, or -; instead of TEXT"),
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json), .help = "the tree of parts, nested, on one line"},
    {0},
};

/* The mention. */

static bool add_member(struct buf *out, const char *name, const char *value, bool *first) {
    size_t byte;
    if (!value)
        return true;
    if (!text_is_utf8(span_of(value), &byte))
        return false;
    buf_printf(out, "%s\"%s\":", *first ? "" : ",", name);
    buf_add_json(out, span_of(value));
    *first = false;
    return true;
}

static bool add_author(struct buf *out, const struct explain_conf *conf) {
    bool first = true, ok;
    buf_add_str(out, ",\"author\":{");
    ok =
        add_member(out, "handle", conf->author, &first) && add_member(out, "name", conf->author_name, &first);
    if (conf->followers >= 0)
        buf_printf(out, "%s\"followers\":%lld", first ? "" : ",", (long long)conf->followers);
    buf_add_char(out, '}');
    return ok;
}

/* False: an option is no UTF-8. */
static bool make_mention(const struct explain_conf *conf, const char *text, struct buf *out) {
    bool first = true, ok;
    buf_add_str(out, "{\"id\":\"explained\",\"created_at\":\"2026-01-01T00:00:00Z\",\"source\":{");
    ok = add_member(out, "platform", conf->platform ? conf->platform : "none", &first) &&
         add_member(out, "kind", conf->kind, &first);
    buf_add_char(out, '}');
    first = false;
    ok = ok && add_author(out, conf) && add_member(out, "text", text, &first) &&
         add_member(out, "title", conf->title, &first) && add_member(out, "language", conf->lang, &first) &&
         add_member(out, "type", conf->type, &first) && add_member(out, "url", conf->url, &first);
    if (conf->country) {
        bool inner = true;
        buf_add_str(out, ",\"geo\":{");
        ok = ok && add_member(out, "country", conf->country, &inner);
        buf_add_char(out, '}');
    }
    buf_add_char(out, '}');
    return ok;
}

static int get_mention(const struct explain_conf *conf, const char *text, struct arena *arena,
                       struct mention *mention) {
    struct fault fault;
    struct buf json;
    buf_init(&json, OPERAND_MAX);
    int code = EXIT_OK;
    if (!conf->mention && !make_mention(conf, text, &json))
        code = command_refuse(EXIT_FAILED, "the text or an option is no valid UTF-8");
    else if (conf->mention)
        code = operand_read(conf->mention, false, &json);
    struct span bytes = {arena_copy(arena, operand_line(buf_span(&json))), operand_line(buf_span(&json)).len};
    buf_free(&json);
    if (code == EXIT_OK && !mention_read(bytes, MENTION_RAW, arena, mention, &fault))
        code = command_refuse(EXIT_FAILED, "the mention: %s: byte %zu: %s", fault_name(fault.reason),
                              fault.byte, fault.detail);
    return code;
}

/* The query. */

static int refuse_query(const struct query_error *error, struct span text) {
    struct buf lines, shown;
    buf_init(&lines, 1 << 16);
    buf_init(&shown, 1 << 18);
    query_explain_error(error, text, &lines);
    screen_add_lines(&shown, buf_span(&lines));
    fputs(buf_span(&shown).ptr, stderr);
    buf_free(&lines);
    buf_free(&shown);
    return EXIT_FAILED;
}

static int explain_query(const struct explain_conf *conf, struct span text, const struct mention *mention,
                         struct arena *arena) {
    struct query_error error;
    const struct query *query = query_parse(text, arena, &error);
    if (!query)
        return refuse_query(&error, text);
    const struct match_document document = matched_document(mention, 0);
    const struct explain_part *root = explain(query, &document, arena);
    struct buf out;
    buf_init(&out, OUT_MAX);
    struct screen screen = screen_open(&out);
    if (conf->json)
        explain_print(root, &out);
    else
        explain_show(&screen, root, &document);
    int code =
        buf_ok(&out) ? command_print(&out) : command_refuse(EXIT_FAILED, "more than 256 MiB to explain");
    buf_free(&out);
    return code;
}

static int explain_operands(const struct explain_conf *conf, const char *query, const char *text) {
    struct arena *arena = arena_new(65536);
    struct mention mention;
    struct buf read;
    buf_init(&read, OPERAND_MAX);
    int code = get_mention(conf, text, arena, &mention);
    if (code == EXIT_OK)
        code = operand_read(query, false, &read);
    if (code == EXIT_OK)
        code = explain_query(conf, operand_line(buf_span(&read)), &mention, arena);
    buf_free(&read);
    arena_free(&arena);
    return code;
}

static bool has_options(const struct explain_conf *conf) {
    return conf->title || conf->author || conf->author_name || conf->lang || conf->country ||
           conf->platform || conf->kind || conf->type || conf->url || conf->followers >= 0;
}

int query_explain_run(int argc, char **argv) {
    struct explain_conf explain_conf;
    struct conf conf = {
        .program = "earshot query explain",
        .usage = "'QUERY' 'TEXT' [OPTION]…",
        .about = "Whether a query matches a mention, and why: each part of it with yes or no, the bytes "
                 "where it is,\n"
                 "and what blocks. Every part is asked of the matcher itself. QUERY may be a file or -; TEXT "
                 "is the\n"
                 "mention's text.\n"
                 "\n"
                 "Exit 0 when it was explained, matching or not; 1 where the query or the mention is wrong.",
        .tables = {OPTIONS},
        .structs = {&explain_conf},
        .epilog = "Examples\n"
                  "  earshot query explain 'acme AND (broken OR kaputt) -hotel' 'The acme hotel is broken'\n"
                  "  earshot query explain 'title:acme' 'It broke' --title 'About acme'\n"
                  "  head -n 1 mentions.ndjson | earshot query explain 'acme OR #acme' --mention - --json"};
    conf_load_or_exit(&conf, argc, argv);
    bool whole = explain_conf.mention != NULL;
    int code = EXIT_USAGE;
    if (conf.operand_count != (whole ? 1 : 2))
        command_refuse(code, whole ? "explain takes 'QUERY' beside --mention: the text is in the mention"
                                   : "explain takes 'QUERY' and 'TEXT', or 'QUERY' and --mention JSON");
    else if (whole && has_options(&explain_conf))
        command_refuse(code, "--mention is all of the mention: leave out the other options about it");
    else if (whole && strcmp(explain_conf.mention, "-") == 0 && strcmp(conf.operands[0], "-") == 0)
        command_refuse(code, "the query and the mention cannot both be standard input");
    else
        code = explain_operands(&explain_conf, conf.operands[0], whole ? NULL : conf.operands[1]);
    conf_free(&conf);
    return code;
}
