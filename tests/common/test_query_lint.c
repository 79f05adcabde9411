/* Every rule of query_lint.md, in several scripts, and queries that none of them minds. */
#include "query_common.h"
#include "query_cover.h"

#include "cmocka_all.h"
#include "earshot/query_lint.h"

#include <stdio.h>

static const struct {
    const char *query;
    const char *findings; /* severity, rule, bytes of each */
    const char *says;     /* what or instead of one has this in it; NULL: any */
} CASES[] = {
    /* nothing to say */
    {"acme", "", NULL},
    {"acme OR \"globex corp\" OR @acme", "", NULL},
    {"(acme OR globex) AND (broken OR kaputt) -\"hotel globex\"", "", NULL},
    {"лумева AND (сломан OR брак)", "", NULL},
    {"社交聆聽 OR 品牌監測", "", NULL},
    {"لوميفا OR #لوميفا2", "", NULL},
    {"acme OR (corp AND shop)", "", NULL},
    {"acme AND NOT lang:de", "", NULL},
    {"acme AND source:social AND source:mastodon", "", NULL},
    {"acme AND site:a.com AND site:b.com", "", NULL},
    {"acme AND followers:[1000 TO *] AND followers:[* TO 2000]", "", NULL},
    {"\"war AND peace\" OR x1", "warning quoted-operator 0-15", "close the quotes before AND"},
    {"\"WAR AND PEACE\"", "", NULL},
    {"acme AND rating:[1 TO 2]", "", NULL},
    /* never */
    {"acme AND NOT acme", "error never 9-17", "the query can never match: `acme` excludes all"},
    {"acme -Acme", "error never 5-10", NULL},
    {"\"acme corp\" -acme", "error never 12-17", NULL},
    {"acme -acm*", "error never 5-10", NULL},
    {"café -cafe", "error never 6-11", NULL},
    {"cafe -café", "", NULL},
    {"müller -mueller", "error never 8-16", NULL},
    {"müller -muller", "", NULL},
    {"кошка -кош*", "error never 11-19", NULL},
    {"\"добрый день\" -день", "error never 24-33", NULL},
    {"社交聆聽 -社交聆聽", "error never 13-26", NULL},
    {"سلام -سلام", "error never 9-18", NULL},
    {"#acme -acme", "error never 6-11", NULL},
    {"acme -#acme", "", NULL},
    {"@acme@example.social -@acme", "error never 21-27", NULL},
    {"(acme AND corp) -(acme OR x1)", "error never 16-29", NULL},
    {"acme AND corp AND NOT (corp AND acme)", "error never 18-37", NULL},
    {"acme AND (corp OR (shop -shop))", "warning never 24-29", "this part can never match"},
    {"title:acme -acme", "error never 11-16", NULL},
    {"shop AND title:(acme -acme)", "error never 21-26", NULL},
    {"shop -(corp -corp)", "warning never 12-17", NULL},
    {"shop AND followers:[1 TO 5] AND followers:[5 TO 9]", "", NULL},
    {"shop AND rating:[* TO 1] AND rating:[1 TO *]", "", NULL},
    {"acme -title:acme", "", NULL},
    {"acme NEAR/3 corp -corp", "error never 17-22", NULL},
    {"acme AND lang:de AND lang:nl", "error never 21-28", "`lang:de` and `lang:nl` cannot both be"},
    {"acme AND lang:(de OR nl) AND lang:(fr OR pl)", "error never 29-44", NULL},
    {"acme AND lang:(de OR nl) AND lang:(nl OR pl)", "", NULL},
    {"acme AND type:post AND type:review", "error never 23-34", NULL},
    {"acme AND source:blog AND source:news", "error never 25-36", NULL},
    {"acme AND source:mastodon AND source:bluesky", "error never 29-43", NULL},
    {"acme AND country:DE AND country:AT", "error never 24-34", NULL},
    {"acme AND followers:[1000 TO *] AND followers:[* TO 10]", "error never 35-54", NULL},
    {"acme AND rating:[4 TO 5] AND rating:[1 TO 2.5]", "error never 29-46", NULL},
    {"acme AND site:blog.a.com -site:a.com", "error never 25-36", NULL},
    {"acme AND site:a.com -site:blog.a.com", "", NULL},
    /* broad */
    {"the", "warning broad 0-3", "finds nearly everything"},
    {"acme OR the", "warning broad 8-11", NULL},
    {"die AND der", "warning broad 0-11", NULL},
    {"the AND lang:en", "warning broad 0-15", NULL},
    {"что OR лумева", "warning broad 0-6", NULL},
    {"的 OR 品牌", "warning broad 0-3", NULL},
    {"acme AND the", "note broad 9-12", "narrows little"},
    {"acme AND (the OR shop)", "note broad 9-22", NULL},
    {"acme -the", "warning broad 5-9", "excludes nearly everything"},
    {"acme AND title:the", "note broad 9-18", NULL},
    /* expensive */
    {"author:@acme", "warning expensive 0-12", "a field alone has no word"},
    {"acme OR site:acme.com", "warning expensive 8-21", NULL},
    {"link:acme.com", "warning expensive 0-13", NULL},
    {"acme OR author:jane OR shop", "warning expensive 8-19", NULL},
    {"author:@acme AND shop", "", NULL},
    {"acm*", "note expensive 0-4", "so few letters"},
    {"ac*e", "note expensive 0-4", NULL},
    {"acme*", "", NULL},
    {"кош*", "note expensive 0-7", NULL},
    {"社*", "note expensive 0-4", NULL},
    {"社交*", "", NULL},
    {"\"to be\"", "warning expensive 0-7", "very common"},
    {"{:)}", "warning expensive 0-4", "no letter or digit"},
    {"{C++}", "", NULL},
    {"acm* AND corp", "", NULL},
    {"(the OR acme) NEAR/3 (to OR corp)", "warning expensive 0-33", NULL},
    /* redundant */
    {"acme OR acme", "note redundant 8-12", "stands here twice"},
    {"acme OR ACME", "note redundant 8-12", "finds all that"},
    {"acme OR acme*", "note redundant 0-4", "`acme*` finds all that `acme` finds"},
    {"acme OR \"acme corp\"", "note redundant 8-19", NULL},
    {"acme OR #acme", "note redundant 8-13", NULL},
    {"acme OR @acme", "", NULL},
    {"cafe OR café", "note redundant 8-13", NULL},
    {"müller OR mueller", "note redundant 0-7", NULL},
    {"müller OR muller", "", NULL},
    {"muellers OR mueller*", "", NULL},
    {"acme OR acme~1", "note redundant 0-4", NULL},
    {"acne OR acme~1", "note redundant 0-4", NULL},
    {"microsoft~2 OR microsoft~1", "note redundant 15-26", NULL},
    {"acme OR ac?e* OR shop", "note redundant 0-4; note expensive 8-13", NULL},
    {"кошка OR Кошка", "note redundant 14-24", NULL},
    {"кошка OR \"белая кошка\"", "note redundant 14-37", NULL},
    {"社交 OR 社交聆聽", "", NULL},
    {"社交* OR 社交聆聽", "note redundant 11-23", NULL},
    {"社交聆聽 OR 社交聆听", "note redundant 16-28", NULL},
    {"سلام OR سلام", "note redundant 12-20", NULL},
    {"👍 OR 👍🏽", "note redundant 8-16", NULL},
    {"acme AND \"acme corp\"", "note redundant 0-4", "where it is, `acme` is"},
    {"shop AND acme AND shop", "note redundant 18-22", NULL},
    {"shop -acme -\"acme corp\"", "note redundant 11-23", NULL},
    {"acme AND (acme OR corp)", "note redundant 9-23", NULL},
    {"shop AND lang:(de OR de)", "note redundant 9-24", NULL},
    {"shop AND site:a.com AND site:b.a.com", "note redundant 9-19", NULL},
    {"shop AND followers:[10 TO *] AND followers:[5 TO *]", "note redundant 33-51", NULL},
    {"shop AND (link:acme.com OR link:acme)", "note redundant 10-23", NULL},
    {"{BT} OR {BT} OR bt", "note redundant 8-12", NULL},
    {"\"acme corp\"~5 OR \"acme corp\"", "note redundant 17-28", NULL},
    {"acme NEAR/5 corp OR acme ONEAR/2 corp", "note redundant 20-37", NULL},
    {"acme NEAR/2 corp OR acme NEAR/5 corp", "note redundant 0-16", NULL},
    {"acme ONEAR/5 corp OR acme NEAR/2 corp", "", NULL},
    {"acme NEAR/5 corp NEAR/5 shop OR acme NEAR/5 corp", "", NULL},
    {"shop AND (author:@jane OR author:jane)", "note redundant 10-22", NULL},
    {"shop AND (author:@jane OR author:@joe)", "", NULL},
    {"shop AND (author:\"van doe\" OR author:\"van  Doe\")", "note redundant 30-47", NULL},
    {"shop AND (author:\"van doe\" OR author:van)", "", NULL},
    {"shop AND (author:@jane OR author:\"jane doe\")", "", NULL},
    {"müller OR #mueller", "note redundant 11-19", NULL},
    {"müller OR #müller", "note redundant 11-19", NULL},
    {"müller OR #muller", "", NULL},
    {"muller OR #müller", "note redundant 10-18", NULL},
    {"#café OR #cafe", "", NULL},
    {"\"acme corp\" OR \"acme #corp\"", "", NULL},
    {"ac?e OR ac*e", "note expensive 0-4; note expensive 8-12", NULL},
    {"acme* OR acmes?x", "note redundant 9-16", NULL},
    {"\"acme corp\"~2 OR \"acme corp\"~5", "note redundant 0-13", NULL},
    {"\"acme corp\"~2 OR \"acme shop\"~2", "", NULL},
    {"\"acme corp shop\"~5 OR \"acme corp\"~5", "", NULL},
    {"muller OR müller~1", "", NULL},
    {"{BT} OR {BU}", "", NULL},
    {"acxxe OR ac*xe", "note redundant 0-5; note expensive 9-14", NULL},
    {"acxex OR ac*xe", "note expensive 9-14", NULL},
    {"ac2xe OR ac?xe", "note redundant 0-5; note expensive 9-14", NULL},
    {"кошка OR кош?а", "note redundant 0-10; note expensive 14-23", NULL},
    {"haeuser OR haeu*", "", NULL},
    {"moebel OR moeb*", "", NULL},
    {"muenzen OR muen*", "", NULL},
    {"munich OR muni*", "note redundant 0-6", NULL},
    {"müller OR mülle*", "", NULL},
    {"café OR cafè", "", NULL},
    {"shop AND rating:[1 TO 4] AND rating:[1 TO 5]", "note redundant 29-44", NULL},
    {"shop AND rating:[1 TO 5] AND rating:[2 TO 5]", "note redundant 9-24", NULL},
    {"title:acme OR acme", "note redundant 0-10; note title-reach 14-18", NULL},
    {"acme AND link:\"x\ny\" AND link:\"x\ny\"", "note redundant 24-34", "`link:\"x y\"` stands here twice"},
    {"shop AND NOT NOT acme", "note double-not 9-21", "acme"},
    /* slips */
    {"acme OR or OR shop", "warning broad 8-10; warning operator-word 8-10", "the operator is OR"},
    {"acme AND und AND shop", "note broad 9-12; warning operator-word 9-12", NULL},
    {"лумева OR или", "warning operator-word 16-22", NULL},
    {"acme AND near AND shop", "warning operator-word 9-13", NULL},
    {"acme AND \"near\" AND shop", "", NULL},
    {"\"acme OR corp\"", "warning quoted-operator 0-14", "inside quotes OR is a word"},
    {"\"acme OR corp\"~5", "warning quoted-operator 0-16", NULL},
    {"\"acme or corp\"", "", NULL},
    {"\"кошка OR собака\"", "warning quoted-operator 0-28", NULL},
    {"@acme#corp", "warning sign-inside 0-10", "`#` inside a word begins no tag"},
    {"acme#corp", "warning sign-inside 0-9", NULL},
    {"jane@shop.com", "warning sign-inside 0-13", "`@` inside a word begins no handle"},
    {"acme-corp", "", NULL},
    {"acme OR corp AND shop", "warning mixed 0-21",
     "(corp AND shop) if that is meant, else (acme OR corp) AND shop"},
    {"acme AND corp OR shop", "warning mixed 0-21", "else acme AND (corp OR shop)"},
    {"acme OR corp -shop", "warning mixed 0-18", "else (acme OR corp) AND NOT shop"},
    {"acme -corp OR shop", "warning mixed 0-18", "else acme AND NOT (corp OR shop)"},
    {"acme OR corp AND shop AND x1", "warning mixed 0-28", "else parentheses around the OR"},
    {"globex OR acme OR corp AND shop", "warning mixed 0-31", "else parentheses around the OR"},
    {"(acme OR shop) AND corp OR globex", "warning mixed 0-33", "else parentheses around the OR"},
    {"кошка OR собака AND дом", "warning mixed 0-37", NULL},
    {"社交 OR 品牌 AND 監測", "warning mixed 0-27", NULL},
    {"shop AND (acme OR corp)", "", NULL},
    {"title:acme OR corp", "note title-reach 14-18", "title:(acme OR corp) for both"},
    {"title:acme AND corp", "note title-reach 15-19", NULL},
    {"title:(acme OR corp) OR shop", "", NULL},
    {"\"why acme?\"", "warning question-mark 0-11", "no question mark"},
    {"\"где кошка?\"", "warning question-mark 0-20", NULL},
    {"{acme*}", "warning exact-wildcard 0-7", "acme* without braces"},
    {"{~1}", "", NULL},
    {"{acme1}", "", NULL},
    {"{*}", "warning expensive 0-3", NULL},
    {"{acme~1}", "warning exact-wildcard 0-8", NULL},
    {"acme AND site:www.acme.com", "warning field-value 9-26", "site:acme.com, which finds www. too"},
    {"acme AND lang:uk", "note field-value 9-16", "lang:uk is Ukrainian"},
    {"acme AND lang:se", "note field-value 9-16", "Swedish is lang:sv"},
    {"\u0430cme", "warning mixed-scripts 0-5", "two scripts"},
    {"\u0430cme AND shop", "warning mixed-scripts 0-5", NULL},
    {"z\u0430z", "warning mixed-scripts 0-4", NULL},
    {"Z\u0430", "warning mixed-scripts 0-3", NULL},
    {"A\u0431", "warning mixed-scripts 0-3", NULL},
    {"\u03b1\u0431", "warning mixed-scripts 0-4", NULL},
    {"caf\u00e9\u00e9", "", NULL},
    {"\"shop \u0391cme\"", "warning mixed-scripts 0-12", NULL},
    {"手機shop", "", NULL},
};

static void lint(const char *text, struct arena *arena, struct buf *out, struct query_findings *found) {
    struct query_error error;
    struct query *query = query_parse(span_of(text), arena, &error);
    if (!query)
        fail_msg("%s: byte %zu: %s", text, error.byte, error.text);
    *found = query_lint(query, span_of(text), arena);
    buf_clear(out);
    buf_add_str(out, "");
    for (size_t i = 0; i < found->count; i++)
        buf_printf(out, "%s%s %s %zu-%zu", i ? "; " : "", query_severity_name(found->list[i].severity),
                   found->list[i].rule, found->list[i].start, found->list[i].end);
}

static bool says(const struct query_findings *found, const char *text) {
    for (size_t i = 0; i < found->count; i++)
        if (strstr(found->list[i].what, text) ||
            (found->list[i].instead && strstr(found->list[i].instead, text)))
            return true;
    return false;
}

static void each_rule_finds_what_it_is_for(void **state) {
    (void)state;
    struct arena *arena = arena_new(65536);
    struct query_findings found;
    struct buf out;
    size_t wrong = 0;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        lint(CASES[i].query, arena, &out, &found);
        bool right = strcmp(buf_span(&out).ptr, CASES[i].findings) == 0 &&
                     (!CASES[i].says || says(&found, CASES[i].says));
        wrong += !right;
        if (!right)
            print_error("%s: %s, wanted %s\n", CASES[i].query, buf_span(&out).ptr, CASES[i].findings);
        for (size_t f = 0; !right && f < found.count; f++)
            print_error("    %s | %s\n", found.list[f].what,
                        found.list[f].instead ? found.list[f].instead : "");
        arena_reset(arena);
    }
    print_message("%zu cases\n", COUNT_OF(CASES));
    assert_int_equal(wrong, 0);
    buf_free(&out);
    arena_free(&arena);
}

/* As long as a query may be: an answer, and no more findings than there is room for. */
static void the_longest_query_is_linted(void **state) {
    (void)state;
    struct arena *arena = arena_new(65536);
    struct query_findings found;
    struct buf text, out;
    buf_init(&text, QUERY_BYTES_MAX);
    buf_init(&out, 1 << 20);
    for (int i = 0; i < QUERY_OPERANDS_MAX; i++)
        buf_printf(&text, "%sw%d", i ? " OR " : "", i % 2048);
    lint(text.ptr, arena, &out, &found);
    assert_int_equal(found.count, QUERY_FINDINGS_MAX);
    assert_true(found.cut);
    assert_string_equal(found.list[0].what, "`w0` stands here twice");
    buf_free(&text);
    buf_free(&out);
    arena_free(&arena);
}

/* The table is searched by halves, so its order matters; words are compared in form E. */
static void common_words_are_found(void **state) {
    (void)state;
    static const char *const COMMON[] = {"the", "und", "het", "że",   "для",  "της",
                                         "的",  "の",  "이",  "için", "että", "من"};
    for (size_t i = 0; i < COUNT_OF(COMMON); i++)
        assert_int_equal(query_is_common(span_of(COMMON[i])), i != 10);
    assert_false(query_is_common(span_of("acme")));
    assert_false(query_is_common(span_of("th")));
    assert_false(query_is_common(span_of("thee")));
    assert_false(query_is_common(span_of("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_finds_what_it_is_for),
        cmocka_unit_test(the_longest_query_is_linted),
        cmocka_unit_test(common_words_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
