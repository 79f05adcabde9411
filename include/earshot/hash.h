/* hash: for tables in memory. The seed is the process's own, so that nobody outside can make names that fall
 * together. */
#ifndef EARSHOT_HASH_H
#define EARSHOT_HASH_H

#include "earshot/base.h"

uint64_t hash_seed(void);

static inline uint64_t hash_mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static inline uint64_t hash_bytes(uint64_t seed, struct span text) {
    uint64_t hash = hash_mix(seed, text.len), word;
    size_t at = 0;
    for (; at + sizeof word <= text.len; at += sizeof word) {
        memcpy(&word, text.ptr + at, sizeof word);
        hash = hash_mix(hash, word);
    }
    if (at < text.len) {
        word = 0;
        memcpy(&word, text.ptr + at, text.len - at);
        hash = hash_mix(hash, word);
    }
    return hash_mix(hash, hash >> 32);
}

#endif
