/* aim: how a text speaks of one of the names in it, given the others, by a model: the weights of its words
 * are summed up by where they stand to the name (in its clause, in that of another name, in a clause without
 * a name behind it, …), and the sums, the words at those places and the words around the name are features of
 * their own. Names that share a word are one subject. Linear in the text, and per subject at most AIM_WINDOW
 * tokens. */
#ifndef EARSHOT_AIM_H
#define EARSHOT_AIM_H

#include "earshot/score.h"

enum {
    AIM_FIELDS = 2,   /* of a text */
    AIM_WINDOW = 256, /* tokens of a text that are looked at for a subject */
    AIM_BEFORE = 64,  /* of them before its first name */
    AIM_WORDS_MAX = 8,
};

struct aim_word {
    uint8_t field;
    uint32_t start, end; /* bytes of the field */
    int weight;          /* thousandths, -1000..1000 */
};

struct aim {
    double likely[LABELS]; /* they are 1 together */
    enum label label;
    struct aim_word words[AIM_WORDS_MAX]; /* that drove it, in the order of the text */
    size_t word_count;
};

/* Of one text after another. One thread at a time. */
struct aims;

struct aims *aims_new(void) MUST_CHECK;
void aims_free(struct aims **aims);

/* A new text: features after features_end(), of fields 0 to AIM_FIELDS - 1. All is borrowed until the next.
 */
void aims_read(struct aims *aims, const struct model *model, const struct model_language *language,
               const struct features *features, const struct span fields[AIM_FIELDS]);
/* The whole text's score, as one of something that people buy and use. */
const struct score *aims_score(const struct aims *aims) MUST_CHECK;
/* Whether any word or sign of it is one of feeling. */
bool aims_feel(const struct aims *aims) MUST_CHECK;
/* The next name, where it stands; by its number, from 0 up. Where no word is, it changes nothing. */
uint32_t aims_name(struct aims *aims) MUST_CHECK;
void aims_place(struct aims *aims, uint32_t name, uint8_t field, uint32_t start, uint32_t end);
/* Wherever the text has it, in any case of ASCII letters. */
void aims_place_word(struct aims *aims, uint32_t name, struct span word);
/* After all names and places: how the text speaks of that name; where it has no place, and of AIMS_WHOLE: of
 * the whole. */
#define AIMS_WHOLE UINT32_MAX
void aims_ask(struct aims *aims, uint32_t name, struct aim *aim);

/* For the trainer: the buckets by which a name is weighed, each once, and their number. alone: as if nobody
 * knew of the other names. */
uint32_t aims_buckets(struct aims *aims, uint32_t name, bool alone, const uint32_t **buckets) MUST_CHECK;
/* After it: the words on that name's side, or on another's, as features, and their number: `words` has room
 * for as many as the text has features. */
enum aim_side { AIM_MINE, AIM_OTHER, AIM_SIDES };
uint32_t aims_words(const struct aims *aims, enum aim_side side, uint32_t *words) MUST_CHECK;

#endif
