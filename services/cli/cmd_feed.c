/* earshot feed: the mentions themselves. */
#include "ask.h"
#include "command.h"
#include "conf_span.h"
#include "show.h"

#include "earshot/times.h"

#include <stdio.h>

struct feed_conf {
    const char *since, *until, *cursor;
    int order;
    int64_t limit;
    bool json;
};

#define AT(member) offsetof(struct feed_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Which", .type = CONF_HEADING},
    {.name = "since",
     .type = CONF_STRING,
     .offset = AT(since),
     .fallback = "30d",
     .argument = "TIME",
     .help = "24h, 7d, now-2w, 2026-11-21T20:25:55Z or Unix seconds"},
    {.name = "until",
     .type = CONF_STRING,
     .offset = AT(until),
     .fallback = "now",
     .argument = "TIME",
     .help = "the same"},
    {.name = "order",
     .type = CONF_CHOICE,
     .offset = AT(order),
     .fallback = "newest",
     .choices = "newest|negative|riskiest|leads",
     .help = "riskiest: likeliest to escalate first; leads: only who may buy, newest first"},
    {.name = "limit",
     .type = CONF_INT,
     .offset = AT(limit),
     .fallback = "20",
     .argument = "N",
     .min = 1,
     .max = 200,
     .help = "how many, up to 200"},
    {.name = "cursor",
     .type = CONF_STRING,
     .offset = AT(cursor),
     .fallback = "",
     .argument = "CURSOR",
     .help = "goes on where the page that printed it ended"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json",
     .type = CONF_BOOL,
     .offset = AT(json),
     .help = "the reply of the Redis function, unchanged"},
    {0},
};

static bool show(struct screen *screen, const json_t *reply) {
    return show_feed(screen, reply, times_now());
}

static int run(int argc, char **argv) {
    static const char *const ORDERS[] = {"newest", "negative", "riskiest", "leads"};
    struct feed_conf feed;
    struct store_conf redis;
    struct span_texts span;
    struct conf conf = {
        .program = "earshot feed",
        .usage = "ALERT [OPTION]…",
        .about = "The mentions of an alert, the words that matched marked; under each the words that drove\n"
                 "its label, what its writer wants, and how likely it escalates, and why.",
        .tables = {OPTIONS, STORE_OPTIONS},
        .structs = {&feed, &redis},
        .epilog = "Examples\n  earshot feed acme --since 24h\n"
                  "  earshot feed acme --order riskiest --limit 5\n"
                  "  earshot feed acme --order leads --since 7d"};
    conf_load_or_exit(&conf, argc, argv);
    int code = EXIT_USAGE;
    if (conf.operand_count != 1)
        command_refuse(code, "feed takes one ALERT: earshot alerts list shows all");
    else
        code = span_read(feed.since, feed.until, times_now(), &span);
    if (code == EXIT_OK) {
        char limit[24];
        snprintf(limit, sizeof limit, "%lld", (long long)feed.limit);
        const char *args[] = {conf.operands[0], span.from, span.to, ORDERS[feed.order], limit, feed.cursor};
        code = ask_and_show(&redis, "earshot_feed", args, COUNT_OF(args), feed.json ? NULL : show);
    }
    conf_free(&conf);
    return code;
}

const struct command COMMAND_FEED = {
    "feed", GROUP_ASK, "the mentions of an alert: newest, most negative, riskiest, or the leads", run};
