/* siphash: written from the paper's pseudocode; its test vectors are in test_repeats.c. Eight bytes are read
 * through shifts, which compilers know as one load. */
#include "siphash.h"

static uint64_t rotate(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

static uint64_t read_u64(const unsigned char *b) {
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

static inline void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static inline void absorb(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

/* The state in registers. */
static const unsigned char *absorb_words(struct siphash *hash, const unsigned char *at, size_t words) {
    uint64_t v[4] = {hash->v[0], hash->v[1], hash->v[2], hash->v[3]};
    for (; words > 0; words--, at += 8)
        absorb(v, read_u64(at));
    memcpy(hash->v, v, sizeof v);
    return at;
}

/* Bytes of one word, the first lowest. */
static uint64_t read_tail(const unsigned char *at, size_t len) {
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)at[i] << 8 * i;
    return word;
}

void siphash_begin(struct siphash *hash, const unsigned char key[SIPHASH_KEY]) {
    uint64_t k0 = read_u64(key), k1 = read_u64(key + 8);
    *hash = (struct siphash){.v = {k0 ^ 0x736F6D6570736575u, k1 ^ 0x646F72616E646F6Du,
                                   k0 ^ 0x6C7967656E657261u, k1 ^ 0x7465646279746573u}};
}

void siphash_add(struct siphash *hash, const void *bytes, size_t len) {
    const unsigned char *at = bytes;
    size_t in_tail = hash->len % 8, fill = in_tail ? 8 - in_tail : 0;
    hash->len += len;
    if (len < fill) {
        hash->tail |= read_tail(at, len) << 8 * in_tail;
        return;
    }
    if (fill) {
        absorb(hash->v, hash->tail | read_tail(at, fill) << 8 * in_tail);
        at += fill;
        len -= fill;
    }
    at = absorb_words(hash, at, len / 8);
    hash->tail = read_tail(at, len % 8);
}

void siphash_add_span(struct siphash *hash, struct span piece) {
    uint64_t len = piece.ptr ? piece.len : UINT64_MAX;
    siphash_add(hash, &len, sizeof len);
    if (piece.ptr)
        siphash_add(hash, piece.ptr, piece.len);
}

uint64_t siphash_end(struct siphash *hash) {
    absorb(hash->v, hash->len << 56 | hash->tail);
    hash->v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(hash->v);
    return hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
}
