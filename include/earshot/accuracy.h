/* accuracy: labels that were given against labels that are right: the figures of the field. */
#ifndef EARSHOT_ACCURACY_H
#define EARSHOT_ACCURACY_H

#include "earshot/base.h"
#include "earshot/label.h"

/* counts[right][given]. Where a source has no neutral texts its row and column of neutral are empty. */
struct accuracy {
    uint64_t counts[LABELS][LABELS];
};

/* In percent, each over the labels that are right somewhere: the mean of their F1 and of their recalls; and
 * the part of all texts that is labelled right. error: the standard error of macro_f1, by the infinitesimal
 * jackknife (Efron 1982). All 0 where there are no texts. */
struct accuracy_figures {
    uint64_t n;
    double macro_f1, macro_recall, accuracy, error;
};

struct accuracy_figures accuracy_figures(const struct accuracy *accuracy) MUST_CHECK;

#endif
