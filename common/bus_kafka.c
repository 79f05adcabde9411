/* bus_kafka: the bus of the programs: a consuming and a producing client of librdkafka side by side, both
 * served from the one thread that calls. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { SLICE_MS = 10 };

struct kafka {
    struct bus bus; /* first: the callers hold it */
    bool consumes;
    struct bus_consumer consumer;
    struct bus_producer producer;
};

static struct kafka *kafka_of(struct bus *bus) {
    return (struct kafka *)bus;
}

static bool is_fatal(const struct kafka *kafka) {
    return kafka->producer.link.fatal || (kafka->consumes && kafka->consumer.link.fatal);
}

static struct bus_link *main_link(struct kafka *kafka) {
    return kafka->consumes ? &kafka->consumer.link : &kafka->producer.link;
}

/* Acknowledgements come in on another queue than records: while some are under way the wait is cut up. */
static int fetch(struct kafka *kafka, int timeout_ms) {
    int64_t end = times_monotonic_ms() + timeout_ms;
    for (;;) {
        int64_t left = end - times_monotonic_ms();
        uint64_t under_way = bus_producer_under_way(&kafka->producer);
        int wait = left < 0 ? 0 : (int)left;
        if (under_way && wait > SLICE_MS)
            wait = SLICE_MS;
        int count = kafka->consumes ? bus_consumer_fetch(&kafka->consumer, wait) : 0;
        bus_producer_serve(&kafka->producer, kafka->consumes ? 0 : wait);
        bool settled = under_way && !bus_producer_under_way(&kafka->producer);
        if (count || left <= wait || settled || is_fatal(kafka))
            return count;
    }
}

static int kafka_poll(struct bus *bus, int timeout_ms, const struct bus_record **records) {
    struct kafka *kafka = kafka_of(bus);
    *records = kafka->consumer.records;
    bus_producer_serve(&kafka->producer, 0);
    if (kafka->consumes)
        bus_group_serve(&kafka->consumer);
    if (!bus_link_up(main_link(kafka)))
        bus_producer_excuse(&kafka->producer);
    int count = is_fatal(kafka) ? 0 : fetch(kafka, timeout_ms);
    if (!is_fatal(kafka))
        return count;
    bus_consumer_release(&kafka->consumer);
    return -1;
}

static void kafka_release(struct bus *bus) {
    bus_consumer_release(&kafka_of(bus)->consumer);
}

static void kafka_done(struct bus *bus, int32_t slot, int64_t next_offset) {
    struct bus_part *part = bus_part_of(&kafka_of(bus)->consumer, slot);
    if (part && next_offset > part->done)
        part->done = next_offset;
}

static enum bus_status kafka_seek(struct bus *bus, int32_t slot, int64_t offset) {
    struct kafka *kafka = kafka_of(bus);
    return is_fatal(kafka) ? BUS_FATAL : bus_consumer_seek(&kafka->consumer, slot, offset);
}

static void kafka_pause(struct bus *bus, bool paused) {
    if (kafka_of(bus)->consumes)
        bus_consumer_pause(&kafka_of(bus)->consumer, paused);
}

static enum bus_status kafka_produce(struct bus *bus, const struct bus_out *out) {
    return bus_producer_put(&kafka_of(bus)->producer, out);
}

static enum bus_status kafka_flush(struct bus *bus, int timeout_ms) {
    return bus_producer_flush(&kafka_of(bus)->producer, timeout_ms);
}

static void kafka_mark(struct bus *bus) {
    bus_producer_mark(&kafka_of(bus)->producer);
}

static bool kafka_marked(struct bus *bus) {
    const struct bus_producer *producer = &kafka_of(bus)->producer;
    return !producer->link.fatal && producer->under_way[!producer->side] == 0;
}

static bool kafka_connected(struct bus *bus) {
    return bus_link_up(main_link(kafka_of(bus)));
}

static bool kafka_joined(struct bus *bus) {
    struct kafka *kafka = kafka_of(bus);
    return kafka->consumes && kafka->consumer.joined && !rd_kafka_assignment_lost(kafka->consumer.link.rk);
}

static int64_t kafka_lag(struct bus *bus, int32_t slot) {
    struct bus_consumer *consumer = &kafka_of(bus)->consumer;
    const struct bus_part *part = bus_part_of(consumer, slot);
    int64_t begin = -1, end = -1;
    if (!part ||
        rd_kafka_get_watermark_offsets(consumer->link.rk, bus_slot_topic(consumer, slot),
                                       bus_slot_partition(consumer, slot), &begin, &end) ||
        end < 0)
        return -1;
    int64_t done = part->done > begin ? part->done : begin;
    return done < 0 || done > end ? 0 : end - done;
}

static const char *kafka_problem(struct bus *bus) {
    struct kafka *kafka = kafka_of(bus);
    if (kafka->producer.link.fatal)
        return kafka->producer.link.cause;
    const char *problem =
        kafka->consumes ? bus_consumer_problem(&kafka->consumer) : bus_link_problem(&kafka->producer.link);
    return problem ? problem : bus_producer_problem(&kafka->producer);
}

static void kafka_free(struct bus *bus) {
    struct kafka *kafka = kafka_of(bus);
    bus_consumer_close(&kafka->consumer);
    bus_producer_close(&kafka->producer);
    free(kafka);
}

static const struct bus_ops KAFKA = {
    .poll = kafka_poll,
    .release = kafka_release,
    .done = kafka_done,
    .seek = kafka_seek,
    .pause = kafka_pause,
    .produce = kafka_produce,
    .flush = kafka_flush,
    .mark = kafka_mark,
    .marked = kafka_marked,
    .connected = kafka_connected,
    .joined = kafka_joined,
    .lag = kafka_lag,
    .problem = kafka_problem,
    .free = kafka_free,
};

struct bus *bus_kafka_new(const struct bus_conf *conf, const char *topic, const struct bus_watcher *watcher,
                          struct buf *message) {
    return bus_kafka_new_two(conf, topic, NULL, watcher, message);
}

struct bus *bus_kafka_new_two(const struct bus_conf *conf, const char *topic, const char *beside,
                              const struct bus_watcher *watcher, struct buf *message) {
    struct kafka *kafka = xcalloc(1, sizeof *kafka);
    kafka->bus.ops = &KAFKA;
    kafka->consumes = topic != NULL;
    if (bus_producer_open(&kafka->producer, conf, !topic, message) &&
        (!topic || bus_consumer_open(&kafka->consumer, conf, topic, beside, watcher, message)))
        return &kafka->bus;
    kafka_free(&kafka->bus);
    return NULL;
}
