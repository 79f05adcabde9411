/* bus_kafka_record: a message of librdkafka as a record; nothing but headers' places is copied. */
#include "bus_parts.h"

static size_t count_headers(const rd_kafka_headers_t *headers) {
    return headers ? rd_kafka_header_cnt(headers) : 0;
}

void bus_record_fill(struct bus_record *record, const rd_kafka_message_t *message, const char *topic,
                     struct arena *arena) {
    *record = (struct bus_record){
        .topic = topic,
        .partition = message->partition,
        .slot = message->partition,
        .offset = message->offset,
        .timestamp = rd_kafka_message_timestamp(message, NULL),
        .key = {.ptr = message->key, .len = message->key_len},
        .value = {.ptr = message->payload, .len = message->len},
    };
    rd_kafka_headers_t *headers = NULL;
    if (rd_kafka_message_headers(message, &headers) || !count_headers(headers))
        return;
    size_t count = count_headers(headers);
    struct bus_header *out = arena_calloc(arena, count, sizeof *out);
    for (size_t i = 0; i < count; i++) {
        const char *name = NULL;
        const void *value = NULL;
        size_t len = 0;
        if (rd_kafka_header_get_all(headers, i, &name, &value, &len))
            break;
        out[i].name = span_of(name);
        out[i].value = (struct span){.ptr = value, .len = len};
    }
    record->headers = out;
    record->header_count = count;
}
