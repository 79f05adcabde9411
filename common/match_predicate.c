/* match_predicate: the fields of a mention that are no words. */
#include "match_parts.h"

#include "query_field.h"

#include "text_parts.h"

#include <math.h>

static bool is(struct span value, struct span name) {
    return value.len > 0 && span_same(value, name);
}

/* ? of ASCII, Spanish, Greek, Armenian, Arabic, Ethiopic, Vai, Bamum, doubled, and of full and small width.
 */
static bool is_question_mark(uint32_t code) {
    static const uint32_t MARKS[] = {0xBF,   0x37E,  0x55E,  0x61F,  0x1367, 0x2047, 0x2048,
                                     0x2049, 0x2E2E, 0xA60F, 0xA6F7, 0xFE16, 0xFE56, 0xFF1F};
    if (code < 0x80)
        return code == '?';
    for (size_t i = 0; i < COUNT_OF(MARKS); i++)
        if (MARKS[i] == code)
            return true;
    return false;
}

static bool asks(const char *from, const char *to) {
    struct span text = {from, (size_t)(to - from)};
    for (size_t at = 0; at < text.len;) {
        struct text_character c = text_character_at(text, at);
        if (is_question_mark(c.code))
            return true;
        at += c.len;
    }
    return false;
}

/* Those in links are none. */
static bool has_question(const struct match_scratch *scratch, struct span text, enum match_field field) {
    const char *from = text.ptr;
    for (uint32_t i = scratch->field_places[field].first; i < scratch->field_places[field].end; i++) {
        const struct text_place *place = &scratch->words->places[i];
        if (place->kind != TEXT_LINK)
            continue;
        if (asks(from, text.ptr + place->start))
            return true;
        from = text.ptr + place->end;
    }
    return text.len > 0 && asks(from, text.ptr + text.len);
}

/* scratch->links is only there for link:. */
static bool has_link(const struct match_scratch *scratch) {
    const struct text_words *words = scratch->words;
    for (uint32_t i = 0; i < words->place_count; i++)
        if (words->places[i].kind == TEXT_LINK && words->places[i].field <= MATCH_TEXT)
            return true;
    return scratch->document->link_count > 0;
}

static bool has_value(const struct match_scratch *scratch, enum query_value value) {
    const struct match_document *document = scratch->document;
    struct span name = span_of(query_value_name(value));
    switch (value) {
    case QUERY_IS_REPLY:
        return document->reply;
    case QUERY_IS_REPOST:
        return document->repost || is(document->type, name);
    case QUERY_HAS_LINK:
        return has_link(scratch);
    case QUERY_HAS_MEDIA:
        return document->media;
    case QUERY_HAS_QUESTION:
        return has_question(scratch, document->title, MATCH_TITLE) ||
               has_question(scratch, document->text, MATCH_TEXT);
    case QUERY_TYPE_POST:
    case QUERY_TYPE_COMMENT:
    case QUERY_TYPE_REVIEW:
    case QUERY_TYPE_ARTICLE:
    case QUERY_TYPE_REPOST:
        return is(document->type, name);
    default:
        return is(document->kind, name) || is(document->platform, name);
    }
}

/* de of de-AT. */
static bool is_language(struct span tag, const char *code) {
    const char *dash = tag.len ? memchr(tag.ptr, '-', tag.len) : NULL;
    if (dash)
        tag.len = (size_t)(dash - tag.ptr);
    return is(tag, span_of(code));
}

static bool links_hold(const struct match_scratch *scratch, struct span text) {
    const char *at = scratch->folded.ptr;
    size_t len = scratch->urls.end;
    return at && text.len > 0 && memmem(at, len, text.ptr, text.len) != NULL;
}

bool match_predicate(const struct match_scratch *scratch, const struct query_predicate *predicate) {
    const struct match_document *document = scratch->document;
    switch (predicate->field) {
    case QUERY_LINK:
        return links_hold(scratch, predicate->text);
    case QUERY_SOURCE:
        if (predicate->value == QUERY_SOURCE_PLATFORM)
            return is(document->platform, predicate->text);
        return has_value(scratch, predicate->value);
    case QUERY_TYPE:
    case QUERY_IS:
    case QUERY_HAS:
        return has_value(scratch, predicate->value);
    case QUERY_LANG:
        return is_language(document->language, predicate->code);
    case QUERY_COUNTRY:
        return is(document->country, span_of(predicate->code));
    case QUERY_FOLLOWERS:
        return document->followers >= predicate->least && document->followers <= predicate->most;
    case QUERY_ENGAGEMENT:
        return document->engagement >= predicate->least && document->engagement <= predicate->most;
    case QUERY_RATING:
        return document->rating >= predicate->low && document->rating <= predicate->high;
    case QUERY_AUTHOR:
    case QUERY_SITE:
    case QUERY_IN_TITLE:
        break; /* words */
    }
    ASSERT(false);
    return false;
}
