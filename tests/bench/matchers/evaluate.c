/* evaluate: words of queries in one table of open addresses; of a line, a list of positions for each of them.
 * Nothing is cleared between lines: what is older than the line's number does not count.
 *
 * A query becomes a program, numbers next to each other: to try it is mostly one line of the cache. A node is
 * its kind and its size in one number, then a distance (NEAR), terms or nodes. */
#include "evaluate.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024 };
#define NO_TERM     UINT32_MAX
#define NO_POSITION UINT32_MAX

struct slot {
    struct span word; /* ptr NULL: free */
    uint64_t hash;
    uint32_t term;
};

struct seen {
    uint32_t line, first, last; /* positions */
};

struct evaluator {
    struct slot *slots;
    size_t slot_count; /* a power of two */
    struct seen *seen; /* by term */
    uint32_t *frequencies;
    uint32_t term_count, term_cap;
    uint32_t line;
    uint32_t *terms, *next; /* by position: its term, the next position of the same */
    uint32_t positions, position_cap;
    uint32_t *code; /* programs */
    uint32_t code_len, code_cap;
};

enum { KIND_BITS = 3, KIND_MASK = (1 << KIND_BITS) - 1 };

struct evaluator *evaluator_new(void) {
    struct evaluator *evaluator = xcalloc(1, sizeof *evaluator);
    evaluator->slot_count = FIRST_SLOTS;
    evaluator->slots = xcalloc(FIRST_SLOTS, sizeof *evaluator->slots);
    return evaluator;
}

void evaluator_free(struct evaluator **evaluator) {
    if (!*evaluator)
        return;
    free((*evaluator)->slots);
    free((*evaluator)->seen);
    free((*evaluator)->frequencies);
    free((*evaluator)->terms);
    free((*evaluator)->next);
    free((*evaluator)->code);
    free(*evaluator);
    *evaluator = NULL;
}

static uint64_t mix(uint64_t hash, uint64_t bytes) {
    hash = (hash ^ bytes) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* Hashes from at to the next space, eight bytes at a time; where that space is. */
static const char *hash_word(const char *at, uint64_t *hash) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    for (*hash = 0;; at += 8) {
        uint64_t bytes, zero;
        memcpy(&bytes, at, 8);
        zero = bytes ^ (ones * ' ');
        zero = (zero - ones) & ~zero & highs; /* the lowest bit set is that of the first space */
        if (zero) {
            int bits = __builtin_ctzll(zero) & ~7;
            *hash = mix(*hash, bits ? bytes << (64 - bits) >> (64 - bits) : 0);
            return at + bits / 8;
        }
        *hash = mix(*hash, bytes);
    }
}

static struct slot *slot_of(const struct evaluator *evaluator, struct span word, uint64_t hash) {
    size_t mask = evaluator->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &evaluator->slots[i];
        if (!slot->word.ptr || (slot->hash == hash && span_eq(slot->word, word)))
            return slot;
    }
}

static void double_slots(struct evaluator *evaluator) {
    struct slot *old = evaluator->slots;
    size_t count = evaluator->slot_count;
    evaluator->slot_count = count * 2;
    evaluator->slots = xcalloc(evaluator->slot_count, sizeof *evaluator->slots);
    for (size_t i = 0; i < count; i++)
        if (old[i].word.ptr)
            *slot_of(evaluator, old[i].word, old[i].hash) = old[i];
    free(old);
}

static uint32_t new_term(struct evaluator *evaluator) {
    if (evaluator->term_count == evaluator->term_cap) {
        evaluator->term_cap = evaluator->term_cap * 2 + 1024;
        evaluator->seen = xrealloc(evaluator->seen, evaluator->term_cap * sizeof *evaluator->seen);
        evaluator->frequencies =
            xrealloc(evaluator->frequencies, evaluator->term_cap * sizeof *evaluator->frequencies);
    }
    evaluator->seen[evaluator->term_count] = (struct seen){0};
    evaluator->frequencies[evaluator->term_count] = 0;
    return evaluator->term_count++;
}

/* A query's word may stand at the end of what can be read: it is hashed from a copy with a space behind. */
static uint32_t term_of(struct evaluator *evaluator, struct span word, struct arena *arena) {
    char *copy = arena_calloc(arena, 1, word.len + 1 + EVALUATE_SLACK);
    uint64_t hash;
    memcpy(copy, word.ptr, word.len);
    copy[word.len] = ' ';
    (void)hash_word(copy, &hash);
    if (2 * (size_t)evaluator->term_count >= evaluator->slot_count)
        double_slots(evaluator);
    struct slot *slot = slot_of(evaluator, word, hash);
    if (!slot->word.ptr)
        *slot = (struct slot){.word = word, .hash = hash, .term = new_term(evaluator)};
    return slot->term;
}

static void put_code(struct evaluator *evaluator, uint32_t value) {
    if (evaluator->code_len == evaluator->code_cap) {
        evaluator->code_cap = evaluator->code_cap * 2 + 1024;
        evaluator->code = xrealloc(evaluator->code, evaluator->code_cap * sizeof *evaluator->code);
    }
    evaluator->code[evaluator->code_len++] = value;
}

static void put_words(struct evaluator *evaluator, struct neutral *query, struct arena *arena) {
    uint32_t *terms = arena_alloc(arena, query->count * sizeof *terms);
    if (query->kind == NEUTRAL_NEAR)
        put_code(evaluator, query->distance);
    for (uint32_t i = 0; i < query->count; i++) {
        terms[i] = term_of(evaluator, query->words[i], arena);
        put_code(evaluator, terms[i]);
    }
    query->terms = terms;
}

uint32_t evaluator_add(struct evaluator *evaluator, struct neutral *query, struct arena *arena) {
    uint32_t start = evaluator->code_len;
    put_code(evaluator, 0);
    if (query->words)
        put_words(evaluator, query, arena);
    else
        for (uint32_t i = 0; i < query->count; i++)
            (void)!evaluator_add(evaluator, query->parts[i], arena);
    evaluator->code[start] = (evaluator->code_len - start) << KIND_BITS | query->kind;
    return start;
}

static void add_position(struct evaluator *evaluator, uint32_t term) {
    if (evaluator->positions == evaluator->position_cap) {
        evaluator->position_cap = evaluator->position_cap * 2 + 256;
        evaluator->terms = xrealloc(evaluator->terms, evaluator->position_cap * sizeof *evaluator->terms);
        evaluator->next = xrealloc(evaluator->next, evaluator->position_cap * sizeof *evaluator->next);
    }
    uint32_t position = evaluator->positions++;
    evaluator->terms[position] = term;
    evaluator->next[position] = NO_POSITION;
    if (term == NO_TERM)
        return;
    struct seen *seen = &evaluator->seen[term];
    if (seen->line == evaluator->line)
        evaluator->next[seen->last] = position;
    else
        *seen = (struct seen){.line = evaluator->line, .first = position};
    seen->last = position;
}

void evaluator_line(struct evaluator *evaluator, struct span line) {
    const char *at = line.ptr + 1, *end = line.ptr + line.len;
    evaluator->line++;
    evaluator->positions = 0;
    while (at < end) {
        uint64_t hash;
        const char *stop = hash_word(at, &hash);
        const struct slot *slot = slot_of(evaluator, (struct span){at, (size_t)(stop - at)}, hash);
        add_position(evaluator, slot->word.ptr ? slot->term : NO_TERM);
        at = stop + 1;
    }
}

static uint32_t first_of(const struct evaluator *evaluator, uint32_t term) {
    const struct seen *seen = &evaluator->seen[term];
    return seen->line == evaluator->line ? seen->first : NO_POSITION;
}

static bool phrase_at(const struct evaluator *evaluator, const uint32_t *terms, uint32_t count,
                      uint32_t position) {
    if (count > evaluator->positions - position)
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (evaluator->terms[position + i] != terms[i])
            return false;
    return true;
}

static bool has_phrase(const struct evaluator *evaluator, const uint32_t *terms, uint32_t count) {
    uint32_t position = first_of(evaluator, terms[0]);
    while (position != NO_POSITION && !phrase_at(evaluator, terms, count, position))
        position = evaluator->next[position];
    return position != NO_POSITION;
}

static bool has_near(const struct evaluator *evaluator, const uint32_t *terms, uint32_t distance) {
    uint32_t most = distance + 1;
    for (uint32_t a = first_of(evaluator, terms[0]); a != NO_POSITION; a = evaluator->next[a])
        for (uint32_t b = first_of(evaluator, terms[1]); b != NO_POSITION; b = evaluator->next[b])
            if (a != b && (a < b ? b - a : a - b) <= most)
                return true;
    return false;
}

bool evaluator_true(const struct evaluator *evaluator, uint32_t program) {
    const uint32_t *code = evaluator->code + program;
    enum neutral_kind kind = (enum neutral_kind)(code[0] & KIND_MASK);
    uint32_t size = code[0] >> KIND_BITS;
    bool all = kind == NEUTRAL_AND;
    switch (kind) {
    case NEUTRAL_PHRASE:
        return has_phrase(evaluator, code + 1, size - 1);
    case NEUTRAL_NEAR:
        return has_near(evaluator, code + 2, code[1]);
    case NEUTRAL_NOT:
        return !evaluator_true(evaluator, program + 1);
    case NEUTRAL_AND:
    case NEUTRAL_OR:
        break;
    }
    for (uint32_t part = 1; part < size; part += code[part] >> KIND_BITS)
        if (evaluator_true(evaluator, program + part) != all)
            return !all;
    return all;
}

void evaluator_count(struct evaluator *evaluator) {
    for (uint32_t i = 0; i < evaluator->positions; i++) {
        uint32_t term = evaluator->terms[i];
        if (term != NO_TERM && evaluator->seen[term].first == i)
            evaluator->frequencies[term]++;
    }
}

uint32_t evaluator_frequency(const struct evaluator *evaluator, uint32_t term) {
    return evaluator->frequencies[term];
}
