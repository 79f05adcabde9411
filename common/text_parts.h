/* What the files of text share. */
#ifndef COMMON_TEXT_PARTS_H
#define COMMON_TEXT_PARTS_H

#include "earshot/base.h"

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
struct text_character text_character_at(struct span text, size_t at);
enum text_class text_class_of(uint32_t code);
/* An emoji even where no variation selector asks for it. */
bool text_is_emoji(uint32_t code);
/* http:// https:// or www. at text[at]. */
bool text_is_link(struct span text, size_t at);
/* Latin or Greek: loses its accents in form S. */
bool text_has_accents(uint32_t code);
/* The simplified form of a Han character; others as they are. */
uint32_t text_han(uint32_t character);

/* The eight bytes at `at`, the first lowest. */
static inline uint64_t text_eight(const char *at) {
    const unsigned char *b = (const unsigned char *)at;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* Of the 64 bytes at `bytes`, the first lowest: word, ASCII letters, digits and _; special, what may begin
 * something that is no word of ASCII: bytes from 0x80, # @ $, and * for a keycap. */
enum { TEXT_BLOCK = 64 };
struct text_block {
    uint64_t word, special;
};
struct text_block text_block_of(const char *bytes);
/* The same on any processor. */
struct text_block text_block_portable(const char *bytes);

#endif
