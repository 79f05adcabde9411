/* Intents, reasons and risk of a small model, by hand. */
#include "earshot/intent.h"

#include "cmocka_all.h"

#include <math.h>

static struct model *model;
static struct features *features;

enum { COLUMNS = INTENTS + REASONS };

#define UNIT 0.25

/* Weights in the order of intents and reasons. */
static const struct {
    const char *word;
    int8_t weights[COLUMNS];
} WORDS[] = {
    {"broke", {40, -8, 0, -20, 1, 12, 0, 0, 9, 0}},   {"where", {-5, 50, 10, 0, 0, 0, 0, -7, 0, 0}},
    {"lawyer", {16, 0, 0, -30, 0, 20, 90, 4, 0, -2}}, {"smoke", {30, 0, -11, 0, 0, 0, 0, 0, 0, 127}},
    {"money", {7, 3, 2, 0, 0, 0, 5, 0, 60, 0}},       {"退", {7, 3, 2, 0, 0, 0, 5, 0, 60, 0}},
};

static const double ADDED[COLUMNS] = {0.5, 0.25, -0.5, 0, 1, -2, -2.5, -3, -1.5, -4};

static struct model_entry *entry_of(uint32_t feature) {
    struct model_entry *entry = (struct model_entry *)(uintptr_t)model_entry(&model->intents, feature);
    if (!entry)
        entry = model_entry_add(&model->intents, feature);
    assert_non_null(entry);
    return entry;
}

/* A text that is as likely positive and negative as that. */
static struct score feels(double positive, double negative) {
    return (struct score){.likely = {[LABEL_POSITIVE] = positive,
                                     [LABEL_NEGATIVE] = negative,
                                     [LABEL_NEUTRAL] = 1 - positive - negative}};
}

static int open_all(void **state) {
    (void)state;
    model = model_new();
    features = features_new();
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        memcpy(entry_of(features_word(features, span_of(WORDS[i].word)))->weights, WORDS[i].weights, COLUMNS);
    model->intents.unit = UNIT;
    memcpy(model->intents.added, ADDED, sizeof ADDED);
    return 0;
}

static int close_all(void **state) {
    (void)state;
    features_free(&features);
    model_free(&model);
    return 0;
}

static struct intents read_text(const char *text, struct score score) {
    features_read(features, span_of(text));
    return intents_of(model, features, &score, -1);
}

static bool near(double a, double b) {
    return fabs(a - b) < 1e-12;
}

/* Sums. */

/* Each feature once, how the text feels, and one for a text of none. */
static double root(void) {
    size_t count = INTENT_FEELINGS + 1;
    for (uint32_t i = 0; i < features->count; i++)
        count += !(features->list[i] & FEATURE_AGAIN);
    for (uint32_t token = 0; token < features->token_count; token++) {
        uint32_t more[INTENT_MORE];
        count += intent_more(features, token, more);
    }
    return sqrt((double)count);
}

static void check_sums(const struct intents *intents, const int sums[COLUMNS]) {
    double odds[COLUMNS], total = 0;
    size_t most = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        odds[i] = exp(sums[i] * UNIT / root() + ADDED[i]);
    for (size_t i = 0; i < INTENTS; i++) {
        total += odds[i];
        most = odds[i] > odds[most] ? i : most;
    }
    for (size_t i = 0; i < INTENTS; i++)
        assert_true(near(intents->likely[i], odds[i] / total));
    assert_int_equal(intents->intent, most);
    for (size_t i = 0; i < REASONS; i++)
        assert_true(near(intents->reasons[i], odds[INTENTS + i] / (odds[INTENTS + i] + 1)));
}

static void sums_are_made_of_weights(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int sums[COLUMNS]; /* of the words' weights above */
    } CASES[] = {
        {"", {0}},
        {"so what", {0}},
        {"it broke", {40, -8, 0, -20, 1, 12, 0, 0, 9, 0}},
        {"it broke, broke and BROKE", {40, -8, 0, -20, 1, 12, 0, 0, 9, 0}},
        {"where is my money", {2, 53, 12, 0, 0, 0, 5, -7, 60, 0}},
        {"broke: smoke, so my lawyer", {86, -8, -11, -50, 1, 32, 90, 4, 9, 125}},
        {"退", {7, 3, 2, 0, 0, 0, 5, 0, 60, 0}},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct intents intents = read_text(CASES[i].text, feels(0.1, 0.1));
        check_sums(&intents, CASES[i].sums);
    }
}

static void how_it_feels_is_among_the_features(void **state) {
    (void)state;
    uint32_t feelings[INTENT_FEELINGS];
    struct score bad = feels(0.03, 0.93);
    intent_feelings(&bad, feelings);
    for (size_t i = 0; i < INTENT_FEELINGS; i++)
        entry_of(feelings[i])->weights[INTENT_COMPLAINT] = (int8_t)(20 + i);
    struct intents intents = read_text("it broke", bad);
    check_sums(&intents, (const int[COLUMNS]){40 + 63, -8, 0, -20, 1, 12, 0, 0, 9, 0});
    intents = read_text("it broke", feels(0.01, 0.95)); /* the same bins */
    check_sums(&intents, (const int[COLUMNS]){40 + 63, -8, 0, -20, 1, 12, 0, 0, 9, 0});
    intents = read_text("it broke", feels(0.93, 0.03));
    check_sums(&intents, (const int[COLUMNS]){40, -8, 0, -20, 1, 12, 0, 0, 9, 0});
    for (size_t i = 0; i < INTENT_FEELINGS; i++)
        entry_of(feelings[i])->weights[INTENT_COMPLAINT] = 0;
}

/* Two of a bucket are told apart by their other bits, a third has no room. */
static void features_of_a_bucket_are_kept_apart(void **state) {
    (void)state;
    enum { FIRST = 0x10, SECOND = 0x20, THIRD = 0x40 }; /* of the bucket 0 */
    struct model_dictionary *intents = &model->intents;
    assert_null(model_entry(intents, FIRST));
    struct model_entry *first = model_entry_add(intents, FIRST), *second = model_entry_add(intents, SECOND);
    assert_ptr_equal(model_entry(intents, FIRST), first);
    assert_ptr_equal(model_entry(intents, SECOND), second);
    assert_ptr_equal(model_entry(intents, SECOND | FEATURE_WORD | FEATURE_AGAIN), second);
    first->check |= MODEL_ENTRY_COMMON;
    assert_ptr_equal(model_entry(intents, FIRST), first);
    assert_ptr_not_equal(first, second);
    assert_null(model_entry(intents, THIRD));
    assert_null(model_entry_add(intents, THIRD));
    *first = *second = (struct model_entry){.check = 0};
}

/* What else is looked at: by the words of a text, each as `feature of feature`. */
static void more_is_of_places_and_of_asking(void **state) {
    (void)state;
    static const struct {
        const char *a, *b; /* two texts, */
        size_t a_token, b_token;
        bool same[INTENT_MORE]; /* and which features of these tokens are the same */
    } CASES[] = {
        {"so it broke", "how it broke", 2, 2, {false, true, true}},
        {"it was broke", "it is broke", 2, 2, {true, true, true}},
        {"broke it is, is it", "it is, is it broke", 0, 5, {false, false, true}},
        {"it is broke now", "it is broke?", 2, 2, {true, true, false}},
        {"it is broke ?!", "it is broke?", 2, 2, {true, true, true}},
        {"it is broke\xEF\xBC\x9F", "it is broke?", 2, 2, {true, true, true}},
        {"it is broke? so i say", "it is broke so, i say", 2, 2, {true, true, false}},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        uint32_t a[INTENT_MORE], b[INTENT_MORE], a_count, b_count;
        features_read(features, span_of(CASES[i].a));
        a_count = intent_more(features, (uint32_t)CASES[i].a_token, a);
        assert_int_equal(intent_more(features, features->token_count - 1, b), 0); /* the shape */
        features_read(features, span_of(CASES[i].b));
        b_count = intent_more(features, (uint32_t)CASES[i].b_token, b);
        for (size_t k = 1; k <= INTENT_MORE; k++) {
            bool same = k <= a_count && k <= b_count && a[a_count - k] == b[b_count - k];
            if (same != CASES[i].same[INTENT_MORE - k])
                fail_msg("`%s` and `%s`: feature %zu from the last", CASES[i].a, CASES[i].b, k);
        }
    }
}

static void feelings_are_features(void **state) {
    (void)state;
    static const double CASES[][2] = {{0, 0}, {1, 0}, {0, 1}, {0.5, 0.5}, {0.3, 0.3}, {0.7, 0.1}, {0.1, 0.7}};
    uint32_t feelings[COUNT_OF(CASES)][INTENT_FEELINGS];
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct score score = feels(CASES[i][0], CASES[i][1]);
        intent_feelings(&score, feelings[i]);
        assert_true(feelings[i][0] != feelings[i][1] && feelings[i][1] != feelings[i][2]);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(feelings[i][2], feelings[k][2]);
    }
    assert_int_equal(feelings[0][0], feelings[2][0]); /* as positive, */
    assert_int_equal(feelings[0][1], feelings[1][1]); /* as negative */
    assert_int_not_equal(feelings[0][0], feelings[1][0]);
    assert_int_not_equal(feelings[0][1], feelings[2][1]);
    struct score most = feels(0.95, 0);
    intent_feelings(&most, feelings[0]);
    assert_memory_equal(feelings[0], feelings[1], sizeof feelings[0]); /* it is as positive as can be */
}

/* What says one reason changes no other, and no intent. */
static void reasons_stand_by_themselves(void **state) {
    (void)state;
    struct intents before = read_text("so what", feels(0.1, 0.1));
    uint32_t word = features_word(features, SPAN("what"));
    for (size_t i = 0; i < REASONS; i++) {
        entry_of(word)->weights[INTENTS + i] = 100;
        struct intents after = read_text("so what", feels(0.1, 0.1));
        entry_of(word)->weights[INTENTS + i] = 0;
        assert_memory_equal(before.likely, after.likely, sizeof before.likely);
        for (size_t k = 0; k < REASONS; k++)
            assert_true(k == i ? after.reasons[k] > before.reasons[k] + 0.2
                               : after.reasons[k] == before.reasons[k]);
        assert_true(after.risk > before.risk);
    }
}

/* Risk. */

/* What is certain, and what impossible. */
#define YES 1000.0
#define NO  (-1000.0)

/* Of a text without a word, so that what is added decides. */
static double risk_of(double complaint, const double reasons[REASONS], double negative, int64_t followers) {
    static const double OTHERS[INTENTS - 1] = {0, NO, NO, NO};
    double *added = model->intents.added;
    struct score score = feels(0, negative);
    added[INTENT_COMPLAINT] = complaint;
    memcpy(&added[INTENT_COMPLAINT + 1], OTHERS, sizeof OTHERS);
    memcpy(&added[INTENTS], reasons, REASONS * sizeof *reasons);
    features_read(features, SPAN(""));
    struct intents intents = intents_of(model, features, &score, followers);
    memcpy(added, ADDED, sizeof ADDED);
    return intents.risk;
}

static void risk_is_that_any_is_the_case(void **state) {
    (void)state;
    static const struct {
        double complaint, reasons[REASONS], negative, safe;
    } CASES[] = {
        {NO, {NO, NO, NO, NO, NO}, 0, 1},
        {YES, {NO, NO, NO, NO, NO}, 0, 0.75},
        {0, {NO, NO, NO, NO, NO}, 0, 0.875}, /* as likely as another intent */
        {NO, {NO, NO, NO, NO, NO}, 1, 0.9},
        {NO, {NO, NO, NO, NO, NO}, 0.5, 0.95},
        {NO, {YES, NO, NO, NO, NO}, 0, 0.5},
        {NO, {NO, YES, NO, NO, NO}, 0, 0.25},
        {NO, {NO, NO, YES, NO, NO}, 0, 0.35},
        {NO, {NO, NO, NO, YES, NO}, 0, 0.55},
        {NO, {NO, NO, NO, NO, YES}, 0, 0.15},
        {NO, {0, NO, NO, NO, NO}, 0, 0.75}, /* one of two */
        {YES, {YES, YES, YES, YES, YES}, 1, 0.75 * 0.9 * 0.5 * 0.25 * 0.35 * 0.55 * 0.15},
        {YES, {NO, 0, NO, NO, YES}, 0.5, 0.75 * 0.95 * 0.625 * 0.15},
    };
    static const struct {
        int64_t followers;
        double power;
    } REACH[] = {
        {-1, 1},    {0, 1},     {1, 1},      {999, 1},    {1000, 1.5},    {9999, 1.5},
        {10000, 2}, {99999, 2}, {100000, 3}, {100001, 3}, {INT64_MAX, 3},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        for (size_t k = 0; k < COUNT_OF(REACH); k++) {
            double risk =
                risk_of(CASES[i].complaint, CASES[i].reasons, CASES[i].negative, REACH[k].followers);
            if (!near(risk, 1 - pow(CASES[i].safe, REACH[k].power)))
                fail_msg("case %zu with %jd followers: %.6f", i, (intmax_t)REACH[k].followers, risk);
        }
}

/* Tokens. */

static void the_word_that_says_most_is_told(void **state) {
    (void)state;
    static const struct {
        const char *title, *text;
        enum reason reason;
        const char *word;
    } CASES[] = {
        {NULL, "it broke, my money", REASON_REFUND, "money"},
        {NULL, "it broke, my money", REASON_ANGER, "broke"},
        {NULL, "where is my lawyer", REASON_LEGAL, "lawyer"},
        {NULL, "where is my lawyer", REASON_PRESS, "lawyer"}, /* not that which says the contrary */
        {NULL, "where", REASON_PRESS, "where"},               /* but where it is all there is */
        {NULL, "lawyer Lawyer", REASON_LEGAL, "lawyer"},      /* the first of equals */
        {NULL, "so what", REASON_SAFETY, "so"},
        {"so", "what smoke", REASON_SAFETY, "smoke"},
        {"smoke", "so what", REASON_SAFETY, "smoke"},
        {"", "我要退货", REASON_REFUND, "退"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct span fields[] = {span_of(CASES[i].title), span_of(CASES[i].text)};
        features_clear(features);
        for (uint8_t k = 0; k < COUNT_OF(fields); k++)
            features_text(features, fields[k], k);
        features_end(features);
        uint32_t at = intents_token(model, features, CASES[i].reason);
        assert_true(at + 1 < features->token_count); /* the last is no word */
        const struct feature_token *token = &features->tokens[at];
        struct span word = {fields[token->field].ptr + token->start, token->end - token->start};
        if (!span_eq(word, span_of(CASES[i].word)))
            fail_msg("`%s`: %.*s", CASES[i].text, (int)word.len, word.ptr);
    }
    features_read(features, SPAN("")); /* no word: a place of no length */
    const struct feature_token *token = &features->tokens[intents_token(model, features, REASON_ANGER)];
    assert_true(token->field == 0 && token->start == 0 && token->end == 0);
}

static void all_have_names(void **state) {
    (void)state;
    static const char *const NAMES[INTENTS] = {[INTENT_COMPLAINT] = "complaint",
                                               [INTENT_QUESTION] = "question",
                                               [INTENT_PURCHASE] = "purchase",
                                               [INTENT_PRAISE] = "praise",
                                               [INTENT_OTHER] = "other"},
                             *const WHY[REASONS] = {[REASON_ANGER] = "anger",
                                                    [REASON_LEGAL] = "legal",
                                                    [REASON_PRESS] = "press",
                                                    [REASON_REFUND] = "refund",
                                                    [REASON_SAFETY] = "safety"};
    for (int i = 0; i < INTENTS; i++)
        assert_string_equal(intent_name((enum intent)i), NAMES[i]);
    for (int i = 0; i < REASONS; i++)
        assert_string_equal(reason_name((enum reason)i), WHY[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_made_of_weights),
        cmocka_unit_test(how_it_feels_is_among_the_features),
        cmocka_unit_test(features_of_a_bucket_are_kept_apart),
        cmocka_unit_test(more_is_of_places_and_of_asking),
        cmocka_unit_test(feelings_are_features),
        cmocka_unit_test(reasons_stand_by_themselves),
        cmocka_unit_test(risk_is_that_any_is_the_case),
        cmocka_unit_test(the_word_that_says_most_is_told),
        cmocka_unit_test(all_have_names),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
