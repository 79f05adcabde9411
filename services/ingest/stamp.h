/* stamp: the times of a raw mention as ingest writes them. */
#ifndef EARSHOT_INGEST_STAMP_H
#define EARSHOT_INGEST_STAMP_H

#include "earshot/mention.h"

/* json with created_at, updated_at and collected_at moved by shift seconds and in UTC, and collected_at set
 * to now where it is absent or null; everything else byte for byte. json is what mention_read() took as
 * mention; the result is json itself where nothing is to change, else in out. A mention that would grow over
 * its limit goes without collected_at, and failing that as it is. */
struct span stamp_times(struct span json, const struct mention *mention, int64_t shift, int64_t now,
                        struct arena *arena, struct buf *out) MUST_CHECK;

#endif
