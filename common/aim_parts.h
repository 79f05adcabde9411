/* aim_parts: what the files of aim share: the tokens of a text (aim_tokens.c), where they stand to a subject
 * and what that makes of features (aim_features.c), and the answers (aim.c). */
#ifndef COMMON_AIM_PARTS_H
#define COMMON_AIM_PARTS_H

#include "earshot/aim.h"

struct aim_token {
    uint32_t word;                          /* its first feature: of a word itself */
    uint32_t stem;                          /* hash of the first letters of a word; 0: it is none */
    uint32_t first, past;                   /* of the text's features */
    uint32_t start, end;                    /* bytes of its field */
    uint32_t subject;                       /* number of a name + 1; 0: it is of none */
    float positive, negative;               /* sums of weights */
    int16_t feeling;                        /* of the lexicon, in MODEL_FEELING */
    int16_t meanings[MODEL_ENTRY_MEANINGS]; /* sums, in the dictionary's meaning_unit */
    uint8_t field, kind;
    bool named;                /* it looks like a name */
    bool stops, breaks, turns; /* ends a sentence, ends a clause, begins a clause */
};

/* Words that begin a clause, as features, in order. */
struct aim_turns {
    uint32_t words[128];
    size_t count;
};

enum { AIM_BUCKETS_MAX = 16 * AIM_WINDOW + 256 };

/* Where a token stands. "Mine" is the subject that is asked for. */
enum aim_stand {
    AIM_IN_MINE,       /* in a clause that names mine alone */
    AIM_IN_OTHER,      /* or others alone */
    AIM_BETWEEN_MINE,  /* in one that names both, mine first, between them */
    AIM_BETWEEN_OTHER, /* others first */
    AIM_BEFORE_MINE,   /* before both, mine first */
    AIM_BEFORE_OTHER,
    AIM_BEHIND_MINE, /* behind both, mine last */
    AIM_BEHIND_OTHER,
    AIM_AFTER_MINE, /* in a clause without names, of the sentence in which mine was named last */
    AIM_AFTER_OTHER,
    AIM_LATER_MINE, /* in a later sentence */
    AIM_LATER_OTHER,
    AIM_AFTER_BOTH,
    AIM_BEFORE_ALL, /* before any name */
    AIM_STANDS
};

struct aim_sum {
    float positive, negative;
    uint32_t features, tokens;
    int feeling;
};

struct aim_now {
    uint32_t first, past; /* tokens of the window */
    bool others;          /* are named in it */
    uint8_t stands[AIM_WINDOW];
    struct aim_sum sums[AIM_STANDS], all, mine, other;
    int32_t meanings[2]; /* positive and negative: sums over both sides */
};

struct aim_name {
    uint32_t subject; /* another name of the same subject, or itself: the one by which it is known */
    uint32_t first;   /* of the one by which it is known: its first token; AIM_NOWHERE */
    bool answered;
    struct aim answer; /* so, too */
};
#define AIM_NOWHERE UINT32_MAX

struct aims {
    struct aim_turns turns;
    struct span fields[AIM_FIELDS];
    struct aim_token *tokens;
    uint32_t count, cap;
    struct aim_name *names;
    uint32_t name_count, name_cap;
    const struct model *model;
    const struct features *features;
    struct score score;
    struct aim_now subject;
    uint32_t buckets[AIM_BUCKETS_MAX], bucket_count;
    uint64_t seen[FEATURE_BUCKETS / 64]; /* which of them are there */
};

void aim_turns_fill(struct aim_turns *turns);
/* Into tokens, features->token_count of them at most; how many. */
uint32_t aim_tokens_fill(struct aim_token *tokens, const struct aim_turns *turns, const struct model *model,
                         const struct model_language *language, const struct features *features,
                         const struct span fields[AIM_FIELDS]);

/* The name by which a name's subject is known. */
uint32_t aim_subject(struct aims *aims, uint32_t name) MUST_CHECK;
/* Into aims->subject and aims->buckets, each once. alone: without the other names. False: it is not in the
 * text.
 */
bool aim_look(struct aims *aims, uint32_t subject, bool alone) MUST_CHECK;

#endif
