#include "learn.h"

#include "dice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALL        1e-4F /* keeps the first steps finite */
#define BIAS_RATE    0.3F
#define MEANING_RATE 3.0F /* their numbers are small */

struct table {
    float *weights, *squares; /* of gradients so far */
    float part;
};

struct learner {
    const struct learn_options *options;
    struct learn_weights *weights;
    struct table all, *languages, *kinds;
    float bias_squares[CORPUS_SOURCES_MAX][LABELS];
    uint64_t dice;
    uint32_t *kept; /* buckets of the row, without the dropped ones */
    float meaning_squares[CORPUS_SIDES][VECTORS_SIZE][LABELS];
};

static uint32_t row_drop(struct learner *learner, const struct corpus_row *row) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < row->count; i++)
        if (!dice_happens(&learner->dice, learner->options->dropout))
            learner->kept[kept++] = row->buckets[i];
    return kept;
}

static void table_add(const struct table *table, const uint32_t *buckets, uint32_t count,
                      float sums[LABELS]) {
    float own[LABELS] = {0};
    for (uint32_t i = 0; i < count; i++)
        for (size_t k = 0; k < LABELS; k++)
            own[k] += table->weights[buckets[i] * LABELS + k];
    for (size_t k = 0; k < LABELS; k++)
        sums[k] += table->part * own[k];
}

static void table_step(struct table *table, const uint32_t *buckets, uint32_t count,
                       const float gradient[LABELS], bool two, float rate) {
    for (size_t k = 0; k < LABELS; k++) {
        float own = gradient[k] * table->part, square = own * own;
        if (two && k == LABEL_NEUTRAL)
            continue;
        for (uint32_t i = 0; i < count; i++) {
            size_t at = buckets[i] * LABELS + k;
            table->squares[at] += square;
            table->weights[at] -= rate * own / sqrtf(table->squares[at] + SMALL);
        }
    }
}

/* Makes sums probabilities. */
static void soften(float sums[LABELS], bool two) {
    float most = sums[LABEL_POSITIVE] > sums[LABEL_NEGATIVE] ? sums[LABEL_POSITIVE] : sums[LABEL_NEGATIVE],
          total = 0;
    if (!two && sums[LABEL_NEUTRAL] > most)
        most = sums[LABEL_NEUTRAL];
    for (size_t k = 0; k < LABELS; k++) {
        sums[k] = two && k == LABEL_NEUTRAL ? 0 : dice_exponential(sums[k] - most);
        total += sums[k];
    }
    for (size_t k = 0; k < LABELS; k++)
        sums[k] /= total;
}

static void side_add(const struct learner *learner, size_t side, const float sum[VECTORS_SIZE],
                     float sums[LABELS]) {
    for (size_t i = 0; i < VECTORS_SIZE; i++)
        for (size_t k = 0; k < LABELS; k++)
            sums[k] += sum[i] * learner->weights->meanings[side][i][k];
}

static void side_step(struct learner *learner, size_t side, const float sum[VECTORS_SIZE],
                      const float gradient[LABELS], float rate) {
    for (size_t i = 0; i < VECTORS_SIZE; i++)
        for (size_t k = 0; k < LABELS; k++) {
            float own = gradient[k] * sum[i];
            learner->meaning_squares[side][i][k] += own * own;
            learner->weights->meanings[side][i][k] -=
                rate * own / sqrtf(learner->meaning_squares[side][i][k] + SMALL);
        }
}

static void row_learn(struct learner *learner, const struct corpus_row *row, float rate) {
    uint32_t count = row_drop(learner, row);
    struct table *tables[] = {&learner->all, &learner->languages[row->language],
                              &learner->kinds[CORPUS_SOURCES[row->source].kind]};
    float *bias = learner->weights->biases[row->source], *squares = learner->bias_squares[row->source];
    float scale = 1 / (sqrtf((float)row->count + 1) * (1 - learner->options->dropout));
    float sums[LABELS] = {0}, gradient[LABELS];
    float meanings[CORPUS_SIDES][VECTORS_SIZE];
    size_t sides = learner->options->vectors ? CORPUS_SIDES : 0;
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        table_add(tables[i], learner->kept, count, sums);
    for (size_t i = 0; i < sides; i++) {
        vectors_sum(learner->options->vectors, row->sides[i], row->side_counts[i], learner->options->dropout,
                    &learner->dice, meanings[i]);
        side_add(learner, i, meanings[i], sums);
    }
    for (size_t k = 0; k < LABELS; k++)
        sums[k] = sums[k] * scale + bias[k];
    soften(sums, row->two);
    for (size_t k = 0; k < LABELS; k++) {
        float wrong = CORPUS_SOURCES[row->source].weight * (sums[k] - (k == row->label ? 1 : 0));
        gradient[k] = wrong * scale;
        if (row->two && k == LABEL_NEUTRAL)
            continue;
        squares[k] += wrong * wrong;
        bias[k] -= rate * BIAS_RATE * wrong / sqrtf(squares[k] + SMALL);
    }
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        table_step(tables[i], learner->kept, count, gradient, row->two, rate);
    for (size_t i = 0; i < sides; i++)
        side_step(learner, i, meanings[i], gradient, rate * MEANING_RATE);
}

static float *table_new(struct table *table, size_t count, float part) {
    size_t size = (size_t)FEATURE_BUCKETS * LABELS;
    float *weights = xcalloc(count * size, sizeof *weights),
          *squares = xcalloc(count * size, sizeof *squares);
    for (size_t i = 0; i < count; i++)
        table[i] = (struct table){.weights = weights + i * size, .squares = squares + i * size, .part = part};
    return weights;
}

static void learner_free(struct learner *learner) {
    free(learner->all.squares);
    free(learner->languages->squares);
    free(learner->kinds->squares);
    free(learner->languages);
    free(learner->kinds);
    free(learner->kept);
}

static void epochs_run(struct learner *learner, const struct corpus *corpus, uint32_t *order, size_t count) {
    const struct learn_options *options = learner->options;
    for (unsigned epoch = 0; epoch < options->epochs; epoch++) {
        float rate = options->rate * (1 - 0.5F * (float)epoch / (float)options->epochs);
        dice_shuffle(&learner->dice, order, count);
        for (size_t i = 0; i < count; i++)
            row_learn(learner, &corpus->rows[order[i]], rate);
        fprintf(stderr, "epoch %u of %u: %zu texts\n", epoch + 1, options->epochs, count);
    }
}

void learn(struct learn_weights *weights, const struct corpus *corpus, const bool *used,
           size_t language_count, const struct learn_options *options) {
    *weights = (struct learn_weights){.all = NULL};
    struct learner learner = {.options = options, .weights = weights, .dice = options->seed};
    learner.languages = xcalloc(language_count, sizeof *learner.languages);
    learner.kinds = xcalloc(CORPUS_KINDS, sizeof *learner.kinds);
    weights->all = table_new(&learner.all, 1, 1);
    weights->languages = table_new(learner.languages, language_count, LEARN_PART);
    weights->kinds = table_new(learner.kinds, CORPUS_KINDS, LEARN_PART);
    uint32_t *order = xmalloc(corpus->count * sizeof *order), longest = 0;
    size_t count = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        if (!used[i])
            continue;
        order[count++] = (uint32_t)i;
        longest = corpus->rows[i].count > longest ? corpus->rows[i].count : longest;
    }
    learner.kept = xmalloc((longest + 1) * sizeof *learner.kept);
    epochs_run(&learner, corpus, order, count);
    free(order);
    learner_free(&learner);
}

void learn_free(struct learn_weights *weights) {
    free(weights->all);
    free(weights->languages);
    free(weights->kinds);
    *weights = (struct learn_weights){0};
}

float learn_meaning(const struct learn_weights *weights, const int8_t vector[VECTORS_SIZE], size_t side,
                    enum label label) {
    float sum = 0;
    for (size_t i = 0; i < VECTORS_SIZE; i++)
        sum += (float)vector[i] * VECTORS_UNIT * weights->meanings[side][i][label];
    return sum;
}

float learn_weight(const struct learn_weights *weights, size_t language, enum corpus_kind kind, size_t bucket,
                   enum label label) {
    size_t at = bucket * LABELS + label, table = (size_t)FEATURE_BUCKETS * LABELS;
    return weights->all[at] + LEARN_PART * (weights->languages[language * table + at] +
                                            weights->kinds[(size_t)kind * table + at]);
}
