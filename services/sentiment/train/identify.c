#include "identify.h"

#include "dice.h"
#include "questions.h"

#include <stdlib.h>

enum {
    COLUMNS = MODEL_COLUMNS,
    EPOCHS = 4,
    PART_MIN = 5, /* features of a part of a text */
    PART_RANGE = 60,
    DROPPED_OF_4 = 1,
    FULL_WEIGHT = 40000, /* texts of a language from which on each weighs less than 1 */
};

#define RATE       0.2F
#define WEIGHT_MAX 4.0F

struct learner {
    struct questions questions;
    float language_weights[COLUMNS];
    size_t count; /* of languages */
    uint64_t dice;
    uint32_t *kept;
};

/* Half of the times a part of it; and of that some are dropped. */
static size_t row_part(struct learner *learner, const struct corpus_row *row) {
    size_t from = 0, to = row->word_count, kept = 0;
    if (dice_throw(&learner->dice) % 2) {
        size_t part = PART_MIN + dice_throw(&learner->dice) % PART_RANGE;
        if (part < row->word_count) {
            from = dice_throw(&learner->dice) % (row->word_count - part);
            to = from + part;
        }
    }
    for (size_t i = from; i < to; i++)
        if (dice_throw(&learner->dice) % 4 >= DROPPED_OF_4)
            learner->kept[kept++] = row->words[i];
    return kept;
}

static void row_learn(struct learner *learner, const struct corpus_row *row, float rate) {
    size_t kept = row_part(learner, row);
    float sums[COLUMNS] = {0}, gradient[COLUMNS] = {0}, scale = 1 / sqrtf((float)kept + 1);
    if (kept == 0)
        return;
    questions_sum(&learner->questions, learner->kept, kept, sums);
    questions_choose(sums, learner->count, scale);
    for (size_t k = 0; k < learner->count; k++)
        gradient[k] =
            learner->language_weights[row->language] * (sums[k] - (k == row->language ? 1 : 0)) * scale;
    questions_step(&learner->questions, learner->kept, kept, gradient, rate);
}

static void weigh_languages(struct learner *learner, const struct corpus_row *const *rows, size_t count) {
    size_t counts[COLUMNS] = {0};
    for (size_t i = 0; i < count; i++)
        counts[rows[i]->language]++;
    for (size_t k = 0; k < COLUMNS; k++) {
        float weight = sqrtf((float)FULL_WEIGHT / (float)(counts[k] + 1));
        learner->language_weights[k] = weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
    }
}

static size_t rows_add(const struct corpus *corpus, const struct corpus_row **rows, uint32_t *longest) {
    for (size_t i = 0; i < corpus->count; i++) {
        rows[i] = &corpus->rows[i];
        *longest = corpus->rows[i].word_count > *longest ? corpus->rows[i].word_count : *longest;
    }
    return corpus->count;
}

void identify_learn(struct model *model, const struct corpus *texts, const struct corpus *others,
                    uint64_t seed) {
    struct learner learner = {
        .questions = questions_new((size_t)1 << model->identify.bits), .count = model->count, .dice = seed};
    const struct corpus_row **rows = xmalloc((texts->count + others->count + 1) * sizeof *rows);
    uint32_t longest = 0, *turn;
    size_t count = rows_add(texts, rows, &longest);
    count += rows_add(others, rows + count, &longest);
    learner.kept = xmalloc((longest + 1) * sizeof *learner.kept);
    turn = xmalloc((count + 1) * sizeof *turn);
    for (size_t i = 0; i < count; i++)
        turn[i] = (uint32_t)i;
    weigh_languages(&learner, rows, count);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        dice_shuffle(&learner.dice, turn, count);
        for (size_t i = 0; i < count; i++)
            row_learn(&learner, rows[turn[i]], RATE * (1 - (float)epoch / (EPOCHS + 1)));
    }
    questions_pack(&learner.questions, &model->identify);
    questions_free(&learner.questions);
    free(learner.kept);
    free(rows);
    free(turn);
}
