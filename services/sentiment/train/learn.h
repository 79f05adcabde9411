/* learn: multinomial logistic regression over the buckets of the corpus, by stochastic gradient descent.
 *
 * A bucket's weight is the sum of one for all languages, LEARN_PART times one for the row's language, and
 * LEARN_PART times one for rows of its kind; a text's sums are divided by the root of its number
 * of buckets + 1. What is peculiar to a source's choice of texts is a bias of its own, which the model drops.
 * Steps: AdaGrad (Duchi, Hazan and Singer 2011). A part of a row's buckets is dropped at random each time
 * (Hinton and others 2012). Where the rows have words on sides of a subject, weights of what their vectors
 * sum up to are learned, too. A source without neutral texts has no say on neutral. The same seed, the same
 * rows: the same weights, bit by bit. */
#ifndef TRAIN_LEARN_H
#define TRAIN_LEARN_H

#include "corpus.h"
#include "vectors.h"

#define LEARN_PART 0.7F

struct learn_weights {
    float *all;       /* FEATURE_BUCKETS x LABELS */
    float *languages; /* so for each language */
    float *kinds;     /* so for each kind of source */
    float biases[CORPUS_SOURCES_MAX][LABELS];
    float meanings[CORPUS_SIDES][VECTORS_SIZE][LABELS]; /* of the vectors of words on a side */
};

struct learn_options {
    uint64_t seed;
    unsigned epochs;
    float rate, dropout;
    const struct vectors *vectors; /* of the rows' sides; NULL: they have none */
};

/* Over the rows for which used[i]. Free with learn_free(). */
void learn(struct learn_weights *weights, const struct corpus *corpus, const bool *used,
           size_t language_count, const struct learn_options *options);
void learn_free(struct learn_weights *weights);
/* Of a word with that vector. */
float learn_meaning(const struct learn_weights *weights, const int8_t vector[VECTORS_SIZE], size_t side,
                    enum label label);
/* Of a text of that kind in that language. */
float learn_weight(const struct learn_weights *weights, size_t language, enum corpus_kind kind, size_t bucket,
                   enum label label);

#endif
