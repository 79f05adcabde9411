/* repeats: what came lately, so that an item that its source delivers twice is counted once. Pure.
 *
 * A raw record is a repetition when one of the `window` records before it in its partition has the same key
 * and the same content (type, updated_at, title, text). Places are offsets: a record that is broken takes one
 * too. 24 bytes a record: 64 partitions of 4,096 are 8 MiB. */
#ifndef EARSHOT_REPEATS_H
#define EARSHOT_REPEATS_H

#include "earshot/base.h"
#include "earshot/mention.h"

enum { REPEATS_SECRET = 16 }; /* bytes */

enum repeats_kind {
    REPEATS_NEW,
    REPEATS_SAME,    /* same key, same content */
    REPEATS_CHANGED, /* same key, other content */
};

struct repeats;

/* secret: random, of this process: nobody can write two mentions that look the same. */
struct repeats *repeats_new(int window, const unsigned char secret[REPEATS_SECRET]) MUST_CHECK;
void repeats_free(struct repeats **repeats);

/* Judges the record and remembers it. The same offset again is judged the same again. */
enum repeats_kind repeats_see(struct repeats *repeats, int32_t partition, int64_t offset, struct span key,
                              const struct mention *mention);
/* Forgets a partition: it is another worker's now. */
void repeats_forget(struct repeats *repeats, int32_t partition);

#endif
