/* intents: what writers want and why it may escalate, learned from texts written for it: language, intent,
 * reasons (comma-separated; `-`: none), text. */
#ifndef TRAIN_INTENTS_H
#define TRAIN_INTENTS_H

#include "earshot/intent.h"
#include "vectors.h"
#include "written.h"

struct written intents_read(const char *path, const struct model *model) MUST_CHECK;
/* Fills the model's dictionary of intents, by the texts without those of `fold`, of so many;
 * folds 0: by all. The rest of the model is there. */
void intents_learn(struct model *model, const struct written *written, const struct vectors *vectors,
                   uint64_t seed, uint64_t fold, uint64_t folds);
/* Prints how often they are right on texts that they were not learned from. */
void intents_folds(struct model *model, const struct written *written, const struct vectors *vectors,
                   uint64_t seed, uint64_t folds);

#endif
