/* bus_kafka_producer: acknowledgements are counted by our own callback, in our own thread, because only a
 * count of successes proves that nothing is missing. enable.gapless.guarantee makes librdkafka stop for good
 * where it would else skip a record that the broker refuses. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdlib.h>

/* Extra bytes of a record and of each header in the log's format, at most. */
enum { RECORD_OVERHEAD = 64, HEADER_OVERHEAD = 12, STALL_MS = 10000 };

enum { LINGER };

/* librdkafka makes a request of each batch, and a batch of what came for one partition within linger.ms: many
 * small ones choke a broker. What a stage passes on arrives in batches, so it need not wait long; at the
 * source mentions come one by one. */
#define LINGER_AT_SOURCE "50"

static const struct bus_setting SETTINGS[] = {
    [LINGER] = {"linger.ms", "10"},
    {"enable.idempotence", "true"},
    {"enable.gapless.guarantee", "true"},
    {"acks", "all"},
    {"message.timeout.ms", "0"}, /* never */
    {"partitioner", "murmur2_random"},
    {"compression.codec", "lz4"},
    {"message.max.bytes", "2101248"},        /* 2 MiB and room for framing */
    {"queue.buffering.max.kbytes", "65536"}, /* what a worker holds while Kafka is away */
    {"queue.buffering.max.messages", "100000"},
    {0},
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    (void)rk;
    struct bus_link *link = opaque;
    struct bus_producer *producer = link->owner;
    unsigned side = (unsigned)(uintptr_t)message->_private;
    ASSERT(producer->under_way[side] > 0);
    producer->under_way[side]--;
    if (!message->err) {
        producer->acknowledged++;
        return;
    }
    const char *advice = bus_topic_advice(message->err);
    bus_link_fail(link, "Kafka did not take a record: topic %s, partition %d, %s",
                  rd_kafka_topic_name(message->rkt), (int)message->partition,
                  *advice ? advice : rd_kafka_err2str(message->err)); /* its errstr would be the payload */
}

bool bus_producer_open(struct bus_producer *producer, const struct bus_conf *conf, bool at_source,
                       struct buf *message) {
    struct bus_setting settings[COUNT_OF(SETTINGS)];
    memcpy(settings, SETTINGS, sizeof settings);
    if (at_source)
        settings[LINGER].value = LINGER_AT_SOURCE;
    rd_kafka_conf_t *kafka = bus_client_conf(conf, settings, message);
    if (!kafka)
        return false;
    rd_kafka_conf_set_dr_msg_cb(kafka, on_delivery);
    producer->link.owner = producer;
    producer->prefix = xstrdup(conf->prefix ? conf->prefix : "");
    if (bus_link_open(&producer->link, RD_KAFKA_PRODUCER, kafka, conf->brokers, message))
        return true;
    free(producer->prefix);
    producer->prefix = NULL;
    return false;
}

void bus_producer_close(struct bus_producer *producer) {
    if (!producer->link.rk)
        return;
    rd_kafka_purge(producer->link.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (size_t i = 0; i < producer->topic_count; i++) {
        rd_kafka_topic_destroy(producer->topics[i].handle);
        free(producer->topics[i].name);
    }
    rd_kafka_destroy(producer->link.rk);
    bus_link_close(&producer->link);
    free(producer->prefix);
}

static rd_kafka_topic_t *topic_handle(struct bus_producer *producer, const char *name) {
    for (size_t i = 0; i < producer->topic_count; i++) {
        if (strcmp(producer->topics[i].name, name) == 0)
            return producer->topics[i].handle;
    }
    ASSERT(producer->topic_count < BUS_TOPICS_MAX);
    char *full = bus_full_name(producer->prefix, name);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(producer->link.rk, full, NULL);
    if (!handle)
        bus_link_fail(&producer->link, "topic %s: %s", full, rd_kafka_err2str(rd_kafka_last_error()));
    free(full);
    if (!handle)
        return NULL;
    producer->topics[producer->topic_count].name = xstrdup(name);
    producer->topics[producer->topic_count++].handle = handle;
    return handle;
}

static size_t wire_size(const struct bus_out *out) {
    size_t size = RECORD_OVERHEAD + out->key.len + out->value.len;
    for (size_t i = 0; i < out->header_count; i++)
        size += HEADER_OVERHEAD + out->headers[i].name.len + out->headers[i].value.len;
    return size;
}

static rd_kafka_headers_t *headers_of(const struct bus_out *out) {
    if (!out->header_count)
        return NULL;
    rd_kafka_headers_t *headers = rd_kafka_headers_new(out->header_count);
    for (size_t i = 0; i < out->header_count; i++) {
        const struct bus_header *header = &out->headers[i];
        rd_kafka_header_add(headers, header->name.ptr, (ssize_t)header->name.len, header->value.ptr,
                            (ssize_t)header->value.len);
    }
    return headers;
}

/* librdkafka copies: what comes in is borrowed. */
static rd_kafka_resp_err_t put(struct bus_producer *producer, rd_kafka_topic_t *topic,
                               const struct bus_out *out) {
    rd_kafka_headers_t *headers = headers_of(out);
    const rd_kafka_vu_t args[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = out->partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)out->key.ptr, out->key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)out->value.ptr, out->value.len}},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(uintptr_t)producer->side},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(producer->link.rk, args, sizeof args / sizeof args[0]);
    rd_kafka_resp_err_t err = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error)
        rd_kafka_error_destroy(error);
    if (err && headers)
        rd_kafka_headers_destroy(headers);
    return err;
}

enum bus_status bus_producer_put(struct bus_producer *producer, const struct bus_out *out) {
    if (producer->link.fatal)
        return BUS_FATAL;
    if (wire_size(out) > BUS_RECORD_MAX)
        return BUS_TOO_LARGE;
    rd_kafka_topic_t *topic = topic_handle(producer, out->topic);
    if (!topic)
        return BUS_FATAL;
    rd_kafka_resp_err_t err = put(producer, topic, out);
    switch (err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        if (!bus_producer_under_way(producer))
            bus_producer_excuse(producer);
        producer->under_way[producer->side]++;
        return BUS_OK;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        bus_producer_serve(producer, 0);
        return producer->link.fatal ? BUS_FATAL : BUS_AGAIN;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return BUS_TOO_LARGE;
    default:
        bus_link_fail(&producer->link, "topic %s %s", rd_kafka_topic_name(topic),
                      *bus_topic_advice(err) ? bus_topic_advice(err) : rd_kafka_err2str(err));
        return BUS_FATAL;
    }
}

void bus_producer_mark(struct bus_producer *producer) {
    ASSERT(producer->under_way[!producer->side] == 0);
    producer->side = !producer->side;
}

void bus_producer_serve(struct bus_producer *producer, int timeout_ms) {
    rd_kafka_poll(producer->link.rk, timeout_ms);
    if (producer->acknowledged != producer->seen || !bus_producer_under_way(producer)) {
        producer->seen = producer->acknowledged;
        bus_producer_excuse(producer);
    }
}

void bus_producer_excuse(struct bus_producer *producer) {
    producer->stalled_at_ms = times_monotonic_ms() + STALL_MS;
}

enum bus_status bus_producer_flush(struct bus_producer *producer, int timeout_ms) {
    bus_producer_serve(producer, 0);
    if (timeout_ms && !producer->link.fatal && bus_producer_under_way(producer)) {
        rd_kafka_flush(producer->link.rk, timeout_ms); /* does not linger */
        bus_producer_serve(producer, 0);
    }
    if (producer->link.fatal)
        return BUS_FATAL;
    return bus_producer_under_way(producer) ? BUS_AGAIN : BUS_OK;
}

const char *bus_producer_problem(struct bus_producer *producer) {
    struct bus_link *link = &producer->link;
    if (link->fatal)
        return link->cause;
    if (!bus_producer_under_way(producer) || times_monotonic_ms() < producer->stalled_at_ms)
        return NULL;
    return "Kafka answers but acknowledges nothing; has every partition a leader and its "
           "min.insync.replicas?";
}
