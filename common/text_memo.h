/* text_memo: the keys of words that take long to fold, as they were when they were last read: most of a
 * text's words were in others. Of a bounded size, and asked by a keyed hash: who writes texts makes it
 * neither slow nor large. */
#ifndef COMMON_TEXT_MEMO_H
#define COMMON_TEXT_MEMO_H

#include "text_words.h"

enum { TEXT_MEMO_RAW = 48, TEXT_MEMO_KEYS = 6, TEXT_MEMO_FORMS = 112 };

/* The bytes of a token, at most TEXT_MEMO_RAW, and a hash of them and the seed. */
struct text_memo_key {
    uint64_t hash;
    struct span raw;
};

struct text_memo_entry {
    uint64_t hash;
    uint32_t
        used; /* the mention that it was last given to: its forms are borrowed until that is done; 0: free */
    uint8_t len, key_count;
    char raw[TEXT_MEMO_RAW];
    struct text_key keys[TEXT_MEMO_KEYS]; /* position is to be set; form is in forms */
    char forms[TEXT_MEMO_FORMS];
};

struct text_memo;

struct text_memo *text_memo_new(void) MUST_CHECK;
void text_memo_free(struct text_memo **memo);
/* Of another seed: nothing is remembered. */
void text_memo_clear(struct text_memo *memo);
/* The next mention: what was given out may go. */
void text_memo_next(struct text_memo *memo);
/* NULL: not there. */
const struct text_memo_entry *text_memo_find(struct text_memo *memo, const struct text_memo_key *key);
/* An entry to be filled in, with the key's bytes; NULL where all that it could take the place of are given
 * out. */
struct text_memo_entry *text_memo_add(struct text_memo *memo, const struct text_memo_key *key);

#endif
