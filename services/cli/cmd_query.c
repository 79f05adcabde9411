/* earshot query: one alert over time, and all of a time together; queries checked, explained, and of other
 * tools. */
#include "ask.h"
#include "cmd_query_check.h"
#include "cmd_query_explain.h"
#include "cmd_query_import.h"
#include "command.h"
#include "conf_span.h"
#include "show.h"

#include "earshot/times.h"

struct query_conf {
    const char *since, *until;
    int grain;
    bool json;
};

#define AT(member) offsetof(struct query_conf, member)
#define COMMON                                                                                               \
    {.name = "Time", .type = CONF_HEADING},                                                                  \
        {.name = "since",                                                                                    \
         .type = CONF_STRING,                                                                                \
         .offset = AT(since),                                                                                \
         .fallback = "24h",                                                                                  \
         .argument = "TIME",                                                                                 \
         .help = "24h, 7d, now-2w, 2026-11-21T20:25:55Z or Unix seconds"},                                   \
    {                                                                                                        \
        .name = "until", .type = CONF_STRING, .offset = AT(until), .fallback = "now", .argument = "TIME",    \
        .help = "the same"                                                                                   \
    }
#define OUTPUT                                                                                               \
    {.name = "Output", .type = CONF_HEADING}, {                                                              \
        .name = "json", .type = CONF_BOOL, .offset = AT(json),                                               \
        .help = "the reply of the Redis function, unchanged"                                                 \
    }

static const struct conf_option SUMMARY_OPTIONS[] = {COMMON, OUTPUT, {0}};
static const struct conf_option VOLUME_OPTIONS[] = {
    COMMON,
    {.name = "grain",
     .type = CONF_CHOICE,
     .offset = AT(grain),
     .fallback = "auto",
     .choices = "auto|minute|hour|day",
     .help = "auto: by the length of the time"},
    OUTPUT,
    {0},
};

static int load(struct conf *conf, struct query_conf *query, struct store_conf *redis, int argc,
                char **argv) {
    conf->usage = "ALERT [OPTION]…";
    conf->tables[1] = STORE_OPTIONS;
    conf->structs[0] = query;
    conf->structs[1] = redis;
    conf_load_or_exit(conf, argc, argv);
    if (conf->operand_count != 1)
        return command_refuse(EXIT_USAGE, "%s takes one ALERT: earshot alerts list shows all",
                              conf->program + 8);
    return EXIT_OK;
}

static int run_volume(int argc, char **argv) {
    static const char *const GRAINS[] = {NULL, "minute", "hour", "day"};
    struct query_conf query;
    struct store_conf redis;
    struct span_texts span;
    struct conf conf = {.program = "earshot query volume",
                        .about = "Mentions over time: how many, and how they speak.",
                        .tables = {VOLUME_OPTIONS},
                        .epilog = "Examples\n  earshot query volume acme --since 7d\n"
                                  "  earshot query volume acme --since 2h --grain minute --json"};
    int code = load(&conf, &query, &redis, argc, argv);
    if (code == EXIT_OK)
        code = span_read(query.since, query.until, times_now(), &span);
    if (code == EXIT_OK) {
        const char *grain = query.grain ? GRAINS[query.grain] : span_grain(span.seconds);
        const char *args[] = {conf.operands[0], span.from, span.to, grain};
        code = ask_and_show(&redis, "earshot_volume", args, COUNT_OF(args), query.json ? NULL : show_volume);
    }
    conf_free(&conf);
    return code;
}

static int run_summary(int argc, char **argv) {
    struct query_conf query;
    struct store_conf redis;
    struct span_texts span;
    struct conf conf = {.program = "earshot query summary",
                        .about =
                            "A time as one: how many mentions, how they speak, where and in which languages.",
                        .tables = {SUMMARY_OPTIONS},
                        .epilog = "Example\n  earshot query summary acme --since 30d"};
    int code = load(&conf, &query, &redis, argc, argv);
    if (code == EXIT_OK)
        code = span_read(query.since, query.until, times_now(), &span);
    if (code == EXIT_OK) {
        const char *args[] = {conf.operands[0], span.from, span.to};
        code =
            ask_and_show(&redis, "earshot_summary", args, COUNT_OF(args), query.json ? NULL : show_summary);
    }
    conf_free(&conf);
    return code;
}

static const struct command_sub SUBS[] = {
    {"volume", "mentions over time", run_volume},
    {"summary", "a time as one: sentiment, platforms, languages, countries", run_summary},
    {"check", "what a query is likely not to mean: a linter", query_check_run},
    {"explain", "why a query matches a text, and what keeps it from it", query_explain_run},
    {"import", "a query of Brandwatch, Talkwalker or X in Earshot's language", query_import_run},
};

static int run(int argc, char **argv) {
    return command_dispatch("query", SUBS, COUNT_OF(SUBS),
                            "Examples\n"
                            "  earshot query volume acme --since 7d\n"
                            "  earshot query summary acme --since 30d --json\n"
                            "  earshot query check 'acme OR corp AND shop'\n"
                            "  earshot query explain 'acme -hotel' 'The acme hotel'\n"
                            "  earshot query import --from x '(acme OR @acme) -is:retweet lang:de'",
                            argc, argv);
}

const struct command COMMAND_QUERY = {"query", GROUP_ASK,
                                      "volume and summary of a time; check, explain and import queries", run};
