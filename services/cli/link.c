/* link: a command is short-lived: it waits a bounded time for what it needs and then says that it is not
 * there. */
#include "link.h"

#include "command.h"

#include "earshot/times.h"

enum { MESSAGE_MAX = 4096, POLL_MS = 200 };

#define AT(member) offsetof(struct link_conf, member)

const struct conf_option LINK_OPTIONS[] = {
    {.name = "Kafka", .type = CONF_HEADING},
    {.name = "brokers",
     .type = CONF_STRING,
     .offset = AT(brokers),
     .fallback = "localhost:9092",
     .argument = "HOST:PORT,…",
     .help = "where Kafka is first asked"},
    {.name = "prefix",
     .type = CONF_STRING,
     .offset = AT(prefix),
     .fallback = "",
     .argument = "TEXT",
     .help = "stands before the name of every topic and group"},
    {.name = "timeout",
     .type = CONF_DURATION,
     .offset = AT(timeout_ms),
     .fallback = "10s",
     .argument = "TIME",
     .help = "how long Kafka may take to answer",
     .min = 100,
     .max = 600000},
    {0},
};

struct bus_conf link_bus_conf(const struct link_conf *link, const struct conf *loaded) {
    return (struct bus_conf){.brokers = link->brokers,
                             .prefix = link->prefix,
                             .client_id = "earshot",
                             .properties = loaded->properties,
                             .property_count = loaded->property_count};
}

static int silent(const struct link_conf *link, const char *topic) {
    return command_refuse(
        EXIT_UNREACHABLE,
        "no answer about topic %s%s from Kafka at %s within %lld s: is it running, is --brokers "
        "right, and did earshot init make the topics?",
        link->prefix, topic, link->brokers, (long long)(link->timeout_ms / 1000));
}

int link_read_table(const struct link_conf *link, const struct bus_conf *bus, const char *topic,
                    bus_row_f *each, void *self) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct bus_table *table = bus_table_new(bus, topic, &message);
    int code = EXIT_OK;
    if (!table)
        code = command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    int64_t heard = times_monotonic_ms();
    while (table && code == EXIT_OK && !bus_table_loaded(table)) {
        enum bus_status status = bus_table_poll(table, POLL_MS, each, self);
        if (status == BUS_FATAL) {
            const char *problem = bus_table_problem(table);
            code = command_refuse(EXIT_FAILED, "%s", problem ? problem : "Kafka refused the topic");
        } else if (times_monotonic_ms() - heard > link->timeout_ms) {
            const char *problem = bus_table_problem(table);
            code = problem ? command_refuse(EXIT_UNREACHABLE, "%s", problem) : silent(link, topic);
        }
    }
    bus_table_free(&table);
    buf_free(&message);
    return code;
}

static enum bus_status produce(struct bus *bus, const struct bus_out *record, int64_t until) {
    enum bus_status status;
    while ((status = bus_produce(bus, record)) == BUS_AGAIN && times_monotonic_ms() < until) {
        if (bus_flush(bus, POLL_MS) == BUS_FATAL)
            return BUS_FATAL;
    }
    return status;
}

int link_write(const struct link_conf *link, const struct bus_conf *conf, const struct bus_out *records,
               size_t count) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct bus *bus = bus_kafka_new(conf, NULL, NULL, &message);
    enum bus_status status = BUS_OK;
    int code = EXIT_OK;
    int64_t until = times_monotonic_ms() + link->timeout_ms;
    if (!bus)
        code = command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    for (size_t i = 0; bus && i < count && status == BUS_OK; i++)
        status = produce(bus, &records[i], until);
    while (bus && status == BUS_OK && (status = bus_flush(bus, POLL_MS)) == BUS_AGAIN &&
           times_monotonic_ms() < until)
        status = BUS_OK;
    if (status == BUS_AGAIN)
        code = silent(link, records[0].topic);
    else if (status == BUS_TOO_LARGE)
        code = command_refuse(EXIT_FAILED, "a record is too large for Kafka");
    else if (status == BUS_FATAL)
        code =
            command_refuse(EXIT_FAILED, "%s", bus_problem(bus) ? bus_problem(bus) : "Kafka refused a record");
    bus_free(&bus);
    buf_free(&message);
    return code;
}

struct store *link_store(const struct store_conf *conf) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct store *store = store_new(conf, &message);
    if (!store)
        command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    buf_free(&message);
    return store;
}

int link_ask(struct store *store, const struct span *args, size_t count, const char *passed,
             const struct store_reply **reply) {
    enum store_status status = store_ask(store, args, count, reply);
    if (status != STORE_OK) {
        const char *problem = store_problem(store);
        return command_refuse(status == STORE_AWAY ? EXIT_UNREACHABLE : EXIT_FAILED, "%s",
                              problem ? problem : "Redis did not answer");
    }
    if ((*reply)->type != STORE_ERROR || (passed && strncmp((*reply)->text.ptr, passed, strlen(passed)) == 0))
        return EXIT_OK;
    return command_refuse(EXIT_FAILED, "Redis: %.*s", (int)(*reply)->text.len, (*reply)->text.ptr);
}
