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
    struct scan *scan = &reader->scan;
    size_t byte = scan_byte(scan);
    if (!shape_text(reader, member, base))
        return false;
    return alert_id_ok(*(struct span *)shape_place(member, base)) ||
           scan_fault(scan, FAULT_TYPE, byte, "not the id of an alert");
}

static bool read_flag(struct reader *reader, const struct member *member, void *base) {
    return scan_bool(&reader->scan, shape_place(member, base));
}

static bool read_score(struct reader *reader, const struct member *member, void *base) {
    double score;
    if (!scan_real(&reader->scan, -1, 1, &score))
        return false;
    *(int *)shape_place(member, base) = (int)lround(score * 1000);
    return true;
}

static bool read_part(struct reader *reader, const struct member *member, void *base) {
    double part;
    if (!scan_real(&reader->scan, 0, 1, &part))
        return false;
    *(int *)shape_place(member, base) = (int)lround(part * 1000);
    return true;
}

/* [[reason,confidence,field,start,end],…]: passed on as it stands, and not relied on. */
static bool read_reasons(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    size_t byte = scan_byte(scan);
    struct span *raw = shape_place(member, base);
    return scan_skip(scan, raw) &&
           (raw->ptr[0] == '[' || scan_fault(scan, FAULT_TYPE, byte, "expected an array"));
}

/* Ranges. */

static bool read_field(struct scan *scan, enum reader_field *out) {
    size_t byte = scan_byte(scan);
    struct span name = scan_string(scan);
    if (!name.ptr)
        return false;
    for (*out = 0; *out < READER_FIELDS; (*out)++)
        if (span_eq(name, FIELDS[*out]))
            return true;
    return scan_fault(scan, FAULT_TYPE, byte, "not one of title, text, hashtags, mentions");
}

/* [field,start,end] or [field,start,end,weight]: how many elements it has. */
static bool read_range(struct scan *scan, enum reader_field *field, struct mention_range *range,
                       size_t *count) {
    size_t byte = scan_byte(scan);
    struct scan_scope scope;
    int64_t start = 0, end = 0;
    bool ok = scan_array(scan, &scope);
    for (*count = 0; ok && scan_element(scan, &scope); ++*count) {
        if (*count == 0)
            ok = read_field(scan, field);
        else if (*count == 1)
            ok = scan_integer(scan, 0, UINT32_MAX, &start);
        else if (*count == 2)
            ok = scan_integer(scan, start, UINT32_MAX, &end);
        else
            ok = scan_real(scan, -DBL_MAX, DBL_MAX, &range->weight);
    }
    if (!scan_ok(scan))
        return false;
    if (*count < 3)
        return scan_fault(scan, FAULT_TYPE, byte, "expected [field,start,end]");
    range->field = FIELDS[*field];
    range->start = (uint32_t)start;
    range->end = (uint32_t)end;
    return true;
}

static bool read_ranges(struct reader *reader, const struct member *member, void *base, size_t wanted) {
    struct scan *scan = &reader->scan;
    struct scan_scope scope;
    const char *first = scan->at;
    if (!scan_array(scan, &scope))
        return false;
    for (size_t i = 0; scan_element(scan, &scope); i++) {
        enum reader_field field;
        struct mention_range range;
        size_t byte = scan_byte(scan), count;
        if (i == member->max)
            return scan_fault(scan, FAULT_SIZE, byte, "more than %d ranges", member->max);
        if (!read_range(scan, &field, &range, &count))
            return false;
        if (count != wanted)
            return scan_fault(scan, FAULT_TYPE, byte, "a range of %zu elements, expected %zu", count, wanted);
        if (range.end > reader->reach[field].end) {
            reader->reach[field].end = range.end;
            reader->reach[field].byte = byte;
        }
    }
    *(struct span *)shape_place(member, base) =
        (struct span){.ptr = first, .len = (size_t)(scan->at - first)};
    return scan_ok(scan);
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

bool stages_matches(struct reader *reader, const struct member *member, void *base) {
    (void)member;
    struct scan *scan = &reader->scan;
    struct mention *mention = base;
    struct shape_list list = {.size = sizeof(struct mention_match)};
    struct scan_scope scope;
    if (!scan_array(scan, &scope))
        return false;
    while (scan_element(scan, &scope)) {
        size_t byte = scan_byte(scan);
        if (list.count == MENTION_MATCHES_MAX)
            return scan_fault(scan, FAULT_SIZE, byte, "more than %d matches", MENTION_MATCHES_MAX);
        struct mention_match *match = shape_push(&list, scan->arena);
        if (!shape_read(reader, &MATCH_SHAPE, match))
            return false;
        if (list.count > 1 && span_order(match[-1].id, match->id) >= 0)
            return scan_fault(scan, FAULT_TYPE, byte, "matches must ascend by id, none twice");
    }
    mention->matches = list.items ? list.items : arena_alloc(scan->arena, 0);
    mention->match_count = list.count;
    return scan_ok(scan);
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
    struct scan *scan = &reader->scan;
    struct mention *mention = base;
    struct shape_list list = {.size = sizeof(struct mention_analysis)};
    struct scan_scope scope;
    if (!scan_array(scan, &scope))
        return false;
    while (scan_element(scan, &scope)) {
        if (list.count == MENTION_MATCHES_MAX)
            return scan_fault(scan, FAULT_SIZE, scan_byte(scan), "more than %d alerts", MENTION_MATCHES_MAX);
        if (!shape_read(reader, &ALERT_SHAPE, shape_push(&list, scan->arena)))
            return false;
    }
    mention->analyses = list.items ? list.items : arena_alloc(scan->arena, 0);
    reader->analysis_count = list.count;
    return scan_ok(scan);
}

static const char *const INTENTS[] = {"complaint", "question", "purchase", "praise", "other", NULL};

static const struct member ANALYSIS_MEMBERS[] = {
    {NAME("language"), shape_text, .offset = offsetof(struct mention, analysis_language),
     .max = MENTION_LANGUAGE_MAX},
    {NAME("intent"), shape_choice, .offset = offsetof(struct mention, intent), .choices = INTENTS},
    {NAME("risk"), read_part, .offset = offsetof(struct mention, risk)},
    {NAME("reasons"), read_reasons, .offset = offsetof(struct mention, reasons)},
    {NAME("alerts"), read_alerts, .required = true, .offset = NOWHERE},
};
static const struct shape ANALYSIS_SHAPE = {ANALYSIS_MEMBERS, COUNT_OF(ANALYSIS_MEMBERS)};

bool stages_analysis(struct reader *reader, const struct member *member, void *base) {
    (void)member;
    reader->analysis_byte = scan_byte(&reader->scan);
    return shape_read(reader, &ANALYSIS_SHAPE, base);
}

/* The whole. */

static bool check_alerts(struct reader *reader, const struct mention *mention) {
    struct scan *scan = &reader->scan;
    if (reader->stage < MENTION_ENRICHED)
        return true;
    if (reader->analysis_count != mention->match_count)
        return scan_fault(scan, FAULT_TYPE, reader->analysis_byte,
                          "analysis.alerts: %zu elements, but there are %zu matches", reader->analysis_count,
                          mention->match_count);
    for (size_t i = 0; i < mention->match_count; i++)
        if (!span_eq(mention->analyses[i].id, mention->matches[i].id))
            return scan_fault(scan, FAULT_TYPE, reader->analysis_byte,
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
            return scan_fault(&reader->scan, FAULT_TYPE, reader->reach[i].byte,
                              "a range ends at %u, but `%s` has %zu", (unsigned)reader->reach[i].end,
                              FIELDS[i].ptr, lens[i]);
    return check_alerts(reader, mention);
}

size_t mention_ranges(struct span array, struct arena *arena, const struct mention_range **out) {
    struct fault fault;
    struct scan scan;
    struct scan_scope scope;
    struct shape_list list = {.size = sizeof(struct mention_range)};
    scan_begin(&scan, array, arena, &fault);
    bool ok = array.len == 0 || scan_array(&scan, &scope);
    while (array.len && ok && scan_element(&scan, &scope)) {
        enum reader_field field;
        size_t count;
        ok = read_range(&scan, &field, shape_push(&list, arena), &count);
    }
    ASSERT(scan_ok(&scan)); /* mention_read() has seen it */
    *out = list.items;
    return list.count;
}
