/* A model comes back from its file as it was; other files are refused; and the arithmetic of a score, by
 * hand. */
#include "earshot/accuracy.h"
#include "earshot/labelled.h"
#include "earshot/score.h"

#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct model *small_model(void) {
    struct model *model = model_new();
    struct features *features = features_new();
    struct model_language *english = model_add(model, "en");
    struct model_language *other = model_add(model, MODEL_OTHER);
    uint32_t good = features_word(features, SPAN("good"));
    english->table.unit = 0.5;
    english->table.negative = -1;
    english->table.weights[feature_bucket(good)].positive = 10;
    english->feelings[feature_bucket(good)] =
        (struct model_feeling){.value = 3 * MODEL_FEELING, .check = feature_check(good)};
    other->table.weights[7].negative = -128;
    model->things[1].weights[9].positive = -3;
    model->aims.weights[11].negative = 4;
    model->identify.unit = 0.25;
    model->identify.added[15] = -2;
    model->identify.rows[5].weights[15] = -7;
    model->intents.unit = 0.125;
    model->intents.meaning_unit = 0.0625;
    model->intents.added[13] = 6;
    struct model_entry *entry = model_entry_add(&model->intents, good), *another;
    entry->weights[0] = -128;
    entry->check |= MODEL_ENTRY_COMMON;
    another = model_entry_add(&model->intents, good ^ 4); /* of the same bucket */
    another->weights[13] = 127;
    model->intents.common = 1;
    features_free(&features);
    return model;
}

static char *path_new(void) {
    char *path = xstrdup("/tmp/earshot-model-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    return path;
}

static void a_model_comes_back(void **state) {
    (void)state;
    char *path = path_new();
    struct buf message;
    buf_init(&message, 1000);
    struct model *model = small_model();
    assert_true(model_write(model, path));
    struct model *again = model_load(path, &message);
    assert_non_null(again);
    assert_int_equal(again->count, model->count);
    for (size_t i = 0; i < model->count; i++) {
        const struct model_language *a = &model->languages[i], *b = &again->languages[i];
        assert_string_equal(a->code, b->code);
        assert_true(a->table.unit == b->table.unit && a->table.positive == b->table.positive &&
                    a->table.negative == b->table.negative);
        assert_memory_equal(a->table.weights, b->table.weights, FEATURE_BUCKETS * sizeof *a->table.weights);
        assert_memory_equal(a->feelings, b->feelings, FEATURE_BUCKETS * sizeof *a->feelings);
    }
    assert_int_equal(again->things[1].weights[9].positive, -3);
    assert_int_equal(again->aims.weights[11].negative, 4);
    assert_true(again->identify.unit == 0.25 && again->intents.unit == 0.125);
    assert_true(again->intents.meaning_unit == 0.0625);
    assert_memory_equal(again->identify.added, model->identify.added, sizeof model->identify.added);
    assert_memory_equal(again->intents.added, model->intents.added, sizeof model->intents.added);
    assert_memory_equal(again->identify.rows, model->identify.rows,
                        sizeof *model->identify.rows << MODEL_IDENTIFY_BITS);
    assert_memory_equal(again->intents.entries, model->intents.entries,
                        MODEL_ENTRIES * sizeof *model->intents.entries);
    assert_int_equal(again->intents.common, 1);
    assert_string_equal(model_language(again, SPAN("EN-gb"))->code, "en");
    assert_string_equal(model_language(again, SPAN("de"))->code, MODEL_OTHER);
    assert_string_equal(model_language(again, (struct span){NULL, 0})->code, MODEL_OTHER);
    assert_false(model_write(model, "/nowhere/model"));
    remove(path);
    free(path);
    model_free(&model);
    model_free(&again);
    model_free(&again);
    buf_free(&message);
}

static void other_files_are_refused(void **state) {
    (void)state;
    char *path = path_new(), bytes[65536];
    struct buf message;
    buf_init(&message, 1000);
    struct model *model = small_model();
    assert_true(model_write(model, path));
    FILE *file = fopen(path, "rb");
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len < sizeof bytes);
    for (size_t cut = 0; cut < len; cut++)
        assert_null(model_read((struct span){bytes, cut}, &message));
    bytes[0] ^= 1;
    buf_clear(&message);
    assert_null(model_read((struct span){bytes, len}, &message));
    assert_non_null(strstr(buf_span(&message).ptr, "not a model"));
    buf_clear(&message);
    assert_null(model_load("/nowhere/model", &message));
    assert_non_null(strstr(buf_span(&message).ptr, "/nowhere/model: cannot be read: No such file"));
    model->languages[1].code[0] = 'x';
    assert_true(model_write(model, path));
    buf_clear(&message);
    assert_null(model_load(path, &message));
    assert_non_null(strstr(buf_span(&message).ptr, "other languages"));
    remove(path);
    free(path);
    model_free(&model);
    buf_free(&message);
}

static void the_built_in_model_is_whole(void **state) {
    (void)state;
    static const char *const CODES[] = {"en",      "de", "es", "nl", "pl", "zh", "zht",
                                        "zh-Hant", "pt", "fr", "it", "ar", "hi", "ja"};
    struct buf message;
    buf_init(&message, 1000);
    struct model *model = model_load(NULL, &message);
    assert_non_null(model);
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        const struct model_language *language = model_language(model, span_of(CODES[i]));
        assert_true(strncmp(language->code, CODES[i], 2) == 0);
        assert_true(language->table.unit > 0);
    }
    model_free(&model);
    buf_free(&message);
}

/* Softmax of (10 × 0.5 / √(n + 1), 0, −1) with n features. */
static void a_score_is_what_its_formula_says(void **state) {
    (void)state;
    struct model *model = small_model();
    struct score score =
        score_of(&model->languages[0].table, (struct score_sums){.positive = 10, .count = 24});
    double e = exp(1), total = e + 1 + 1 / e;
    assert_true(fabs(score.likely[LABEL_POSITIVE] - e / total) < 1e-12);
    assert_true(fabs(score.likely[LABEL_NEUTRAL] - 1 / total) < 1e-12);
    assert_true(fabs(score.likely[LABEL_NEGATIVE] - 1 / e / total) < 1e-12);
    assert_int_equal(score.label, LABEL_POSITIVE);
    score = score_of(&model->languages[0].table, (struct score_sums){.negative = 1000000000, .count = 0});
    assert_true(score.likely[LABEL_NEGATIVE] == 1 && score.likely[LABEL_POSITIVE] == 0);
    assert_int_equal(score.label, LABEL_NEGATIVE);
    assert_int_equal(score_of_two(&score), LABEL_NEGATIVE);
    model_free(&model);
}

/* A text that says a word twice is weighed by it once. */
static void what_comes_again_counts_once(void **state) {
    (void)state;
    struct model *model = small_model();
    struct features *features = features_new();
    features_text(features, SPAN("good good good"), 0);
    features_end(features);
    struct score_sums sums = {.positive = 10, .count = MODEL_SUMS};
    for (uint32_t i = 0; i < features->count; i++)
        sums.count += !(features->list[i] & FEATURE_AGAIN);
    struct score want = score_of(&model->languages[0].table, sums),
                 have = score_text(&model->languages[0], features);
    assert_true(fabs(want.likely[LABEL_POSITIVE] - have.likely[LABEL_POSITIVE]) < 1e-12);
    features_free(&features);
    model_free(&model);
}

static bool same_sums(const struct model *model, const char *a, const char *b) {
    uint32_t first[MODEL_SUMS], second[MODEL_SUMS];
    struct features *features = features_new();
    features_text(features, span_of(a), 0);
    model_sums(model->languages[0].feelings, features, first);
    features_clear(features);
    features_text(features, span_of(b), 0);
    model_sums(model->languages[0].feelings, features, second);
    features_free(&features);
    return memcmp(first, second, sizeof first) == 0;
}

static void sums_tell_feelings(void **state) {
    (void)state;
    struct model *model = small_model();
    assert_true(same_sums(model, "good day", "Good night"));
    assert_false(same_sums(model, "good day", "this day"));
    assert_false(same_sums(model, "not good", "so good"));
    assert_false(same_sums(model, "good", "good good"));
    model_free(&model);
}

/* By hand: positive 8 of 10 right and 2 given to it wrongly; neutral 5 of 10; negative none. */
static void figures_are_those_of_the_field(void **state) {
    (void)state;
    struct accuracy accuracy = {
        .counts = {[LABEL_POSITIVE] = {[LABEL_POSITIVE] = 8, [LABEL_NEUTRAL] = 2},
                   [LABEL_NEUTRAL] = {[LABEL_POSITIVE] = 2, [LABEL_NEUTRAL] = 5, [LABEL_NEGATIVE] = 3}}};
    struct accuracy_figures figures = accuracy_figures(&accuracy);
    assert_int_equal(figures.n, 20);
    assert_true(fabs(figures.accuracy - 65) < 1e-9);
    assert_true(fabs(figures.macro_recall - 65) < 1e-9);
    assert_true(fabs(figures.macro_f1 - (1600.0 / 20 + 1000.0 / 17) / 2) < 1e-9);
    assert_true(figures.error > 5 && figures.error < 15);
    figures = accuracy_figures(&(struct accuracy){0});
    assert_true(figures.n == 0 && figures.macro_f1 == 0 && figures.error == 0);
}

/* Four times the texts: half the error. */
static void the_error_falls_with_the_root(void **state) {
    (void)state;
    struct accuracy few = {.counts = {{600, 200, 200}, {100, 700, 200}, {50, 250, 700}}}, many = few;
    for (size_t i = 0; i < LABELS * LABELS; i++)
        many.counts[i / LABELS][i % LABELS] *= 4;
    double ratio = accuracy_figures(&few).error / accuracy_figures(&many).error;
    assert_true(ratio > 1.99 && ratio < 2.01);
    assert_true(accuracy_figures(&few).error > 0.7 && accuracy_figures(&few).error < 1);
}

static void labelled_lines_are_read(void **state) {
    (void)state;
    static const struct {
        const char *line, *says;
    } BAD[] = {
        {"", "five columns"},
        {"de\tneg\tmoz\t3", "five columns"},
        {"de\tbad\tmoz\t3\tx", "neg, neu or pos"},
        {"de\tneg\tmoz\t1\tx", "mask"},
        {"de\tneu\tmoz\t2\tx", "neutral"},
    };
    struct labelled row;
    struct buf message;
    buf_init(&message, 1000);
    assert_true(labelled_parse(SPAN("de\tneg\tmoz\t2\ta\tb"), &row, &message));
    assert_true(span_eq(row.language, SPAN("de")) && span_eq(row.source, SPAN("moz")) && row.two);
    assert_true(span_eq(row.text, SPAN("a\tb")));
    assert_int_equal(row.label, LABEL_NEGATIVE);
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        buf_clear(&message);
        assert_false(labelled_parse(span_of(BAD[i].line), &row, &message));
        assert_non_null(strstr(buf_span(&message).ptr, BAD[i].says));
    }
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_comes_back),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(the_built_in_model_is_whole),
        cmocka_unit_test(a_score_is_what_its_formula_says),
        cmocka_unit_test(what_comes_again_counts_once),
        cmocka_unit_test(sums_tell_feelings),
        cmocka_unit_test(figures_are_those_of_the_field),
        cmocka_unit_test(the_error_falls_with_the_root),
        cmocka_unit_test(labelled_lines_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
