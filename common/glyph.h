/* glyph: what a character is to the scorer, and its lower case. No tables of Unicode: the six languages of
 * the lexicon, their punctuation and emoji; every other letter is part of a word. */
#ifndef COMMON_GLYPH_H
#define COMMON_GLYPH_H

#include "earshot/base.h"

enum glyph {
    GLYPH_WORD,  /* letters, digits, _ */
    GLYPH_HAN,   /* a word by itself: Han and kana */
    GLYPH_SPACE, /* also line breaks */
    GLYPH_STOP,  /* ends a sentence: . … 。 */
    GLYPH_BANG,
    GLYPH_QUESTION,
    GLYPH_COMMA, /* ends a clause: , ; : ( ) — 、 */
    GLYPH_QUOTE, /* apostrophes, which may stand inside a word */
    GLYPH_EMOJI,
    GLYPH_OTHER,
};

/* The character at *at, which is moved on by its length. Never reads past text; a byte that is no UTF-8 is
 * U+FFFD. */
uint32_t glyph_next(struct span text, size_t *at);
enum glyph glyph_class(uint32_t character);
uint32_t glyph_lower(uint32_t character);
/* Without its accent: ą ć é ñ … of Spanish, Dutch and Polish; others as they are. */
uint32_t glyph_plain(uint32_t character);

#endif
