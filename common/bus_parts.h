/* bus_parts: what the bus is made of and nobody else sees. */
#ifndef COMMON_BUS_PARTS_H
#define COMMON_BUS_PARTS_H

#include "earshot/arena.h"
#include "earshot/buf.h"
#include "earshot/bus_kafka.h"

#include <librdkafka/rdkafka.h>

/* The largest record: topics' max.message.bytes less what a batch adds around one record. */
enum { BUS_RECORD_MAX = 2 * 1024 * 1024 - 512 };

struct bus_setting {
    const char *name, *value;
};

/* One client of librdkafka and what is known of its way to the brokers. Its callbacks run inside our own
 * calls, in our own thread; only log lines come from others. It is the opaque of its client, and owner is
 * ours. */
struct bus_link {
    rd_kafka_t *rk;
    void *owner;
    char *brokers;
    bool up;    /* a broker has answered since all were down */
    bool doubt; /* a connection broke: to be asked whether another answers */
    bool fatal; /* librdkafka gave up, or we did: cause says why */
    bool vague; /* that was librdkafka's word for it; a better one may follow */
    int64_t probe_at_ms;
    int probe_ms;
    char cause[320]; /* the last thing that went wrong */
    char problem[512];
};

/* The configuration: ours, then what the user gave, then `settings` (ended by {0}). NULL: message. */
rd_kafka_conf_t *bus_client_conf(const struct bus_conf *conf, const struct bus_setting *settings,
                                 struct buf *message) MUST_CHECK;
/* Takes conf in either case. false: message. */
bool bus_link_open(struct bus_link *link, rd_kafka_type_t type, rd_kafka_conf_t *conf, const char *brokers,
                   struct buf *message) MUST_CHECK;
/* After the client was destroyed. */
void bus_link_close(struct bus_link *link);
/* Whether a broker answers; where that is not known, asks, at most once a second and for a second. */
bool bus_link_up(struct bus_link *link);
/* The embedded broker is known by its cluster's id. */
bool bus_link_is_embedded(struct bus_link *link, int timeout_ms);
void bus_link_fail(struct bus_link *link, const char *format, ...) PRINTF_LIKE(2, 3);
/* Remembers an error that librdkafka keeps trying to overcome. */
void bus_link_blame(struct bus_link *link, rd_kafka_resp_err_t err, const char *reason);
/* The last thing that went wrong, with what to do about it. */
const char *bus_link_told(struct bus_link *link);
/* NULL: nothing wrong. */
const char *bus_link_problem(struct bus_link *link);

/* "PREFIXname", to be freed. */
char *bus_full_name(const char *prefix, const char *name) MUST_CHECK;
/* What err means for a topic, and what to do; "" where there is nothing better than librdkafka's text. */
const char *bus_topic_advice(rd_kafka_resp_err_t err);

/* A message as the callers see it; headers live in the arena, the rest in the message. Its slot is its
 * partition. */
void bus_record_fill(struct bus_record *record, const rd_kafka_message_t *message, const char *topic,
                     struct arena *arena);

/* The producing half. */
enum { BUS_TOPICS_MAX = 16 };

struct bus_producer {
    struct bus_link link;
    char *prefix;
    struct {
        char *name;
        rd_kafka_topic_t *handle;
    } topics[BUS_TOPICS_MAX];
    size_t topic_count;
    /* Produced and not acknowledged, on the two sides of the mark: [side] is behind it. */
    uint64_t under_way[2];
    unsigned side;
    uint64_t acknowledged, seen; /* for the watch on a broker that answers and acknowledges nothing */
    int64_t stalled_at_ms;
};

/* at_source: what is produced does not come from a topic. */
bool bus_producer_open(struct bus_producer *producer, const struct bus_conf *conf, bool at_source,
                       struct buf *message) MUST_CHECK;
void bus_producer_close(struct bus_producer *producer);
enum bus_status bus_producer_put(struct bus_producer *producer, const struct bus_out *out) MUST_CHECK;
enum bus_status bus_producer_flush(struct bus_producer *producer, int timeout_ms) MUST_CHECK;
void bus_producer_mark(struct bus_producer *producer);
/* No broker answers: what is not acknowledged has that reason. */
void bus_producer_excuse(struct bus_producer *producer);
void bus_producer_serve(struct bus_producer *producer, int timeout_ms);
const char *bus_producer_problem(struct bus_producer *producer);

static inline uint64_t bus_producer_under_way(const struct bus_producer *producer) {
    return producer->under_way[0] + producer->under_way[1];
}

/* The consuming half: one topic and perhaps one beside it, one group. */
struct bus_part {
    bool owned;
    bool fresh;       /* reads from the beginning and has given nothing yet */
    bool rewind;      /* what came is void: fetch again from position */
    bool held;        /* gives nothing until the slot beside it is at its goal */
    int64_t position; /* next offset to give; -1: the beginning */
    int64_t done, committed;
    int64_t begin, goal; /* of a topic beside: where its log began, and how far it goes before the other */
};

struct bus_topic_name {
    char *name, *full; /* without and with the prefix */
};

enum { BUS_BATCH = 500 };

/* What bus_table and bus_range read a topic with. */
struct bus_reader {
    struct bus_link link;
    char *name, *full_name;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    rd_kafka_resp_err_t trouble; /* with the topic */
    struct arena *arena;
    rd_kafka_message_t *messages[BUS_BATCH];
};

/* reader is zeroed. False: nothing of it is open, and message says why. */
bool bus_reader_open(struct bus_reader *reader, const struct bus_conf *conf,
                     const struct bus_setting *settings, const char *topic, struct buf *message) MUST_CHECK;
/* Partitions that were started are stopped before. */
void bus_reader_close(struct bus_reader *reader);
/* Where it fails the link has failed. */
void bus_reader_start(struct bus_reader *reader, int32_t partition, int64_t offset);
/* The number of messages, all of them to be destroyed. */
size_t bus_reader_fetch(struct bus_reader *reader, int timeout_ms) MUST_CHECK;
void bus_reader_give(struct bus_reader *reader, const rd_kafka_message_t *message, bus_row_f *each,
                     void *self);
/* An error that is not the end of a partition. */
void bus_reader_note(struct bus_reader *reader, const rd_kafka_message_t *message);

struct bus_consumer {
    struct bus_link link;
    const struct bus_watcher *watcher;
    struct bus_topic_name topics[2]; /* the second: beside */
    int topic_count;
    rd_kafka_queue_t *queue, *commits;

    struct bus_part *parts; /* by slot */
    int32_t part_count;
    rd_kafka_topic_partition_list_t *pending; /* ours by the group, where to begin not yet known */
    int64_t pending_at_ms;
    bool joined, paused, rebalanced, rewinding, holding;
    rd_kafka_resp_err_t trouble; /* with the topic, */
    int trouble_topic;           /* of this number */

    bool committing; /* a commit is under way: one at a time keeps them in order */
    int64_t commit_at_ms;

    rd_kafka_message_t *messages[BUS_BATCH];
    size_t message_count;
    struct bus_record records[BUS_BATCH];
    struct arena *arena;
};

/* beside NULL: one topic. */
bool bus_consumer_open(struct bus_consumer *consumer, const struct bus_conf *conf, const char *topic,
                       const char *beside, const struct bus_watcher *watcher, struct buf *message) MUST_CHECK;
void bus_consumer_close(struct bus_consumer *consumer);
/* The number of records, all of them to be given. */
int bus_consumer_fetch(struct bus_consumer *consumer, int timeout_ms) MUST_CHECK;
void bus_consumer_release(struct bus_consumer *consumer);
enum bus_status bus_consumer_seek(struct bus_consumer *consumer, int32_t slot, int64_t offset) MUST_CHECK;
void bus_consumer_pause(struct bus_consumer *consumer, bool paused);
const char *bus_consumer_problem(struct bus_consumer *consumer);

/* Slots: bus_kafka_slots.c. */
struct bus_part *bus_part_of(struct bus_consumer *consumer, int32_t slot); /* NULL: not ours */
int32_t bus_slot_of(const struct bus_consumer *consumer, const char *full_topic, int32_t partition);
const char *bus_slot_topic(const struct bus_consumer *consumer, int32_t slot); /* with its prefix */
int32_t bus_slot_partition(const struct bus_consumer *consumer, int32_t slot);
rd_kafka_topic_partition_t *bus_slot_add(const struct bus_consumer *consumer,
                                         rd_kafka_topic_partition_list_t *list, int32_t slot);
/* What Kafka answered when it was asked about a slot. */
void bus_slot_blame(struct bus_consumer *consumer, rd_kafka_resp_err_t err, int32_t slot);
/* Fetches again from the slot's position; false: not now. */
bool bus_slot_seek(struct bus_consumer *consumer, int32_t slot);
/* Seeks all of list; false: not now. */
bool bus_slots_seek(struct bus_consumer *consumer, rd_kafka_topic_partition_list_t *list);
/* Where the log of each pending slot beside another begins and ends. false: Kafka did not tell. */
bool bus_slots_ask(struct bus_consumer *consumer, int64_t *begins, int64_t *ends, int timeout_ms) MUST_CHECK;
/* Holds the slot that `slot` is beside where this one has yet to reach its goal. */
void bus_slot_hold(struct bus_consumer *consumer, int32_t slot);
/* Lets go those whose slot beside is there. */
void bus_slots_release(struct bus_consumer *consumer);

/* Of the group: bus_kafka_group.c. */
void bus_group_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *list,
                         void *opaque);
/* Commits that are due, assignments that wait for their offsets. */
void bus_group_serve(struct bus_consumer *consumer);
/* Commits what is done and waits so long for the answer; false: none came. */
bool bus_group_commit_now(struct bus_consumer *consumer, int timeout_ms);

#endif
