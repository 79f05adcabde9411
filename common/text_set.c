/* text_set: most words of most texts are in no query. Those of ASCII are found in windows of 64 bytes and
 * hashed eight bytes at a time, and two bits a hash say whether to look closer. Whatever could be more than a
 * plain word is left to text_next(). */
#include "earshot/text.h"

#include "text_parts.h"

#include <stdlib.h>

enum { FIRST_BITS = 12, BITS_A_WORD = 16 };

/* What is looked at at once: from a place in a text, with zeros behind the text's end. */
enum { SPARE = 8 };
struct window {
    const char *bytes; /* TEXT_BLOCK + SPARE of them can be read */
    size_t len;        /* of the text, up to TEXT_BLOCK */
    struct text_block block;
    char copy[TEXT_BLOCK + SPARE];
};

static inline void open_window(struct window *window, struct span text, size_t at) {
    size_t left = text.len - at;
    window->len = left < TEXT_BLOCK ? left : TEXT_BLOCK;
    window->bytes = text.ptr + at;
    if (left < sizeof window->copy) {
        memset(window->copy, 0, sizeof window->copy);
        window->bytes = memcpy(window->copy, text.ptr + at, left);
    }
    window->block = text_block_of(window->bytes);
}

/* The end of the run of set bits at bit `start`. */
static inline size_t run_end(uint64_t bits, size_t start) {
    uint64_t rest = ~(bits >> start);
    return rest ? start + (size_t)__builtin_ctzll(rest) : TEXT_BLOCK;
}

static inline uint64_t from_bit(size_t bit) {
    return bit < TEXT_BLOCK ? ~UINT64_C(0) << bit : 0;
}

/* Multiplying carries every bit upwards, so the upper bits are the good ones. */
static inline uint64_t mix(uint64_t hash, uint64_t eight) {
    hash = (hash ^ eight) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* Of a run of ASCII letters, digits and _, in whichever case: 0x20 is set in lower case and in digits, and _
 * becomes what is none of them. Eight bytes can be read wherever one of the word's is. */
static inline uint64_t hash_word(const char *word, size_t len) {
    const uint64_t lower = 0x2020202020202020u;
    uint64_t sum = 0;
    for (; len > 8; word += 8, len -= 8)
        sum = mix(sum, text_eight(word) | lower);
    unsigned unused = 64 - 8 * (unsigned)len;
    return mix(sum, (text_eight(word) | lower) << unused) * 0xC4CEB9FE1A85EC53u;
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

/* Longer ones than a window are always looked at. */
void text_set_add(struct text_set *set, struct span word) {
    struct window window;
    open_window(&window, word, 0);
    if (word.len == 0 || word.len > window.len || run_end(window.block.word, 0) < word.len)
        return;
    uint64_t hash = hash_word(window.bytes, word.len);
    set_bit(set, hash >> set->shift);
    set_bit(set, hash << 24 >> set->shift);
}

/* Whether the word, which ends in the window, is surely not in the set and nothing but a word. */
static inline bool is_passed(const struct text_set *set, const struct window *window, size_t start,
                             size_t end) {
    char next = window->bytes[end];
    if (has(set, hash_word(window->bytes + start, end - start)) || (unsigned char)next >= 0x80)
        return false;
    struct span rest = {window->bytes, TEXT_BLOCK + SPARE};
    return (next != ':' && next != '.') || !text_is_link(rest, start);
}

static void move_to(struct text_cursor *cursor, const struct window *window, size_t to) {
    if (to)
        cursor->after_word = window->block.word >> (to - 1) & 1;
    cursor->at += to;
}

/* false: what is at the cursor now is to be looked at. */
static bool pass_window(struct text_cursor *cursor, const struct text_set *set, const struct window *window,
                        size_t *words) {
    uint64_t word = window->block.word, special = window->block.special;
    size_t stop = special ? (size_t)__builtin_ctzll(special) : window->len;
    for (uint64_t left = word & ~from_bit(stop); left;) {
        size_t start = (size_t)__builtin_ctzll(left), end = run_end(word, start);
        bool cut = end == TEXT_BLOCK && cursor->text.len - cursor->at > TEXT_BLOCK;
        if (cut || !is_passed(set, window, start, end)) {
            move_to(cursor, window, start);
            return cut && start > 0;
        }
        left &= from_bit(end);
        ++*words;
    }
    move_to(cursor, window, stop);
    return !special;
}

size_t text_pass(struct text_cursor *cursor, const struct text_set *set) {
    size_t words = 0;
    struct window window;
    while (cursor->at < cursor->text.len) {
        open_window(&window, cursor->text, cursor->at);
        if (!pass_window(cursor, set, &window, &words))
            break;
    }
    return words;
}
