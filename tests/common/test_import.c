/* What holds for every tool: errors with their place, limits, and what findings say. */
#include "import_check.h"
#include "import_field.h"

#include "cmocka_all.h"

#include <stdio.h>

static const struct {
    const char *dialect, *source;
    size_t byte;
    const char *text; /* the error has this in it */
} BAD[] = {
    {"brandwatch", "", 0, "the query ends before it says a word"},
    {"x", "  ", 2, "the query ends before it says a word"},
    {"brandwatch", "<<< only a note >>>", 19, "the query ends before it says a word"},
    {"x", "&& ||", 5, "the query ends before it says a word"},
    {"brandwatch", "a AND", 5, "the query ends where a word should be"},
    {"brandwatch", "a AND OR b", 6, "a word is missing before OR"},
    {"brandwatch", "OR a", 0, "a word is missing before OR"},
    {"talkwalker", "SENTENCE a", 0, "a word is missing before SENTENCE"},
    {"brandwatch", "(a OR )", 6, "a word is missing before )"},
    {"x", "a )", 2, "this ) closes nothing"},
    {"x", "(a OR b", 0, "the parenthesis is not closed"},
    {"x", "a ()", 2, "nothing between the parentheses"},
    {"brandwatch", "author:()", 7, "nothing between the parentheses"},
    {"x", "a \"b c", 2, "the quote is not closed"},
    {"x", "a \u201Cb c", 2, "the quote is not closed"},
    {"brandwatch", "a OR {BT", 5, "the `{` is not closed"},
    {"brandwatch", "a OR BT}", 7, "this } closes nothing"},
    {"brandwatch", "rating:[3 TO 5", 7, "the `[` is not closed"},
    {"brandwatch", "a <<< note", 2, "the comment is not closed"},
    {"brandwatch", "title:(a AND site:(x.com))", 13, "a field's group stands in a group of title:"},
    {"brandwatch", "minuteOfDay:[1 TO 2]", 0, "nothing of the query can be carried"},
    {"x", "has:geo OR is:quote", 0, "nothing of the query can be carried"},
    {"x", "lang:de is:reply", 0, "an alert needs a word, an author, a site or a link"},
    {"x", "-acme", 0, "what is left says only what not to find"},
    {"x", "is:reply -acme has:geo", 0, "what is left says only what not to find"},
    {"x", "a\xFF", 1, "no UTF-8"},
};

static const struct {
    const char *dialect, *source;
    size_t end; /* of the first finding */
    const char *text;
} SAID[] = {
    {"brandwatch", "acme AND authorGender:F", 23,
     "`authorGender:F`: nothing is known of an author but handle, name and followers (left out: the alert "
     "finds more)"},
    {"brandwatch", "acme OR authorGender:F", 22, "(left out: the alert finds less)"},
    {"brandwatch", "acme NOT region:usa.fl", 22,
     "which is too much to exclude (left out: the alert finds more)"},
    {"brandwatch", "a* OR acme", 2, "`a*` may be nearly any word"},
    {"brandwatch", "acme OR country:usa", 19, "`country:usa` alone would find nearly everything"},
    {"brandwatch", "acme AND fooBar:x", 17,
     "`fooBar:x`: fooBar: is no operator of Brandwatch that is known here; put it in quotes"},
    {"brandwatch", "acme and corp", 8, "`and` in small letters is a word to Brandwatch and no operator"},
    {"x", "NOT acme", 3, "`NOT` is a word to X, which excludes by -"},
    {"x", "acme | corp", 6, "`|` is no operator of X and holds no word: passed over"},
    {"brandwatch", "a OR b AND c", 12, "Brandwatch refuses it; read as AND before OR"},
    {"talkwalker", "a OR b AND c", 12, "Talkwalker does not say which binds first; read as AND before OR"},
    {"brandwatch", "(a NEAR/2 b) NEAR/2 c", 21, "here beside another NEAR: written out with AND"},
    {"talkwalker", "a SENTENCE b", 10, "where a sentence ends is not looked at: at most 20 words between"},
};

static void test_errors(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct import_result result;
        struct query_error error = {.byte = SIZE_MAX};
        bool ok = import_query(import_dialect_named(span_of(BAD[i].dialect)), span_of(BAD[i].source), arena,
                               &result, &error);
        if (ok || error.byte != BAD[i].byte || !strstr(error.text, BAD[i].text)) {
            printf("%s: byte %zu: %s\n", BAD[i].source, error.byte, ok ? "taken" : error.text);
            fail();
        }
    }
    arena_free(&arena);
}

static void test_findings_say(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < COUNT_OF(SAID); i++) {
        struct import_result result;
        struct query_error error;
        assert_true(import_query(import_dialect_named(span_of(SAID[i].dialect)), span_of(SAID[i].source),
                                 arena, &result, &error));
        assert_true(result.finding_count > 0);
        if (!strstr(result.findings[0].text, SAID[i].text) || result.findings[0].end != SAID[i].end) {
            printf("%s: to %zu: %s\n", SAID[i].source, result.findings[0].end, result.findings[0].text);
            fail();
        }
    }
    arena_free(&arena);
}

static void test_nul(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct import_result result;
    struct query_error error;
    assert_false(import_query(import_dialect_named(SPAN("x")), SPAN("a\0b"), arena, &result, &error));
    assert_int_equal(error.byte, 1);
    assert_non_null(strstr(error.text, "a NUL"));
    arena_free(&arena);
}

static bool import(const char *dialect, const struct buf *source, struct query_error *error, size_t *length) {
    struct arena *arena = arena_new(4096);
    struct import_result result;
    bool ok = import_query(import_dialect_named(span_of(dialect)), buf_span(source), arena, &result, error);
    *length = result.query.len;
    arena_free(&arena);
    return ok;
}

/* before, count times between, and behind it all. */
static bool repeated(const char *dialect, const char *first, const char *again, int count, const char *last,
                     struct query_error *error) {
    struct buf source;
    size_t length;
    buf_init(&source, 1 << 20);
    buf_add_str(&source, first);
    for (int i = 0; i < count; i++)
        buf_add_str(&source, again);
    buf_add_str(&source, last);
    bool ok = import(dialect, &source, error, &length);
    buf_free(&source);
    return ok;
}

static void test_limits(void **state) {
    (void)state;
    struct query_error error;
    assert_true(
        repeated("x", "", "(", 60, "a))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))", &error));
    assert_false(repeated("x", "", "(", 61, "a", &error));
    assert_non_null(strstr(error.text, "more than 60 parentheses"));
    assert_int_equal(error.byte, 60);
    assert_false(repeated("x", "a ", "-(", 40, "b", &error));
    assert_non_null(strstr(error.text, "more than 60 parentheses and NOTs"));
    assert_false(repeated("x", "", "acme ", 14000, "", &error));
    assert_non_null(strstr(error.text, "longer than 64 KiB"));
    assert_false(repeated("x", "", "b ", 5000, "", &error));
    assert_non_null(strstr(error.text, "more than 4096 words"));
    assert_true(repeated("x", "a", " OR a", 9000, "", &error)); /* the same, nine thousand times */
}

static void add_nears(struct buf *source, int count) {
    for (int i = 0; i < count; i++)
        buf_printf(source, "%s(a%d NEAR/2 b%d)", i ? " OR " : "", i, i);
}

/* (words OR nears) NEAR/3 (nears), so many of each. */
static bool near_of_nears(int words, int nears, int others, struct query_error *error) {
    struct buf source;
    size_t length;
    buf_init(&source, 1 << 16);
    buf_add_char(&source, '(');
    for (int i = 0; i < words; i++)
        buf_printf(&source, "w%d OR ", i);
    add_nears(&source, nears);
    buf_add_str(&source, ") NEAR/3 (");
    add_nears(&source, others);
    buf_add_char(&source, ')');
    bool ok = import("brandwatch", &source, error, &length);
    buf_free(&source);
    return ok;
}

/* A NEAR of ORs of NEARs multiplies; past a bound it is an error and not a minute, wherever it is reached:
 * among the NEARs, or at the words behind them. */
static void test_near_does_not_explode(void **state) {
    (void)state;
    struct query_error error;
    assert_true(near_of_nears(3, 3, 3, &error));
    assert_false(near_of_nears(0, 200, 200, &error));
    assert_non_null(strstr(error.text, "too large to be written out"));
    assert_false(near_of_nears(200, 1, 200, &error));
    assert_non_null(strstr(error.text, "too large to be written out"));
}

/* acme AND FIELD:VALUE: so many findings, the first of which is of a severity. */
static void assert_row(const struct import_dialect *dialect, const char *field, const char *value,
                       size_t findings, enum import_severity severity) {
    struct arena *arena = arena_new(4096);
    struct import_result result;
    struct query_error error;
    const char *source = arena_printf(arena, "acme AND %s:%s", field, value);
    bool ok = import_query(dialect, span_of(source), arena, &result, &error);
    if (!ok || result.finding_count != findings || (findings && result.findings[0].severity != severity)) {
        printf("%s: %s: %zu findings, the first: %s\n", dialect->name, source, result.finding_count,
               result.finding_count ? result.findings[0].text
               : ok                 ? ""
                                    : error.text);
        fail();
    }
    bool alone = span_eq(result.query, SPAN("acme"));
    assert_true(alone == (findings && severity == IMPORT_LEFT_OUT) || strcmp(field, "include") == 0);
    arena_free(&arena);
}

static enum import_severity severity_of(enum import_effect effect) {
    return effect == IMPORT_MORE ? IMPORT_WIDENED : effect == IMPORT_LESS ? IMPORT_NARROWED : IMPORT_CHANGED;
}

/* Every row of every table is carried or named, as the row says. */
static void test_tables(void **state) {
    (void)state;
    static const struct import_dialect *const DIALECTS[] = {&IMPORT_BRANDWATCH, &IMPORT_TALKWALKER,
                                                            &IMPORT_X};
    for (size_t d = 0; d < COUNT_OF(DIALECTS); d++) {
        for (size_t f = 0; f < DIALECTS[d]->field_count; f++) {
            const struct import_field *field = &DIALECTS[d]->fields[f];
            const struct import_choice *choice = field->choices;
            for (; choice && choice->written; choice++)
                assert_row(DIALECTS[d], field->name, choice->written, !choice->with || choice->note,
                           choice->with ? severity_of(choice->effect) : IMPORT_LEFT_OUT);
            if (choice)
                assert_row(DIALECTS[d], field->name, "nonsense", 1, IMPORT_LEFT_OUT);
            else if (field->carry == import_carry_nothing)
                assert_row(DIALECTS[d], field->name, "1", 1, IMPORT_LEFT_OUT);
            else if (field->carry == import_carry_text)
                assert_row(DIALECTS[d], field->name, "corp", field->note != NULL, severity_of(field->effect));
            else if (field->carry == import_carry_site)
                assert_row(DIALECTS[d], field->name, "acme.com", 0, IMPORT_CHANGED);
            else if (field->carry == import_carry_range || field->carry == import_carry_minimum)
                assert_row(DIALECTS[d], field->name, "3", field->note != NULL, severity_of(field->effect));
            else if (field->carry == import_carry_country)
                assert_row(DIALECTS[d], field->name, "de", field->note != NULL, severity_of(field->effect));
            else
                assert_row(DIALECTS[d], field->name, "de", field->carry == import_carry_content,
                           IMPORT_WIDENED);
        }
    }
}

static void test_names(void **state) {
    (void)state;
    assert_null(import_dialect_named(SPAN("meltwater")));
    assert_ptr_equal(import_dialect_named(SPAN("x")), &IMPORT_X);
    assert_string_equal(import_severity_name(IMPORT_LEFT_OUT), "not carried");
    assert_string_equal(import_effect_name(IMPORT_MORE), "more");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_findings_say),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_near_does_not_explode),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
