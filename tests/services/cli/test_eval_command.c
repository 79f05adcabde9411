/* `earshot eval` as people run it: its table, its JSON, its errors and exit codes. */
#include "shell.h"

#include "cmocka_all.h"

#define BRANDS            "I love Acme, it is wonderful. But Bolt is terrible, I hate it."
#define NAMES(acme, bolt) "en\tAcme\t" acme "\tBolt\t" bolt "\t" BRANDS "\n"
#define INTENT(intent)    "en\t" intent "\tx\tIt broke again, worst support ever\n"
#define RISK(more, less)  "en\tx\t" more "\t" less "\n"
#define THREAT            "You will hear from my lawyer, this is fraud"
#define THANKS            "Lovely, thank you"

static int open_all(void **state) {
    (void)state;
    shell_open("eval");
    shell_write("good.tsv", "en\tpos\tx\t3\tI love it, wonderful!\n"
                            "en\tneg\tx\t3\tworst, awful, I hate it\r\n"
                            "de\tneg\tx\t2\tschrecklich, nie wieder");
    shell_write("bad.tsv", "en\tpos\tx\t3\tgood\nen\tgood\tx\t3\tx\n");
    shell_write("empty.tsv", "");
    /* Each label, intent or order once: one is right, whatever the model. */
    shell_write("names.tsv", NAMES("pos", "pos") NAMES("pos", "neu") NAMES("pos", "neg") NAMES("neu", "pos")
                                 NAMES("neu", "neu") NAMES("neu", "neg") NAMES("neg", "pos")
                                     NAMES("neg", "neu") NAMES("neg", "neg"));
    shell_write("name.tsv", NAMES("pos", "neg") "en\tBOLT\tneg\tacme\tpos\t" BRANDS);
    shell_write("intents.tsv", "de\tother\tx\tWo kann ich das kaufen?\n" INTENT("complaint")
                                   INTENT("question") INTENT("purchase") INTENT("praise") INTENT("other"));
    shell_write("risks.tsv", RISK(THREAT, THANKS) RISK(THANKS, THREAT) RISK(THANKS, THANKS) RISK(
                                 THREAT, THREAT) "de\tx\tMein Anwalt meldet sich, das ist Betrug\tDanke");
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
    /* Of those by hand nine in ten long ones, and eight in ten short ones, are right: at least. */
    {"earshot eval " CASES_FOLDER "/languages.tsv --languages | tail -n 1 | "
     "awk '{print $1, $2, $4, ($3 + 0 >= 90 && $5 + 0 >= 80)}'",
     0, "all 175 35 1\n"},
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

#define CASE_HEAD "language      cases    right\n"

static const struct shell_case OTHERS[] = {
    {"earshot eval names.tsv --names", 0,
     CASE_HEAD "en                9   11.11%\n"
               "all               9   11.11%\n"},
    {"earshot eval name.tsv --names", 0,
     CASE_HEAD "en                2  100.00%\n"
               "all               2  100.00%\n"},
    {"earshot eval - --names --json <names.tsv", 0,
     "{\"en\":{\"n\":9,\"right\":11.11},\"all\":{\"n\":9,\"right\":11.11}}\n"},
    {"earshot eval intents.tsv --intents | sed '/^en/!s/ *[0-9.]*%/ n%/'", 0,
     CASE_HEAD "de                1 n%\n"
               "en                5   20.00%\n"
               "all               6 n%\n"},
    {"tail -n 5 intents.tsv | earshot eval - --intents --json", 0,
     "{\"en\":{\"n\":5,\"right\":20.00},\"all\":{\"n\":5,\"right\":20.00}}\n"},
    {"earshot eval risks.tsv --risks", 0,
     CASE_HEAD "de                1  100.00%\n"
               "en                4   25.00%\n"
               "all               5   40.00%\n"},
    {"head -n 1 risks.tsv | earshot eval - --risks --json", 0,
     "{\"en\":{\"n\":1,\"right\":100.00},\"all\":{\"n\":1,\"right\":100.00}}\n"},
    {"sed 's/$/\\ta tab and more/' names.tsv | earshot eval - --names --json | grep -c '\"n\":9,'", 0, "1\n"},
};

#define NAMES_WANT                                                                                           \
    "expected six columns with tabs between: language, name, label, other name, its label, text\n"
#define INTENTS_WANT "expected four columns with tabs between: language, intent, anything, text\n"
#define RISKS_WANT                                                                                           \
    "expected four columns with tabs between: language, anything, the riskier text, the less risky one\n"
#define LABEL_WANT  "columns 3 and 5, label: expected neg, neu or pos\n"
#define INTENT_WANT "column 2, intent: expected complaint, question, purchase, praise or other\n"
#define CODE_WANT   "column 1, language: expected a code such as de; at most 256 of them\n"

static const struct shell_case ERRORS[] = {
    {"earshot eval good.tsv --names", 1, "earshot: good.tsv:1: " NAMES_WANT},
    {"(cat names.tsv; echo) | earshot eval - --names", 1, "earshot: -:10: " NAMES_WANT},
    {"cut -f 1-5 names.tsv | earshot eval - --names", 1, "earshot: -:1: " NAMES_WANT},
    {"sed '2s/pos/good/' names.tsv | earshot eval - --names --json", 1, "earshot: -:2: " LABEL_WANT},
    {"sed '4s/pos/POS/' names.tsv | earshot eval - --names", 1, "earshot: -:4: " LABEL_WANT},
    {"sed '3s/en/english!/' names.tsv | earshot eval - --names", 1, "earshot: -:3: " CODE_WANT},
    {"sed 's/en//' names.tsv | earshot eval - --names", 1, "earshot: -:1: " CODE_WANT},
    {"cut -f 1-3 intents.tsv | earshot eval - --intents", 1, "earshot: -:1: " INTENTS_WANT},
    {"sed '6s/other/others/' intents.tsv | earshot eval - --intents", 1, "earshot: -:6: " INTENT_WANT},
    {"sed 's/other//' intents.tsv | earshot eval - --intents", 1, "earshot: -:1: " INTENT_WANT},
    {"cut -f 1-3 risks.tsv | earshot eval - --risks", 1, "earshot: -:1: " RISKS_WANT},
    {"sed '5s/de/toolongcode/' risks.tsv | earshot eval - --risks", 1, "earshot: -:5: " CODE_WANT},
    {"earshot eval empty.tsv --names", 1, "earshot: empty.tsv: no labelled texts in it\n"},
    {"earshot eval nowhere --risks", 1, "earshot: nowhere: No such file or directory\n"},
    {"earshot eval names.tsv --names --intents", 2,
     "earshot: eval measures one thing: see earshot eval --help\n"},
    {"earshot eval risks.tsv --languages --risks", 2,
     "earshot: eval measures one thing: see earshot eval --help\n"},
    {"earshot eval --names names.tsv names.tsv", 2,
     "earshot: eval takes one file, or - for standard input: see earshot eval --help\n"},
};

static void it_is_what_its_help_says(void **state) {
    (void)state;
    shell_check(CASES, COUNT_OF(CASES));
}

static void names_intents_and_risks_are_counted(void **state) {
    (void)state;
    shell_check(OTHERS, COUNT_OF(OTHERS));
}

static void what_is_wrong_with_a_line_is_told(void **state) {
    (void)state;
    shell_check(ERRORS, COUNT_OF(ERRORS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_its_help_says),
        cmocka_unit_test(names_intents_and_risks_are_counted),
        cmocka_unit_test(what_is_wrong_with_a_line_is_told),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
