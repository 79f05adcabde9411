/* Words, phrases and what joins them: normal forms. The limits. How an error is shown. (Every form of the
 * language: test_query_language.c; what is wrong: test_query_errors.c.) */
#include "query_same.h"

#include "cmocka_all.h"

#include <stdlib.h>

static struct query *parse(struct arena *arena, struct span text, struct query_error *error) {
    memset(error, 0x5a, sizeof *error);
    return query_parse(text, arena, error);
}

static const struct {
    const char *query, *printed;
} GOOD[] = {
    {"acme", "acme"},
    {"  acme\n", "acme"},
    {"\u3000acme\u00a0", "acme"},
    {"Acme", "Acme"},
    {"\"acme\"", "acme"},
    {"\"acme corp\"", "\"acme corp\""},
    {"\"  acme ,, corp. \"", "\"acme corp\""},
    {"acme-corp", "\"acme corp\""},
    {"U.S.", "\"U S\""},
    {"don't", "\"don t\""},
    {"don\u2019t", "\"don t\""},
    {"AT&T", "\"AT T\""},
    {"12:30", "\"12 30\""},
    {"+acme", "acme"},
    {"\"re: acme ~ {x}\"", "\"re acme x\""},
    {"#acme", "#acme"},
    {"\uff03acme", "\uff03acme"},
    {"#acme-corp", "\"#acme corp\""},
    {"\"#2024 x\"", "\"2024 x\""},
    {"@acme", "@acme"},
    {"@acme.com", "@acme.com"},
    {"@acme@example.social", "@acme@example.social"},
    {"$acm", "$acm"},
    {"\"love #acme @ann $acm\"", "\"love #acme @ann $acm\""},
    {"\U0001F621", "\U0001F621"},
    {"\U0001F621\U0001F621", "\"\U0001F621 \U0001F621\""},
    {"*\ufe0f\u20e3", "*\ufe0f\u20e3"},
    {"\u793e\u4ea4\u8046\u807d", "\u793e\u4ea4\u8046\u807d"},
    {"\"\u793e\u4ea4\u8046\u807d\"", "\u793e\u4ea4\u8046\u807d"},
    {"iphone\u624b\u6a5f", "iphone\u624b\u6a5f"},
    {"\u793e\u4ea4 OR x", "\u793e\u4ea4 OR x"},
    {"\"\u793e\u4ea4 x\"", "\"\u793e \u4ea4 x\""},
    {"a AND b", "a AND b"},
    {"a OR b", "a OR b"},
    {"a OR b AND c", "a OR b AND c"},
    {"(a OR b) AND c", "(a OR b) AND c"},
    {"a AND (b AND (c AND d))", "a AND b AND c AND d"},
    {"a OR (b OR c)", "a OR b OR c"},
    {"((a))", "a"},
    {"a NOT b", "a AND NOT b"},
    {"a -b", "a AND NOT b"},
    {"a AND NOT b", "a AND NOT b"},
    {"a AND -b", "a AND NOT b"},
    {"a\n-b\t-c", "a AND NOT b AND NOT c"},
    {"-a AND b", "NOT a AND b"},
    {"NOT a AND b", "NOT a AND b"},
    {"NOT a b", NULL},
    {"a -(b OR c)", "a AND NOT (b OR c)"},
    {"a -\"b c\"", "a AND NOT \"b c\""},
    {"a -#b -@c", "a AND NOT #b AND NOT @c"},
    {"a AND NOT (b AND c)", "a AND NOT (b AND c)"},
    {"a AND NOT NOT b", "a AND NOT NOT b"},
    {"a AND (b OR NOT c)", "a AND (b OR NOT c)"},
    {"a -b OR c", "a AND NOT b OR c"},
    {"a OR b -c", "a OR b AND NOT c"},
    {"(a)AND(b)", "a AND b"},
    {"(a)-b", "a AND NOT b"},
    {"\"AND\"", "\"AND\""},
    {"\"OR\" OR \"NOT\"", "\"OR\" OR \"NOT\""},
    {"\"NEAR\"", "\"NEAR\""},
    {"ANDY", "ANDY"},
    {"\"and\" AND or", "and AND or"},
    {"<<< note >>> a", "a"},
    {"a <<< AND b >>> OR<<<>>> c", "a OR c"},
    {"a<<<x>>>OR b", "a OR b"},
    {"\"a <<< b >>> c\"", "\"a b c\""},
    {"\u043f\u0440\u0438\u0432\u0435\u0442 AND \u03c3\u03bf\u03c6\u03cc\u03c2",
     "\u043f\u0440\u0438\u0432\u0435\u0442 AND \u03c3\u03bf\u03c6\u03cc\u03c2"},
    {"\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"},
};

static void what_is_right_has_a_normal_form(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct buf out;
    struct query_error error;
    buf_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        struct query *query = parse(arena, span_of(GOOD[i].query), &error);
        if (!query != !GOOD[i].printed)
            fail_msg("%s: byte %zu: %s", GOOD[i].query, error.byte, error.text);
        if (!query)
            continue;
        buf_clear(&out);
        query_print(query, &out);
        if (strcmp(out.ptr, GOOD[i].printed) != 0)
            fail_msg("%s: printed as %s", GOOD[i].query, out.ptr);
        struct query *again = parse(arena, span_of(GOOD[i].printed), &error);
        if (!again || !query_same(query, again))
            fail_msg("%s: %s is another", GOOD[i].query, out.ptr);
    }
    buf_free(&out);
    arena_free(&arena);
}

/* unit, count times, then last. */
static struct span repeated(struct buf *buf, const char *unit, int count, const char *last) {
    buf_clear(buf);
    for (int i = 0; i < count; i++)
        buf_add_str(buf, unit);
    buf_add_str(buf, last);
    return buf_span(buf);
}

static void limits_hold_at_the_edge(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct query_error error;
    struct buf text;
    buf_init(&text, 1 << 20);
    assert_non_null(parse(arena, repeated(&text, "a OR ", QUERY_OPERANDS_MAX - 1, "a"), &error));
    assert_null(parse(arena, repeated(&text, "a OR ", QUERY_OPERANDS_MAX, "a"), &error));
    assert_string_equal(error.text, "more than 4096 words and values in one query");
    assert_int_equal(error.byte, 5 * QUERY_OPERANDS_MAX);
    assert_non_null(parse(arena, repeated(&text, "a-", QUERY_OPERANDS_MAX, ""), &error));
    assert_null(parse(arena, repeated(&text, "a-", QUERY_OPERANDS_MAX + 1, ""), &error));

    assert_non_null(parse(arena, repeated(&text, "a NEAR/1 ", QUERY_OPERANDS_MAX - 1, "a"), &error));
    assert_null(parse(arena, repeated(&text, "a NEAR/1 ", QUERY_OPERANDS_MAX, "a"), &error));
    assert_non_null(parse(arena, repeated(&text, "{a} OR ", QUERY_OPERANDS_MAX - 1, "{a}"), &error));
    assert_null(parse(arena, repeated(&text, "{a} OR ", QUERY_OPERANDS_MAX, "a"), &error));
    buf_clear(&text);
    buf_add_str(&text, "site:(");
    for (int i = 0; i < QUERY_OPERANDS_MAX; i++)
        buf_add_str(&text, "a.b OR ");
    buf_add_str(&text, "a.b)");
    assert_null(parse(arena, buf_span(&text), &error));
    assert_string_equal(error.text, "more than 4096 words and values in one query");
    assert_int_equal(error.byte, strlen("site:(") + 7 * QUERY_OPERANDS_MAX);

    for (int extra = 0; extra <= 1; extra++) {
        repeated(&text, "title:(", 1, "");
        for (int i = 1; i < QUERY_DEPTH_MAX + extra; i++)
            buf_add_char(&text, '(');
        buf_add_str(&text, "a");
        for (int i = 0; i < QUERY_DEPTH_MAX + extra; i++)
            buf_add_char(&text, ')');
        assert_int_equal(parse(arena, buf_span(&text), &error) != NULL, extra == 0);
        repeated(&text, "(", QUERY_DEPTH_MAX + extra, "a");
        for (int i = 0; i < QUERY_DEPTH_MAX + extra; i++)
            buf_add_char(&text, ')');
        assert_int_equal(parse(arena, buf_span(&text), &error) != NULL, extra == 0);
        repeated(&text, "NOT ", QUERY_DEPTH_MAX + extra, "a AND b");
        assert_int_equal(parse(arena, buf_span(&text), &error) != NULL, extra == 0);
    }
    assert_int_equal(error.byte, 4 * QUERY_DEPTH_MAX);
    assert_string_equal(error.text, "more than 64 parentheses and NOTs inside each other");
    assert_null(parse(arena, repeated(&text, "-(", 100000, "a"), &error));

    assert_non_null(parse(arena, repeated(&text, " ", QUERY_BYTES_MAX - 1, "a"), &error));
    assert_null(parse(arena, repeated(&text, " ", QUERY_BYTES_MAX, "a"), &error));
    assert_int_equal(error.byte, QUERY_BYTES_MAX);
    assert_non_null(parse(arena, repeated(&text, "x", QUERY_BYTES_MAX, ""), &error));
    buf_free(&text);
    arena_free(&arena);
}

static void errors_point_at_their_place(void **state) {
    (void)state;
    static const struct {
        const char *query;
        size_t byte;
        const char *shown;
    } CASES[] = {
        {"a b", 2, "byte 2: E\na b\n  ^\n"},
        {"", 0, "byte 0: E\n\n^\n"},
        {"a\nb c", 4, "byte 4: E\na b c\n    ^\n"},
        {"\u793e\u4ea4 x", 7, "byte 7: E\n\u793e\u4ea4 x\n     ^\n"},
        {"cafe\u0301 x", 7, "byte 7: E\ncafe\u0301 x\n     ^\n"},
        {"a AND", 99, "byte 99: E\na AND\n     ^\n"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789 b", 71,
         "byte 71: E\n\u202634567890123456789012345678901234567890123456789 b\n"
         "                                                 ^\n"},
        {"b 0123456789012345678901234567890123456789", 0,
         "byte 0: E\nb 01234567890123456789012345\u2026\n^\n"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct query_error error = {.byte = CASES[i].byte, .text = "E"};
        struct buf out;
        buf_init(&out, 4096);
        query_explain_error(&error, span_of(CASES[i].query), &out);
        assert_string_equal(out.ptr, CASES[i].shown);
        buf_free(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_has_a_normal_form),
        cmocka_unit_test(limits_hold_at_the_edge),
        cmocka_unit_test(errors_point_at_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
