#include "fake_bus.h"

#include <stdlib.h>

enum { PARTITIONS_MAX = 256 };

struct commit {
    char *topic;
    int32_t partition;
    int64_t offset;
};

struct fake_log {
    struct fake_record *records;
    size_t count, room;
    struct commit *commits;
    size_t commit_count;
};

/* The log. */

static struct span copy_span(struct span span) {
    if (!span.ptr)
        return span;
    return (struct span){.ptr = xstrndup(span.ptr, span.len), .len = span.len};
}

static void free_span(struct span span) {
    free((void *)(uintptr_t)span.ptr);
}

static struct fake_record copy_record(const char *topic, int32_t partition, struct span key,
                                      struct span value, const struct bus_header *headers,
                                      size_t header_count) {
    struct fake_record record = {.topic = xstrdup(topic),
                                 .partition = partition,
                                 .key = copy_span(key),
                                 .value = copy_span(value),
                                 .headers = xcalloc(header_count + 1, sizeof *headers),
                                 .header_count = header_count};
    for (size_t i = 0; i < header_count; i++) {
        record.headers[i].name = copy_span(headers[i].name);
        record.headers[i].value = copy_span(headers[i].value);
    }
    return record;
}

static void free_record(struct fake_record *record) {
    free(record->topic);
    free_span(record->key);
    free_span(record->value);
    for (size_t i = 0; i < record->header_count; i++) {
        free_span(record->headers[i].name);
        free_span(record->headers[i].value);
    }
    free(record->headers);
}

struct fake_log *fake_log_new(void) {
    return xcalloc(1, sizeof(struct fake_log));
}

void fake_log_free(struct fake_log **log) {
    for (size_t i = 0; i < (*log)->count; i++)
        free_record(&(*log)->records[i]);
    for (size_t i = 0; i < (*log)->commit_count; i++)
        free((*log)->commits[i].topic);
    free((*log)->records);
    free((*log)->commits);
    free(*log);
    *log = NULL;
}

static bool is_in(const struct fake_record *record, const char *topic, int32_t partition) {
    return strcmp(record->topic, topic) == 0 && (partition < 0 || record->partition == partition);
}

static int64_t end_of(const struct fake_log *log, const char *topic, int32_t partition) {
    for (size_t i = log->count; i-- > 0;) {
        if (is_in(&log->records[i], topic, partition))
            return log->records[i].offset + 1;
    }
    return 0;
}

/* Takes the record. */
static int64_t append(struct fake_log *log, struct fake_record record) {
    if (log->count == log->room) {
        log->room = log->room ? 2 * log->room : 64;
        log->records = xrealloc(log->records, log->room * sizeof *log->records);
    }
    record.offset = end_of(log, record.topic, record.partition);
    log->records[log->count++] = record;
    return record.offset;
}

int64_t fake_log_add(struct fake_log *log, const char *topic, int32_t partition, struct span key,
                     struct span value, const struct bus_header *headers, size_t header_count) {
    return append(log, copy_record(topic, partition, key, value, headers, header_count));
}

const struct fake_record *fake_log_get(const struct fake_log *log, const char *topic, int32_t partition,
                                       size_t nth) {
    for (size_t i = 0; i < log->count; i++) {
        if (is_in(&log->records[i], topic, partition) && nth-- == 0)
            return &log->records[i];
    }
    return NULL;
}

size_t fake_log_count(const struct fake_log *log, const char *topic) {
    size_t count = 0;
    for (size_t i = 0; i < log->count; i++)
        count += is_in(&log->records[i], topic, -1);
    return count;
}

static struct commit *find_commit(const struct fake_log *log, const char *topic, int32_t partition) {
    for (size_t i = 0; i < log->commit_count; i++) {
        if (log->commits[i].partition == partition && strcmp(log->commits[i].topic, topic) == 0)
            return &log->commits[i];
    }
    return NULL;
}

int64_t fake_log_committed(const struct fake_log *log, const char *topic, int32_t partition) {
    const struct commit *commit = find_commit(log, topic, partition);
    return commit ? commit->offset : -1;
}

static void commit_offset(struct fake_log *log, const char *topic, int32_t partition, int64_t offset) {
    struct commit *commit = find_commit(log, topic, partition);
    if (!commit) {
        log->commits = xrealloc(log->commits, (log->commit_count + 1) * sizeof *log->commits);
        commit = &log->commits[log->commit_count++];
        *commit = (struct commit){.topic = xstrdup(topic), .partition = partition, .offset = -1};
    }
    if (offset > commit->offset)
        commit->offset = offset;
}

const struct bus_header *fake_record_header(const struct fake_record *record, const char *name) {
    for (size_t i = 0; i < record->header_count; i++) {
        if (span_eq(record->headers[i].name, span_of(name)))
            return &record->headers[i];
    }
    return NULL;
}

/* The client. */

struct under_way {
    struct fake_record record;
    bool marked; /* produced before the mark */
};

struct client {
    struct fake_bus fake; /* first: the client is found from its bus */
    struct fake_log *log;
    char *topics[2]; /* the second: beside */
    int topic_count;
    struct bus_watcher watcher;
    unsigned seed;
    int64_t now;
    size_t calls, fail_at;
    enum bus_status fail_with;
    bool fatal, paused, held, joined, change;
    int32_t next_mine[PARTITIONS_MAX];
    size_t next_count;
    int32_t mine[2 * PARTITIONS_MAX]; /* slots */
    int64_t
        position[2 * PARTITIONS_MAX]; /* by place in mine; and how far it goes before the one it is beside */
    int64_t goal[2 * PARTITIONS_MAX];
    size_t mine_count;
    struct bus_record *batch;
    struct under_way *queue;
    size_t queued, queue_room;
};

static struct client *client_of(struct bus *bus) {
    return (struct client *)(void *)bus;
}

static unsigned chance(struct client *client, unsigned below) {
    client->seed = client->seed * 1103515245u + 12345u;
    return (client->seed >> 16) % below;
}

/* The status that this call fails with, or BUS_OK. */
static enum bus_status enter(struct client *client, const char *call) {
    if (client->fake.on_call)
        client->fake.on_call(client->fake.on_call_self, call);
    client->calls++;
    if (client->fatal)
        return BUS_FATAL;
    enum bus_status status = client->calls == client->fail_at ? client->fail_with : BUS_OK;
    client->fatal = status == BUS_FATAL;
    return status;
}

static bool first_of_its_partition(const struct client *client, size_t at) {
    const struct fake_record *record = &client->queue[at].record;
    for (size_t i = 0; i < at; i++) {
        if (is_in(&client->queue[i].record, record->topic, record->partition))
            return false;
    }
    return true;
}

static void acknowledge(struct client *client, size_t at) {
    append(client->log, client->queue[at].record);
    client->queued--;
    memmove(client->queue + at, client->queue + at + 1, (client->queued - at) * sizeof *client->queue);
}

static void serve(struct client *client) {
    if (client->fatal || client->fake.away)
        return;
    for (size_t i = 0; i < client->queued;) {
        if (first_of_its_partition(client, i) && (int)chance(client, 100) < client->fake.ack_percent)
            acknowledge(client, i);
        else
            i++;
    }
}

static int place_of(const struct client *client, int32_t slot) {
    for (size_t i = 0; i < client->mine_count; i++) {
        if (client->mine[i] == slot)
            return (int)i;
    }
    return -1;
}

static const char *topic_of(const struct client *client, int32_t slot) {
    return client->topics[slot % client->topic_count];
}

static int32_t partition_of(const struct client *client, int32_t slot) {
    return slot / client->topic_count;
}

/* false: the watcher refused. */
static bool rebalance(struct client *client) {
    client->change = false;
    if (client->mine_count && client->watcher.revoked)
        client->watcher.revoked(client->watcher.self, client->mine, client->mine_count);
    client->mine_count = 0;
    size_t count = client->next_count * (size_t)client->topic_count;
    for (size_t i = 0; i < count; i++) {
        int32_t slot = client->next_mine[i / (size_t)client->topic_count] * client->topic_count +
                       (int32_t)(i % (size_t)client->topic_count);
        client->mine[i] = slot;
        client->position[i] =
            fake_log_committed(client->log, topic_of(client, slot), partition_of(client, slot));
        client->goal[i] = end_of(client->log, topic_of(client, slot), partition_of(client, slot));
    }
    client->joined = true;
    if (client->watcher.assigned &&
        !client->watcher.assigned(client->watcher.self, client->mine, client->position, count))
        return false;
    client->mine_count = count;
    for (size_t i = 0; i < client->mine_count; i++) {
        if (client->position[i] <= bus_again_from(0))
            client->position[i] = bus_again_from(client->position[i]);
        else if (client->position[i] < 0)
            client->position[i] = 0;
    }
    return true;
}

/* What is beside it has yet to give what stood there before. */
static bool is_held(const struct client *client, size_t place) {
    return client->topic_count == 2 && client->mine[place] % 2 == 0 &&
           client->position[place + 1] < client->goal[place + 1];
}

static void fetch_place(struct client *client, size_t place, size_t *count) {
    int32_t slot = client->mine[place];
    for (size_t i = 0; i < client->log->count && *count < client->fake.batch_max; i++) {
        const struct fake_record *record = &client->log->records[i];
        if (!is_in(record, topic_of(client, slot), partition_of(client, slot)) ||
            record->offset != client->position[place])
            continue;
        client->batch[(*count)++] = (struct bus_record){.topic = topic_of(client, slot),
                                                        .partition = record->partition,
                                                        .slot = slot,
                                                        .offset = record->offset,
                                                        .key = record->key,
                                                        .value = record->value,
                                                        .headers = record->headers,
                                                        .header_count = record->header_count};
        client->position[place]++;
    }
}

static int fetch(struct client *client) {
    size_t count = 0;
    if (client->fake.away || client->paused || client->mine_count == 0)
        return 0;
    size_t start = chance(client, (unsigned)client->mine_count);
    for (size_t step = 0; step < client->mine_count; step++) {
        size_t place = (start + step) % client->mine_count;
        if (!is_held(client, place))
            fetch_place(client, place, &count);
    }
    return (int)count;
}

static int fake_poll(struct bus *bus, int timeout_ms, const struct bus_record **records) {
    struct client *client = client_of(bus);
    ASSERT(!client->held); /* the last records were not released */
    ASSERT(timeout_ms >= 0);
    enum bus_status status = enter(client, "poll");
    serve(client);
    if (status == BUS_FATAL)
        return -1;
    if (client->change && !client->fake.away && !rebalance(client)) {
        client->fatal = true;
        return -1;
    }
    if (client->fatal)
        return -1;
    free(client->batch);
    client->batch = xcalloc(client->fake.batch_max, sizeof *client->batch);
    int count = status == BUS_AGAIN ? 0 : fetch(client);
    client->now += count ? 0 : timeout_ms;
    client->held = true;
    *records = client->batch;
    return count;
}

static void fake_release(struct bus *bus) {
    client_of(bus)->held = false;
}

static void fake_done(struct bus *bus, int32_t slot, int64_t next_offset) {
    struct client *client = client_of(bus);
    if (place_of(client, slot) >= 0)
        commit_offset(client->log, topic_of(client, slot), partition_of(client, slot), next_offset);
}

static enum bus_status fake_seek(struct bus *bus, int32_t slot, int64_t offset) {
    struct client *client = client_of(bus);
    enum bus_status status = enter(client, "seek");
    if (status == BUS_AGAIN || status == BUS_FATAL)
        return status;
    int place = place_of(client, slot);
    if (place >= 0) {
        if (client->position[place] > client->goal[place])
            client->goal[place] = client->position[place];
        client->position[place] = offset < 0 ? 0 : offset;
    }
    return BUS_OK;
}

static void fake_pause(struct bus *bus, bool paused) {
    client_of(bus)->paused = paused;
}

static enum bus_status fake_produce(struct bus *bus, const struct bus_out *out) {
    struct client *client = client_of(bus);
    enum bus_status status = enter(client, "produce");
    if (status != BUS_OK)
        return status;
    if (out->value.len > client->fake.too_large)
        return BUS_TOO_LARGE;
    if (client->queued >= client->fake.queue_max)
        return BUS_AGAIN;
    if (client->queued == client->queue_room) {
        client->queue_room = client->queue_room ? 2 * client->queue_room : 64;
        client->queue = xrealloc(client->queue, client->queue_room * sizeof *client->queue);
    }
    int32_t partition = out->partition < 0 ? 0 : out->partition;
    client->queue[client->queued++] = (struct under_way){
        .record = copy_record(out->topic, partition, out->key, out->value, out->headers, out->header_count)};
    return BUS_OK;
}

static enum bus_status fake_flush(struct bus *bus, int timeout_ms) {
    struct client *client = client_of(bus);
    ASSERT(timeout_ms >= 0);
    enum bus_status status = enter(client, "flush");
    serve(client);
    if (status == BUS_FATAL || status == BUS_AGAIN) {
        client->now += timeout_ms;
        return status;
    }
    for (int ms = 0; ms < timeout_ms && client->queued; ms++) {
        client->now++;
        serve(client);
    }
    return client->queued ? BUS_AGAIN : BUS_OK;
}

static bool fake_marked(struct bus *bus) {
    const struct client *client = client_of(bus);
    for (size_t i = 0; i < client->queued; i++) {
        if (client->queue[i].marked)
            return false;
    }
    return true;
}

static void fake_mark(struct bus *bus) {
    struct client *client = client_of(bus);
    ASSERT(fake_marked(bus));
    for (size_t i = 0; i < client->queued; i++)
        client->queue[i].marked = true;
}

static bool fake_connected(struct bus *bus) {
    return !client_of(bus)->fake.away;
}

static bool fake_joined(struct bus *bus) {
    return client_of(bus)->joined;
}

static int64_t fake_lag(struct bus *bus, int32_t slot) {
    const struct client *client = client_of(bus);
    const char *topic = topic_of(client, slot);
    int32_t partition = partition_of(client, slot);
    int64_t committed = fake_log_committed(client->log, topic, partition);
    return end_of(client->log, topic, partition) - (committed < 0 ? 0 : committed);
}

static const char *fake_problem(struct bus *bus) {
    return client_of(bus)->fatal ? "the fake bus failed" : NULL;
}

/* A crash and an orderly end look alike from here: what is under way is there up to a point, or lost. */
static void fake_free(struct bus *bus) {
    struct client *client = client_of(bus);
    if (client->mine_count && client->watcher.revoked)
        client->watcher.revoked(client->watcher.self, client->mine, client->mine_count);
    client->fatal = client->fake.away = false;
    serve(client);
    for (size_t i = 0; i < client->queued; i++)
        free_record(&client->queue[i].record);
    free(client->queue);
    free(client->batch);
    free(client->topics[0]);
    free(client->topics[1]);
    free(client);
}

static const struct bus_ops FAKE_OPS = {.poll = fake_poll,
                                        .release = fake_release,
                                        .done = fake_done,
                                        .seek = fake_seek,
                                        .pause = fake_pause,
                                        .produce = fake_produce,
                                        .flush = fake_flush,
                                        .mark = fake_mark,
                                        .marked = fake_marked,
                                        .connected = fake_connected,
                                        .joined = fake_joined,
                                        .lag = fake_lag,
                                        .problem = fake_problem,
                                        .free = fake_free};

struct fake_bus *fake_bus_new(struct fake_log *log, const char *topic, const struct bus_watcher *watcher,
                              unsigned seed) {
    return fake_bus_new_two(log, topic, NULL, watcher, seed);
}

struct fake_bus *fake_bus_new_two(struct fake_log *log, const char *topic, const char *beside,
                                  const struct bus_watcher *watcher, unsigned seed) {
    struct client *client = xcalloc(1, sizeof *client);
    client->fake = (struct fake_bus){
        .bus.ops = &FAKE_OPS, .queue_max = 1000, .batch_max = 10, .too_large = 2 << 20, .ack_percent = 50};
    client->log = log;
    client->topics[0] = topic ? xstrdup(topic) : NULL;
    client->topics[1] = beside ? xstrdup(beside) : NULL;
    client->topic_count = beside ? 2 : 1;
    client->watcher = watcher ? *watcher : (struct bus_watcher){0};
    client->seed = seed;
    return &client->fake;
}

void fake_bus_assign(struct fake_bus *fake, const int32_t *partitions, size_t count) {
    struct client *client = client_of(&fake->bus);
    ASSERT(count <= PARTITIONS_MAX);
    if (count)
        memcpy(client->next_mine, partitions, count * sizeof *partitions);
    client->next_count = count;
    client->change = true;
}

void fake_bus_fail(struct fake_bus *fake, size_t nth, enum bus_status status) {
    struct client *client = client_of(&fake->bus);
    client->fail_at = nth;
    client->fail_with = status;
}

size_t fake_bus_calls(const struct fake_bus *fake) {
    return ((const struct client *)(const void *)fake)->calls;
}

size_t fake_bus_in_flight(const struct fake_bus *fake) {
    return ((const struct client *)(const void *)fake)->queued;
}

bool fake_bus_paused(const struct fake_bus *fake) {
    return ((const struct client *)(const void *)fake)->paused;
}

int64_t fake_bus_now(void *fake) {
    return ((const struct client *)fake)->now;
}

void fake_bus_sleep(void *fake, int64_t ms) {
    ((struct client *)fake)->now += ms;
}
