#include "bare_passthrough.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <unistd.h>

enum { BATCH = 1000, COMMIT_EVERY = 100000 };

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[200];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        die(EXIT_FAILED, "%s: %s", name, error);
}

static rd_kafka_t *open_client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char error[200];
    rd_kafka_t *client = rd_kafka_new(type, conf, error, sizeof error);
    if (!client)
        die(EXIT_FAILED, "%s", error);
    return client;
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client, (void)opaque;
    if (message->err)
        die(EXIT_FAILED, "delivery: %s", rd_kafka_err2str(message->err));
}

static rd_kafka_t *open_producer(const char *brokers) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "enable.idempotence", "true");
    set(conf, "acks", "all");
    set(conf, "linger.ms", "10");
    set(conf, "compression.codec", "lz4");
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    return open_client(RD_KAFKA_PRODUCER, conf);
}

static rd_kafka_t *open_consumer(const char *brokers, const char *topic) {
    char group[100];
    snprintf(group, sizeof group, "bare-%d", (int)getpid());
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "group.id", group);
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "enable.auto.commit", "false");
    set(conf, "fetch.min.bytes", "65536");
    set(conf, "fetch.wait.max.ms", "25");
    set(conf, "queued.max.messages.kbytes", "32768");
    rd_kafka_t *client = open_client(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    if (rd_kafka_subscribe(client, topics))
        die(EXIT_FAILED, "subscribe");
    rd_kafka_topic_partition_list_destroy(topics);
    return client;
}

static void pass(rd_kafka_t *producer, rd_kafka_topic_t *topic, rd_kafka_message_t *message) {
    rd_kafka_headers_t *headers = NULL;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
        headers = rd_kafka_headers_copy(headers);
    rd_kafka_resp_err_t err;
    while ((err = rd_kafka_producev(
                producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(message->partition),
                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(message->key, message->key_len),
                RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_HEADERS(headers),
                RD_KAFKA_V_END)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(producer, 10);
    if (err)
        die(EXIT_FAILED, "produce: %s", rd_kafka_err2str(err));
}

void bare_passthrough(const char *brokers, const char *prefix, const char *input, const char *output,
                      int64_t records) {
    char in[100], out[100];
    snprintf(in, sizeof in, "%s%s", prefix, input);
    snprintf(out, sizeof out, "%s%s", prefix, output);
    rd_kafka_t *producer = open_producer(brokers), *consumer = open_consumer(brokers, in);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(producer, out, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    static rd_kafka_message_t *batch[BATCH];
    int64_t passed = 0, committed = 0;
    while (passed < records) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, 100, batch, BATCH);
        for (ssize_t i = 0; i < count; i++) {
            if (!batch[i]->err) {
                pass(producer, topic, batch[i]);
                passed++;
            }
            rd_kafka_message_destroy(batch[i]);
        }
        rd_kafka_poll(producer, 0);
        if (passed - committed < COMMIT_EVERY)
            continue;
        rd_kafka_flush(producer, 60000);
        rd_kafka_commit(consumer, NULL, 1);
        committed = passed;
    }
    rd_kafka_flush(producer, 60000);
    rd_kafka_commit(consumer, NULL, 0);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    rd_kafka_destroy(producer);
}
