/* bus_table: librdkafka's simple consumer, because it needs no group: a table belongs to the process that
 * reads it. A partition has been read to its end when librdkafka says so (PARTITION_EOF): counting offsets
 * would wait for ever for those that compaction took away. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

enum { ASK_MS = 1000, RETRY_MS = 500 };

struct bus_table {
    struct bus_link link;
    char *name, *full_name;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    int partitions; /* 0: not yet known */
    bool *ended;    /* per partition */
    int left;       /* partitions that have not been read to their end once */
    int64_t retry_at_ms;
    rd_kafka_resp_err_t trouble; /* with the topic */
    struct arena *arena;
    rd_kafka_message_t *messages[BUS_BATCH];
};

static const struct bus_setting SETTINGS[] = {
    {"enable.auto.commit", "false"},
    {"auto.commit.enable", "false"},
    {"auto.offset.reset", "earliest"}, /* what retention took away is no longer part of the table */
    {"enable.partition.eof", "true"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.error.backoff.ms", "100"},
    {"queued.max.messages.kbytes", "8192"},
    {0},
};

struct bus_table *bus_table_new(const struct bus_conf *conf, const char *topic, struct buf *message) {
    rd_kafka_conf_t *kafka = bus_client_conf(conf, SETTINGS, message);
    if (!kafka)
        return NULL;
    struct bus_table *table = xcalloc(1, sizeof *table);
    if (!bus_link_open(&table->link, RD_KAFKA_CONSUMER, kafka, conf->brokers, message)) {
        free(table);
        return NULL;
    }
    table->name = xstrdup(topic);
    table->full_name = bus_full_name(conf->prefix, topic);
    table->queue = rd_kafka_queue_new(table->link.rk);
    table->arena = arena_new(4096);
    table->topic = rd_kafka_topic_new(table->link.rk, table->full_name, NULL);
    if (!table->topic) {
        buf_printf(message, "topic %s: %s", table->full_name, rd_kafka_err2str(rd_kafka_last_error()));
        bus_table_free(&table);
    }
    return table;
}

void bus_table_free(struct bus_table **table) {
    struct bus_table *old = *table;
    if (!old)
        return;
    for (int p = 0; p < old->partitions; p++)
        rd_kafka_consume_stop(old->topic, p);
    if (old->topic)
        rd_kafka_topic_destroy(old->topic);
    rd_kafka_queue_destroy(old->queue);
    rd_kafka_destroy(old->link.rk);
    bus_link_close(&old->link);
    arena_free(&old->arena);
    free(old->ended);
    free(old->name);
    free(old->full_name);
    free(old);
    *table = NULL;
}

static void start(struct bus_table *table, int partitions) {
    table->partitions = table->left = partitions;
    table->ended = xcalloc((size_t)partitions, sizeof *table->ended);
    for (int p = 0; p < partitions; p++) {
        if (rd_kafka_consume_start_queue(table->topic, p, RD_KAFKA_OFFSET_BEGINNING, table->queue))
            bus_link_fail(&table->link, "topic %s, partition %d: %s", table->full_name, p,
                          rd_kafka_err2str(rd_kafka_last_error()));
    }
}

/* Looks for the topic; until it is there, again every half second. */
static void find_topic(struct bus_table *table) {
    if (times_monotonic_ms() < table->retry_at_ms)
        return;
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t err = rd_kafka_metadata(table->link.rk, 0, table->topic, &metadata, ASK_MS);
    if (!err) {
        const struct rd_kafka_metadata_topic *found = metadata->topics;
        table->trouble = metadata->topic_cnt ? found->err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        if (!table->trouble && found->partition_cnt > 0)
            start(table, found->partition_cnt);
        rd_kafka_metadata_destroy(metadata);
    } else {
        bus_link_blame(&table->link, err, NULL);
        table->link.up = false;
    }
    table->retry_at_ms = times_monotonic_ms() + RETRY_MS;
}

static void note(struct bus_table *table, const rd_kafka_message_t *message) {
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (*bus_topic_advice(message->err))
            table->trouble = message->err;
        else
            bus_link_blame(&table->link, message->err, rd_kafka_message_errstr(message));
        return;
    }
    table->trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (message->partition >= 0 && message->partition < table->partitions &&
        !table->ended[message->partition]) {
        table->ended[message->partition] = true;
        table->left--;
    }
}

static void give(struct bus_table *table, rd_kafka_message_t *message, bus_row_f *each, void *self) {
    if (message->err) {
        note(table, message);
    } else {
        struct bus_record record;
        bus_record_fill(&record, message, table->name, table->arena);
        table->trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
        each(self, &record);
        arena_reset(table->arena);
    }
    rd_kafka_message_destroy(message);
}

static void read_rows(struct bus_table *table, int timeout_ms, bus_row_f *each, void *self) {
    ssize_t got = rd_kafka_consume_batch_queue(table->queue, timeout_ms, table->messages, 1);
    if (got == 1) {
        ssize_t more = rd_kafka_consume_batch_queue(table->queue, 0, table->messages + 1, BUS_BATCH - 1);
        got += more > 0 ? more : 0;
    }
    for (ssize_t i = 0; i < got; i++)
        give(table, table->messages[i], each, self);
}

enum bus_status bus_table_poll(struct bus_table *table, int timeout_ms, bus_row_f *each, void *self) {
    rd_kafka_poll(table->link.rk, 0);
    bool up = bus_link_up(&table->link);
    if (up && !table->partitions)
        find_topic(table);
    if (table->link.fatal)
        return BUS_FATAL;
    if (table->partitions)
        read_rows(table, timeout_ms, each, self);
    else
        rd_kafka_poll(table->link.rk, timeout_ms < RETRY_MS ? timeout_ms : RETRY_MS);
    return bus_link_up(&table->link) && !table->trouble ? BUS_OK : BUS_AGAIN;
}

bool bus_table_loaded(const struct bus_table *table) {
    return table->partitions > 0 && table->left == 0;
}

const char *bus_table_problem(const struct bus_table *table) {
    struct bus_link *link = (struct bus_link *)(uintptr_t)&table->link; /* its text is kept in it */
    const char *problem = bus_link_problem(link);
    if (problem || !table->trouble)
        return problem;
    snprintf(link->problem, sizeof link->problem, "topic %s %s", table->full_name,
             *bus_topic_advice(table->trouble) ? bus_topic_advice(table->trouble)
                                               : rd_kafka_err2str(table->trouble));
    return link->problem;
}
