/* match_heads: a word is asked for at the lengths that heads have, which are few. A head has at most one
 * prefix, and wildcard words enough to be a list: of a list, those of the wrong length or end are passed
 * over, the others tried letter by letter. */
#include "match_patterns_parts.h"

#include <stdlib.h>

/* Hashes of a word's first bytes, length after length. */
struct head_hash {
    struct span word;
    size_t at;             /* of the eight bytes in block */
    uint64_t state, block; /* block: zeros behind the word's end */
};

static uint64_t eight_of(struct span word, size_t at) {
    uint64_t eight = 0;
    size_t left = word.len - at;
    if (left >= 8)
        memcpy(&eight, word.ptr + at, 8);
    else if (left > 0)
        memcpy(&eight, word.ptr + at, left);
    return eight;
}

static void head_hash_begin(struct head_hash *hash, uint64_t seed, struct span word) {
    *hash = (struct head_hash){.word = word, .state = pattern_mix(seed + 1), .block = eight_of(word, 0)};
}

/* len never goes down from call to call, nor over the word's end. */
static inline uint64_t head_hash_of(struct head_hash *hash, size_t len) {
    while (len - hash->at > 8) {
        hash->state = pattern_mix(hash->state ^ hash->block);
        hash->at += 8;
        hash->block = eight_of(hash->word, hash->at);
    }
    size_t used = len - hash->at;
    uint64_t mask = used ? ~UINT64_C(0) >> (64 - 8 * used) : 0;
    return pattern_mix(((hash->block & mask) ^ hash->state) + len * 0x9E3779B97F4A7C15u);
}

/* Building ------------------------------------------------------------------------------------------------
 */

struct filed {
    uint32_t at, len, number; /* len: of the head */
    const char *texts;
};

static size_t head_len(const struct match_patterns *patterns, uint32_t number) {
    struct span text = pattern_text(patterns, number);
    size_t len = 0;
    while (len < text.len &&
           (patterns->all[number].kind == PATTERN_PREFIX || (text.ptr[len] != '*' && text.ptr[len] != '?')))
        len++;
    return len;
}

static int by_head(const void *a, const void *b) {
    const struct filed *x = a, *y = b;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    int order = memcmp(x->texts + x->at, y->texts + y->at, x->len);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

static bool same_head(const struct filed *a, const struct filed *b) {
    return a->len == b->len && memcmp(a->texts + a->at, b->texts + b->at, a->len) == 0;
}

/* The prefixes and wildcard words, by head and number; their number. */
static size_t file(const struct match_patterns *patterns, struct filed **out) {
    size_t count = 0;
    *out = xmalloc(patterns->count * sizeof **out);
    for (uint32_t i = 0; i < patterns->count; i++)
        if (patterns->all[i].kind != PATTERN_FUZZY)
            (*out)[count++] = (struct filed){.at = patterns->all[i].at,
                                             .len = (uint32_t)head_len(patterns, i),
                                             .number = i,
                                             .texts = patterns->texts};
    qsort(*out, count, sizeof **out, by_head);
    return count;
}

static size_t least_bytes(struct span text) {
    size_t least = 0;
    for (size_t i = 0; i < text.len; i++)
        least += text.ptr[i] != '*';
    return least;
}

static void add_tail(struct match_patterns *patterns, struct pattern_head *head, uint32_t number) {
    struct span text = pattern_text(patterns, number);
    size_t least = least_bytes(text);
    char end = text.len ? text.ptr[text.len - 1] : 0;
    if (head->count++ == 0)
        head->first = (uint32_t)patterns->heads.tail_count;
    patterns->heads.tails[patterns->heads.tail_count++] =
        (struct pattern_tail){.number = number,
                              .least = least < UINT16_MAX ? (uint16_t)least : UINT16_MAX,
                              .end = end == '*' || end == '?' ? 0 : (unsigned char)end};
    if (least < patterns->shortest)
        patterns->shortest = least;
}

static void add_filed(struct match_patterns *patterns, const struct filed *filed, bool first_of_head) {
    struct pattern_heads *heads = &patterns->heads;
    if (first_of_head) {
        heads->heads[heads->head_count++] =
            (struct pattern_head){.at = filed->at, .len = filed->len, .prefix = PATTERN_NONE};
        if (heads->length_count == 0 || heads->lengths[heads->length_count - 1] != filed->len)
            heads->lengths[heads->length_count++] = filed->len;
    }
    struct pattern_head *head = &heads->heads[heads->head_count - 1];
    if (patterns->all[filed->number].kind == PATTERN_WILDCARD) {
        add_tail(patterns, head, filed->number);
        return;
    }
    head->prefix = filed->number;
    if (filed->len < patterns->shortest)
        patterns->shortest = filed->len;
}

static void add_slots(struct match_patterns *patterns) {
    struct pattern_heads *heads = &patterns->heads;
    heads->slot_count = 16;
    while (heads->slot_count < heads->head_count * 2)
        heads->slot_count *= 2;
    heads->slots = xmalloc(heads->slot_count * sizeof *heads->slots);
    for (size_t i = 0; i < heads->slot_count; i++)
        heads->slots[i] = (struct pattern_slot){.head = PATTERN_NONE};
    pattern_bloom_init(&heads->bloom, heads->head_count);
    for (uint32_t i = 0; i < heads->head_count; i++) {
        const struct pattern_head *head = &heads->heads[i];
        struct head_hash hash;
        head_hash_begin(&hash, patterns->seed, (struct span){patterns->texts + head->at, head->len});
        uint64_t mixed = head_hash_of(&hash, head->len);
        pattern_bloom_add(&heads->bloom, mixed);
        size_t slot = mixed & (heads->slot_count - 1);
        while (heads->slots[slot].head != PATTERN_NONE)
            slot = (slot + 1) & (heads->slot_count - 1);
        heads->slots[slot] = (struct pattern_slot){.tag = (uint32_t)(mixed >> 32), .head = i};
    }
}

void pattern_heads_build(struct match_patterns *patterns) {
    struct filed *filed;
    size_t count = file(patterns, &filed);
    if (count > 0) {
        struct pattern_heads *heads = &patterns->heads;
        heads->heads = xmalloc(count * sizeof *heads->heads);
        heads->tails = xmalloc(count * sizeof *heads->tails);
        heads->lengths = xmalloc(count * sizeof *heads->lengths);
        for (size_t i = 0; i < count; i++)
            add_filed(patterns, &filed[i], i == 0 || !same_head(&filed[i - 1], &filed[i]));
        heads->heads = xrealloc(heads->heads, heads->head_count * sizeof *heads->heads);
        heads->tails = xrealloc(heads->tails, (heads->tail_count + 1) * sizeof *heads->tails);
        heads->lengths = xrealloc(heads->lengths, heads->length_count * sizeof *heads->lengths);
        add_slots(patterns);
    }
    free(filed);
}

void pattern_heads_free(struct pattern_heads *heads) {
    free(heads->bloom.words);
    free(heads->slots);
    free(heads->lengths);
    free(heads->heads);
    free(heads->tails);
}

size_t pattern_heads_bytes(const struct pattern_heads *heads) {
    return heads->bloom.count * 8 + heads->slot_count * sizeof *heads->slots +
           heads->length_count * sizeof *heads->lengths + heads->head_count * sizeof *heads->heads +
           heads->tail_count * sizeof *heads->tails;
}

/* Finding -------------------------------------------------------------------------------------------------
 */

/* Both texts from `at`, where they were equal before. Where they part, the last * takes one character more:
 * going back further would find nothing new, so time is at most the product of the lengths. */
static bool is_wildcard_word(const struct pattern_try *try, struct span pattern, size_t at) {
    struct span word = try->word;
    size_t p = at, w = at, star = SIZE_MAX, resume = 0;
    while (w < word.len) {
        if (!pattern_spend(try, 1))
            return false;
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            resume = w;
            if (p == pattern.len)
                return true;
        } else if (p < pattern.len && pattern.ptr[p] == '?') {
            w += pattern_character_len(word, w);
            p++;
        } else if (p < pattern.len && pattern.ptr[p] == word.ptr[w]) {
            w++;
            p++;
        } else if (star != SIZE_MAX) {
            resume += pattern_character_len(word, resume);
            w = resume;
            p = star;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static void try_tails(const struct pattern_try *try, const struct pattern_head *head) {
    const struct pattern_tail *tails = try->patterns->heads.tails + head->first;
    struct span word = try->word;
    unsigned char end = word.len ? (unsigned char)word.ptr[word.len - 1] : 0;
    for (uint32_t i = 0; i < head->count; i++) {
        if (!pattern_spend(try, 1))
            return;
        if (tails[i].least > word.len || (tails[i].end != 0 && tails[i].end != end))
            continue;
        if (is_wildcard_word(try, pattern_text(try->patterns, tails[i].number), head->len))
            pattern_list_add(&try->work->found, tails[i].number);
    }
}

static void try_head(const struct pattern_try *try, uint64_t hash, size_t len) {
    const struct pattern_heads *heads = &try->patterns->heads;
    size_t mask = heads->slot_count - 1;
    for (size_t i = hash & mask; heads->slots[i].head != PATTERN_NONE; i = (i + 1) & mask) {
        const struct pattern_head *head = &heads->heads[heads->slots[i].head];
        struct span text = {try->patterns->texts + head->at, head->len};
        if (heads->slots[i].tag != (uint32_t)(hash >> 32) ||
            !span_eq(text, (struct span){try->word.ptr, len}))
            continue;
        if (head->prefix != PATTERN_NONE)
            pattern_list_add(&try->work->found, head->prefix);
        try_tails(try, head);
        return;
    }
}

void pattern_heads_find(const struct pattern_try *try) {
    const struct pattern_heads *heads = &try->patterns->heads;
    struct head_hash hash;
    head_hash_begin(&hash, try->patterns->seed, try->word);
    for (size_t i = 0; i < heads->length_count && heads->lengths[i] <= try->word.len; i++) {
        if (!pattern_spend(try, 1))
            return;
        uint64_t mixed = head_hash_of(&hash, heads->lengths[i]);
        if (pattern_bloom_has(&heads->bloom, mixed))
            try_head(try, mixed, heads->lengths[i]);
    }
}
