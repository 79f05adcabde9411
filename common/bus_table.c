/* bus_table: a bus_reader, because it needs no group: a table belongs to the process that
 * reads it. A partition has been read to its end when librdkafka says so (PARTITION_EOF): counting offsets
 * would wait for ever for those that compaction took away.
 *
 * librdkafka says nothing more while nothing comes, whether there is nothing or a fetch takes long. A seek to
 * where we are makes it drop what it fetched before and fetch anew: whatever comes then, a record or the end,
 * was asked for after the seek, and it knows a high watermark that is at least of that time. It waits for
 * nobody. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

enum { ASK_MS = 1000, RETRY_MS = 500 };

struct bus_table {
    struct bus_reader reader;
    int partitions; /* 0: not yet known */
    bool *ended;    /* per partition */
    int left;       /* partitions that have not been read to their end once */
    int64_t retry_at_ms;
    struct place *places; /* per partition */
    int unanswered; /* partitions that have not been read to where they ended when asked; -1: never asked */
};

enum answer { ANSWER_DUE, ANSWER_KNOWN, ANSWER_GIVEN };

struct place {
    int64_t next; /* offset */
    int64_t end;  /* ANSWER_KNOWN: to be read to here */
    enum answer answer;
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
    struct bus_table *table = xcalloc(1, sizeof *table);
    table->unanswered = -1;
    if (bus_reader_open(&table->reader, conf, SETTINGS, topic, message))
        return table;
    free(table);
    return NULL;
}

void bus_table_free(struct bus_table **table) {
    struct bus_table *old = *table;
    if (!old)
        return;
    for (int p = 0; p < old->partitions; p++)
        rd_kafka_consume_stop(old->reader.topic, p);
    bus_reader_close(&old->reader);
    free(old->ended);
    free(old->places);
    free(old);
    *table = NULL;
}

static void start(struct bus_table *table, int partitions) {
    table->partitions = table->left = partitions;
    table->ended = xcalloc((size_t)partitions, sizeof *table->ended);
    table->places = xcalloc((size_t)partitions, sizeof *table->places);
    for (int p = 0; p < partitions; p++)
        bus_reader_start(&table->reader, p, RD_KAFKA_OFFSET_BEGINNING);
}

/* Looks for the topic; until it is there, again every half second. */
static void find_topic(struct bus_table *table) {
    if (times_monotonic_ms() < table->retry_at_ms)
        return;
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t err =
        rd_kafka_metadata(table->reader.link.rk, 0, table->reader.topic, &metadata, ASK_MS);
    if (!err) {
        const struct rd_kafka_metadata_topic *found = metadata->topics;
        table->reader.trouble = metadata->topic_cnt ? found->err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        if (!table->reader.trouble && found->partition_cnt > 0)
            start(table, found->partition_cnt);
        rd_kafka_metadata_destroy(metadata);
    } else {
        bus_link_blame(&table->reader.link, err, NULL);
        table->reader.link.up = false;
    }
    table->retry_at_ms = times_monotonic_ms() + RETRY_MS;
}

/* It is read up to here. */
static void reach(struct bus_table *table, int32_t partition, int64_t next) {
    struct place *place = &table->places[partition];
    int64_t begin, end;
    if (next > place->next)
        place->next = next;
    if (place->answer == ANSWER_DUE &&
        rd_kafka_get_watermark_offsets(table->reader.link.rk, table->reader.full_name, partition, &begin,
                                       &end) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        end >= 0) {
        place->answer = ANSWER_KNOWN;
        place->end = end;
    }
    if (place->answer == ANSWER_KNOWN && place->next >= place->end) {
        place->answer = ANSWER_GIVEN;
        table->unanswered -= table->unanswered > 0;
    }
}

static void note_end(struct bus_table *table, int32_t partition) {
    table->reader.trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (!table->ended[partition]) {
        table->ended[partition] = true;
        table->left--;
    }
}

static void give(struct bus_table *table, rd_kafka_message_t *message, bus_row_f *each, void *self) {
    bool ended = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    bool known = message->partition >= 0 && message->partition < table->partitions;
    if (message->err && !ended) {
        bus_reader_note(&table->reader, message);
    } else if (known && ended) {
        note_end(table, message->partition);
        reach(table, message->partition, message->offset);
    } else if (known && message->offset >= table->places[message->partition].next) {
        table->reader.trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
        bus_reader_give(&table->reader, message, each, self);
        reach(table, message->partition, message->offset + 1);
    }
    rd_kafka_message_destroy(message);
}

static void read_rows(struct bus_table *table, int timeout_ms, bus_row_f *each, void *self) {
    size_t got = bus_reader_fetch(&table->reader, timeout_ms);
    for (size_t i = 0; i < got; i++)
        give(table, table->reader.messages[i], each, self);
}

enum bus_status bus_table_poll(struct bus_table *table, int timeout_ms, bus_row_f *each, void *self) {
    rd_kafka_poll(table->reader.link.rk, 0);
    bool up = bus_link_up(&table->reader.link);
    if (up && !table->partitions)
        find_topic(table);
    if (table->reader.link.fatal)
        return BUS_FATAL;
    if (table->partitions)
        read_rows(table, timeout_ms, each, self);
    else
        rd_kafka_poll(table->reader.link.rk, timeout_ms < RETRY_MS ? timeout_ms : RETRY_MS);
    return bus_link_up(&table->reader.link) && !table->reader.trouble ? BUS_OK : BUS_AGAIN;
}

bool bus_table_loaded(const struct bus_table *table) {
    return table->partitions > 0 && table->left == 0;
}

void bus_table_ask(struct bus_table *table) {
    if (!bus_table_loaded(table))
        return;
    table->unanswered = table->partitions;
    for (int p = 0; p < table->partitions; p++) {
        table->places[p].answer = ANSWER_DUE;
        (void)rd_kafka_seek(table->reader.topic, p, table->places[p].next, 0); /* 0: it reports nothing */
    }
}

bool bus_table_answered(const struct bus_table *table) {
    return table->unanswered == 0;
}

const char *bus_table_problem(const struct bus_table *table) {
    struct bus_link *link = (struct bus_link *)(uintptr_t)&table->reader.link; /* its text is kept in it */
    const char *problem = bus_link_problem(link);
    if (problem || !table->reader.trouble)
        return problem;
    snprintf(link->problem, sizeof link->problem, "topic %s %s", table->reader.full_name,
             *bus_topic_advice(table->reader.trouble) ? bus_topic_advice(table->reader.trouble)
                                                      : rd_kafka_err2str(table->reader.trouble));
    return link->problem;
}
