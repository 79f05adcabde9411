/* text_table: what a character is, by two look-ups. The tables are printed by text_table_make when Earshot is
 * built: TEXT_ROW characters a row, each row once. */
#ifndef COMMON_TEXT_TABLE_H
#define COMMON_TEXT_TABLE_H

#include <stdint.h>

enum { TEXT_ROW = 64, TEXT_CODES = 0x110000 };
/* Below these an enum text_class. SIMPLE: in form E it is one character, and with its like a word's form is
 * theirs one after the other. LOOSE: form S of a word with it may be another than E. */
enum {
    TEXT_CLASS_BITS = 0x0F,
    TEXT_EMOJI_BIT = 0x10,
    TEXT_ACCENT_BIT = 0x20,
    TEXT_SIMPLE_BIT = 0x40,
    TEXT_LOOSE_BIT = 0x80
};

extern const uint16_t text_property_index[TEXT_CODES / TEXT_ROW];
extern const uint8_t text_property_rows[][TEXT_ROW];
/* Form E of what is simple, 0 where that is itself; without the Han characters that text_han() has a list of.
 */
enum { TEXT_HAN_FIRST = 0x3400, TEXT_HAN_LAST = 0x9FFF };
extern const uint16_t text_folded_index[TEXT_CODES / TEXT_ROW];
extern const uint32_t text_folded_rows[][TEXT_ROW];
/* Of the characters of one or two bytes in UTF-8 (TEXT_LETTER_FOLDED) form E from bit 16 on, and from bit 32
 * on what text_plain() says of that. GOES_ON: it may stand in a word. SIMPLE: as above. OWN: form E is
 * itself. STRICT: so is form S. TWO: form E has two bytes, and is no mark and nothing that form S drops. */
enum { TEXT_LETTERS = 0x800 };
enum {
    TEXT_LETTER_GOES_ON = 1,
    TEXT_LETTER_SIMPLE = 2,
    TEXT_LETTER_OWN = 4,
    TEXT_LETTER_STRICT = 8,
    TEXT_LETTER_TWO = 16,
    TEXT_LETTER_ALL = 31,
};
extern const uint64_t text_letters[TEXT_LETTERS];

/* What an accented letter is in form S: the letter that it stands on, or what is read for it; 0: itself. From
 * TWO_LETTERS on two letters of ASCII, the first in the lower byte. */
enum { TEXT_TWO_LETTERS = 0x6000 };
extern const uint16_t text_plain_index[TEXT_CODES / TEXT_ROW];
extern const uint16_t text_plain_rows[][TEXT_ROW];

/* Form E of the words of one Kana or Han character from FIRST to LAST that have no other form, as three or
 * four bytes and zeros; of others zeros. */
enum { TEXT_ALONE_FIRST = 0x3000, TEXT_ALONE_LAST = 0x9FFF };
extern const char text_alone_forms[TEXT_ALONE_LAST - TEXT_ALONE_FIRST + 1][4];

#endif
