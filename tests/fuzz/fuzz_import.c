/* The first byte chooses the tool, the rest is its query: no crash; what comes out parses and prints as it
 * is; errors and findings are inside the source and on one line. */
#include "earshot/import.h"
#include "earshot/text.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static void check_line(const char *text) {
    size_t byte;
    must(text[0] && !strchr(text, '\n'), "not one line");
    must(text_is_utf8(span_of(text), &byte), "a cut character");
}

static void check_findings(const struct import_result *result, size_t len) {
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct import_finding *finding = &result->findings[i];
        must(finding->byte <= finding->end && finding->end <= len, "a finding outside the source");
        must(i == 0 || result->findings[i - 1].byte <= finding->byte, "findings out of order");
        check_line(finding->text);
    }
}

static void check_query(struct span query, struct arena *arena) {
    struct query_error error;
    struct buf again;
    struct query *tree = query_parse(query, arena, &error);
    must(tree, "what came out is no query");
    buf_init(&again, (size_t)1 << 20);
    query_print(tree, &again);
    must(span_eq(query, buf_span(&again)), "what came out is not in its normal form");
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const NAMES[] = {"brandwatch", "talkwalker", "x"};
    if (size == 0)
        return 0;
    const struct import_dialect *dialect = import_dialect_named(span_of(NAMES[data[0] % COUNT_OF(NAMES)]));
    struct span source = {.ptr = (const char *)data + 1, .len = size - 1};
    struct arena *arena = arena_new(4096);
    struct import_result result;
    struct query_error error = {.byte = 0};
    if (import_query(dialect, source, arena, &result, &error)) {
        check_query(result.query, arena);
    } else {
        must(error.byte <= source.len, "the byte is behind the source");
        check_line(error.text);
        must(!strstr(error.text, "is no query") || strstr(error.text, "more than"),
             "what came out is refused, and for no limit");
    }
    check_findings(&result, source.len);
    arena_free(&arena);
    return 0;
}
