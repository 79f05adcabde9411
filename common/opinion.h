/* opinion: how a mention speaks of one alert: the words of feeling near the places that made it match.
 * Integers throughout: the same bytes give the same score on every machine and after every crash. */
#ifndef COMMON_OPINION_H
#define COMMON_OPINION_H

#include "earshot/label.h"
#include "reading.h"

enum { OPINION_WORDS_MAX = 8, OPINION_PLACES_MAX = 32 };

/* Where the alert matched. */
struct place {
    enum field field;
    uint32_t byte; /* of its first character */
};

struct opinion_word {
    enum field field;
    uint32_t start, end;
    int weight; /* thousandths, -1000..1000: what it gave to the score; 1000 is the lexicon's strongest */
};

struct opinion {
    enum label label;
    int score;                                    /* thousandths, -1000..1000 */
    struct opinion_word words[OPINION_WORDS_MAX]; /* the weightiest, in the order of the mention */
    size_t word_count;
};

struct opinions;

/* Borrows the reading; lives in the arena. */
struct opinions *opinions_new(const struct reading *reading, struct arena *arena) MUST_CHECK;
/* Near the places, at most OPINION_PLACES_MAX of them; of the whole document where there is none. */
void opinions_ask(struct opinions *opinions, const struct place *places, size_t count, struct opinion *out);
const char *label_name(enum label label);

#endif
