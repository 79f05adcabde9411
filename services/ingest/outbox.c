/* outbox: pure. What a dead letter says is CONTRACTS.md's. */
#include "outbox.h"

#include "stamp.h"

#include "earshot/mention.h"

static const struct bus_header SCHEMA = {{"earshot-schema", 14}, {"1", 1}};

static struct span keep(struct arena *arena, struct span text) {
    return (struct span){arena_copy(arena, text), text.len};
}

static struct span number(struct arena *arena, size_t value) {
    return span_of(arena_printf(arena, "%zu", value));
}

static void bury(struct outbox *out, const char *source, const struct item *item, const struct fault *fault,
                 struct arena *arena) {
    struct span from =
        span_of(arena_printf(arena, "%s:%.*s", source, (int)item->position.len, item->position.ptr));
    const struct bus_header headers[] = {
        SCHEMA,
        {SPAN("earshot-reason"), span_of(fault_name(fault->reason))},
        {SPAN("earshot-detail"), keep(arena, span_of(fault->detail))},
        {SPAN("earshot-byte"), number(arena, fault->byte)},
        {SPAN("earshot-from"), from},
        {SPAN("earshot-size"), number(arena, item->size)},
    };
    struct bus_header *copy = arena_alloc(arena, sizeof headers);
    memcpy(copy, headers, sizeof headers);
    size_t len = item->bytes.len < MENTION_BYTES_MAX ? item->bytes.len : MENTION_BYTES_MAX;
    out->reason = fault->reason;
    out->record = (struct bus_out){
        .topic = TOPIC_DEAD,
        .partition = -1,
        .key = from,
        .value = {item->bytes.ptr ? item->bytes.ptr : "", len},
        .headers = copy,
        .header_count = COUNT_OF(headers),
    };
}

void outbox_fill(struct outbox *out, const char *source, const struct item *item, int64_t now,
                 struct arena *arena, struct buf *stamped) {
    struct mention mention;
    struct fault fault;
    if (item->fault) {
        bury(out, source, item, item->fault, arena);
        return;
    }
    if (!mention_read(item->bytes, MENTION_RAW, arena, &mention, &fault)) {
        bury(out, source, item, &fault, arena);
        return;
    }
    out->reason = FAULT_NONE;
    out->record = (struct bus_out){
        .topic = TOPIC_RAW,
        .partition = -1,
        .key = mention.id,
        .value = stamp_times(item->bytes, &mention, item->shift, now, arena, stamped),
        .headers = &SCHEMA,
        .header_count = 1,
    };
}

void outbox_too_large(struct outbox *out, const char *source, const struct item *item, struct arena *arena) {
    if (out->reason != FAULT_NONE) {
        out->record.value = SPAN("");
        return;
    }
    struct fault fault;
    fault_set(&fault, FAULT_SIZE, 0, "%zu bytes, more than the topic's max.message.bytes", item->size);
    bury(out, source, item, &fault, arena);
}
