/* Any bytes as a text: tokens in order and inside it, likelihoods that are 1 together, and the same again
 * after another text; then through an analyser, with names at places that the first byte chooses. */
#include "earshot/analysis.h"

#include "dice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAMES_MAX = 12, TOLD_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

/* Scores. */

static struct score score_once(const struct model *model, struct features *features, struct span text,
                               const char *code) {
    features_read(features, text);
    return score_text(model_language(model, span_of(code)), features);
}

static void check_tokens(const struct features *features, size_t size) {
    uint32_t end = 0, first = 0;
    for (uint32_t i = 0; i + 1 < features->token_count; i++) {
        const struct feature_token *token = &features->tokens[i];
        must(token->start >= end && token->end > token->start && token->end <= size, "a token out of place");
        must(token->first >= first && token[1].first > token->first, "a token without features");
        end = token->end;
        first = token->first;
    }
    must(features->tokens[features->token_count].first == features->count, "features of no token");
}

static void check_likely(const double *likely, size_t count, size_t most) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        must(likely[i] >= 0 && likely[i] <= likely[most], "not the likeliest");
        sum += likely[i];
    }
    must(fabs(sum - 1) < 1e-9, "not 1 together");
}

static void check_scores(const struct model *model, struct features *features, struct span text) {
    static const char *const CODES[] = {"en", "zh", "ar", MODEL_OTHER};
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        struct score score = score_once(model, features, text, CODES[i]);
        check_tokens(features, text.len);
        check_likely(score.likely, LABELS, score.label);
        (void)score_once(model, features, (struct span){text.ptr, text.len / 2}, "de");
        struct score again = score_once(model, features, text, CODES[i]);
        must(memcmp(score.likely, again.likely, sizeof score.likely) == 0, "not the same again");
    }
}

/* Names. */

struct question {
    struct span fields[AIM_FIELDS];
    struct span claim;
    int64_t followers;
    uint32_t names;
    uint64_t dice; /* where they stand */
};

/* The rest of the input, cut in two; places only of a title or a text, and of both. */
static struct question question_of(const uint8_t *data, size_t size) {
    static const char *const CLAIMS[] = {NULL, "de-AT", "und", "sv", "en", "e"};
    struct question question = {.dice = size ? data[0] : 0};
    struct span rest = {(const char *)data + (size > 0), size - (size > 0)};
    size_t cut = roll(&question.dice, 3) ? 0 : roll(&question.dice, rest.len + 1);
    question.fields[ANALYSIS_TITLE] = (struct span){cut ? rest.ptr : NULL, cut};
    question.fields[ANALYSIS_TEXT] = (struct span){rest.ptr + cut, rest.len - cut};
    question.claim = span_of(CLAIMS[roll(&question.dice, COUNT_OF(CLAIMS))]);
    question.followers = (int64_t)roll(&question.dice, 200000) - 1;
    question.names = (uint32_t)roll(&question.dice, NAMES_MAX);
    return question;
}

/* Some have no place, some several; some places are beyond the end, some overlap. */
static void place(struct aims *aims, const struct question *question) {
    uint64_t dice = question->dice;
    for (uint32_t i = 0; i < question->names; i++) {
        uint32_t name = aims_name(aims);
        for (size_t places = roll(&dice, 4); places > 0; places--) {
            uint8_t field = (uint8_t)roll(&dice, AIM_FIELDS);
            uint32_t start = (uint32_t)roll(&dice, question->fields[field].len + 2);
            aims_place(aims, name, field, start, start + (uint32_t)roll(&dice, 12));
        }
    }
}

static bool is_inside(const struct aim_word *word, const struct span fields[AIM_FIELDS]) {
    return word->field < AIM_FIELDS && word->start < word->end && word->end <= fields[word->field].len;
}

static void check_words(const struct aim *aim, const struct span fields[AIM_FIELDS]) {
    must(aim->word_count <= AIM_WORDS_MAX, "too many words");
    for (size_t i = 0; i < aim->word_count; i++) {
        const struct aim_word *word = &aim->words[i], *before = word - 1;
        must(is_inside(word, fields), "a word out of place");
        must(i == 0 || word->field > before->field ||
                 (word->field == before->field && word->start >= before->end),
             "words out of order");
        must(word->weight != 0 && word->weight >= -1000 && word->weight <= 1000, "no such weight");
        must(aim->label == LABEL_NEUTRAL || (word->weight > 0) == (aim->label == LABEL_POSITIVE),
             "a word that says the contrary");
    }
}

static void check_analysis(const struct analysis *analysis, const struct span fields[AIM_FIELDS]) {
    const struct intents *intents = &analysis->intents;
    must(analysis->language_likely >= 0 && analysis->language_likely <= 1, "a language of no likelihood");
    must(intents->risk >= 0 && intents->risk <= 1, "a risk out of range");
    must(!analysis->unknown || (!analysis->language && intents->intent == INTENT_OTHER), "nothing is known");
    if (!analysis->unknown)
        check_likely(intents->likely, INTENTS, intents->intent);
    for (size_t i = 0; i < analysis->reason_count; i++) {
        const struct analysis_reason *reason = &analysis->reasons[i];
        must(reason->likely >= ANALYSIS_REASON_AT && reason->likely <= 1, "a reason of no likelihood");
        must(i == 0 || reason->reason > reason[-1].reason, "reasons out of order");
        must(is_inside(&reason->word, fields) || reason->word.end == 0, "a reason out of place");
    }
}

static void tell_name(struct analyser *analyser, uint32_t name, const struct question *question,
                      struct buf *told) {
    struct aim aim;
    double confidence;
    analyser_ask(analyser, name, &aim, &confidence);
    check_likely(aim.likely, LABELS, aim.label);
    check_words(&aim, question->fields);
    must(confidence == 0 || confidence == aim.likely[aim.label], "a confidence of nothing");
    buf_add(told, aim.likely, sizeof aim.likely);
    analysis_add_name(analyser, name, told);
}

/* All that it says, in bytes. */
static void tell(struct analyser *analyser, const struct question *question, struct buf *told) {
    buf_clear(told);
    check_analysis(analyser_read(analyser, question->fields, question->claim, question->followers),
                   question->fields);
    place(analyser_aims(analyser), question);
    analysis_add(analyser, question->claim, told);
    tell_name(analyser, ANALYSIS_WHOLE, question, told);
    for (uint32_t i = 0; i < question->names; i++)
        tell_name(analyser, i, question, told);
    must(buf_ok(told), "too much is told");
}

/* Whatever was read and asked before. */
static void check_names(struct analyser *analyser, const uint8_t *data, size_t size) {
    static struct buf told, again, other;
    struct question question = question_of(data, size), half = question_of(data, size / 2);
    buf_init(&told, TOLD_MAX);
    buf_init(&again, TOLD_MAX);
    buf_init(&other, TOLD_MAX);
    tell(analyser, &question, &told);
    tell(analyser, &half, &other);
    tell(analyser, &question, &again);
    must(span_eq(buf_span(&told), buf_span(&again)), "not the same names again");
    for (uint32_t i = question.names; i-- > 0;)
        tell_name(analyser, i, &question, &other);
    must(buf_ok(&other), "too much is told");
    buf_free(&told);
    buf_free(&again);
    buf_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct model *model;
    static struct features *features;
    static struct analyser *analyser;
    if (!model) {
        struct buf message;
        buf_init(&message, 1000);
        model = model_load(NULL, &message);
        analyser = analyser_new(NULL, &message);
        must(model && analyser, "the built-in model");
        features = features_new();
        buf_free(&message);
    }
    check_scores(model, features, (struct span){.ptr = (const char *)data, .len = size});
    check_names(analyser, data, size);
    return 0;
}
