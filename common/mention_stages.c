/* mention_stages: what matcher and sentiment append. It is ours, and still not trusted: anybody may write to
 * these topics, and what is read here becomes keys in Redis and offsets into texts. */
#include "mention_shape.h"

#include "earshot/alert.h"

#include <float.h>
#include <math.h>

static const struct span FIELDS[READER_FIELDS] = {
    [READER_TITLE] = NAME("title"),
    [READER_TEXT] = NAME("text"),
    [READER_HASHTAGS] = NAME("hashtags"),
    [READER_MENTIONS] = NAME("mentions"),
};

/* Alerts of a match or an analysis. */

static bool read_alert_id(struct reader *reader, const struct member *member, void *base) {
    struct json *json = &reader->json;
    size_t byte = json_byte(json);
    if (!shape_text(reader, member, base))
        return false;
    return alert_id_ok(*(struct span *)shape_place(member, base)) ||
           json_fault(json, FAULT_TYPE, byte, "not the id of an alert");
}

static bool read_flag(struct reader *reader, const struct member *member, void *base) {
    return json_bool(&reader->json, shape_place(member, base));
}

static bool read_score(struct reader *reader, const struct member *member, void *base) {
    double score;
    if (!json_real(&reader->json, -1, 1, &score))
        return false;
    *(int *)shape_place(member, base) = (int)lround(score * 1000);
    return true;
}

/* Ranges. */

static bool read_field(struct json *json, enum reader_field *out) {
    size_t byte = json_byte(json);
    struct span name = json_string(json);
    if (!name.ptr)
        return false;
    for (*out = 0; *out < READER_FIELDS; (*out)++)
        if (span_eq(name, FIELDS[*out]))
            return true;
    return json_fault(json, FAULT_TYPE, byte, "not one of title, text, hashtags, mentions");
}

/* [field,start,end] or [field,start,end,weight]: how many elements it has. */
static bool read_range(struct json *json, enum reader_field *field, struct mention_range *range,
                       size_t *count) {
    size_t byte = json_byte(json);
    struct json_scope scope;
    int64_t start = 0, end = 0;
    bool ok = json_array(json, &scope);
    for (*count = 0; ok && json_element(json, &scope); ++*count) {
        if (*count == 0)
            ok = read_field(json, field);
        else if (*count == 1)
            ok = json_integer(json, 0, UINT32_MAX, &start);
        else if (*count == 2)
            ok = json_integer(json, start, UINT32_MAX, &end);
        else
            ok = json_real(json, -DBL_MAX, DBL_MAX, &range->weight);
    }
    if (!json_ok(json))
        return false;
    if (*count < 3)
        return json_fault(json, FAULT_TYPE, byte, "expected [field,start,end]");
    range->field = FIELDS[*field];
    range->start = (uint32_t)start;
    range->end = (uint32_t)end;
    return true;
}

static bool read_ranges(struct reader *reader, const struct member *member, void *base, size_t wanted) {
    struct json *json = &reader->json;
    struct json_scope scope;
    const char *first = json->at;
    if (!json_array(json, &scope))
        return false;
    for (size_t i = 0; json_element(json, &scope); i++) {
        enum reader_field field;
        struct mention_range range;
        size_t byte = json_byte(json), count;
        if (i == member->max)
            return json_fault(json, FAULT_SIZE, byte, "more than %d ranges", member->max);
        if (!read_range(json, &field, &range, &count))
            return false;
        if (count != wanted)
            return json_fault(json, FAULT_TYPE, byte, "a range of %zu elements, expected %zu", count, wanted);
        if (range.end > reader->reach[field].end) {
            reader->reach[field].end = range.end;
            reader->reach[field].byte = byte;
        }
    }
    *(struct span *)shape_place(member, base) =
        (struct span){.ptr = first, .len = (size_t)(json->at - first)};
    return json_ok(json);
}

static bool read_at(struct reader *reader, const struct member *member, void *base) {
    return read_ranges(reader, member, base, 3);
}

static bool read_words(struct reader *reader, const struct member *member, void *base) {
    return read_ranges(reader, member, base, 4);
}

/* `matches`. */

#define MATCH(field)    offsetof(struct mention_match, field)
#define ANALYSIS(field) offsetof(struct mention_analysis, field)

static const struct member MATCH_MEMBERS[] = {
    {NAME("id"), read_alert_id, .required = true, .offset = MATCH(id)},
    {NAME("version"), shape_count, .required = true, .offset = MATCH(version)},
    {NAME("at"), read_at, .required = true, .offset = MATCH(at), .max = MENTION_RANGES_MAX},
    {NAME("at_cut"), read_flag, .offset = MATCH(at_cut)},
};
static const struct shape MATCH_SHAPE = {MATCH_MEMBERS, COUNT_OF(MATCH_MEMBERS)};

static int compare(struct span a, struct span b) {
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool stages_matches(struct reader *reader, const struct member *member, void *base) {
    (void)member;
    struct json *json = &reader->json;
    struct mention *mention = base;
    struct shape_list list = {.size = sizeof(struct mention_match)};
    struct json_scope scope;
    if (!json_array(json, &scope))
        return false;
    while (json_element(json, &scope)) {
        size_t byte = json_byte(json);
        if (list.count == MENTION_MATCHES_MAX)
            return json_fault(json, FAULT_SIZE, byte, "more than %d matches", MENTION_MATCHES_MAX);
        struct mention_match *match = shape_push(&list, json->arena);
        if (!shape_read(reader, &MATCH_SHAPE, match))
            return false;
        if (list.count > 1 && compare(match[-1].id, match->id) >= 0)
            return json_fault(json, FAULT_TYPE, byte, "matches must ascend by id, none twice");
    }
    mention->matches = list.items ? list.items : arena_alloc(json->arena, 0);
    mention->match_count = list.count;
    return json_ok(json);
}

/* `analysis`. */

static const char *const LABELS[] = {"positive", "neutral", "negative", NULL};

static const struct member ALERT_MEMBERS[] = {
    {NAME("id"), read_alert_id, .required = true, .offset = ANALYSIS(id)},
    {NAME("label"), shape_choice, .required = true, .offset = ANALYSIS(label), .choices = LABELS},
    {NAME("score"), read_score, .required = true, .offset = ANALYSIS(score)},
    {NAME("words"), read_words, .required = true, .offset = ANALYSIS(words), .max = MENTION_WORDS_MAX},
};
static const struct shape ALERT_SHAPE = {ALERT_MEMBERS, COUNT_OF(ALERT_MEMBERS)};

static bool read_alerts(struct reader *reader, const struct member *member, void *base) {
    (void)member;
    struct json *json = &reader->json;
    struct mention *mention = base;
    struct shape_list list = {.size = sizeof(struct mention_analysis)};
    struct json_scope scope;
    if (!json_array(json, &scope))
        return false;
    while (json_element(json, &scope)) {
        if (list.count == MENTION_MATCHES_MAX)
            return json_fault(json, FAULT_SIZE, json_byte(json), "more than %d alerts", MENTION_MATCHES_MAX);
        if (!shape_read(reader, &ALERT_SHAPE, shape_push(&list, json->arena)))
            return false;
    }
    mention->analyses = list.items ? list.items : arena_alloc(json->arena, 0);
    reader->analysis_count = list.count;
    return json_ok(json);
}

static const struct member ANALYSIS_MEMBERS[] = {
    {NAME("language"), shape_text, .offset = offsetof(struct mention, analysis_language),
     .max = MENTION_LANGUAGE_MAX},
    {NAME("alerts"), read_alerts, .required = true, .offset = NOWHERE},
};
static const struct shape ANALYSIS_SHAPE = {ANALYSIS_MEMBERS, COUNT_OF(ANALYSIS_MEMBERS)};

bool stages_analysis(struct reader *reader, const struct member *member, void *base) {
    (void)member;
    reader->analysis_byte = json_byte(&reader->json);
    return shape_read(reader, &ANALYSIS_SHAPE, base);
}

/* The whole. */

static bool check_alerts(struct reader *reader, const struct mention *mention) {
    struct json *json = &reader->json;
    if (reader->stage < MENTION_ENRICHED)
        return true;
    if (reader->analysis_count != mention->match_count)
        return json_fault(json, FAULT_TYPE, reader->analysis_byte,
                          "analysis.alerts: %zu elements, but there are %zu matches", reader->analysis_count,
                          mention->match_count);
    for (size_t i = 0; i < mention->match_count; i++)
        if (!span_eq(mention->analyses[i].id, mention->matches[i].id))
            return json_fault(json, FAULT_TYPE, reader->analysis_byte,
                              "analysis.alerts[%zu].id: not that of matches[%zu]", i, i);
    return true;
}

bool stages_check(struct reader *reader, const struct mention *mention) {
    const size_t lens[READER_FIELDS] = {
        [READER_TITLE] = mention->title.len,
        [READER_TEXT] = mention->text.len,
        [READER_HASHTAGS] = mention->hashtag_count,
        [READER_MENTIONS] = mention->mention_count,
    };
    for (size_t i = 0; i < READER_FIELDS; i++)
        if (reader->reach[i].end > lens[i])
            return json_fault(&reader->json, FAULT_TYPE, reader->reach[i].byte,
                              "a range ends at %u, but `%s` has %zu", (unsigned)reader->reach[i].end,
                              FIELDS[i].ptr, lens[i]);
    return check_alerts(reader, mention);
}

size_t mention_ranges(struct span array, struct arena *arena, const struct mention_range **out) {
    struct fault fault;
    struct json json;
    struct json_scope scope;
    struct shape_list list = {.size = sizeof(struct mention_range)};
    json_begin(&json, array, arena, &fault);
    bool ok = array.len == 0 || json_array(&json, &scope);
    while (array.len && ok && json_element(&json, &scope)) {
        enum reader_field field;
        size_t count;
        ok = read_range(&json, &field, shape_push(&list, arena), &count);
    }
    ASSERT(json_ok(&json)); /* mention_read() has seen it */
    *out = list.items;
    return list.count;
}
