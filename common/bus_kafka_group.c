/* bus_kafka_group: what the group gives and takes, and commits. Offsets are asked for by us, not by
 * librdkafka, because the watcher may change where reading begins. When Kafka is away just then, the
 * assignment waits: polling goes on, and it is tried again. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { COMMIT_EVERY_MS = 1000, COMMIT_WAIT_MS = 5000, COMMITTED_WAIT_MS = 2000, RETRY_MS = 500 };

static struct bus_part *add_part(struct bus_consumer *consumer, int32_t slot) {
    if (slot >= consumer->part_count) {
        int32_t count = slot + 1;
        consumer->parts = xrealloc(consumer->parts, (size_t)count * sizeof *consumer->parts);
        memset(consumer->parts + consumer->part_count, 0,
               (size_t)(count - consumer->part_count) * sizeof *consumer->parts);
        consumer->part_count = count;
    }
    return &consumer->parts[slot];
}

static int32_t slot_of(const struct bus_consumer *consumer, const rd_kafka_topic_partition_t *elem) {
    return bus_slot_of(consumer, elem->topic, elem->partition);
}

static void on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *list,
                      void *opaque) {
    (void)rk;
    struct bus_consumer *consumer = opaque;
    consumer->committing = false;
    if (!list || (err && err != RD_KAFKA_RESP_ERR__NO_OFFSET))
        return; /* what was not committed is tried again, if it is still ours */
    for (int i = 0; i < list->cnt; i++) {
        struct bus_part *part = bus_part_of(consumer, slot_of(consumer, &list->elems[i]));
        if (part && !list->elems[i].err && list->elems[i].offset > part->committed)
            part->committed = list->elems[i].offset;
    }
}

/* NULL: nothing to commit, or no right to: a lost assignment may be another's by now. */
static rd_kafka_topic_partition_list_t *to_commit(struct bus_consumer *consumer) {
    if (rd_kafka_assignment_lost(consumer->link.rk))
        return NULL;
    rd_kafka_topic_partition_list_t *list = NULL;
    for (int32_t slot = 0; slot < consumer->part_count; slot++) {
        const struct bus_part *part = &consumer->parts[slot];
        if (!part->owned || part->done <= part->committed)
            continue;
        if (!list)
            list = rd_kafka_topic_partition_list_new(consumer->part_count);
        bus_slot_add(consumer, list, slot)->offset = part->done;
    }
    return list;
}

static void start_commit(struct bus_consumer *consumer) {
    rd_kafka_topic_partition_list_t *list = to_commit(consumer);
    if (!list)
        return;
    consumer->committing =
        !rd_kafka_commit_queue(consumer->link.rk, list, consumer->commits, on_commit, consumer);
    rd_kafka_topic_partition_list_destroy(list);
}

static bool await_commit(struct bus_consumer *consumer, int64_t end) {
    while (consumer->committing && times_monotonic_ms() < end)
        rd_kafka_queue_poll_callback(consumer->commits, 50);
    return !consumer->committing;
}

bool bus_group_commit_now(struct bus_consumer *consumer, int timeout_ms) {
    int64_t end = times_monotonic_ms() + timeout_ms;
    if (!await_commit(consumer, end))
        return false; /* Kafka is away; what is not committed comes again */
    start_commit(consumer);
    return await_commit(consumer, end);
}

/* Of each pending slot: where reading begins; of a topic beside, where its log begins and ends. */
struct beginning {
    int64_t *offsets, *begins, *ends;
};

static void begin_slot(struct bus_consumer *consumer, int i, const struct beginning *from) {
    rd_kafka_topic_partition_t *elem = &consumer->pending->elems[i];
    struct bus_part *part = add_part(consumer, slot_of(consumer, elem));
    int64_t committed = elem->offset < 0 ? -1 : elem->offset;
    *part = (struct bus_part){.owned = true,
                              .fresh = from->offsets[i] < 0,
                              .position = from->offsets[i] < 0 ? from->begins[i] : from->offsets[i],
                              .done = committed,
                              .committed = committed,
                              .begin = from->begins[i],
                              .goal = from->ends[i]};
    elem->offset = part->position < 0 ? RD_KAFKA_OFFSET_BEGINNING : part->position;
}

static void begin_reading(struct bus_consumer *consumer, const struct beginning *from) {
    rd_kafka_topic_partition_list_t *list = consumer->pending;
    for (int i = 0; i < list->cnt; i++)
        begin_slot(consumer, i, from);
    rd_kafka_resp_err_t err = rd_kafka_assign(consumer->link.rk, list);
    if (err) {
        bus_link_fail(&consumer->link, "topic %s: %s", consumer->topics[0].full, rd_kafka_err2str(err));
        return;
    }
    if (consumer->paused)
        rd_kafka_pause_partitions(consumer->link.rk, list);
    else /* a pause outlives an assignment */
        rd_kafka_resume_partitions(consumer->link.rk, list);
    for (int i = 0; i < list->cnt; i++)
        bus_slot_hold(consumer, slot_of(consumer, &list->elems[i]));
}

static bool ask_watcher(struct bus_consumer *consumer, int64_t *offsets) {
    const struct bus_watcher *watcher = consumer->watcher;
    size_t count = (size_t)consumer->pending->cnt;
    int32_t *slots = xcalloc(count, sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        slots[i] = slot_of(consumer, &consumer->pending->elems[i]);
        offsets[i] = consumer->pending->elems[i].offset < 0 ? -1 : consumer->pending->elems[i].offset;
    }
    bool ok = !watcher || !watcher->assigned || watcher->assigned(watcher->self, slots, offsets, count);
    free(slots);
    if (!ok)
        bus_link_fail(&consumer->link, "the program cannot take its partitions of %s",
                      consumer->topics[0].full);
    return ok;
}

/* false: Kafka did not tell the committed offsets. */
static bool fetch_committed(struct bus_consumer *consumer) {
    rd_kafka_topic_partition_list_t *list = consumer->pending;
    rd_kafka_resp_err_t err = rd_kafka_committed(consumer->link.rk, list, COMMITTED_WAIT_MS);
    int32_t slot = 0;
    for (int i = 0; i < list->cnt && !err; i++) {
        err = list->elems[i].err;
        slot = slot_of(consumer, &list->elems[i]);
    }
    if (err)
        bus_slot_blame(consumer, err, slot);
    return !err;
}

static void drop_pending(struct bus_consumer *consumer) {
    if (consumer->pending)
        rd_kafka_topic_partition_list_destroy(consumer->pending);
    consumer->pending = NULL;
}

/* What should be read again begins no earlier than the log. One request a broker, whatever there is to ask.
 * false: Kafka did not tell. */
static bool clamp_again(struct bus_consumer *consumer, int64_t *offsets) {
    const rd_kafka_topic_partition_list_t *pending = consumer->pending;
    rd_kafka_topic_partition_list_t *begins = rd_kafka_topic_partition_list_new(pending->cnt);
    for (int i = 0; i < pending->cnt; i++)
        if (offsets[i] <= bus_again_from(0))
            rd_kafka_topic_partition_list_add(begins, pending->elems[i].topic, pending->elems[i].partition)
                ->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (begins->cnt)
        err = rd_kafka_offsets_for_times(consumer->link.rk, begins, COMMITTED_WAIT_MS);
    for (int i = 0, next = 0; i < pending->cnt && !err; i++) {
        if (offsets[i] > bus_again_from(0))
            continue;
        int64_t begin = begins->elems[next].offset, wanted = bus_again_from(offsets[i]);
        err = begins->elems[next++].err;
        if (begin > pending->elems[i].offset)
            begin = pending->elems[i].offset; /* what was not done is gone: the read will say so */
        offsets[i] = begin > wanted ? begin : wanted;
    }
    rd_kafka_topic_partition_list_destroy(begins);
    if (err && err != RD_KAFKA_RESP_ERR__TIMED_OUT)
        bus_link_blame(&consumer->link, err, NULL);
    return !err;
}

static void take_assignment(struct bus_consumer *consumer) {
    if (consumer->pending->cnt && !fetch_committed(consumer)) {
        consumer->pending_at_ms = times_monotonic_ms() + RETRY_MS;
        return;
    }
    size_t count = (size_t)consumer->pending->cnt;
    int64_t *all = xcalloc(3 * count, sizeof *all);
    const struct beginning from = {.offsets = all, .begins = all + count, .ends = all + 2 * count};
    for (size_t i = 0; i < count; i++)
        from.begins[i] = from.ends[i] = -1;
    bool known = bus_slots_ask(consumer, from.begins, from.ends, COMMITTED_WAIT_MS);
    bool taken = known && ask_watcher(consumer, from.offsets);
    bool told = known && (!taken || clamp_again(consumer, from.offsets));
    if (taken && told)
        begin_reading(consumer, &from);
    free(all);
    if (!told) {
        consumer->pending_at_ms = times_monotonic_ms() + RETRY_MS;
        return;
    }
    consumer->joined = true;
    if (consumer->pending->cnt)
        consumer->trouble = RD_KAFKA_RESP_ERR_NO_ERROR;
    drop_pending(consumer);
}

static void give_back(struct bus_consumer *consumer) {
    bool lost = rd_kafka_assignment_lost(consumer->link.rk);
    int32_t *slots = xcalloc((size_t)consumer->part_count, sizeof *slots);
    size_t count = 0;
    for (int32_t slot = 0; slot < consumer->part_count; slot++) {
        if (consumer->parts[slot].owned)
            slots[count++] = slot;
    }
    if (count && consumer->watcher && consumer->watcher->revoked)
        consumer->watcher->revoked(consumer->watcher->self, slots, count);
    free(slots);
    if (!lost)
        (void)bus_group_commit_now(consumer, COMMIT_WAIT_MS);
    for (int32_t slot = 0; slot < consumer->part_count; slot++)
        consumer->parts[slot].owned = consumer->parts[slot].held = false;
    consumer->joined = consumer->joined && !lost;
}

/* What the group gives, and of each what is beside it. */
static rd_kafka_topic_partition_list_t *with_beside(const struct bus_consumer *consumer,
                                                    const rd_kafka_topic_partition_list_t *given) {
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(given->cnt * consumer->topic_count);
    for (int i = 0; i < given->cnt; i++)
        for (int topic = 0; topic < consumer->topic_count; topic++)
            bus_slot_add(consumer, list, given->elems[i].partition * consumer->topic_count + topic);
    return list;
}

void bus_group_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *list,
                         void *opaque) {
    struct bus_link *link = opaque;
    struct bus_consumer *consumer = link->owner;
    consumer->rebalanced = true;
    drop_pending(consumer);
    if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        consumer->pending = with_beside(consumer, list);
        take_assignment(consumer);
        return;
    }
    give_back(consumer);
    rd_kafka_assign(rk, NULL);
}

void bus_group_serve(struct bus_consumer *consumer) {
    int64_t now = times_monotonic_ms();
    if (consumer->committing)
        rd_kafka_queue_poll_callback(consumer->commits, 0);
    if (consumer->pending && now >= consumer->pending_at_ms)
        take_assignment(consumer);
    if (!consumer->committing && now >= consumer->commit_at_ms) {
        start_commit(consumer);
        consumer->commit_at_ms = now + COMMIT_EVERY_MS;
    }
}
