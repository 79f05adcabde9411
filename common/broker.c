/* broker: librdkafka's mock cluster lives on a client that itself connects to nothing. */
#include "earshot/broker.h"

#include "broker_parts.h"
#include "earshot/log.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>

struct broker {
    rd_kafka_t *rk;
    rd_kafka_mock_cluster_t *cluster;
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
    (void)rk;
    (void)level;
    log_debug("broker.kafka", "%s: %s", facility, text);
}

static bool create(struct broker *broker, const struct bus_topic *topic, struct buf *message) {
    rd_kafka_resp_err_t err = rd_kafka_mock_topic_create(broker->cluster, topic->name, topic->partitions, 1);
    if (err)
        buf_printf(message, "embedded broker: topic %s: %s", topic->name, rd_kafka_err2str(err));
    return !err;
}

struct broker *broker_new(const struct bus_topic *topics, size_t count, struct buf *message) {
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, on_log);
    struct broker *broker = xcalloc(1, sizeof *broker);
    broker->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!broker->rk) {
        buf_printf(message, "embedded broker: %s", error);
        rd_kafka_conf_destroy(conf);
    } else if (!(broker->cluster = rd_kafka_mock_cluster_new(broker->rk, 1))) {
        buf_printf(message, "embedded broker: no loopback port can be opened");
    }
    for (size_t i = 0; i < count && broker && broker->cluster; i++) {
        if (!create(broker, &topics[i], message))
            broker_free(&broker);
    }
    if (broker && !broker->cluster)
        broker_free(&broker);
    return broker;
}

void broker_free(struct broker **broker) {
    struct broker *old = *broker;
    if (!old)
        return;
    if (old->cluster)
        rd_kafka_mock_cluster_destroy(old->cluster);
    if (old->rk)
        rd_kafka_destroy(old->rk);
    free(old);
    *broker = NULL;
}

const char *broker_address(const struct broker *broker) {
    return rd_kafka_mock_cluster_bootstraps(broker->cluster);
}

struct rd_kafka_mock_cluster_s *broker_cluster(const struct broker *broker) {
    return broker->cluster;
}
