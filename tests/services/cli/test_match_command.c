/* `earshot match` as people run it: its errors, its exit codes, and what it is to the pipe it stands in. */
#include "shell.h"

#include "cmocka_all.h"

#define MENTION(id, text)                                                                                    \
    "{\"id\":\"" id "\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:55Z\",\"text\":"   \
    "\"" text "\"}"
#define MATCHED(id, start, end)                                                                              \
    "{\"id\":\"" id "\",\"matches\":[{\"id\":\"acme\",\"version\":0,\"at\":[[\"text\"," #start "," #end      \
    "]]}]}\n"

static int open_all(void **state) {
    (void)state;
    shell_open("match");
    shell_write("a.json", "{\"id\":\"acme\",\"query\":\"acme\"}");
    shell_write(
        "bad.json",
        "{\"id\":\"one\",\"query\":\"x y\"}\n{\"id\":\"two\"}\n{\"id\":\"three\",\"query\":\"ok\"}\n{");
    shell_write("one", MENTION("m1", "acme"));
    shell_write("good",
                MENTION("m1", "acme") "\r\n\r\n" MENTION("m2", "other") "\n  \n" MENTION("m3", "an acme"));
    shell_write("broken", MENTION("m1", "acme") "\n{\"id\":7}\n\n" MENTION("m2", "other") "\n" MENTION(
                              "m3", "acme") "}\033[2J\n" MENTION("m4", "acme") "\n{");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    return shell_close();
}

static const struct shell_case WHOLE[] = {
    {"earshot match --alerts a.json good", 0, MATCHED("m1", 0, 4) MATCHED("m3", 3, 7)},
    {"earshot match --alerts a.json <good", 0, MATCHED("m1", 0, 4) MATCHED("m3", 3, 7)},
    {"earshot match - --alerts a.json <good", 0, MATCHED("m1", 0, 4) MATCHED("m3", 3, 7)},
    {"earshot match --alerts - good <a.json", 0, MATCHED("m1", 0, 4) MATCHED("m3", 3, 7)},
    {"cat good | earshot match --alerts a.json --count", 0,
     "# alert     mentions\nacme               2\n# read 3, matched 2, broken 0\n"},
    {"earshot match --alerts a.json </dev/null", 0, ""},
    {"echo '[]' | earshot match --alerts - good", 0, ""},
    {"earshot match --alerts a.json broken 2>/dev/null", 1, MATCHED("m1", 0, 4) MATCHED("m4", 0, 4)},
    {"earshot match --alerts a.json broken 2>&1 >/dev/null", 1,
     "broken:2: type: byte 6: id: expected a string, found a number\n"
     "broken:5: json: byte 87: expected nothing more, found `}`\n"
     "broken:7: json: byte 1: the text ends where the name of a member or `}` should be\n"
     "earshot: 3 of 6 mentions are broken: mend them, or give --skip-broken to accept that\n"},
    {"earshot match --alerts a.json --skip-broken <broken 2>&1 >/dev/null", 0,
     "-:2: type: byte 6: id: expected a string, found a number\n"
     "-:5: json: byte 87: expected nothing more, found `}`\n"
     "-:7: json: byte 1: the text ends where the name of a member or `}` should be\n"},
    {"earshot match --alerts a.json --count --skip-broken broken 2>/dev/null", 0,
     "# alert     mentions\nacme               2\n# read 6, matched 2, broken 3\n"},
    {"earshot match --alerts a.json --count broken 2>/dev/null", 1,
     "# alert     mentions\nacme               2\n# read 6, matched 2, broken 3\n"},
    /* A wrong file of alerts is told as `alerts apply` tells it, and nothing is matched. */
    {"earshot alerts apply bad.json 2>want; earshot match --alerts bad.json good 2>have; code=$?; "
     "test \"$(wc -l <want)\" = 3 && cmp want have && (exit $code)",
     1, ""},
    /* Who reads the first line only is no error, and hears none. */
    {"bash -o pipefail -c 'yes \"$(cat one)\" | head -n 50000 >many; earshot match --alerts a.json many | "
     "head -n 1'",
     0, MATCHED("m1", 0, 4)},
    {"bash -c '{ echo {; cat many; } | earshot match --alerts a.json | head -n 1; exit ${PIPESTATUS[1]}' "
     "2>/dev/null",
     0, MATCHED("m1", 0, 4)},
    {"bash -c '{ echo {; cat many; } 2>/dev/null | earshot match --alerts a.json 2>&1 >&3 | cat >&2' 3>&1 "
     "| head -n 0",
     0, "-:1: json: byte 1: the text ends where the name of a member or `}` should be\n"},
    {"earshot match --alerts a.json many | uniq -c | tr -s ' ' | head -c 7", 0, " 50000 "},
    {"earshot match --alerts a.json good >/dev/full", 1,
     "earshot: standard output: No space left on device\n"},
    {"earshot match --alerts a.json --count good >/dev/full", 1,
     "earshot: standard output: No space left on device\n"},
    {"earshot match --alerts a.json none", 1, "earshot: none: No such file or directory\n"},
    {"earshot match --alerts a.json /proc/self/mem", 1, "earshot: /proc/self/mem: Input/output error\n"},
    {"earshot match --alerts none good", 1, "earshot: none: No such file or directory\n"},
    {"earshot match --alerts a.json .", 1,
     "earshot: .: is a directory; name a file of mentions, one a line\n"},
    {"earshot match --alerts . good", 1, "earshot: .: Is a directory\n"},
    {"earshot match --alerts a.json <.", 1,
     "earshot: -: is a directory; name a file of mentions, one a line\n"},
    {"earshot match good", 2, "earshot: match takes --alerts FILE: what to match\n"},
    {"earshot match --alerts - <a.json", 2,
     "earshot: --alerts - and the mentions cannot both be standard input: name a file\n"},
    {"earshot match --alerts a.json good broken", 2,
     "earshot: match takes one MENTIONS, or - for standard input; several: cat them into it\n"},
};

static void it_says_exactly(void **state) {
    (void)state;
    shell_check(WHOLE, COUNT_OF(WHOLE));
}

/* The second line is written only when the first one's match was read: nothing may wait in a buffer. */
static void a_pause_of_the_input_lets_out_what_was_found(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    int code =
        shell_run("mkfifo gate; { cat one; echo; read -r go <gate; cat one; } | timeout 60 earshot match "
                  "--alerts a.json | "
                  "{ read -r line; echo go >gate; echo \"$line\"; cat; }",
                  &out);
    assert_int_equal(code, 0);
    assert_string_equal(out.ptr, MATCHED("m1", 0, 4) MATCHED("m1", 0, 4));
    buf_free(&out);
}

static void the_help_teaches(void **state) {
    (void)state;
    static const char *const SAYS[] = {"Usage: earshot match --alerts FILE [MENTIONS|-]",
                                       "--count",
                                       "--skip-broken",
                                       "is matched twice",
                                       "exit code is 1",
                                       "Examples"};
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    assert_int_equal(shell_run("earshot match --help", &out), 0);
    for (size_t i = 0; i < COUNT_OF(SAYS); i++)
        assert_non_null(strstr(out.ptr, SAYS[i]));
    assert_int_equal(shell_run("earshot --help", &out), 0);
    assert_non_null(strstr(out.ptr, "\n  match    "));
    assert_int_equal(shell_run("earshot match --alert a.json good", &out), 2);
    assert_non_null(strstr(out.ptr, "alerts"));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_exactly),
        cmocka_unit_test(a_pause_of_the_input_lets_out_what_was_found),
        cmocka_unit_test(the_help_teaches),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
