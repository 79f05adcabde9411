#include "pack.h"

#include "quantise.h"

#include <math.h>
#include <stdlib.h>

struct differences {
    float positive[FEATURE_BUCKETS], negative[FEATURE_BUCKETS];
};

static double unit_of(const struct differences *of) {
    float *sizes = xmalloc(2 * (size_t)FEATURE_BUCKETS * sizeof *sizes);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        sizes[2 * i] = fabsf(of->positive[i]);
        sizes[2 * i + 1] = fabsf(of->negative[i]);
    }
    double unit = quantise_unit(sizes, 2 * (size_t)FEATURE_BUCKETS);
    free(sizes);
    return unit;
}

/* A source's biases without the shares of its labels: as if each label were as likely as the others. */
static void even_bias(const struct corpus *corpus, size_t source, const struct learn_weights *weights,
                      double bias[LABELS]) {
    size_t counts[LABELS] = {0};
    for (size_t i = 0; i < corpus->count; i++)
        if (corpus->rows[i].source == source && !corpus->rows[i].two)
            counts[corpus->rows[i].label]++;
    for (size_t k = 0; k < LABELS; k++)
        bias[k] = counts[k] ? (double)weights->biases[source][k] - log((double)counts[k]) : 0;
}

/* What a language's texts are taken for: posts where it has such that people labelled one by one, else
 * others. How much is neutral is told by its sources of that kind that have neutral texts; where there are
 * none, by the texts of our own. */
struct view {
    enum corpus_kind kind;
    double bias[LABELS];
};

static void view_bias(struct view *view, const struct corpus *corpus, enum corpus_kind kind,
                      const size_t counts[CORPUS_SOURCES_MAX], const struct learn_weights *weights) {
    size_t total = 0;
    for (size_t source = 0; source < CORPUS_SOURCE_COUNT; source++)
        total += CORPUS_SOURCES[source].kind == kind ? counts[source] : 0;
    for (size_t source = 0; source < CORPUS_SOURCE_COUNT; source++) {
        double bias[LABELS];
        if (counts[source] == 0 || CORPUS_SOURCES[source].kind != kind)
            continue;
        even_bias(corpus, source, weights, bias);
        for (size_t k = 0; k < LABELS; k++)
            view->bias[k] += (double)counts[source] / (double)total * (bias[k] - bias[LABEL_NEUTRAL]);
    }
}

static struct view view_of(const struct corpus *corpus, size_t language,
                           const struct learn_weights *weights) {
    size_t counts[CORPUS_SOURCES_MAX] = {0}, totals[CORPUS_KINDS] = {0};
    for (size_t i = 0; i < corpus->count; i++) {
        const struct corpus_row *row = &corpus->rows[i];
        bool counts_here = row->language == language && !row->two;
        counts[row->source] += counts_here;
        totals[CORPUS_SOURCES[row->source].kind] += counts_here;
    }
    struct view view = {.kind = totals[CORPUS_POSTS] ? CORPUS_POSTS : CORPUS_OTHERS};
    view_bias(&view, corpus, totals[view.kind] ? view.kind : CORPUS_OWN, counts, weights);
    return view;
}

static void weights_pack(struct model_table *table, const struct differences *of) {
    table->unit = unit_of(of);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        table->weights[i].positive = quantise(of->positive[i], table->unit);
        table->weights[i].negative = quantise(of->negative[i], table->unit);
    }
}

static void differences_fill(struct differences *of, const struct learn_weights *weights, size_t language,
                             enum corpus_kind kind) {
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        float neutral = learn_weight(weights, language, kind, i, LABEL_NEUTRAL);
        of->positive[i] = learn_weight(weights, language, kind, i, LABEL_POSITIVE) - neutral;
        of->negative[i] = learn_weight(weights, language, kind, i, LABEL_NEGATIVE) - neutral;
    }
}

static void language_pack(struct model_language *language, size_t number, const struct view *view,
                          const struct learn_weights *weights, struct differences *of) {
    differences_fill(of, weights, number, view->kind);
    language->view = (uint8_t)view->kind;
    language->table.positive = view->bias[LABEL_POSITIVE];
    language->table.negative = view->bias[LABEL_NEGATIVE];
    weights_pack(&language->table, of);
}

static float kind_weight(const struct learn_weights *weights, enum corpus_kind kind, size_t bucket,
                         enum label label) {
    size_t at = ((size_t)kind * FEATURE_BUCKETS + bucket) * LABELS;
    return LEARN_PART * (weights->kinds[at + label] - weights->kinds[at + LABEL_NEUTRAL]);
}

/* What the texts of our own have that those of a view have not. */
static void things_pack(struct model_table *things, const struct corpus *corpus, enum corpus_kind view,
                        const struct learn_weights *weights, struct differences *of) {
    struct view own = {.kind = CORPUS_OWN};
    size_t counts[CORPUS_SOURCES_MAX] = {0};
    for (size_t i = 0; i < corpus->count; i++)
        counts[corpus->rows[i].source]++;
    view_bias(&own, corpus, CORPUS_OWN, counts, weights);
    things->positive = own.bias[LABEL_POSITIVE];
    things->negative = own.bias[LABEL_NEGATIVE];
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        of->positive[i] = kind_weight(weights, CORPUS_OWN, i, LABEL_POSITIVE) -
                          kind_weight(weights, view, i, LABEL_POSITIVE);
        of->negative[i] = kind_weight(weights, CORPUS_OWN, i, LABEL_NEGATIVE) -
                          kind_weight(weights, view, i, LABEL_NEGATIVE);
    }
    weights_pack(things, of);
}

/* What common words mean on a side goes to their entries. */
static void meanings_pack(struct model_dictionary *dictionary, const struct learn_weights *weights,
                          const struct vectors *vectors) {
    float(*means)[MODEL_ENTRY_MEANINGS] = xmalloc((vectors->count + 1) * sizeof *means);
    float *sizes = xmalloc((vectors->count + 1) * sizeof *means);
    for (size_t i = 0; i < vectors->count; i++)
        for (size_t side = 0; side < CORPUS_SIDES; side++) {
            float neutral = learn_meaning(weights, vectors->rows[i], side, LABEL_NEUTRAL);
            means[i][2 * side] = learn_meaning(weights, vectors->rows[i], side, LABEL_POSITIVE) - neutral;
            means[i][2 * side + 1] = learn_meaning(weights, vectors->rows[i], side, LABEL_NEGATIVE) - neutral;
        }
    for (size_t i = 0; i < vectors->count * MODEL_ENTRY_MEANINGS; i++)
        sizes[i] = fabsf(means[i / MODEL_ENTRY_MEANINGS][i % MODEL_ENTRY_MEANINGS]);
    dictionary->meaning_unit = quantise_unit(sizes, vectors->count * MODEL_ENTRY_MEANINGS);
    for (size_t i = 0; i < vectors->count; i++) {
        const struct model_entry *found = model_entry(dictionary, vectors->features[i]);
        if (!found)
            continue;
        int8_t *to = dictionary->entries[found - dictionary->entries].weights + MODEL_ENTRY_MEANING;
        for (size_t k = 0; k < MODEL_ENTRY_MEANINGS; k++)
            to[k] = quantise(means[i][k], dictionary->meaning_unit);
    }
    free(means);
    free(sizes);
}

void pack_aims(struct model *model, const struct learn_weights *weights, const struct vectors *vectors) {
    struct model_table *aims = &model->aims;
    struct differences *of = xmalloc(sizeof *of);
    differences_fill(of, weights, 0, CORPUS_OWN);
    const float *biases = weights->biases[0];
    aims->positive = (double)(biases[LABEL_POSITIVE] - biases[LABEL_NEUTRAL]);
    aims->negative = (double)(biases[LABEL_NEGATIVE] - biases[LABEL_NEUTRAL]);
    weights_pack(aims, of);
    free(of);
    meanings_pack(&model->intents, weights, vectors);
}

void pack(struct model *model, const struct corpus *corpus, const struct learn_weights *weights) {
    _Static_assert((int)CORPUS_POSTS < MODEL_VIEWS && (int)CORPUS_OTHERS < MODEL_VIEWS, "kinds are views");
    struct differences *of = xmalloc(sizeof *of);
    for (size_t i = 0; i < model->count; i++) {
        struct view view = view_of(corpus, i, weights);
        language_pack(&model->languages[i], i, &view, weights, of);
    }
    for (size_t i = 0; i < MODEL_VIEWS; i++)
        things_pack(&model->things[i], corpus, (enum corpus_kind)i, weights, of);
    free(of);
}
