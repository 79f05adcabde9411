/* The tables say of every character what the definition says; a character is decoded as utf8proc decodes it;
 * the short cuts of folding give what the long way gives. */
#include "earshot/text.h"

#include "cmocka_all.h"
#include "dice.h"
#include "text_define.h"
#include "text_look.h"

#include <stdlib.h>
#include <utf8proc.h>

static uint64_t random_state = 42;

static void check_alone(uint32_t code, uint32_t simple) {
    char bytes[4] = {0};
    if (text_define_class(code) == TEXT_ALONE && simple >= 0x800 && !text_define_is_loose(simple))
        utf8proc_encode_char((utf8proc_int32_t)simple, (utf8proc_uint8_t *)bytes);
    assert_memory_equal(text_alone_forms[code - TEXT_ALONE_FIRST], bytes, 4);
}

static void tables_say_what_the_definition_says(void **state) {
    (void)state;
    struct text_seconds *seconds = text_define_seconds();
    for (uint32_t code = 0; code < TEXT_CODES; code++) {
        uint32_t simple = text_define_simple(seconds, code);
        bool han = code >= TEXT_HAN_FIRST && code <= TEXT_HAN_LAST;
        if (text_class_of(code) != text_define_class(code) ||
            text_is_emoji(code) != text_define_is_emoji(code) ||
            text_has_accents(code) != text_define_has_accents(code) ||
            !(text_property(code) & TEXT_SIMPLE_BIT) != !simple ||
            !(text_property(code) & TEXT_LOOSE_BIT) != !text_define_is_loose(code) ||
            (text_has_accents(code) && text_plain(code) != text_define_plain(code)) ||
            (simple && !han && text_folded(code) != simple))
            fail_msg("U+%04X", code);
        if (code < TEXT_LETTERS)
            assert_true(text_letters[code] == text_define_letter(seconds, code));
        if (code >= TEXT_ALONE_FIRST && code <= TEXT_ALONE_LAST)
            check_alone(code, simple);
    }
    free(seconds);
}

static void characters_are_decoded_as_utf8proc_decodes_them(void **state) {
    (void)state;
    static const unsigned char BYTES[] = {0,    'a',  0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                          0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF};
    enum { N = sizeof BYTES };
    for (size_t i = 0; i < N * N * N * N; i++) {
        unsigned char bytes[4] = {BYTES[i % N], BYTES[i / N % N], BYTES[i / N / N % N], BYTES[i / N / N / N]};
        for (size_t len = 1; len <= 4; len++) {
            struct text_character c = text_character_at((struct span){(const char *)bytes, len}, 0);
            utf8proc_int32_t code;
            utf8proc_ssize_t used = utf8proc_iterate(bytes, (utf8proc_ssize_t)len, &code);
            assert_int_equal(c.code, used > 0 ? code : 0xFFFD);
            assert_int_equal(c.len, used > 0 ? used : 1);
        }
    }
}

struct folders {
    struct text_folder *fast, *slow;
};

static bool same(struct span a, struct span b) {
    return !a.ptr == !b.ptr && span_eq(a, b);
}

static void check_word(struct folders *folders, struct span word) {
    struct text_forms fast = text_fold(folders->fast, word), slow = text_fold_slowly(folders->slow, word);
    if (same(fast.e, slow.e) && same(fast.s, slow.s) && same(fast.g, slow.g))
        return;
    for (size_t i = 0; i < word.len; i++)
        print_message("\\x%02x", (unsigned char)word.ptr[i]);
    fail_msg(" is folded otherwise");
}

static size_t encode(char *out, uint32_t code) {
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}

static bool is_code(uint32_t code) {
    return code < TEXT_CODES && (code < 0xD800 || code > 0xDFFF);
}

static void every_character_is_folded_as_the_long_way_folds_it(void **state) {
    (void)state;
    struct folders folders = {text_folder_new(), text_folder_new()};
    for (uint32_t code = 1; code < TEXT_CODES; code++) {
        char word[16];
        if (!is_code(code))
            continue;
        size_t len = encode(word, code);
        check_word(&folders, (struct span){word, len});
        word[len] = 'A';
        len += 1 + encode(word + len + 1, code);
        check_word(&folders, (struct span){word, len});
    }
    text_folder_free(&folders.fast);
    text_folder_free(&folders.slow);
}

static void form_s(struct text_folder *folder, const char *word, const char *expected) {
    struct span s = text_fold(folder, span_of(word)).s;
    if (expected ? !span_eq(s, span_of(expected)) : s.ptr != NULL)
        fail_msg("%s: %.*s", word, (int)s.len, s.ptr ? s.ptr : "");
}

/* Letters of Latin that stand on no other, from everywhere in the tables, and those that do. */
static void only_accents_are_lost(void **state) {
    (void)state;
    struct text_folder *folder = text_folder_new();
    form_s(folder, "\ua735", NULL);
    form_s(folder, "\uab31x", NULL);
    form_s(folder, "\u2c61", NULL);
    form_s(folder, "\u0253", NULL);
    form_s(folder, "\u1d00", NULL);
    form_s(folder, "\u00e9", "e");
    form_s(folder, "\u1ec7", "e");
    form_s(folder, "\u01fd\ua735", "ae\ua735");
    form_s(folder, "\u0153uvre", "oeuvre");
    form_s(folder, "\u0142\u00f3d\u017a", "lodz");
    form_s(folder, "\u1f80", "\u03b1\u03b9");
    text_folder_free(&folder);
}

/* Letters, marks and what composes stand beside each other in few blocks: words are made from one or two of
 * these. */
static void random_words_are_folded_as_the_long_way_folds_them(void **state) {
    (void)state;
    static const uint32_t BLOCKS[] = {
        0x41,   0xC0,   0x100,   0x300,   0x340,   0x391,   0x3B0,  0x410,  0x450,  0x5D0,  0x620,
        0x640,  0x900,  0x930,   0x9A0,   0xB40,   0xBC0,   0xD40,  0xDC0,  0xE30,  0xEB0,  0x1020,
        0x1100, 0x1160, 0x11A8,  0x1780,  0x1B00,  0x1E00,  0x1F00, 0x1F80, 0x2100, 0x2160, 0x3040,
        0x3090, 0x30A0, 0x3130,  0x3400,  0x4E70,  0x9FE0,  0xAC00, 0xF900, 0xFB00, 0xFB50, 0xFF20,
        0xFF60, 0xFF90, 0x10400, 0x1109A, 0x11130, 0x1D400, 0x2F800};
    struct folders folders = {text_folder_new(), text_folder_new()};
    for (size_t round = 0; round < 400000; round++) {
        char word[64];
        size_t len = 0;
        uint32_t one = BLOCKS[roll(&random_state, COUNT_OF(BLOCKS))],
                 two = BLOCKS[roll(&random_state, COUNT_OF(BLOCKS))];
        for (size_t i = 1 + roll(&random_state, 8); i > 0; i--)
            len +=
                encode(word + len, (roll(&random_state, 2) ? one : two) + (uint32_t)roll(&random_state, 48));
        check_word(&folders, (struct span){word, len});
    }
    text_folder_free(&folders.fast);
    text_folder_free(&folders.slow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_say_what_the_definition_says),
        cmocka_unit_test(characters_are_decoded_as_utf8proc_decodes_them),
        cmocka_unit_test(every_character_is_folded_as_the_long_way_folds_it),
        cmocka_unit_test(only_accents_are_lost),
        cmocka_unit_test(random_words_are_folded_as_the_long_way_folds_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
