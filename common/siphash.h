/* siphash: SipHash-1-3 (Aumasson, Bernstein 2012, with the rounds that CPython and Rust use for their tables)
 * over pieces: 64 bits that nobody without the key can make collide. */
#ifndef COMMON_SIPHASH_H
#define COMMON_SIPHASH_H

#include "earshot/base.h"

enum { SIPHASH_KEY = 16 };

struct siphash {
    uint64_t v[4];
    uint64_t tail; /* bytes that are no whole word yet, the first lowest */
    uint64_t len;
};

void siphash_begin(struct siphash *hash, const unsigned char key[SIPHASH_KEY]);
void siphash_add(struct siphash *hash, const void *bytes, size_t len);
/* A piece whose end cannot be mistaken: its length, and whether it is there at all, count too. */
void siphash_add_span(struct siphash *hash, struct span piece);
uint64_t siphash_end(struct siphash *hash);

#endif
