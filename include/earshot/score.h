/* score: how likely a text is positive, neutral or negative, by a model. The same text and model give the
 * same numbers, whatever was scored before; in doubles, whose sums here do not depend on the machine. */
#ifndef EARSHOT_SCORE_H
#define EARSHOT_SCORE_H

#include "earshot/label.h"
#include "earshot/model.h"

/* Sums of weights, in units of the table, over `count` features. */
struct score_sums {
    int64_t positive, negative;
    uint32_t count;
};

struct score {
    double likely[LABELS]; /* they are 1 together */
    enum label label;      /* the likeliest */
};

/* features: after features_end(). */
struct score score_text(const struct model_language *language, const struct features *features) MUST_CHECK;
/* Of a text about something that people buy and use. */
struct score score_thing(const struct model *model, const struct model_language *language,
                         const struct features *features) MUST_CHECK;
/* Of features that are buckets already, and of what is added to the sums of their weights. */
struct score score_buckets(const struct model_table *table, const uint32_t *buckets, uint32_t count,
                           double positive, double negative) MUST_CHECK;
struct score score_of(const struct model_table *table, struct score_sums sums) MUST_CHECK;
/* As if neutral were no choice. */
enum label score_of_two(const struct score *score) MUST_CHECK;

#endif
