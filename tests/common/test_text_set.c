/* Passing over words changes nothing: the tokens that are passed and those that are given are those of
 * text_next() alone, and no word of the set is passed. */
#include "earshot/text.h"

#include "cmocka_all.h"
#include "text_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t random_state = 42;

static size_t roll(size_t sides) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(random_state >> 33) % sides;
}

static const char *const PIECES[] = {
    "a",      "B",        "z",      "Z",      "0",      "9",      "_",       "acme",
    "ACME",   "speakers", "Loud",   "www",    "www.",   "http",   "http://", "https://",
    "HTTPS:", " ",        "  ",     ".",      ":",      "/",      "#",       "@",
    "$",      "*",        "-",      "'",      "`",      "[",      "{",       "\x7f",
    "\x01",   "\n",       "\u00fc", "\u0301", "\ufe0f", "\u20e3", "\u6f22",  "\U0001f600",
    "\u00a9", "\uff03",   "\u00a0", "\u200d", "\xff",   "\xc3",   "e\u0301", "1\ufe0f\u20e3",
    "#x",     "@y.z"};

static size_t make_text(char *out) {
    size_t len = 0;
    for (size_t i = roll(48); i > 0; i--)
        len += (size_t)sprintf(out + len, "%s", PIECES[roll(COUNT_OF(PIECES))]);
    return len;
}

static const char *const WORDS[] = {"acme",         "a", "speakers", "www", "http",
                                    "loudspeakers", "9", "_",        "zz",  "\u00fcber"};

static bool in_set(struct span text, const struct text_token *token, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(WORDS[i]), at = 0;
        while (at < len && token->end - token->start == len &&
               tolower((unsigned char)text.ptr[token->start + at]) == (unsigned char)WORDS[i][at])
            at++;
        if (at == len)
            return true;
    }
    return false;
}

static void check(struct span text, const struct text_set *set, size_t in) {
    struct text_cursor all, mixed;
    struct text_token expected, token;
    text_begin(&all, text);
    text_begin(&mixed, text);
    for (;;) {
        for (size_t passed = text_pass(&mixed, set); passed > 0; passed--) {
            assert_true(text_next(&all, &expected));
            assert_int_equal(expected.kind, TEXT_WORD);
            assert_false(in_set(text, &expected, in));
        }
        bool more = text_next(&all, &expected);
        assert_int_equal(text_next(&mixed, &token), more);
        if (!more)
            return;
        assert_int_equal(token.kind, expected.kind);
        assert_int_equal(token.start, expected.start);
        assert_int_equal(token.end, expected.end);
    }
}

static void what_is_passed_are_words_that_are_not_in_the_set(void **state) {
    (void)state;
    for (int round = 0; round < 60000; round++) {
        struct text_set set;
        char made[2048];
        size_t len = make_text(made), in = roll(COUNT_OF(WORDS) + 1);
        char *text = malloc(len + 1); /* of its own length: a read past it is seen */
        assert_non_null(text);
        memcpy(text, made, len);
        text_set_init(&set, in);
        for (size_t i = 0; i < in; i++)
            text_set_add(&set, span_of(WORDS[i]));
        check((struct span){text, len}, &set, in);
        text_set_free(&set);
        free(text);
    }
}

/* Else it would be of no use. */
static void plain_text_is_passed_to_its_end(void **state) {
    (void)state;
    static const char TEXT[] = "The speakers, loud_speakers and LOUDSPEAKERS_of_2026: 100% great (I think).";
    struct text_set set;
    struct text_cursor cursor;
    text_set_init(&set, 0);
    text_begin(&cursor, SPAN(TEXT));
    assert_int_equal(text_pass(&cursor, &set), 9);
    assert_int_equal(cursor.at, sizeof TEXT - 1);
    text_set_add(&set, SPAN("loudspeakers_of_2026"));
    text_begin(&cursor, SPAN(TEXT));
    assert_int_equal(text_pass(&cursor, &set), 4);
    text_set_free(&set);
}

static void few_other_words_are_taken_for_one_of_the_set(void **state) {
    (void)state;
    enum { WORD_COUNT = 10000 };
    struct text_set set;
    size_t passed = 0;
    char word[32];
    text_set_init(&set, WORD_COUNT);
    for (int i = 0; i < WORD_COUNT; i++) {
        snprintf(word, sizeof word, "brand%d", i);
        text_set_add(&set, span_of(word));
    }
    for (int i = 0; i < WORD_COUNT; i++) {
        struct text_cursor cursor;
        snprintf(word, sizeof word, "grand%d", i);
        text_begin(&cursor, span_of(word));
        passed += text_pass(&cursor, &set);
    }
    assert_in_range(passed, WORD_COUNT * 95 / 100, WORD_COUNT);
    text_set_free(&set);
}

static void every_byte_is_told_alike_on_any_processor(void **state) {
    (void)state;
    char bytes[TEXT_BLOCK];
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < TEXT_BLOCK; i++)
            bytes[i] = (char)(round < 256 ? (size_t)round : roll(256));
        struct text_block block = text_block_of(bytes), portable = text_block_portable(bytes);
        assert_int_equal(block.word, portable.word);
        assert_int_equal(block.special, portable.special);
        for (size_t i = 0; i < TEXT_BLOCK; i++) {
            unsigned char c = (unsigned char)bytes[i];
            assert_int_equal(block.word >> i & 1, c < 0x80 && (isalnum(c) || c == '_'));
            assert_int_equal(block.special >> i & 1, c >= 0x80 || (c && strchr("#$@*", c)));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_passed_are_words_that_are_not_in_the_set),
        cmocka_unit_test(plain_text_is_passed_to_its_end),
        cmocka_unit_test(every_byte_is_told_alike_on_any_processor),
        cmocka_unit_test(few_other_words_are_taken_for_one_of_the_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
