/* Many queries of one file: lines, tables as tools export them, and the ids made of their names. */
#include "rows.h"

#include "cmocka_all.h"

#include <stdio.h>

static const struct {
    const char *text;
    const char *rows; /* LINE|NAME|QUERY; … */
} FILES[] = {
    {"", ""},
    {"\n \r\n", ""},
    {"acme\n", "1||acme;"},
    {"acme OR corp\r\n\r\n#acme\rlast", "1||acme OR corp;3||#acme;4||last;"},
    {"\xEF\xBB\xBF"
     "acme",
     "1||acme;"},
    {"name,query\nAcme,acme OR corp\n", "2|Acme|acme OR corp;"},
    {"\xEF\xBB\xBF"
     "Name,Query\r\nAcme,acme\r\n",
     "2|Acme|acme;"},
    {"query\nacme\n", "2||acme;"},
    {"name,query\n\"Acme, Inc\",\"\"\"acme corp\"\" OR x\"\n", "2|Acme, Inc|\"acme corp\" OR x;"},
    {"name,query\nA,\"one\ntwo\"\nB,three", "2|A|one\ntwo;4|B|three;"},
    {"name;query\nA;a,b\n", "2|A|a,b;"},
    {"Query Name\tBoolean Query\tCreated\nA\ta OR b\t2026\n", "2|A|a OR b;"},
    {"id,rule,tag\n1,acme lang:de,Acme DE\n", "2|Acme DE|acme lang:de;"},
    {"ID,Query Name,Type,booleanQuery\n7,Acme,monitor,acme\n8,Empty,monitor,\n", "2|Acme|acme;"},
    {"name,query\nshort\nA,a,more,cells\n", "3|A|a;"},
    {"name,query\nA,\"not closed\nB,b", "2|A|not closed\nB,b;"},
    {"name,query\nA,\"a\" OR b\n", "2|A|a;"},
    {"title,topic\na,b\n", "1||title,topic;2||a,b;"},
    {"name,query", ""},
    /* what X, Brandwatch and Talkwalker answer */
    {"{\"data\":[{\"id\":\"120\",\"value\":\"acme lang:de\",\"tag\":\"Acme "
     "DE\"},{\"id\":\"121\",\"value\":\"corp\"}],"
     "\"meta\":{\"sent\":\"2026\"}}",
     "1|Acme DE|acme lang:de;2|121|corp;"},
    {"{\"results\":[{\"id\":7,\"name\":\"Acme\",\"type\":\"monitor\",\"booleanQuery\":\"acme NOT corp\"}]}",
     "1|Acme|acme NOT corp;"},
    {"{\"result\":{\"projects\":[{\"title\":\"P\",\"topics\":[{\"title\":\"T\",\"nodes\":[{\"title\":"
     "\"Acme\",\"query\":\"acme "
     "SENTENCE car\"}]}]}]}}",
     "1|Acme|acme SENTENCE car;"},
    {"[\"acme\"]", "1||[\"acme\"];"},
    {"{BT} OR acme", "1||{BT} OR acme;"},
};

static void test_files(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        struct rows rows;
        char text[1024] = "";
        size_t len = 0;
        rows_read(span_of(FILES[i].text), arena, &rows);
        for (size_t row = 0; row < rows.count; row++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%zu|%.*s|%.*s;", rows.rows[row].line,
                                    (int)rows.rows[row].name.len, rows.rows[row].name.ptr,
                                    (int)rows.rows[row].query.len, rows.rows[row].query.ptr);
        assert_string_equal(text, FILES[i].rows);
    }
    arena_free(&arena);
}

static void test_many_rows(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct rows rows;
    char text[4000];
    for (size_t i = 0; i < sizeof text; i += 4)
        memcpy(text + i, "abc\n", 4);
    rows_read((struct span){text, sizeof text}, arena, &rows);
    assert_int_equal(rows.count, 1000);
    assert_int_equal(rows.rows[999].line, 1000);
    arena_free(&arena);
}

static bool has_first(const char *id, void *context) {
    const char *const *taken = context;
    while (*taken && strcmp(*taken, id) != 0)
        taken++;
    return *taken;
}

static void test_ids(void **state) {
    (void)state;
    static const char *const NONE[] = {NULL}, *const SOME[] = {"acme", "acme-2", "query", NULL};
    static const struct {
        const char *name;
        bool some;
        const char *id;
    } CASES[] = {
        {"Acme", false, "acme"},
        {"Acme DE / Q3 (new)", false, "acme-de-q3-new"},
        {"--Acme__x--", false, "acme__x"},
        {"_x", false, "x"},
        {"", false, "query"},
        {"揚聲器", false, "query"},
        {"Café", false, "caf"},
        {"Acme", true, "acme-3"},
        {"???", true, "query-2"},
        {"a-very-long-name-that-goes-on-and-on-until-nobody-can-remember-how-it-began", false,
         "a-very-long-name-that-goes-on-and-on-until-nobody-can-re"},
    };
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_string_equal(
            rows_id(span_of(CASES[i].name), arena, has_first, CASES[i].some ? (void *)SOME : (void *)NONE),
            CASES[i].id);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_many_rows),
                                       cmocka_unit_test(test_ids)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
