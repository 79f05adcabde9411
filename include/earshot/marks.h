/* marks: how far each shard has folded each partition, as Redis keeps it in S:marks (common/functions.lua).
 * In memory they run ahead by what is under way; after any failure they are read again. */
#ifndef EARSHOT_MARKS_H
#define EARSHOT_MARKS_H

#include "earshot/base.h"

enum { MARK_BYTES = 16 };

struct mark {
    int64_t raw;  /* the greatest raw offset folded; -1: none */
    int64_t next; /* the enriched offset to go on from; -1: none, from the beginning */
};

struct marks;

/* All none. */
struct marks *marks_new(int shards, int partitions) MUST_CHECK;
void marks_free(struct marks **marks);

struct mark *marks_at(struct marks *marks, int shard, int32_t partition);
/* The stored form of one shard's; false: it is none, or of more partitions than there are. */
bool marks_read(struct marks *marks, int shard, struct span stored) MUST_CHECK;
void mark_print(struct mark mark, char out[MARK_BYTES]);
/* Where reading must begin so that every shard misses nothing; -1: the beginning. */
int64_t marks_begin(struct marks *marks, int32_t partition) MUST_CHECK;

#endif
