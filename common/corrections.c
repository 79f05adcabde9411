/* corrections: an open table of pointers, and a list a shard in the order of time. Most processes never hold
 * one: then finding costs a look at the count. */
#include "earshot/corrections.h"

#include "earshot/hash.h"

#include <stdlib.h>

struct entry {
    struct correction one;
    uint64_t hash;
    struct entry *older, *newer; /* of its shard */
    char text[];                 /* the alert, the mention */
};

struct list {
    struct entry *oldest, *newest;
    size_t count;
};

struct corrections {
    uint64_t seed;
    struct entry **table; /* by hash; a power of two */
    size_t size, count;
    struct list *lists; /* by shard */
    int shards;
};

struct corrections *corrections_new(int shards) {
    struct corrections *corrections = xcalloc(1, sizeof *corrections);
    corrections->seed = hash_seed();
    corrections->size = 256;
    corrections->table = xcalloc(corrections->size, sizeof *corrections->table);
    corrections->lists = xcalloc((size_t)shards, sizeof *corrections->lists);
    corrections->shards = shards;
    return corrections;
}

void corrections_free(struct corrections **corrections) {
    struct corrections *old = *corrections;
    if (!old)
        return;
    corrections_clear(old);
    free(old->table);
    free(old->lists);
    free(old);
    *corrections = NULL;
}

void corrections_clear(struct corrections *corrections) {
    for (size_t i = 0; corrections->count && i < corrections->size; i++) {
        free(corrections->table[i]);
        corrections->table[i] = NULL;
    }
    corrections->count = 0;
    memset(corrections->lists, 0, (size_t)corrections->shards * sizeof *corrections->lists);
}

/* The table. ------------------------------------------------------------------------------------------- */

static uint64_t hash_pair(const struct corrections *corrections, struct span alert, struct span mention) {
    return hash_bytes(hash_bytes(corrections->seed, alert), mention);
}

static size_t place(const struct corrections *corrections, uint64_t hash, struct span alert,
                    struct span mention) {
    size_t at = (size_t)hash & (corrections->size - 1);
    for (;; at = (at + 1) & (corrections->size - 1)) {
        const struct entry *entry = corrections->table[at];
        if (!entry ||
            (entry->hash == hash && span_eq(entry->one.alert, alert) && span_eq(entry->one.mention, mention)))
            return at;
    }
}

static void grow(struct corrections *corrections) {
    struct corrections old = *corrections;
    corrections->size *= 2;
    corrections->table = xcalloc(corrections->size, sizeof *corrections->table);
    for (size_t i = 0; i < old.size; i++) {
        struct entry *entry = old.table[i];
        if (entry)
            corrections->table[place(corrections, entry->hash, entry->one.alert, entry->one.mention)] = entry;
    }
    free(old.table);
}

/* What stands behind it up to the next hole may have been put there because of it: moved up. */
static void take_out(struct corrections *corrections, const struct entry *gone) {
    size_t mask = corrections->size - 1;
    size_t hole = place(corrections, gone->hash, gone->one.alert, gone->one.mention);
    for (size_t at = (hole + 1) & mask; corrections->table[at]; at = (at + 1) & mask) {
        size_t home = (size_t)corrections->table[at]->hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue; /* its home is behind the hole */
        corrections->table[hole] = corrections->table[at];
        hole = at;
    }
    corrections->table[hole] = NULL;
}

/* The lists. ------------------------------------------------------------------------------------------- */

static void append(struct list *list, struct entry *entry) {
    entry->older = list->newest;
    entry->newer = NULL;
    if (list->newest)
        list->newest->newer = entry;
    else
        list->oldest = entry;
    list->newest = entry;
    list->count++;
}

static void forget(struct corrections *corrections, struct entry *entry) {
    struct list *list = &corrections->lists[entry->one.shard];
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        list->oldest = entry->newer;
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        list->newest = entry->older;
    list->count--;
    corrections->count--;
    take_out(corrections, entry);
    free(entry);
}

void corrections_put(struct corrections *corrections, const struct correction *one) {
    uint64_t hash = hash_pair(corrections, one->alert, one->mention);
    struct entry *before = corrections->table[place(corrections, hash, one->alert, one->mention)];
    if (before)
        forget(corrections, before);
    struct list *list = &corrections->lists[one->shard];
    if (list->count >= CORRECTIONS_MAX)
        forget(corrections, list->oldest);
    if (corrections->count * 2 >= corrections->size)
        grow(corrections);
    struct entry *entry = xmalloc(sizeof *entry + one->alert.len + one->mention.len);
    *entry = (struct entry){.one = *one, .hash = hash};
    memcpy(entry->text, one->alert.ptr, one->alert.len);
    memcpy(entry->text + one->alert.len, one->mention.ptr, one->mention.len);
    entry->one.alert.ptr = entry->text;
    entry->one.mention.ptr = entry->text + one->alert.len;
    corrections->table[place(corrections, hash, one->alert, one->mention)] = entry;
    corrections->count++;
    append(list, entry);
}

struct correction *corrections_find(const struct corrections *corrections, struct span alert,
                                    struct span mention) {
    if (corrections->count == 0)
        return NULL;
    uint64_t hash = hash_pair(corrections, alert, mention);
    struct entry *entry = corrections->table[place(corrections, hash, alert, mention)];
    return entry ? &entry->one : NULL;
}

size_t corrections_count(const struct corrections *corrections) {
    return corrections->count;
}

bool corrections_drop(struct corrections *corrections, int shard, int64_t before) {
    struct list *list = &corrections->lists[shard];
    bool any = false;
    for (; list->oldest && list->oldest->one.since < before; any = true)
        forget(corrections, list->oldest);
    return any;
}

/* What Redis keeps. ------------------------------------------------------------------------------------ */

static bool read_score(struct span score, int64_t *out) {
    *out = 0;
    for (size_t i = 0; i < score.len; i++) {
        if (score.ptr[i] < '0' || score.ptr[i] > '9' || *out > INT64_MAX / 100)
            return false;
        *out = *out * 10 + (score.ptr[i] - '0');
    }
    return score.len > 0;
}

bool corrections_read(struct span member, struct span score, struct correction *out) {
    const char *end = member.len ? memchr(member.ptr, '\0', member.len) : NULL;
    int64_t number;
    if (!end || !read_score(score, &number) || number / 2 % 4 >= LABELS)
        return false;
    size_t len = (size_t)(end - member.ptr);
    *out = (struct correction){.alert = {.ptr = member.ptr, .len = len},
                               .mention = {.ptr = end + 1, .len = member.len - len - 1},
                               .label = (enum label)(number / 2 % 4),
                               .since = number / 8,
                               .met = number % 2};
    return true;
}
