/* `earshot query check` and `explain` as people run them: what they print, for whom, and their exit codes. */
#include "shell.h"

#include "cmocka_all.h"

static int open_all(void **state) {
    (void)state;
    shell_open("query");
    shell_write("query", "acme OR corp AND shop\r\n");
    shell_write("fine", "acme");
    shell_write("mention", "{\"id\":\"m\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:"
                           "55Z\",\"title\":\"an acme\","
                           "\"hashtags\":[\"acme\",\"corp\"],\"mentions\":[\"@acme\"]}\n");
    shell_write("alerts.json",
                "[{\"id\":\"one\",\"query\":\"acme\"},\n"
                "{\"id\":\"two\",\"query\":\"acme OR acme\"},\n{\"id\":\"three\",\"query\":\"x y\"}]");
    shell_write("notes.json", "{\"id\":\"two\",\"query\":\"acme OR acme\"}");
    shell_write("bad.json", "{\"id\":\"one\",\"query\":\"acme OR acme\"}\n{\"id\":\"two\"}\n");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    return shell_close();
}

#define MIXED(part, other)                                                                                   \
    "AND, NOT and - bind before OR: `" part "` is one branch [mixed]\n"                                      \
    "acme OR corp AND shop\n^~~~~~~~~~~~~~~~~~~~~\nbetter: (" part ") if that is meant, else " other "\n"
#define TWICE "`acme` stands here twice [redundant]\nacme OR acme\n        ^~~~\nbetter: leave it out\n"

static const struct shell_case WHOLE[] = {
    {"earshot query check acme", 0, "nothing to say: acme\n"},
    {"earshot query check 'shop -(a or b)' | head -n 1", 0,
     "error: byte 9: operators are written in capitals: OR [parse]\n"},
    {"earshot query check 'acme OR corp AND shop'", 1,
     "warning: byte 0 to 21: " MIXED("corp AND shop", "(acme OR corp) AND shop")},
    {"earshot query check query", 1,
     "warning: byte 0 to 21: " MIXED("corp AND shop", "(acme OR corp) AND shop")},
    {"earshot query check <query | head -n 1", 0,
     "warning: byte 0 to 21: AND, NOT and - bind before OR: `corp AND shop` is one branch [mixed]\n"},
    {"earshot query check - <fine", 0, "nothing to say: acme\n"},
    {"earshot query check fine", 0, "nothing to say: acme\n"},
    {"earshot query check 'acme OR acme'", 0, "note: byte 8 to 12: " TWICE},
    {"earshot query check -- '-acme'", 1,
     "error: byte 0: `-acme` only excludes, and would find nearly everything: say with AND what to find "
     "beside it "
     "[parse]\n-acme\n^\n"},
    {"earshot query check ''", 1, "error: byte 0: the query ends before it says a word [parse]\n\n^\n"},
    {"earshot query check \"$(printf 'a\\033[2J b')\" | head -n 2 | tail -n 1", 0, "a [2J b\n"},
    {"earshot query check --json 'acme OR acme'", 0,
     "{\"normal\":\"acme OR "
     "acme\",\"findings\":[{\"byte\":8,\"end\":12,\"severity\":\"note\",\"rule\":\"redundant\","
     "\"text\":\"`acme` stands here twice\",\"better\":\"leave it out\"}]}\n"},
    {"earshot query check --json acme", 0, "{\"normal\":\"acme\",\"findings\":[]}\n"},
    {"earshot query check --json 'a b'", 1,
     "{\"findings\":[{\"byte\":2,\"end\":2,\"severity\":\"error\",\"rule\":\"parse\",\"text\":\"two words "
     "side by side: "
     "write \\\"a b\\\", where they follow each other, or a AND b, where both must be\"}]}\n"},
    {"earshot query check --alerts alerts.json", 1,
     "alerts.json:2: two: note: byte 8 to 12: " TWICE
     "alerts.json:3: three: error: byte 2: two words side by side: write \"x y\", where they follow each "
     "other, or x "
     "AND y, where both must be [parse]\nx y\n  ^\n# checked 3, errors 1, warnings 0, notes 1\n"},
    {"earshot query check --alerts notes.json", 0,
     "notes.json:1: two: note: byte 8 to 12: " TWICE "# checked 1, errors 0, warnings 0, notes 1\n"},
    {"earshot query check --alerts --json notes.json", 0,
     "{\"id\":\"two\",\"line\":1,\"normal\":\"acme OR "
     "acme\",\"findings\":[{\"byte\":8,\"end\":12,\"severity\":\"note\","
     "\"rule\":\"redundant\",\"text\":\"`acme` stands here twice\",\"better\":\"leave it out\"}]}\n"},
    {"earshot query check --alerts bad.json >/dev/null", 1,
     "bad.json:2: two: byte 11: member `query` is missing\n"},
    {"earshot query check none.json", 1, "earshot: none.json: No such file or directory\n"},
    {"earshot query check --alerts none", 1, "earshot: none: No such file or directory\n"},
    {"earshot query check .", 1, "earshot: .: is a directory\n"},
    {"earshot query check acme corp", 2,
     "earshot: check takes one FILE, - or 'QUERY': put a query in single quotes\n"},
    /* explain */
    {"earshot query explain 'acme AND (broken OR kaputt) -hotel' 'The acme hotel is broken'", 0,
     "does not match: acme AND (broken OR kaputt) AND NOT hotel\n\n"
     "no  AND\n"
     "yes   acme  text 4-8\n"
     "yes   OR\n"
     "yes     broken  text 18-24\n"
     "no      kaputt\n"
     "no    NOT\n"
     "yes     hotel  text 9-14  <- blocks: excluded, and there\n\n"
     "text     The [acme] [hotel] is [broken]\n"},
    {"earshot query explain 'acme OR corp' 'an acme' --title 'Corp' --author ann --author-name 'Ann A.' "
     "--followers 7 "
     "--lang en --country NL --platform mastodon --kind social --type post --url https://a.example/",
     0,
     "matches: acme OR corp\n\n"
     "yes OR\n"
     "yes   acme  text 3-7\n"
     "yes   corp  title 0-4\n\n"
     "title    [Corp]\n"
     "text     an [acme]\n"},
    {"earshot query explain 'acme -@acme' --mention mention", 0,
     "does not match: acme AND NOT @acme\n\n"
     "no  AND\n"
     "yes   acme  title 3-7, hashtags 0-1\n"
     "no    NOT\n"
     "yes     @acme  mentions 0-1  <- blocks: excluded, and there\n\n"
     "title    an [acme]\n"
     "hashtags [acme] corp\n"
     "mentions [@acme]\n"},
    {"earshot query explain \"$(cat fine)\" --mention - --json <mention", 0,
     "{\"matches\":true,\"kind\":\"words\",\"part\":\"acme\",\"byte\":0,\"end\":4,\"at\":[[\"title\",3,7],["
     "\"hashtags\",0,1]]}\n"},
    {"earshot query explain fine --mention \"$(cat mention)\" --json", 0,
     "{\"matches\":true,\"kind\":\"words\",\"part\":\"acme\",\"byte\":0,\"end\":4,\"at\":[[\"title\",3,7],["
     "\"hashtags\",0,1]]}\n"},
    {"earshot query explain --json '\"acme corp\"' 'corp, acme'", 0,
     "{\"matches\":false,\"kind\":\"words\",\"part\":\"\\\"acme "
     "corp\\\"\",\"byte\":0,\"end\":11,\"blocks\":true,\"why\":"
     "\"its words are there, but not next to each other\",\"parts\":["
     "{\"matches\":true,\"kind\":\"words\",\"part\":\"acme\",\"byte\":0,\"end\":11,\"at\":[[\"text\",6,10]]},"
     "{\"matches\":true,\"kind\":\"words\",\"part\":\"corp\",\"byte\":0,\"end\":11,\"at\":[[\"text\",0,4]]}]}"
     "\n"},
    {"earshot query explain acme \"$(printf 'acme \\033[2J')\" | tail -n 1", 0,
     "text     [acme] \xef\xbf\xbd[2J\n"},
    {"earshot query explain 'a b' x", 1,
     "byte 2: two words side by side: write \"a b\", where they follow each other, or a AND b, where both "
     "must be\n"
     "a b\n  ^\n"},
    {"earshot query explain acme \"$(printf '\\377')\"", 1,
     "earshot: the text or an option is no valid UTF-8\n"},
    {"earshot query explain acme x --kind tv", 1,
     "earshot: the mention: type: byte 89: source.kind: not one of social, blog, news, forum, review, "
     "web\n"},
    {"earshot query explain acme --mention '{}'", 1,
     "earshot: the mention: missing: byte 1: member `id` is missing\n"},
    {"earshot query explain acme", 2,
     "earshot: explain takes 'QUERY' and 'TEXT', or 'QUERY' and --mention JSON\n"},
    {"earshot query explain acme x --mention mention", 2,
     "earshot: explain takes 'QUERY' beside --mention: the text is in the mention\n"},
    {"earshot query explain acme --mention mention --lang de", 2,
     "earshot: --mention is all of the mention: leave out the other options about it\n"},
    {"earshot query explain - --mention - <mention", 2,
     "earshot: the query and the mention cannot both be standard input\n"},
};

static void it_says_exactly(void **state) {
    (void)state;
    shell_check(WHOLE, COUNT_OF(WHOLE));
}

static void the_help_teaches(void **state) {
    (void)state;
    static const char *const SAYS[] = {"Usage: earshot query check [FILE|-|'QUERY']", "--alerts", "--json",
                                       "Exit 0 where there is nothing or only notes", "query_lint.md"};
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    assert_int_equal(shell_run("earshot query check --help", &out), 0);
    for (size_t i = 0; i < COUNT_OF(SAYS); i++)
        assert_non_null(strstr(out.ptr, SAYS[i]));
    assert_int_equal(shell_run("earshot query --help", &out), 0);
    assert_non_null(strstr(out.ptr, "\n  check      "));
    assert_non_null(strstr(out.ptr, "\n  explain    "));
    assert_int_equal(shell_run("earshot query explain --help", &out), 0);
    assert_non_null(strstr(out.ptr, "Usage: earshot query explain 'QUERY' 'TEXT'"));
    assert_non_null(strstr(out.ptr, "--mention"));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_exactly),
        cmocka_unit_test(the_help_teaches),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
