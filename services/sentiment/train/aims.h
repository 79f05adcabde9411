/* aims: how names are spoken of, learned from texts written for it: language, name, label, another name, its
 * label, text. `-` and `-`: there is no other. */
#ifndef TRAIN_AIMS_H
#define TRAIN_AIMS_H

#include "learn.h"
#include "vectors.h"
#include "written.h"

struct written aims_texts(const char *path, const struct model *model) MUST_CHECK;
/* Fills the model's table of aims and the meanings in its dictionary of intents, by the texts without those
 * of `fold`, of so many; folds 0: by all. The rest of the model is there. */
void aims_learn(struct model *model, const struct written *written, const struct vectors *vectors,
                uint64_t seed, uint64_t fold, uint64_t folds);
/* Prints how often they are right on texts that they were not learned from. */
void aims_folds(struct model *model, const struct written *written, const struct vectors *vectors,
                uint64_t seed, uint64_t folds);

#endif
