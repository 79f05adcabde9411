#include "softmax.h"

#include <math.h>

/* e to the power of x, x at most 0: the library's differs from machine to machine in its last bit. */
static double exponential(double x) {
    double whole = floor(x * 1.4426950408889634), rest = x - whole * 0.6931471805599453, sum = 1, term = 1;
    if (x < -700)
        return 0;
    for (int i = 1; i < 14; i++)
        sum += term *= rest / i;
    return ldexp(sum, (int)whole);
}

size_t softmax(double *sums, size_t count) {
    size_t most = 0;
    double greatest, total = 0;
    for (size_t i = 1; i < count; i++)
        if (sums[i] > sums[most])
            most = i;
    greatest = sums[most];
    for (size_t i = 0; i < count; i++)
        total += sums[i] = exponential(sums[i] - greatest);
    for (size_t i = 0; i < count; i++)
        sums[i] /= total;
    return most;
}
