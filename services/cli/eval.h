/* eval: what `earshot eval` can measure: a kind of line each, read one by one and counted by language. */
#ifndef CLI_EVAL_H
#define CLI_EVAL_H

#include "command.h"
#include "screen.h"

#include "earshot/accuracy.h"
#include "earshot/aim.h"

enum { EVAL_LANGUAGES_MAX = 256, EVAL_CODE_MAX = 8, EVAL_LENGTHS = 2 };

/* Of a language. */
struct tally {
    char code[EVAL_CODE_MAX];
    struct accuracy accuracy;
    uint64_t texts[EVAL_LENGTHS], identified[EVAL_LENGTHS];
    uint64_t cases, right;
};

struct evaluation {
    const char *name; /* of the file */
    struct model *model;
    struct features *features;
    struct aims *aims;
    struct tally tallies[EVAL_LANGUAGES_MAX];
    size_t count;
};

struct eval_kind {
    /* False: message says what is wrong with the line. */
    bool (*see)(struct evaluation *evaluation, struct span line, struct buf *message);
    const char *head; /* of the table */
    /* A row of the table, or a member of the JSON object. */
    void (*row)(struct screen *screen, const struct tally *tally, bool json);
    void (*last)(struct screen *screen, const struct evaluation *evaluation,
                 bool json); /* of all languages */
};
extern const struct eval_kind EVAL_FEELINGS, EVAL_LANGUAGES, EVAL_NAMES, EVAL_INTENTS, EVAL_RISKS;

/* NULL: message says why. */
struct tally *eval_tally(struct evaluation *evaluation, struct span code, struct buf *message) MUST_CHECK;

#endif
