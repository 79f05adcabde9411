/* label: how a text feels, and its names: "positive", "neutral", "negative" where programs speak to others,
 * "pos", "neu", "neg" in files of labelled texts. */
#ifndef EARSHOT_LABEL_H
#define EARSHOT_LABEL_H

#include "earshot/base.h"

enum label { LABEL_POSITIVE, LABEL_NEUTRAL, LABEL_NEGATIVE };
enum { LABELS = 3 };

const char *label_name(enum label label);
/* Back; false where it is none of them. */
bool label_find(struct span name, enum label *label) MUST_CHECK;
bool label_find_short(struct span name, enum label *label) MUST_CHECK;

#endif
