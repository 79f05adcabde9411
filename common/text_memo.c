/* text_memo: sets of WAYS entries; of a full set the one that was given out longest ago goes, unless it is
 * borrowed still. The forms are inside, so that a whole word is two or three lines of the cache. */
#include "text_memo.h"

#include <stdlib.h>

enum { SETS = 1 << 11, WAYS = 2, LINE = 64 };

struct text_memo {
    struct text_memo_entry *entries;
    uint32_t mention;
};

struct text_memo *text_memo_new(void) {
    struct text_memo *memo = xmalloc(sizeof *memo);
    memo->entries = aligned_alloc(LINE, SETS * WAYS * sizeof *memo->entries);
    if (!memo->entries)
        die(EXIT_FAILED, "out of memory");
    text_memo_clear(memo);
    return memo;
}

void text_memo_free(struct text_memo **memo) {
    if (!*memo)
        return;
    free((*memo)->entries);
    free(*memo);
    *memo = NULL;
}

void text_memo_clear(struct text_memo *memo) {
    for (size_t i = 0; i < SETS * WAYS; i++)
        memo->entries[i].used = 0;
    memo->mention = 1;
}

void text_memo_next(struct text_memo *memo) {
    if (++memo->mention == 0)
        text_memo_clear(memo);
}

static struct text_memo_entry *set_of(const struct text_memo *memo, uint64_t hash) {
    return memo->entries + hash % SETS * WAYS;
}

const struct text_memo_entry *text_memo_find(struct text_memo *memo, const struct text_memo_key *key) {
    struct text_memo_entry *entry = set_of(memo, key->hash);
    for (size_t way = 0; way < WAYS; way++, entry++) {
        if (entry->hash != key->hash || !entry->used || entry->len != key->raw.len ||
            memcmp(entry->raw, key->raw.ptr, key->raw.len) != 0)
            continue;
        entry->used = memo->mention;
        return entry;
    }
    return NULL;
}

struct text_memo_entry *text_memo_add(struct text_memo *memo, const struct text_memo_key *key) {
    struct text_memo_entry *entry = set_of(memo, key->hash);
    for (size_t way = 1; way < WAYS; way++)
        if (set_of(memo, key->hash)[way].used < entry->used)
            entry = set_of(memo, key->hash) + way;
    if (entry->used == memo->mention)
        return NULL;
    entry->hash = key->hash;
    entry->used = memo->mention;
    entry->len = (uint8_t)key->raw.len;
    entry->key_count = 0;
    memcpy(entry->raw, key->raw.ptr, key->raw.len);
    return entry;
}
