/* alert: read by the same strict cursor as the mentions, so that every error names its byte. An alert owns
 * its strings: it outlives the record or the file that it came from. */
#include "earshot/alert.h"

#include "earshot/arena.h"
#include "earshot/edits.h"
#include "earshot/scan.h"

#include <stdlib.h>

enum { ARENA_FIRST = 4096 };

bool alert_id_ok(struct span id) {
    if (id.len == 0 || id.len > ALERT_ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || (c != '-' && c != '_')))
            return false;
    }
    return true;
}

/* Members. Each reader stands on its value; null has been dealt with. */

static bool read_id(struct scan *scan, void *base) {
    struct alert *alert = base;
    size_t byte = scan_byte(scan);
    struct span id = scan_string(scan);
    if (!id.ptr)
        return false;
    if (!alert_id_ok(id))
        return scan_fault(scan, FAULT_TYPE, byte,
                          "an id has 1 to %d of a-z 0-9 _ - and begins with a letter or a digit",
                          ALERT_ID_MAX);
    alert->id = xstrndup(id.ptr, id.len);
    return true;
}

static bool read_query(struct scan *scan, void *base) {
    struct alert *alert = base;
    size_t byte = scan_byte(scan);
    struct span query = scan_string(scan);
    if (!query.ptr)
        return false;
    if (query.len > ALERT_QUERY_MAX)
        return scan_fault(scan, FAULT_SIZE, byte, "%zu bytes, more than %d", query.len, ALERT_QUERY_MAX);
    alert->query = xstrndup(query.ptr, query.len);
    return true;
}

static bool short_string(struct scan *scan, struct span *out) {
    size_t byte = scan_byte(scan);
    *out = scan_string(scan);
    if (!out->ptr)
        return false;
    return out->len <= ALERT_NAME_MAX ||
           scan_fault(scan, FAULT_SIZE, byte, "%zu bytes, more than %d", out->len, ALERT_NAME_MAX);
}

static bool read_name(struct scan *scan, void *base) {
    struct alert *alert = base;
    struct span name;
    if (!short_string(scan, &name))
        return false;
    alert->name = name.len ? xstrndup(name.ptr, name.len) : NULL;
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct alert_tag *)a)->name, ((const struct alert_tag *)b)->name);
}

static bool read_tag(struct scan *scan, struct scan_scope *scope, struct span name, struct alert_tag *tag) {
    struct span value;
    if (!scan_once(scan, scope, name))
        return false;
    if (name.len == 0 || name.len > ALERT_NAME_MAX)
        return scan_fault(scan, FAULT_SIZE, scan_name_byte(scan), "the name of a tag has 1 to %d bytes",
                          ALERT_NAME_MAX);
    if (!short_string(scan, &value))
        return false;
    *tag = (struct alert_tag){.name = xstrndup(name.ptr, name.len), .value = xstrndup(value.ptr, value.len)};
    return true;
}

static bool read_tags(struct scan *scan, void *base) {
    struct alert *alert = base;
    struct scan_scope scope;
    struct span name;
    if (!scan_object(scan, &scope))
        return false;
    struct alert_tag *tags = xcalloc(ALERT_TAGS_MAX, sizeof *tags);
    alert->tags = tags;
    while (scan_member(scan, &scope, &name)) {
        if (alert->tag_count == ALERT_TAGS_MAX)
            return scan_fault(scan, FAULT_SIZE, scan_name_byte(scan), "more than %d tags", ALERT_TAGS_MAX);
        if (!read_tag(scan, &scope, name, &tags[alert->tag_count]))
            return false;
        alert->tag_count++;
    }
    qsort(tags, alert->tag_count, sizeof *tags, by_name);
    return scan_ok(scan);
}

static bool read_paused(struct scan *scan, void *base) {
    struct alert *alert = base;
    return scan_bool(scan, &alert->paused);
}

static const struct scan_field MEMBERS[] = {
    {"id", read_id, true},      {"query", read_query, true},    {"name", read_name, false},
    {"tags", read_tags, false}, {"paused", read_paused, false},
};

static bool unknown_member(struct scan *scan, struct span name) {
    size_t near = 3; /* more edits than two are another word */
    const char *meant = NULL;
    for (size_t i = 0; i < COUNT_OF(MEMBERS); i++) {
        size_t edits = edits_between(name, span_of(MEMBERS[i].name));
        if (edits < near) {
            near = edits;
            meant = MEMBERS[i].name;
        }
    }
    if (meant)
        return scan_fault(scan, FAULT_TYPE, scan_name_byte(scan), "unknown member; did you mean `%s`?",
                          meant);
    return scan_fault(scan, FAULT_TYPE, scan_name_byte(scan),
                      "unknown member; an alert has id, query, name, tags, paused");
}

static bool read_alert(struct scan *scan, struct alert *alert) {
    struct scan_scope scope;
    struct span name;
    unsigned seen = 0;
    bool known;
    if (!scan_object(scan, &scope))
        return false;
    while (scan_member(scan, &scope, &name))
        if (!scan_field(scan, MEMBERS, COUNT_OF(MEMBERS), name, &seen, alert, &known) ||
            (!known && !unknown_member(scan, name)))
            return false;
    return scan_ok(scan) && scan_complete(scan, MEMBERS, COUNT_OF(MEMBERS), seen) && scan_end(scan);
}

struct alert *alert_parse(struct span text, struct fault *fault) {
    if (text.len > ALERT_BYTES_MAX) {
        fault_set(fault, FAULT_SIZE, ALERT_BYTES_MAX, "%zu bytes, more than %d", text.len, ALERT_BYTES_MAX);
        return NULL;
    }
    struct arena *arena = arena_new(ARENA_FIRST);
    struct alert *alert = xcalloc(1, sizeof *alert);
    struct scan scan;
    scan_begin(&scan, text, arena, fault);
    if (!read_alert(&scan, alert))
        alert_free(&alert);
    arena_free(&arena);
    return alert;
}

/* What an alert owns is const for everybody else. */
static void free_text(const char *text) {
    free((void *)(uintptr_t)text);
}

void alert_free(struct alert **alert) {
    struct alert *gone = *alert;
    *alert = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->tag_count; i++) {
        free_text(gone->tags[i].name);
        free_text(gone->tags[i].value);
    }
    free((void *)(uintptr_t)gone->tags);
    free_text(gone->id);
    free_text(gone->query);
    free_text(gone->name);
    free(gone);
}

void alert_print(const struct alert *alert, struct buf *out) {
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, span_of(alert->id));
    buf_add_str(out, ",\"query\":");
    buf_add_json(out, span_of(alert->query));
    if (alert->name) {
        buf_add_str(out, ",\"name\":");
        buf_add_json(out, span_of(alert->name));
    }
    for (size_t i = 0; i < alert->tag_count; i++) {
        buf_add_str(out, i ? "," : ",\"tags\":{");
        buf_add_json(out, span_of(alert->tags[i].name));
        buf_add_char(out, ':');
        buf_add_json(out, span_of(alert->tags[i].value));
    }
    if (alert->tag_count)
        buf_add_char(out, '}');
    if (alert->paused)
        buf_add_str(out, ",\"paused\":true");
    buf_add_char(out, '}');
}
