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
    struct text_block block = {0, 0, 0, 0};
    for (unsigned i = 0; i < TEXT_BLOCK; i += 8) {
        uint64_t eight = text_eight(bytes + i), ascii = eight & ~HIGH;
        uint64_t word =
            between(ascii | EACH(0x20), 'a', 'z') | between(ascii, '0', '9') | between(ascii, '_', '_');
        uint64_t sign = between(ascii, '#', '$') | between(ascii, '*', '*') | between(ascii, '@', '@');
        uint64_t space = between(ascii, '\t', '\r') | between(ascii, ' ', ' ');
        block.word |= gather(word & ~eight) << i;
        block.high |= gather(eight & HIGH) << i;
        block.sign |= gather(sign & ~eight) << i;
        block.space |= gather(space & ~eight) << i;
    }
    return block;
}

/* The last block of a text, of which `count` bytes are left, from the block of the text's last 64 bytes. */
static inline struct text_block behind(struct text_block last, size_t count) {
    size_t unused = TEXT_BLOCK - count;
    if (count == 0)
        return (struct text_block){0, 0, 0, 0};
    return (struct text_block){.word = last.word >> unused,
                               .high = last.high >> unused,
                               .sign = last.sign >> unused,
                               .space = last.space >> unused};
}

static const char *padded(struct span text, char copy[TEXT_BLOCK]) {
    memset(copy, 0, TEXT_BLOCK);
    return text.len ? memcpy(copy, text.ptr, text.len) : copy;
}

void text_blocks_portable(struct span text, struct text_block *blocks) {
    char copy[TEXT_BLOCK];
    size_t at = 0;
    for (; at + TEXT_BLOCK <= text.len; at += TEXT_BLOCK)
        *blocks++ = text_block_portable(text.ptr + at);
    if (at == 0)
        *blocks = text_block_portable(padded(text, copy));
    else
        *blocks = behind(text_block_portable(text.ptr + text.len - TEXT_BLOCK), text.len - at);
}

#ifdef __x86_64__
#include <immintrin.h>

/* A byte is of a class where the bits of its two halves meet: 1 # $ *; 2 0-9; 4 A-O a-o; 8 P-Z p-z; 16 _;
 * 32 @; 64 tab to carriage return; 128 space. */
enum { WORD = 2 | 4 | 8 | 16, SIGN = 1 | 32, SPACE = 64 | 128 };

struct half_block {
    uint32_t word, high, sign, space;
};

__attribute__((target("avx2"))) static inline uint32_t bits_of(__m256i class, int which) {
    __m256i none =
        _mm256_cmpeq_epi8(_mm256_and_si256(class, _mm256_set1_epi8((char)which)), _mm256_setzero_si256());
    return ~(uint32_t)_mm256_movemask_epi8(none);
}

__attribute__((target("avx2"))) static inline struct half_block classify(const char *bytes) {
    const __m256i upper = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(64, 0, 1 | -128, 2, 4 | 32, 8 | 16, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i lower = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        2 | 8 | 32 | -128, 2 | 4 | 8, 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 2 | 4 | 8, 2 | 4 | 8,
        2 | 4 | 8, 2 | 4 | 8, 2 | 4 | 8 | 64, 1 | 4 | 8 | 64, 4 | 64, 4 | 64, 4 | 64, 4, 4 | 16));
    __m256i in = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i halves = _mm256_and_si256(_mm256_srli_epi16(in, 4), _mm256_set1_epi8(15));
    __m256i class = _mm256_and_si256(_mm256_shuffle_epi8(lower, in), _mm256_shuffle_epi8(upper, halves));
    return (struct half_block){.word = bits_of(class, WORD),
                               .high = (uint32_t)_mm256_movemask_epi8(in),
                               .sign = bits_of(class, SIGN),
                               .space = bits_of(class, SPACE)};
}

__attribute__((target("avx2"))) static inline struct text_block block_avx2(const char *bytes) {
    struct half_block low = classify(bytes), high = classify(bytes + 32);
    return (struct text_block){.word = low.word | (uint64_t)high.word << 32,
                               .high = low.high | (uint64_t)high.high << 32,
                               .sign = low.sign | (uint64_t)high.sign << 32,
                               .space = low.space | (uint64_t)high.space << 32};
}

__attribute__((target("avx2"))) static void blocks_avx2(struct span text, struct text_block *blocks) {
    char copy[TEXT_BLOCK];
    size_t at = 0;
    for (; at + TEXT_BLOCK <= text.len; at += TEXT_BLOCK)
        *blocks++ = block_avx2(text.ptr + at);
    if (at == 0)
        *blocks = block_avx2(padded(text, copy));
    else
        *blocks = behind(block_avx2(text.ptr + text.len - TEXT_BLOCK), text.len - at);
}

struct text_block text_block_of(const char *bytes) {
    return __builtin_cpu_supports("avx2") ? block_avx2(bytes) : text_block_portable(bytes);
}

void text_blocks(struct span text, struct text_block *blocks) {
    if (__builtin_cpu_supports("avx2"))
        blocks_avx2(text, blocks);
    else
        text_blocks_portable(text, blocks);
}

#else

struct text_block text_block_of(const char *bytes) {
    return text_block_portable(bytes);
}

void text_blocks(struct span text, struct text_block *blocks) {
    text_blocks_portable(text, blocks);
}

#endif
