/* outbox: an item becomes a record of mentions.raw, or of mentions.dead with the reason. */
#ifndef EARSHOT_INGEST_OUTBOX_H
#define EARSHOT_INGEST_OUTBOX_H

#include "connector.h"

#include "earshot/arena.h"
#include "earshot/bus.h"

#define TOPIC_RAW     "mentions.raw"
#define TOPIC_DEAD    "mentions.dead"
#define TOPIC_CURSORS "cursors"

/* Everything lives in the arena, or in the item's bytes. */
struct outbox {
    struct bus_out record;
    enum fault_reason reason; /* FAULT_NONE: it is a mention */
};

/* now: Unix seconds, for collected_at. stamped is scratch space that must outlive out. */
void outbox_fill(struct outbox *out, const char *source, const struct item *item, int64_t now,
                 struct arena *arena, struct buf *stamped);
/* The mention in out will never fit into Kafka: it becomes a dead letter; a dead letter loses its bytes. */
void outbox_too_large(struct outbox *out, const char *source, const struct item *item, struct arena *arena);

#endif
