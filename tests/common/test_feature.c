/* Texts that must look alike to a model do, others do not; tokens cover what they name; and no text costs
 * more than its length or leaves a trace in the next. */
#include "earshot/feature.h"

#include "cmocka_all.h"
#include "dice.h"

#include <stdio.h>

static struct features *one, *two;

static int open_all(void **state) {
    (void)state;
    one = features_new();
    two = features_new();
    return 0;
}

static int close_all(void **state) {
    (void)state;
    features_free(&one);
    features_free(&two);
    features_free(&two);
    return 0;
}

static void read_text(struct features *features, struct span text) {
    features_clear(features);
    features_text(features, text, 1);
    features_end(features);
}

static bool same(const char *a, const char *b) {
    read_text(one, span_of(a));
    read_text(two, span_of(b));
    return one->count == two->count && memcmp(one->list, two->list, one->count * sizeof *one->list) == 0;
}

static void what_looks_alike_is_alike(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"服務很差", "服务很差"},
        {"sooooo good", "sooo good"},
        {"don't", "don’t"},
        {"@anna hi", "@bob hi"},
        {"see https://a.example/x", "see http://b.example/longer?q=1"},
        {"see https://a.example/x", "see www.example.com"},
        {"ＡＢ", "ａｂ"},
        {"👍", "👍🏽"},
        {"❤", "❤️"},
        {"a  b", "a\n\tb"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        if (!same(CASES[i][0], CASES[i][1]))
            fail_msg("`%s` and `%s` differ", CASES[i][0], CASES[i][1]);
}

static void what_differs_is_not_alike(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"good", "god"},
        {"good!", "good?"},
        {"not good", "so good"},
        {"GOOD news today", "good news today"},
        {"good", "good good"},
        {"good", "#good"},
        {"good", "@good"},
        {"很好", "好很"},
        {"👍", "👎"},
        {":)", ":("},
        {"a b", "b a"},
        {"good :D", "good :P"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        if (same(CASES[i][0], CASES[i][1]))
            fail_msg("`%s` and `%s` are alike", CASES[i][0], CASES[i][1]);
}

static void tokens_are_where_they_stand(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *tokens; /* each in brackets: - before what is denied */
    } CASES[] = {
        {"Acme isn't good, is it?", "[Acme][isn't][-good][-,][is][it][?]"},
        {"no good at all though yes", "[no][-good][-at][-all][though][yes]"},
        {"@jane.doe@x.example: 服务!", "[@jane.doe@x.example][:][服][务][!]"},
        {"#fail https://a.example/x :-( 😡😡", "[#fail][https://a.example/x][:-(][😡][😡]"},
        {"!!!!!!", "[!!!!][!!]"},
        {"不好", "[不][-好]"},
        {"\xff\xfe x", "[\xff\xfe][x]"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char got[200] = "";
        size_t len = 0;
        read_text(one, span_of(CASES[i].text));
        for (uint32_t k = 0; k + 1 < one->token_count; k++) {
            const struct feature_token *token = &one->tokens[k];
            assert_int_equal(token->field, 1);
            assert_true(token[1].first > token->first);
            bool denied = token->denied || (token->kind == FEATURE_OF_SIGNS && k > 0 && token[-1].denied);
            len += (size_t)snprintf(got + len, sizeof got - len, "[%s%.*s]", denied ? "-" : "",
                                    (int)(token->end - token->start), CASES[i].text + token->start);
        }
        assert_int_equal(one->tokens[one->token_count - 1].kind, FEATURE_OF_SHAPE);
        assert_string_equal(got, CASES[i].tokens);
    }
}

static size_t words_of(const struct features *features, uint32_t feature) {
    size_t found = 0;
    for (uint32_t i = 0; i < features->count; i++)
        found += (features->list[i] & ~(uint32_t)FEATURE_AGAIN) == feature;
    return found;
}

static void a_word_of_a_lexicon_is_found(void **state) {
    (void)state;
    static const struct {
        const char *word, *text;
        size_t times;
    } CASES[] = {
        {"good", "Good, very GOOD.", 2}, {"good", "goods", 0},
        {"失望", "很失望了", 1},         {"失望", "失 望", 0},
        {":)", "well :) yes", 1},        {"👍", "ok 👍🏽", 1},
        {"schön", "SCHÖN", 1},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        uint32_t feature = features_word(two, span_of(CASES[i].word));
        assert_int_not_equal(feature, 0);
        read_text(one, span_of(CASES[i].text));
        assert_int_equal(words_of(one, feature), CASES[i].times);
    }
    assert_int_equal(features_word(two, SPAN("two words")), 0);
    assert_int_equal(features_word(two, SPAN("")), 0);
    assert_int_equal(features_word(two, SPAN("一二三四五")), 0);
}

static void what_comes_again_is_marked(void **state) {
    (void)state;
    read_text(one, SPAN("good bad good"));
    uint32_t feature = features_word(two, SPAN("good"));
    size_t again = 0;
    for (uint32_t i = 0; i < one->count; i++)
        again += one->list[i] == (feature | FEATURE_AGAIN);
    assert_int_equal(again, 1);
}

/* Whatever was read before. Bytes of any kind; the list is bounded by the length. */
static void no_trace_is_left(void **state) {
    (void)state;
    enum { TEXTS = 2000, LEN_MAX = 300, FEATURES_A_BYTE = 6, ALWAYS = 64 };
    static const char *const PIECES[] = {"good ",    "ä",    "不", "👍🏽", "@",    "#",       "http://",
                                         "\xf0\x9f", "\xff", "'",  "!",        "aaaa", "\xcc\x81"};
    uint64_t dice = 1;
    for (size_t i = 0; i < TEXTS; i++) {
        char text[LEN_MAX + 16];
        size_t len = 0, target = roll(&dice, LEN_MAX);
        while (len < target) {
            const char *piece = PIECES[roll(&dice, COUNT_OF(PIECES))];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        struct features *fresh = features_new();
        read_text(one, (struct span){text, len});
        read_text(fresh, (struct span){text, len});
        assert_int_equal(one->count, fresh->count);
        assert_memory_equal(one->list, fresh->list, one->count * sizeof *one->list);
        assert_true(one->count <= FEATURES_A_BYTE * len + ALWAYS);
        features_free(&fresh);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_alike_is_alike),   cmocka_unit_test(what_differs_is_not_alike),
        cmocka_unit_test(tokens_are_where_they_stand), cmocka_unit_test(a_word_of_a_lexicon_is_found),
        cmocka_unit_test(what_comes_again_is_marked),  cmocka_unit_test(no_trace_is_left),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
