/* text: text to words, and the forms in which words are compared: query.md beside this file, "Text becomes
 * words" and "Words are compared". The same for a query and for a mention. Pure; time is linear in the text,
 * whoever wrote it. Bytes that are no UTF-8 separate words. */
#ifndef EARSHOT_TEXT_H
#define EARSHOT_TEXT_H

#include "earshot/base.h"

enum text_kind { TEXT_WORD, TEXT_TAG, TEXT_HANDLE, TEXT_CASHTAG, TEXT_EMOJI, TEXT_LINK };

/* One position; # @ $ are in it. */
struct text_token {
    enum text_kind kind;
    size_t start, end;
};

struct text_cursor {
    struct span text;
    size_t at;
    bool after_word; /* a letter, mark, digit or _ is right before `at` */
};

void text_begin(struct text_cursor *cursor, struct span text);
/* False behind the last one. */
bool text_next(struct text_cursor *cursor, struct text_token *token) MUST_CHECK;

/* Bytes of the # @ or $ (or their wide forms) that a sign, tag, handle or cashtag begins with; 0: none. */
size_t text_sign(struct span text);
/* Bytes of white space that text begins with. */
size_t text_space(struct span text);
/* Bytes of marks that text begins with: what goes on with a character before them. */
size_t text_marks(struct span text);
/* Columns of a terminal that it takes; a control character takes one. */
size_t text_columns(struct span text);
/* Begins with a character of a script in which one says as much as a word's beginning: Han, Kana, Hangul,
 * Thai, Lao, Khmer, Burmese. */
bool text_is_dense(struct span text);
/* Well-formed UTF-8; else *byte is where it is not. */
bool text_is_utf8(struct span text, size_t *byte) MUST_CHECK;

/* Forms E, S and G. s and g are {NULL, 0} where they equal e. */
struct text_forms {
    struct span e, s, g;
};

struct text_folder; /* memory of the forms; one thread at a time */

struct text_folder *text_folder_new(void) MUST_CHECK;
void text_folder_free(struct text_folder **folder);
/* What is given back is valid until the next call with this folder. */
struct text_forms text_fold(struct text_folder *folder, struct span word) MUST_CHECK;
/* Full case folding and nothing else. */
struct span text_fold_case(struct text_folder *folder, struct span text) MUST_CHECK;
/* An emoji without skin tones and variation selectors, which is how emoji are compared. */
struct span text_fold_emoji(struct text_folder *folder, struct span emoji) MUST_CHECK;

#endif
