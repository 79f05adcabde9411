/* quantise: weights as bytes. The unit is such that all but one in ten thousand fit; those few are cut. */
#ifndef TRAIN_QUANTISE_H
#define TRAIN_QUANTISE_H

#include "earshot/base.h"

/* Sorts the weights' sizes. */
double quantise_unit(float *sizes, size_t count) MUST_CHECK;
int8_t quantise(float weight, double unit) MUST_CHECK;

#endif
