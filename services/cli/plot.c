/* plot: each column has eight steps a row; a value above 0 shows at least one step, so that a single mention
 * in a quiet week is seen. */
#include "plot.h"

#include <stdio.h>
#include <stdlib.h>

enum { LABEL = 9, COLUMN_MAX = 4 };

static int64_t *add_neighbours(const struct plot *plot, size_t per, size_t columns) {
    int64_t *sums = xcalloc(columns ? columns : 1, sizeof *sums);
    for (size_t i = 0; i < columns; i++)
        sums[i] = -1;
    for (size_t i = 0; i < plot->count; i++) {
        if (plot->values[i] >= 0)
            sums[i / per] = (sums[i / per] < 0 ? 0 : sums[i / per]) + plot->values[i];
    }
    return sums;
}

static int steps_of(int64_t value, int64_t top, int height) {
    if (value <= 0)
        return 0;
    int steps = (int)((double)value / (double)top * height * 8 + 0.5);
    return steps < 1 ? 1 : steps;
}

static void draw_row(struct screen *screen, const int *steps, size_t columns, int row, int wide) {
    static const char *const BLOCKS[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    screen_style(screen, STYLE_ACCENT);
    for (size_t i = 0; i < columns; i++) {
        int above = steps[i] - row * 8;
        screen_repeat(screen, BLOCKS[above < 0 ? 0 : above > 8 ? 8 : above], wide > 1 ? wide - 1 : 1);
        if (wide > 1)
            buf_add_char(screen->out, ' ');
    }
    screen_style(screen, STYLE_NONE);
    buf_add_char(screen->out, '\n');
}

static void draw_axis(struct screen *screen, const struct plot *plot, int columns) {
    screen_repeat(screen, " ", LABEL);
    buf_add_str(screen->out, "└");
    screen_repeat(screen, "─", columns);
    buf_add_char(screen->out, '\n');
    int from = screen_columns(span_of(plot->from)), to = screen_columns(span_of(plot->to));
    screen_repeat(screen, " ", LABEL + 1);
    buf_add_str(screen->out, plot->from);
    int gap = columns - from - to;
    if (gap > 0) {
        screen_repeat(screen, " ", gap);
        buf_add_str(screen->out, plot->to);
    } else if (strcmp(plot->from, plot->to) != 0) {
        buf_printf(screen->out, " – %s", plot->to);
    }
    buf_add_char(screen->out, '\n');
}

void plot_draw(struct screen *screen, const struct plot *plot, size_t *per) {
    size_t room = (size_t)(screen->width - LABEL - 2);
    *per = plot->count > room ? (plot->count + room - 1) / room : 1;
    size_t columns = (plot->count + *per - 1) / *per;
    size_t wide = columns ? room / columns : 1;
    wide = wide > COLUMN_MAX ? COLUMN_MAX : wide;
    int64_t *sums = add_neighbours(plot, *per, columns), top = 1;
    int *steps = xcalloc(columns ? columns : 1, sizeof *steps);
    for (size_t i = 0; i < columns; i++)
        top = sums[i] > top ? sums[i] : top;
    for (size_t i = 0; i < columns; i++)
        steps[i] = steps_of(sums[i], top, plot->height);
    for (int row = plot->height - 1; row >= 0; row--) {
        if (row == plot->height - 1)
            buf_printf(screen->out, "%*s ┤", LABEL - 1, digits_of(top).text);
        else
            buf_printf(screen->out, "%*s│", LABEL, "");
        draw_row(screen, steps, columns, row, (int)wide);
    }
    draw_axis(screen, plot, (int)(columns * wide));
    free(sums);
    free(steps);
}
