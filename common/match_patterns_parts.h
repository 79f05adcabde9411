/* The inside of match_patterns, for its files. */
#ifndef COMMON_MATCH_PATTERNS_PARTS_H
#define COMMON_MATCH_PATTERNS_PARTS_H

#include "match_patterns.h"

#define PATTERN_NONE UINT32_MAX

enum { PATTERN_EDITS_MAX = 2 };

/* Characters ----------------------------------------------------------------------------------------------
 */

/* Bytes of the character that text[at] begins. */
static inline size_t pattern_character_len(struct span text, size_t at) {
    unsigned char first = (unsigned char)text.ptr[at];
    size_t len = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return len < text.len - at ? len : text.len - at;
}

/* The character at text[*at], as its bytes in one number: which character it is, not its code. */
static inline uint32_t pattern_character(struct span text, size_t *at) {
    size_t end = *at + pattern_character_len(text, *at);
    uint32_t character = 0;
    for (; *at < end; ++*at)
        character = character << 8 | (unsigned char)text.ptr[*at];
    return character;
}

/* Hashes --------------------------------------------------------------------------------------------------
 */

static inline uint64_t pattern_mix(uint64_t hash) {
    hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
    hash = (hash ^ hash >> 29) * 0xC4CEB9FE1A85EC53u;
    return hash ^ hash >> 32;
}

/* Three bits of one word of 64 for each key, whatever the size: a miss costs one line of the cache. */
struct pattern_bloom {
    uint64_t *words;
    uint64_t count;
};

static inline uint64_t *pattern_bloom_word(const struct pattern_bloom *bloom, uint64_t hash) {
    return &bloom->words[(hash >> 32) * bloom->count >> 32];
}

static inline uint64_t pattern_bloom_bits(uint64_t hash) {
    return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) | UINT64_C(1) << (hash >> 12 & 63);
}

static inline bool pattern_bloom_has(const struct pattern_bloom *bloom, uint64_t hash) {
    uint64_t bits = pattern_bloom_bits(hash);
    return (*pattern_bloom_word(bloom, hash) & bits) == bits;
}

static inline void pattern_bloom_add(const struct pattern_bloom *bloom, uint64_t hash) {
    *pattern_bloom_word(bloom, hash) |= pattern_bloom_bits(hash);
}

/* Room for so many keys. */
void pattern_bloom_init(struct pattern_bloom *bloom, size_t keys);

/* Patterns ------------------------------------------------------------------------------------------------
 */

struct pattern {
    uint32_t at, len; /* bytes in texts */
    uint8_t kind, edits;
};

/* The literal letters that patterns begin with. */
struct pattern_head {
    uint32_t at, len;      /* bytes in texts */
    uint32_t prefix;       /* the prefix that is these letters; PATTERN_NONE */
    uint32_t first, count; /* the wildcard words that go on behind them, in tails */
};

struct pattern_tail {
    uint32_t number;
    uint16_t least;    /* bytes of the shortest word that it can be, UINT16_MAX: at least those */
    unsigned char end; /* the last byte of every such word; 0: any */
};

struct pattern_slot {
    uint32_t tag, head;
};

/* Prefixes and wildcard words: each is filed under its head, and a head is looked for at the lengths that
 * heads have. */
struct pattern_heads {
    struct pattern_bloom bloom;
    struct pattern_slot *slots;
    size_t slot_count; /* a power of two */
    uint32_t *lengths; /* of heads, in bytes, ascending, each once */
    size_t length_count;
    struct pattern_head *heads;
    size_t head_count;
    struct pattern_tail *tails;
    size_t tail_count;
};

/* Only so many of a fuzzy word's first characters are in the table. */
enum { FUZZY_HEAD = 8, FUZZY_CLASSES = PATTERN_EDITS_MAX * (FUZZY_HEAD + 1) };

/* Fuzzy words of one number of edits whose heads are of one length, so that all but the longest have one
 * length themselves. */
struct fuzzy_class {
    uint32_t len, left; /* characters of a head, and of what is left of it without `edits` */
    uint32_t edits;
    uint32_t least, most; /* characters of a word that they may match */
    uint64_t salt;
};

/* A group is of fuzzy words of one class that begin alike: cells hold its edits, its number of words, and for
 * each of those its number, its length, its characters. */
struct fuzzy_place {
    uint32_t tag;
    uint32_t group; /* where in cells; with FUZZY_LINKED: the first of links; PATTERN_NONE: free */
};

struct fuzzy_link {
    uint32_t group, next;
};

#define FUZZY_LINKED (UINT32_C(1) << 31)

/* A fuzzy word and a word that it matches have, of their first characters, some in common that are left when
 * up to `edits` are taken out of each: all that can be left of the fuzzy words is in the table. */
struct pattern_fuzzy {
    struct pattern_bloom bloom;
    struct fuzzy_class classes[FUZZY_CLASSES];
    size_t class_count;
    uint32_t shortest, longest; /* characters of a word that may match */
    uint64_t salt;
    uint64_t weights[FUZZY_HEAD];
    struct fuzzy_place *places;
    size_t place_count;
    struct fuzzy_link *links;
    size_t link_count;
    uint32_t *cells;
    size_t cell_count;
};

struct match_patterns {
    uint64_t seed;
    uint64_t generation; /* a hash of seed and patterns: a memo's knowledge is of it */
    char *texts;
    size_t text_len, text_cap;
    struct pattern *all;
    size_t count, cap;
    uint32_t *slots; /* while patterns are added: numbers by hash; PATTERN_NONE */
    size_t slot_count;
    size_t shortest; /* bytes of a word that may match */
    struct pattern_heads heads;
    struct pattern_fuzzy fuzzy;
    bool closed;
};

static inline struct span pattern_text(const struct match_patterns *patterns, uint32_t number) {
    const struct pattern *pattern = &patterns->all[number];
    return (struct span){patterns->texts + pattern->at, pattern->len};
}

struct pattern_list {
    uint32_t *numbers;
    size_t count, cap;
};

void pattern_list_grow(struct pattern_list *list);
/* Ascending, each once. */
void pattern_list_sort(struct pattern_list *list);

static inline void pattern_list_add(struct pattern_list *list, uint32_t number) {
    if (list->count == list->cap)
        pattern_list_grow(list);
    list->numbers[list->count++] = number;
}

/* Memory of a memo in which a word is tried. */
struct pattern_work {
    struct pattern_list found, groups;
    uint32_t *codes; /* of the word: room for fuzzy.longest */
};

/* One word that is tried. */
struct pattern_try {
    const struct match_patterns *patterns;
    struct pattern_work *work;
    struct span word;
    struct pattern_budget *budget;
};

/* false: the budget is spent; the try ends. */
static inline bool pattern_spend(const struct pattern_try *try, uint64_t steps) {
    struct pattern_budget *budget = try->budget;
    budget->steps += steps;
    if (budget->steps <= budget->limit)
        return true;
    budget->cut = true;
    return false;
}

/* Both builders find the patterns of their kinds in `all`. */
void pattern_heads_build(struct match_patterns *patterns);
void pattern_heads_free(struct pattern_heads *heads);
size_t pattern_heads_bytes(const struct pattern_heads *heads);
void pattern_heads_find(const struct pattern_try *try);

void pattern_fuzzy_build(struct match_patterns *patterns);
void pattern_fuzzy_free(struct pattern_fuzzy *fuzzy);
size_t pattern_fuzzy_bytes(const struct pattern_fuzzy *fuzzy);
void pattern_fuzzy_find(const struct pattern_try *try);

/* At most that many edits apart. */
bool pattern_near(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len, unsigned edits);

#endif
