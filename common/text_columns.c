/* text_columns: how wide a text is on a terminal. */
#include "text_parts.h"

#include <utf8proc.h>

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
