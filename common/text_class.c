/* text_class: what a character is. General categories come from utf8proc; the scripts without spaces and the
 * emoji that need no selector are short lists of ranges, since utf8proc does not tell scripts. */
#include "text_parts.h"

#include "earshot/text.h"

#include <utf8proc.h>

#define S TEXT_SPACE
#define L TEXT_LETTER
#define D TEXT_DIGIT
static const unsigned char ASCII[128] = {
    /* clang-format off */
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, S, S, S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, L,
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0,
    /* clang-format on */
};
#undef S
#undef L
#undef D

struct text_character text_character_at(struct span text, size_t at) {
    const unsigned char *bytes = (const unsigned char *)text.ptr + at;
    if (bytes[0] < 0x80)
        return (struct text_character){.code = bytes[0], .len = 1};
    utf8proc_int32_t code;
    utf8proc_ssize_t len = utf8proc_iterate(bytes, (utf8proc_ssize_t)(text.len - at), &code);
    if (len <= 0)
        return (struct text_character){.code = 0xFFFD, .len = 1};
    return (struct text_character){.code = (uint32_t)code, .len = (size_t)len};
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count) {
    for (size_t i = 0; i < count && code >= ranges[i].first; i++)
        if (code <= ranges[i].last)
            return true;
    return false;
}

/* Han, Hiragana, Katakana, Thai, Lao, Khmer, Burmese: blocks, with the Han radicals and U+3007, which are no
 * letters for Unicode and are written as such. Ascending. */
static bool is_spaceless(uint32_t code) {
    static const struct range SPACELESS[] = {
        {0x0E00, 0x0EFF},   {0x1000, 0x109F},   {0x1780, 0x17FF},   {0x19E0, 0x19FF}, {0x2E80, 0x2FDF},
        {0x3005, 0x3007},   {0x3021, 0x3029},   {0x3031, 0x3035},   {0x3038, 0x303C}, {0x3041, 0x309F},
        {0x30A1, 0x30FA},   {0x30FC, 0x30FF},   {0x31F0, 0x31FF},   {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
        {0xA9E0, 0xA9FF},   {0xAA60, 0xAA7F},   {0xF900, 0xFAFF},   {0xFF66, 0xFF9D}, {0x16FE2, 0x16FE3},
        {0x16FF0, 0x16FF1}, {0x1AFF0, 0x1B167}, {0x20000, 0x3FFFF},
    };
    return code >= 0x0E00 && in_ranges(code, SPACELESS, COUNT_OF(SPACELESS));
}

static bool is_space(uint32_t code) {
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
           code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

static enum text_class mark_class(const utf8proc_property_t *property) {
    return property->ignorable ? TEXT_HIDDEN : TEXT_MARK;
}

/* What a character of a script without spaces is; punctuation of theirs is in the blocks too. */
static enum text_class spaceless_class(uint32_t code, const utf8proc_property_t *property) {
    bool radical = code >= 0x2E80 && code <= 0x2FDF;
    switch (property->category) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return mark_class(property);
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_NL:
        return TEXT_ALONE;
    case UTF8PROC_CATEGORY_ND:
        return TEXT_ALONE_DIGIT;
    case UTF8PROC_CATEGORY_SO:
        return radical ? TEXT_ALONE : TEXT_SEPARATOR;
    case UTF8PROC_CATEGORY_CN: /* Han of a later Unicode than the library's */
        return code >= 0x3400 ? TEXT_ALONE : TEXT_SEPARATOR;
    default:
        return TEXT_SEPARATOR;
    }
}

static enum text_class other_class(uint32_t code, const utf8proc_property_t *property) {
    if (code >= 0x1F1E6 && code <= 0x1F1FF)
        return TEXT_FLAG;
    if (code >= 0x1F3FB && code <= 0x1F3FF)
        return TEXT_TONE;
    switch (property->category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return TEXT_LETTER;
    case UTF8PROC_CATEGORY_ND:
        return TEXT_DIGIT;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return mark_class(property);
    default:
        break;
    }
    if (property->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)
        return TEXT_PICTURE;
    return is_space(code) ? TEXT_SPACE : TEXT_SEPARATOR;
}

enum text_class text_class_of(uint32_t code) {
    if (code < 0x80)
        return (enum text_class)ASCII[code];
    if (code >= 0x4E00 && code <= 0x9FFF)
        return TEXT_ALONE;
    if (code == 0xFF9E || code == 0xFF9F) /* the voicing marks of narrow Katakana are letters for Unicode */
        return TEXT_MARK;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    return is_spaceless(code) ? spaceless_class(code, property) : other_class(code, property);
}

/* Symbols such as © ™ ↔ are pictographs for Unicode and are text to everybody, until U+FE0F asks for a
 * picture: Acme™ has no emoji in it. */
bool text_is_emoji(uint32_t code) {
    static const struct range SINGLE[] = {
        {0x231A, 0x231B}, {0x23E9, 0x23FA}, {0x25FD, 0x25FE}, {0x2600, 0x27BF},
        {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x1F000, 0x1FFFF},
    };
    return in_ranges(code, SINGLE, COUNT_OF(SINGLE));
}

bool text_has_accents(uint32_t code) {
    static const struct range LATIN_GREEK[] = {
        {'a', 'z'},       {0xAA, 0xAA},     {0xBA, 0xBA},     {0xDF, 0xF6},
        {0xF8, 0x2AF},    {0x370, 0x3FF},   {0x1D00, 0x1DBF}, {0x1E00, 0x1FFF},
        {0x2C60, 0x2C7F}, {0xA722, 0xA7FF}, {0xAB30, 0xAB6F},
    };
    return in_ranges(code, LATIN_GREEK, COUNT_OF(LATIN_GREEK));
}

bool text_is_dense(struct span text) {
    static const struct range HANGUL[] = {
        {0x1100, 0x11FF}, {0x3131, 0x318E}, {0xA960, 0xA97C}, {0xAC00, 0xD7FB}, {0xFFA1, 0xFFDC},
    };
    if (text.len == 0)
        return false;
    uint32_t code = text_character_at(text, 0).code;
    enum text_class class = text_class_of(code);
    return class == TEXT_ALONE || class == TEXT_ALONE_DIGIT || in_ranges(code, HANGUL, COUNT_OF(HANGUL));
}

size_t text_columns(struct span text) {
    size_t columns = 0;
    for (size_t at = 0; at < text.len;) {
        struct text_character c = text_character_at(text, at);
        int width = utf8proc_charwidth((utf8proc_int32_t)c.code);
        columns += c.code < 0x20 || c.code == 0x7F ? 1 : (size_t)width;
        at += c.len;
    }
    return columns;
}
