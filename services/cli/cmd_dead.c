/* earshot dead: what can never be counted, and why. */
#include "command.h"
#include "link.h"
#include "obituary.h"

#include "earshot/fault.h"

enum { TEXT_MAX = 64 << 20 };

struct dead_conf {
    const char *reason;
    int64_t limit;
    bool json;
};

#define AT(member) offsetof(struct dead_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Which", .type = CONF_HEADING},
    {.name = "reason",
     .type = CONF_STRING,
     .offset = AT(reason),
     .argument = "REASON",
     .help = "only these: utf8 json type missing size depth reserved duplicate"},
    {.name = "limit",
     .type = CONF_INT,
     .offset = AT(limit),
     .fallback = "20",
     .argument = "N",
     .min = 1,
     .max = 100000,
     .help = "the newest so many"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json), .help = "a JSON object a line, with the bytes"},
    {0},
};

static int check_reason(const char *reason) {
#define NAME(name, text) text,
    static const char *const REASONS[] = {FAULT_REASONS(NAME)};
#undef NAME
    struct buf near;
    for (size_t i = 0; i < COUNT_OF(REASONS); i++)
        if (strcmp(reason, REASONS[i]) == 0)
            return EXIT_OK;
    buf_init(&near, 1024);
    command_add_nearest(&near, reason, REASONS, COUNT_OF(REASONS));
    command_refuse(EXIT_USAGE,
                   "--reason is one of utf8 json type missing size depth reserved duplicate, not '%s'%s",
                   reason, buf_span(&near).ptr);
    buf_free(&near);
    return EXIT_USAGE;
}

static int show(const struct obituary *obituary, bool json) {
    struct buf out;
    buf_init(&out, TEXT_MAX);
    struct screen screen = screen_open(&out);
    if (json)
        obituary_print(&out, obituary);
    else
        obituary_show(&screen, obituary);
    int code =
        buf_ok(&out) ? command_print(&out) : command_refuse(EXIT_FAILED, "too much: give a lower --limit");
    buf_free(&out);
    return code;
}

static int run(int argc, char **argv) {
    struct link_conf link;
    struct dead_conf dead;
    struct obituary obituary;
    struct conf conf = {
        .program = "earshot dead",
        .about = "The dead letters: what sources and programs sent that can never be counted, why, and "
                 "from where.",
        .tables = {OPTIONS, LINK_OPTIONS},
        .structs = {&dead, &link},
        .kafka_properties = true,
        .epilog = "Examples\n  earshot dead --limit 5\n  earshot dead --reason utf8 --json"};
    conf_load_or_exit(&conf, argc, argv);
    struct bus_conf bus = link_bus_conf(&link, &conf);
    obituary_init(&obituary, (size_t)dead.limit, dead.reason);
    int code = dead.reason ? check_reason(dead.reason) : EXIT_OK;
    if (conf.operand_count > 0)
        code = command_refuse(EXIT_USAGE, "dead takes options only, not '%s'", conf.operands[0]);
    if (code == EXIT_OK)
        code = link_read_table(&link, &bus, "mentions.dead", obituary_see, &obituary);
    if (code == EXIT_OK) {
        obituary_settle(&obituary);
        code = show(&obituary, dead.json);
    }
    obituary_free(&obituary);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_DEAD = {"dead", GROUP_ASK, "what could not be counted, and why", run};
