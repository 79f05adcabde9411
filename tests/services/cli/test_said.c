#include "cmocka_all.h"
#include "said.h"

#include <stdlib.h>

enum { NOW = 1795633200 };

#define ONE "{\"action\":\"correct\",\"alert\":\"acme\",\"mention\":\"m:1\",\"label\":\"negative\""

static void lines_are_read_and_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *errors[2];
    } CASES[] = {
        {"", 0, {NULL}},
        {"\n \t\r\n", 0, {NULL}},
        {ONE "}", 1, {NULL}},
        {"\xef\xbb\xbf" ONE "}\r\n\n" ONE ",\"at\":\"2026-11-21T20:25:55Z\"}\n", 2, {NULL}},
        {ONE "}\n{\n" ONE ",\"label\":\"positive\"}\n" ONE "}",
         2,
         {"f:2: json: byte 1: ", "f:3: duplicate: byte 70: label: "}},
        {"\n{\"action\":\"hide\"}", 0, {"f:2: type: byte 10: action: not `correct`\n"}},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct said said;
        struct buf errors;
        buf_init(&errors, 4096);
        said_init(&said);
        bool ok = said_read(&said, "f", span_of(CASES[i].text), NOW, &errors);
        if (ok == (CASES[i].errors[0] != NULL) || said.count != CASES[i].count)
            fail_msg("%zu: %zu rows, %s", i, said.count, buf_span(&errors).ptr);
        for (size_t k = 0; k < COUNT_OF(CASES[i].errors); k++)
            if (CASES[i].errors[k] && !strstr(buf_span(&errors).ptr, CASES[i].errors[k]))
                fail_msg("%zu: %s", i, buf_span(&errors).ptr);
        said_free(&said);
        buf_free(&errors);
    }
}

static void what_is_read_is_kept_with_its_moment(void **state) {
    (void)state;
    struct said said;
    struct buf errors;
    buf_init(&errors, 4096);
    said_init(&said);
    assert_true(said_read(&said, "f", SPAN("\n" ONE "}\n" ONE ",\"at\":\"2026-11-21T22:25:55+02:00\"}"), NOW,
                          &errors));
    assert_string_equal(said.rows[0].alert, "acme");
    assert_true(span_eq(said.rows[0].mention, SPAN("m:1")));
    assert_int_equal(said.rows[0].line, 2);
    assert_true(span_eq(said.rows[0].json, SPAN(ONE ",\"at\":\"2026-11-25T19:00:00Z\"}")));
    assert_true(span_eq(said.rows[1].json, SPAN(ONE ",\"at\":\"2026-11-21T20:25:55Z\"}")));
    said_free(&said);
    buf_free(&errors);
}

static void parts_may_hold_anything(void **state) {
    (void)state;
    static char longest[513 + 1], huge[20000];
    memset(longest, 'x', 513);
    memset(huge, '\x01', sizeof huge - 1);
    static const struct {
        const char *alert, *mention, *says; /* NULL: it is taken */
    } CASES[] = {
        {"acme", "a*?[b]\\\"\n\x7f\xc3\xa9", NULL},
        {"acme", "", "mention: must not be empty"},
        {"Acme", "m", "alert: no id"},
        {"acme", "\xff", "mention"},
        {"acme", longest, "more than 512"},
        {"acme", longest + 1, NULL},
        {"acme", huge, "more than"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct said said;
        struct fault fault = {.reason = FAULT_NONE};
        said_init(&said);
        bool ok = said_add_parts(&said, CASES[i].alert, CASES[i].mention, LABEL_NEUTRAL, NOW, &fault);
        if (ok != !CASES[i].says || (!ok && !strstr(fault.detail, CASES[i].says)))
            fail_msg("%zu: %s", i, fault.detail);
        if (ok)
            assert_true(span_eq(said.rows[0].mention, span_of(CASES[i].mention)));
        said_free(&said);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_and_told),
        cmocka_unit_test(what_is_read_is_kept_with_its_moment),
        cmocka_unit_test(parts_may_hold_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
