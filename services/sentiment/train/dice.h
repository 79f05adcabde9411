/* dice: chance and arithmetic that are the same on every machine. */
#ifndef TRAIN_DICE_H
#define TRAIN_DICE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* splitmix64 (Steele, Lea and Flood 2014). */
static inline uint64_t dice_throw(uint64_t *dice) {
    uint64_t x = *dice += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* In that part of the throws. */
static inline bool dice_happens(uint64_t *dice, float part) {
    return dice_throw(dice) >> 32 < (uint64_t)((double)part * 4294967296.0);
}

static inline void dice_shuffle(uint64_t *dice, uint32_t *list, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)(dice_throw(dice) % i);
        uint32_t kept = list[i - 1];
        list[i - 1] = list[other];
        list[other] = kept;
    }
}

/* e^x for x up to 0: the library's differs in its last bit. */
static inline float dice_exponential(float x) {
    double scaled = (double)x * 1.4426950408889634, whole = floor(scaled),
           rest = (scaled - whole) * 0.6931471805599453;
    double sum = 1, term = 1;
    for (int i = 1; i < 12; i++)
        sum += term *= rest / i;
    return x < -80 ? 0 : (float)ldexp(sum, (int)whole);
}

#endif
