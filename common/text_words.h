/* text_words: the texts of a mention as an index is asked about them: positions, and a hash of each form in
 * which a position is compared. */
#ifndef COMMON_TEXT_WORDS_H
#define COMMON_TEXT_WORDS_H

#include "earshot/text.h"

/* What is compared with what. A pair is two neighbours of a script without spaces. */
enum text_space {
    TEXT_SPACE_WORD,
    TEXT_SPACE_TAG,
    TEXT_SPACE_HANDLE,
    TEXT_SPACE_CASHTAG,
    TEXT_SPACE_EMOJI,
    TEXT_SPACE_PAIR,
    TEXT_SPACE_FREE, /* from here on: for others */
};
enum { TEXT_BORDER = TEXT_LINK + 1 };

struct text_place {
    uint32_t start, end;
    uint8_t kind; /* enum text_kind, or TEXT_BORDER: what is on its two sides is never next to each other */
    uint8_t field;
    bool alone; /* a word of a script without spaces */
};

struct text_key {
    uint64_t hash;     /* text_hash() of the form; of a pair text_hash_pair() */
    const char *form;  /* ascii: the text's own bytes, letters of ASCII in any case; NULL for a pair. Valid
                          until the next text_words_clear(), and where it is in the text as long as that is */
    uint32_t position; /* in places; of a pair the first's */
    union {
        struct {
            uint32_t len : 24;        /* of form */
            uint32_t space : 3;       /* enum text_space */
            uint32_t loose : 1;       /* form S or G, not E */
            uint32_t written_out : 1; /* form G */
            uint32_t ascii : 1;
        };
        uint32_t bits;
    };
};

struct text_words {
    struct text_place *places;
    struct text_key *keys; /* by position, but for what others add */
    uint32_t place_count, key_count;
    uint32_t place_cap, key_cap;
    bool lacks_pairs; /* there are hashtags beyond ASCII, or words without spaces of several forms: a pair is
                         of two such words' E only */
    struct text_words_memory *memory;
};

struct text_words *text_words_new(void) MUST_CHECK;
void text_words_free(struct text_words **words);
/* For a new mention. Of another seed than the last: what was remembered of words is forgotten, which takes
 * a while. */
void text_words_clear(struct text_words *words, uint64_t seed);
/* A border, and the positions of the text. */
void text_words_text(struct text_words *words, struct span text, uint8_t field);
/* A border, and an element of a mention's hashtags (TEXT_TAG) or mentions (TEXT_HANDLE), with or without its
 * sign; its place is from index to index + 1. */
void text_words_element(struct text_words *words, enum text_kind kind, struct span element, uint32_t index,
                        uint8_t field);
/* A place, and a key of it. form is the caller's. */
uint32_t text_words_place(struct text_words *words, struct text_place place);
void text_words_key(struct text_words *words, struct text_key key);

uint64_t text_hash(uint64_t seed, enum text_space space, struct span form) MUST_CHECK;
uint64_t text_hash_pair(uint64_t seed, uint64_t first, uint64_t second) MUST_CHECK;

#endif
