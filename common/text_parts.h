/* What the files of text share. */
#ifndef COMMON_TEXT_PARTS_H
#define COMMON_TEXT_PARTS_H

#include "earshot/text.h"

#include "text_table.h"

enum text_class {
    TEXT_SEPARATOR,
    TEXT_SPACE,  /* a separator that also ends a link */
    TEXT_LETTER, /* also _ */
    TEXT_DIGIT,
    TEXT_MARK,   /* goes with the character before it */
    TEXT_HIDDEN, /* a mark that is not seen, such as a variation selector: it begins nothing */
    TEXT_ALONE,  /* a letter of a script without spaces: a word by itself */
    TEXT_ALONE_DIGIT,
    TEXT_PICTURE, /* Extended_Pictographic: perhaps an emoji */
    TEXT_FLAG,    /* a regional indicator: half of a flag */
    TEXT_TONE,    /* a skin tone */
};

/* The character at text[at] and its length, 1 for a byte that is no UTF-8 (which is U+FFFD then). at is
 * inside. */
struct text_character {
    uint32_t code;
    size_t len;
};

static inline bool text_continues(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

static inline struct text_character text_character_at(struct span text, size_t at) {
    const unsigned char *b = (const unsigned char *)text.ptr + at;
    size_t left = text.len - at;
    uint32_t code;
    if (b[0] < 0x80)
        return (struct text_character){b[0], 1};
    if (b[0] < 0xE0) {
        if (b[0] >= 0xC2 && left > 1 && text_continues(b[1]))
            return (struct text_character){(b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu), 2};
    } else if (b[0] < 0xF0) {
        if (left > 2 && text_continues(b[1]) && text_continues(b[2])) {
            code = (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
            if (code >= 0x800 && (code < 0xD800 || code > 0xDFFF))
                return (struct text_character){code, 3};
        }
    } else if (left > 3 && text_continues(b[1]) && text_continues(b[2]) && text_continues(b[3])) {
        code = (b[0] & 0x0Fu) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
        if (code >= 0x10000 && code < TEXT_CODES)
            return (struct text_character){code, 4};
    }
    return (struct text_character){0xFFFD, 1};
}

/* Writes the character, up to four bytes; behind its last. */
static inline char *text_encode(char *to, uint32_t code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

/* Short vowels and tatweel, which form S has not. */
static inline bool text_is_arabic_vowel(uint32_t code) {
    return (code >= 0x64B && code <= 0x652) || code == 0x670 || code == 0x640;
}

/* The simplified form of a Han character; others as they are. */
uint32_t text_han(uint32_t character);
/* text_fold() without its short cuts. */
struct text_forms text_fold_slowly(struct text_folder *folder, struct span word) MUST_CHECK;

/* The token that begins right at the cursor, with character c; the cursor stays. */
bool text_token_at(const struct text_cursor *cursor, struct text_character c,
                   struct text_token *token) MUST_CHECK;
/* The length of a keycap at text[at] (0-9 # *, perhaps U+FE0F, U+20E3); 0: none. */
size_t text_keycap(struct span text, size_t at);
/* http:// https:// or www. at text[at]. */
bool text_is_link(struct span text, size_t at);

/* The four or eight bytes at `at`, the first lowest. */
static inline uint32_t text_four(const char *at) {
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t text_eight(const char *at) {
    const unsigned char *b = (const unsigned char *)at;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* Of 64 bytes, the first lowest: word, ASCII letters, digits and _; high, bytes from 0x80; sign, # @ $ and *
 * (of a keycap); space, white space of ASCII. */
enum { TEXT_BLOCK = 64 };
struct text_block {
    uint64_t word, high, sign, space;
};
struct text_block text_block_of(const char *bytes);
/* The same on any processor. */
struct text_block text_block_portable(const char *bytes);
/* All of a text, zeros behind its end. blocks has room for text.len / TEXT_BLOCK + 1. */
void text_blocks(struct span text, struct text_block *blocks);
void text_blocks_portable(struct span text, struct text_block *blocks);

#endif
