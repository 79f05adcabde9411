/* marks: how far each shard has folded each partition, of the mentions and of the actions beside them, as
 * Redis keeps it in S:marks and S:actions (common/functions.lua). In memory they run ahead by what is under
 * way; after any failure they are read again. */
#ifndef EARSHOT_MARKS_H
#define EARSHOT_MARKS_H

#include "earshot/base.h"

enum { MARK_BYTES = 16 };

enum marks_of { MARKS_MENTIONS, MARKS_ACTIONS, MARKS_KINDS };

struct mark {
    int64_t raw;  /* the greatest raw offset folded (of an action: its own); -1: none */
    int64_t next; /* the enriched offset (its own) to go on from; -1: none, from the beginning */
};

static inline bool mark_is_none(struct mark mark) {
    return mark.raw < 0 && mark.next < 0;
}

struct marks;

/* All none. */
struct marks *marks_new(int shards, int partitions) MUST_CHECK;
void marks_free(struct marks **marks);

struct mark *marks_at(struct marks *marks, enum marks_of of, int shard, int32_t partition);
/* The stored form of one shard's; false: it is none, or of more partitions than there are. */
bool marks_read(struct marks *marks, enum marks_of of, int shard, struct span stored) MUST_CHECK;
void mark_print(struct mark mark, char out[MARK_BYTES]);
/* Where reading must begin so that every shard misses nothing; -1: the beginning. */
int64_t marks_begin(struct marks *marks, enum marks_of of, int32_t partition) MUST_CHECK;

#endif
