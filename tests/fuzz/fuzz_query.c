/* Any bytes as a query: no crash; an error is inside the text and on one line; what parses prints as a text
 * that parses to the same tree and prints the same; what the linter finds is inside the text and in order. */
#include "query_same.h"

#include "earshot/query_lint.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static void check_error(const struct query_error *error, struct span text) {
    struct buf out;
    size_t byte;
    buf_init(&out, 65536);
    must(error->byte <= text.len, "the byte is behind the text");
    must(error->text[0] && !strchr(error->text, '\n'), "not one line");
    must(text_is_utf8(span_of(error->text), &byte), "a cut character");
    query_explain_error(error, text, &out);
    must(buf_ok(&out), "the explanation is too long");
    size_t lines = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.ptr[i] == '\n';
    must(lines == 3, "the explanation has not three lines");
    buf_free(&out);
}

static void check_lint(const struct query *query, struct span text, struct arena *arena) {
    struct query_findings findings = query_lint(query, text, arena);
    size_t byte, last = 0;
    must(findings.count <= QUERY_FINDINGS_MAX, "too many findings");
    for (size_t i = 0; i < findings.count; i++) {
        const struct query_finding *finding = &findings.list[i];
        must(finding->start <= finding->end && finding->end <= text.len, "a finding is outside the text");
        must(finding->start >= last, "findings are out of order");
        must(!strchr(finding->what, '\n') && text_is_utf8(span_of(finding->what), &byte), "no line of text");
        must(!finding->instead || text_is_utf8(span_of(finding->instead), &byte),
             "a cut character in the repair");
        last = finding->start;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = {.ptr = (const char *)data, .len = size};
    struct arena *arena = arena_new(4096);
    struct query_error error;
    struct buf once, twice;
    buf_init(&once, (size_t)1 << 20);
    buf_init(&twice, (size_t)1 << 20);
    struct query *query = query_parse(text, arena, &error), *again;
    if (query) {
        check_lint(query, text, arena);
        query_print(query, &once);
        again = query_parse(buf_span(&once), arena, &error);
        must(again || once.len > QUERY_BYTES_MAX, "what was printed is refused");
        if (again)
            query_print(again, &twice);
        must(!again || query_same(query, again), "what was printed is another tree");
        must(!again || span_eq(buf_span(&once), buf_span(&twice)), "what was printed reads as another");
    } else {
        check_error(&error, text);
    }
    buf_free(&once);
    buf_free(&twice);
    arena_free(&arena);
    return 0;
}
