/* A logistic regression of three classes (softmax), the sums divided by the root of the number of features:
 * services/sentiment/train/learn.h is where the weights come from. */
#include "earshot/score.h"

#include <math.h>

/* e to the power of x: the library's differs from machine to machine in its last bit, this does not. */
static double exponential(double x) {
    double whole = floor(x * 1.4426950408889634), rest = x - whole * 0.6931471805599453, sum = 1, term = 1;
    if (x < -700)
        return 0;
    for (int i = 1; i < 14; i++)
        sum += term *= rest / i;
    return ldexp(sum, (int)whole);
}

struct score score_of(const struct model_language *language, struct score_sums sums) {
    double scale = language->unit / sqrt((double)sums.count + 1), total = 0;
    struct score score = {.likely = {[LABEL_POSITIVE] = (double)sums.positive * scale + language->positive,
                                     [LABEL_NEGATIVE] = (double)sums.negative * scale + language->negative}};
    for (size_t i = 0; i < LABELS; i++)
        if (score.likely[i] > score.likely[score.label])
            score.label = (enum label)i;
    double most = score.likely[score.label];
    for (size_t i = 0; i < LABELS; i++)
        total += score.likely[i] = exponential(score.likely[i] - most);
    for (size_t i = 0; i < LABELS; i++)
        score.likely[i] /= total;
    return score;
}

static void add(const struct model_row *rows, uint32_t bucket, struct score_sums *sums) {
    sums->positive += rows[bucket].positive;
    sums->negative += rows[bucket].negative;
    sums->count++;
}

struct score score_text(const struct model_language *language, const struct features *features) {
    struct score_sums sums = {0};
    uint32_t buckets[MODEL_SUMS];
    for (uint32_t i = 0; i < features->count; i++)
        if (!(features->list[i] & FEATURE_AGAIN))
            add(language->rows, feature_bucket(features->list[i]), &sums);
    model_sums(language->rows, features, buckets);
    for (size_t i = 0; i < MODEL_SUMS; i++)
        add(language->rows, buckets[i], &sums);
    return score_of(language, sums);
}

enum label score_of_two(const struct score *score) {
    return score->likely[LABEL_POSITIVE] > score->likely[LABEL_NEGATIVE] ? LABEL_POSITIVE : LABEL_NEGATIVE;
}
