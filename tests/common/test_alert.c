#include "cmocka_all.h"
#include "earshot/alert.h"

#include <stdlib.h>

/* From a block of exactly its size, so that ASan sees a read past it. */
static struct alert *parse(const char *text, struct fault *fault) {
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    struct alert *alert = alert_parse((struct span){copy, len}, fault);
    assert_int_equal(alert != NULL, fault->reason == FAULT_NONE);
    free(copy);
    return alert;
}

static void ids_have_their_form(void **state) {
    (void)state;
    static const struct {
        const char *id;
        bool ok;
    } CASES[] = {{"a", true},
                 {"0", true},
                 {"acme-brand_2", true},
                 {"a-", true},
                 {"0123456789012345678901234567890123456789012345678901234567890123", true},
                 {"01234567890123456789012345678901234567890123456789012345678901234", false},
                 {"", false},
                 {"-a", false},
                 {"_a", false},
                 {"A", false},
                 {"a b", false},
                 {"a.b", false},
                 {"{a}", false},
                 {"\u00e9", false}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_int_equal(alert_id_ok(span_of(CASES[i].id)), CASES[i].ok);
    assert_false(alert_id_ok((struct span){0}));
}

static void all_members_are_read(void **state) {
    (void)state;
    struct fault fault;
    struct alert *alert =
        parse(" {\"tags\":{\"team\":\"care\",\"brand\":\"Acm\\u00e9\"},\"paused\":true,"
              "\"name\":\"Acme, all\",\"query\":\"acme OR \\\"acme corp\\\"\",\"id\":\"acme\"}\n",
              &fault);
    assert_non_null(alert);
    assert_string_equal(alert->id, "acme");
    assert_string_equal(alert->query, "acme OR \"acme corp\"");
    assert_string_equal(alert->name, "Acme, all");
    assert_true(alert->paused);
    assert_int_equal(alert->tag_count, 2);
    assert_string_equal(alert->tags[0].name, "brand");
    assert_string_equal(alert->tags[0].value, "Acm\u00e9");
    assert_string_equal(alert->tags[1].name, "team");
    alert_free(&alert);
    assert_null(alert);
    alert_free(&alert);
}

/* What says the same prints the same, and what is printed reads as it was. */
static void printing_is_canonical(void **state) {
    (void)state;
    static const struct {
        const char *json, *canonical;
    } CASES[] = {
        {"{\"id\":\"a\",\"query\":\"x\"}", "{\"id\":\"a\",\"query\":\"x\"}"},
        {"{ \"query\" : \"x\" , \"id\" : \"a\" }", "{\"id\":\"a\",\"query\":\"x\"}"},
        {"{\"id\":\"a\",\"query\":\"x\",\"name\":null,\"tags\":null,\"paused\":null}",
         "{\"id\":\"a\",\"query\":\"x\"}"},
        {"{\"id\":\"a\",\"query\":\"x\",\"name\":\"\",\"tags\":{},\"paused\":false}",
         "{\"id\":\"a\",\"query\":\"x\"}"},
        {"{\"id\":\"a\",\"query\":\"\\u0061\\n\\\"\"}", "{\"id\":\"a\",\"query\":\"a\\n\\\"\"}"},
        {"{\"paused\":true,\"tags\":{\"b\":\"2\",\"\\u00e4\":\"\",\"a\":\"1\"},\"name\":\"N\",\"id\":\"a\","
         "\"query\":\"\"}",
         "{\"id\":\"a\",\"query\":\"\",\"name\":\"N\",\"tags\":{\"a\":\"1\",\"b\":\"2\",\"\u00e4\":\"\"},"
         "\"paused\":true}"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct fault fault;
        struct buf text, again;
        buf_init(&text, 4096);
        buf_init(&again, 4096);
        struct alert *alert = parse(CASES[i].json, &fault);
        assert_non_null(alert);
        alert_print(alert, &text);
        assert_string_equal(text.ptr, CASES[i].canonical);
        alert_free(&alert);
        alert = parse(text.ptr, &fault);
        assert_non_null(alert);
        alert_print(alert, &again);
        assert_string_equal(again.ptr, text.ptr);
        alert_free(&alert);
        buf_free(&text);
        buf_free(&again);
    }
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const struct {
        const char *json;
        enum fault_reason reason;
        size_t byte;
        const char *detail;
    } CASES[] = {
        {"", FAULT_JSON, 0, "the text ends where an object should be"},
        {"[]", FAULT_TYPE, 0, "expected an object, found an array"},
        {"{}", FAULT_MISSING, 1, "member `id` is missing"},
        {"{\"id\":\"a\"}", FAULT_MISSING, 9, "member `query` is missing"},
        {"{\"id\":\"A\"}", FAULT_TYPE, 6,
         "id: an id has 1 to 64 of a-z 0-9 _ - and begins with a letter or a digit"},
        {"{\"id\":1}", FAULT_TYPE, 6, "id: expected a string, found a number"},
        {"{\"id\":null}", FAULT_TYPE, 6, "id: expected a string, found null"},
        {"{\"query\":[]}", FAULT_TYPE, 9, "query: expected a string, found an array"},
        {"{\"name\":1}", FAULT_TYPE, 8, "name: expected a string, found a number"},
        {"{\"paused\":\"yes\"}", FAULT_TYPE, 10, "paused: expected true or false, found a string"},
        {"{\"paused\":0}", FAULT_TYPE, 10, "paused: expected true or false, found a number"},
        {"{\"tags\":[]}", FAULT_TYPE, 8, "tags: expected an object, found an array"},
        {"{\"tags\":{\"a\":1}}", FAULT_TYPE, 13, "tags.a: expected a string, found a number"},
        {"{\"tags\":{\"\":\"x\"}}", FAULT_SIZE, 9, "tags: the name of a tag has 1 to 256 bytes"},
        {"{\"tags\":{\"a\":\"1\",\"a\":\"2\"}}", FAULT_DUPLICATE, 17, "tags.a: a second member of this name"},
        {"{\"id\":\"a\",\"id\":\"b\"}", FAULT_DUPLICATE, 10, "id: a second member of this name"},
        {"{\"tags\":{},\"tags\":{}}", FAULT_DUPLICATE, 11, "tags: a second member of this name"},
        {"{\"nmae\":1}", FAULT_TYPE, 1, "nmae: unknown member; did you mean `name`?"},
        {"{\"Query\":1}", FAULT_TYPE, 1, "Query: unknown member; did you mean `query`?"},
        {"{\"tag\":1}", FAULT_TYPE, 1, "tag: unknown member; did you mean `tags`?"},
        {"{\"language\":1}", FAULT_TYPE, 1,
         "language: unknown member; an alert has id, query, name, tags, paused"},
        {"{\"a-very-long-member-name\":1}", FAULT_TYPE, 1,
         "a-very-long-member-name: unknown member; an alert has"},
        {"{\"id\":\"a\",\"query\":\"x\"} x", FAULT_JSON, 23, "expected nothing more, found `x`"},
        {"{\"id\":\"a\",\"query\":\"\\u0000\"}", FAULT_UTF8, 19,
         "query: the character \\u0000 is not accepted"},
        {"{\"id\":\"a\",\"query\":\"\xff\"}", FAULT_UTF8, 19, "query: byte 0xff"},
        {"{\"id\":\"a\",\"query\":\"x\"", FAULT_JSON, 21, "query: the text ends where `,` or `}` should be"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct fault fault;
        struct alert *alert = parse(CASES[i].json, &fault);
        if (alert || fault.reason != CASES[i].reason || fault.byte != CASES[i].byte ||
            strncmp(fault.detail, CASES[i].detail, strlen(CASES[i].detail)) != 0)
            fail_msg("%s: %s, byte %zu: %s", CASES[i].json, fault_name(fault.reason), fault.byte,
                     fault.detail);
    }
}

static void sizes_are_limited(void **state) {
    (void)state;
    struct buf text;
    struct fault fault;
    struct alert *alert;
    buf_init(&text, 2 * ALERT_BYTES_MAX);
    for (int len = ALERT_QUERY_MAX; len <= ALERT_QUERY_MAX + 1; len++) {
        buf_clear(&text);
        buf_printf(&text, "{\"id\":\"a\",\"query\":\"%0*d\"}", len, 1);
        alert = parse(text.ptr, &fault);
        assert_int_equal(fault.reason, len == ALERT_QUERY_MAX ? FAULT_NONE : FAULT_SIZE);
        alert_free(&alert);
    }
    for (int len = ALERT_NAME_MAX; len <= ALERT_NAME_MAX + 1; len++) {
        buf_clear(&text);
        buf_printf(&text, "{\"id\":\"a\",\"query\":\"\",\"name\":\"%0*d\"}", len, 1);
        alert = parse(text.ptr, &fault);
        assert_int_equal(fault.reason, len == ALERT_NAME_MAX ? FAULT_NONE : FAULT_SIZE);
        alert_free(&alert);
    }
    for (int count = ALERT_TAGS_MAX; count <= ALERT_TAGS_MAX + 1; count++) {
        buf_clear(&text);
        buf_add_str(&text, "{\"id\":\"a\",\"query\":\"\",\"tags\":{");
        for (int i = 0; i < count; i++)
            buf_printf(&text, "%s\"t%d\":\"%d\"", i ? "," : "", i, i);
        buf_add_str(&text, "}}");
        alert = parse(text.ptr, &fault);
        assert_int_equal(fault.reason, count == ALERT_TAGS_MAX ? FAULT_NONE : FAULT_SIZE);
        alert_free(&alert);
    }
    buf_clear(&text);
    buf_printf(&text, "%*s", ALERT_BYTES_MAX + 1, "{}");
    alert = parse(text.ptr, &fault);
    assert_null(alert);
    assert_int_equal(fault.reason, FAULT_SIZE);
    buf_free(&text);
}

#define A "{\"id\":\"a\",\"query\":\"x\"}"
#define B "{\"id\":\"b\",\"query\":\"x\"}"
#define C "{\"id\":\"c\",\"query\":\"x\"}"

static void files_give_alerts_with_lines_and_all_errors(void **state) {
    (void)state;
    static const struct {
        const char *text, *ids, *errors; /* ids: `a1 b2`: alert a in line 1, … */
    } CASES[] = {
        {A, "a1", ""},
        {A "\n" B "\n\n  " C "\n", "a1 b2 c4", ""},
        {A B " " C, "a1 b1 c1", ""},
        {"\xef\xbb\xbf" A "\r\n" B "\r\n", "a1 b2", ""},
        {"{\n \"id\": \"a\",\n \"query\": \"x\"\n}\n" B, "a1 b5", ""},
        {"[]", "", ""},
        {" [\n] \n", "", ""},
        {"[" A "," B "]", "a1 b1", ""},
        {"[\n  " A ",\n  {\n \"id\":\"b\",\n \"query\":\"x\"\n  },\n  " C "\n]\n", "a2 b3 c7", ""},
        {"", "", "F:1: -: byte 0: no alert in it; an empty array, [], says that there are none\n"},
        {"\n\n", "", "F:3: -: byte 0: no alert in it; an empty array, [], says that there are none\n"},
        /* one wrong alert does not hide the next */
        {A "\n{\"id\":\"b\",\"qery\":\"x\"}\n" C, "a1 c3",
         "F:2: b: byte 10: qery: unknown member; did you mean `query`?\n"},
        {"{\"query\":1,\"id\":\"a\"}\n{\"id\":\"B\"}\n" C, "c3",
         "F:1: a: byte 9: query: expected a string, found a number\n"
         "F:2: -: byte 6: id: an id has 1 to 64 of a-z 0-9 _ - and begins with a letter or a digit\n"},
        {"{\n \"id\":\"a\",\n \"nmae\":1}\n" B, "b4",
         "F:3: a: byte 1: nmae: unknown member; did you mean `name`?\n"},
        {"{\"id\":\"a\",\"query\":\"x\"\n" B
         "\n{\"id\":\"c\",\"query\":\"x}\n{\"id\":\"d\" \"query\":\"x\"}\n{\"id\":\"e\",\"query\":\"x\"}",
         "b2 e5",
         "F:2: a: byte 0: query: expected `,` or `}`, found `{`\n"
         "F:3: c: byte 21: query: control character 0x0a in a string: it must be written as an escape\n"
         "F:4: d: byte 10: id: expected `,` or `}`, found `\"`\n"},
        {"[{\"id\":\"a\",\"query\":\"x\",\"id\":\"b\"}," B ",{\"id\":\"c\",\"query\":\"\xff\"}," A "]",
         "b1 a1",
         "F:1: a: byte 23: id: a second member of this name\n"
         "F:1: c: byte 75: query: byte 0xff begins no valid UTF-8 character\n"},
        {"hello\n" A "\nworld", "a2",
         "F:1: -: byte 0: expected an alert: an object\nF:3: -: byte 0: expected an alert: an object\n"},
        {"1 2 3\n\"x\"\n" A, "a3", "F:1: -: byte 0: expected an alert: an object\n"},
        {A "," B, "a1", "F:1: -: byte 22: expected an alert: an object\n"},
        {A "\n[" B "]", "a1", "F:2: -: byte 0: expected an alert: an object\n"},
        /* arrays */
        {"[" A " " B "]", "a1 b1", "F:1: -: byte 24: expected `,` or `]`\n"},
        {"[" A ",]", "a1", "F:1: -: byte 24: expected an alert: an object\n"},
        {"[," A "]", "", "F:1: -: byte 1: expected an alert: an object\n"},
        {"[" A, "a1", "F:1: -: byte 23: the text ends inside the array\n"},
        {"[" A ",", "a1", "F:1: -: byte 24: the text ends inside the array\n"},
        {"[", "", "F:1: -: byte 1: the text ends inside the array\n"},
        {"[" A "] " B, "a1", "F:1: -: byte 25: expected nothing more behind the array\n"},
        {"[1,\n" A "]", "a2", "F:1: -: byte 1: expected an alert: an object\n"},
        /* ids */
        {A "\n" B "\n" A "\n" A, "a1 b2 a3 a4",
         "F:3: a: byte 0: the id is that of the alert in line 1\nF:4: a: byte 0: the id is that of the alert "
         "in line 3\n"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf errors, ids;
        struct alert_file file;
        buf_init(&errors, 4096);
        buf_init(&ids, 4096);
        bool ok = alert_file_read("F", span_of(CASES[i].text), &file, &errors);
        for (size_t j = 0; j < file.count; j++)
            buf_printf(&ids, "%s%s%zu", j ? " " : "", file.entries[j].alert->id, file.entries[j].line);
        assert_int_equal(ok, CASES[i].errors[0] == '\0');
        if (!span_eq(buf_span(&errors), span_of(CASES[i].errors)) ||
            !span_eq(buf_span(&ids), span_of(CASES[i].ids)))
            fail_msg("%s\nalerts %s, errors:\n%s", CASES[i].text, buf_span(&ids).ptr, buf_span(&errors).ptr);
        alert_file_free(&file);
        buf_free(&errors);
        buf_free(&ids);
    }
}

static void errors_have_one_form(void **state) {
    (void)state;
    struct buf errors;
    buf_init(&errors, 4096);
    alert_error(&errors, "alerts.json", 12, "acme", 7, "a word is missing after AND");
    alert_error(&errors, "-", 1, NULL, 0, "x");
    assert_string_equal(errors.ptr,
                        "alerts.json:12: acme: byte 7: a word is missing after AND\n-:1: -: byte 0: x\n");
    buf_free(&errors);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_their_form),
        cmocka_unit_test(all_members_are_read),
        cmocka_unit_test(printing_is_canonical),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(files_give_alerts_with_lines_and_all_errors),
        cmocka_unit_test(errors_have_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
