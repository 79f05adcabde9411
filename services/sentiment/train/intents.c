#include "intents.h"

#include "dice.h"
#include "earshot/accuracy.h"
#include "quantise.h"
#include "questions.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 4, EPOCHS = 8, TIMES_MIN = 2 /* that a feature is found, so that it is learned */ };

#define RATE    0.3F
#define DROPOUT 0.5F

/* -1: none of that name. */
static int intent_of(struct span name) {
    for (int i = 0; i < INTENTS; i++)
        if (span_eq(name, span_of(intent_name((enum intent)i))))
            return i;
    return -1;
}

static bool has_reason(struct span reasons, enum reason reason) {
    struct span name = span_of(reason_name(reason));
    return reasons.len >= name.len && memmem(reasons.ptr, reasons.len, name.ptr, name.len) != NULL;
}

static const char *check(const struct written_text *text) {
    bool some = span_eq(text->columns[2], SPAN("-"));
    for (int i = 0; i < REASONS; i++)
        some = some || has_reason(text->columns[2], (enum reason)i);
    return intent_of(text->columns[1]) < 0 ? "column 2: expected an intent"
           : !some                         ? "column 3: expected `-`, or reasons with commas between"
                                           : NULL;
}

struct written intents_read(const char *path, const struct model *model) {
    return written_read(path, model, COLUMNS, "expected language, intent, reasons, text", check);
}

struct row {
    uint32_t *rows; /* places in learner.features; until rows_settle() the features themselves */
    uint32_t *vectors;
    uint32_t count, vector_count;
    uint32_t all; /* features, also of those that are not learned */
    int intent;
    bool reasons[REASONS];
};

struct learner {
    struct questions questions;
    const struct vectors *vectors;
    float meanings[VECTORS_SIZE][MODEL_COLUMNS], squares[VECTORS_SIZE][MODEL_COLUMNS];
    struct row *rows;
    size_t count;
    uint32_t *features; /* in order */
    size_t feature_count;
    uint32_t *kept;
    uint64_t dice;
};

static void row_make(struct row *row, const struct model *model, const struct vectors *vectors,
                     struct features *features, const struct written_text *text) {
    uint32_t feelings[INTENT_FEELINGS];
    features_read(features, text->text);
    struct score score = score_thing(model, text->language, features);
    intent_feelings(&score, feelings);
    size_t most = features->count + (size_t)INTENT_MORE * features->token_count + INTENT_FEELINGS;
    *row = (struct row){.rows = xmalloc(most * sizeof *row->rows), .intent = intent_of(text->columns[1])};
    row->vectors = xmalloc((features->count + 1) * sizeof *row->vectors);
    for (uint32_t i = 0; i < features->count; i++) {
        uint32_t vector = vectors_row(vectors, features->list[i]);
        if (features->list[i] & FEATURE_AGAIN)
            continue;
        row->rows[row->count++] = feature_plain(features->list[i]);
        if (vector != VECTORS_NONE)
            row->vectors[row->vector_count++] = vector;
    }
    for (uint32_t token = 0; token < features->token_count; token++)
        row->count += intent_more(features, token, row->rows + row->count);
    for (size_t i = 0; i < INTENT_FEELINGS; i++)
        row->rows[row->count++] = feelings[i];
    row->all = row->count;
    for (int i = 0; i < REASONS; i++)
        row->reasons[i] = has_reason(text->columns[2], (enum reason)i);
}

static size_t row_drop(struct learner *learner, const struct row *row) {
    size_t kept = 0;
    for (uint32_t i = 0; i < row->count; i++)
        if (!dice_happens(&learner->dice, DROPOUT))
            learner->kept[kept++] = row->rows[i];
    return kept;
}

static void meaning_add(const struct learner *learner, const float meaning[VECTORS_SIZE],
                        float sums[MODEL_COLUMNS]) {
    for (size_t i = 0; i < VECTORS_SIZE; i++)
        for (size_t k = 0; k < MODEL_COLUMNS; k++)
            sums[k] += meaning[i] * learner->meanings[i][k];
}

static void meaning_step(struct learner *learner, const float meaning[VECTORS_SIZE],
                         const float gradient[MODEL_COLUMNS], float rate) {
    for (size_t i = 0; i < VECTORS_SIZE; i++) {
        float own[MODEL_COLUMNS];
        for (size_t k = 0; k < MODEL_COLUMNS; k++)
            own[k] = gradient[k] * meaning[i];
        questions_step_weights(learner->meanings[i], learner->squares[i], own, rate);
    }
}

/* 1 / (1 + e^-x) */
static float one_of_two(float x) {
    float small = dice_exponential(x < 0 ? x : -x);
    return x < 0 ? small / (1 + small) : 1 / (1 + small);
}

static void row_learn(struct learner *learner, const struct row *row, float rate) {
    size_t kept = row_drop(learner, row);
    float sums[MODEL_COLUMNS] = {0}, gradient[MODEL_COLUMNS] = {0},
          scale = 1 / (sqrtf((float)row->all + 1) * (1 - DROPOUT));
    float meaning[VECTORS_SIZE];
    vectors_sum(learner->vectors, row->vectors, row->vector_count, DROPOUT, &learner->dice, meaning);
    questions_sum(&learner->questions, learner->kept, kept, sums);
    meaning_add(learner, meaning, sums);
    for (size_t k = 0; k < MODEL_COLUMNS; k++)
        sums[k] = sums[k] * scale + learner->questions.added[k];
    questions_choose(sums, INTENTS, 1);
    for (int k = 0; k < INTENTS; k++)
        gradient[k] = sums[k] - (k == row->intent ? 1 : 0);
    for (int k = 0; k < REASONS; k++)
        gradient[INTENTS + k] = one_of_two(sums[INTENTS + k]) - (row->reasons[k] ? 1 : 0);
    questions_step_added(&learner->questions, gradient, rate);
    for (size_t k = 0; k < MODEL_COLUMNS; k++)
        gradient[k] *= scale;
    questions_step(&learner->questions, learner->kept, kept, gradient, rate);
    meaning_step(learner, meaning, gradient, rate);
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Those that are found often enough. */
static void features_choose(struct learner *learner) {
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < learner->count; i++)
        all += learner->rows[i].count;
    uint32_t *features = xmalloc((all + 1) * sizeof *features), *to = features;
    for (size_t i = 0; i < learner->count; i++) {
        memcpy(to, learner->rows[i].rows, learner->rows[i].count * sizeof *to);
        to += learner->rows[i].count;
    }
    qsort(features, all, sizeof *features, by_value);
    for (size_t i = 0, past; i < all; i = past) {
        for (past = i + 1; past < all && features[past] == features[i];)
            past++;
        if (past - i >= TIMES_MIN)
            features[kept++] = features[i];
    }
    learner->features = features;
    learner->feature_count = kept;
}

static const uint32_t *feature_find(const struct learner *learner, uint32_t feature) {
    return bsearch(&feature, learner->features, learner->feature_count, sizeof feature, by_value);
}

static void rows_settle(struct learner *learner) {
    features_choose(learner);
    for (size_t i = 0; i < learner->count; i++) {
        struct row *row = &learner->rows[i];
        uint32_t kept = 0;
        for (uint32_t k = 0; k < row->count; k++) {
            const uint32_t *at = feature_find(learner, row->rows[k]);
            if (at)
                row->rows[kept++] = (uint32_t)(at - learner->features);
        }
        row->count = kept;
    }
}

static void rows_make(struct learner *learner, const struct model *model, const struct written *written,
                      uint64_t fold, uint64_t folds) {
    struct features *features = features_new();
    uint32_t longest = 0;
    learner->rows = xcalloc(written->count + 1, sizeof *learner->rows);
    for (size_t i = 0; i < written->count; i++) {
        if (written_in_fold(&written->texts[i], fold, folds))
            continue;
        struct row *row = &learner->rows[learner->count++];
        row_make(row, model, learner->vectors, features, &written->texts[i]);
        longest = row->count > longest ? row->count : longest;
    }
    learner->kept = xmalloc((longest + 1) * sizeof *learner->kept);
    rows_settle(learner);
    features_free(&features);
}

static float meaning_of(const struct learner *learner, size_t row, size_t column) {
    float sum = 0;
    for (size_t i = 0; i < VECTORS_SIZE; i++)
        sum += (float)learner->vectors->rows[row][i] * VECTORS_UNIT * learner->meanings[i][column];
    return sum;
}

enum { USED = (int)INTENTS + (int)REASONS };
_Static_assert((int)USED <= (int)MODEL_ENTRY_MEANING, "the columns behind them are of aims");

/* What is packed: a feature that was learned, a word whose meaning is known, or both. */
struct candidate {
    uint32_t feature;
    bool common;
    float weights[USED], size;
};

/* Common words first, then those of most weight. */
static int by_worth(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->common != y->common)
        return y->common - x->common;
    if (x->size != y->size)
        return (x->size < y->size) - (x->size > y->size);
    return (x->feature > y->feature) - (x->feature < y->feature);
}

static void candidate_add(struct candidate *candidate, const float weights[MODEL_COLUMNS]) {
    for (size_t k = 0; k < USED; k++)
        candidate->weights[k] += weights[k];
}

static size_t candidates_make(const struct learner *learner, struct candidate *candidates) {
    const struct vectors *vectors = learner->vectors;
    bool *done = xcalloc(learner->feature_count + 1, sizeof *done);
    size_t count = 0;
    for (size_t i = 0; i < vectors->count; i++) {
        struct candidate *candidate = &candidates[count++];
        uint32_t feature = feature_plain(vectors->features[i]);
        *candidate = (struct candidate){.feature = feature, .common = true};
        for (size_t k = 0; k < USED; k++)
            candidate->weights[k] = meaning_of(learner, i, k);
        const uint32_t *at = feature_find(learner, feature);
        if (at) {
            done[at - learner->features] = true;
            candidate_add(candidate, learner->questions.weights[at - learner->features]);
        }
    }
    for (size_t i = 0; i < learner->feature_count; i++) {
        if (done[i])
            continue;
        candidates[count] = (struct candidate){.feature = learner->features[i]};
        candidate_add(&candidates[count++], learner->questions.weights[i]);
    }
    free(done);
    return count;
}

static double candidates_unit(struct candidate *candidates, size_t count) {
    float *sizes = xmalloc((count * USED + 1) * sizeof *sizes);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < USED; k++) {
            float size = sizes[i * USED + k] = fabsf(candidates[i].weights[k]);
            candidates[i].size += size;
        }
    double unit = count ? quantise_unit(sizes, count * USED) : 1;
    free(sizes);
    return unit;
}

static void dictionary_pack(const struct learner *learner, struct model_dictionary *packed) {
    size_t most = learner->vectors->count + learner->feature_count, lost = 0;
    struct candidate *candidates = xmalloc((most + 1) * sizeof *candidates);
    size_t count = candidates_make(learner, candidates);
    packed->unit = candidates_unit(candidates, count);
    packed->common = 0;
    memset(packed->entries, 0, MODEL_ENTRIES * sizeof *packed->entries);
    qsort(candidates, count, sizeof *candidates, by_worth);
    for (size_t i = 0; i < count; i++) {
        struct model_entry *entry = model_entry_add(packed, candidates[i].feature);
        lost += !entry;
        for (size_t k = 0; entry && k < USED; k++)
            entry->weights[k] = quantise(candidates[i].weights[k], packed->unit);
        if (entry && candidates[i].common) {
            entry->check |= MODEL_ENTRY_COMMON;
            packed->common++;
        }
    }
    for (size_t k = 0; k < USED; k++)
        packed->added[k] = (double)learner->questions.added[k];
    fprintf(stderr, "intents: %zu features and words, %zu found no room\n", count, lost);
    free(candidates);
}

static void learner_free(struct learner *learner) {
    for (size_t i = 0; i < learner->count; i++) {
        free(learner->rows[i].rows);
        free(learner->rows[i].vectors);
    }
    free(learner->rows);
    free(learner->kept);
    free(learner->features);
    questions_free(&learner->questions);
    free(learner);
}

void intents_learn(struct model *model, const struct written *written, const struct vectors *vectors,
                   uint64_t seed, uint64_t fold, uint64_t folds) {
    struct learner *learner = xcalloc(1, sizeof *learner);
    learner->vectors = vectors;
    learner->dice = seed;
    rows_make(learner, model, written, fold, folds);
    learner->questions = questions_new(learner->feature_count);
    uint32_t *turn = xmalloc((learner->count + 1) * sizeof *turn);
    for (size_t i = 0; i < learner->count; i++)
        turn[i] = (uint32_t)i;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        dice_shuffle(&learner->dice, turn, learner->count);
        for (size_t i = 0; i < learner->count; i++)
            row_learn(learner, &learner->rows[turn[i]], RATE * (1 - 0.5F * (float)epoch / EPOCHS));
    }
    dictionary_pack(learner, &model->intents);
    free(turn);
    learner_free(learner);
}

struct tally {
    uint64_t right, all, counts[INTENTS][INTENTS];
};

static void print(const struct model *model, const struct tally *tallies) {
    puts("language\tintents\tright");
    for (size_t i = 0; i < model->count; i++)
        if (tallies[i].all)
            printf("%s\t%zu\t%.2f\n", model->languages[i].code, (size_t)tallies[i].all,
                   100 * (double)tallies[i].right / (double)tallies[i].all);
}

/* Of complaints against all others, as data sets of complaints have it. */
static void print_complaints(const struct model *model, const struct tally *tallies) {
    uint64_t both = 0, wrong = 0, missed = 0, neither = 0;
    for (size_t i = 0; i < model->count; i++)
        for (int is = 0; is < INTENTS; is++)
            for (int said = 0; said < INTENTS; said++) {
                uint64_t n = tallies[i].counts[is][said];
                *(is == INTENT_COMPLAINT     ? said == INTENT_COMPLAINT ? &both : &missed
                  : said == INTENT_COMPLAINT ? &wrong
                                             : &neither) += n;
            }
    double doubt = (double)(wrong + missed) / 2;
    printf("complaint or not: macro F1 %.2f\n",
           50 * ((double)both / ((double)both + doubt) + (double)neither / ((double)neither + doubt)));
}

void intents_folds(struct model *model, const struct written *written, const struct vectors *vectors,
                   uint64_t seed, uint64_t folds) {
    struct features *features = features_new();
    struct tally *tallies = xcalloc(model->count, sizeof *tallies);
    for (uint64_t fold = 0; fold < folds; fold++) {
        intents_learn(model, written, vectors, seed, fold, folds);
        for (size_t i = 0; i < written->count; i++) {
            const struct written_text *text = &written->texts[i];
            if (!written_in_fold(text, fold, folds))
                continue;
            features_read(features, text->text);
            struct score score = score_thing(model, text->language, features);
            struct intents intents = intents_of(model, features, &score, -1);
            struct tally *tally = &tallies[text->language - model->languages];
            int is = intent_of(text->columns[1]);
            tally->all++;
            tally->right += (int)intents.intent == is;
            tally->counts[is][intents.intent]++;
        }
    }
    print(model, tallies);
    print_complaints(model, tallies);
    free(tallies);
    features_free(&features);
}
