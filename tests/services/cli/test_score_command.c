/* `earshot score` as people run it: its errors, its words of --about, its lines and its JSON: to the byte
 * with a small model, by their structure with the built-in one. */
#include "shell.h"

#include "cmocka_all.h"
#include "earshot/intent.h"

#include <stdio.h>

/* All that it knows: "is" is English, "money" wants a refund, "great" is praise, and everybody buys. */
static void small_model_write(void) {
    char path[200];
    struct model *model = model_new();
    struct features *features = features_new();
    struct model_language *english = model_add(model, "en");
    (void)!model_add(model, MODEL_OTHER);
    uint32_t is = features_word(features, SPAN("is")), money = features_word(features, SPAN("money")),
             great = features_word(features, SPAN("great"));
    english->table.weights[feature_bucket(great)].positive = 127;
    model->things[english->view].positive = model->aims.positive = 100;
    model->identify.rows[model_row(&model->identify, is)].weights[0] = 127;
    model->intents.unit = 1000;
    model->intents.added[INTENT_PURCHASE] = 1000;
    for (size_t i = 0; i < REASONS; i++)
        model->intents.added[INTENTS + i] = -1000;
    model_entry_add(&model->intents, money)->weights[INTENTS + REASON_REFUND] = 127;
    snprintf(path, sizeof path, "%s/small.model", shell_folder());
    assert_true(model_write(model, path));
    features_free(&features);
    model_free(&model);
}

#define MENTION(id, rest)                                                                                    \
    "{\"id\":\"" id                                                                                          \
    "\",\"source\":{\"platform\":\"a\"},\"created_at\":\"2026-11-21T20:25:55Z\",\"language\":\"en\"," rest   \
    "}\n"
#define MATCHES(id, at) ",\"matches\":[{\"id\":\"" id "\",\"version\":1,\"at\":[" at "]}]"

static int open_all(void **state) {
    (void)state;
    shell_open("score");
    small_model_write();
    shell_write("lines", "I love my Acme\n" MENTION("a:1", "\"text\":\"I love my Acme\"") "\n" MENTION(
                             "a:2", "\"title\":\"Acme\",\"text\":\"I love it\"" MATCHES(
                                        "acme", "[\"title\",0,4]")) "the last one, without an end");
    shell_write("matched",
                MENTION("a:\\\"2", "\"text\":\"Acme is great\"" MATCHES("acme", "[\"text\",0,4]")));
    shell_write("raw", MENTION("a:1", "\"text\":\"Acme is great\""));
    shell_write("broken", "Acme is great\n{\"id\":}\nnever\n");
    shell_write("enriched", MENTION("a:1", "\"text\":\"x\",\"matches\":[],\"analysis\":{\"alerts\":[]}"));
    shell_write("unfit", MENTION("a:1", "\"text\":\"x\"" MATCHES("acme", "[\"text\",0,2]")));
    /* What the model decides: numbers n, labels l, intents i, and neither words nor reasons. */
    shell_write("shape.sed",
                "s/-?[0-9]+\\.[0-9]{3}/n/g\n"
                "s/\"label\":\"(positive|neutral|negative)\"/\"label\":l/g\n"
                "s/\"(complaint|question|purchase|praise|other)\"/i/\n"
                "s/\\[\"(title|text)\",[0-9]+,[0-9]+,n\\]/w/g\n"
                "s/\\[\"(anger|legal|press|refund|safety)\",n,\"(title|text)\",[0-9]+,[0-9]+\\]/r/g\n"
                "s/\\[[wr](,[wr])*\\]/[]/g\n");
    return 0;
}

static int close_all(void **state) {
    (void)state;
    return shell_close();
}

#define SMALL "earshot score --model small.model "
#define ONE   "earshot: score takes one text, or - for standard input: see earshot score --help\n"

static const struct shell_case ERRORS[] = {
    {"earshot score", 2, ONE},
    {"earshot score one two", 2, ONE},
    {"earshot score - one </dev/null", 2, ONE},
    {SMALL "x --about \"$(seq -s , 1 65)\"", 2, "earshot: --about: at most 64 words\n"},
    {SMALL "x --about \"$(seq -s , 1 64),, ,\" --json | grep -o '\"id\"' | wc -l", 0, "64\n"},
    {SMALL "x --about \"$(printf 'a,b\\377')\"", 2, "earshot: --about: byte 3 is no UTF-8\n"},
    {"(echo so; printf '%2097153s\\n' so) | " SMALL "- | wc -l", 0, "earshot: -:2: longer than 2 MiB\n1\n"},
    {"printf '%2097152s\\r\\n' so | " SMALL "- | wc -l", 0, "1\n"},
    {"earshot score x --followers -1", 2, "earshot score: --followers: -1 is less than 0\n"},
    {"earshot score x --followers many", 2, "earshot score: --followers: `many` is not a whole number\n"},
    {"earshot score x --model nowhere", 2, "earshot: nowhere: cannot be read: No such file or directory\n"},
    {"earshot score x --model lines", 2,
     "earshot: not a model of this version of Earshot, or cut short: train it again (lines)\n"},
    {SMALL "- <.", 1, "earshot: -: Is a directory\n"},
    {SMALL "- <broken >out", 1, "earshot: -:2: json: byte 6: id: expected a string, found `}`\n"},
    {SMALL "- <enriched", 1,
     "earshot: -:1: reserved: byte 114: analysis: a later stage appends this member\n"},
    {SMALL "- <unfit", 1, "earshot: -:1: type: byte 143: a range ends at 2, but `text` has 1\n"},
};

static void errors_are_told(void **state) {
    (void)state;
    shell_check(ERRORS, COUNT_OF(ERRORS));
}

/* To the byte. */

#define HEAD                                                                                                 \
    "\"language\":\"en\",\"language_confidence\":1.000,\"intent\":\"purchase\",\"intent_confidence\":1.000,"
#define CALM      "\"risk\":0.000,\"reasons\":[],"
#define GOOD      "\"label\":\"positive\",\"confidence\":1.000,\"score\":1.000,\"words\":["
#define GREAT     "[\"text\",8,13,1.000]"
#define WHOLE     "\"whole\":{" GOOD GREAT "]},\"alerts\":["
#define GREAT_ONE "{" HEAD CALM WHOLE "]}\n"

static const struct shell_case SMALL_CASES[] = {
    {SMALL "'Acme is great' --about 'Acme , ,is, nowhere ,'", 0,
     "language    en         100%\n"
     "intent      purchase   100%\n"
     "risk                     0%\n"
     "all of it   positive   100%  +1.000  great +1.000\n"
     "Acme        positive   100%  +1.000  great +1.000\n"
     "is          positive   100%  +1.000  great +1.000\n"
     "nowhere     positive   100%  +1.000  great +1.000\n"},
    {SMALL "'is my money' --title 'so great'", 0,
     "language    en         100%\n"
     "intent      purchase   100%\n"
     "risk                    45%  refund: money\n"
     "all of it   positive   100%  +1.000  great +1.000\n"},
    {SMALL "'Acme is great' --json", 0, GREAT_ONE},
    {SMALL "--json 'Acme is great' --title 'great' --about 'so \", , ACME,'", 0,
     "{" HEAD CALM "\"whole\":{" GOOD "[\"title\",0,5,1.000]," GREAT "]},\"alerts\":["
     "{\"id\":\"so \\\"\"," GOOD "[\"title\",0,5,1.000]," GREAT "]},"
     "{\"id\":\"ACME\"," GOOD "[\"title\",0,5,1.000]," GREAT "]}]}\n"},
    {SMALL "'is it great' --followers 100000 --about GREAT --json", 0,
     "{" HEAD CALM "\"whole\":{" GOOD "]},\"alerts\":[{\"id\":\"GREAT\"," GOOD "]}]}\n"},
    {SMALL "'is my money' --followers 10000 --json | grep -o '\"risk\":[^,]*'", 0, "\"risk\":0.698\n"},
    {"echo 'Acme is great' | " SMALL "-", 0, GREAT_ONE},
    {"printf 'Acme is great\\r\\nAcme is great' | " SMALL "-", 0, GREAT_ONE GREAT_ONE},
    {SMALL "- <raw", 0, "{\"id\":\"a:1\"," HEAD CALM WHOLE "]}\n"},
    {SMALL "- <matched", 0, "{\"id\":\"a:\\\"2\"," HEAD CALM WHOLE "{\"id\":\"acme\"," GOOD GREAT "]}]}\n"},
    {SMALL "- <broken 2>/dev/null", 1, GREAT_ONE}, /* what came before it */
    {SMALL "- </dev/null", 0, ""},
};

static void with_a_small_model_it_is_these_bytes(void **state) {
    (void)state;
    shell_check(SMALL_CASES, COUNT_OF(SMALL_CASES));
}

/* Whatever the model. */

#define SHAPE(language)                                                                                      \
    "\"language\":" language                                                                                 \
    ",\"language_confidence\":n,\"intent\":i,\"intent_confidence\":n,\"risk\":n,\"reasons\":[],\"whole\":{"  \
    "\"label\":l,\"confidence\":n,\"score\":n,\"words\":[]},\"alerts\":["
#define ALERT(id)  "{\"id\":\"" id "\",\"label\":l,\"confidence\":n,\"score\":n,\"words\":[]}"
#define AS_SHAPE   " | sed -Ef shape.sed"
#define LOVE       "earshot score 'I love my new Acme, it is wonderful' "
#define RISK_OF(n) "earshot score 'Broken again, I want my money back' --followers " n " --json"

static const struct shell_case CASES[] = {
    {LOVE "--json" AS_SHAPE, 0, "{" SHAPE("\"en\"") "]}\n"},
    {LOVE "--json --about ' Acme , ,new  one,it'" AS_SHAPE, 0,
     "{" SHAPE("\"en\"") ALERT("Acme") "," ALERT("new  one") "," ALERT("it") "]}\n"},
    {"earshot score - <lines" AS_SHAPE " | sed 's/\"language\":[^,]*/\"language\":n/'", 0,
     "{" SHAPE("n") "]}\n{\"id\":\"a:1\"," SHAPE("n") "]}\n{" SHAPE("n") "]}\n{\"id\":\"a:2\"," SHAPE("n")
         ALERT("acme") "]}\n{" SHAPE("n") "]}\n"},
    {"earshot score '👍' --language sv-SE --json" AS_SHAPE, 0, "{" SHAPE("\"sv\"") "]}\n"},
    {"earshot score '' --json" AS_SHAPE, 0, "{" SHAPE("null") "]}\n"},
    {LOVE "| cut -c 1-12", 0, "language    \nintent      \nrisk        \nall of it   \n"},
    {LOVE "--about my,Acme | sed -n 's/^\\(all of it\\|language\\) *\\([a-z]*\\) .*/\\2/p'", 0,
     "en\npositive\n"},
    {"earshot score 'Acme is wonderful' --json | grep -c '\"text\",8,17,'", 0, "1\n"},
    {"earshot score 'Acme is wonderful' --json --about WONDERFUL | grep -c '\"text\",8,17,'", 1, "0\n"},
    {"for n in 0 1000 10000 100000; do " RISK_OF(
         "$n") "; done | sed 's/.*\"risk\":\\([^,]*\\).*/\\1/' >risks; "
               "sort -nc risks && uniq risks | wc -l",
     0, "4\n"},
    {LOVE "--json >a; " LOVE "--json >b; echo 'I love my new Acme, it is wonderful' | earshot score - >c; "
          "cmp a b && cmp a c",
     0, ""},
};

static void with_any_model_it_has_this_shape(void **state) {
    (void)state;
    shell_check(CASES, COUNT_OF(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_told),
        cmocka_unit_test(with_a_small_model_it_is_these_bytes),
        cmocka_unit_test(with_any_model_it_has_this_shape),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
