/* A logistic regression of three classes (softmax), the sums divided by the root of the number of features:
 * services/sentiment/train/learn.h is where the weights come from. */
#include "earshot/score.h"

#include "softmax.h"

#include <math.h>

static struct score score_from(double positive, double negative) {
    struct score score = {.likely = {[LABEL_POSITIVE] = positive, [LABEL_NEGATIVE] = negative}};
    score.label = (enum label)softmax(score.likely, LABELS);
    return score;
}

static struct score score_sums_of(const struct model_table *table, struct score_sums sums, double positive,
                                  double negative) {
    double scale = 1 / sqrt((double)sums.count + 1);
    return score_from(((double)sums.positive * table->unit + positive) * scale + table->positive,
                      ((double)sums.negative * table->unit + negative) * scale + table->negative);
}

struct score score_of(const struct model_table *table, struct score_sums sums) {
    return score_sums_of(table, sums, 0, 0);
}

struct score score_buckets(const struct model_table *table, const uint32_t *buckets, uint32_t count,
                           double positive, double negative) {
    struct score_sums sums = {.count = count};
    for (uint32_t i = 0; i < count; i++) {
        sums.positive += table->weights[buckets[i]].positive;
        sums.negative += table->weights[buckets[i]].negative;
    }
    return score_sums_of(table, sums, positive, negative);
}

static struct score_sums sum_up(const struct model_weights *weights, const struct features *features,
                                const uint32_t buckets[MODEL_SUMS]) {
    uint32_t count = MODEL_SUMS;
    int32_t positive = 0, negative = 0; /* no text has so many features that they would not do */
    for (uint32_t i = 0; i < features->count; i++) {
        uint32_t feature = features->list[i];
        struct model_weights weight = weights[feature_bucket(feature)];
        int32_t counts = (int32_t)(feature & FEATURE_AGAIN) - 1; /* all bits, or none */
        positive += weight.positive & counts;
        negative += weight.negative & counts;
        count -= (uint32_t)counts;
    }
    for (size_t i = 0; i < MODEL_SUMS; i++) {
        positive += weights[buckets[i]].positive;
        negative += weights[buckets[i]].negative;
    }
    return (struct score_sums){.positive = positive, .negative = negative, .count = count};
}

struct score score_text(const struct model_language *language, const struct features *features) {
    uint32_t buckets[MODEL_SUMS];
    model_sums(language->feelings, features, buckets);
    return score_of(&language->table, sum_up(language->table.weights, features, buckets));
}

struct score score_thing(const struct model *model, const struct model_language *language,
                         const struct features *features) {
    const struct model_table *things = &model->things[language->view];
    uint32_t buckets[MODEL_SUMS];
    model_sums(language->feelings, features, buckets);
    struct score_sums own = sum_up(language->table.weights, features, buckets),
                      more = sum_up(things->weights, features, buckets);
    double scale = 1 / sqrt((double)own.count + 1),
           positive = (double)own.positive * language->table.unit + (double)more.positive * things->unit,
           negative = (double)own.negative * language->table.unit + (double)more.negative * things->unit;
    return score_from(positive * scale + things->positive, negative * scale + things->negative);
}

enum label score_of_two(const struct score *score) {
    return score->likely[LABEL_POSITIVE] > score->likely[LABEL_NEGATIVE] ? LABEL_POSITIVE : LABEL_NEGATIVE;
}
