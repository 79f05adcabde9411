/* model: what `earshot-train` learned: for each language a table of weights by feature, and the words of
 * feeling; one table for what is said of a name; and what tells languages and intents apart. Immutable once
 * loaded: any thread. About a MiB a language. */
#ifndef EARSHOT_MODEL_H
#define EARSHOT_MODEL_H

#include "earshot/feature.h"

#include "earshot/buf.h"

/* Both are against neutral, in units of the table. */
struct model_weights {
    int8_t positive, negative;
};
struct model_table {
    double unit;                   /* of a weight */
    double positive, negative;     /* added to the sums of weights */
    struct model_weights *weights; /* FEATURE_BUCKETS */
};
/* A word of feeling: that whose feature has this check. */
struct model_feeling {
    int8_t value; /* in MODEL_FEELING; 0: none */
    uint8_t check;
};
enum { MODEL_FEELING = 25, MODEL_FEELINGS_MAX = 4 * MODEL_FEELING };

struct model_language {
    char code[4]; /* ISO 639-1, or MODEL_OTHER */
    uint8_t view; /* which of the model's `things` fit it */
    struct model_table table;
    /* FEATURE_BUCKETS. Apart: each text asks for a hundred weights, and for few feelings. */
    struct model_feeling *feelings;
};
#define MODEL_OTHER "*" /* any language: signs, emoji */

/* Several questions at once: of each feature a weight for each. */
enum { MODEL_COLUMNS = 16, MODEL_IDENTIFY_BITS = 16 };
struct model_row {
    int8_t weights[MODEL_COLUMNS];
};
struct model_questions {
    unsigned bits;               /* of a feature, that are the number of its row */
    double unit;                 /* of a weight */
    double added[MODEL_COLUMNS]; /* to the sums of weights */
    struct model_row *rows;      /* 2^bits */
};

/* The same of those features only that say something: each is where its bucket and its other bits are. */
enum { MODEL_ENTRY_COLUMNS = 14, MODEL_ENTRY_WAYS = 2, MODEL_ENTRIES = MODEL_ENTRY_WAYS * FEATURE_BUCKETS };
/* The last columns, from the first of them on, are of aim.h: how much it speaks for and against the subject
 * on whose side a word stands, and then for and against the other. */
enum { MODEL_ENTRY_MEANING = 10, MODEL_ENTRY_MEANINGS = MODEL_ENTRY_COLUMNS - MODEL_ENTRY_MEANING };
enum {
    MODEL_ENTRY_COMMON = 1, /* a common word of a language: no name by itself */
    MODEL_ENTRY_USED = 2,
};
struct model_entry {
    int8_t weights[MODEL_ENTRY_COLUMNS];
    uint16_t check; /* model_entry_check(), perhaps with MODEL_ENTRY_COMMON */
};
struct model_dictionary {
    double unit;                       /* of a weight */
    double meaning_unit;               /* of the last MODEL_ENTRY_MEANINGS */
    double added[MODEL_ENTRY_COLUMNS]; /* to the sums of weights */
    struct model_entry *entries;       /* MODEL_ENTRIES; those of a bucket side by side */
    uint32_t common;                   /* how many of them are common words */
};

enum { MODEL_LANGUAGES_MAX = MODEL_COLUMNS, MODEL_VIEWS = 2 };
struct model {
    struct model_language languages[MODEL_LANGUAGES_MAX];
    size_t count;
    /* Where a text is about something that people buy and use: weights to be added to the language's, and
     * sums that take the place of its own. */
    struct model_table things[MODEL_VIEWS];
    struct model_table aims;         /* of aim.h's buckets */
    struct model_questions identify; /* in the order of the languages */
    struct model_dictionary intents; /* in the order of intent.h */
    unsigned char *tables;           /* the memory of all of them */
    size_t tables_used;
};

static inline uint32_t model_row(const struct model_questions *questions, uint32_t feature) {
    return feature >> (32 - questions->bits);
}

/* Adds the weights of a row to the sums. */
static inline void model_add_row(const struct model_questions *questions, uint32_t row,
                                 int32_t sums[MODEL_COLUMNS]) {
    for (size_t k = 0; k < MODEL_COLUMNS; k++)
        sums[k] += questions->rows[row].weights[k];
}

static inline uint16_t model_entry_check(uint32_t feature) {
    enum { OTHER_BITS = (1 << (32 - FEATURE_BITS)) - 4 };
    return (uint16_t)((feature & OTHER_BITS) | MODEL_ENTRY_USED);
}
/* NULL: it is not there. */
static inline const struct model_entry *model_entry(const struct model_dictionary *dictionary,
                                                    uint32_t feature) {
    const struct model_entry *entries = &dictionary->entries[MODEL_ENTRY_WAYS * feature_bucket(feature)];
    uint16_t check = model_entry_check(feature);
    for (size_t i = 0; i < MODEL_ENTRY_WAYS; i++)
        if ((entries[i].check & ~MODEL_ENTRY_COMMON) == check)
            return &entries[i];
    return NULL;
}
/* It will be asked for: a table that no cache holds. A macro, as gcc leaves out a function that does nothing
 * else. */
#define model_entry_fetch(dictionary, feature)                                                               \
    __builtin_prefetch(&(dictionary)->entries[MODEL_ENTRY_WAYS * feature_bucket(feature)])
/* Makes room for a feature that is not there yet. NULL: its bucket is full. */
struct model_entry *model_entry_add(struct model_dictionary *dictionary, uint32_t feature) MUST_CHECK;

/* The model that the program was built with. */
struct span model_source(void);
/* Of a file, or the built-in one where path is NULL. NULL: message says what is wrong with it. */
struct model *model_load(const char *path, struct buf *message) MUST_CHECK;
struct model *model_read(struct span bytes, struct buf *message) MUST_CHECK;
/* Without languages, all weights 0. */
struct model *model_new(void) MUST_CHECK;
/* Its bytes as model_read() takes them: of the same model the same. False: the file cannot be written. */
bool model_write(const struct model *model, const char *path) MUST_CHECK;
/* One of `code` with all weights 0, added. */
struct model_language *model_add(struct model *model, const char *code) MUST_CHECK;
void model_free(struct model **model);
/* "de" of "de" and "de-AT", in any case; that of MODEL_OTHER where there is no such one. */
const struct model_language *model_language(const struct model *model, struct span code) MUST_CHECK;
/* The texts to come are probably in this language: what it knows of their features is fetched from memory
 * while they are made. */
void model_expect(const struct model_language *language, struct features *features);

/* The feeling of the word of the lexicon that begins at a token, in MODEL_FEELING; 0: none does. Of
 * characters of a script without spaces it is the longest; count: of its tokens, at least 1. */
int model_feel(const struct model_feeling *feelings, const struct features *features,
               const struct feature_token *token, uint32_t *count) MUST_CHECK;
/* What is left of it within a negation. */
static inline int model_turned(int feeling, bool denied) {
    return denied ? feeling * -3 / 4 : feeling;
}
/* What the words of feeling say together, as features like those of the text: their buckets. */
enum { MODEL_SUMS = 8 };
void model_sums(const struct model_feeling *feelings, const struct features *features,
                uint32_t buckets[MODEL_SUMS]);

#endif
