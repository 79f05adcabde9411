/* Explanations: of each part whether it matched, where, and which part blocks; and that the whole is what the
 * engine says of the whole query. */
#include "cmocka_all.h"
#include "earshot/buf.h"
#include "earshot/explain.h"

#include <stdio.h>

static const struct {
    const char *query, *title, *text, *parts;
} CASES[] = {
    {"acme", NULL, "The acme", "+acme@1:4-8"},
    {"acme", "Acme", "The acme", "+acme@0:0-4@1:4-8"},
    {"acme", NULL, "The cat", "-acme!not there"},
    {"кошка", NULL, "Моя кошка", "+кошка@1:7-17"},
    {"社交聆聽", NULL, "我愛社交聆听", "+社交聆聽@1:6-18"},
    {"acme AND corp", NULL, "acme", "-AND(+acme@1:0-4 -corp!not there)"},
    {"acme AND corp", NULL, "corp acme", "+AND(+acme@1:5-9 +corp@1:0-4)"},
    {"acme OR corp", NULL, "corp", "+OR(-acme +corp@1:0-4)"},
    {"acme OR corp", NULL, "cat", "-OR!none of these(-acme -corp)"},
    {"acme AND (shop OR corp)", NULL, "acme", "-AND(+acme@1:0-4 -OR!none of these(-shop -corp))"},
    {"acme -hotel", NULL, "acme hotel", "-AND(+acme@1:0-4 -NOT(+hotel@1:5-10!excluded, and there))"},
    {"acme -hotel", NULL, "acme", "+AND(+acme@1:0-4 +NOT(-hotel))"},
    {"acme -(hotel OR bar)", NULL, "acme bar",
     "-AND(+acme@1:0-4 -NOT(+OR(-hotel +bar@1:5-8!excluded, and there)))"},
    {"acme -(hotel AND bar)", NULL, "acme bar hotel",
     "-AND(+acme@1:0-4 -NOT(+AND!excluded, and there(+hotel@1:9-14 +bar@1:5-8)))"},
    {"acme AND NOT NOT corp", NULL, "acme", "-AND(+acme@1:0-4 -NOT(+NOT!excluded, and there(-corp)))"},
    {"\"acme corp\"", NULL, "acme corp", "+\"acme corp\"@1:0-9(+acme@1:0-4 +corp@1:5-9)"},
    {"\"acme corp\"", NULL, "corp acme",
     "-\"acme corp\"!its words are there, but not next to each other(+acme@1:5-9 +corp@1:0-4)"},
    {"\"acme corp\"", NULL, "acme", "-\"acme corp\"(+acme@1:0-4 -corp!not there)"},
    {"\"acme corp\" OR shop", NULL, "acme",
     "-OR!none of these(-\"acme corp\"(+acme@1:0-4 -corp!not there) -shop)"},
    {"title:(acme AND corp)", "Acme", "corp", "-title(-AND(+acme@0:0-4 -corp!not there))"},
    {"title:acme OR corp", "Acme", "corp", "+OR(+title(+acme@0:0-4) +corp@1:0-4)"},
    {"shop -title:acme", "Acme", "shop acme",
     "-AND(+shop@1:0-4 -NOT(+title!excluded, and there(+acme@0:0-4)))"},
    {"acme NEAR/1 corp", NULL, "acme x y corp",
     "-acme NEAR/1 corp!they are there, but not so near each other, or in another order(+acme@1:0-4 "
     "+corp@1:9-13)"},
    {"acme NEAR/1 corp", NULL, "acme", "-acme NEAR/1 corp(+acme@1:0-4 -corp!not there)"},
    {"acme NEAR/1 (corp OR shop)", NULL, "acme x shop",
     "+acme NEAR/1 (corp OR shop)@1:0-4@1:7-11(+acme@1:0-4 +OR(-corp +shop@1:7-11))"},
    {"\"acme corp\"~1", NULL, "corp x acme", "+\"acme corp\"~1@1:0-4@1:7-11(+acme@1:7-11 +corp@1:0-4)"},
    {"\"acme corp\"~1", NULL, "corp x y acme",
     "-\"acme corp\"~1!its words are there, but not so close together(+acme@1:9-13 +corp@1:0-4)"},
    {"acm* AND {Corp} AND shpo~1", NULL, "acmes corp shop",
     "-AND(+acm*@1:0-5 -{Corp}!not there +shpo~1@1:11-15)"},
    {"acme AND lang:de", NULL, "acme", "-AND(+acme@1:0-4 -lang:de!not so, or not known)"},
};

static void dump(const struct explain_part *part, struct buf *out) {
    static const char *const NAMES[] = {
        [EXPLAIN_TITLE] = "title", [EXPLAIN_AND] = "AND", [EXPLAIN_OR] = "OR", [EXPLAIN_NOT] = "NOT"};
    bool named = part->kind >= EXPLAIN_TITLE;
    buf_add_char(out, "-+?"[part->truth]);
    buf_add_str(out, named ? NAMES[part->kind] : part->text);
    for (size_t i = 0; !named && i < part->range_count; i++)
        buf_printf(out, "@%d:%u-%u", (int)part->ranges[i].field, part->ranges[i].start, part->ranges[i].end);
    if (part->why)
        buf_printf(out, "%s%s", part->blocks ? "!" : "?", part->why);
    for (const struct explain_part *child = part->first; child; child = child->next) {
        buf_add_char(out, child == part->first ? '(' : ' ');
        dump(child, out);
    }
    if (part->first)
        buf_add_char(out, ')');
}

static struct explain_part *explain_text(const char *text, const struct match_document *document,
                                         struct arena *arena) {
    struct query_error error;
    const struct query *query = query_parse(span_of(text), arena, &error);
    if (!query)
        fail_msg("%s: byte %zu: %s", text, error.byte, error.text);
    return explain(query, document, arena);
}

static void each_part_says_where_or_why_not(void **state) {
    (void)state;
    struct arena *arena = arena_new(65536);
    struct buf out;
    size_t wrong = 0;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct match_document document = {.title = span_of(CASES[i].title), .text = span_of(CASES[i].text)};
        buf_clear(&out);
        dump(explain_text(CASES[i].query, &document, arena), &out);
        if (strcmp(out.ptr, CASES[i].parts) != 0) {
            print_error("%s on `%s`: %s\n    wanted %s\n", CASES[i].query, CASES[i].text, out.ptr,
                        CASES[i].parts);
            wrong++;
        }
        arena_reset(arena);
    }
    assert_int_equal(wrong, 0);
    buf_free(&out);
    arena_free(&arena);
}

static const char *const QUERIES[] = {
    "acme",
    "#acme",
    "@acme",
    "\"acme corp\"",
    "acme-corp",
    "acme AND corp",
    "acme OR corp",
    "acme -corp",
    "acme AND (corp OR NOT shop)",
    "(acme -shop) OR \"corp shop\"",
    "café",
    "cafe",
    "社交",
    "社 AND 交",
    "😡 OR acme",
    "acme AND NOT (corp AND shop)",
    "#acme OR (shop AND NOT #corp)",
    "acm*",
    "ac?e OR acme~1",
    "{Acme}",
    "acme NEAR/1 corp",
    "\"acme corp\"~2",
    "title:acme",
    "title:(acme OR corp) AND shop",
    "acme AND title:(corp AND NOT shop)",
};
static const char *const TEXTS[] = {
    "",      "acme",       "Acme corp",  "corp acme",      "acme shop corp",
    "#acme", "@acme corp", "shop #corp", "café",           "cafe shop",
    "社交",  "社 交",      "😡",          "acme corp shop", "corp shop",
};

static void check_whole(const char *text, const struct match_document *document, struct arena *arena) {
    struct match_alert alert = {.id = SPAN("a"), .query = span_of(text)};
    struct query_error error;
    if (!query_parse(alert.query, arena, &error))
        return;
    struct match_index *index = match_compile(&alert, 1, NULL);
    struct match_scratch *scratch = match_scratch_new();
    const struct explain_part *root = explain_text(text, document, arena);
    const struct match_result found = match_run(index, scratch, document, arena);
    const struct match *match = found.matches;
    assert_int_equal(root->truth, found.count ? EXPLAIN_YES : EXPLAIN_NO);
    assert_int_equal(root->range_count, found.count ? match->range_count : 0);
    for (size_t i = 0; i < root->range_count; i++) {
        assert_int_equal(root->ranges[i].field, match->ranges[i].field);
        assert_int_equal(root->ranges[i].start, match->ranges[i].start);
        assert_int_equal(root->ranges[i].end, match->ranges[i].end);
    }
    match_index_free(&index);
    match_scratch_free(&scratch);
}

/* Also with hashtags, behind which the explanation puts one of its own. */
static void the_whole_is_what_the_engine_says(void **state) {
    (void)state;
    static const struct span TAGS[] = {{"acme", 4}, {"#corp", 5}};
    struct arena *arena = arena_new(65536);
    for (size_t q = 0; q < COUNT_OF(QUERIES); q++)
        for (size_t t = 0; t < COUNT_OF(TEXTS); t++)
            for (size_t tags = 0; tags <= COUNT_OF(TAGS); tags++) {
                struct match_document document = {.title = span_of(TEXTS[(t + 3) % COUNT_OF(TEXTS)]),
                                                  .text = span_of(TEXTS[t]),
                                                  .hashtags = TAGS,
                                                  .hashtag_count = tags};
                check_whole(QUERIES[q], &document, arena);
                arena_reset(arena);
            }
    arena_free(&arena);
}

/* More parts than one run of the engine may report. */
static void a_long_query_is_explained(void **state) {
    (void)state;
    struct arena *arena = arena_new(65536);
    struct buf text, words;
    buf_init(&text, QUERY_BYTES_MAX);
    buf_init(&words, QUERY_BYTES_MAX);
    for (int i = 0; i < 3000; i++) {
        buf_printf(&text, "%sw%d", i ? " AND " : "", i);
        if (i != 1500)
            buf_printf(&words, "w%d ", i);
    }
    struct match_document document = {.title = SPAN(""), .text = buf_span(&words)};
    const struct explain_part *root = explain_text(text.ptr, &document, arena);
    size_t blocking = 0, yes = 0;
    for (const struct explain_part *child = root->first; child; child = child->next) {
        blocking += child->blocks;
        yes += child->truth == EXPLAIN_YES;
        assert_int_equal(child->blocks, strcmp(child->text, "w1500") == 0);
    }
    assert_int_equal(blocking, 1);
    assert_int_equal(yes, 2999);
    buf_free(&text);
    buf_free(&words);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_says_where_or_why_not),
        cmocka_unit_test(the_whole_is_what_the_engine_says),
        cmocka_unit_test(a_long_query_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
