/* match_memo: what was found for words seen of late, a line of the cache a set: two short words or a long
 * one. What a word cost when it was tried is paid again from the budget when the memo knows it, so that the
 * memo changes nothing but the time. */
#include "match_patterns_parts.h"

#include <stdlib.h>

enum {
    SET_BITS = 16,
    LINE = 64,
    SHORT_MAX = 24, /* bytes of a word of which a set holds two */
    LONG_MAX = 56,  /* longer words are tried each time */
    FOUND_MAX = 4096,
    POOL_SIZE = 1 << 17, /* numbers */
};

/* A long word goes on in the second slot of its set. */
struct memo_slot {
    uint8_t len;   /* 0: free */
    uint8_t count; /* of numbers: 0, 1, or 2 for more */
    uint16_t steps;
    uint32_t found; /* the number; of more, where in the pool their count is, and they behind it */
    char word[SHORT_MAX];
};
_Static_assert(sizeof(struct memo_slot) * 2 == LINE, "a set is a line of the cache");

struct match_memo {
    void *memory; /* of the slots, before they are aligned */
    struct memo_slot (*sets)[2];
    uint64_t generation;
    uint32_t *pool;
    size_t pool_used;
    struct pattern_work work;
};

struct match_memo *match_memo_new(void) {
    struct match_memo *memo = xcalloc(1, sizeof *memo);
    memo->memory = xcalloc(((size_t)1 << SET_BITS) + 1, LINE);
    memo->sets = (struct memo_slot(*)[2])(((uintptr_t)memo->memory + LINE - 1) / LINE * LINE);
    memo->pool = xmalloc(POOL_SIZE * sizeof *memo->pool);
    return memo;
}

void match_memo_free(struct match_memo **at) {
    struct match_memo *memo = *at;
    *at = NULL;
    if (!memo)
        return;
    free(memo->memory);
    free(memo->pool);
    free(memo->work.found.numbers);
    free(memo->work.groups.numbers);
    free(memo->work.codes);
    free(memo);
}

void match_memo_prefetch(const struct match_memo *memo, uint64_t hash) {
    __builtin_prefetch(memo->sets[hash >> (64 - SET_BITS)]);
}

static void forget(struct match_memo *memo) {
    memset(memo->sets, 0, LINE << SET_BITS);
    memo->pool_used = 0;
}

static void belong_to(struct match_memo *memo, const struct match_patterns *patterns) {
    forget(memo);
    memo->generation = patterns->generation;
    memo->work.codes =
        xrealloc(memo->work.codes, ((size_t)patterns->fuzzy.longest + 1) * sizeof *memo->work.codes);
}

void pattern_list_grow(struct pattern_list *list) {
    list->cap = list->cap * 2 + 64;
    list->numbers = xrealloc(list->numbers, list->cap * sizeof *list->numbers);
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_few(uint32_t *numbers, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint32_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

static bool is_sorted(const uint32_t *numbers, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (numbers[i - 1] > numbers[i])
            return false;
    return true;
}

void pattern_list_sort(struct pattern_list *list) {
    enum { FEW = 24 };
    size_t once = 0;
    if (list->count <= FEW)
        sort_few(list->numbers, list->count);
    else if (!is_sorted(list->numbers, list->count))
        qsort(list->numbers, list->count, sizeof *list->numbers, by_value);
    for (size_t i = 0; i < list->count; i++)
        if (once == 0 || list->numbers[once - 1] != list->numbers[i])
            list->numbers[once++] = list->numbers[i];
    list->count = once;
}

static void try_word(const struct pattern_try *try) {
    try->work->found.count = 0;
    if (!pattern_spend(try, 4))
        return;
    pattern_heads_find(try);
    if (!try->budget->cut)
        pattern_fuzzy_find(try);
    pattern_list_sort(&try->work->found);
}

static bool is_word(const struct memo_slot *slot, struct span word) {
    return slot->len == word.len &&
           memcmp((const char *)slot + offsetof(struct memo_slot, word), word.ptr, word.len) == 0;
}

/* The word's slot, the first of its set now; NULL. */
static const struct memo_slot *recall(struct memo_slot *set, struct span word) {
    if (is_word(&set[0], word))
        return set;
    if (set[0].len > SHORT_MAX || word.len > SHORT_MAX || !is_word(&set[1], word))
        return NULL;
    struct memo_slot second = set[1];
    set[1] = set[0];
    set[0] = second;
    return set;
}

/* In the place of the one of its set that was seen longer ago. */
static void remember(struct match_memo *memo, struct memo_slot *set, struct span word, uint64_t steps) {
    const struct pattern_list *found = &memo->work.found;
    if (found->count > FOUND_MAX || steps > UINT16_MAX)
        return;
    if (memo->pool_used + found->count + 1 > POOL_SIZE)
        forget(memo);
    if (set[0].len > SHORT_MAX || word.len > SHORT_MAX)
        set[1].len = 0;
    else
        set[1] = set[0];
    set[0].len = (uint8_t)word.len;
    set[0].count = found->count < 2 ? (uint8_t)found->count : 2;
    set[0].steps = (uint16_t)steps;
    memcpy((char *)set + offsetof(struct memo_slot, word), word.ptr, word.len);
    set[0].found = found->count == 1 ? found->numbers[0] : (uint32_t)memo->pool_used;
    if (found->count < 2)
        return;
    memo->pool[memo->pool_used++] = (uint32_t)found->count;
    memcpy(memo->pool + memo->pool_used, found->numbers, found->count * sizeof *memo->pool);
    memo->pool_used += found->count;
}

static const uint32_t *found_of(const struct match_memo *memo, const struct memo_slot *slot, size_t *count) {
    *count = slot->count;
    if (slot->count < 2)
        return &slot->found;
    *count = memo->pool[slot->found];
    return memo->pool + slot->found + 1;
}

const uint32_t *match_patterns_find(const struct match_patterns *patterns, struct match_memo *memo,
                                    uint64_t hash, struct span word, struct pattern_budget *budget,
                                    size_t *count) {
    ASSERT(patterns->closed);
    *count = 0;
    if (word.len < patterns->shortest || budget->cut)
        return NULL;
    if (memo->generation != patterns->generation)
        belong_to(memo, patterns);
    bool fits = word.len > 0 && word.len <= LONG_MAX;
    struct memo_slot *set = memo->sets[hash >> (64 - SET_BITS)];
    const struct memo_slot *known = fits ? recall(set, word) : NULL;
    if (known && budget->steps + known->steps <= budget->limit) {
        budget->steps += known->steps;
        return found_of(memo, known, count);
    }
    struct pattern_try try = {.patterns = patterns, .work = &memo->work, .word = word, .budget = budget};
    uint64_t steps = budget->steps;
    try_word(&try);
    if (fits && !budget->cut)
        remember(memo, set, word, budget->steps - steps);
    *count = memo->work.found.count;
    return memo->work.found.numbers;
}
