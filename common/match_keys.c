/* match_keys: the words of all queries in one table of open addresses, at most half full: most words of most
 * texts are in no query, and cost one look. */
#include "match_parts.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

void match_room(void *array, size_t *cap, size_t need, size_t size) {
    if (need <= *cap)
        return;
    void **memory = array;
    *cap = need * 2 + 16;
    *memory = xrealloc(*memory, *cap * size);
}

void match_keys_init(struct match_keys *keys) {
    *keys = (struct match_keys){.arena = arena_new(4096), .slot_count = FIRST_SLOTS};
    keys->slots = xcalloc(FIRST_SLOTS, sizeof *keys->slots);
}

void match_keys_free(struct match_keys *keys) {
    arena_free(&keys->arena);
    text_set_free(&keys->words);
    free(keys->slots);
    free(keys->links);
    free(keys->owners);
    free(keys->costs);
    free(keys->uses);
}

/* Eight bytes at a time, multiplied and folded. A text cannot choose what is in the table, so the hash has no
 * secret. */
static uint32_t hash_of(enum match_space space, struct span text) {
    uint64_t hash = (text.len + 1) * 0x9E3779B97F4A7C15u + space, word;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        memcpy(&word, text.ptr + i, 8);
        hash = (hash ^ word) * 0xFF51AFD7ED558CCDu;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, text.ptr + i, text.len - i);
    hash = (hash ^ word) * 0xFF51AFD7ED558CCDu;
    hash ^= hash >> 29;
    hash *= 0xC4CEB9FE1A85EC53u;
    return (uint32_t)(hash >> 32);
}

/* The key's slot, or the free one where it would be. */
static struct match_key *slot_of(const struct match_keys *keys, enum match_space space, struct span text,
                                 uint32_t hash) {
    size_t mask = keys->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct match_key *key = &keys->slots[i];
        if (!key->text.ptr || (key->hash == hash && key->space == space && span_eq(key->text, text)))
            return key;
    }
}

uint32_t match_keys_find(const struct match_keys *keys, enum match_space space, struct span text) {
    const struct match_key *key = slot_of(keys, space, text, hash_of(space, text));
    return key->text.ptr ? key->link : MATCH_NONE;
}

static void double_slots(struct match_keys *keys) {
    struct match_key *old = keys->slots;
    size_t count = keys->slot_count;
    keys->slot_count = count * 2;
    keys->slots = xcalloc(keys->slot_count, sizeof *keys->slots);
    for (size_t i = 0; i < count; i++)
        if (old[i].text.ptr)
            *slot_of(keys, (enum match_space)old[i].space, old[i].text, old[i].hash) = old[i];
    free(old);
}

static struct match_key *key_of(struct match_keys *keys, enum match_space space, struct span text) {
    if (keys->used * 2 >= keys->slot_count)
        double_slots(keys);
    uint32_t hash = hash_of(space, text);
    struct match_key *key = slot_of(keys, space, text, hash);
    if (!key->text.ptr) {
        struct span copy = {arena_copy(keys->arena, text), text.len};
        *key = (struct match_key){.text = copy, .hash = hash, .space = space, .link = MATCH_NONE};
        keys->used++;
    }
    return key;
}

static void add_link(struct match_keys *keys, struct match_key *key, uint32_t term, bool strict) {
    match_room(&keys->links, &keys->link_cap, keys->link_count + 1, sizeof *keys->links);
    keys->links[keys->link_count] = (struct match_link){.term = term, .next = key->link, .strict = strict};
    key->link = (uint32_t)keys->link_count++;
}

/* How often texts have a word, from its length: without a corpus, long words are the rare ones. */
static uint32_t cost_of(enum match_space space, struct span text) {
    static const uint32_t BY_LENGTH[] = {512, 512, 256, 96, 32, 12, 8, 5, 3};
    if (space != SPACE_WORD)
        return 1;
    size_t characters = 0;
    for (size_t i = 0; i < text.len; i++)
        characters += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    if (characters == 1 && text.len > 2) /* Han and its like */
        return 64;
    return BY_LENGTH[characters < COUNT_OF(BY_LENGTH) ? characters : COUNT_OF(BY_LENGTH) - 1];
}

/* A word that many queries have is one that the collected texts have: it counts for more, by its logarithm.
 */
uint32_t match_keys_cost(const struct match_keys *keys, uint32_t term) {
    uint32_t times = 1;
    for (uint32_t uses = keys->uses[term]; uses > 1; uses /= 2)
        times++;
    return keys->costs[term] * times;
}

static uint32_t new_term(struct match_keys *keys, const struct match_key *key) {
    size_t cap = keys->term_cap, same = keys->term_cap;
    match_room(&keys->owners, &keys->term_cap, keys->term_count + 1, sizeof *keys->owners);
    match_room(&keys->costs, &cap, keys->term_count + 1, sizeof *keys->costs);
    match_room(&keys->uses, &same, keys->term_count + 1, sizeof *keys->uses);
    keys->uses[keys->term_count] = 0;
    keys->owners[keys->term_count] = key->text;
    keys->costs[keys->term_count] = cost_of((enum match_space)key->space, key->text);
    return (uint32_t)keys->term_count++;
}

uint32_t match_keys_term(struct match_keys *keys, enum match_space space, struct text_forms forms) {
    bool loose = space == SPACE_WORD || space == SPACE_RUN;
    bool strict = !loose || forms.s.ptr; /* with accents */
    struct match_key *key = key_of(keys, space, forms.e);
    for (uint32_t i = key->link; i != MATCH_NONE; i = keys->links[i].next) {
        const struct match_link *link = &keys->links[i];
        if (link->strict == strict && keys->owners[link->term].ptr == key->text.ptr) {
            keys->uses[link->term]++;
            return link->term;
        }
    }
    uint32_t term = new_term(keys, key);
    keys->uses[term]++;
    add_link(keys, key, term, strict);
    if (loose && strict && forms.g.ptr)
        add_link(keys, key_of(keys, space, forms.g), term, true);
    return term;
}

void match_keys_close(struct match_keys *keys) {
    text_set_init(&keys->words, keys->used);
    for (size_t i = 0; i < keys->slot_count; i++)
        if (keys->slots[i].text.ptr && keys->slots[i].space == SPACE_WORD)
            text_set_add(&keys->words, keys->slots[i].text);
}
