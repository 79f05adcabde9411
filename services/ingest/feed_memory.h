/* feed_memory: what is remembered of a feed between two looks and over a restart: its validators and which
 * entries were given, with what content. It is the feed's cursor:
 * {"etag":…,"modified":…,"seen":["ID CONTENT FIRST",…]}, numbers in hexadecimal. */
#ifndef EARSHOT_INGEST_FEED_MEMORY_H
#define EARSHOT_INGEST_FEED_MEMORY_H

#include "earshot/buf.h"

/* Entries that are gone from the document are forgotten beyond this, the oldest first; those in it never. */
enum { FEED_SEEN_MAX = 1000 };

struct feed_seen {
    uint64_t id;
    uint32_t content;
    uint32_t look; /* in which it was in the document last; not kept */
    int64_t first; /* Unix seconds of its first sight */
};

struct feed_memory {
    char *etag, *modified; /* of the document whose entries were all given; NULL: none */
    struct feed_seen *seen;
    size_t count, room;
    uint32_t look;
};

void feed_memory_free(struct feed_memory *memory);
/* false: it is no such cursor; memory is empty. */
bool feed_memory_parse(struct span text, struct feed_memory *out) MUST_CHECK;
void feed_memory_print(const struct feed_memory *memory, struct buf *out);

/* A document came. */
void feed_memory_begin(struct feed_memory *memory);
/* NULL: not seen. Marks it as in the document. */
struct feed_seen *feed_memory_find(struct feed_memory *memory, uint64_t id);
void feed_memory_add(struct feed_memory *memory, uint64_t id, uint32_t content, int64_t first);
/* All its entries were given: its validators (NULL: none) count from now on. */
void feed_memory_end(struct feed_memory *memory, const char *etag, const char *modified);

/* FNV-1a, 64 bits, from a former value on; the first is FEED_HASH. */
#define FEED_HASH UINT64_C(0xcbf29ce484222325)
uint64_t feed_hash(uint64_t value, struct span bytes);

#endif
