/* worker_emit: what a job produces: into its own partition, so that each derived partition repeats the order
 * of the raw one; and the dead letter, which goes wherever its key says. */
#include "worker_loop.h"

#include <inttypes.h>
#include <stdio.h>

enum { DEAD_VALUE_MAX = 256 * 1024, DEAD_HEADERS_MAX = 64 * 1024 };

#define DEAD_TOPIC "mentions.dead"

static const struct bus_header SCHEMA = {{"earshot-schema", 14}, {"1", 1}};

static const struct bus_header *find_header(const struct bus_header *headers, size_t count,
                                            struct span name) {
    for (size_t i = 0; i < count; i++) {
        if (span_eq(headers[i].name, name))
            return &headers[i];
    }
    return NULL;
}

/* The record's headers with the given ones and the schema in place of their namesakes; out has room for
 * all. */
static size_t merge_headers(const struct bus_record *record, const struct bus_header *given,
                            size_t given_count, struct bus_header *out) {
    size_t count = 0;
    for (size_t i = 0; i < record->header_count; i++) {
        struct span name = record->headers[i].name;
        if (!span_eq(name, SCHEMA.name) && !find_header(given, given_count, name))
            out[count++] = record->headers[i];
    }
    if (given_count)
        memcpy(out + count, given, given_count * sizeof *given);
    count += given_count;
    if (!find_header(given, given_count, SCHEMA.name))
        out[count++] = SCHEMA;
    return count;
}

enum verdict worker_emit(struct worker_job *job, const char *topic, struct span value,
                         const struct bus_header *headers, size_t header_count) {
    struct worker *worker = job->worker;
    const struct bus_record *record = job->record;
    struct bus_header *merged =
        arena_alloc(job->arena, (record->header_count + header_count + 1) * sizeof *merged);
    const struct bus_out out = {.topic = topic,
                                .partition = record->partition,
                                .key = record->key,
                                .value = value,
                                .headers = merged,
                                .header_count = merge_headers(record, headers, header_count, merged)};
    switch (bus_produce(worker->bus, &out)) {
    case BUS_OK:
        return VERDICT_DONE;
    case BUS_AGAIN:
        worker->full = topic;
        return VERDICT_RETRY;
    case BUS_TOO_LARGE:
        fault_set(&job->fault, FAULT_SIZE, 0, "grown to %zu bytes, which is more than topic %s takes",
                  value.len, topic);
        return VERDICT_REJECT;
    case BUS_FATAL:
        break;
    }
    worker_broke(worker);
    return VERDICT_RETRY;
}

static size_t headers_size(const struct bus_record *record) {
    size_t size = 0;
    for (size_t i = 0; i < record->header_count; i++)
        size += record->headers[i].name.len + record->headers[i].value.len;
    return size;
}

enum verdict worker_bury(struct worker_job *job) {
    struct worker *worker = job->worker;
    const struct bus_record *record = job->record;
    ASSERT(job->fault.reason != FAULT_NONE);
    struct span from = span_of(arena_printf(job->arena, "%s/%" PRId32 "/%" PRId64, record->topic,
                                            record->partition, record->offset));
    const struct bus_header headers[] = {
        {SPAN("earshot-reason"), span_of(fault_name(job->fault.reason))},
        {SPAN("earshot-detail"), span_of(job->fault.detail)},
        {SPAN("earshot-byte"), span_of(arena_printf(job->arena, "%zu", job->fault.byte))},
        {SPAN("earshot-from"), from},
        {SPAN("earshot-size"), span_of(arena_printf(job->arena, "%zu", record->value.len))},
    };
    struct bus_record bare = *record; /* headers of any size must not keep the letter from being sent */
    if (headers_size(record) > DEAD_HEADERS_MAX)
        bare.header_count = 0;
    struct bus_header *merged =
        arena_alloc(job->arena, (bare.header_count + COUNT_OF(headers) + 1) * sizeof *merged);
    struct bus_out out = {.topic = DEAD_TOPIC,
                          .partition = -1,
                          .key = from,
                          .value = record->value,
                          .headers = merged,
                          .header_count = merge_headers(&bare, headers, COUNT_OF(headers), merged)};
    if (out.value.len > DEAD_VALUE_MAX)
        out.value.len = DEAD_VALUE_MAX;
    enum bus_status status = bus_produce(worker->bus, &out);
    if (status == BUS_OK)
        return VERDICT_DONE;
    if (status == BUS_AGAIN)
        worker->full = DEAD_TOPIC;
    else if (status == BUS_TOO_LARGE)
        worker_fail(worker,
                    "topic " DEAD_TOPIC " does not take a dead letter of %zu bytes: raise its "
                    "max.message.bytes (earshot init sets 2 MiB)",
                    out.value.len);
    else
        worker_broke(worker);
    return VERDICT_RETRY;
}
