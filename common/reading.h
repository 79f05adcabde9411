/* reading: where a mention's title and text carry feeling, clause by clause, before anyone asks about what.
 * Borrows the texts; lives in the arena. Linear in their length. */
#ifndef COMMON_READING_H
#define COMMON_READING_H

#include "earshot/arena.h"
#include "earshot/lexicon.h"

enum field { FIELD_TITLE, FIELD_TEXT, FIELD_COUNT };

/* A word of feeling in its surroundings: negated, strengthened, asked or shouted. */
struct feeling {
    uint32_t start, end; /* bytes of the field */
    uint32_t clause;
    int32_t weight; /* hundredths of the lexicon's units */
};

struct clause {
    uint32_t start; /* byte of the field; it ends where the next begins */
    uint32_t sentence;
    enum field field;
};

struct sentence {
    uint32_t first_feeling; /* the next sentence's is the end */
};

/* All in the order of the mention: title first. There is one sentence more than there are, as an end. */
struct reading {
    const struct feeling *feelings;
    const struct clause *clauses;
    const struct sentence *sentences;
    size_t feeling_count, clause_count, sentence_count;
};

struct reading *reading_of(const struct lexicon *lexicon, enum language language, struct span title,
                           struct span text, struct arena *arena) MUST_CHECK;

/* The clause that holds a byte of a field; false: the field has no word. */
bool reading_clause(const struct reading *reading, enum field field, uint32_t byte,
                    uint32_t *clause) MUST_CHECK;

#endif
