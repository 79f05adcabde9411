/* bus_kafka_slots: what is read as slots, and what a topic beside another means for it. The slots of both are
 * one assignment of ours: the group only knows of the first topic, so that no member can have one without the
 * other, whoever subscribed to what.
 *
 * Goals are asked of Kafka when partitions are taken up: librdkafka learns the ends of logs only as it
 * fetches. */
#include "bus_parts.h"

struct bus_part *bus_part_of(struct bus_consumer *consumer, int32_t slot) {
    if (slot < 0 || slot >= consumer->part_count || !consumer->parts[slot].owned)
        return NULL;
    return &consumer->parts[slot];
}

int32_t bus_slot_of(const struct bus_consumer *consumer, const char *full_topic, int32_t partition) {
    bool beside = consumer->topic_count == 2 && strcmp(full_topic, consumer->topics[1].full) == 0;
    return partition * consumer->topic_count + beside;
}

const char *bus_slot_topic(const struct bus_consumer *consumer, int32_t slot) {
    return consumer->topics[slot % consumer->topic_count].full;
}

int32_t bus_slot_partition(const struct bus_consumer *consumer, int32_t slot) {
    return slot / consumer->topic_count;
}

rd_kafka_topic_partition_t *bus_slot_add(const struct bus_consumer *consumer,
                                         rd_kafka_topic_partition_list_t *list, int32_t slot) {
    return rd_kafka_topic_partition_list_add(list, bus_slot_topic(consumer, slot),
                                             bus_slot_partition(consumer, slot));
}

/* Seeking. --------------------------------------------------------------------------------------------- */

/* Time-out 0 only asks: what was fetched is void at once, and 2.0.2 waits a thousandth of any other. */
bool bus_slots_seek(struct bus_consumer *consumer, rd_kafka_topic_partition_list_t *list) {
    rd_kafka_error_t *error = list->cnt ? rd_kafka_seek_partitions(consumer->link.rk, list, 0) : NULL;
    rd_kafka_resp_err_t err = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error)
        rd_kafka_error_destroy(error);
    for (int i = 0; i < list->cnt && (!err || err == RD_KAFKA_RESP_ERR__IN_PROGRESS); i++)
        err = list->elems[i].err;
    return !err || err == RD_KAFKA_RESP_ERR__IN_PROGRESS;
}

bool bus_slot_seek(struct bus_consumer *consumer, int32_t slot) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    int64_t position = consumer->parts[slot].position;
    bus_slot_add(consumer, list, slot)->offset = position < 0 ? RD_KAFKA_OFFSET_BEGINNING : position;
    bool ok = bus_slots_seek(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
    return ok;
}

void bus_slot_blame(struct bus_consumer *consumer, rd_kafka_resp_err_t err, int32_t slot) {
    if (*bus_topic_advice(err)) {
        consumer->trouble = err;
        consumer->trouble_topic = slot % consumer->topic_count;
    } else if (err != RD_KAFKA_RESP_ERR__TIMED_OUT) {
        bus_link_blame(&consumer->link, err, NULL);
    }
}

/* Before one another. ---------------------------------------------------------------------------------- */

static bool is_beside(const struct bus_consumer *consumer, int32_t slot) {
    return consumer->topic_count == 2 && slot % 2 == 1;
}

/* One request a broker. what: RD_KAFKA_OFFSET_BEGINNING or RD_KAFKA_OFFSET_END; out: by place in pending. */
static rd_kafka_resp_err_t ask(struct bus_consumer *consumer, int64_t what, int64_t *out, int timeout_ms) {
    const rd_kafka_topic_partition_list_t *pending = consumer->pending;
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(pending->cnt);
    for (int i = 1; i < pending->cnt; i += 2)
        rd_kafka_topic_partition_list_add(asked, pending->elems[i].topic, pending->elems[i].partition)
            ->offset = what;
    rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(consumer->link.rk, asked, timeout_ms);
    for (int i = 0; i < asked->cnt && !err; i++) {
        err = asked->elems[i].err;
        out[2 * i + 1] = asked->elems[i].offset;
    }
    rd_kafka_topic_partition_list_destroy(asked);
    return err;
}

bool bus_slots_ask(struct bus_consumer *consumer, int64_t *begins, int64_t *ends, int timeout_ms) {
    if (consumer->topic_count < 2 || consumer->pending->cnt == 0)
        return true;
    rd_kafka_resp_err_t err = ask(consumer, RD_KAFKA_OFFSET_BEGINNING, begins, timeout_ms);
    if (!err)
        err = ask(consumer, RD_KAFKA_OFFSET_END, ends, timeout_ms);
    if (err)
        bus_slot_blame(consumer, err, 1);
    return !err;
}

void bus_slot_hold(struct bus_consumer *consumer, int32_t slot) {
    if (!is_beside(consumer, slot) || consumer->parts[slot].position >= consumer->parts[slot].goal)
        return;
    struct bus_part *first = &consumer->parts[slot - 1];
    if (!first->owned || first->held)
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    bus_slot_add(consumer, list, slot - 1);
    rd_kafka_pause_partitions(consumer->link.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    first->held = consumer->holding = true;
}

static void release(struct bus_consumer *consumer, int32_t slot) {
    struct bus_part *part = &consumer->parts[slot];
    part->held = false;
    if (consumer->paused)
        return; /* what ends the pause resumes it */
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    bus_slot_add(consumer, list, slot);
    rd_kafka_resume_partitions(consumer->link.rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (!bus_slot_seek(consumer, slot))
        part->rewind = consumer->rewinding = true;
}

void bus_slots_release(struct bus_consumer *consumer) {
    if (!consumer->holding)
        return;
    consumer->holding = false;
    for (int32_t slot = 0; slot + 1 < consumer->part_count; slot += 2) {
        const struct bus_part *beside = &consumer->parts[slot + 1];
        if (!consumer->parts[slot].owned || !consumer->parts[slot].held)
            continue;
        if (beside->position >= beside->goal)
            release(consumer, slot);
        else
            consumer->holding = true;
    }
}
