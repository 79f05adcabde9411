#include "softmax.h"

#include "earshot/base.h"

#include <math.h>

/* e^x for x up to 0: the library's differs from machine to machine in its last bit. 2^whole · e^rest, the
 * latter by Taylor's series: rest is below 0.7, so that the thirteenth term is below the last bit of a
 * double. */
static double exponential(double x) {
    static const double PARTS[] = {1.0 / 6227020800,
                                   1.0 / 479001600,
                                   1.0 / 39916800,
                                   1.0 / 3628800,
                                   1.0 / 362880,
                                   1.0 / 40320,
                                   1.0 / 5040,
                                   1.0 / 720,
                                   1.0 / 120,
                                   1.0 / 24,
                                   1.0 / 6,
                                   1.0 / 2,
                                   1,
                                   1};
    double whole = floor(x * 1.4426950408889634), rest = x - whole * 0.6931471805599453, sum = 0, power;
    if (x < -700)
        return 0;
    for (size_t i = 0; i < COUNT_OF(PARTS); i++)
        sum = sum * rest + PARTS[i];
    uint64_t bits = (uint64_t)(1023 + (int64_t)whole) << 52;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
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
