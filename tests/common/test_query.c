/* The language, from text to tree: what parses, as its normal form; what does not, with the byte and the
 * words.
 */
#include "earshot/query.h"

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
        query = parse(arena, span_of(GOOD[i].printed), &error);
        assert_non_null(query);
        buf_clear(&out);
        query_print(query, &out);
        assert_string_equal(out.ptr, GOOD[i].printed);
    }
    buf_free(&out);
    arena_free(&arena);
}

static const struct {
    const char *query;
    size_t byte;
    const char *text; /* the error has this in it */
} BAD[] = {
    {"", 0, "the query ends before it says a word"},
    {"   ", 3, "the query ends before it says a word"},
    {"<<< x >>>", 9, "the query ends before it says a word"},
    {"a AND", 5, "the query ends where a word should be"},
    {"a OR ", 5, "the query ends where a word should be"},
    {"a NOT", 5, "the query ends where a word should be"},
    {"AND a", 0, "a word is missing before AND"},
    {"OR a", 0, "a word is missing before OR"},
    {"a AND OR b", 6, "a word is missing before OR"},
    {"a AND ) b", 6, "this ) closes nothing"},
    {"(a AND ) b", 7, "a word is missing before )"},
    {"a AND AND b", 6, "a word is missing before AND"},
    {"a)", 1, "this ) closes nothing"},
    {")", 0, "this ) closes nothing"},
    {"(a", 0, "the parenthesis is not closed"},
    {"a AND (b OR (c)", 6, "the parenthesis is not closed"},
    {"()", 0, "nothing between the parentheses"},
    {"a OR ( )", 5, "nothing between the parentheses"},
    {"\"\"", 1, "nothing between the quotes"},
    {"\"...\"", 1, "`...` holds no word"},
    {"a OR \"b", 5, "the quote is not closed"},
    {"a && b", 2, "`&&` holds no word; operators are AND, OR, NOT and -"},
    {"a | b", 2, "`|` holds no word"},
    {"a - b", 2, "`-` stands right before what it excludes: -word"},
    {"a -", 2, "`-` stands right before what it excludes"},
    {"a --b", 3, "a word is missing behind -"},
    {"a -NOT b", 3, "a word is missing behind -"},
    {"a <<< b", 2, "the comment is not closed: write >>>"},
    {"\u201cacme corp\u201d", 0, "straight quotes"},
    {"\u2122", 0, "holds no word"},
    /* side by side: both repairs */
    {"acme corp", 5,
     "two words side by side: write \"acme corp\", where they follow each other, or acme AND corp, where "
     "both must "
     "be"},
    {"a OR b c", 7, "write \"b c\", where they follow each other, or b AND c"},
    {"a AND b c", 8, "write \"b c\", where they follow each other, or b AND c"},
    {"\u793e\u4ea4 acme-corp", 7, "write \"\u793e\u4ea4 acme-corp\", where they"},
    {"a \"and\"", 2, "an operator is missing"},
    {"NOT a b", 6, "an operator is missing: write NOT a AND b, or NOT a OR b"},
    {"\"a b\" c", 6, "an operator is missing: write \"a b\" AND c, or \"a b\" OR c"},
    {"a (b)", 2, "an operator is missing between `a` and `(`"},
    {"(a) b", 4, "an operator is missing: write (a) AND b, or (a) OR b"},
    {"a\"b\"", 1, "an operator is missing: write a AND \"b\", or a OR \"b\""},
    {"a and b", 2, "operators are written in capitals: AND"},
    {"a or b", 2, "operators are written in capitals: OR"},
    {"a not b", 2, "operators are written in capitals: NOT"},
    {"\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440", 13, "\u043c\u0438\u0440"},
    /* nothing positive */
    {"NOT x", 0, "`NOT x` only excludes"},
    {"-x", 0, "`-x` only excludes"},
    {"a OR NOT b", 5, "`NOT b` only excludes"},
    {"a OR -b", 5, "`-b` only excludes"},
    {"NOT a AND NOT b", 0, "`NOT a AND NOT b` only excludes"},
    {"a OR (NOT b AND NOT c)", 5, "`(NOT b AND NOT c)` only excludes"},
    {"(a OR NOT b) AND NOT c", 6, "`NOT b` only excludes"},
    {"a OR b OR (c OR NOT d)", 16, "`NOT d` only excludes"},
    {"NOT NOT a", 0, "`NOT NOT a` only excludes"},
    {"NOT (a OR b)", 0, "`NOT (a OR b)` only excludes"},
    /* tags, handles, cashtags */
    {"#2024", 0, "`#2024` is no tag, handle or cashtag"},
    {"#\u0e51", 0, "`#\u0e51` is no tag, handle or cashtag"},
    {"a OR #\u0661\u0e51", 5, "is no tag, handle or cashtag"},
    {"a OR #-b", 5, "is no tag, handle or cashtag"},
    {"#", 0, "`#` holds no word"},
    {"@", 0, "`@` holds no word"},
    {"@-a", 0, "is no tag, handle or cashtag"},
    {"$toolongword", 0, "is no tag, handle or cashtag"},
    {"$5", 0, "is no tag, handle or cashtag"},
    /* links */
    {"https://acme.com/x", 0, "`https://acme.com/x` is a link, which holds no words"},
    {"a OR WWW.acme.com", 5, "is a link"},
    {"\"see http://acme.com\"", 5, "`http://acme.com` is a link"},
    /* operators that this version does not carry, by their byte */
    {"acm*", 3, "`*` is a wildcard"},
    {"a OR ac?e", 7, "`?` is a wildcard"},
    {"\"acm* corp\"", 4, "`*` is a wildcard"},
    {"*acme", 0, "`*` is a wildcard"},
    {"acme~1", 4, "`~` asks for words that are nearly the same"},
    {"\"a b c\"~3", 7, "`~` behind a phrase"},
    {"{BT}", 0, "`{ }` asks for exactly these characters"},
    {"a OR {Acme Corp}", 5, "`{ }` asks for exactly these characters"},
    {"a NEAR/3 b", 2, "`NEAR/3` asks for words near each other"},
    {"a NEAR/3f b", 2, "`NEAR/3f` asks for words near each other"},
    {"a ONEAR/3 b", 2, "`ONEAR/3` asks for words near each other"},
    {"a NEAR b", 2, "`NEAR` asks for words near each other"},
    {"a AND title:b", 6, "`title:` looks into a field"},
    {"author:@ann", 0, "`author:` looks into a field"},
    {"a AND site:acme.com", 6, "`site:` looks into a field"},
    {"link:acme", 0, "`link:` looks into a field"},
    {"source:blog", 0, "`source:` looks into a field"},
    {"type:post", 0, "`type:` looks into a field"},
    {"lang:(de OR nl)", 0, "`lang:` looks into a field"},
    {"country:NL", 0, "`country:` looks into a field"},
    {"is:reply", 0, "`is:` looks into a field"},
    {"has:link", 0, "`has:` looks into a field"},
    {"followers:[1 TO *]", 0, "`followers:` looks into a field"},
    {"engagement:[1 TO 2]", 0, "`engagement:` looks into a field"},
    {"rating:[1 TO 2]", 0, "`rating:` looks into a field"},
    {"a -lang:de", 3, "`lang:` looks into a field"},
    {"foo:bar", 0, "`foo:` is no field of the language; to find the words write them in quotes: \"foo:bar\""},
    {"a\xff", 1, "byte 0xff begins no valid UTF-8 character"},
    {"\xed\xa0\x80", 0, "byte 0xed begins no valid UTF-8 character"},
};

static void what_is_wrong_is_named_with_its_byte(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct query_error error;
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct query *query = parse(arena, span_of(BAD[i].query), &error);
        if (query || error.byte != BAD[i].byte || !strstr(error.text, BAD[i].text))
            fail_msg("%s: byte %zu: %s", BAD[i].query, query ? 0 : error.byte, query ? "parsed" : error.text);
        assert_null(strchr(error.text, '\n'));
    }
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
    assert_string_equal(error.text, "more than 4096 words in one query");
    assert_int_equal(error.byte, 5 * QUERY_OPERANDS_MAX);
    assert_non_null(parse(arena, repeated(&text, "a-", QUERY_OPERANDS_MAX, ""), &error));
    assert_null(parse(arena, repeated(&text, "a-", QUERY_OPERANDS_MAX + 1, ""), &error));

    for (int extra = 0; extra <= 1; extra++) {
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
        cmocka_unit_test(what_is_wrong_is_named_with_its_byte),
        cmocka_unit_test(limits_hold_at_the_edge),
        cmocka_unit_test(errors_point_at_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
