/* bus_kafka: the bus on librdkafka, the reading of whole topics (tables), and topics' administration. */
#ifndef EARSHOT_BUS_KAFKA_H
#define EARSHOT_BUS_KAFKA_H

#include "earshot/buf.h"
#include "earshot/bus.h"
#include "earshot/conf.h"

struct bus_conf {
    const char *brokers;                    /* host:port,… */
    const char *prefix;                     /* before every topic and group; "" */
    const char *client_id;                  /* program's name */
    const struct conf_property *properties; /* kafka.<property> */
    size_t property_count;
};

/* A property that the guarantees rest on (idempotence, acks, offsets, time-outs of messages, …) or that
 * librdkafka does not know: false, and one line in message that names it and says why. */
bool bus_conf_check(const struct bus_conf *conf, struct buf *message) MUST_CHECK;

/* topic NULL: only the producer. watcher is borrowed for the bus's life, NULL allowed. Bad configuration:
 * NULL, message. */
struct bus *bus_kafka_new(const struct bus_conf *conf, const char *topic, const struct bus_watcher *watcher,
                          struct buf *message) MUST_CHECK;
/* The same with the topic `beside` beside it: bus.h, "Slots". */
struct bus *bus_kafka_new_two(const struct bus_conf *conf, const char *topic, const char *beside,
                              const struct bus_watcher *watcher, struct buf *message) MUST_CHECK;

/* Tables: a topic read from its beginning to its end and then followed (alerts, cursors, deployment, dead
 * letters). */
struct bus_table;
typedef void bus_row_f(void *self, const struct bus_record *record);

struct bus_table *bus_table_new(const struct bus_conf *conf, const char *topic,
                                struct buf *message) MUST_CHECK;
void bus_table_free(struct bus_table **table);
/* Gives what is there to `each`, in order per partition; waits at most timeout_ms for the first. BUS_AGAIN:
 * not connected. */
enum bus_status bus_table_poll(struct bus_table *table, int timeout_ms, bus_row_f *each,
                               void *self) MUST_CHECK;
/* Everything that was in the topic when the table was made has been given. Stays true. */
bool bus_table_loaded(const struct bus_table *table);
/* That a poll gives nothing does not mean that there is nothing: a fetch may be on its way, or we stood
 * still. So who must know asks; nothing before it is loaded. Answered: all that was in the topic when it was
 * last asked has been given. That takes about 0.1 s and a fetch more; who asks again before begins anew. */
void bus_table_ask(struct bus_table *table);
bool bus_table_answered(const struct bus_table *table);
const char *bus_table_problem(const struct bus_table *table);

/* Ranges: a topic read once, in each partition from one offset to another. There is no group: nothing is
 * committed and nobody else notices. About 64 MiB are fetched ahead at most, however many partitions. */
struct bus_range;
struct bus_range *bus_range_new(const struct bus_conf *conf, const char *topic,
                                struct buf *message) MUST_CHECK;
void bus_range_free(struct bus_range **range);

struct bus_search {
    int partitions;
    int64_t since, until; /* the log's ms, half open; INT64_MAX: no end */
    int timeout_ms;
};
/* Of a partition. Times may go back by up to an hour: each record in [first, last) may be of another time.
 * The embedded broker does not know times: there it is all of the log. */
struct bus_extent {
    int64_t begin, end;  /* the log holds [begin, end) */
    int64_t first, last; /* no record of [since, until) is outside */
};
/* out has room for all partitions. false: bus_range_problem(). */
bool bus_range_find(struct bus_range *range, const struct bus_search *search,
                    struct bus_extent *out) MUST_CHECK;

struct bus_part_range {
    int64_t from, to;
};
/* Once, of all partitions. */
void bus_range_start(struct bus_range *range, const struct bus_part_range *parts, int count);
/* Gives what is there to `each`, in order per partition; waits at most timeout_ms for the first. BUS_AGAIN:
 * not connected. */
enum bus_status bus_range_poll(struct bus_range *range, int timeout_ms, bus_row_f *each,
                               void *self) MUST_CHECK;
bool bus_range_done(const struct bus_range *range);
int64_t bus_range_left(const struct bus_range *range); /* records */
/* Records that were no longer in the log when they would have been read. */
int64_t bus_range_lost(const struct bus_range *range);
const char *bus_range_problem(struct bus_range *range);

/* Administration: for `earshot init` and `earshot status`. */
struct bus_topic {
    const char *name; /* without prefix */
    int partitions;
    int replication;           /* wanted; -1: the broker's default */
    const char *const *config; /* name, value, name, value …, NULL */
};
struct bus_admin;
struct bus_admin *bus_admin_new(const struct bus_conf *conf, struct buf *message) MUST_CHECK;
void bus_admin_free(struct bus_admin **admin);
/* How many brokers answer, within timeout_ms; 0: none, message says. */
int bus_admin_brokers(struct bus_admin *admin, int timeout_ms, struct buf *message);
/* Creates what is missing; partition counts and settings that contradict are named in message, and false.
 * Safe to repeat. */
bool bus_admin_ensure(struct bus_admin *admin, const struct bus_topic *topics, size_t count,
                      struct buf *message) MUST_CHECK;
/* Appends the value of a topic's setting to out; nothing on the embedded broker, which has none. false:
 * message. */
bool bus_admin_setting(struct bus_admin *admin, const char *topic, const char *name, struct buf *out,
                       struct buf *message) MUST_CHECK;
/* Records and, per partition, what `group` (without prefix) has committed and where the log begins and ends.
 * out has room for `partitions`; committed -1: none. */
struct bus_position {
    int64_t committed, begin, end;
};
bool bus_admin_positions(struct bus_admin *admin, const char *group, const char *topic, int partitions,
                         struct bus_position *out, struct buf *message) MUST_CHECK;

#endif
