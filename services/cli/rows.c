/* rows: a file is JSON where it parses as that, a table where its first line names a column of queries; else
 * every line is a query. */
#include "rows.h"

#include "earshot/alert.h"

#include <stdio.h>

struct cursor {
    struct span text;
    size_t at, line;
    char separator;
    struct arena *arena;
};

static bool at_end(const struct cursor *cursor) {
    return cursor->at >= cursor->text.len;
}

static bool ends_line(char c) {
    return c == '\r' || c == '\n';
}

static bool is_blank(char c) {
    return ends_line(c) || c == ' ' || c == '\t';
}

/* Takes a line end; false: none is there. */
static bool take_line_end(struct cursor *cursor) {
    const char *at = cursor->text.ptr + cursor->at;
    size_t left = cursor->text.len - cursor->at;
    size_t len =
        left > 1 && at[0] == '\r' && at[1] == '\n' ? 2 : left > 0 && (at[0] == '\n' || at[0] == '\r');
    cursor->at += len;
    cursor->line += len > 0;
    return len > 0;
}

/* Behind the opening quote; two quotes are one. */
static struct span read_quoted(struct cursor *cursor) {
    char *out = arena_alloc(cursor->arena, cursor->text.len - cursor->at + 1);
    size_t len = 0;
    for (; !at_end(cursor); cursor->at++) {
        char c = cursor->text.ptr[cursor->at];
        if (c == '"' && cursor->at + 1 < cursor->text.len && cursor->text.ptr[cursor->at + 1] == '"') {
            cursor->at++;
        } else if (c == '"') {
            cursor->at++;
            break;
        }
        cursor->line += c == '\n';
        out[len++] = c;
    }
    return (struct span){out, len};
}

static struct span read_cell(struct cursor *cursor) {
    if (!at_end(cursor) && cursor->text.ptr[cursor->at] == '"') {
        cursor->at++;
        struct span cell = read_quoted(cursor);
        while (!at_end(cursor) && cursor->text.ptr[cursor->at] != cursor->separator &&
               !ends_line(cursor->text.ptr[cursor->at]))
            cursor->at++;
        return cell;
    }
    size_t start = cursor->at;
    while (!at_end(cursor) && cursor->text.ptr[cursor->at] != cursor->separator &&
           !ends_line(cursor->text.ptr[cursor->at]))
        cursor->at++;
    return (struct span){cursor->text.ptr + start, cursor->at - start};
}

enum { CELLS_MAX = 64 };

/* The cells of a line, at most CELLS_MAX of them kept. */
static size_t read_cells(struct cursor *cursor, struct span *cells) {
    size_t count = 0;
    for (;;) {
        struct span cell = read_cell(cursor);
        if (count < CELLS_MAX)
            cells[count++] = cell;
        if (at_end(cursor) || take_line_end(cursor))
            return count;
        cursor->at++; /* the separator */
    }
}

static struct span trimmed(struct span text) {
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = (struct span){text.ptr + 1, text.len - 1};
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* In any case, without spaces, _ and -. */
static bool is_heading(struct span cell, const char *name) {
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == ' ' || cell.ptr[i] == '_' || cell.ptr[i] == '-')
            continue;
        if (*name == '\0' || small(cell.ptr[i]) != *name)
            return false;
        name++;
    }
    return *name == '\0';
}

static const char *const QUERY_NAMES[] = {
    "booleanquery", "querystring", "boolean", "searchstring", "rule", "value", "query", "search", NULL};
static const char *const NAME_NAMES[] = {"queryname", "name", "title", "topic", "tag", "label", "id", NULL};

size_t rows_rank(struct span heading, bool query) {
    const char *const *names = query ? QUERY_NAMES : NAME_NAMES;
    size_t rank = 0;
    while (names[rank] && !is_heading(trimmed(heading), names[rank]))
        rank++;
    return names[rank] ? rank : SIZE_MAX;
}

/* The column whose heading ranks first; SIZE_MAX: none is one. */
static size_t find_column(const struct span *cells, size_t count, bool query) {
    size_t column = SIZE_MAX, best = SIZE_MAX;
    for (size_t cell = 0; cell < count; cell++) {
        size_t rank = rows_rank(cells[cell], query);
        if (rank < best) {
            best = rank;
            column = cell;
        }
    }
    return column;
}

void rows_add(struct rows *out, struct arena *arena, struct row row) {
    row.name = trimmed(row.name);
    row.query = trimmed(row.query);
    if (row.query.len == 0)
        return;
    if (out->count == out->room) {
        struct row *more = arena_calloc(arena, out->room * 2 + 16, sizeof *more);
        if (out->count)
            memcpy(more, out->rows, out->count * sizeof *more);
        out->rows = more;
        out->room = out->room * 2 + 16;
    }
    out->rows[out->count++] = row;
}

static void read_table(struct cursor *cursor, size_t name, size_t query, struct rows *out) {
    struct span cells[CELLS_MAX];
    out->named = true;
    while (!at_end(cursor)) {
        struct row row = {.name = {"", 0}, .query = {"", 0}, .line = cursor->line};
        size_t count = read_cells(cursor, cells);
        if (name < count)
            row.name = cells[name];
        if (query < count)
            row.query = cells[query];
        rows_add(out, cursor->arena, row);
    }
}

static void read_lines(struct cursor *cursor, struct rows *out) {
    while (!at_end(cursor)) {
        size_t start = cursor->at, line = cursor->line;
        while (!at_end(cursor) && !ends_line(cursor->text.ptr[cursor->at]))
            cursor->at++;
        struct row row = {.name = {"", 0}, .line = line};
        row.query = (struct span){cursor->text.ptr + start, cursor->at - start};
        rows_add(out, cursor->arena, row);
        (void)take_line_end(cursor);
    }
}

void rows_read(struct span text, struct arena *arena, struct rows *out) {
    static const char SEPARATORS[] = {',', ';', '\t'};
    struct span cells[CELLS_MAX];
    *out = (struct rows){.count = 0};
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0)
        text = (struct span){text.ptr + 3, text.len - 3};
    out->named = rows_read_json(text, arena, out);
    if (out->named)
        return;
    for (size_t i = 0; i < COUNT_OF(SEPARATORS); i++) {
        struct cursor cursor = {.text = text, .line = 1, .separator = SEPARATORS[i], .arena = arena};
        size_t count = read_cells(&cursor, cells), query = find_column(cells, count, true);
        if (query == SIZE_MAX)
            continue;
        read_table(&cursor, find_column(cells, count, false), query, out);
        return;
    }
    struct cursor cursor = {.text = text, .line = 1, .arena = arena};
    read_lines(&cursor, out);
}

const char *rows_id(struct span name, struct arena *arena, bool (*taken)(const char *id, void *context),
                    void *context) {
    enum { NUMBER_ROOM = 8 };
    char base[ALERT_ID_MAX + 1];
    size_t len = 0;
    for (size_t i = 0; i < name.len && len < ALERT_ID_MAX - NUMBER_ROOM; i++) {
        char c = small(name.ptr[i]);
        bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (kept && (c != '_' || len > 0))
            base[len++] = c;
        else if (len > 0 && base[len - 1] != '-')
            base[len++] = '-';
    }
    while (len > 0 && base[len - 1] == '-')
        len--;
    base[len] = '\0';
    const char *id = arena_printf(arena, "%s", len ? base : "query");
    for (int number = 2; taken(id, context); number++)
        id = arena_printf(arena, "%s-%d", len ? base : "query", number);
    return id;
}
