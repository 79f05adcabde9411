#include "questions.h"

#include "dice.h"
#include "quantise.h"

#include <stdlib.h>

enum { COLUMNS = MODEL_COLUMNS };

#define SMALL 1e-4F /* keeps the first steps finite */

struct questions questions_new(size_t rows) {
    return (struct questions){.weights = xcalloc(rows, sizeof(float[COLUMNS])),
                              .squares = xcalloc(rows, sizeof(float[COLUMNS]))};
}

void questions_free(struct questions *questions) {
    free(questions->weights);
    free(questions->squares);
    *questions = (struct questions){.weights = NULL};
}

void questions_sum(const struct questions *questions, const uint32_t *rows, size_t count,
                   float sums[COLUMNS]) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            sums[k] += questions->weights[rows[i]][k];
}

void questions_step_weights(float weights[COLUMNS], float squares[COLUMNS], const float gradient[COLUMNS],
                            float rate) {
    for (size_t k = 0; k < COLUMNS; k++) {
        squares[k] += gradient[k] * gradient[k];
        weights[k] -= rate * gradient[k] / sqrtf(squares[k] + SMALL);
    }
}

void questions_step(struct questions *questions, const uint32_t *rows, size_t count,
                    const float gradient[COLUMNS], float rate) {
    for (size_t i = 0; i < count; i++)
        questions_step_weights(questions->weights[rows[i]], questions->squares[rows[i]], gradient, rate);
}

void questions_step_added(struct questions *questions, const float gradient[COLUMNS], float rate) {
    questions_step_weights(questions->added, questions->added_squares, gradient, rate);
}

void questions_choose(float *sums, size_t count, float scale) {
    float most = sums[0], total = 0;
    for (size_t k = 1; k < count; k++)
        most = sums[k] > most ? sums[k] : most;
    for (size_t k = 0; k < count; k++)
        total += sums[k] = dice_exponential((sums[k] - most) * scale);
    for (size_t k = 0; k < count; k++)
        sums[k] /= total;
}

void questions_pack(const struct questions *questions, struct model_questions *packed) {
    size_t all = (size_t)COLUMNS << packed->bits;
    float *sizes = xmalloc(all * sizeof *sizes);
    for (size_t i = 0; i < all; i++)
        sizes[i] = fabsf(questions->weights[i / COLUMNS][i % COLUMNS]);
    packed->unit = quantise_unit(sizes, all);
    for (size_t i = 0; i < all; i++)
        packed->rows[i / COLUMNS].weights[i % COLUMNS] =
            quantise(questions->weights[i / COLUMNS][i % COLUMNS], packed->unit);
    for (size_t k = 0; k < COLUMNS; k++)
        packed->added[k] = (double)questions->added[k];
    free(sizes);
}
