/* A query as a program: struct match_entry, which says whose it is, and the query's node. Nodes are of 32-bit
 * units, each with its size, a parent's children behind it.
 *
 *     AND OR        node…
 *     NOT           node
 *     SCOPE         fields; node         only in these fields
 *     SILENT        fields; node         the same, and gives no ranges
 *     NEAR          (distance; node)…    in the distance to the next MATCH_ORDERED where it comes first
 *     PHRASE        how; word…           two or more, next to each other; struct match_phrase_head
 *     WINDOW        gap; word…           in any order
 *     ENTITY        length; bytes; word… exactly the bytes; the words are for filing only
 *     PREDICATE     number               in index->predicates
 *     WORD          spelling…            any of them: of one word one or two
 *
 * A spelling is a header (struct match_spelling), 32 bits of the hash, and the bytes of the form.
 *
 * So a query is filed (match_file.c). Then what can be is written as one node that is run in a single loop
 * (match_flat.c):
 *
 *     CLAUSES       term…                clauses, of which all must be true
 *
 * A term is a word's spelling, or that of a phrase's rarest word and behind it the WORD nodes of the others:
 * struct match_term, and the bytes of the form. A clause ends with a term that is the last; it is true where
 * one of its terms is found, or, if the last is negated, none. */
#ifndef COMMON_MATCH_CODE_H
#define COMMON_MATCH_CODE_H

#include "text_words.h"

#include "earshot/match.h"

enum match_op {
    MATCH_AND,
    MATCH_OR,
    MATCH_NOT,
    MATCH_SCOPE,
    MATCH_SILENT,
    MATCH_NEAR,
    MATCH_PHRASE,
    MATCH_WINDOW,
    MATCH_ENTITY,
    MATCH_PREDICATE,
    MATCH_WORD,
    MATCH_CLAUSES,
};

/* Fields of a place, beside those of enum match_field, and the spaces that go with them. */
enum { MATCH_AUTHOR_HANDLE = MATCH_MENTIONS + 1, MATCH_AUTHOR_NAME, MATCH_SITE, MATCH_LINK };
#define MATCH_SPACE_SITE TEXT_SPACE_FREE
#define MATCH_SPACE_PATTERN                                                                                  \
    ((enum text_space)(TEXT_SPACE_FREE + 1)) /* len is the pattern's number, form NULL */
#define MATCH_BIT(field) (1u << (field))
enum {
    MATCH_WORDS = MATCH_BIT(MATCH_TITLE) | MATCH_BIT(MATCH_TEXT), /* where positions are */
    MATCH_OUTSIDE = MATCH_WORDS | MATCH_BIT(MATCH_HASHTAGS) | MATCH_BIT(MATCH_MENTIONS),
};

struct match_entry {
    uint32_t id, id_len; /* in the index's ids */
    int64_t version, from, to;
};
enum { MATCH_ENTRY = sizeof(struct match_entry) / sizeof(uint32_t) };

static inline struct match_entry match_entry(const uint32_t *program) {
    struct match_entry entry;
    memcpy(&entry, program, sizeof entry);
    return entry;
}

#define MATCH_ORDERED 0x100u

static inline enum match_op match_op(const uint32_t *node) {
    return (enum match_op)(*node & 0xF);
}

static inline const uint32_t *match_end(const uint32_t *node) {
    return node + (*node >> 4);
}

/* rarest: which of them is looked for, and then the others beside it; when the phrase is filed its node comes
 * first. */
struct match_phrase_head {
    uint16_t words, rarest;
};
enum { MATCH_PHRASE_HEAD = 1 + sizeof(struct match_phrase_head) / sizeof(uint32_t) };

static inline struct match_phrase_head match_phrase_head(const uint32_t *node) {
    struct match_phrase_head head;
    memcpy(&head, node + 1, sizeof head);
    return head;
}

/* The first bits are those of a text_key, but that strict forbids loose. */
struct match_spelling {
    union {
        struct {
            uint32_t len : 24; /* of the form; a pattern's number */
            uint32_t space : 3;
            uint32_t strict : 1; /* not a text's S and G */
            uint32_t tag : 1;    /* only the name of a hashtag */
            uint32_t last : 1;   /* of its word, or clause */
            uint32_t negated : 1;
        };
        uint32_t bits;
    };
};
enum { MATCH_SPELLING_HEAD = 2 };

static inline struct match_spelling match_spelling(const uint32_t *at) {
    struct match_spelling spelling;
    memcpy(&spelling, at, sizeof spelling);
    return spelling;
}

/* While queries are filed: the number of the whole hash in the index's hashes. */
static inline uint32_t match_spelling_hash(const uint32_t *at) {
    return at[1];
}

static inline struct span match_spelling_form(const uint32_t *at) {
    return (struct span){(const char *)(at + MATCH_SPELLING_HEAD), match_spelling(at).len};
}

static inline const uint32_t *match_spelling_next(const uint32_t *at) {
    struct match_spelling spelling = match_spelling(at);
    size_t bytes = spelling.space == MATCH_SPACE_PATTERN ? 0 : spelling.len;
    return at + MATCH_SPELLING_HEAD + (bytes + 3) / 4;
}

/* rarest: which of the words it is. */
struct match_term {
    struct match_spelling spelling;
    uint32_t hash;
    uint16_t units; /* of all of it */
    uint8_t words, rarest;
};
enum { MATCH_TERM = sizeof(struct match_term) / sizeof(uint32_t) };

static inline struct match_term match_term(const uint32_t *at) {
    struct match_term term;
    memcpy(&term, at, sizeof term);
    return term;
}

#endif
