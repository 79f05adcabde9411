/* expiry: a table without chains: a key that falls on another's place puts it out. 8 MiB, of which only what
 * is used is in memory. */
#include "expiry.h"

#include "earshot/hash.h"

#include <stdlib.h>

enum { SLOTS = 1 << 20, BLOCK_BITS = 28 };

struct expiry {
    uint64_t *slots; /* alert, kind + 1 and block in full, so that two are never taken for one; 0: free */
};

struct expiry *expiry_new(void) {
    struct expiry *expiry = xmalloc(sizeof *expiry);
    expiry->slots = xcalloc(SLOTS, sizeof *expiry->slots);
    return expiry;
}

void expiry_free(struct expiry **expiry) {
    if (*expiry)
        free((*expiry)->slots);
    free(*expiry);
    *expiry = NULL;
}

bool expiry_due(struct expiry *expiry, uint32_t alert, enum layout_kind kind, int64_t block) {
    if (block < 0 || block >= (int64_t)1 << BLOCK_BITS)
        return true;
    uint64_t key = (uint64_t)alert << 32 | (uint64_t)(kind + 1) << BLOCK_BITS | (uint64_t)block;
    uint64_t *slot = &expiry->slots[hash_mix(hash_mix(0, key), key >> 32) % SLOTS];
    bool due = *slot != key;
    *slot = key;
    return due;
}

void expiry_forget(struct expiry *expiry) {
    free(expiry->slots);
    expiry->slots = xcalloc(SLOTS, sizeof *expiry->slots);
}
