/* Cases written by hand (services/sentiment/cases): each is right or not. */
#include "eval.h"

#include "earshot/intent.h"
#include "earshot/labelled.h"

#include <inttypes.h>

static bool cut(struct span line, struct span *columns, size_t count, const char *expected,
                struct buf *message) {
    bool whole = labelled_columns(line, columns, count);
    if (!whole)
        buf_add_str(message, expected);
    return whole;
}

static bool count(struct evaluation *evaluation, struct span code, bool right, struct buf *message) {
    struct tally *tally = eval_tally(evaluation, code, message);
    if (!tally)
        return false;
    tally->cases++;
    tally->right += right;
    return true;
}

/* Names. */

static bool read_label(struct span text, enum label *label, struct buf *message) {
    bool good = label_find_short(text, label);
    if (!good)
        buf_add_str(message, "columns 3 and 5, label: expected neg, neu or pos");
    return good;
}

static bool see_names(struct evaluation *evaluation, struct span line, struct buf *message) {
    struct span columns[6];
    enum label labels[2];
    if (!cut(line, columns, COUNT_OF(columns),
             "expected six columns with tabs between: language, name, label, other name, its label, text",
             message) ||
        !read_label(columns[2], &labels[0], message) || !read_label(columns[4], &labels[1], message))
        return false;
    const struct model_language *language = model_language(evaluation->model, columns[0]);
    struct span fields[AIM_FIELDS] = {columns[5]};
    bool right = true;
    features_read(evaluation->features, columns[5]);
    aims_read(evaluation->aims, evaluation->model, language, evaluation->features, fields);
    aims_place_word(evaluation->aims, aims_name(evaluation->aims), columns[1]);
    aims_place_word(evaluation->aims, aims_name(evaluation->aims), columns[3]);
    for (uint32_t i = 0; i < COUNT_OF(labels); i++) {
        struct aim aim;
        aims_ask(evaluation->aims, i, &aim);
        right = right && aim.label == labels[i];
    }
    return count(evaluation, columns[0], right, message);
}

/* Intents and risk. */

static struct intents intents_in(struct evaluation *evaluation, struct span code, struct span text) {
    const struct model_language *language = model_language(evaluation->model, code);
    features_read(evaluation->features, text);
    struct score score = score_thing(evaluation->model, language, evaluation->features);
    return intents_of(evaluation->model, evaluation->features, &score, -1);
}

static bool see_intents(struct evaluation *evaluation, struct span line, struct buf *message) {
    struct span columns[4];
    if (!cut(line, columns, COUNT_OF(columns),
             "expected four columns with tabs between: language, intent, anything, text", message))
        return false;
    int intent = INTENTS - 1;
    while (intent >= 0 && !span_eq(columns[1], span_of(intent_name((enum intent)intent))))
        intent--;
    if (intent < 0) {
        buf_add_str(message, "column 2, intent: expected complaint, question, purchase, praise or other");
        return false;
    }
    struct intents intents = intents_in(evaluation, columns[0], columns[3]);
    return count(evaluation, columns[0], (int)intents.intent == intent, message);
}

static bool see_risks(struct evaluation *evaluation, struct span line, struct buf *message) {
    struct span columns[4];
    if (!cut(line, columns, COUNT_OF(columns),
             "expected four columns with tabs between: language, anything, the riskier text, the less risky "
             "one",
             message))
        return false;
    double more = intents_in(evaluation, columns[0], columns[2]).risk,
           less = intents_in(evaluation, columns[0], columns[3]).risk;
    return count(evaluation, columns[0], more > less, message);
}

/* Output. */

static void row(struct screen *screen, const struct tally *tally, bool json) {
    double part = tally->cases ? 100 * (double)tally->right / (double)tally->cases : 0;
    if (json) {
        buf_add_json(screen->out, span_of(tally->code));
        buf_printf(screen->out, ":{\"n\":%" PRIu64 ",\"right\":%.2f}", tally->cases, part);
        return;
    }
    screen_cell(screen, span_of(tally->code), 10);
    buf_printf(screen->out, "%9s  %6.2f%%\n", digits_of((int64_t)tally->cases).text, part);
}

static void last(struct screen *screen, const struct evaluation *evaluation, bool json) {
    struct tally all = {.code = "all"};
    for (size_t i = 0; i < evaluation->count; i++) {
        all.cases += evaluation->tallies[i].cases;
        all.right += evaluation->tallies[i].right;
    }
    row(screen, &all, json);
}

#define HEAD "language      cases    right"
const struct eval_kind EVAL_NAMES = {see_names, HEAD, row, last},
                       EVAL_INTENTS = {see_intents, HEAD, row, last},
                       EVAL_RISKS = {see_risks, HEAD, row, last};
