/* softmax: sums to likelihoods, the same bits on every machine. */
#ifndef COMMON_SOFTMAX_H
#define COMMON_SOFTMAX_H

#include <stddef.h>

/* e^sum each, divided by their total; the greatest's number. count is at least 1. */
size_t softmax(double *sums, size_t count);

#endif
