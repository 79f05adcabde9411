/* A query and a mention, a NUL between their parts (see read_document()): the engine gives the same alone,
 * among other alerts, with another seed and with a sample; the oracle says it too where the query is of words
 * only; ranges are ascending and inside, and begin and end between characters. Bytes that are no UTF-8 are
 * tried for crashes only. */
#include "earshot/match.h"

#include "match_oracle.h"

#include "earshot/query.h"
#include "earshot/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 2000, ELEMENTS_MAX = 8, SAMPLED_MAX = 300, SAMPLED = 1000 };

/* Alerts beside the one that is tried: words, and patterns of all kinds. */
static const char *const OTHERS[] = {
    "a",
    "\"a b\"",
    "#a OR @a",
    "\xe7\xa4\xbe\xe4\xba\xa4 AND NOT a",
    "acm* OR ac?e OR \xe7\xa4\xbe*",
    "acme~1 OR microsoft~2 OR \"acm* corp\"",
    "a NEAR/3 b OR \"a b c\"~2 OR {a} OR {A b}",
    "(author:acme OR site:b.example OR link:acme) AND has:question",
    "title:(a OR acm*) AND lang:de",
};

struct mention {
    struct match_document document;
    struct span hashtags[ELEMENTS_MAX], mentions[ELEMENTS_MAX], links[ELEMENTS_MAX];
};

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

/* Up to the next `at`, which is left out of both. */
static struct span cut(struct span *rest, char at) {
    const char *end = rest->len ? memchr(rest->ptr, at, rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    struct span part = {rest->ptr, len};
    rest->ptr += len + (end != NULL);
    rest->len -= len + (end != NULL);
    return part;
}

static size_t cut_elements(struct span *rest, struct span *elements) {
    struct span part = cut(rest, '\0');
    size_t count = 0;
    while (part.len > 0 && count < ELEMENTS_MAX)
        elements[count++] = cut(&part, '|');
    return count;
}

static unsigned char take_byte(struct span *rest) {
    if (rest->len == 0)
        return 0xFF;
    rest->len--;
    return (unsigned char)*rest->ptr++;
}

/* Title, text, hashtags with | between, mentions so, links so, author's handle and name, url, host, platform,
 * kind, type, language, country; then bytes: flags, followers, engagement, rating; 0xFF: unknown. */
static void read_document(struct mention *mention, struct span rest) {
    struct match_document *document = &mention->document;
    struct span *const parts[] = {&document->author_handle, &document->author_name, &document->url,
                                  &document->host,          &document->platform,    &document->kind,
                                  &document->type,          &document->language,    &document->country};
    *document = (struct match_document){.title = cut(&rest, '\0'), .text = cut(&rest, '\0')};
    document->hashtag_count = cut_elements(&rest, mention->hashtags);
    document->mention_count = cut_elements(&rest, mention->mentions);
    document->link_count = cut_elements(&rest, mention->links);
    document->hashtags = mention->hashtags;
    document->mentions = mention->mentions;
    document->links = mention->links;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        *parts[i] = rest.len ? cut(&rest, '\0') : (struct span){NULL, 0};
    unsigned char flags = take_byte(&rest), followers = take_byte(&rest), engagement = take_byte(&rest),
                  rating = take_byte(&rest);
    document->reply = flags & 1;
    document->repost = flags & 2;
    document->media = flags & 4;
    document->followers = followers == 0xFF ? -1 : followers;
    document->engagement = engagement == 0xFF ? -1 : engagement;
    document->rating = rating == 0xFF ? NAN : rating / 2.0;
}

static bool is_valid(const struct span *texts, size_t count) {
    size_t byte;
    for (size_t i = 0; i < count; i++)
        if (texts[i].len > 0 && !text_is_utf8(texts[i], &byte))
            return false;
    return true;
}

static bool is_mention(const struct match_document *d) {
    const struct span parts[] = {d->title, d->text,     d->author_handle, d->author_name, d->url,    d->host,
                                 d->kind,  d->platform, d->type,          d->language,    d->country};
    return is_valid(parts, COUNT_OF(parts)) && is_valid(d->hashtags, d->hashtag_count) &&
           is_valid(d->mentions, d->mention_count) && is_valid(d->links, d->link_count);
}

/* Ranges. */

static bool between_characters(struct span text, uint32_t at) {
    return at <= text.len && (at == text.len || ((unsigned char)text.ptr[at] & 0xC0) != 0x80);
}

static void check_range(const struct match_range *range, const struct match_document *document) {
    struct span text = range->field == MATCH_TITLE ? document->title : document->text;
    must(range->start < range->end, "an empty range");
    if (range->field == MATCH_TITLE || range->field == MATCH_TEXT)
        must(between_characters(text, range->start) && between_characters(text, range->end),
             "a range cuts a character or is outside");
    else
        must(range->end == range->start + 1 &&
                 range->end <=
                     (range->field == MATCH_HASHTAGS ? document->hashtag_count : document->mention_count),
             "a range of elements that are not there");
}

static void check_ranges(const struct match *match, const struct match_document *document) {
    must(match->range_count <= MATCH_RANGES_MAX, "too many ranges");
    for (size_t i = 0; i < match->range_count; i++) {
        const struct match_range *range = &match->ranges[i], *last = i ? range - 1 : NULL;
        check_range(range, document);
        must(!last || last->field < range->field ||
                 (last->field == range->field && last->end <= range->start),
             "ranges overlap");
    }
}

/* The engine. */

struct tried {
    struct match_scratch *scratch;
    struct arena *arena;
    const struct match_document *document;
    bool valid, bounded;
};

/* What the first of the alerts gives: false where it does not match. */
static bool run(struct tried *tried, const struct match_alert *alerts, size_t count,
                const struct match_options *options, struct buf *given) {
    struct match_index *index = match_compile(alerts, count, options);
    const struct match_result found = match_run(index, tried->scratch, tried->document, tried->arena);
    bool does = found.count > 0 && span_eq(found.matches[0].id, alerts[0].id);
    buf_clear(given);
    if (does && tried->valid) {
        check_ranges(&found.matches[0], tried->document);
        oracle_print(&found.matches[0], given);
    }
    tried->bounded = tried->bounded || found.bounded;
    match_index_free(&index);
    return does;
}

static bool same(bool one, const struct buf *ones, bool other, const struct buf *others) {
    return one == other && span_eq(buf_span(ones), buf_span(others));
}

static void check_beside(struct tried *tried, struct span query, bool does, const struct buf *expected) {
    struct match_alert alerts[COUNT_OF(OTHERS) + 1] = {{.id = SPAN("m"), .query = query}};
    struct buf given;
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++)
        alerts[i + 1] = (struct match_alert){.id = SPAN("z"), .query = span_of(OTHERS[i])};
    buf_init(&given, 1 << 16);
    bool again = run(tried, alerts, COUNT_OF(alerts), &(struct match_options){.seed = 0x5EED}, &given);
    must(!tried->valid || tried->bounded || same(does, expected, again, &given),
         "another result among others and with another seed");
    buf_free(&given);
}

/* A sample in which the words of the mention that was run last are in all mentions. */
static void check_sampled(struct tried *tried, struct span query, bool does, const struct buf *expected) {
    const struct match_alert alert = {.id = SPAN("m"), .query = query};
    struct match_sample *sample = match_sample_new();
    struct buf given;
    buf_init(&given, 1 << 16);
    for (size_t i = 0; i < SAMPLED; i++)
        match_sample_add(sample, tried->scratch);
    bool again = run(tried, &alert, 1, &(struct match_options){.sample = sample}, &given);
    must(!tried->valid || tried->bounded || same(does, expected, again, &given),
         "another result with a sample");
    buf_free(&given);
    match_sample_free(&sample);
}

static void check(struct span query, const struct match_document *document) {
    struct match_alert alert = {.id = SPAN("m"), .query = query};
    struct tried tried = {.scratch = match_scratch_new(),
                          .arena = arena_new(4096),
                          .document = document,
                          .valid = is_mention(document)};
    struct buf given, expected;
    buf_init(&given, 1 << 16);
    buf_init(&expected, 1 << 16);
    bool does = run(&tried, &alert, 1, NULL, &given);
    if (tried.valid && !tried.bounded && oracle_knows(query)) {
        must(oracle_match(query, document, &expected) == does, "the oracle says otherwise");
        must(span_eq(buf_span(&given), buf_span(&expected)), "the oracle has other ranges");
    }
    if (document->title.len + document->text.len <= SAMPLED_MAX)
        check_sampled(&tried, query, does, &given);
    check_beside(&tried, query, does, &given);
    buf_free(&given);
    buf_free(&expected);
    match_scratch_free(&tried.scratch);
    arena_free(&tried.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span rest = {.ptr = (const char *)data, .len = size};
    struct span query = cut(&rest, '\0');
    struct mention mention;
    struct query_error error;
    read_document(&mention, rest);
    if (mention.document.title.len > TEXT_MAX || mention.document.text.len > TEXT_MAX)
        return 0;
    struct arena *arena = arena_new(4096);
    bool parses = query_parse(query, arena, &error) != NULL;
    arena_free(&arena);
    if (parses)
        check(query, &mention.document);
    return 0;
}
