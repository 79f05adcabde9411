/* identify: logistic regression over the features of words: in which language a text is. Parts of texts are
 * learned too, so that it works on three words. Rare languages weigh more, by the root. */
#ifndef TRAIN_IDENTIFY_H
#define TRAIN_IDENTIFY_H

#include "corpus.h"

/* Over the rows of both. Fills the model's table. */
void identify_learn(struct model *model, const struct corpus *texts, const struct corpus *others,
                    uint64_t seed);

#endif
