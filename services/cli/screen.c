/* screen: everything that people and sources wrote may hold bytes that a terminal obeys, so it passes
 * glyph_at() on its way out, whatever stdout is. */
#include "screen.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

enum { WIDTH_MAX = 400 };

static const char *const STYLES[] = {
    [STYLE_NONE] = "\033[0m",    [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
    [STYLE_GOOD] = "\033[32m",   [STYLE_BAD] = "\033[31m", [STYLE_MARK] = "\033[1;33m",
    [STYLE_ACCENT] = "\033[36m",
};

static int terminal_width(void) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int width = columns ? atoi(columns) : 0;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = 80;
    return width < SCREEN_WIDTH_MIN ? SCREEN_WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

struct screen screen_open(struct buf *out) {
    struct screen screen = {.out = out, .terminal = isatty(STDOUT_FILENO), .width = SCREEN_WIDTH_PLAIN};
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    if (!screen.terminal)
        return screen;
    screen.width = terminal_width();
    screen.colour = !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
    return screen;
}

bool screen_flush(struct screen *screen) {
    struct span text = buf_span(screen->out);
    while (text.len > 0) {
        ssize_t n = write(STDOUT_FILENO, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    buf_clear(screen->out);
    return text.len == 0;
}

void screen_style(struct screen *screen, enum style style) {
    if (screen->colour)
        buf_add_str(screen->out, STYLES[style]);
}

void screen_text(struct screen *screen, enum style style, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (style != STYLE_NONE)
        screen_style(screen, style);
    buf_add_str(screen->out, text);
    if (style != STYLE_NONE)
        screen_style(screen, STYLE_NONE);
}

void screen_repeat(struct screen *screen, const char *text, int n) {
    for (int i = 0; i < n; i++)
        buf_add_str(screen->out, text);
}

void screen_bar(struct screen *screen, enum style style, int64_t part, int64_t whole, int width) {
    static const char *const EIGHTHS[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (part <= 0 || whole <= 0)
        return;
    int64_t eighths = (int64_t)((double)part / (double)whole * width * 8 + 0.5);
    eighths = eighths < 1 ? 1 : eighths > (int64_t)width * 8 ? (int64_t)width * 8 : eighths;
    screen_style(screen, style);
    screen_repeat(screen, "█", (int)(eighths / 8));
    buf_add_str(screen->out, EIGHTHS[eighths % 8]);
    screen_style(screen, STYLE_NONE);
}

/* Characters that take part in no text but change how the rest is shown: directional controls, tags,
 * variation beyond what charwidth says 0 to is fine; these are not. */
static bool is_treacherous(utf8proc_int32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F ||
           c == 0x061C || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

static bool is_line_or_space(utf8proc_int32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x2028 || c == 0x2029 ||
           c == 0x3000;
}

struct glyph glyph_at(struct span text, size_t at) {
    utf8proc_int32_t c;
    utf8proc_ssize_t left = (utf8proc_ssize_t)(text.len - at);
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at, left, &c);
    if (n < 1)
        return (struct glyph){.bytes = 1, .shown = SPAN("\xEF\xBF\xBD"), .columns = 1};
    struct glyph glyph = {.bytes = (size_t)n, .shown = {.ptr = text.ptr + at, .len = (size_t)n}};
    if (is_line_or_space(c)) {
        glyph.space = true;
        glyph.shown = SPAN(" ");
        glyph.columns = 1;
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || is_treacherous(c)) {
        glyph.shown = SPAN("\xEF\xBF\xBD");
        glyph.columns = 1;
    } else {
        glyph.columns = utf8proc_charwidth(c);
    }
    return glyph;
}

int screen_columns(struct span text) {
    int columns = 0;
    for (size_t at = 0; at < text.len;) {
        struct glyph glyph = glyph_at(text, at);
        columns += glyph.columns;
        at += glyph.bytes;
    }
    return columns;
}

int screen_add_foreign(struct buf *out, struct span text, int max) {
    int columns = 0, room = screen_columns(text) <= max ? max : max - 1;
    size_t at = 0;
    while (at < text.len) {
        struct glyph glyph = glyph_at(text, at);
        if (columns + glyph.columns > room)
            break;
        buf_add_span(out, glyph.shown);
        columns += glyph.columns;
        at += glyph.bytes;
    }
    if (at < text.len && max > 0) {
        buf_add_str(out, "…");
        columns++;
    }
    return columns;
}

void screen_add_lines(struct buf *out, struct span text) {
    enum { COLUMNS_MAX = 1 << 20 };
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len, blanks = 0;
        while (blanks < len && text.ptr[blanks] == ' ')
            blanks++;
        buf_add(out, text.ptr, blanks);
        screen_add_foreign(out, (struct span){text.ptr + blanks, len - blanks}, COLUMNS_MAX);
        buf_add_char(out, '\n');
        text.ptr += end ? len + 1 : len;
        text.len -= end ? len + 1 : len;
    }
}

void screen_cell(struct screen *screen, struct span text, int width) {
    screen_repeat(screen, " ", width - screen_add_foreign(screen->out, text, width));
}

struct digits digits_of(int64_t n) {
    struct digits digits;
    char plain[24];
    int len = snprintf(plain, sizeof plain, "%lld", (long long)n), at = 0;
    for (int i = 0; i < len; i++) {
        digits.text[at++] = plain[i];
        if (plain[i] != '-' && i + 1 < len && (len - 1 - i) % 3 == 0)
            digits.text[at++] = ',';
    }
    digits.text[at] = '\0';
    return digits;
}

struct digits percent_of(int64_t part, int64_t whole) {
    struct digits digits;
    double share = whole > 0 ? (double)part / (double)whole * 100 : 0;
    if (whole <= 0)
        snprintf(digits.text, sizeof digits.text, "-");
    else if (part > 0 && share < 1)
        snprintf(digits.text, sizeof digits.text, "<1%%");
    else
        snprintf(digits.text, sizeof digits.text, "%.0f%%", share);
    return digits;
}

struct digits signed_of(double value) {
    struct digits digits;
    snprintf(digits.text, sizeof digits.text, value > -0.0005 && value < 0.0005 ? "%.3f" : "%+.3f",
             value > -0.0005 && value < 0.0005 ? 0.0 : value);
    return digits;
}
