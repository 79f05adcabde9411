/* text_define: general categories come from utf8proc; the scripts without spaces and the emoji that need no
 * selector are short lists of ranges, since utf8proc does not tell scripts. */
#include "text_define.h"

#include <utf8proc.h>

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

static enum text_class ascii_class(uint32_t code) {
    uint32_t lower = code | 0x20;
    if ((lower >= 'a' && lower <= 'z') || code == '_')
        return TEXT_LETTER;
    if (code >= '0' && code <= '9')
        return TEXT_DIGIT;
    return code == ' ' || (code >= '\t' && code <= '\r') ? TEXT_SPACE : TEXT_SEPARATOR;
}

enum text_class text_define_class(uint32_t code) {
    if (code < 0x80)
        return ascii_class(code);
    if (code == 0xFF9E || code == 0xFF9F) /* the voicing marks of narrow Katakana are letters for Unicode */
        return TEXT_MARK;
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
    return is_spaceless(code) ? spaceless_class(code, property) : other_class(code, property);
}

/* Symbols such as © ™ ↔ are pictographs for Unicode and are text to everybody, until U+FE0F asks for a
 * picture: Acme™ has no emoji in it. */
bool text_define_is_emoji(uint32_t code) {
    static const struct range SINGLE[] = {
        {0x231A, 0x231B}, {0x23E9, 0x23FA}, {0x25FD, 0x25FE}, {0x2600, 0x27BF},
        {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x1F000, 0x1FFFF},
    };
    return in_ranges(code, SINGLE, COUNT_OF(SINGLE));
}

bool text_define_has_accents(uint32_t code) {
    static const struct range LATIN_GREEK[] = {
        {'a', 'z'},       {0xAA, 0xAA},     {0xBA, 0xBA},     {0xDF, 0xF6},
        {0xF8, 0x2AF},    {0x370, 0x3FF},   {0x1D00, 0x1DBF}, {0x1E00, 0x1FFF},
        {0x2C60, 0x2C7F}, {0xA722, 0xA7FF}, {0xAB30, 0xAB6F},
    };
    return in_ranges(code, LATIN_GREEK, COUNT_OF(LATIN_GREEK));
}

/* One character of form E; no place has more. */
enum { PARTS = 32, LAST_COMPOSING = 0x1FFFF };

static utf8proc_ssize_t parts_of(uint32_t code, int how, utf8proc_int32_t parts[PARTS]) {
    int last_boundclass = 0;
    return utf8proc_decompose_char((utf8proc_int32_t)code, parts, PARTS, (utf8proc_option_t)how,
                                   &last_boundclass);
}

struct text_seconds {
    bool is[LAST_COMPOSING + 1];
};

/* Hangul's vowels and finals compose by rule. */
struct text_seconds *text_define_seconds(void) {
    struct text_seconds *seconds = xcalloc(1, sizeof *seconds);
    for (uint32_t code = 0xC0; code <= LAST_COMPOSING; code++) {
        utf8proc_int32_t parts[PARTS];
        utf8proc_ssize_t len = parts_of(code, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, parts);
        for (utf8proc_ssize_t i = 1; i < len && i < PARTS; i++)
            seconds->is[parts[i]] = true;
    }
    return seconds;
}

uint32_t text_define_simple(const struct text_seconds *seconds, uint32_t code) {
    enum {
        FOLD = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE
    };
    utf8proc_int32_t parts[PARTS];
    utf8proc_ssize_t len = parts_of(code, FOLD, parts);
    if (len < 1 || len > PARTS)
        return 0;
    utf8proc_int32_t first = parts[0];
    len = utf8proc_normalize_utf32(parts, len, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (len != 1 || utf8proc_get_property(first)->combining_class != 0 ||
        (first <= LAST_COMPOSING && seconds->is[first]))
        return 0;
    return text_han((uint32_t)parts[0]);
}

bool text_define_is_loose(uint32_t code) {
    return (code >= 0x80 && text_define_has_accents(code)) || text_is_arabic_vowel(code) ||
           utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_MN;
}

static uint32_t base_of(uint32_t code) {
    utf8proc_int32_t parts[PARTS];
    utf8proc_ssize_t len = parts_of(code, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, parts);
    return len > 0 && len <= PARTS ? (uint32_t)parts[0] : code;
}

/* Letters with a stroke and ligatures Unicode does not take apart. */
uint32_t text_define_plain(uint32_t code) {
    static const struct {
        uint32_t code, plain;
    } LETTERS[] = {
        {0x142, 'l'},
        {0xF8, 'o'},
        {0x111, 'd'},
        {0x127, 'h'},
        {0x131, 'i'},
        {0xE6, 'a' | 'e' << 8},
        {0x153, 'o' | 'e' << 8},
    };
    uint32_t base = base_of(code);
    for (size_t i = 0; i < COUNT_OF(LETTERS); i++)
        if (LETTERS[i].code == base)
            return LETTERS[i].plain;
    return base;
}

uint64_t text_define_letter(const struct text_seconds *seconds, uint32_t code) {
    enum text_class class = text_define_class(code);
    uint32_t simple = text_define_simple(seconds, code), folded = simple ? simple : code;
    bool accented = text_define_has_accents(folded), loose = text_define_is_loose(folded);
    uint32_t plain = accented ? text_define_plain(folded) : folded;
    uint64_t flags = 0;
    if (class == TEXT_LETTER || class == TEXT_DIGIT || class == TEXT_MARK || class == TEXT_HIDDEN)
        flags |= TEXT_LETTER_GOES_ON;
    if (simple)
        flags |= TEXT_LETTER_SIMPLE;
    if (simple && folded == code)
        flags |= TEXT_LETTER_OWN;
    if (simple && !loose)
        flags |= TEXT_LETTER_STRICT;
    if (simple && folded >= 0x80 && folded < TEXT_LETTERS && (accented || !loose))
        flags |= TEXT_LETTER_TWO;
    ASSERT(folded <= UINT16_MAX && plain <= UINT16_MAX);
    return flags | (uint64_t)folded << 16 | (uint64_t)plain << 32;
}
