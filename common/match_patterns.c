/* match_patterns: most words of most texts match nothing, and most words come again: the memo answers for
 * those, and a try rests on filters that say no. */
#include "match_patterns_parts.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64, BLOOM_BITS_A_KEY = 12 };

void pattern_bloom_init(struct pattern_bloom *bloom, size_t keys) {
    bloom->count = keys * BLOOM_BITS_A_KEY / 64 + 1;
    bloom->words = xcalloc(bloom->count, sizeof *bloom->words);
}

struct match_patterns *match_patterns_new(uint64_t seed) {
    struct match_patterns *patterns = xcalloc(1, sizeof *patterns);
    patterns->seed = seed;
    patterns->generation = pattern_mix(seed);
    patterns->slot_count = FIRST_SLOTS;
    patterns->slots = xmalloc(FIRST_SLOTS * sizeof *patterns->slots);
    memset(patterns->slots, 0xFF, FIRST_SLOTS * sizeof *patterns->slots);
    patterns->text_cap = FIRST_SLOTS;
    patterns->texts = xmalloc(FIRST_SLOTS);
    return patterns;
}

void match_patterns_free(struct match_patterns **at) {
    struct match_patterns *patterns = *at;
    *at = NULL;
    if (!patterns)
        return;
    pattern_heads_free(&patterns->heads);
    pattern_fuzzy_free(&patterns->fuzzy);
    free(patterns->texts);
    free(patterns->all);
    free(patterns->slots);
    free(patterns);
}

static uint64_t hash_of(uint64_t hash, const struct pattern *pattern, const char *text) {
    hash = pattern_mix(hash ^ ((uint64_t)pattern->len << 16 | (uint64_t)pattern->kind << 8 | pattern->edits));
    for (size_t i = 0; i < pattern->len; i += 8) {
        uint64_t eight = 0;
        memcpy(&eight, text + i, pattern->len - i < 8 ? pattern->len - i : 8);
        hash = pattern_mix(hash ^ eight);
    }
    return hash;
}

/* The pattern's slot, or the free one where it would be. */
static uint32_t *slot_of(const struct match_patterns *patterns, const struct pattern *pattern,
                         const char *text) {
    size_t mask = patterns->slot_count - 1;
    for (size_t i = hash_of(patterns->seed, pattern, text) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &patterns->slots[i];
        if (*slot == PATTERN_NONE)
            return slot;
        const struct pattern *other = &patterns->all[*slot];
        if (other->kind == pattern->kind && other->edits == pattern->edits &&
            span_eq(pattern_text(patterns, *slot), (struct span){text, pattern->len}))
            return slot;
    }
}

static void double_slots(struct match_patterns *patterns) {
    patterns->slot_count *= 2;
    patterns->slots = xrealloc(patterns->slots, patterns->slot_count * sizeof *patterns->slots);
    memset(patterns->slots, 0xFF, patterns->slot_count * sizeof *patterns->slots);
    for (uint32_t i = 0; i < patterns->count; i++)
        *slot_of(patterns, &patterns->all[i], patterns->texts + patterns->all[i].at) = i;
}

static uint32_t copy_text(struct match_patterns *patterns, struct span text) {
    size_t need = patterns->text_len + text.len;
    ASSERT(need < UINT32_MAX);
    if (need > patterns->text_cap) {
        patterns->text_cap = need * 2;
        patterns->texts = xrealloc(patterns->texts, patterns->text_cap);
    }
    if (text.len)
        memcpy(patterns->texts + patterns->text_len, text.ptr, text.len);
    patterns->text_len = need;
    return (uint32_t)(need - text.len);
}

uint32_t match_patterns_add(struct match_patterns *patterns, enum pattern_kind kind, struct span text,
                            unsigned edits) {
    ASSERT(!patterns->closed && text.len < UINT32_MAX);
    ASSERT(kind == PATTERN_FUZZY ? edits >= 1 && edits <= PATTERN_EDITS_MAX : edits == 0);
    if (patterns->count * 2 >= patterns->slot_count)
        double_slots(patterns);
    struct pattern pattern = {.len = (uint32_t)text.len, .kind = (uint8_t)kind, .edits = (uint8_t)edits};
    uint32_t *slot = slot_of(patterns, &pattern, text.ptr);
    if (*slot != PATTERN_NONE)
        return *slot;
    pattern.at = copy_text(patterns, text);
    if (patterns->count == patterns->cap) {
        patterns->cap = patterns->cap * 2 + 16;
        patterns->all = xrealloc(patterns->all, patterns->cap * sizeof *patterns->all);
    }
    patterns->all[patterns->count] = pattern;
    patterns->generation = hash_of(patterns->generation, &pattern, text.ptr);
    return *slot = (uint32_t)patterns->count++;
}

void match_patterns_close(struct match_patterns *patterns) {
    ASSERT(!patterns->closed);
    patterns->closed = true;
    patterns->shortest = SIZE_MAX;
    free(patterns->slots);
    patterns->slots = NULL;
    if (patterns->count == 0)
        return;
    patterns->texts = xrealloc(patterns->texts, patterns->text_len + 1);
    patterns->text_cap = patterns->text_len + 1;
    patterns->all = xrealloc(patterns->all, patterns->count * sizeof *patterns->all);
    patterns->cap = patterns->count;
    pattern_heads_build(patterns);
    pattern_fuzzy_build(patterns);
}

size_t match_patterns_count(const struct match_patterns *patterns) {
    return patterns->count;
}

size_t match_patterns_bytes(const struct match_patterns *patterns) {
    return sizeof *patterns + patterns->text_cap + patterns->cap * sizeof *patterns->all +
           pattern_heads_bytes(&patterns->heads) + pattern_fuzzy_bytes(&patterns->fuzzy);
}
