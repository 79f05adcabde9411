/* What query_covers() says is what the engine does: wherever the narrow one matches, the wide one does. Every
 * pair of operands, on texts made of the words that could part them. An operand that the engine does not
 * carry is left out. */
#include "query_cover.h"

#include "cmocka_all.h"
#include "earshot/match.h"

#include <stdio.h>

static const char *const OPERANDS[] = {
    "acme",
    "Acme",
    "acm*",
    "acme*",
    "ac?e",
    "ac*e",
    "acme~1",
    "acne",
    "acmes",
    "#acme",
    "@acme",
    "@acme@a.example",
    "$acme",
    "{acme}",
    "{Acme}",
    "cafe",
    "café",
    "caf*",
    "cafés",
    "#café",
    "#cafe",
    "müller",
    "mueller",
    "muller",
    "mue*",
    "mul*",
    "mül*",
    "mueller~1",
    "Müllers",
    "#mueller",
    "straße",
    "strasse",
    "łódź",
    "lodz",
    "кошка",
    "кош*",
    "йод",
    "иод",
    "محمد",
    "مُحَمَّد",
    "社",
    "社交",
    "社交聆聽",
    "社交聆听",
    "\"社 交\"",
    "社*",
    "社交*",
    "#社交",
    "ソ",
    "ｿ",
    "😡",
    "😡🏽",
    "\"acme corp\"",
    "\"corp acme\"",
    "acme-corp",
    "\"acme\"",
    "\"acm* corp\"",
    "\"acme corp shop\"",
    "\"acme corp\"~0",
    "\"corp acme\"~3",
    "\"acme #café\"",
    "acme NEAR/0 corp",
    "acme NEAR/3 corp",
    "acme ONEAR/0 corp",
    "title:acme",
    "title:(acme OR corp)",
    "title:\"acme corp\"",
    "(acme AND corp)",
    "(acme AND NOT corp)",
    "(acme AND (cafe OR corp))",
    "(café AND corp)",
    "(acme AND NOT \"acme corp\")",
};
static const char *const TEXTS[] = {
    "acme",
    "Acme corp",
    "corp acme",
    "acme shop corp",
    "acmes",
    "acne",
    "ac\u0301me",
    "#acme",
    "#Acme corp",
    "@acme",
    "@acme@a.example x",
    "$acme",
    "acme-corp shop",
    "cafe",
    "café",
    "cafés",
    "#café",
    "acme #café corp",
    "müller",
    "Mueller",
    "muller",
    "#Müller",
    "muellers",
    "Müllers",
    "straße",
    "STRASSE",
    "łódź",
    "lodz",
    "кошка",
    "кошки",
    "йод",
    "иод",
    "محمد",
    "مُحَمَّد",
    "社",
    "社交",
    "社 交",
    "社交聆聽",
    "社交聆听",
    "#社交",
    "#社交聆聽",
    "ソ",
    "ｿ",
    "😡",
    "😡🏽",
    "",
    "corp",
    "acme cafe",
    "corp café",
};
enum { OPERAND_COUNT = COUNT_OF(OPERANDS), TEXT_COUNT = COUNT_OF(TEXTS), DOCUMENTS = 2 * TEXT_COUNT };

/* Whether operand i matches document d: text d, or the title d with an empty text. */
static bool matches[OPERAND_COUNT][DOCUMENTS];

static void match_all(struct arena *arena) {
    struct match_scratch *scratch = match_scratch_new();
    for (size_t i = 0; i < OPERAND_COUNT; i++) {
        struct match_alert alert = {.id = SPAN("a"), .query = span_of(OPERANDS[i])};
        struct match_index *index = match_compile(&alert, 1, NULL);
        for (size_t d = 0; d < DOCUMENTS; d++) {
            struct span text = span_of(TEXTS[d % TEXT_COUNT]);
            struct match_document document = {.text = d < TEXT_COUNT ? text : SPAN(""),
                                              .title = d < TEXT_COUNT ? SPAN("") : text};
            matches[i][d] = match_run(index, scratch, &document, arena).count > 0;
        }
        match_index_free(&index);
        arena_reset(arena);
    }
    match_scratch_free(&scratch);
}

static bool covers(size_t wide, size_t narrow, struct arena *arena) {
    char text[512];
    struct query_error error;
    snprintf(text, sizeof text, "%s OR %s", OPERANDS[wide], OPERANDS[narrow]);
    struct query *query = query_parse(span_of(text), arena, &error);
    assert_non_null(query);
    struct query_cover *cover = query_cover_new(query, arena);
    bool yes = query_covers(cover, query->first, query->last);
    arena_reset(arena);
    return yes;
}

static void what_is_covered_is_never_found_alone(void **state) {
    (void)state;
    struct arena *arena = arena_new(65536);
    size_t said = 0, wrong = 0;
    match_all(arena);
    for (size_t wide = 0; wide < OPERAND_COUNT; wide++)
        for (size_t narrow = 0; narrow < OPERAND_COUNT; narrow++) {
            if (!covers(wide, narrow, arena))
                continue;
            said++;
            for (size_t d = 0; d < DOCUMENTS; d++)
                if (matches[narrow][d] && !matches[wide][d]) {
                    print_error("%s does not cover %s: %s `%s`\n", OPERANDS[wide], OPERANDS[narrow],
                                d < TEXT_COUNT ? "text" : "title", TEXTS[d % TEXT_COUNT]);
                    wrong++;
                }
        }
    print_message("%zu of %zu pairs are covered\n", said, (size_t)OPERAND_COUNT * OPERAND_COUNT);
    assert_int_equal(wrong, 0);
    assert_true(said > OPERAND_COUNT);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_covered_is_never_found_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
