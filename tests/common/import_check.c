#include "import_check.h"

#include "earshot/text.h"

#include "cmocka_all.h"

#include <stdio.h>

enum { OUT_MAX = 1 << 20 };

static void add_findings(const struct import_result *result, struct buf *out) {
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct import_finding *finding = &result->findings[i];
        buf_printf(out, "%s%zu %s, %s", i ? "; " : "", finding->byte, import_severity_name(finding->severity),
                   import_effect_name(finding->effect));
    }
    buf_add_str(out, "");
}

static bool findings_right(const struct import_result *result, size_t len) {
    bool right = true;
    size_t byte;
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct import_finding *finding = &result->findings[i];
        struct span text = span_of(finding->text);
        right = right && finding->byte <= finding->end && finding->end <= len && text.len > 0;
        right = right && !memchr(text.ptr, '\n', text.len) && text_is_utf8(text, &byte);
        right = right && (i == 0 || result->findings[i - 1].byte <= finding->byte);
    }
    return right;
}

/* It parses, and prints as it is. */
static bool is_normal(struct span query, struct arena *arena) {
    struct query_error error;
    struct buf again;
    struct query *tree = query_parse(query, arena, &error);
    if (!tree)
        return false;
    buf_init(&again, OUT_MAX);
    query_print(tree, &again);
    bool same = span_eq(query, buf_span(&again));
    buf_free(&again);
    return same;
}

static bool check_case(const struct import_dialect *dialect, const struct import_case *expected,
                       struct arena *arena) {
    struct import_result result;
    struct query_error error = {.byte = 0};
    struct buf findings;
    struct span source = span_of(expected->source);
    buf_init(&findings, OUT_MAX);
    bool ok = import_query(dialect, source, arena, &result, &error);
    add_findings(&result, &findings);
    bool good = ok == (expected->query != NULL) && findings_right(&result, source.len) &&
                span_eq(buf_span(&findings), span_of(expected->findings ? expected->findings : ""));
    if (ok)
        good = good && span_eq(result.query, span_of(expected->query)) && is_normal(result.query, arena);
    else
        good = good && error.byte == expected->byte && error.text[0];
    if (!good)
        printf("%s\n  gives  %.*s\n  with   %s\n  error  %zu %s\n", expected->source, (int)result.query.len,
               result.query.ptr, findings.ptr, error.byte, error.text);
    buf_free(&findings);
    return good;
}

void import_check(const char *dialect, const struct import_case *cases, size_t count) {
    struct arena *arena = arena_new(1 << 16);
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        arena_reset(arena);
        wrong += !check_case(import_dialect_named(span_of(dialect)), &cases[i], arena);
    }
    arena_free(&arena);
    assert_int_equal(wrong, 0);
}
