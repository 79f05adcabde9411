/* A query, a title and a text, a NUL between them: the engine says what the oracle says; so does an index
 * where the query is one of many; ranges are ascending and inside, and begin and end between characters.
 * Bytes that are no UTF-8 are tried for crashes only. */
#include "earshot/match.h"

#include "match_oracle.h"

#include "earshot/query.h"
#include "earshot/text.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 2000 };

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static struct span cut(struct span *rest) {
    const char *nul = rest->len ? memchr(rest->ptr, '\0', rest->len) : NULL;
    size_t len = nul ? (size_t)(nul - rest->ptr) : rest->len;
    struct span part = {rest->ptr, len};
    rest->ptr += len + (nul != NULL);
    rest->len -= len + (nul != NULL);
    return part;
}

static bool between_characters(struct span text, uint32_t at) {
    return at <= text.len && (at == text.len || ((unsigned char)text.ptr[at] & 0xC0) != 0x80);
}

static void check_ranges(const struct match *match, const struct match_document *document) {
    for (size_t i = 0; i < match->range_count; i++) {
        const struct match_range *range = &match->ranges[i], *last = i ? range - 1 : NULL;
        must(range->start < range->end, "an empty range");
        must(!last || last->field < range->field ||
                 (last->field == range->field && last->end <= range->start),
             "ranges overlap");
        struct span text = range->field == MATCH_TITLE ? document->title : document->text;
        if (range->field == MATCH_TITLE || range->field == MATCH_TEXT)
            must(between_characters(text, range->start) && between_characters(text, range->end),
                 "a range cuts a character");
    }
}

static void check(struct span query, const struct match_document *document, bool valid) {
    static const char *const OTHERS[] = {"a", "\"a b\"", "#a OR @a", "\xe7\xa4\xbe\xe4\xba\xa4 AND NOT a"};
    struct match_alert alerts[COUNT_OF(OTHERS) + 1] = {{.id = SPAN("m"), .query = query}};
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++)
        alerts[i + 1] = (struct match_alert){.id = SPAN("z"), .query = span_of(OTHERS[i])};
    struct arena *arena = arena_new(4096);
    struct match_scratch *scratch = match_scratch_new();
    struct buf given, expected, alone;
    bool known = valid && oracle_knows(query);
    buf_init(&given, 1 << 16);
    buf_init(&alone, 1 << 16);
    buf_init(&expected, 1 << 16);
    for (size_t count = 1; count <= COUNT_OF(alerts); count += COUNT_OF(OTHERS)) {
        struct match_index *index = match_compile(alerts, count, NULL);
        const struct match_result found = match_run(index, scratch, document, arena);
        const struct match *matches = found.matches;
        bool does = found.count > 0 && span_eq(matches[0].id, SPAN("m"));
        buf_clear(&given);
        buf_clear(&expected);
        if (does && valid) {
            check_ranges(matches, document);
            oracle_print(matches, &given);
        }
        if (count == 1)
            buf_add_span(&alone, buf_span(&given));
        must(span_eq(buf_span(&given), buf_span(&alone)), "other alerts beside it change it");
        if (known) {
            must(oracle_match(query, document, &expected) == does, "the oracle says otherwise");
            must(span_eq(buf_span(&given), buf_span(&expected)), "the oracle has other ranges");
        }
        match_index_free(&index);
    }
    buf_free(&given);
    buf_free(&alone);
    buf_free(&expected);
    match_scratch_free(&scratch);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span rest = {.ptr = (const char *)data, .len = size};
    struct span query = cut(&rest), title = cut(&rest), text = rest;
    size_t byte;
    if (title.len > TEXT_MAX || text.len > TEXT_MAX)
        return 0;
    struct arena *arena = arena_new(4096);
    struct query_error error;
    bool parses = query_parse(query, arena, &error) != NULL;
    arena_free(&arena);
    struct match_document document = {.title = title,
                                      .text = text,
                                      .hashtags = &title,
                                      .hashtag_count = 1,
                                      .mentions = &text,
                                      .mention_count = 1};
    bool valid = text_is_utf8(title, &byte) && text_is_utf8(text, &byte);
    if (parses)
        check(query, &document, valid);
    return 0;
}
