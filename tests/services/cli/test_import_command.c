/* `earshot query import` as people run it: where queries come from, what goes to which output, exit codes. */
#include "cmocka_all.h"
#include "earshot/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 8 << 20 };

static char folder[] = "/tmp/earshot-import-XXXXXX";

static int run(const char *command, struct buf *out) {
    char line[4096], block[4096];
    size_t n;
    snprintf(line, sizeof line, "cd %s; { %s; } 2>&1", folder, command);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    buf_clear(out);
    while ((n = fread(block, 1, sizeof block, pipe)) > 0)
        buf_add(out, block, n);
    int status = pclose(pipe);
    buf_add_str(out, ""); /* terminated, also where nothing was said */
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void write_file(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int open_all(void **state) {
    (void)state;
    char path[4096];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s:%s", PROGRAMS, getenv("PATH"));
    setenv("PATH", path, 1);
    write_file("one.bwq", "<<< two lines >>>\nacme AND\n  minuteOfDay:[1 TO 2]\n");
    write_file("many.csv",
               "name,query\nAcme,acme OR @acme\nAcme,\"\"\"acme corp\"\" has:geo\"\nBroken,(acme\n");
    write_file("lines.txt", "acme lang:de\n\n#acme -is:retweet\n");
    write_file("words.txt", "acme -corp\nother\n");
    write_file("mention", "{\"id\":\"m1\",\"source\":{\"platform\":\"x\"},\"created_at\":"
                          "\"2026-11-21T20:25:55Z\",\"text\":\"an acme\"}\n");
    write_file("empty.csv", "name,query\n");
    write_file("odd", "acme \033[2J \xE2\x80\xAE lang:zz");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

#define IMPORT "earshot query import "

static const struct {
    const char *command;
    int code;
    const char *says; /* all of it */
} WHOLE[] = {
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
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    for (size_t i = 0; i < COUNT_OF(WHOLE); i++) {
        int code = run(WHOLE[i].command, &out);
        if (code != WHOLE[i].code || strcmp(out.ptr, WHOLE[i].says) != 0) {
            printf("%s\n%d: %s", WHOLE[i].command, code, out.ptr);
            fail();
        }
    }
    buf_free(&out);
}

/* What a query holds must not reach the terminal as it is. */
static void test_terminal_is_safe(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    assert_int_equal(run(IMPORT "--from x odd 2>&1 >/dev/null", &out), 0);
    assert_non_null(strstr(out.ptr, "no language of ISO 639-1"));
    assert_null(strchr(out.ptr, '\033'));
    assert_null(strstr(out.ptr, "\xE2\x80\xAE"));
    buf_free(&out);
}

static void test_help(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    assert_int_equal(run("earshot query --help", &out), 0);
    assert_non_null(strstr(out.ptr, "import"));
    assert_int_equal(run(IMPORT "--help", &out), 0);
    assert_non_null(strstr(out.ptr, "not carried  left out"));
    assert_non_null(strstr(out.ptr, "earshot alerts apply -"));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole), cmocka_unit_test(test_terminal_is_safe),
                                       cmocka_unit_test(test_help)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
