/* feature: a text as the models of sentiment and of language see it: tokens, and of each the features by
 * which it is weighed, hashed into buckets. One pass, linear in the text; the same bytes give the same
 * features on every machine. A model is of no use to features made otherwise: who changes anything here
 * trains again.
 *
 * Of a word, in lower case, Han characters simplified, a letter more than twice in a row cut to two: itself,
 * itself with the word before it, itself within a negation, and its runs of three and four letters, borders
 * included. Of a character of a script without spaces: it and the next ones, up to four. Of an emoji or a run
 * of signs: itself. All handles are one, all links too. Of the text: its shape, as bins. */
#ifndef EARSHOT_FEATURE_H
#define EARSHOT_FEATURE_H

#include "earshot/base.h"

/* One feature: its bucket, eight more bits of its hash to tell those of a bucket apart, and flags. */
enum { FEATURE_BITS = 18, FEATURE_BUCKETS = 1 << FEATURE_BITS };
enum {
    FEATURE_AGAIN = 1, /* the text had it before: counts for its token, not for the text */
    FEATURE_WORD = 2,  /* a whole word, or characters that may be one: a lexicon may know it */
};

static inline uint32_t feature_bucket(uint32_t feature) {
    return feature >> (32 - FEATURE_BITS);
}
static inline uint8_t feature_check(uint32_t feature) {
    return (uint8_t)(feature >> (32 - FEATURE_BITS - 8));
}

/* Without its flags. */
static inline uint32_t feature_plain(uint32_t feature) {
    return feature & ~(uint32_t)(FEATURE_AGAIN | FEATURE_WORD);
}

enum feature_kind {
    FEATURE_OF_WORD,
    FEATURE_OF_DENSE, /* one character of a script without spaces */
    FEATURE_OF_EMOJI,
    FEATURE_OF_SIGNS, /* punctuation, an emoticon */
    FEATURE_OF_NAME,  /* a handle or a link */
    FEATURE_OF_SHAPE, /* no place in the text: its last token */
};

struct feature_token {
    uint32_t start, end; /* bytes of its field */
    uint32_t first;      /* of its features: they end where the next token's begin */
    uint8_t kind, field;
    bool denied; /* within a negation */
};

/* Characters of scripts without spaces, and words of the others. */
struct feature_scripts {
    uint32_t han, kana, dense, words; /* dense: also han and kana */
};

struct features {
    uint32_t *list;
    struct feature_token *tokens; /* token_count and one behind them, whose `first` is count */
    uint32_t count, token_count;
    uint32_t cap, token_cap;
    uint32_t asked; /* 1 + the last token with a question mark; 0: none */
    struct feature_scripts scripts;
    /* Tables of two bytes a bucket that will be asked for each feature, and for those with FEATURE_WORD. They
     * are fetched while a text is read, so that nobody waits for memory later. NULL, both: none are. */
    const void *fetch_each, *fetch_words;
    struct features_memory *memory;
};

/* One thread at a time. */
struct features *features_new(void) MUST_CHECK;
void features_free(struct features **features);
/* For a new document. */
void features_clear(struct features *features);
/* The tokens of one of its fields, in order. Bytes that are no UTF-8 are signs. text.len is below 4 GiB. */
void features_text(struct features *features, struct span text, uint8_t field);
/* Behind the last field. */
void features_end(struct features *features);
/* The three of them, of a document of one field, 0. */
void features_read(struct features *features, struct span text);
/* What features_text() makes of a word of a lexicon; 0: it is not one word there. */
uint32_t features_word(struct features *features, struct span word) MUST_CHECK;

#endif
