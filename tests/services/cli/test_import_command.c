/* `earshot query import` as people run it: where queries come from, what goes to which output, exit codes. */
#include "shell.h"

#include "cmocka_all.h"

static int open_all(void **state) {
    (void)state;
    shell_open("import");
    shell_write("one.bwq", "<<< two lines >>>\nacme AND\n  minuteOfDay:[1 TO 2]\n");
    shell_write("many.csv",
                "name,query\nAcme,acme OR @acme\nAcme,\"\"\"acme corp\"\" has:geo\"\nBroken,(acme\n");
    shell_write("lines.txt", "acme lang:de\n\n#acme -is:retweet\n");
    shell_write("words.txt", "acme -corp\nother\n");
    shell_write("mention", "{\"id\":\"m1\",\"source\":{\"platform\":\"x\"},\"created_at\":"
                           "\"2026-11-21T20:25:55Z\",\"text\":\"an acme\"}\n");
    shell_write("empty.csv", "name,query\n");
    shell_write("odd", "acme \033[2J \xE2\x80\xAE lang:zz");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    return shell_close();
}

#define IMPORT "earshot query import "

static const struct shell_case WHOLE[] = {
    {IMPORT "--from x 'acme -is:retweet'", 0, "acme AND NOT is:repost\n"},
    {"echo 'acme -is:retweet' | " IMPORT "--from x", 0, "acme AND NOT is:repost\n"},
    {"echo 'acme lang:de' | " IMPORT "- --from=x", 0, "acme AND lang:de\n"},
    {IMPORT "--from brandwatch one.bwq 2>/dev/null", 0, "acme\n"},
    {IMPORT "--from brandwatch one.bwq 2>&1 >/dev/null", 0,
     "byte 29: not carried: `minuteOfDay:[1 TO 2]`: an alert has no time of day; ask for one with --since "
     "and "
     "--until (left out: the alert finds more)\n"
     "<<< two lines >>> acme AND   minuteOfDay:[1 TO 2]\n"
     "                             ^\n"},
    {IMPORT "--from brandwatch --strict one.bwq 2>/dev/null", 1, "acme\n"},
    {IMPORT "--from brandwatch --strict 'acme NOT corp'", 0, "acme AND NOT corp\n"},
    {IMPORT "--from x --json 'acme has:geo'", 0,
     "{\"query\":\"acme\",\"findings\":[{\"byte\":5,\"end\":12,\"severity\":\"not "
     "carried\",\"effect\":\"more\","
     "\"text\":\"`has:geo`: mentions know their country and nothing smaller (left out: the alert finds "
     "more)\"}]}\n"},
    {IMPORT "--from x --json '(acme'", 1,
     "{\"error\":{\"byte\":0,\"text\":\"the parenthesis is not closed: write ) where the group ends\"},"
     "\"findings\":[]}\n"},
    {IMPORT "--from x '(acme'", 1,
     "byte 0: the parenthesis is not closed: write ) where the group ends\n(acme\n^\n"},
    {IMPORT "--from x --alerts lines.txt", 0,
     "{\"id\":\"query\",\"query\":\"acme AND lang:de\"}\n"
     "{\"id\":\"query-2\",\"query\":\"#acme AND NOT is:repost\"}\n"},
    {IMPORT "--from x --alerts many.csv 2>/dev/null", 1,
     "{\"id\":\"acme\",\"query\":\"acme OR @acme\",\"name\":\"Acme\"}\n"
     "{\"id\":\"acme-2\",\"query\":\"\\\"acme corp\\\"\",\"name\":\"Acme\"}\n"},
    {IMPORT "--from x --alerts many.csv 2>&1 >/dev/null", 1,
     "many.csv:3: acme-2: byte 12: not carried: `has:geo`: mentions know their country and nothing smaller "
     "(left "
     "out: the alert finds more)\n"
     "many.csv:4: broken: byte 0: the parenthesis is not closed: write ) where the group ends\n"
     "earshot: 1 of 3 queries became no alert: mend them, and import again\n"},
    {IMPORT "--from x --alerts words.txt | earshot match --alerts - mention", 0,
     "{\"id\":\"m1\",\"matches\":[{\"id\":\"query\",\"version\":0,\"at\":[[\"text\",3,7]]}]}\n"},
    {IMPORT "--from x --alerts empty.csv", 1, "earshot: empty.csv: no query in it\n"},
    {IMPORT "'acme'", 2, "earshot: import takes --from TOOL: brandwatch, talkwalker or x\n"},
    {IMPORT "--from brandwach acme", 2,
     "earshot: --from 'brandwach' is no tool: did you mean 'brandwatch'?\n"},
    {IMPORT "--from meltwater acme", 2,
     "earshot: --from 'meltwater' is no tool: brandwatch, talkwalker or x\n"},
    {IMPORT "--from x acme corp", 2,
     "earshot: import takes one FILE, - or 'QUERY': put a query in single quotes\n"},
    {IMPORT "--from x --alerts --json lines.txt", 2,
     "earshot: --alerts is JSON by itself: leave out --json\n"},
    {IMPORT "--from x many.csv", 2, "earshot: many.csv holds 3 queries, each with its name: give --alerts\n"},
    {"echo '{\"data\":[{\"value\":\"acme\",\"tag\":\"Acme\"}]}' | " IMPORT "--from x --alerts", 0,
     "{\"id\":\"acme\",\"query\":\"acme\",\"name\":\"Acme\"}\n"},
    {IMPORT "--from x absent.csv", 1, "earshot: absent.csv: No such file or directory\n"},
    {IMPORT "--from x --alerts absent", 1, "earshot: absent: No such file or directory\n"},
    {IMPORT "--from x .", 1, "earshot: .: is a directory\n"},
};

static void test_whole(void **state) {
    (void)state;
    shell_check(WHOLE, COUNT_OF(WHOLE));
}

/* What a query holds must not reach the terminal as it is. */
static void test_terminal_is_safe(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    assert_int_equal(shell_run(IMPORT "--from x odd 2>&1 >/dev/null", &out), 0);
    assert_non_null(strstr(out.ptr, "no language of ISO 639-1"));
    assert_null(strchr(out.ptr, '\033'));
    assert_null(strstr(out.ptr, "\xE2\x80\xAE"));
    buf_free(&out);
}

static void test_help(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    assert_int_equal(shell_run("earshot query --help", &out), 0);
    assert_non_null(strstr(out.ptr, "import"));
    assert_int_equal(shell_run(IMPORT "--help", &out), 0);
    assert_non_null(strstr(out.ptr, "not carried  left out"));
    assert_non_null(strstr(out.ptr, "earshot alerts apply -"));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole), cmocka_unit_test(test_terminal_is_safe),
                                       cmocka_unit_test(test_help)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
