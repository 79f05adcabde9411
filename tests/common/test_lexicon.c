#include "cmocka_all.h"
#include "earshot/buf.h"
#include "earshot/lexicon.h"
#include "glyph.h"

#include <stdio.h>

static struct lexicon *the_lexicon(void) {
    struct buf message;
    buf_init(&message, 1024);
    struct lexicon *lexicon = lexicon_new(lexicon_source(), &message);
    if (!lexicon)
        print_error("%.*s\n", (int)message.len, message.ptr);
    assert_non_null(lexicon);
    buf_free(&message);
    return lexicon;
}

static void the_lexicon_of_the_tree_is_right(void **state) {
    (void)state;
    struct lexicon *lexicon = the_lexicon();
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        assert_in_range(lexicon_count(lexicon, (enum language)i), 250, 1000);
    assert_in_range(lexicon_count(lexicon, LANGUAGE_ANY), 60, 300);
    lexicon_free(&lexicon);
    assert_null(lexicon);
}

static void bad_tables_are_named_by_line(void **state) {
    (void)state;
    static const struct {
        const char *table, *says;
    } CASES[] = {
        {"# head\n\nfr\tfeel\t2\tbon\n", "line 3: expected LANGUAGE"},
        {"en\tfeel\t5\tgood\n", "line 1: expected LANGUAGE"},
        {"en\tfeel\t2x\tgood\n", "line 1: expected LANGUAGE"},
        {"en\tfeel\t\tgood\n", "line 1: expected LANGUAGE"},
        {"en\tlike\t2\tgood\n", "line 1: expected LANGUAGE"},
        {"en feel 2 good\n", "line 1: expected LANGUAGE"},
        {"en\tfeel\t2\tgood, bad, good\n", "line 1: `good` is there twice"},
        {"en\tfeel\t2\tgood, , bad\n", "line 1: `` is there twice, empty or too long"},
        {"en\tfeel\t2\t*\n", "line 1: `*` is there twice, empty"},
        {"en\tfeel\t2\tgood\nen\tfeel\t1\tGood", "line 2: `Good` is there twice"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf message;
        buf_init(&message, 1024);
        assert_null(lexicon_new(span_of(CASES[i].table), &message));
        if (!strstr(message.ptr, CASES[i].says))
            fail_msg("case %zu: %s", i, message.ptr);
        buf_free(&message);
    }
}

static void entries_are_found(void **state) {
    (void)state;
    static const char TABLE[] = "en\tfeel\t2\tgood, good value, disappoint*, don't, naïve\n"
                                "en\tnot\t0\tnot\n"
                                "de\tfeel\t3\tschön, großartig*, über\n"
                                "pl\tfeel\t-2\tzły, źle\n"
                                "pl\tfeel\t1\tzle\n"
                                "zh\tfeel\t2\t好, 好聽\n"
                                "*\tfeel\t-3\t:(, 😡\n";
    static const struct {
        enum language language;
        const char *text;
        size_t end; /* 0: nothing is found */
        int value;
    } CASES[] = {
        {LANGUAGE_EN, "good", 4, 2},
        {LANGUAGE_EN, "GOOD.", 4, 2},
        {LANGUAGE_EN, "goods", 0, 0},
        {LANGUAGE_EN, "good's", 4, 2},
        {LANGUAGE_EN, "goooooood!", 9, 2},
        {LANGUAGE_EN, "gooooooods", 0, 0},
        {LANGUAGE_EN, "ggood", 0, 0},
        {LANGUAGE_EN, "good value", 10, 2},
        {LANGUAGE_EN, "good \t\n value", 13, 2},
        {LANGUAGE_EN, "good valued", 4, 2},
        {LANGUAGE_EN, "goo", 0, 0},
        {LANGUAGE_EN, "disappointments, all", 15, 2},
        {LANGUAGE_EN, "disappoint", 10, 2},
        {LANGUAGE_EN, "don't", 5, 2},
        {LANGUAGE_EN, "don\u2019t", 7, 2},
        {LANGUAGE_EN, "naive", 0, 0}, /* English entries have one spelling */
        {LANGUAGE_EN, "schön", 0, 0},
        {LANGUAGE_DE, "SCHÖN", 6, 3},
        {LANGUAGE_DE, "schoen", 6, 3},
        {LANGUAGE_DE, "schon", 0, 0}, /* "already" */
        {LANGUAGE_DE, "Großartiges", 12, 3},
        {LANGUAGE_DE, "Ueber", 5, 3},
        {LANGUAGE_PL, "zły", 4, -2},
        {LANGUAGE_PL, "zly", 3, -2},
        {LANGUAGE_PL, "źle", 4, -2},
        {LANGUAGE_PL, "zle", 3, 1}, /* an entry goes before an unaccented form */
        {LANGUAGE_ZH, "好的", 3, 2},
        {LANGUAGE_ZH, "好聽的", 6, 2},
        {LANGUAGE_ZH, "好good", 3, 2},
        {LANGUAGE_ANY, ":(((", 2, -3},
        {LANGUAGE_ANY, "😡😡", 4, -3},
        {LANGUAGE_ANY, "good", 0, 0},
    };
    struct buf message;
    buf_init(&message, 1024);
    struct lexicon *lexicon = lexicon_new(SPAN(TABLE), &message);
    assert_non_null(lexicon);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct lexicon_entry entry = {.kind = LEXICON_NONE, .value = 0, .end = 0};
        bool found = lexicon_find(lexicon, CASES[i].language, span_of(CASES[i].text), 0, &entry);
        if (found != (CASES[i].end > 0) || entry.end != CASES[i].end || entry.value != CASES[i].value)
            fail_msg("`%s`: found %d, end %zu, value %d", CASES[i].text, found, entry.end, entry.value);
    }
    lexicon_free(&lexicon);
    buf_free(&message);
}

static void languages_have_their_codes(void **state) {
    (void)state;
    static const struct {
        const char *code;
        enum language language;
    } CASES[] = {
        {"en", LANGUAGE_EN}, {"DE", LANGUAGE_DE},         {"es-MX", LANGUAGE_ES}, {"nl_BE", LANGUAGE_NL},
        {"pl", LANGUAGE_PL}, {"zh-Hant-TW", LANGUAGE_ZH}, {"fr", LANGUAGE_ANY},   {"", LANGUAGE_ANY},
        {"e", LANGUAGE_ANY}, {"eng", LANGUAGE_ANY},       {"*", LANGUAGE_ANY},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_int_equal(language_of(span_of(CASES[i].code)), CASES[i].language);
}

static void characters_have_their_classes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum glyph class;
    } CASES[] = {
        {"a", GLYPH_WORD},      {"_", GLYPH_WORD},   {"ß", GLYPH_WORD},   {"ł", GLYPH_WORD},
        {"Ж", GLYPH_WORD},      {"한", GLYPH_WORD},  {"Ａ", GLYPH_WORD},  {"語", GLYPH_HAN},
        {"か", GLYPH_HAN},      {"𠮷", GLYPH_HAN},   {"\n", GLYPH_SPACE}, {"\u00A0", GLYPH_SPACE},
        {"　", GLYPH_SPACE},    {"。", GLYPH_STOP},  {"…", GLYPH_STOP},   {"！", GLYPH_BANG},
        {"？", GLYPH_QUESTION}, {"，", GLYPH_COMMA}, {"、", GLYPH_COMMA}, {"—", GLYPH_COMMA},
        {"’", GLYPH_QUOTE},     {"❤", GLYPH_EMOJI},  {"😡", GLYPH_EMOJI},  {"\U0001F3FD", GLYPH_OTHER},
        {"¿", GLYPH_OTHER},     {"「", GLYPH_OTHER}, {"#", GLYPH_OTHER},  {"\x80", GLYPH_OTHER},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        size_t at = 0;
        enum glyph class = glyph_class(glyph_next(span_of(CASES[i].text), &at));
        if (class != CASES[i].class || at != strlen(CASES[i].text))
            fail_msg("`%s`: class %d, length %zu", CASES[i].text, (int)class, at);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lexicon_of_the_tree_is_right),
        cmocka_unit_test(bad_tables_are_named_by_line),
        cmocka_unit_test(entries_are_found),
        cmocka_unit_test(languages_have_their_codes),
        cmocka_unit_test(characters_have_their_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
