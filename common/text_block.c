/* text_block: which of 64 bytes are what, as bits. Words are then found by counting zeros, which does not
 * wait for the word before as a loop over bytes does. Two ways to the same bits: AVX2, where the processor
 * that runs has it, and eight bytes at a time. */
#include "text_parts.h"

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))
#define HIGH       EACH(0x80)

/* The high bit of each byte (below 0x80) that is in first..last. */
static inline uint64_t between(uint64_t eight, unsigned first, unsigned last) {
    return (eight + EACH(0x80 - first)) & ~(eight + EACH(0x7F - last)) & HIGH;
}

/* The high bits as the lowest eight bits: each is moved to the top byte by one of the factors. */
static inline uint64_t gather(uint64_t high) {
    return (high >> 7) * 0x0102040810204080u >> 56;
}

struct text_block text_block_portable(const char *bytes) {
    struct text_block block = {0, 0};
    for (unsigned i = 0; i < TEXT_BLOCK; i += 8) {
        uint64_t eight = text_eight(bytes + i), ascii = eight & ~HIGH;
        uint64_t word =
            between(ascii | EACH(0x20), 'a', 'z') | between(ascii, '0', '9') | between(ascii, '_', '_');
        uint64_t special = between(ascii, '#', '$') | between(ascii, '*', '*') | between(ascii, '@', '@');
        block.word |= gather(word & ~eight) << i;
        block.special |= gather(special | (eight & HIGH)) << i;
    }
    return block;
}

#ifdef __x86_64__
#include <immintrin.h>

/* A byte is of a class where the bits of its two halves meet: 1 # $ *; 2 0-9; 4 A-O a-o; 8 P-Z p-z; 16 _;
 * 32 @. */
enum { WORD = 2 | 4 | 8 | 16, SPECIAL = 1 | 32 };

__attribute__((target("avx2"))) static inline struct text_block classify(const char *bytes) {
    const __m256i upper =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1, 2, 4 | 32, 8 | 16, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i lower = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(2 | 8 | 32, 2 | 4 | 8, 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 2 | 4 | 8, 2 | 4 | 8,
                      2 | 4 | 8, 2 | 4 | 8, 2 | 4 | 8, 1 | 4 | 8, 4, 4, 4, 4, 4 | 16));
    __m256i in = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i halves = _mm256_and_si256(_mm256_srli_epi16(in, 4), _mm256_set1_epi8(15));
    __m256i class = _mm256_and_si256(_mm256_shuffle_epi8(lower, in), _mm256_shuffle_epi8(upper, halves));
    __m256i none = _mm256_setzero_si256();
    __m256i no_word = _mm256_cmpeq_epi8(_mm256_and_si256(class, _mm256_set1_epi8(WORD)), none);
    __m256i plain = _mm256_cmpeq_epi8(_mm256_and_si256(class, _mm256_set1_epi8(SPECIAL)), none);
    return (struct text_block){
        .word = ~(uint32_t)_mm256_movemask_epi8(no_word),
        .special = ~(uint32_t)_mm256_movemask_epi8(plain) | (uint32_t)_mm256_movemask_epi8(in),
    };
}

__attribute__((target("avx2"))) static struct text_block block_avx2(const char *bytes) {
    struct text_block low = classify(bytes), high = classify(bytes + 32);
    return (struct text_block){.word = low.word | high.word << 32,
                               .special = low.special | high.special << 32};
}

struct text_block text_block_of(const char *bytes) {
    return __builtin_cpu_supports("avx2") ? block_avx2(bytes) : text_block_portable(bytes);
}

#else

struct text_block text_block_of(const char *bytes) {
    return text_block_portable(bytes);
}

#endif
