#include "match_oracle.h"

#include "query_tree.h"

#include <stdlib.h>

enum { POSITIONS_MAX = 4096 };

struct position {
    enum match_field field;
    enum text_kind kind;
    struct span text; /* with its sign, where it stood in a text */
    uint32_t start, end;
    bool element; /* of hashtags or mentions: next to nothing */
};

struct oracle {
    struct position positions[POSITIONS_MAX];
    size_t count;
    bool chosen[POSITIONS_MAX]; /* belongs to an occurrence */
    bool joined[POSITIONS_MAX]; /* to the same one as the position before */
    struct text_folder *query_folder, *text_folder;
};

static void add_text(struct oracle *oracle, enum match_field field, struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    while (text_next(&cursor, &token)) {
        ASSERT(oracle->count < POSITIONS_MAX);
        oracle->positions[oracle->count++] = (struct position){
            .field = field,
            .kind = token.kind,
            .text = {text.ptr + token.start, token.end - token.start},
            .start = (uint32_t)token.start,
            .end = (uint32_t)token.end,
        };
    }
}

static void add_elements(struct oracle *oracle, enum match_field field, const struct span *elements,
                         size_t count) {
    for (size_t i = 0; i < count; i++)
        if (elements[i].len > text_sign(elements[i]))
            oracle->positions[oracle->count++] = (struct position){
                .field = field,
                .kind = field == MATCH_HASHTAGS ? TEXT_TAG : TEXT_HANDLE,
                .text = elements[i],
                .start = (uint32_t)i,
                .end = (uint32_t)i + 1,
                .element = true,
            };
}

static struct span name_of(struct span text) {
    size_t sign = text_sign(text);
    return (struct span){text.ptr + sign, text.len - sign};
}

static bool same(struct span a, struct span b) {
    return a.ptr && b.ptr && span_eq(a, b);
}

/* "A query word without accents matches when it equals E, S or G; one with accents when it equals E, or its
 * own G does." */
static bool word_matches(struct oracle *oracle, struct span query, struct span text) {
    struct text_forms q = text_fold(oracle->query_folder, query), t = text_fold(oracle->text_folder, text);
    if (q.s.ptr)
        return same(q.e, t.e) || same(q.g, t.e);
    return same(q.e, t.e) || same(q.e, t.s) || same(q.e, t.g);
}

static bool exactly(struct oracle *oracle, struct span query, struct span text) {
    return same(text_fold(oracle->query_folder, query).e, text_fold(oracle->text_folder, text).e);
}

static bool handle_matches(struct oracle *oracle, struct span query, struct span text) {
    if (exactly(oracle, query, text))
        return true;
    const char *host = memchr(text.ptr, '@', text.len);
    return host && host > text.ptr &&
           exactly(oracle, query, (struct span){text.ptr, (size_t)(host - text.ptr)});
}

static bool position_matches(struct oracle *oracle, const struct query_word *word,
                             const struct position *at) {
    bool same_kind = word->kind == at->kind;
    switch (word->kind) {
    case TEXT_WORD:
        return (same_kind && word_matches(oracle, word->text, at->text)) ||
               (at->kind == TEXT_TAG && word_matches(oracle, word->text, name_of(at->text)));
    case TEXT_EMOJI:
        return same_kind && same(text_fold_emoji(oracle->query_folder, word->text),
                                 text_fold_emoji(oracle->text_folder, at->text));
    case TEXT_HANDLE:
        return same_kind && handle_matches(oracle, name_of(word->text), name_of(at->text));
    default:
        return same_kind && exactly(oracle, name_of(word->text), name_of(at->text));
    }
}

static bool phrase_at(struct oracle *oracle, const struct query *phrase, size_t at) {
    for (size_t i = 0; i < phrase->word_count; i++) {
        if (at + i >= oracle->count ||
            !position_matches(oracle, &phrase->words[i], &oracle->positions[at + i]))
            return false;
        if (i > 0 && (oracle->positions[at + i].field != oracle->positions[at].field ||
                      oracle->positions[at + i].element))
            return false;
    }
    return true;
}

static void choose(struct oracle *oracle, size_t at, size_t count) {
    for (size_t i = 0; i < count; i++) {
        oracle->joined[at + i] = oracle->joined[at + i] || i > 0;
        oracle->chosen[at + i] = true;
    }
}

static bool run_phrase(struct oracle *oracle, const struct query *phrase, bool mark) {
    bool any = false;
    for (size_t at = 0; at < oracle->count;) {
        bool here = phrase_at(oracle, phrase, at);
        if (here && mark)
            choose(oracle, at, phrase->word_count);
        any = any || here;
        at += here ? phrase->word_count : 1;
    }
    for (size_t at = 0; phrase->run && at < oracle->count; at++) {
        bool here = oracle->positions[at].kind == TEXT_TAG &&
                    word_matches(oracle, phrase->run->text, name_of(oracle->positions[at].text));
        if (here && mark)
            choose(oracle, at, 1);
        any = any || here;
    }
    return any;
}

static bool run_query(struct oracle *oracle, const struct query *query, bool mark) {
    if (query->kind == QUERY_PHRASE)
        return run_phrase(oracle, query, mark);
    if (query->kind == QUERY_NOT)
        return !run_query(oracle, query->first, false);
    bool all = true, any = false;
    for (const struct query *child = query->first; child; child = child->next) {
        bool one = run_query(oracle, child, false);
        all = all && one;
        any = any || one;
    }
    bool whole = query->kind == QUERY_AND ? all : any;
    for (const struct query *child = query->first; whole && mark && child; child = child->next)
        if (run_query(oracle, child, false))
            (void)run_query(oracle, child, true);
    return whole;
}

static bool knows(const struct query *query) {
    bool all = query->kind == QUERY_PHRASE || query->kind == QUERY_AND || query->kind == QUERY_OR ||
               query->kind == QUERY_NOT;
    for (size_t i = 0; i < query->word_count; i++)
        all = all && query->words[i].form == QUERY_PLAIN;
    for (const struct query *child = query->first; all && child; child = child->next)
        all = knows(child);
    return all;
}

bool oracle_knows(struct span text) {
    struct arena *arena = arena_new(4096);
    struct query_error error;
    const struct query *query = query_parse(text, arena, &error);
    ASSERT(query);
    bool all = knows(query);
    arena_free(&arena);
    return all;
}

static void print_range(struct buf *out, size_t *count, enum match_field field, uint32_t start,
                        uint32_t end) {
    if (++*count <= MATCH_RANGES_MAX)
        buf_printf(out, "%d:%u-%u ", (int)field, start, end);
    else if (*count == MATCH_RANGES_MAX + 1)
        buf_add_str(out, "…");
}

bool oracle_match(struct span text, const struct match_document *document, struct buf *ranges) {
    struct arena *arena = arena_new(4096);
    struct query_error error;
    struct query *query = query_parse(text, arena, &error);
    ASSERT(query);
    struct oracle *oracle = xcalloc(1, sizeof *oracle);
    oracle->query_folder = text_folder_new();
    oracle->text_folder = text_folder_new();
    add_text(oracle, MATCH_TITLE, document->title);
    add_text(oracle, MATCH_TEXT, document->text);
    add_elements(oracle, MATCH_HASHTAGS, document->hashtags, document->hashtag_count);
    add_elements(oracle, MATCH_MENTIONS, document->mentions, document->mention_count);
    bool matched = run_query(oracle, query, true);
    size_t count = 0;
    for (size_t at = 0; matched && at < oracle->count; at++) {
        if (!oracle->chosen[at])
            continue;
        size_t last = at;
        while (last + 1 < oracle->count && oracle->joined[last + 1])
            last++;
        print_range(ranges, &count, oracle->positions[at].field, oracle->positions[at].start,
                    oracle->positions[last].end);
        at = last;
    }
    text_folder_free(&oracle->query_folder);
    text_folder_free(&oracle->text_folder);
    free(oracle);
    arena_free(&arena);
    return matched;
}

void oracle_print(const struct match *match, struct buf *ranges) {
    size_t count = 0;
    for (size_t i = 0; i < match->range_count; i++)
        print_range(ranges, &count, match->ranges[i].field, match->ranges[i].start, match->ranges[i].end);
    if (match->ranges_cut)
        buf_add_str(ranges, "…");
}
