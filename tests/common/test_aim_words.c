/* The words that drove an answer: the heaviest that agree with it, in their order; and whether any of a text
 * feels at all. */
#include "aim_rig.h"
#include "cmocka_all.h"

#include <math.h>

static void words_that_drove_it(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } CASES[] = {
        {"great x solid x noble x brisk", "great|solid|noble|brisk"},
        {"awful x great x solid", "great|solid"}, /* not what speaks against it */
        {"great x awful x lousy", "awful|lousy"},
        {"great stuff, and so it is with all that", "great"}, /* too little */
        {"brisk noble solid great solid noble great solid great",
         "noble|solid|great|solid|noble|great|solid|great"},
        {"noble great great brisk great great great great brisk great",
         "noble|great|great|great|great|great|great|great"},
        {"great noble solid brisk solid brisk solid brisk solid noble",
         "great|noble|solid|brisk|solid|solid|solid|noble"},
        {"x", ""},
        {"很好棒了好", "好棒|好"},
        {"好好 好", "好好|好"},
        {"好\n好", "好|好"},
        {"坏好棒", "好棒"},
        {"好\n很好", "好|好"}, /* which begins where the title ends */
        {"great👍great", "great|👍|great"},
        {"great\nsolid", "great|solid"},
        {"well :) ok 👍", ":)|👍"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        rig_read(CASES[i].text);
        const char *words = rig_driven(AIMS_WHOLE);
        if (strcmp(words, CASES[i].words) != 0)
            fail_msg("`%s`: %s", CASES[i].text, words);
    }
}

/* The weights of a token's features, over the root of how many there are. */
static void weights_are_what_their_formula_says(void **state) {
    (void)state;
    rig_read("so brisk");
    uint32_t all = rig.features->tokens[2].first, brisk = all - rig.features->tokens[1].first;
    assert_int_equal(rig_ask(AIMS_WHOLE).words[0].weight, lround(1000 * 20 * 0.1 / sqrt(all + 1)));
    assert_int_equal(rig_ask(rig_name("so")).words[0].weight, lround(1000 * 20 * 0.1 / sqrt(brisk + 1)));
    rig_read("dreck");
    assert_int_equal(rig_ask(AIMS_WHOLE).words[0].weight, -1000);
    rig_read("好棒好棒好棒好棒好棒");
    struct aim aim = rig_ask(AIMS_WHOLE);
    assert_true(aim.word_count == 1 && aim.words[0].weight == 1000);
}

/* Of a text that is neither, both kinds. */
static void a_neutral_answer_is_driven_by_both(void **state) {
    (void)state;
    rig.model->aims.positive = rig.model->aims.negative = -3;
    rig_read("bolt is here. acme is great, x awful");
    uint32_t acme = rig_name("acme");
    rig_name("bolt");
    struct aim aim = rig_ask(acme);
    assert_int_equal(aim.label, LABEL_NEUTRAL);
    assert_string_equal(rig_driven(acme), "great|awful");
    assert_true(aim.words[0].weight > 0 && aim.words[1].weight < 0);
}

static void what_feels_is_told(void **state) {
    (void)state;
    uint32_t other = features_word(rig.features, SPAN("other")); /* of a word in the same bucket */
    rig.model->languages[0].feelings[feature_bucket(other)] =
        (struct model_feeling){.value = MODEL_FEELING, .check = (uint8_t)(feature_check(other) ^ 1)};
    static const struct {
        const char *text;
        bool feels;
    } CASES[] = {
        {"so Great", true}, {"not great", true}, {"greatly", false}, {"so\ngreat", true}, {"great\nso", true},
        {"", false},        {"很好棒", true},    {"很快", false},    {"ok :)", true},     {"ok :(", false},
        {"👍", true},        {"👎", false},        {"@great", false},  {"#great", true},    {"other", false},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        rig_read(CASES[i].text);
        if (aims_feel(rig.aims) != CASES[i].feels)
            fail_msg("`%s`: %d", CASES[i].text, aims_feel(rig.aims));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(words_that_drove_it, rig_forget),
        cmocka_unit_test_setup(weights_are_what_their_formula_says, rig_forget),
        cmocka_unit_test_setup(a_neutral_answer_is_driven_by_both, rig_forget),
        cmocka_unit_test_setup(what_feels_is_told, rig_forget),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
