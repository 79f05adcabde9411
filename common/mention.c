/* mention: the members of the contract, row by row. Reading is one pass over the bytes that validates all and
 * keeps a few; growing is a copy with something before the last brace. */
#include "mention_shape.h"

#include <math.h>

#define KEEP(field) .offset = offsetof(struct mention, field)
#define SKIP        .offset = NOWHERE
#define SHAPE(rows)                                                                                          \
    { (rows), COUNT_OF(rows) }

static const char *const KINDS[] = {"social", "blog", "news", "forum", "review", "web", NULL};
static const char *const TYPES[] = {"post", "comment", "review", "article", "repost", "tombstone", NULL};

static const struct member SOURCE_MEMBERS[] = {
    {NAME("kind"), shape_choice, KEEP(kind), .choices = KINDS},
    {NAME("platform"), shape_text, .required = true, KEEP(platform), .max = MENTION_PLATFORM_MAX},
    {NAME("host"), shape_text, KEEP(host)},
};
static const struct shape SOURCE = SHAPE(SOURCE_MEMBERS);

static const struct member AUTHOR_MEMBERS[] = {
    {NAME("id"), shape_text, KEEP(author_id)},         {NAME("handle"), shape_text, KEEP(author_handle)},
    {NAME("name"), shape_text, KEEP(author_name)},     {NAME("url"), shape_text, SKIP},
    {NAME("followers"), shape_count, KEEP(followers)},
};
static const struct shape AUTHOR = SHAPE(AUTHOR_MEMBERS);

static const struct member ATTACHMENT_MEMBERS[] = {
    {NAME("type"), shape_text, SKIP},
    {NAME("url"), shape_text, SKIP},
    {NAME("description"), shape_text, SKIP},
};
static const struct shape ATTACHMENT = SHAPE(ATTACHMENT_MEMBERS);

static const struct member ENGAGEMENT_MEMBERS[] = {
    {NAME("likes"), shape_count, KEEP(likes)},     {NAME("reposts"), shape_count, KEEP(reposts)},
    {NAME("replies"), shape_count, KEEP(replies)}, {NAME("views"), shape_count, SKIP},
    {NAME("score"), shape_number, SKIP},
};
static const struct shape ENGAGEMENT = SHAPE(ENGAGEMENT_MEMBERS);

static const struct member RATING_MEMBERS[] = {
    {NAME("value"), shape_number, KEEP(rating)},
    {NAME("scale"), shape_number, SKIP},
};
static const struct shape RATING = SHAPE(RATING_MEMBERS);

static const struct member GEO_MEMBERS[] = {
    {NAME("country"), shape_text, KEEP(country), .max = MENTION_COUNTRY_MAX},
};
static const struct shape GEO = SHAPE(GEO_MEMBERS);

static const struct member MENTION_MEMBERS[] = {
    {NAME("id"), shape_text, .required = true, KEEP(id), .max = MENTION_ID_MAX},
    {NAME("source"), shape_object, .required = true, SKIP, .shape = &SOURCE},
    {NAME("type"), shape_choice, KEEP(type), .choices = TYPES},
    {NAME("native_id"), shape_text, SKIP},
    {NAME("url"), shape_text, KEEP(url)},
    {NAME("title"), shape_text, KEEP(title)},
    {NAME("text"), shape_text, KEEP(text)},
    {NAME("language"), shape_text, KEEP(language), .max = MENTION_LANGUAGE_MAX},
    {NAME("author"), shape_object, KEEP(author), .shape = &AUTHOR},
    {NAME("created_at"), shape_time, .required = true, KEEP(created_at)},
    {NAME("updated_at"), shape_time, KEEP(updated_at)},
    {NAME("collected_at"), shape_time, KEEP(collected_at)},
    {NAME("in_reply_to"), shape_text, KEEP(in_reply_to)},
    {NAME("thread_id"), shape_text, SKIP},
    {NAME("repost_of"), shape_text, KEEP(repost_of)},
    {NAME("hashtags"), shape_texts, KEEP(hashtags), .count_offset = offsetof(struct mention, hashtag_count)},
    {NAME("mentions"), shape_texts, KEEP(mentions), .count_offset = offsetof(struct mention, mention_count)},
    {NAME("links"), shape_texts, KEEP(links), .count_offset = offsetof(struct mention, link_count)},
    {NAME("attachments"), shape_objects, KEEP(attachment_count), .shape = &ATTACHMENT},
    {NAME("engagement"), shape_object, SKIP, .shape = &ENGAGEMENT},
    {NAME("rating"), shape_object, SKIP, .shape = &RATING},
    {NAME("geo"), shape_object, SKIP, .shape = &GEO},
    {NAME("matches"), stages_matches, .required = true, SKIP, .since = MENTION_MATCHED},
    {NAME("matches_cut"), shape_count, KEEP(matches_cut), .since = MENTION_MATCHED},
    {NAME("analysis"), stages_analysis, .required = true, SKIP, .since = MENTION_ENRICHED},
};
static const struct shape MENTION = SHAPE(MENTION_MEMBERS);

_Static_assert(COUNT_OF(MENTION_MEMBERS) <= 64, "shape_read() keeps a bit for each");
_Static_assert((int)MENTION_DEPTH_MAX == (int)SCAN_DEPTH_MAX, "one limit");

static bool check_body(struct reader *reader, const struct mention *mention) {
    if (mention->title.ptr || mention->text.ptr)
        return true;
    return scan_fault(&reader->scan, FAULT_MISSING, mention->body_end,
                      "neither `title` nor `text` is a string");
}

bool mention_read(struct span json, enum mention_stage stage, struct arena *arena, struct mention *out,
                  struct fault *fault) {
    const size_t max = stage == MENTION_RAW ? MENTION_BYTES_MAX : MENTION_RECORD_MAX;
    struct reader reader = {.stage = stage};
    *out = (struct mention){
        .followers = -1,
        .likes = -1,
        .reposts = -1,
        .replies = -1,
        .rating = NAN,
        .created_at = MENTION_NO_TIME,
        .updated_at = MENTION_NO_TIME,
        .collected_at = MENTION_NO_TIME,
    };
    if (json.len > max)
        return fault_set(fault, FAULT_SIZE, max, "%zu bytes, more than %zu", json.len, max);
    scan_begin(&reader.scan, json, arena, fault);
    if (!shape_read(&reader, &MENTION, out))
        return false;
    out->body_end = scan_byte(&reader.scan) - 1;
    return scan_end(&reader.scan) && check_body(&reader, out) && stages_check(&reader, out);
}

void mention_append(struct buf *out, struct span json, const struct mention *mention, const char *name,
                    struct span value) {
    buf_add(out, json.ptr, mention->body_end);
    buf_add_str(out, ",\"");
    buf_add_str(out, name);
    buf_add_str(out, "\":");
    buf_add_span(out, value);
    buf_add(out, json.ptr + mention->body_end, json.len - mention->body_end);
}
