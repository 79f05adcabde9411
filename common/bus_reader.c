/* bus_reader: librdkafka's simple consumer: partitions of one topic into one queue, no group, no commits. */
#include "bus_parts.h"

#include <stdlib.h>

bool bus_reader_open(struct bus_reader *reader, const struct bus_conf *conf,
                     const struct bus_setting *settings, const char *topic, struct buf *message) {
    rd_kafka_conf_t *kafka = bus_client_conf(conf, settings, message);
    if (!kafka || !bus_link_open(&reader->link, RD_KAFKA_CONSUMER, kafka, conf->brokers, message))
        return false;
    reader->name = xstrdup(topic);
    reader->full_name = bus_full_name(conf->prefix, topic);
    reader->queue = rd_kafka_queue_new(reader->link.rk);
    reader->arena = arena_new(4096);
    reader->topic = rd_kafka_topic_new(reader->link.rk, reader->full_name, NULL);
    if (reader->topic)
        return true;
    buf_printf(message, "topic %s: %s", reader->full_name, rd_kafka_err2str(rd_kafka_last_error()));
    bus_reader_close(reader);
    return false;
}

void bus_reader_close(struct bus_reader *reader) {
    if (reader->topic)
        rd_kafka_topic_destroy(reader->topic);
    rd_kafka_queue_destroy(reader->queue);
    rd_kafka_destroy(reader->link.rk);
    bus_link_close(&reader->link);
    arena_free(&reader->arena);
    free(reader->name);
    free(reader->full_name);
}

void bus_reader_start(struct bus_reader *reader, int32_t partition, int64_t offset) {
    if (rd_kafka_consume_start_queue(reader->topic, partition, offset, reader->queue))
        bus_link_fail(&reader->link, "topic %s, partition %d: %s", reader->full_name, partition,
                      rd_kafka_err2str(rd_kafka_last_error()));
}

size_t bus_reader_fetch(struct bus_reader *reader, int timeout_ms) {
    ssize_t got = rd_kafka_consume_batch_queue(reader->queue, timeout_ms, reader->messages, 1);
    if (got < 1)
        return 0;
    ssize_t more = rd_kafka_consume_batch_queue(reader->queue, 0, reader->messages + 1, BUS_BATCH - 1);
    return 1 + (more > 0 ? (size_t)more : 0);
}

void bus_reader_give(struct bus_reader *reader, const rd_kafka_message_t *message, bus_row_f *each,
                     void *self) {
    struct bus_record record;
    bus_record_fill(&record, message, reader->name, reader->arena);
    each(self, &record);
    arena_reset(reader->arena);
}

void bus_reader_note(struct bus_reader *reader, const rd_kafka_message_t *message) {
    if (*bus_topic_advice(message->err))
        reader->trouble = message->err;
    else
        bus_link_blame(&reader->link, message->err, rd_kafka_message_errstr(message));
}
