#include "quantise.h"

#include <math.h>
#include <stdlib.h>

enum { STEPS = 127, CUT_PART = 10000 };

static int order(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

double quantise_unit(float *sizes, size_t count) {
    qsort(sizes, count, sizeof *sizes, order);
    double most = (double)sizes[count - 1 - count / CUT_PART];
    return most > 0 ? most / STEPS : 1;
}

int8_t quantise(float weight, double unit) {
    double steps = (double)weight / unit;
    return (int8_t)(steps > STEPS ? STEPS : steps < -STEPS ? -STEPS : round(steps));
}
