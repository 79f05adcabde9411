/* obituary: dead letters are written at least once, so a key is counted the first time only. The keys are
 * remembered as 64-bit hashes: of a million letters, two share one with a chance of 1 in 30 million. */
#include "obituary.h"

#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

void obituary_init(struct obituary *obituary, size_t limit, const char *reason) {
    *obituary = (struct obituary){.limit = limit, .reason = reason};
    obituary->entries = xcalloc(limit + 1, sizeof *obituary->entries);
    obituary->key_cap = 1024;
    obituary->keys = xcalloc(obituary->key_cap, sizeof *obituary->keys);
}

static void free_entry(struct obituary_entry *entry) {
    free(entry->key);
    free(entry->reason);
    free(entry->detail);
    free(entry->from);
    free(entry->value);
}

void obituary_free(struct obituary *obituary) {
    for (size_t i = 0; i < obituary->count; i++)
        free_entry(&obituary->entries[i]);
    free(obituary->entries);
    free(obituary->keys);
    *obituary = (struct obituary){0};
}

/* Each once. */

static uint64_t hash_of(struct span text) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 1099511628211u;
    hash ^= hash >> 29;
    return hash ? hash : 1; /* 0: a free place */
}

static bool add_hash(uint64_t *keys, size_t cap, uint64_t hash) {
    size_t at = hash & (cap - 1);
    while (keys[at] && keys[at] != hash)
        at = (at + 1) & (cap - 1);
    bool fresh = keys[at] == 0;
    keys[at] = hash;
    return fresh;
}

static bool is_new(struct obituary *obituary, struct span key) {
    if (obituary->total * 2 > obituary->key_cap) {
        size_t cap = obituary->key_cap * 2;
        uint64_t *keys = xcalloc(cap, sizeof *keys);
        for (size_t i = 0; i < obituary->key_cap; i++)
            if (obituary->keys[i])
                add_hash(keys, cap, obituary->keys[i]);
        free(obituary->keys);
        obituary->keys = keys;
        obituary->key_cap = cap;
    }
    return add_hash(obituary->keys, obituary->key_cap, hash_of(key));
}

static struct span header_of(const struct bus_record *record, const char *name) {
    for (size_t i = 0; i < record->header_count; i++)
        if (span_eq(record->headers[i].name, span_of(name)))
            return record->headers[i].value;
    return (struct span){0};
}

static int64_t number_of(struct span text) {
    char digits[24];
    if (text.len == 0 || text.len >= sizeof digits)
        return -1;
    snprintf(digits, sizeof digits, "%.*s", (int)text.len, text.ptr);
    return strtoll(digits, NULL, 10);
}

static void count_reason(struct obituary *obituary, struct span reason) {
    char name[OBITUARY_REASON_LEN];
    size_t i = 0;
    snprintf(name, sizeof name, "%.*s", (int)reason.len, reason.len ? reason.ptr : "");
    while (i < obituary->reason_count && strcmp(obituary->reasons[i].name, name) != 0)
        i++;
    if (i == OBITUARY_REASONS)
        i--;
    else if (i == obituary->reason_count)
        memcpy(obituary->reasons[obituary->reason_count++].name, name, sizeof name);
    obituary->reasons[i].n++;
}

/* Over the limit the oldest goes. */
static void keep(struct obituary *obituary, const struct obituary_entry *entry) {
    obituary->entries[obituary->count++] = *entry;
    if (obituary->count <= obituary->limit)
        return;
    size_t oldest = 0;
    for (size_t i = 1; i < obituary->count; i++)
        if (obituary->entries[i].timestamp < obituary->entries[oldest].timestamp)
            oldest = i;
    free_entry(&obituary->entries[oldest]);
    obituary->entries[oldest] = obituary->entries[--obituary->count];
}

static char *copy(struct span text) {
    return xstrndup(text.ptr ? text.ptr : "", text.len);
}

void obituary_see(void *self, const struct bus_record *record) {
    struct obituary *obituary = self;
    struct span reason = header_of(record, "earshot-reason"), value = record->value;
    if (!is_new(obituary, record->key))
        return;
    obituary->total++;
    count_reason(obituary, reason);
    if (obituary->reason && !span_eq(reason, span_of(obituary->reason)))
        return;
    value.len = value.len > OBITUARY_VALUE ? OBITUARY_VALUE : value.len;
    struct obituary_entry entry = {
        .key = copy(record->key),
        .reason = copy(reason),
        .detail = copy(header_of(record, "earshot-detail")),
        .from = copy(header_of(record, "earshot-from")),
        .timestamp = record->timestamp,
        .byte = number_of(header_of(record, "earshot-byte")),
        .size = number_of(header_of(record, "earshot-size")),
        .value = xmalloc(value.len + 1),
        .value_len = value.len,
    };
    if (value.len)
        memcpy(entry.value, value.ptr, value.len);
    keep(obituary, &entry);
}

static int newest_first(const void *a, const void *b) {
    const struct obituary_entry *x = a, *y = b;
    if (x->timestamp != y->timestamp)
        return x->timestamp < y->timestamp ? 1 : -1;
    return strcmp(x->key, y->key);
}

void obituary_settle(struct obituary *obituary) {
    if (obituary->count > 0)
        qsort(obituary->entries, obituary->count, sizeof *obituary->entries, newest_first);
}

/* For people. */

void obituary_show_count(struct screen *screen, const struct obituary *obituary) {
    buf_printf(screen->out, "%s dead letter%s", digits_of((int64_t)obituary->total).text,
               obituary->total == 1 ? "" : "s");
    for (size_t i = 0; i < obituary->reason_count; i++) {
        buf_add_str(screen->out, i == 0 ? ": " : ", ");
        screen_add_foreign(screen->out, span_of(obituary->reasons[i].name), OBITUARY_REASON_LEN);
        buf_printf(screen->out, " %s", digits_of((int64_t)obituary->reasons[i].n).text);
    }
    buf_add_char(screen->out, '\n');
}

/* What stands around the byte that is wrong. */
static void add_excerpt(struct screen *screen, const struct obituary_entry *entry) {
    size_t columns = (size_t)screen->width - 6, from = 0;
    if (entry->byte > 0 && (size_t)entry->byte < entry->value_len && (size_t)entry->byte > columns / 2)
        from = (size_t)entry->byte - columns / 2;
    while (from > 0 && ((unsigned char)entry->value[from] & 0xc0) == 0x80)
        from--;
    buf_add_str(screen->out, from > 0 ? "  … " : "    ");
    screen_style(screen, STYLE_DIM);
    screen_add_foreign(screen->out, (struct span){entry->value + from, entry->value_len - from},
                       (int)columns);
    screen_style(screen, STYLE_NONE);
    buf_add_char(screen->out, '\n');
}

static void show_entry(struct screen *screen, const struct obituary_entry *entry) {
    char at[TIMES_TEXT];
    times_print(entry->timestamp / 1000, at);
    screen_style(screen, STYLE_BAD);
    screen_add_foreign(screen->out, span_of(entry->reason[0] ? entry->reason : "unknown"),
                       OBITUARY_REASON_LEN);
    screen_style(screen, STYLE_NONE);
    buf_printf(screen->out, "  %s  ", at);
    screen_add_foreign(screen->out, span_of(entry->from[0] ? entry->from : entry->key), 200);
    if (entry->byte >= 0)
        buf_printf(screen->out, "  byte %lld", (long long)entry->byte);
    if (entry->size >= 0)
        buf_printf(screen->out, " of %lld", (long long)entry->size);
    buf_add_str(screen->out, "\n    ");
    screen_add_foreign(screen->out, span_of(entry->detail), 400);
    buf_add_char(screen->out, '\n');
    if (entry->value_len > 0)
        add_excerpt(screen, entry);
}

void obituary_show(struct screen *screen, const struct obituary *obituary) {
    for (size_t i = 0; i < obituary->count; i++) {
        show_entry(screen, &obituary->entries[i]);
        buf_add_char(screen->out, '\n');
    }
    obituary_show_count(screen, obituary);
}

/* For programs. */

static void add_base64(struct buf *out, const char *bytes, size_t len) {
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        uint32_t three = 0;
        for (size_t j = 0; j < 3; j++)
            three = three << 8 | (i + j < len ? (unsigned char)bytes[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            buf_add_char(out, i + j > len ? '=' : LETTERS[three >> (18 - 6 * j) & 63]);
    }
}

static void set_value(json_t *object, const struct obituary_entry *entry) {
    json_t *text = json_stringn(entry->value, entry->value_len);
    if (text) {
        json_object_set_new(object, "value", text);
        return;
    }
    struct buf base64;
    buf_init(&base64, 2 * OBITUARY_VALUE);
    add_base64(&base64, entry->value, entry->value_len);
    json_object_set_new(object, "value_base64", json_string(buf_span(&base64).ptr));
    buf_free(&base64);
}

/* Headers are ours, but anybody can write a record: what is no UTF-8 is null. */
static void set_text(json_t *object, const char *name, const char *text) {
    json_t *value = json_string(text);
    json_object_set_new(object, name, value ? value : json_null());
}

void obituary_print(struct buf *out, const struct obituary *obituary) {
    for (size_t i = 0; i < obituary->count; i++) {
        const struct obituary_entry *entry = &obituary->entries[i];
        char at[TIMES_TEXT];
        times_print(entry->timestamp / 1000, at);
        json_t *object = json_object();
        set_text(object, "key", entry->key);
        set_text(object, "at", at);
        set_text(object, "reason", entry->reason);
        set_text(object, "detail", entry->detail);
        json_object_set_new(object, "byte", entry->byte < 0 ? json_null() : json_integer(entry->byte));
        json_object_set_new(object, "size", entry->size < 0 ? json_null() : json_integer(entry->size));
        set_text(object, "from", entry->from);
        set_value(object, entry);
        char *line = json_dumps(object, JSON_COMPACT);
        ASSERT(line);
        buf_add_str(out, line);
        buf_add_char(out, '\n');
        free(line);
        json_decref(object);
    }
}
