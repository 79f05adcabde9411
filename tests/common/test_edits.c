#include "cmocka_all.h"
#include "earshot/edits.h"

static const struct {
    const char *a, *b;
    size_t edits;
} CASES[] = {
    {"", "", 0},
    {"", "abc", 3},
    {"brokers", "brokers", 0},
    {"broker", "brokers", 1},
    {"borkers", "brokers", 1},
    {"ab", "ba", 1},
    {"ca", "abc", 3},
    {"kitten", "sitting", 3},
    {"name", "nmae", 1},
    {"redis", "radios", 2},
};

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        assert_int_equal(edits_between(span_of(CASES[i].a), span_of(CASES[i].b)), CASES[i].edits);
        assert_int_equal(edits_between(span_of(CASES[i].b), span_of(CASES[i].a)), CASES[i].edits);
    }
}

static void test_long_words_are_far(void **state) {
    (void)state;
    char word[EDITS_BYTES_MAX + 2];
    memset(word, 'x', sizeof word);
    struct span fits = {word, EDITS_BYTES_MAX}, longer = {word, EDITS_BYTES_MAX + 1};
    assert_int_equal(edits_between(fits, fits), 0);
    assert_int_equal(edits_between(fits, SPAN("")), EDITS_BYTES_MAX);
    assert_int_equal(edits_between(longer, longer), EDITS_FAR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_long_words_are_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
