/* bus_kafka_consumer: records are fetched in batches (a lock a batch, not a record). A rebalance may happen
 * inside a fetch, between two records of its batch, and librdkafka below 2.1 does not say which came before
 * it. So each partition has a position, the next offset to give, and what does not fit is dropped and fetched
 * again. */
#include "bus_parts.h"
#include "earshot/log.h"
#include "earshot/times.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLOSE_MS = 3000, HEADER_ARENA = 4096 };

static const struct bus_setting SETTINGS[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"partition.assignment.strategy", "range"}, /* eager: cooperative-sticky is broken before 2.10.1 */
    {"session.timeout.ms", "10000"},            /* what a killed worker costs */
    {"heartbeat.interval.ms", "3000"},
    {"max.poll.interval.ms", "300000"},
    {"fetch.min.bytes", "65536"}, /* a request names every partition: many for one record each would choke */
    {"fetch.wait.max.ms", "25"},  /* a broker; this is what a record waits in each stage, at most */
    {"fetch.error.backoff.ms", "100"},
    {"queued.max.messages.kbytes", "32768"},
    {0},
};

static rd_kafka_conf_t *consumer_conf(const struct bus_conf *conf, struct buf *message) {
    rd_kafka_conf_t *kafka = bus_client_conf(conf, SETTINGS, message);
    if (!kafka)
        return NULL;
    char error[256];
    char *group = bus_full_name(conf->prefix, conf->client_id);
    rd_kafka_conf_res_t result = rd_kafka_conf_set(kafka, "group.id", group, error, sizeof error);
    free(group);
    if (result != RD_KAFKA_CONF_OK) {
        buf_printf(message, "group: %s", error);
        rd_kafka_conf_destroy(kafka);
        return NULL;
    }
    rd_kafka_conf_set_rebalance_cb(kafka, bus_group_rebalance);
    return kafka;
}

static bool subscribe(struct bus_consumer *consumer, struct buf *message) {
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, consumer->topics[0].full, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t err = rd_kafka_subscribe(consumer->link.rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (err)
        buf_printf(message, "topic %s: %s", consumer->topics[0].full, rd_kafka_err2str(err));
    return !err;
}

static void add_topic(struct bus_consumer *consumer, const struct bus_conf *conf, const char *topic) {
    if (topic)
        consumer->topics[consumer->topic_count++] =
            (struct bus_topic_name){.name = xstrdup(topic), .full = bus_full_name(conf->prefix, topic)};
}

bool bus_consumer_open(struct bus_consumer *consumer, const struct bus_conf *conf, const char *topic,
                       const char *beside, const struct bus_watcher *watcher, struct buf *message) {
    rd_kafka_conf_t *kafka = consumer_conf(conf, message);
    if (!kafka)
        return false;
    consumer->link.owner = consumer;
    if (!bus_link_open(&consumer->link, RD_KAFKA_CONSUMER, kafka, conf->brokers, message))
        return false;
    rd_kafka_poll_set_consumer(consumer->link.rk);
    consumer->watcher = watcher;
    add_topic(consumer, conf, topic);
    add_topic(consumer, conf, beside);
    consumer->queue = rd_kafka_queue_get_consumer(consumer->link.rk);
    consumer->commits = rd_kafka_queue_new(consumer->link.rk);
    consumer->arena = arena_new(HEADER_ARENA);
    if (subscribe(consumer, message))
        return true;
    bus_consumer_close(consumer);
    return false;
}

/* Leaves the group, so that others take over at once; but a dead broker must not hold up the end. */
static void leave(struct bus_consumer *consumer) {
    rd_kafka_t *rk = consumer->link.rk;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(rk, queue);
    if (error) {
        rd_kafka_error_destroy(error);
    } else {
        int64_t end = times_monotonic_ms() + CLOSE_MS;
        while (!rd_kafka_consumer_closed(rk) && times_monotonic_ms() < end) {
            rd_kafka_message_t *message = NULL;
            if (rd_kafka_consume_batch_queue(queue, 50, &message, 1) == 1)
                rd_kafka_message_destroy(message);
        }
    }
    rd_kafka_queue_destroy(queue);
}

void bus_consumer_close(struct bus_consumer *consumer) {
    if (!consumer->link.rk)
        return;
    bus_consumer_release(consumer);
    consumer->watcher = NULL;
    if (bus_consumer_fetch(consumer, 0) > 0) /* for its news: whether Kafka is there */
        bus_consumer_release(consumer);
    /* Without it nothing is asked: librdkafka would not end before it had given the question up, 10 s. */
    if (consumer->link.up && bus_group_commit_now(consumer, CLOSE_MS))
        leave(consumer);
    if (consumer->pending)
        rd_kafka_topic_partition_list_destroy(consumer->pending);
    rd_kafka_queue_destroy(consumer->queue);
    rd_kafka_queue_destroy(consumer->commits);
    rd_kafka_destroy_flags(consumer->link.rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    bus_link_close(&consumer->link);
    arena_free(&consumer->arena);
    free(consumer->parts);
    for (int i = 0; i < consumer->topic_count; i++) {
        free(consumer->topics[i].name);
        free(consumer->topics[i].full);
    }
}

void bus_consumer_release(struct bus_consumer *consumer) {
    for (size_t i = 0; i < consumer->message_count; i++)
        rd_kafka_message_destroy(consumer->messages[i]);
    if (consumer->message_count)
        arena_reset(consumer->arena);
    consumer->message_count = 0;
}

enum bus_status bus_consumer_seek(struct bus_consumer *consumer, int32_t slot, int64_t offset) {
    struct bus_part *part = bus_part_of(consumer, slot);
    if (!part)
        return BUS_OK; /* whoever has it now begins where it should */
    if (part->position > part->goal)
        part->goal = part->position;
    part->fresh = offset < 0;
    part->position = offset < 0 ? part->begin : offset;
    if (!bus_slot_seek(consumer, slot))
        part->rewind = consumer->rewinding = true;
    bus_slot_hold(consumer, slot);
    return BUS_OK;
}

static int32_t slot_of(const struct bus_consumer *consumer, const rd_kafka_message_t *message) {
    return consumer->topic_count == 1
               ? message->partition
               : bus_slot_of(consumer, message->rkt ? rd_kafka_topic_name(message->rkt) : "",
                             message->partition);
}

static void say_lost(struct bus_consumer *consumer, int32_t slot) {
    int64_t begin = -1, end = -1;
    const char *topic = bus_slot_topic(consumer, slot);
    int32_t partition = bus_slot_partition(consumer, slot);
    rd_kafka_query_watermark_offsets(consumer->link.rk, topic, partition, &begin, &end, 1000);
    bus_link_fail(&consumer->link,
                  "topic %s, partition %d: offset %" PRId64 " is not in the log (it holds %" PRId64
                  " to %" PRId64 "): records were lost before they were read, or the topic was made anew",
                  topic, (int)partition, consumer->parts[slot].position, begin, end);
}

static void take_lost(struct bus_consumer *consumer, int32_t slot) {
    struct bus_part *part = bus_part_of(consumer, slot);
    if (part && part->fresh) { /* the log's beginning moved between asking and reading */
        part->position = part->goal = -1;
        part->rewind = consumer->rewinding = true;
    } else if (part) {
        say_lost(consumer, slot);
    }
}

static void take_error(struct bus_consumer *consumer, const rd_kafka_message_t *message) {
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        take_lost(consumer, slot_of(consumer, message));
        break;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        consumer->trouble = message->err;
        consumer->trouble_topic = slot_of(consumer, message) % consumer->topic_count;
        break;
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
        log_warn("bus.slow",
                 "no poll for longer than max.poll.interval.ms: the group gave the partitions away");
        break;
    default:
        bus_link_blame(&consumer->link, message->err, rd_kafka_message_errstr(message));
    }
}

/* Whether this record is the next of its slot. What is held is fetched again when it is let go. */
static bool fits(struct bus_consumer *consumer, const rd_kafka_message_t *message) {
    struct bus_part *part = bus_part_of(consumer, slot_of(consumer, message));
    if (!part || part->held || part->rewind || message->offset < part->position)
        return false;
    bool surely = !consumer->paused && (!consumer->rebalanced || message->offset == part->position);
    if (!surely) {
        part->rewind = consumer->rewinding = true;
        return false;
    }
    part->position = message->offset + 1;
    part->fresh = false;
    return true;
}

static void rewind_parts(struct bus_consumer *consumer) {
    consumer->rewinding = false;
    for (int32_t slot = 0; slot < consumer->part_count; slot++) {
        struct bus_part *part = &consumer->parts[slot];
        part->rewind = part->rewind && part->owned && !bus_slot_seek(consumer, slot);
        consumer->rewinding |= part->rewind; /* again after the next fetch */
    }
}

static void give(struct bus_consumer *consumer, rd_kafka_message_t *message, size_t place) {
    struct bus_record *record = &consumer->records[place];
    int32_t slot = slot_of(consumer, message);
    bus_record_fill(record, message, consumer->topics[slot % consumer->topic_count].name, consumer->arena);
    record->slot = slot;
    consumer->messages[place] = message;
}

static void sort_out(struct bus_consumer *consumer, size_t got) {
    size_t kept = 0;
    for (size_t i = 0; i < got; i++) {
        rd_kafka_message_t *message = consumer->messages[i];
        bool keep = false;
        if (message->err)
            take_error(consumer, message);
        else
            keep = fits(consumer, message);
        if (keep)
            give(consumer, message, kept++);
        else
            rd_kafka_message_destroy(message);
    }
    consumer->message_count = kept;
    if (kept)
        consumer->trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
    bus_slots_release(consumer);
    if (consumer->rewinding)
        rewind_parts(consumer);
}

int bus_consumer_fetch(struct bus_consumer *consumer, int timeout_ms) {
    ASSERT(consumer->message_count == 0);
    consumer->rebalanced = false;
    rd_kafka_message_t **messages = consumer->messages;
    /* A batch call waits until the batch is full, so only the first record is waited for. */
    ssize_t got = rd_kafka_consume_batch_queue(consumer->queue, timeout_ms, messages, 1);
    if (got == 1) {
        ssize_t more = rd_kafka_consume_batch_queue(consumer->queue, 0, messages + 1, BUS_BATCH - 1);
        got += more > 0 ? more : 0;
        consumer->link.up = consumer->link.up || !messages[got - 1]->err;
    }
    sort_out(consumer, got > 0 ? (size_t)got : 0);
    return (int)consumer->message_count;
}

/* librdkafka voids what it fetched ahead. After the pause a seek to where we are does two things: it does not
 * depend on what librdkafka takes for our position, and it wakes its thread, which else looks once a second.
 */
void bus_consumer_pause(struct bus_consumer *consumer, bool paused) {
    if (consumer->paused == paused)
        return;
    consumer->paused = paused;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(consumer->part_count + 1);
    for (int32_t slot = 0; slot < consumer->part_count; slot++) {
        const struct bus_part *part = &consumer->parts[slot];
        if (part->owned && !part->held)
            bus_slot_add(consumer, list, slot)->offset =
                part->position < 0 ? RD_KAFKA_OFFSET_BEGINNING : part->position;
    }
    if (paused) {
        rd_kafka_pause_partitions(consumer->link.rk, list);
    } else {
        rd_kafka_resume_partitions(consumer->link.rk, list);
        if (!bus_slots_seek(consumer, list))
            bus_link_blame(&consumer->link, RD_KAFKA_RESP_ERR__STATE, NULL);
    }
    rd_kafka_topic_partition_list_destroy(list);
}

const char *bus_consumer_problem(struct bus_consumer *consumer) {
    struct bus_link *link = &consumer->link;
    const char *problem = bus_link_problem(link);
    if (problem)
        return problem;
    if (consumer->trouble) {
        snprintf(link->problem, sizeof link->problem, "topic %s %s",
                 consumer->topics[consumer->trouble_topic].full, bus_topic_advice(consumer->trouble));
        return link->problem;
    }
    return !consumer->joined && link->cause[0] ? bus_link_told(link) : NULL;
}
