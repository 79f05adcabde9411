/* questions: several logistic regressions over the same rows, learned together by AdaGrad (Duchi, Hazan and
 * Singer 2011): what a model's questions are made of. */
#ifndef TRAIN_QUESTIONS_H
#define TRAIN_QUESTIONS_H

#include "earshot/model.h"

struct questions {
    float (*weights)[MODEL_COLUMNS], (*squares)[MODEL_COLUMNS]; /* by row; of gradients so far */
    float added[MODEL_COLUMNS], added_squares[MODEL_COLUMNS];
};

struct questions questions_new(size_t rows) MUST_CHECK;
void questions_free(struct questions *questions);
/* Of the weights of those rows. */
void questions_sum(const struct questions *questions, const uint32_t *rows, size_t count,
                   float sums[MODEL_COLUMNS]);
/* gradient: of each of those weights. */
void questions_step(struct questions *questions, const uint32_t *rows, size_t count,
                    const float gradient[MODEL_COLUMNS], float rate);
/* Of one row, or of what is like one. */
void questions_step_weights(float weights[MODEL_COLUMNS], float squares[MODEL_COLUMNS],
                            const float gradient[MODEL_COLUMNS], float rate);
void questions_step_added(struct questions *questions, const float gradient[MODEL_COLUMNS], float rate);
/* Makes the first `count` sums, times scale, probabilities of one choice. */
void questions_choose(float *sums, size_t count, float scale);
void questions_pack(const struct questions *questions, struct model_questions *packed);

#endif
