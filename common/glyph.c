/* The ranges are those of Unicode's blocks, read from the low to the high: coarse, but one comparison chain
 * instead of tables, and the same on every machine (no locale, no library version). */
#include "glyph.h"

uint32_t glyph_next(struct span text, size_t *at) {
    const unsigned char *bytes = (const unsigned char *)text.ptr + *at;
    size_t left = text.len - *at;
    uint32_t lead = bytes[0];
    size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (length == 1) {
        (*at)++;
        return lead;
    }
    uint32_t character = lead & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if (i >= left || (bytes[i] & 0xC0U) != 0x80) {
            (*at)++;
            return 0xFFFD;
        }
        character = character << 6 | (bytes[i] & 0x3FU);
    }
    *at += length;
    return character;
}

static enum glyph ascii_class(uint32_t character) {
    if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
        (character >= '0' && character <= '9') || character == '_')
        return GLYPH_WORD;
    if (character <= ' ')
        return GLYPH_SPACE;
    switch (character) {
    case '.':
        return GLYPH_STOP;
    case '!':
        return GLYPH_BANG;
    case '?':
        return GLYPH_QUESTION;
    case ',':
    case ';':
    case ':':
    case '(':
    case ')':
        return GLYPH_COMMA;
    case '\'':
        return GLYPH_QUOTE;
    default:
        return GLYPH_OTHER;
    }
}

/* U+2000 to U+206F. */
static enum glyph punctuation_class(uint32_t character) {
    if (character <= 0x200A || character == 0x2028 || character == 0x2029 || character == 0x202F)
        return GLYPH_SPACE;
    if (character == 0x2013 || character == 0x2014)
        return GLYPH_COMMA;
    if (character == 0x2019)
        return GLYPH_QUOTE;
    return character == 0x2026 ? GLYPH_STOP : GLYPH_OTHER;
}

/* U+3000 to U+303F and U+FF00 to U+FFEF. */
static enum glyph wide_class(uint32_t character) {
    switch (character) {
    case 0x3000:
        return GLYPH_SPACE;
    case 0x3002:
    case 0xFF0E:
        return GLYPH_STOP;
    case 0xFF01:
        return GLYPH_BANG;
    case 0xFF1F:
        return GLYPH_QUESTION;
    case 0x3001:
    case 0xFF0C:
    case 0xFF1A:
    case 0xFF1B:
    case 0xFF08:
    case 0xFF09:
        return GLYPH_COMMA;
    default:
        return character > 0xFF0F && character <= 0xFF5A ? GLYPH_WORD : GLYPH_OTHER;
    }
}

enum glyph glyph_class(uint32_t character) {
    if (character < 0x80)
        return ascii_class(character);
    if (character == 0xA0 || character == 0x85)
        return GLYPH_SPACE;
    if (character < 0xC0)
        return character == 0xAA || character == 0xB5 || character == 0xBA ? GLYPH_WORD : GLYPH_OTHER;
    if (character < 0x2000)
        return character == 0xD7 || character == 0xF7 ? GLYPH_OTHER : GLYPH_WORD;
    if (character < 0x2070)
        return punctuation_class(character);
    if (character < 0x2190)
        return GLYPH_OTHER;
    if (character < 0x2C00)
        return GLYPH_EMOJI;
    if (character >= 0x3000 && character < 0x3040)
        return wide_class(character);
    if (character >= 0xAC00 && character < 0xD7B0)
        return GLYPH_WORD;
    if (character >= 0x2E80 && character < 0xA000)
        return GLYPH_HAN;
    if (character >= 0xFE00 && character < 0xFE10)
        return GLYPH_OTHER; /* which form of the emoji before */
    if (character >= 0xFF00 && character < 0xFFF0)
        return wide_class(character);
    if (character >= 0xFFF0 && character < 0x10000)
        return GLYPH_OTHER;
    if (character >= 0x1F3FB && character <= 0x1F3FF)
        return GLYPH_OTHER; /* the skin of the emoji before */
    if (character >= 0x1F000 && character < 0x1FB00)
        return GLYPH_EMOJI;
    return (character >= 0xF900 && character < 0xFB00) || (character >= 0x20000 && character < 0x40000)
               ? GLYPH_HAN
               : GLYPH_WORD;
}

uint32_t glyph_lower(uint32_t character) {
    if (character >= 'A' && character <= 'Z')
        return character + 32;
    if (character < 0xC0)
        return character;
    if (character <= 0xDE)
        return character == 0xD7 ? character : character + 32;
    if (character >= 0x100 && character < 0x180) {
        bool upper_is_odd =
            (character >= 0x139 && character <= 0x148) || (character >= 0x179 && character <= 0x17E);
        if (character == 0x130 || character == 0x131 || character == 0x138 || character == 0x149 ||
            character == 0x17F)
            return character;
        if (character == 0x178)
            return 0xFF;
        return (character & 1) == (upper_is_odd ? 1U : 0U) ? character + 1 : character;
    }
    return character == 0x2019 ? '\'' : character;
}

uint32_t glyph_plain(uint32_t character) {
    static const struct {
        uint32_t accented;
        char plain;
    } PAIRS[] = {
        {0xE0, 'a'},  {0xE1, 'a'},  {0xE2, 'a'},  {0xE7, 'c'},  {0xE8, 'e'},  {0xE9, 'e'},  {0xEA, 'e'},
        {0xEB, 'e'},  {0xED, 'i'},  {0xEE, 'i'},  {0xEF, 'i'},  {0xF1, 'n'},  {0xF2, 'o'},  {0xF3, 'o'},
        {0xF4, 'o'},  {0xFA, 'u'},  {0xFB, 'u'},  {0xFC, 'u'},  {0x105, 'a'}, {0x107, 'c'}, {0x119, 'e'},
        {0x142, 'l'}, {0x144, 'n'}, {0x15B, 's'}, {0x17A, 'z'}, {0x17C, 'z'},
    };
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++)
        if (PAIRS[i].accented == character)
            return (uint32_t)PAIRS[i].plain;
    return character;
}
