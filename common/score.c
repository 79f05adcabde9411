/* A logistic regression of three classes (softmax), the sums divided by the root of the number of features:
 * services/sentiment/train/learn.h is where the weights come from. */
#include "earshot/score.h"

#include "softmax.h"

#include <math.h>

struct score score_of(const struct model_language *language, struct score_sums sums) {
    double scale = language->unit / sqrt((double)sums.count + 1);
    struct score score = {.likely = {[LABEL_POSITIVE] = (double)sums.positive * scale + language->positive,
                                     [LABEL_NEGATIVE] = (double)sums.negative * scale + language->negative}};
    score.label = (enum label)softmax(score.likely, LABELS);
    return score;
}

/* times: 0 or 1. */
static inline void add(const struct model_weights *weights, uint32_t bucket, int times,
                       struct score_sums *sums) {
    sums->positive += weights[bucket].positive * times;
    sums->negative += weights[bucket].negative * times;
    sums->count += (uint32_t)times;
}

struct score score_text(const struct model_language *language, const struct features *features) {
    struct score_sums sums = {0};
    uint32_t buckets[MODEL_SUMS];
    for (uint32_t i = 0; i < features->count; i++)
        add(language->weights, feature_bucket(features->list[i]), !(features->list[i] & FEATURE_AGAIN),
            &sums);
    model_sums(language->feelings, features, buckets);
    for (size_t i = 0; i < MODEL_SUMS; i++)
        add(language->weights, buckets[i], 1, &sums);
    return score_of(language, sums);
}

enum label score_of_two(const struct score *score) {
    return score->likely[LABEL_POSITIVE] > score->likely[LABEL_NEGATIVE] ? LABEL_POSITIVE : LABEL_NEGATIVE;
}
