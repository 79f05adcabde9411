/* plot: numbers over time as columns of block characters. */
#ifndef CLI_PLOT_H
#define CLI_PLOT_H

#include "screen.h"

struct plot {
    const int64_t *values; /* -1: not kept, shown as a gap */
    size_t count;
    int height;            /* rows */
    const char *from, *to; /* labels under the first and the last column */
};

/* Neighbours are added up where there are more values than columns; *per says how many are one column. */
void plot_draw(struct screen *screen, const struct plot *plot, size_t *per);

#endif
