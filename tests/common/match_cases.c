#include "match_cases.h"

#include "earshot/buf.h"
#include "earshot/query.h"

#include "cmocka_all.h"

#include <stdio.h>

static size_t cases_run;

static void print_ranges(const struct match *match, const struct match_document *document, struct buf *out) {
    for (size_t i = 0; i < match->range_count; i++) {
        const struct match_range *range = &match->ranges[i];
        struct span text = range->field == MATCH_TITLE ? document->title : document->text;
        if (i)
            buf_add_char(out, '|');
        if (range->field == MATCH_TITLE || range->field == MATCH_TEXT)
            buf_add(out, text.ptr + range->start, range->end - range->start);
        else
            buf_printf(out, "%c%u-%u", range->field == MATCH_HASHTAGS ? '#' : '@', range->start, range->end);
    }
}

static bool parses(const char *query, struct arena *arena, struct buf *out) {
    struct query_error error;
    if (query_parse(span_of(query), arena, &error))
        return true;
    buf_printf(out, "refused at byte %zu: %s", error.byte, error.text);
    return false;
}

/* False: no match. */
static bool find(struct match_scratch *scratch, const char *query, const struct match_document *document,
                 struct buf *out) {
    const struct match_alert alert = {.id = SPAN("a"), .version = 7, .query = span_of(query)};
    struct arena *arena = arena_new(4096);
    bool found = true;
    if (parses(query, arena, out)) {
        struct match_index *index = match_compile(&alert, 1, NULL);
        const struct match_result result = match_run(index, scratch, document, arena);
        found = result.count == 1;
        if (found) {
            assert_int_equal(result.matches->version, 7);
            assert_true(span_eq(result.matches->id, SPAN("a")));
            assert_false(result.matches->ranges_cut);
            print_ranges(result.matches, document, out);
        }
        assert_int_equal(result.cut, 0);
        assert_false(result.bounded);
        match_index_free(&index);
    }
    arena_free(&arena);
    return found;
}

static bool is_right(struct match_scratch *scratch, const char *query, const struct match_document *document,
                     const char *expected) {
    struct buf out;
    buf_init(&out, 65536);
    bool found = find(scratch, query, document, &out);
    bool right = found == (expected != NULL) && (!found || span_eq(buf_span(&out), span_of(expected)));
    if (!right)
        print_error("%s in %.*s / %.*s: found %.*s, not %s\n", query, (int)document->title.len,
                    document->title.len ? document->title.ptr : "", (int)document->text.len,
                    document->text.len ? document->text.ptr : "", found ? (int)out.len : 7,
                    found ? (out.len ? out.ptr : "") : "nothing", expected ? expected : "nothing");
    buf_free(&out);
    return right;
}

void match_cases_check(const char *query, const struct match_document *document, const char *found) {
    struct match_scratch *scratch = match_scratch_new();
    cases_run++;
    if (!is_right(scratch, query, document, found))
        fail();
    match_scratch_free(&scratch);
}

void match_cases_run(const struct match_case *cases, size_t count) {
    struct match_scratch *scratch = match_scratch_new(); /* goes from index to index */
    size_t wrong = 0;
    cases_run += count;
    for (size_t i = 0; i < count; i++) {
        struct span text = span_of(cases[i].text);
        const struct match_document in_text = {.text = text}, in_title = {.title = text};
        wrong += !is_right(scratch, cases[i].query, &in_text, cases[i].found);
        wrong += !is_right(scratch, cases[i].query, &in_title, cases[i].found);
    }
    match_scratch_free(&scratch);
    if (wrong)
        fail_msg("%zu of %zu are wrong", wrong, 2 * count);
}

void match_cases_print(void **state) {
    (void)state;
    print_message("%zu cases of the language\n", cases_run);
    assert_true(cases_run > 0);
}
