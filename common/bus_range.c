/* bus_range: a bus_reader from offset to offset. Partitions are
 * opened a few at a time: what is fetched ahead is bounded a partition, so memory and the broker's work do
 * not grow with their number. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

enum { AT_ONCE = 8, ASK_MS = 2000 };

/* Brokers' clocks differ, and one may be set back: a record may stand behind one that has a later time. */
#define SLACK_MS INT64_C(3600000)

static const struct bus_setting SETTINGS[] = {
    {"enable.auto.commit", "false"},
    {"auto.commit.enable", "false"},
    {"auto.offset.reset", "earliest"}, /* what retention takes away meanwhile is counted as lost */
    {"enable.partition.eof", "true"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.error.backoff.ms", "100"},
    {"fetch.message.max.bytes", "131072"},
    /* Of a partition. Where all are full, librdkafka looks again a second later, so this is also what is read
     * in a second at least: 64 MiB. */
    {"queued.max.messages.kbytes", "8192"},
    {0},
};

struct range_part {
    int64_t next, to;
    bool open, done;
};

struct bus_range {
    struct bus_reader reader;
    struct range_part *parts;
    int count, opened, left; /* partitions; of them under way; not read to their end */
    int next;                /* the first that was never opened */
    int64_t lost;
};

struct bus_range *bus_range_new(const struct bus_conf *conf, const char *topic, struct buf *message) {
    struct bus_range *range = xcalloc(1, sizeof *range);
    if (bus_reader_open(&range->reader, conf, SETTINGS, topic, message))
        return range;
    free(range);
    return NULL;
}

void bus_range_free(struct bus_range **range) {
    struct bus_range *old = *range;
    if (!old)
        return;
    for (int p = 0; p < old->count; p++)
        if (old->parts[p].open)
            rd_kafka_consume_stop(old->reader.topic, p);
    bus_reader_close(&old->reader);
    free(old->parts);
    free(old);
    *range = NULL;
}

/* Finding. */

/* The offset of the first record of this time; -2 and -1 are the protocol's for the beginning and the end. */
static rd_kafka_resp_err_t ask(struct bus_range *range, int64_t time, struct bus_extent *out, int partitions,
                               size_t member) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; p++)
        rd_kafka_topic_partition_list_add(list, range->reader.full_name, p)->offset = time;
    rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(range->reader.link.rk, list, ASK_MS);
    for (int i = 0; i < list->cnt && !err; i++)
        err = list->elems[i].err;
    for (int i = 0; i < list->cnt && !err; i++) {
        struct bus_extent *extent = &out[list->elems[i].partition];
        int64_t offset = list->elems[i].offset;
        offset = offset < 0 || offset > extent->end ? extent->end : offset;
        memcpy((char *)extent + member, &offset, sizeof offset);
    }
    rd_kafka_topic_partition_list_destroy(list);
    return err;
}

/* The ends first, without a bound, so that what arrives meanwhile is not in it. */
static rd_kafka_resp_err_t ask_all(struct bus_range *range, const struct bus_search *search,
                                   struct bus_extent *out) {
    int partitions = search->partitions;
    for (int p = 0; p < partitions; p++)
        out[p] = (struct bus_extent){.end = INT64_MAX};
    rd_kafka_resp_err_t err =
        ask(range, RD_KAFKA_OFFSET_END, out, partitions, offsetof(struct bus_extent, end));
    if (!err)
        err = ask(range, RD_KAFKA_OFFSET_BEGINNING, out, partitions, offsetof(struct bus_extent, begin));
    for (int p = 0; p < partitions && !err; p++) {
        out[p].first = out[p].begin;
        out[p].last = out[p].end;
    }
    if (err || bus_link_is_embedded(&range->reader.link, ASK_MS))
        return err;
    if (search->since > 0)
        err = ask(range, search->since, out, partitions, offsetof(struct bus_extent, first));
    if (!err && search->until < INT64_MAX - SLACK_MS)
        err = ask(range, search->until + SLACK_MS, out, partitions, offsetof(struct bus_extent, last));
    return err;
}

bool bus_range_find(struct bus_range *range, const struct bus_search *search, struct bus_extent *out) {
    int64_t end = times_monotonic_ms() + search->timeout_ms;
    rd_kafka_resp_err_t err;
    do {
        rd_kafka_poll(range->reader.link.rk, 0);
        err = bus_link_up(&range->reader.link) ? ask_all(range, search, out) : RD_KAFKA_RESP_ERR__TRANSPORT;
        if (err)
            rd_kafka_poll(range->reader.link.rk, 100); /* the cause comes in as an event */
        range->reader.trouble = *bus_topic_advice(err) ? err : RD_KAFKA_RESP_ERR_NO_ERROR;
    } while (err && !range->reader.link.fatal && times_monotonic_ms() < end);
    if (err && !range->reader.trouble)
        bus_link_blame(&range->reader.link, err, NULL);
    return !err;
}

/* Reading. */

void bus_range_start(struct bus_range *range, const struct bus_part_range *parts, int count) {
    ASSERT(!range->parts);
    range->parts = xcalloc((size_t)count, sizeof *range->parts);
    range->count = count;
    for (int p = 0; p < count; p++) {
        bool empty = parts[p].from >= parts[p].to;
        range->parts[p] = (struct range_part){.next = parts[p].from, .to = parts[p].to, .done = empty};
        range->left += !empty;
    }
}

static void open_more(struct bus_range *range) {
    for (; range->next < range->count && range->opened < AT_ONCE; range->next++) {
        struct range_part *part = &range->parts[range->next];
        if (part->done)
            continue;
        bus_reader_start(&range->reader, range->next, part->next);
        part->open = true;
        range->opened++;
    }
}

static void finish(struct bus_range *range, int32_t partition) {
    struct range_part *part = &range->parts[partition];
    if (part->done)
        return;
    rd_kafka_consume_stop(range->reader.topic, partition);
    part->done = true;
    part->open = false;
    range->opened--;
    range->left--;
}

static void note(struct bus_range *range, const rd_kafka_message_t *message) {
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (message->offset >= range->parts[message->partition].to)
            finish(range, message->partition);
    } else {
        bus_reader_note(&range->reader, message);
    }
}

/* Offsets of a mention topic have no holes: what is jumped over is no longer there. */
static void move(struct bus_range *range, struct range_part *part, int64_t offset) {
    int64_t to = offset < part->to ? offset : part->to;
    range->lost += to - part->next;
    part->next = offset < part->to ? offset + 1 : part->to;
}

static void give(struct bus_range *range, const rd_kafka_message_t *message, bus_row_f *each, void *self) {
    if (message->partition < 0 || message->partition >= range->count)
        return;
    struct range_part *part = &range->parts[message->partition];
    if (message->err) {
        note(range, message);
        return;
    }
    if (part->done || message->offset < part->next)
        return;
    move(range, part, message->offset);
    range->reader.trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (message->offset < part->to)
        bus_reader_give(&range->reader, message, each, self);
    if (part->next >= part->to)
        finish(range, message->partition);
}

enum bus_status bus_range_poll(struct bus_range *range, int timeout_ms, bus_row_f *each, void *self) {
    rd_kafka_poll(range->reader.link.rk, 0);
    open_more(range);
    if (range->reader.link.fatal)
        return BUS_FATAL;
    size_t got = bus_reader_fetch(&range->reader, timeout_ms);
    if (got > 0)
        range->reader.link.up = range->reader.link.up || !range->reader.messages[got - 1]->err;
    for (size_t i = 0; i < got; i++) {
        give(range, range->reader.messages[i], each, self);
        rd_kafka_message_destroy(range->reader.messages[i]);
    }
    return bus_link_up(&range->reader.link) && !range->reader.trouble ? BUS_OK : BUS_AGAIN;
}

bool bus_range_done(const struct bus_range *range) {
    return range->left == 0;
}

int64_t bus_range_left(const struct bus_range *range) {
    int64_t left = 0;
    for (int p = 0; p < range->count; p++)
        left += range->parts[p].done ? 0 : range->parts[p].to - range->parts[p].next;
    return left;
}

int64_t bus_range_lost(const struct bus_range *range) {
    return range->lost;
}

const char *bus_range_problem(struct bus_range *range) {
    struct bus_link *link = &range->reader.link;
    const char *problem = bus_link_problem(link);
    if (problem || !range->reader.trouble)
        return problem ? problem : link->cause[0] ? bus_link_told(link) : NULL;
    snprintf(link->problem, sizeof link->problem, "topic %s %s", range->reader.full_name,
             bus_topic_advice(range->reader.trouble));
    return link->problem;
}
