/* pack: what was learned, as the tables of a model. */
#ifndef TRAIN_PACK_H
#define TRAIN_PACK_H

#include "learn.h"

/* Fills the weights of all languages of the model; its words of feeling stay. */
void pack(struct model *model, const struct corpus *corpus, const struct learn_weights *weights);

/* Those of aims, which are of one language and source, and what common words mean for a subject: into the
 * dictionary of intents, whose entries are there. */
void pack_aims(struct model *model, const struct learn_weights *weights, const struct vectors *vectors);

#endif
