/* text_look: what a character is, asked of the tables: for all but those who make them. */
#ifndef COMMON_TEXT_LOOK_H
#define COMMON_TEXT_LOOK_H

#include "text_parts.h"

/* code is below TEXT_CODES. */
static inline unsigned text_property(uint32_t code) {
    return text_property_rows[text_property_index[code / TEXT_ROW]][code % TEXT_ROW];
}

static inline uint32_t text_folded(uint32_t code) {
    uint32_t folded = text_folded_rows[text_folded_index[code / TEXT_ROW]][code % TEXT_ROW];
    return folded ? folded : code;
}

static inline uint32_t text_plain(uint32_t code) {
    uint32_t plain = text_plain_rows[text_plain_index[code / TEXT_ROW]][code % TEXT_ROW];
    return plain ? plain : code;
}

/* Writes what an accented letter is in form S: the letter that it stands on, or what is read for it; behind
 * its last. */
static inline char *text_encode_plain(char *to, uint32_t code) {
    uint32_t plain = text_plain(code);
    if (plain < TEXT_TWO_LETTERS || plain == code)
        return text_encode(to, plain);
    *to++ = (char)(plain & 0xFF);
    *to++ = (char)(plain >> 8);
    return to;
}

static inline enum text_class text_class_of(uint32_t code) {
    return (enum text_class)(text_property(code) & TEXT_CLASS_BITS);
}
/* An emoji even where no variation selector asks for it. */
static inline bool text_is_emoji(uint32_t code) {
    return text_property(code) & TEXT_EMOJI_BIT;
}
/* Latin or Greek: loses its accents in form S. */
static inline bool text_has_accents(uint32_t code) {
    return text_property(code) & TEXT_ACCENT_BIT;
}

#endif
