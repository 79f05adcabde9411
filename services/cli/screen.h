/* screen: text for people: styles, the width of what is written, and foreign text made harmless. Writes into
 * a buffer; knows no file descriptor but in screen_open(). */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "earshot/base.h"
#include "earshot/buf.h"

struct screen {
    struct buf *out;
    bool terminal; /* a person looks at it: bars and plots; else plain rows for programs */
    bool colour;
    int width; /* columns */
};

enum style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_BAD, STYLE_MARK, STYLE_ACCENT };

enum { SCREEN_WIDTH_MIN = 40, SCREEN_WIDTH_PLAIN = 100 };

/* What stdout is: the width of a terminal (or COLUMNS), colours where it is one and neither NO_COLOR is set
 * nor TERM is dumb. */
struct screen screen_open(struct buf *out);
/* Writes the buffer to stdout and empties it; false: stdout is gone. */
bool screen_flush(struct screen *screen) MUST_CHECK;

void screen_style(struct screen *screen, enum style style);
/* Text in a style, back to none behind it. */
void screen_text(struct screen *screen, enum style style, const char *format, ...) PRINTF_LIKE(3, 4);
/* n times a (possibly many-byte) text. */
void screen_repeat(struct screen *screen, const char *text, int n);
/* A bar of `part` in `whole`, at most width columns, in eighths; empty for 0, never empty above 0. */
void screen_bar(struct screen *screen, enum style style, int64_t part, int64_t whole, int width);

/* One character of text: its length in bytes (at least 1 where text is not empty), and what may be written
 * for it: printable as it is, or a stand-in (white space for line ends and tabs, U+FFFD for what could move
 * the cursor, turn the direction of writing, or is no UTF-8). */
struct glyph {
    size_t bytes;
    struct span shown;
    int columns;
    bool space;
};
struct glyph glyph_at(struct span text, size_t at);

/* Foreign text on one line, at most max columns (an ellipsis where it was cut); returns the columns. */
int screen_add_foreign(struct buf *out, struct span text, int max);
/* Lines made harmless, each ended; the spaces before a caret stay. */
void screen_add_lines(struct buf *out, struct span text);
/* The same, filled up with spaces to exactly width columns. */
void screen_cell(struct screen *screen, struct span text, int width);
int screen_columns(struct span text);

/* 1,234,567 */
struct digits {
    char text[32];
};
struct digits digits_of(int64_t n);
/* "25%", "<1%", "0%"; whole 0: "-" */
struct digits percent_of(int64_t part, int64_t whole);
/* "+0.250", "-0.031", "0.000" of thousandths with three decimals; */
struct digits signed_of(double value);

#endif
