/* Random numbers of a seed that is printed or fixed: Knuth's 64-bit congruential generator (MMIX). */
#ifndef TESTS_DICE_H
#define TESTS_DICE_H

#include <stddef.h>
#include <stdint.h>

/* 0 to sides - 1; sides is at most 2^31. */
static inline size_t roll(uint64_t *state, size_t sides) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*state >> 33) % sides;
}

#endif
