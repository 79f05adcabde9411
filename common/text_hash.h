/* text_hash: a keyed hash of forms, eight bytes and one multiplication at a time (after Wang Yi's wyhash).
 * Who writes texts does not know the key, so cannot make forms that meet. Letters are hashed as lower case,
 * so a word of ASCII needs no folding: 0x20 is set in every ASCII byte, which makes `_` what no form has. */
#ifndef COMMON_TEXT_HASH_H
#define COMMON_TEXT_HASH_H

#include "text_parts.h"
#include "text_words.h"

#define TEXT_HASH_LENGTH UINT64_C(0x589965CC75374CC3)

/* Bytes behind a form that text_hash_readable() may read. */
enum { TEXT_HASH_SPARE = 16 };

/* Of a seed and a space. */
struct text_hash_key {
    uint64_t first, second;
};

static inline uint64_t text_hash_mix(uint64_t a, uint64_t b) {
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline struct text_hash_key text_hash_key_of(uint64_t seed, enum text_space space) {
    uint64_t first = text_hash_mix(seed ^ 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu + 2 * (uint64_t)space);
    uint64_t second = text_hash_mix(first ^ seed, 0x8EBC6AF09C88C6E3u);
    return (struct text_hash_key){.first = first, .second = second};
}

static inline uint64_t text_hash_lower(uint64_t eight) {
    return eight | (~eight & 0x8080808080808080u) >> 2;
}

/* ASCII letters as lower case, other bytes as they are. */
static inline uint64_t text_lower_case(uint64_t eight) {
    uint64_t ascii = eight & ~0x8080808080808080u;
    uint64_t from_a = ascii + 0x0101010101010101u * (0x80 - 'A'),
             behind_z = ascii + 0x0101010101010101u * (0x7F - 'Z');
    return eight | (from_a & ~behind_z & ~eight & 0x8080808080808080u) >> 2;
}

/* The first `count` (0 to 16) of sixteen bytes, hashed with what was before them and the whole's length. */
static inline uint64_t text_hash_end(const struct text_hash_key *key, uint64_t before,
                                     const uint64_t sixteen[2], size_t count, size_t len) {
#define ALL UINT64_MAX
    static const uint64_t KEPT[25] = {0,         0,         0,         0,         0,         0,
                                      0,         0,         0, /* of eight bytes the first count - 8 */
                                      ALL >> 56, ALL >> 48, ALL >> 40, ALL >> 32, ALL >> 24, ALL >> 16,
                                      ALL >> 8,  ALL,       ALL,       ALL,       ALL,       ALL,
                                      ALL,       ALL,       ALL,       ALL};
#undef ALL
    uint64_t low = sixteen[0] & KEPT[count + 8], high = sixteen[1] & KEPT[count];
    __extension__ unsigned __int128 product = (unsigned __int128)(low ^ before) * (high ^ key->second);
    return text_hash_mix((uint64_t)product ^ len ^ TEXT_HASH_LENGTH, (uint64_t)(product >> 64) ^ key->first);
}

/* TEXT_HASH_SPARE bytes can be read wherever one of the form's is. */
static inline uint64_t text_hash_readable(const struct text_hash_key *key, const char *form, size_t len) {
    uint64_t before = key->first, sixteen[2];
    size_t left = len;
    for (; left > 16; form += 16, left -= 16)
        before = text_hash_mix(text_hash_lower(text_eight(form)) ^ before,
                               text_hash_lower(text_eight(form + 8)) ^ key->second);
    sixteen[0] = text_hash_lower(text_eight(form));
    sixteen[1] = text_hash_lower(text_eight(form + 8));
    return text_hash_end(key, before, sixteen, left, len);
}

/* Of three or four bytes from 0x80, and zeros. */
static inline uint64_t text_hash_four(const struct text_hash_key *key, uint32_t four, size_t len) {
    __extension__ unsigned __int128 product = (unsigned __int128)(four ^ key->first) * key->second;
    return text_hash_mix((uint64_t)product ^ len ^ TEXT_HASH_LENGTH, (uint64_t)(product >> 64) ^ key->first);
}

/* Of two neighbours: their hashes in TEXT_SPACE_WORD, in order. */
static inline uint64_t text_hash_two(const struct text_hash_key *key, uint64_t first, uint64_t second) {
    return text_hash_mix(first ^ key->first, second ^ key->second);
}

/* Of one to three bytes all, some of them twice. */
static inline uint64_t text_three(const char *bytes, size_t len) {
    return (uint64_t)(unsigned char)bytes[0] | (uint64_t)(unsigned char)bytes[len / 2] << 8 |
           (uint64_t)(unsigned char)bytes[len - 1] << 16;
}

/* Whether these, in lower case, are the key's bytes; of any space. */
INSIDE bool text_key_is(const struct text_key *key, struct span form) {
    const char *bytes = key->form;
    size_t len = form.len;
    uint64_t differ = 0;
    if (key->len != len || !bytes || len == 0)
        return bytes && key->len == len;
    if (len < 4)
        return text_lower_case(text_three(bytes, len)) == text_three(form.ptr, len);
    if (len < 8)
        return text_lower_case(text_four(bytes) | (uint64_t)text_four(bytes + len - 4) << 32) ==
               (text_four(form.ptr) | (uint64_t)text_four(form.ptr + len - 4) << 32);
    for (size_t i = 0; i + 8 < len; i += 8)
        differ |= text_lower_case(text_eight(bytes + i)) ^ text_eight(form.ptr + i);
    differ |= text_lower_case(text_eight(bytes + len - 8)) ^ text_eight(form.ptr + len - 8);
    return differ == 0;
}

/* The same as text_hash_readable(), of any memory. */
uint64_t text_hash_any(const struct text_hash_key *key, struct span form);

#endif
