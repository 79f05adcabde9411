/* earshot-aggregator: mentions.enriched into Redis. */
#include "service.h"

#define AT(member) offsetof(struct aggregator_conf, member)

static const struct conf_option OWN[] = {
    {.name = "Folding", .type = CONF_HEADING},
    {.name = "gather",
     .type = CONF_DURATION,
     .offset = AT(gather_ms),
     .fallback = "25ms",
     .argument = "TIME",
     .help = "how long a mention waits for others that change the same counters",
     .min = 0,
     .max = 10000},
    {.name = "gather-pairs",
     .type = CONF_INT,
     .offset = AT(gather_pairs),
     .fallback = "20000",
     .argument = "N",
     .help = "no longer than until so many (mention, alert) pairs wait",
     .min = 1,
     .max = 1000000},
    {.name = "call-commands",
     .type = CONF_INT,
     .offset = AT(fold.call_commands),
     .fallback = "400",
     .argument = "N",
     .help = "about so many commands a call to Redis; readers wait meanwhile",
     .min = 1,
     .max = 100000},
    {.name = "feed-items",
     .type = CONF_INT,
     .offset = AT(fold.feed_items),
     .fallback = "1000",
     .argument = "N",
     .help = "newest mentions kept in an alert's feed",
     .min = 1,
     .max = 100000},
    {0},
};

enum { OPTIONS_MAX = 32 };

static size_t join(struct conf_option *out, size_t count, const struct conf_option *table) {
    for (; table->name; table++) {
        ASSERT(count + 1 < OPTIONS_MAX);
        out[count++] = *table;
    }
    return count;
}

int main(int argc, char **argv) {
    struct conf_option options[OPTIONS_MAX] = {0};
    struct worker_service service = AGGREGATOR;
    (void)join(options, join(options, 0, OWN), STORE_OPTIONS);
    service.options = options;
    return worker_main(&service, argc, argv);
}
