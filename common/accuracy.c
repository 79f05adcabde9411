#include "earshot/accuracy.h"

#include <math.h>

static struct accuracy_figures figures_of(const struct accuracy *accuracy) {
    struct accuracy_figures out = {0};
    uint64_t hits = 0;
    size_t labels = 0;
    for (size_t k = 0; k < LABELS; k++) {
        uint64_t right = 0, given = 0, both = accuracy->counts[k][k];
        for (size_t j = 0; j < LABELS; j++) {
            right += accuracy->counts[k][j];
            given += accuracy->counts[j][k];
        }
        if (right == 0)
            continue;
        labels++;
        out.n += right;
        hits += both;
        out.macro_f1 += 200 * (double)both / (double)(right + given);
        out.macro_recall += 100 * (double)both / (double)right;
    }
    if (labels == 0)
        return out;
    out.macro_f1 /= (double)labels;
    out.macro_recall /= (double)labels;
    out.accuracy = 100 * (double)hits / (double)out.n;
    return out;
}

/* From what one text more of each cell would change. */
static double error_of(const struct accuracy *accuracy, const struct accuracy_figures *figures) {
    double squares = 0, sum = 0;
    for (size_t k = 0; k < LABELS; k++)
        for (size_t j = 0; j < LABELS; j++) {
            struct accuracy more = *accuracy;
            double count = (double)accuracy->counts[k][j];
            more.counts[k][j]++;
            double change = count > 0 ? figures_of(&more).macro_f1 - figures->macro_f1 : 0;
            squares += count * change * change;
            sum += count * change;
        }
    return figures->n ? sqrt(squares - sum * sum / (double)figures->n) : 0;
}

struct accuracy_figures accuracy_figures(const struct accuracy *accuracy) {
    struct accuracy_figures figures = figures_of(accuracy);
    figures.error = error_of(accuracy, &figures);
    return figures;
}
