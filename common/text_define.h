/* text_define: what a character is, by definition: from utf8proc and lists of ranges. text_table_make turns
 * it into the tables of text_table.c, which say the same and are what is asked at run time. */
#ifndef COMMON_TEXT_DEFINE_H
#define COMMON_TEXT_DEFINE_H

#include "text_parts.h"

struct text_seconds;

enum text_class text_define_class(uint32_t code);
bool text_define_is_emoji(uint32_t code);
/* Latin or Greek: loses its accents in form S. */
bool text_define_has_accents(uint32_t code);
/* Characters that one before them may take in: the second of two that compose. Free with free(). */
struct text_seconds *text_define_seconds(void) MUST_CHECK;
/* What one character is in form E, where it is one there too and neither changes nor is changed by others
 * like it that stand beside it; else 0. */
uint32_t text_define_simple(const struct text_seconds *seconds, uint32_t code);
/* Of a character of form E: what stands for it in form S is not always itself. */
bool text_define_is_loose(uint32_t code);
/* The row of a character in text_letters. */
uint64_t text_define_letter(const struct text_seconds *seconds, uint32_t code);
/* What an accented letter is in form S; from TEXT_TWO_LETTERS on it is two. */
uint32_t text_define_plain(uint32_t code);

#endif
