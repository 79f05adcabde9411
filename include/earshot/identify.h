/* identify: in which language a text is written: one of the model's, or another. By its script where that
 * says it, else by its words and their runs of letters; what the mention itself claims is weighed, not
 * trusted. */
#ifndef EARSHOT_IDENTIFY_H
#define EARSHOT_IDENTIFY_H

#include "earshot/model.h"

struct identified {
    const struct model_language *language; /* of the model; that of MODEL_OTHER: none of them */
    double likely;                         /* 0..1; 0: the text says nothing of it */
};

/* features: after features_end(). claim: NULL where the mention names no language. */
struct identified identify(const struct model *model, const struct features *features,
                           const struct model_language *claim) MUST_CHECK;

#endif
