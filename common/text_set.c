/* text_set: most words of most texts are in no query. Those of ASCII are found, lower-cased and
 * hashed eight bytes at a time, and two bits a hash say whether to look closer. Whatever could be more than a
 * plain word is left to text_next(). */
#include "earshot/text.h"

#include "text_parts.h"

#include <stdlib.h>

enum { FIRST_BITS = 12, BITS_A_WORD = 16 };

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))
#define HIGH       EACH(0x80)

/* The eight bytes at `at`, the first lowest; zeros behind the end. */
static inline uint64_t read_eight(struct span text, size_t at) {
    unsigned char copy[8] = {0};
    const unsigned char *b = (const unsigned char *)text.ptr + at;
    if (text.len - at < 8)
        b = memcpy(copy, b, text.len - at);
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* The high bit of each byte (below 0x80) that is in first..last. */
static inline uint64_t between(uint64_t eight, unsigned first, unsigned last) {
    return (eight + EACH(0x80 - first)) & ~(eight + EACH(0x7F - last)) & HIGH;
}

/* Multiplying carries every bit upwards, so the upper bits are the good ones. */
static inline uint64_t mix(uint64_t hash, uint64_t eight) {
    hash = (hash ^ eight) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* The end of the run of ASCII letters, digits and _ at `at`, and the hash of its lower case. */
static inline size_t plain_run(struct span text, size_t at, uint64_t *hash) {
    for (uint64_t sum = 0;;) {
        uint64_t eight = at < text.len ? read_eight(text, at) : 0, ascii = eight & ~HIGH;
        uint64_t letters = between(ascii | EACH(0x20), 'a', 'z') & ~eight;
        uint64_t others = (between(ascii, '0', '9') | between(ascii, '_', '_')) & ~eight;
        uint64_t stop = (letters | others) ^ HIGH;
        size_t len = stop ? (size_t)__builtin_ctzll(stop) / 8 : 8;
        uint64_t lower = eight | letters >> 2;
        sum = mix(sum, len < 8 ? lower & ((UINT64_C(1) << 8 * len) - 1) : lower);
        at += len;
        if (len < 8) {
            *hash = sum * 0xC4CEB9FE1A85EC53u;
            return at;
        }
    }
}

/* A word has two bits: that both belong to others is rare. */
static inline bool has(const struct text_set *set, uint64_t hash) {
    uint64_t one = hash >> set->shift, two = hash << 24 >> set->shift;
    return set->bits[one / 64] >> one % 64 & set->bits[two / 64] >> two % 64 & 1;
}

static void set_bit(struct text_set *set, uint64_t bit) {
    set->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

void text_set_init(struct text_set *set, size_t words) {
    unsigned bits = FIRST_BITS;
    while (bits < 40 && ((size_t)1 << bits) / BITS_A_WORD < words)
        bits++;
    *set =
        (struct text_set){.bits = xcalloc(((size_t)1 << bits) / 64, sizeof *set->bits), .shift = 64 - bits};
}

void text_set_free(struct text_set *set) {
    free(set->bits);
    *set = (struct text_set){0};
}

void text_set_add(struct text_set *set, struct span word) {
    uint64_t hash;
    if (plain_run(word, 0, &hash) < word.len)
        return;
    set_bit(set, hash >> set->shift);
    set_bit(set, hash << 24 >> set->shift);
}

/* May begin something that is no word of ASCII; * a keycap. */
static bool is_special(unsigned char c) {
    return c >= 0x80 || c == '#' || c == '@' || c == '$' || c == '*';
}

size_t text_pass(struct text_cursor *cursor, const struct text_set *set) {
    struct span text = cursor->text;
    size_t at = cursor->at, words = 0;
    bool after_word = cursor->after_word;
    while (at < text.len) {
        uint64_t hash;
        size_t end = plain_run(text, at, &hash);
        if (end == at) {
            if (is_special((unsigned char)text.ptr[at]))
                break;
            after_word = false;
            at++;
            continue;
        }
        unsigned char next = end < text.len ? (unsigned char)text.ptr[end] : ' ';
        bool maybe_link = next == ':' || next == '.';
        if (next >= 0x80 || has(set, hash) || (maybe_link && text_is_link(text, at)))
            break;
        after_word = true;
        words++;
        at = end;
    }
    cursor->at = at;
    cursor->after_word = after_word;
    return words;
}
