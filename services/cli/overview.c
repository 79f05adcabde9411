#include "overview.h"

static const char *const GROUPS[GROUP_COUNT] = {
    [GROUP_RUN] = "Run a deployment",
    [GROUP_ALERTS] = "Say what to listen for",
    [GROUP_ASK] = "Ask",
};

void overview_add(struct buf *out, const struct command *const *commands, size_t count) {
    buf_add_str(out,
                "Usage: earshot COMMAND [OPTION]…\n"
                "Finds what people say in public about a brand: alerts in, exact counters and feeds out.\n");
    for (enum command_group group = 0; group < GROUP_COUNT; group++) {
        buf_printf(out, "\n%s\n", GROUPS[group]);
        for (size_t i = 0; i < count; i++)
            if (commands[i]->group == group)
                buf_printf(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    }
    buf_add_str(
        out,
        "\nFirst steps\n"
        "  earshot up --alerts alerts.json --mentions mentions.ndjson --shift-to-now\n"
        "  earshot match --alerts alerts.json mentions.ndjson --count\n"
        "  earshot replay --alert new.json --since 7d\n"
        "  earshot alerts apply alerts.json\n"
        "  earshot query summary acme --since 7d\n"
        "  earshot feed acme --order riskiest --limit 5\n"
        "  earshot correct acme mastodon:example.social:1122 --label neutral\n"
        "\nearshot COMMAND --help says its options. Where Kafka and Redis are: --brokers and --redis, or\n"
        "EARSHOT_BROKERS and EARSHOT_REDIS. Exit codes: 0 ok, 1 refused or failed, 2 usage, 3 "
        "unreachable.\n");
}

void overview_add_unknown(struct buf *out, const char *written, const struct command *const *commands,
                          size_t count) {
    enum { COMMANDS_MAX = 32 };
    const char *names[COMMANDS_MAX];
    struct buf near;
    ASSERT(count <= COMMANDS_MAX);
    for (size_t i = 0; i < count; i++)
        names[i] = commands[i]->name;
    buf_init(&near, 1024);
    command_add_nearest(&near, written, names, count);
    buf_printf(out, "unknown command '%s'%s", written, near.len ? near.ptr : ": earshot --help lists all");
    buf_free(&near);
}
