/* alert_file: people write these files by hand, so all that is wrong is told in one go. Behind text that is
 * no JSON, reading goes on where a line begins with a brace: in a file of one alert a line, at the next
 * alert. */
#include "earshot/alert.h"
#include "earshot/arena.h"
#include "earshot/scan.h"

#include <stdlib.h>

enum { ARENA_FIRST = 4096 };

struct reading {
    const char *name;
    struct span text;
    size_t at;            /* offset in text */
    size_t line, line_at; /* of `at` when it was last asked for; where that line begins */
    bool array, begun;
    bool lost; /* behind an error: the next separator may be missing */
    bool ok;
    struct arena *arena;
    struct alert_file *file;
    struct buf *errors;
};

void alert_error(struct buf *errors, const char *name, size_t line, const char *id, size_t byte,
                 const char *text) {
    buf_printf(errors, "%s:%zu: %s: byte %zu: %s\n", name, line, id ? id : "-", byte, text);
}

/* The line of the byte at offset, from 1; offsets are asked for in order. */
static size_t line_of(struct reading *reading, size_t offset) {
    const char *text = reading->text.ptr, *next;
    while (reading->line_at < offset &&
           (next = memchr(text + reading->line_at, '\n', offset - reading->line_at))) {
        reading->line++;
        reading->line_at = (size_t)(next - text) + 1;
    }
    return reading->line;
}

static char here(const struct reading *reading) {
    return reading->at < reading->text.len ? reading->text.ptr[reading->at] : '\0';
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct reading *reading) {
    while (is_space(here(reading)))
        reading->at++;
}

static void error_at(struct reading *reading, size_t offset, const char *id, const char *text) {
    size_t line = line_of(reading, offset);
    alert_error(reading->errors, reading->name, line, id, offset - reading->line_at, text);
    reading->ok = false;
}

/* The id in the object that begins text, if it can be read that far; NULL. Lives in the arena. */
static const char *find_id(struct span text, struct arena *arena) {
    struct fault fault;
    struct scan scan;
    struct scan_scope scope;
    struct span name, id;
    scan_begin(&scan, text, arena, &fault);
    if (!scan_object(&scan, &scope))
        return NULL;
    while (scan_member(&scan, &scope, &name)) {
        if (span_eq(name, SPAN("id")))
            return alert_id_ok(id = scan_string(&scan)) ? arena_copy(arena, id) : NULL;
        if (!scan_skip(&scan, NULL))
            return NULL;
    }
    return NULL;
}

/* Behind the brace that closes the object at the start of text, whatever is wrong in it; 0: none does. */
static size_t find_close(struct span text) {
    size_t depth = 0;
    bool string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (string && c == '\\')
            i++;
        else if (c == '"')
            string = !string;
        else if (!string && (c == '{' || c == '['))
            depth++;
        else if (!string && (c == '}' || c == ']') && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* From the fault at offset, in what began at begin, to the next line that begins with a brace, or to the end.
 * The brace may be what is wrong: then the alert in the line before was not closed. */
static void go_on_behind(struct reading *reading, size_t begin, size_t offset) {
    const struct span text = reading->text;
    while (offset > begin && is_space(text.ptr[offset - 1]))
        offset--;
    reading->lost = true;
    for (reading->at = offset; reading->at < text.len;) {
        const char *next = memchr(text.ptr + reading->at, '\n', text.len - reading->at);
        reading->at = next ? (size_t)(next - text.ptr) + 1 : text.len;
        while (here(reading) == ' ' || here(reading) == '\t')
            reading->at++;
        if (here(reading) == '{')
            return;
    }
}

/* The object at the cursor is no JSON: where it goes wrong, and on behind it. */
static void not_json(struct reading *reading, struct span rest, const struct fault *fault) {
    size_t begin = reading->at;
    size_t close = fault->reason == FAULT_JSON ? 0 : find_close(rest);
    error_at(reading, begin + fault->byte, find_id(rest, reading->arena), fault->detail);
    if (close)
        reading->at = begin + close;
    else
        go_on_behind(reading, begin, begin + fault->byte);
}

static void keep(struct reading *reading, struct alert *alert, size_t line) {
    struct alert_file *file = reading->file;
    if ((file->count & (file->count - 1)) == 0)
        file->entries = xrealloc(file->entries, (file->count ? file->count * 2 : 1) * sizeof *file->entries);
    file->entries[file->count++] = (struct alert_entry){.alert = alert, .line = line};
}

static void read_object(struct reading *reading) {
    const struct span rest = {reading->text.ptr + reading->at, reading->text.len - reading->at};
    struct span raw;
    struct scan scan;
    struct fault fault;
    size_t line = line_of(reading, reading->at);
    arena_reset(reading->arena);
    scan_begin(&scan, rest, reading->arena, &fault);
    if (!scan_skip(&scan, &raw)) {
        not_json(reading, rest, &fault);
        return;
    }
    struct alert *alert = alert_parse(raw, &fault);
    if (alert)
        keep(reading, alert, line);
    else
        error_at(reading, reading->at + fault.byte, find_id(raw, reading->arena), fault.detail);
    reading->at += raw.len;
}

/* The comma or the bracket of an array. False: the array has ended. */
static bool next_of_array(struct reading *reading) {
    if (here(reading) == ']') {
        reading->at++;
        skip_space(reading);
        if (reading->at < reading->text.len)
            error_at(reading, reading->at, NULL, "expected nothing more behind the array");
        return false;
    }
    if (here(reading) == ',' && reading->begun) {
        reading->at++;
        skip_space(reading);
    } else if (reading->begun && !reading->lost && reading->at < reading->text.len) {
        error_at(reading, reading->at, NULL, "expected `,` or `]`");
    }
    if (reading->at < reading->text.len)
        return true;
    if (!reading->lost)
        error_at(reading, reading->at, NULL, "the text ends inside the array");
    return false;
}

static void read_all(struct reading *reading) {
    static const struct span MARK = {"\xef\xbb\xbf", 3}; /* some editors put it before everything */
    if (reading->text.len >= MARK.len && memcmp(reading->text.ptr, MARK.ptr, MARK.len) == 0)
        reading->at = MARK.len;
    skip_space(reading);
    if (reading->at == reading->text.len)
        error_at(reading, reading->at, NULL, "no alert in it; an empty array, [], says that there are none");
    reading->array = here(reading) == '[';
    reading->at += reading->array;
    for (;; reading->begun = true) {
        skip_space(reading);
        if (reading->array ? !next_of_array(reading) : reading->at == reading->text.len)
            return;
        reading->lost = false;
        if (here(reading) == '{') {
            read_object(reading);
        } else {
            error_at(reading, reading->at, NULL, "expected an alert: an object");
            go_on_behind(reading, reading->at, reading->at);
        }
    }
}

static int by_id(const void *a, const void *b) {
    const struct alert_entry *x = a, *y = b;
    int order = strcmp(x->alert->id, y->alert->id);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Ids that are there twice; byte 0, since the whole alert is meant. */
static void check_ids(struct reading *reading) {
    const struct alert_file *file = reading->file;
    struct alert_entry *sorted = xcalloc(file->count, sizeof *sorted);
    if (file->count)
        memcpy(sorted, file->entries, file->count * sizeof *sorted);
    qsort(sorted, file->count, sizeof *sorted, by_id);
    for (size_t i = 1; i < file->count; i++) {
        if (strcmp(sorted[i - 1].alert->id, sorted[i].alert->id) != 0)
            continue;
        alert_error(
            reading->errors, reading->name, sorted[i].line, sorted[i].alert->id, 0,
            arena_printf(reading->arena, "the id is that of the alert in line %zu", sorted[i - 1].line));
        reading->ok = false;
    }
    free(sorted);
}

bool alert_file_read(const char *name, struct span text, struct alert_file *file, struct buf *errors) {
    struct reading reading = {.name = name,
                              .text = text,
                              .line = 1,
                              .ok = true,
                              .arena = arena_new(ARENA_FIRST),
                              .file = file,
                              .errors = errors};
    *file = (struct alert_file){0};
    read_all(&reading);
    check_ids(&reading);
    arena_free(&reading.arena);
    return reading.ok;
}

void alert_file_free(struct alert_file *file) {
    for (size_t i = 0; i < file->count; i++)
        alert_free(&file->entries[i].alert);
    free(file->entries);
    *file = (struct alert_file){0};
}
