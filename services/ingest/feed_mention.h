/* feed_mention: an entry of a feed as a mention. */
#ifndef EARSHOT_INGEST_FEED_MENTION_H
#define EARSHOT_INGEST_FEED_MENTION_H

#include "feed_memory.h"
#include "feed_parse.h"

/* The host of an http or https address in lower case, without user and port; "" where there is none. */
void feed_host(struct span url, char *out, size_t size);

struct feed_place {
    const char *kind; /* source.kind */
    const char *host; /* of the feed's configured address */
};

/* Which entry it is, over all looks: its guid, else its link, else what it says. */
uint64_t feed_entry_id(const struct feed_entry *entry);
/* What it says. */
uint32_t feed_entry_content(const struct feed_entry *entry);

/* first: when it was seen first, its time where it has none. changed: it was given before and says something
 * else since now. */
void feed_mention_print(const struct feed_entry *entry, const struct feed_place *place, int64_t first,
                        bool changed, int64_t now, struct buf *out);

#endif
