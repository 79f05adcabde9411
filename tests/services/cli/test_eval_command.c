/* `earshot eval` as people run it: its table, its JSON, its errors and exit codes. */
#include "shell.h"

#include "cmocka_all.h"

static int open_all(void **state) {
    (void)state;
    shell_open("eval");
    shell_write("good.tsv", "en\tpos\tx\t3\tI love it, wonderful!\n"
                            "en\tneg\tx\t3\tworst, awful, I hate it\r\n"
                            "de\tneg\tx\t2\tschrecklich, nie wieder");
    shell_write("bad.tsv", "en\tpos\tx\t3\tgood\nen\tgood\tx\t3\tx\n");
    shell_write("empty.tsv", "");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    return shell_close();
}

#define TABLE                                                                                                \
    "language      texts  macro F1         macro recall  accuracy\n"                                         \
    "de                1    100.00 ± 0.00        100.00    100.00\n"                                        \
    "en                2    100.00 ± 0.00        100.00    100.00\n"                                        \
    "average           3    100.00 ± 0.00        100.00    100.00\n"

#define ROW(name, n)                                                                                         \
    "\"" name "\":{\"n\":" n                                                                                 \
    ",\"macro_f1\":100.00,\"macro_recall\":100.00,\"accuracy\":100.00,\"error\":0.00}"

static const struct shell_case CASES[] = {
    {"earshot eval good.tsv", 0, TABLE},
    {"earshot eval - <good.tsv", 0, TABLE},
    {"earshot eval good.tsv --json", 0, "{" ROW("de", "1") "," ROW("en", "2") "," ROW("average", "3") "}\n"},
    {"earshot eval good.tsv --languages", 0,
     "language  20 chars on    right   shorter    right\n"
     "de                 1  100.00%         0    0.00%\n"
     "en                 2  100.00%         0    0.00%\n"
     "all                3  100.00%         0    0.00%\n"},
    {"earshot eval " CASES_FOLDER "/languages.tsv --languages | tail -n 1", 0,
     "all              175   98.29%        35   94.29%\n"},
    {"earshot eval - --languages --json <bad.tsv", 1,
     "earshot: -:2: column 2, label: expected neg, neu or pos\n"},
    {"head -n 1 good.tsv | earshot eval - --languages --json", 0,
     "{\"en\":{\"long\":1,\"long_right\":100.00,\"short\":0,\"short_right\":0.00},"
     "\"all\":{\"long\":1,\"long_right\":100.00,\"short\":0,\"short_right\":0.00}}\n"},
    {"earshot eval bad.tsv", 1, "earshot: bad.tsv:2: column 2, label: expected neg, neu or pos\n"},
    {"earshot eval empty.tsv", 1, "earshot: empty.tsv: no labelled texts in it\n"},
    {"earshot eval nowhere", 1, "earshot: nowhere: No such file or directory\n"},
    {"earshot eval", 2, "earshot: eval takes one file, or - for standard input: see earshot eval --help\n"},
    {"earshot eval good.tsv --model good.tsv", 2,
     "earshot: not a model of this version of Earshot, or cut short: train it again (good.tsv)\n"},
    {"printf 'toolongcode\\tpos\\tx\\t3\\tx\\n' | earshot eval -", 1,
     "earshot: -:1: column 1, language: expected a code such as de; at most 256 of them\n"},
    {"head -c 2000000 /dev/zero | tr '\\0' a | earshot eval -", 1, "earshot: -:1: longer than 1 MiB\n"},
};

static void it_is_what_its_help_says(void **state) {
    (void)state;
    shell_check(CASES, COUNT_OF(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_what_its_help_says)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
