/* siphash: written from the paper's pseudocode; its test vectors are in test_repeats.c. Little endian
 * machines read eight bytes as they are, others through the shifts, which compilers know. */
#include "siphash.h"

static uint64_t rotate(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

static uint64_t read_u64(const unsigned char *bytes) {
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static void rounds(uint64_t v[4], int count) {
    while (count--) {
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
}

static void absorb(struct siphash *hash, uint64_t word) {
    hash->v[3] ^= word;
    rounds(hash->v, 2);
    hash->v[0] ^= word;
}

void siphash_begin(struct siphash *hash, const unsigned char key[SIPHASH_KEY]) {
    uint64_t k0 = read_u64(key), k1 = read_u64(key + 8);
    *hash = (struct siphash){.v = {k0 ^ 0x736F6D6570736575u, k1 ^ 0x646F72616E646F6Du,
                                   k0 ^ 0x6C7967656E657261u, k1 ^ 0x7465646279746573u}};
}

void siphash_add(struct siphash *hash, const void *bytes, size_t len) {
    const unsigned char *at = bytes;
    size_t in_tail = hash->len % 8;
    hash->len += len;
    while (len > 0) {
        if (in_tail == 0 && len >= 8) {
            absorb(hash, read_u64(at));
            at += 8;
            len -= 8;
            continue;
        }
        hash->tail[in_tail++] = *at++;
        len--;
        if (in_tail == 8) {
            absorb(hash, read_u64(hash->tail));
            in_tail = 0;
        }
    }
}

void siphash_add_span(struct siphash *hash, struct span piece) {
    uint64_t len = piece.ptr ? piece.len : UINT64_MAX;
    siphash_add(hash, &len, sizeof len);
    if (piece.ptr)
        siphash_add(hash, piece.ptr, piece.len);
}

uint64_t siphash_end(struct siphash *hash) {
    uint64_t last = hash->len << 56;
    for (size_t i = 0; i < hash->len % 8; i++)
        last |= (uint64_t)hash->tail[i] << (8 * i);
    absorb(hash, last);
    hash->v[2] ^= 0xFF;
    rounds(hash->v, 4);
    return hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
}
