/* The grammar, case by case; test_mention_jansson.c compares it with jansson on text at random. */
#include "cmocka_all.h"
#include "earshot/buf.h"
#include "earshot/scan.h"

#include <stdio.h>
#include <stdlib.h>

/* The text in a block of exactly its size: ASan sees a read past it. */
struct reading {
    struct scan scan;
    struct arena *arena;
    struct fault fault;
    char *text;
};

static void reading_begin(struct reading *reading, struct span text) {
    reading->text = malloc(text.len ? text.len : 1);
    assert_non_null(reading->text);
    if (text.len)
        memcpy(reading->text, text.ptr, text.len);
    reading->arena = arena_new(0);
    scan_begin(&reading->scan, (struct span){.ptr = reading->text, .len = text.len}, reading->arena,
               &reading->fault);
}

static void reading_end(struct reading *reading) {
    arena_free(&reading->arena);
    free(reading->text);
}

static bool is_json(struct span text, struct fault *fault) {
    struct reading reading;
    reading_begin(&reading, text);
    bool ok = scan_skip(&reading.scan, NULL) && scan_end(&reading.scan);
    assert_int_equal(ok, reading.fault.reason == FAULT_NONE);
    *fault = reading.fault;
    reading_end(&reading);
    return ok;
}

static void what_is_json_is_taken(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1.5e+30",
        "1E-2",
        "12345678901234567890123",
        "\"\"",
        " \t\r\n{ \"a\" : [ 1 , 2 ] } \n",
        "{\"\":1}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"\\ud83d\\ude21\"",
        "\"\x7f\"",
        "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"",
        "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
        "[1e999]",
        "{\"a\":1,\"A\":2,\"a \":3}"};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct fault fault;
        if (!is_json(span_of(CASES[i]), &fault))
            fail_msg("%s: byte %zu: %s", CASES[i], fault.byte, fault.detail);
    }
}

struct broken {
    const char *text;
    enum fault_reason reason;
    size_t byte;
    const char *detail; /* how it begins */
};

static void what_is_not_is_refused_where_it_is_wrong(void **state) {
    (void)state;
    static const struct broken CASES[] = {
        {"", FAULT_JSON, 0, "the text ends where a value should be"},
        {"  ", FAULT_JSON, 2, "the text ends where a value"},
        {"\xef\xbb\xbf{}", FAULT_JSON, 0, "expected a value, found byte 0xef"},
        {"{} x", FAULT_JSON, 3, "expected nothing more, found `x`"},
        {"{}{}", FAULT_JSON, 2, "expected nothing more"},
        {"{}\xff", FAULT_UTF8, 2, "byte 0xff begins no"},
        {"nul", FAULT_JSON, 0, "expected null, found `n`"},
        {"truE", FAULT_JSON, 0, "expected true or false, found `t`"},
        {"nulll", FAULT_JSON, 4, "expected nothing more, found `l`"},
        {"+1", FAULT_JSON, 0, "expected a value, found `+`"},
        {"01", FAULT_JSON, 1, "a number must not begin with 0"},
        {"-", FAULT_JSON, 1, "a digit is missing"},
        {"-x", FAULT_JSON, 1, "a digit is missing"},
        {"1.", FAULT_JSON, 2, "a digit is missing"},
        {"1.e1", FAULT_JSON, 2, "a digit is missing"},
        {".5", FAULT_JSON, 0, "expected a value, found `.`"},
        {"1e", FAULT_JSON, 2, "a digit is missing"},
        {"1e+", FAULT_JSON, 3, "a digit is missing"},
        {"NaN", FAULT_JSON, 0, "expected a value, found `N`"},
        {"'a'", FAULT_JSON, 0, "expected a value, found `'`"},
        {"[1,]", FAULT_JSON, 3, "[1]: expected a value, found `]`"},
        {"[,1]", FAULT_JSON, 1, "[0]: expected a value, found `,`"},
        {"[1 2]", FAULT_JSON, 3, "[0]: expected `,` or `]`, found `2`"},
        {"[1", FAULT_JSON, 2, "[0]: the text ends where `,` or `]` should be"},
        {"[1}", FAULT_JSON, 2, "[0]: expected `,` or `]`, found `}`"},
        {"{", FAULT_JSON, 1, "the text ends where the name of a member or `}` should be"},
        {"{\"a\"", FAULT_JSON, 4, "a: the text ends where `:`"},
        {"{\"a\":", FAULT_JSON, 5, "a: the text ends where a value"},
        {"{\"a\":1", FAULT_JSON, 6, "a: the text ends where `,` or `}`"},
        {"{\"a\":1,}", FAULT_JSON, 7, "expected the name of a member, found `}`"},
        {"{\"a\" 1}", FAULT_JSON, 5, "a: expected `:`, found `1`"},
        {"{a:1}", FAULT_JSON, 1, "expected the name of a member or `}`, found `a`"},
        {"{1:1}", FAULT_JSON, 1, "expected the name of a member or `}`, found `1`"},
        {"{\"a\":1 \"b\":2}", FAULT_JSON, 7, "a: expected `,` or `}`"},
        {"{\"a\":1/**/}", FAULT_JSON, 6, "a: expected `,` or `}`, found `/`"},
        {"\"a", FAULT_JSON, 2, "the text ends inside a string"},
        {"\"a\\", FAULT_JSON, 3, "the text ends inside a string"},
        {"\"\\u12", FAULT_JSON, 5, "the text ends inside a string"},
        {"\"\\x\"", FAULT_JSON, 2, "no escape"},
        {"\"\\u12g4\"", FAULT_JSON, 5, "\\u must be followed by"},
        {"\"a\nb\"", FAULT_JSON, 2, "control character 0x0a"},
        {"\"0123456789abcdef\x1f\"", FAULT_JSON, 17, "control character 0x1f"},
        {"\"\\u0000\"", FAULT_UTF8, 1, "the character \\u0000 is not accepted"},
        {"\"\\ud800\"", FAULT_UTF8, 1, "\\ud800 is half of a surrogate pair"},
        {"\"\\udc00\"", FAULT_UTF8, 1, "\\udc00 is half"},
        {"\"\\ud800\\ud800\"", FAULT_UTF8, 1, "\\ud800 is half"},
        {"\"\\ud800\\u0041\"", FAULT_UTF8, 1, "\\ud800 is half"},
        {"\"\\ud800\\n\"", FAULT_UTF8, 1, "\\ud800 is half"},
        {"\"\\ud800\\uzzzz\"", FAULT_JSON, 9, "\\u must be followed by"},
        {"\"\x80\"", FAULT_UTF8, 1, "byte 0x80"},
        {"\"\xc0\xaf\"", FAULT_UTF8, 1, "byte 0xc0"},
        {"\"\xc1\xbf\"", FAULT_UTF8, 1, "byte 0xc1"},
        {"\"\xc3\"", FAULT_UTF8, 1, "byte 0xc3"},
        {"\"\xc3", FAULT_UTF8, 1, "byte 0xc3"},
        {"\"\xe0\x9f\xbf\"", FAULT_UTF8, 1, "byte 0xe0"},
        {"\"\xe2\x82\"", FAULT_UTF8, 1, "byte 0xe2"},
        {"\"\xe2\x82", FAULT_UTF8, 1, "byte 0xe2"},
        {"\"\xed\xa0\x80\"", FAULT_UTF8, 1, "byte 0xed"},
        {"\"\xf0\x8f\xbf\xbf\"", FAULT_UTF8, 1, "byte 0xf0"},
        {"\"\xf0\x9f\x98\"", FAULT_UTF8, 1, "byte 0xf0"},
        {"\"\xf4\x90\x80\x80\"", FAULT_UTF8, 1, "byte 0xf4"},
        {"\"\xf5\x80\x80\x80\"", FAULT_UTF8, 1, "byte 0xf5"},
        {"\"\xff\"", FAULT_UTF8, 1, "byte 0xff"},
        {"{\"a\":1,\"a\":2}", FAULT_DUPLICATE, 7, "a: a second member of this name"},
        {"{\"a\":1,\"\\u0061\":2}", FAULT_DUPLICATE, 7, "a: a second member"},
        {"{\"b\":{\"\":1,\"\":2}}", FAULT_DUPLICATE, 11, "b: a second member"},
        {"[{\"k\":1},{\"k\":1,\"l\":0,\"k\":1}]", FAULT_DUPLICATE, 22, "[1].k: a second member"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", FAULT_DEPTH, 32, "[0][0]"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct broken *test = &CASES[i];
        struct fault fault;
        bool ok = is_json(span_of(test->text), &fault);
        if (ok || fault.reason != test->reason || fault.byte != test->byte ||
            strncmp(fault.detail, test->detail, strlen(test->detail)) != 0)
            fail_msg("%s: %s, byte %zu: %s", test->text, ok ? "taken" : fault_name(fault.reason), fault.byte,
                     fault.detail);
    }
}

/* A stop byte at every place of a block, in strings of every length: no lane is left out. */
static void every_place_in_a_block_is_looked_at(void **state) {
    (void)state;
    char text[64];
    struct fault fault;
    for (size_t len = 2; len <= 50; len++) {
        memset(text, 'x', sizeof text);
        text[0] = text[len - 1] = '"';
        assert_true(is_json((struct span){text, len}, &fault));
        assert_false(is_json((struct span){text, len - 1}, &fault));
        for (size_t at = 1; at + 1 < len; at++) {
            static const char STOPS[] = {'"', '\\', 0x1f, 0, (char)0x80, (char)0xff};
            for (size_t i = 0; i < sizeof STOPS; i++) {
                text[at] = STOPS[i];
                assert_false(is_json((struct span){text, len}, &fault));
                size_t behind = at + 1 + (STOPS[i] == '\\' && at + 2 == len); /* it escapes the quote */
                assert_int_equal(fault.byte, STOPS[i] == '"' || STOPS[i] == '\\' ? behind : at);
            }
            text[at] = 'x';
        }
    }
}

static void escapes_are_undone(void **state) {
    (void)state;
    static const struct {
        const char *json, *text;
    } CASES[] = {{"\"plain\"", "plain"},
                 {"\"\"", ""},
                 {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
                 {"\"a\\u00e9b\\u20ACc\"", "a\u00e9b\u20acc"},
                 {"\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
                 {"\"\\ud800\\udc00 \\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"},
                 {"\"\xc3\xa9\\n\xf0\x9f\x98\xa1\"", "\xc3\xa9\n\xf0\x9f\x98\xa1"}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct reading reading;
        reading_begin(&reading, span_of(CASES[i].json));
        struct span text = scan_string(&reading.scan);
        assert_true(scan_end(&reading.scan));
        assert_true(span_eq(text, span_of(CASES[i].text)));
        reading_end(&reading);
    }
}

static void numbers_are_read_or_named(void **state) {
    (void)state;
    static const struct {
        const char *json;
        bool ok;
        int64_t value;
        const char *detail;
    } CASES[] = {{"0", true, 0, ""},
                 {"-0", true, 0, ""},
                 {"9223372036854775807", true, INT64_MAX, ""},
                 {"-9223372036854775808", true, INT64_MIN, ""},
                 {"9223372036854775808", false, 0,
                  "9223372036854775808 is not between -9223372036854775808 and 9223372036854775807"},
                 {"-9223372036854775809", false, 0, "-9223372036854775809 is not between"},
                 {"99999999999999999999999999999999", false, 0, "999999999999999999999999 is not between"},
                 {"1.0", false, 0, "expected an integer, found 1.0"},
                 {"1e3", false, 0, "expected an integer, found 1e3"},
                 {"1E3", false, 0, "expected an integer, found 1E3"},
                 {"\"1\"", false, 0, "expected a number, found a string"},
                 {"null", false, 0, "expected a number, found null"}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct reading reading;
        int64_t value = 0;
        reading_begin(&reading, span_of(CASES[i].json));
        bool ok = scan_integer(&reading.scan, INT64_MIN, INT64_MAX, &value);
        assert_int_equal(ok, CASES[i].ok);
        if (ok)
            assert_int_equal(value, CASES[i].value);
        else if (strncmp(reading.fault.detail, CASES[i].detail, strlen(CASES[i].detail)) != 0)
            fail_msg("%s: %s", CASES[i].json, reading.fault.detail);
        reading_end(&reading);
    }
}

static void reals_have_bounds(void **state) {
    (void)state;
    static const struct {
        const char *json;
        bool ok;
    } CASES[] = {{"0.5", true}, {"-1", true},     {"1.0", true},    {"1.0000001", false},
                 {"-2", false}, {"1e999", false}, {"1e-999", true}, {"\"1\"", false}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct reading reading;
        double value;
        reading_begin(&reading, span_of(CASES[i].json));
        assert_int_equal(scan_real(&reading.scan, -1, 1, &value), CASES[i].ok);
        reading_end(&reading);
    }
}

/* 40,000 names: a reader that compares each with each would need minutes under the sanitizers. */
static void many_names_are_compared_quickly(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, 4 << 20);
    buf_add_char(&text, '{');
    for (int i = 0; i < 40000; i++)
        buf_printf(&text, "%s\"k%d\":%d", i ? "," : "", i, i);
    size_t open = text.len;
    buf_add_char(&text, '}');
    struct fault fault;
    assert_true(is_json(buf_span(&text), &fault));
    for (int i = 0; i < 40000; i += 7919) {
        text.len = open;
        buf_printf(&text, ",\"k%d\":0}", i);
        assert_false(is_json(buf_span(&text), &fault));
        assert_int_equal(fault.reason, FAULT_DUPLICATE);
        assert_int_equal(fault.byte, open + 1);
    }
    buf_free(&text);
}

/* Names of one object never meet those of another, however they nest, with a table and without. */
static void each_object_has_its_own_names(void **state) {
    (void)state;
    for (int count = 1; count < 80; count++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        for (int level = 0; level < 3; level++) {
            buf_add_char(&text, '{');
            for (int i = 0; i < count; i++)
                buf_printf(&text, "\"n%d\":%d,", i, i);
            buf_add_str(&text, "\"next\":");
        }
        buf_add_str(&text, "[{\"n0\":0},{\"n0\":0}]");
        for (int level = 0; level < 3; level++)
            buf_printf(&text, ",\"n%d\":null}", count + level);
        struct fault fault;
        if (!is_json(buf_span(&text), &fault))
            fail_msg("%d: byte %zu: %s", count, fault.byte, fault.detail);
        text.len--;
        buf_printf(&text, ",\"n%d\":1}", count / 2);
        assert_false(is_json(buf_span(&text), &fault));
        assert_int_equal(fault.reason, FAULT_DUPLICATE);
        buf_free(&text);
    }
}

static void paths_name_the_member_and_stay_printable(void **state) {
    (void)state;
    static const struct {
        const char *json, *detail;
    } CASES[] = {
        {"{\"author\":{\"links\":[1,2,{\"url\":x}]}}", "author.links[2].url: expected a value, found `x`"},
        {"{\"a\\nb\\u0085c\x7f\":x}", "a?b?c?: expected a value, found `x`"},
        {"{\"\u793e\u4ea4\":x}", "\u793e\u4ea4: expected a value, found `x`"},
        {"{\"abcdefghijklmnopqrstuvwxyz\":x}", "abcdefghijklmnopqrstuvwx…: expected a value, found `x`"},
        {"{\"\":x}", "expected a value, found `x`"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct fault fault;
        assert_false(is_json(span_of(CASES[i].json), &fault));
        assert_string_equal(fault.detail, CASES[i].detail);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_json_is_taken),
        cmocka_unit_test(what_is_not_is_refused_where_it_is_wrong),
        cmocka_unit_test(every_place_in_a_block_is_looked_at),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(numbers_are_read_or_named),
        cmocka_unit_test(reals_have_bounds),
        cmocka_unit_test(many_names_are_compared_quickly),
        cmocka_unit_test(each_object_has_its_own_names),
        cmocka_unit_test(paths_name_the_member_and_stay_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
