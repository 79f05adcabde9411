/* link: how a command reaches Kafka and Redis. Every function says on stderr, in one line, what went wrong,
 * and returns an exit code. */
#ifndef CLI_LINK_H
#define CLI_LINK_H

#include "earshot/bus_kafka.h"
#include "earshot/conf.h"
#include "earshot/store.h"

struct link_conf {
    const char *brokers, *prefix;
    int64_t timeout_ms; /* for Kafka to answer */
};

/* --brokers, --prefix, --timeout. */
extern const struct conf_option LINK_OPTIONS[];

struct bus_conf link_bus_conf(const struct link_conf *link, const struct conf *loaded);

/* The topic from its beginning to what was its end. */
int link_read_table(const struct link_conf *link, const struct bus_conf *bus, const char *topic,
                    bus_row_f *each, void *self) MUST_CHECK;

/* Writes the records, each by its key, and waits until all are acknowledged. */
int link_write(const struct link_conf *link, const struct bus_conf *bus, const struct bus_out *records,
               size_t count) MUST_CHECK;

/* One command to Redis; an error reply is an error here, but for those that begin with one of `passed` (NULL:
 * none). Borrowed until the next call. */
int link_ask(struct store *store, const struct span *args, size_t count, const char *passed,
             const struct store_reply **reply) MUST_CHECK;
/* NULL: said, and exit code 2. */
struct store *link_store(const struct store_conf *conf) MUST_CHECK;

#endif
