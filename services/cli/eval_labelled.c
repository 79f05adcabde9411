/* Labelled texts (labelled.h): the figures of the field for how they feel, or how often their language is
 * identified. */
#include "eval.h"

#include "earshot/identify.h"
#include "earshot/labelled.h"

#include <inttypes.h>
#include <math.h>

/* Texts by their length in characters: under LONG_MIN, and others. */
enum { LONG_MIN = 20 };

static bool see(struct evaluation *evaluation, struct span line, struct buf *message) {
    struct labelled row;
    if (!labelled_parse(line, &row, message))
        return false;
    struct tally *tally = eval_tally(evaluation, row.language, message);
    if (!tally)
        return false;
    const struct model_language *language = model_language(evaluation->model, row.language);
    features_read(evaluation->features, row.text);
    struct score score = score_text(language, evaluation->features);
    tally->accuracy.counts[row.label][row.two ? score_of_two(&score) : score.label]++;
    size_t length = span_characters(row.text) >= LONG_MIN;
    tally->texts[length]++;
    tally->identified[length] += identify(evaluation->model, evaluation->features, NULL).language == language;
    return true;
}

/* Of the languages, each as much as the others. */
static struct accuracy_figures average_of(const struct evaluation *evaluation) {
    struct accuracy_figures mean = {0};
    double squares = 0, count = (double)evaluation->count;
    for (size_t i = 0; i < evaluation->count; i++) {
        struct accuracy_figures one = accuracy_figures(&evaluation->tallies[i].accuracy);
        mean.n += one.n;
        mean.macro_f1 += one.macro_f1 / count;
        mean.macro_recall += one.macro_recall / count;
        mean.accuracy += one.accuracy / count;
        squares += one.error * one.error;
    }
    mean.error = sqrt(squares) / count;
    return mean;
}

static void figures_row(struct screen *screen, const char *name, const struct accuracy_figures *figures,
                        bool json) {
    if (json) {
        buf_add_json(screen->out, span_of(name));
        buf_printf(screen->out,
                   ":{\"n\":%" PRIu64
                   ",\"macro_f1\":%.2f,\"macro_recall\":%.2f,\"accuracy\":%.2f,\"error\":%.2f}",
                   figures->n, figures->macro_f1, figures->macro_recall, figures->accuracy, figures->error);
        return;
    }
    screen_cell(screen, span_of(name), 10);
    buf_printf(screen->out, "%9s  %8.2f ±%5.2f  %12.2f  %8.2f\n", digits_of((int64_t)figures->n).text,
               figures->macro_f1, figures->error, figures->macro_recall, figures->accuracy);
}

static void row(struct screen *screen, const struct tally *tally, bool json) {
    struct accuracy_figures figures = accuracy_figures(&tally->accuracy);
    figures_row(screen, tally->code, &figures, json);
}

static void last(struct screen *screen, const struct evaluation *evaluation, bool json) {
    struct accuracy_figures average = average_of(evaluation);
    figures_row(screen, "average", &average, json);
}

/* Of the languages. */

static double part_of(uint64_t part, uint64_t whole) {
    return whole ? 100 * (double)part / (double)whole : 0;
}

static void language_row(struct screen *screen, const struct tally *tally, bool json) {
    if (json) {
        buf_add_json(screen->out, span_of(tally->code));
        buf_printf(screen->out,
                   ":{\"long\":%" PRIu64 ",\"long_right\":%.2f,\"short\":%" PRIu64 ",\"short_right\":%.2f}",
                   tally->texts[1], part_of(tally->identified[1], tally->texts[1]), tally->texts[0],
                   part_of(tally->identified[0], tally->texts[0]));
        return;
    }
    screen_cell(screen, span_of(tally->code), 10);
    for (size_t length = EVAL_LENGTHS; length-- > 0;)
        buf_printf(screen->out, "%10s  %6.2f%%", digits_of((int64_t)tally->texts[length]).text,
                   part_of(tally->identified[length], tally->texts[length]));
    buf_add_char(screen->out, '\n');
}

static void language_last(struct screen *screen, const struct evaluation *evaluation, bool json) {
    struct tally all = {.code = "all"};
    for (size_t i = 0; i < evaluation->count; i++)
        for (size_t length = 0; length < EVAL_LENGTHS; length++) {
            all.texts[length] += evaluation->tallies[i].texts[length];
            all.identified[length] += evaluation->tallies[i].identified[length];
        }
    language_row(screen, &all, json);
}

const struct eval_kind EVAL_FEELINGS = {see, "language      texts  macro F1         macro recall  accuracy",
                                        row, last};
const struct eval_kind EVAL_LANGUAGES = {see, "language  20 chars on    right   shorter    right",
                                         language_row, language_last};
