/* show_feed: a block a mention. Text is broken at spaces to the screen's width; what made it match stands
 * out. Under it what the model says. */
#include "show.h"

#include "earshot/times.h"

#include <stdlib.h>

enum { INDENT = 2, ANALYSIS_MAX = 4096 };

static int64_t item_time(const json_t *item) {
    const json_t *value = json_object_get(item, "created_at");
    int64_t seconds = json_integer_value(value);
    if (json_is_string(value) && !times_parse(show_string(item, "created_at"), &seconds))
        seconds = 0;
    return seconds;
}

/* For each byte of the field, whether it made the mention match. */
static bool *marks_of(const json_t *item, const char *field, size_t len) {
    bool *marks = xcalloc(len + 1, sizeof *marks);
    const json_t *ranges = json_object_get(item, "at");
    for (size_t i = 0; i < json_array_size(ranges); i++) {
        const json_t *range = json_array_get(ranges, i), *name = json_array_get(range, 0);
        json_int_t start = json_integer_value(json_array_get(range, 1));
        json_int_t end = json_integer_value(json_array_get(range, 2));
        if (!json_is_string(name) || strcmp(json_string_value(name), field) != 0)
            continue;
        for (json_int_t at = start < 0 ? 0 : start; at < end && (size_t)at < len; at++)
            marks[at] = true;
    }
    return marks;
}

struct wrapping {
    struct screen *screen;
    int column;
    bool marked;
    enum style base;
};

static void new_line(struct wrapping *w) {
    buf_add_char(w->screen->out, '\n');
    screen_repeat(w->screen, " ", INDENT);
    w->column = INDENT;
}

static void set_mark(struct wrapping *w, bool marked) {
    if (w->marked == marked)
        return;
    w->marked = marked;
    screen_style(w->screen, STYLE_NONE);
    if (marked || w->base != STYLE_NONE)
        screen_style(w->screen, marked ? STYLE_MARK : w->base);
}

/* One run without spaces: on the next line where it does not fit, broken anywhere where it fits on none. */
static void add_run(struct wrapping *w, struct span text, size_t begin, size_t end, const bool *marks) {
    int columns = screen_columns((struct span){text.ptr + begin, end - begin});
    if (w->column > INDENT && w->column + 1 + columns > w->screen->width &&
        columns <= w->screen->width - INDENT)
        new_line(w);
    else if (w->column > INDENT) {
        set_mark(w, w->marked && marks[begin]);
        buf_add_char(w->screen->out, ' ');
        w->column++;
    }
    for (size_t at = begin; at < end;) {
        struct glyph glyph = glyph_at(text, at);
        if (w->column + glyph.columns > w->screen->width)
            new_line(w);
        set_mark(w, marks[at]);
        buf_add_span(w->screen->out, glyph.shown);
        w->column += glyph.columns;
        at += glyph.bytes;
    }
}

/* Leaves the last line open. */
static void add_wrapped(struct screen *screen, struct span text, const bool *marks, enum style base) {
    struct wrapping w = {.screen = screen, .column = INDENT, .base = base};
    screen_repeat(screen, " ", INDENT);
    if (base != STYLE_NONE)
        screen_style(screen, base);
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        struct glyph glyph = glyph_at(text, at);
        while (end < text.len && !(glyph = glyph_at(text, end)).space)
            end += glyph.bytes;
        if (end > at)
            add_run(&w, text, at, end, marks);
        at = end < text.len ? end + glyph.bytes : end;
    }
    screen_style(screen, STYLE_NONE);
}

static void add_text(struct screen *screen, const json_t *item, const char *field, enum style base) {
    struct span text = show_string(item, field);
    if (text.len == 0)
        return;
    bool *marks = marks_of(item, field, text.len);
    add_wrapped(screen, text, marks, base);
    if (json_is_true(json_object_get(item, "cut")) && strcmp(field, "text") == 0)
        buf_add_str(screen->out, " …");
    buf_add_char(screen->out, '\n');
    free(marks);
}

static void add_analysis(struct screen *screen, const json_t *item) {
    struct buf line;
    buf_init(&line, ANALYSIS_MAX);
    show_analysis(&line, item);
    if (line.len > 0) {
        bool *unmarked = xcalloc(line.len, sizeof *unmarked);
        add_wrapped(screen, buf_span(&line), unmarked, STYLE_DIM);
        buf_add_char(screen->out, '\n');
        free(unmarked);
    }
    buf_free(&line);
}

static void add_author(struct screen *screen, const json_t *author) {
    struct span handle = show_string(author, "handle"), name = show_string(author, "name");
    if (!handle.len && !name.len)
        return;
    buf_add_str(screen->out, handle.len && handle.ptr[0] != '@' ? "  @" : "  ");
    screen_add_foreign(screen->out, handle.len ? handle : name, 30);
    if (json_is_integer(json_object_get(author, "followers")))
        buf_printf(screen->out, " (%s followers)", digits_of(show_integer(author, "followers")).text);
}

void show_item(struct screen *screen, const json_t *item, int64_t now) {
    struct span label = show_string(item, "label"), language = show_string(item, "language");
    int64_t at = item_time(item);
    enum style style = span_eq(label, SPAN("positive"))   ? STYLE_GOOD
                       : span_eq(label, SPAN("negative")) ? STYLE_BAD
                                                          : STYLE_DIM;
    if (json_object_get(item, "score")) { /* a replay asks nobody how it speaks */
        screen_text(screen, style, "%s ", signed_of(json_number_value(json_object_get(item, "score"))).text);
        screen_style(screen, style);
        screen_add_foreign(screen->out, label, 12);
        screen_style(screen, STYLE_NONE);
        if (json_is_true(json_object_get(item, "corrected")))
            screen_text(screen, STYLE_DIM, " corrected");
        buf_add_str(screen->out, "  ");
    }
    screen_style(screen, STYLE_ACCENT);
    screen_add_foreign(screen->out, show_string(item, "platform"), 20);
    screen_style(screen, STYLE_NONE);
    if (language.len) {
        buf_add_str(screen->out, "  ");
        screen_add_foreign(screen->out, language, 12);
    }
    buf_printf(screen->out, "  %s UTC", show_time(at, "minute").text);
    screen_text(screen, STYLE_DIM, now > at ? " (%s ago)" : " (%s)", show_age(now - at).text);
    add_author(screen, json_object_get(item, "author"));
    buf_add_char(screen->out, '\n');
    add_text(screen, item, "title", STYLE_BOLD);
    add_text(screen, item, "text", STYLE_NONE);
    add_analysis(screen, item);
    struct span url = show_string(item, "url");
    if (url.len) {
        screen_repeat(screen, " ", INDENT);
        screen_style(screen, STYLE_DIM);
        screen_add_foreign(screen->out, url, 2000);
        screen_style(screen, STYLE_NONE);
        buf_add_char(screen->out, '\n');
    }
}

bool show_feed(struct screen *screen, const json_t *reply, int64_t now) {
    const json_t *items = json_object_get(reply, "items"), *next = json_object_get(reply, "next");
    int64_t complete = show_integer(reply, "complete_from");
    if (!json_is_array(items) || !show_string(reply, "alert").ptr)
        return false;
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (!json_is_object(json_array_get(items, i)))
            return false;
        show_item(screen, json_array_get(items, i), now);
        buf_add_char(screen->out, '\n');
    }
    if (json_array_size(items) == 0)
        buf_printf(screen->out, "no mention of %s in this time: try a longer one, --since 30d\n",
                   show_string(reply, "alert").ptr);
    if (show_integer(reply, "from") < complete && json_array_size(items) > 0)
        screen_text(screen, STYLE_DIM, "the feed keeps the newest mentions: it is complete from %s UTC on\n",
                    show_time(complete, "minute").text);
    if (json_is_string(next))
        buf_printf(screen->out, "more: the same command with --cursor %s\n", json_string_value(next));
    return true;
}
