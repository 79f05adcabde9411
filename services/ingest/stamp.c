/* stamp: a member that is there is replaced in its place (twice in an object is refused downstream), one that
 * is not is appended; the rest is copied, never printed again. */
#include "stamp.h"

#include "earshot/scan.h"
#include "earshot/times.h"

enum { EDITS_MAX = 3 };

struct edit {
    size_t start, end; /* in json */
    char text[TIMES_TEXT + 2];
};

struct edits {
    struct edit list[EDITS_MAX];
    size_t count;
    bool collected; /* the member has a time, or will have */
};

static void write_time(struct edit *edit, int64_t seconds) {
    char text[TIMES_TEXT];
    times_print(seconds, text);
    edit->text[0] = '"';
    memcpy(edit->text + 1, text, sizeof text - 1);
    edit->text[TIMES_TEXT] = '"';
    edit->text[TIMES_TEXT + 1] = '\0';
}

/* Moved or not in UTC: to be written anew. Fractions go with it. */
static bool wants_edit(struct span raw, int64_t shift) {
    bool utc = raw.len > 2 && raw.ptr[raw.len - 2] == 'Z';
    return shift != 0 || !utc;
}

static void look_at(struct edits *edits, struct span json, struct span name, struct span raw,
                    const struct mention *mention, int64_t shift, int64_t now) {
    const struct {
        struct span name;
        int64_t seconds;
    } times[] = {{SPAN("created_at"), mention->created_at},
                 {SPAN("updated_at"), mention->updated_at},
                 {SPAN("collected_at"), mention->collected_at}};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        if (!span_eq(name, times[i].name))
            continue;
        bool known = times[i].seconds != MENTION_NO_TIME, collected = i == COUNT_OF(times) - 1;
        edits->collected |= collected;
        if (known ? !wants_edit(raw, shift) : !collected)
            return;
        struct edit *edit = &edits->list[edits->count++];
        edit->start = (size_t)(raw.ptr - json.ptr);
        edit->end = edit->start + raw.len;
        write_time(edit, known ? times[i].seconds + shift : now);
    }
}

static struct span apply(struct span json, const struct mention *mention, const struct edits *edits,
                         const struct edit *appended, struct buf *out) {
    size_t at = 0;
    buf_clear(out);
    for (size_t i = 0; i < edits->count; i++) {
        buf_add(out, json.ptr + at, edits->list[i].start - at);
        buf_add_str(out, edits->list[i].text);
        at = edits->list[i].end;
    }
    buf_add(out, json.ptr + at, mention->body_end - at);
    if (appended) {
        buf_add_str(out, ",\"collected_at\":");
        buf_add_str(out, appended->text);
    }
    buf_add(out, json.ptr + mention->body_end, json.len - mention->body_end);
    return buf_span(out);
}

struct span stamp_times(struct span json, const struct mention *mention, int64_t shift, int64_t now,
                        struct arena *arena, struct buf *out) {
    struct edits edits = {.count = 0};
    struct fault fault;
    struct scan scan;
    struct scan_scope scope;
    struct span name, raw;
    scan_begin(&scan, json, arena, &fault);
    if (!scan_object(&scan, &scope))
        return json;
    while (scan_member(&scan, &scope, &name) && scan_skip(&scan, &raw))
        look_at(&edits, json, name, raw, mention, shift, now);
    ASSERT(scan_ok(&scan)); /* mention_read() took it */
    struct edit collected;
    write_time(&collected, now);
    if (!edits.collected && apply(json, mention, &edits, &collected, out).len <= MENTION_BYTES_MAX)
        return buf_span(out);
    if (edits.count > 0 && apply(json, mention, &edits, NULL, out).len <= MENTION_BYTES_MAX)
        return buf_span(out);
    return json;
}
