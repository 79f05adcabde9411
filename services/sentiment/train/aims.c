#include "aims.h"

#include "earshot/aim.h"
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 6, EPOCHS = 8, NAMES = 2 };

#define RATE    0.05F
#define DROPOUT 0.3F

/* Which check() has seen to be one. */
static enum label label_of(struct span text) {
    enum label label;
    bool good = label_find_short(text, &label);
    ASSERT(good);
    return label;
}

static struct span name_of(const struct written_text *text, size_t which) {
    return text->columns[1 + 2 * which];
}
static struct span label_column(const struct written_text *text, size_t which) {
    return text->columns[2 + 2 * which];
}
static size_t names_of(const struct written_text *text) {
    return span_eq(name_of(text, 1), SPAN("-")) ? 1 : NAMES;
}

static bool has(struct span text, struct span name) {
    for (size_t at = 0; at + name.len <= text.len; at++)
        if (span_same((struct span){text.ptr + at, name.len}, name))
            return true;
    return false;
}

static const char *check(const struct written_text *text) {
    for (size_t i = 0; i < names_of(text); i++) {
        enum label label;
        if (!label_find_short(label_column(text, i), &label))
            return "expected pos, neu or neg behind a name";
        if (name_of(text, i).len == 0 || !has(text->text, name_of(text, i)))
            return "a name that is not in the text";
    }
    return NULL;
}

struct written aims_texts(const char *path, const struct model *model) {
    return written_read(path, model, COLUMNS, "expected language, name, label, name, label, text", check);
}

static void text_read(struct aims *aims, const struct model *model, struct features *features,
                      const struct written_text *text) {
    struct span fields[AIM_FIELDS] = {text->text};
    features_read(features, text->text);
    aims_read(aims, model, text->language, features, fields);
    for (size_t i = 0; i < names_of(text); i++)
        aims_place_word(aims, aims_name(aims), name_of(text, i));
}

static void sides_add(struct corpus_row *row, const struct aims *aims, const struct features *features,
                      const struct vectors *vectors) {
    _Static_assert((int)AIM_SIDES == (int)CORPUS_SIDES, "a row has the sides of a subject");
    for (int side = 0; side < AIM_SIDES; side++) {
        uint32_t *words = row->sides[side] = xmalloc((features->count + 1) * sizeof *words);
        uint32_t count = aims_words(aims, (enum aim_side)side, words);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t vector = vectors_row(vectors, words[i]);
            if (vector != VECTORS_NONE)
                words[row->side_counts[side]++] = vector;
        }
    }
}

/* A name among others is learned from as if they were not known, too. */
static void rows_add(struct corpus *corpus, struct aims *aims, const struct features *features,
                     const struct vectors *vectors, const struct written_text *text) {
    for (uint32_t name = 0; name < names_of(text); name++)
        for (int alone = 0; alone < (int)names_of(text); alone++) {
            const uint32_t *buckets;
            uint32_t count = aims_buckets(aims, name, alone, &buckets);
            struct corpus_row *row = corpus_row(corpus);
            row->count = count;
            row->buckets = xmalloc((count + 1) * sizeof *row->buckets);
            memcpy(row->buckets, buckets, count * sizeof *buckets);
            row->label = (uint8_t)label_of(label_column(text, name));
            sides_add(row, aims, features, vectors);
        }
}

void aims_learn(struct model *model, const struct written *written, const struct vectors *vectors,
                uint64_t seed, uint64_t fold, uint64_t folds) {
    struct learn_options options = {
        .seed = seed, .epochs = EPOCHS, .rate = RATE, .dropout = DROPOUT, .vectors = vectors};
    struct learn_weights weights;
    struct features *features = features_new();
    struct aims *aims = aims_new();
    struct corpus corpus = {.count = 0};
    for (size_t i = 0; i < written->count; i++) {
        if (written_in_fold(&written->texts[i], fold, folds))
            continue;
        text_read(aims, model, features, &written->texts[i]);
        rows_add(&corpus, aims, features, vectors, &written->texts[i]);
    }
    bool *used = xmalloc(corpus.count + 1);
    memset(used, 1, corpus.count);
    learn(&weights, &corpus, used, 1, &options);
    pack_aims(model, &weights, vectors);
    learn_free(&weights);
    free(used);
    corpus_free(&corpus);
    aims_free(&aims);
    features_free(&features);
}

struct tally {
    size_t texts, right, names, names_right;
};

static void text_try(struct aims *aims, const struct written_text *text, struct tally *tally) {
    size_t names = names_of(text), right = 0;
    for (uint32_t i = 0; i < names; i++) {
        struct aim aim;
        aims_ask(aims, i, &aim);
        right += aim.label == label_of(label_column(text, i));
    }
    tally->texts++;
    tally->right += right == names;
    tally->names += names;
    tally->names_right += right;
}

static void print_row(const char *name, const struct tally *tally) {
    printf("%s\t%zu\t%.2f\t%zu\t%.2f\n", name, tally->texts,
           100 * (double)tally->right / (double)tally->texts, tally->names,
           100 * (double)tally->names_right / (double)tally->names);
}

void aims_folds(struct model *model, const struct written *written, const struct vectors *vectors,
                uint64_t seed, uint64_t folds) {
    struct features *features = features_new();
    struct aims *aims = aims_new();
    struct tally tallies[MODEL_LANGUAGES_MAX] = {{0}}, all = {0};
    for (uint64_t fold = 0; fold < folds; fold++) {
        aims_learn(model, written, vectors, seed, fold, folds);
        for (size_t i = 0; i < written->count; i++) {
            const struct written_text *text = &written->texts[i];
            if (!written_in_fold(text, fold, folds))
                continue;
            text_read(aims, model, features, text);
            text_try(aims, text, &tallies[text->language - model->languages]);
            text_try(aims, text, &all);
        }
    }
    puts("language\ttexts\tall names right\tnames\tright");
    for (size_t i = 0; i < model->count; i++)
        if (tallies[i].texts)
            print_row(model->languages[i].code, &tallies[i]);
    print_row("all", &all);
    aims_free(&aims);
    features_free(&features);
}
