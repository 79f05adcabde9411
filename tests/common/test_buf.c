#include "cmocka_all.h"
#include "earshot/buf.h"

#include <stdio.h>

static void numbers_print_as_printf_does(void **state) {
    (void)state;
    static const int64_t CASES[] = {0, 7, -7, 10, 1234567890, INT64_MAX, INT64_MIN};
    struct buf buf;
    buf_init(&buf, 100);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char want[32];
        snprintf(want, sizeof want, "%lld", (long long)CASES[i]);
        buf_clear(&buf);
        buf_add_int(&buf, CASES[i]);
        assert_string_equal(buf.ptr, want);
    }
    buf_free(&buf);
}

static void json_escapes_what_it_must(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    buf_add_json(&buf, SPAN("a\"b\\c/\n\t\x01\x1f\x7f é 😡"));
    assert_string_equal(buf.ptr, "\"a\\\"b\\\\c/\\n\\t\\u0001\\u001f\x7f é 😡\"");
    buf_clear(&buf);
    buf_add_json(&buf, (struct span){0});
    assert_string_equal(buf.ptr, "\"\"");
    buf_free(&buf);
}

static void a_full_buffer_stays_failed_until_cleared(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 8);
    buf_add_str(&buf, "12345678");
    assert_true(buf_ok(&buf));
    buf_add_char(&buf, '9');
    assert_false(buf_ok(&buf));
    buf_printf(&buf, "%d", 1);
    buf_add_str(&buf, "");
    assert_false(buf_ok(&buf));
    assert_int_equal(buf.len, 8);
    buf_clear(&buf);
    buf_printf(&buf, "%s", "12345678");
    assert_true(buf_ok(&buf));
    assert_true(span_eq(buf_span(&buf), SPAN("12345678")));
    buf_free(&buf);
    assert_true(span_eq(buf_span(&buf), SPAN("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_print_as_printf_does),
        cmocka_unit_test(json_escapes_what_it_must),
        cmocka_unit_test(a_full_buffer_stays_failed_until_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
