/* log: a line is put together on the stack and written at once, so that it needs no lock, no memory, and two
 * threads' lines never mix. What a message quotes may be anything a stranger sent: control characters are
 * shown, not sent to the terminal, and what is no UTF-8 becomes U+FFFD. */
#include "earshot/log.h"

#include "earshot/times.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048, NAME_MAX_BYTES = 64 };

#define CUT "…"
/* Kept free for what closes a line. */
enum { CLOSE_BYTES = sizeof CUT - 1 + sizeof "\"}\n" - 1 };

static struct {
    const char *program;
    enum log_format format;
    enum log_level min;
    bool colours;
} sink = {.program = "earshot", .format = LOG_FORMAT_PLAIN, .min = LOG_LEVEL_INFO};

static const struct {
    const char *name, *colour;
} LEVELS[] = {
    [LOG_LEVEL_DEBUG] = {"debug", "\033[2m"},
    [LOG_LEVEL_INFO] = {"info", "\033[32m"},
    [LOG_LEVEL_WARN] = {"warn", "\033[33m"},
    [LOG_LEVEL_ERROR] = {"error", "\033[31m"},
};

struct line {
    size_t len;
    char bytes[LINE_MAX_BYTES];
};

void log_open(const char *program, enum log_format format, enum log_level min) {
    const char *no_colour = getenv("NO_COLOR");
    sink.program = program;
    sink.format = format;
    sink.min = min;
    sink.colours = format == LOG_FORMAT_PLAIN && isatty(STDERR_FILENO) && !(no_colour && *no_colour);
}

static void put(struct line *line, const char *text) {
    size_t len = strlen(text);
    ASSERT(len <= sizeof line->bytes - line->len);
    memcpy(line->bytes + line->len, text, len);
    line->len += len;
}

/* Bytes of the character at text, 0 where it is none: RFC 3629's table. */
static size_t char_len(struct span text) {
    const unsigned char *at = (const unsigned char *)text.ptr;
    unsigned char low = 0x80, high = 0xbf;
    size_t len = at[0] < 0x80   ? 1
                 : at[0] < 0xc2 ? 0
                 : at[0] < 0xe0 ? 2
                 : at[0] < 0xf0 ? 3
                 : at[0] < 0xf5 ? 4
                                : 0;
    if (at[0] == 0xe0)
        low = 0xa0;
    else if (at[0] == 0xed)
        high = 0x9f;
    else if (at[0] == 0xf0)
        low = 0x90;
    else if (at[0] == 0xf4)
        high = 0x8f;
    if (len > text.len)
        return 0;
    for (size_t i = 1; i < len; i++, low = 0x80, high = 0xbf)
        if (at[i] < low || at[i] > high)
            return 0;
    return len;
}

/* How the character at text (of len bytes) is written; piece has room for it. */
static void show(struct span text, size_t len, char piece[8]) {
    unsigned char c = (unsigned char)text.ptr[0], second = len > 1 ? (unsigned char)text.ptr[1] : 0;
    bool c1 = c == 0xc2 && second < 0xa0; /* U+0080 to U+009F: terminals obey them too */
    if (len == 0)
        snprintf(piece, 8, "\xef\xbf\xbd");
    else if (c == '\n')
        snprintf(piece, 8, "\\n");
    else if (c < 0x20 || c == 0x7f || c1)
        snprintf(piece, 8, "\\u%04x", c1 ? second : c);
    else if (sink.format == LOG_FORMAT_JSON && (c == '"' || c == '\\'))
        snprintf(piece, 8, "\\%c", c);
    else
        snprintf(piece, 8, "%.*s", (int)len, text.ptr);
}

/* As much of text as there is room for. */
static void put_text(struct line *line, struct span text) {
    while (text.len) {
        char piece[8];
        size_t len = char_len(text);
        show(text, len, piece);
        if (line->len + strlen(piece) + CLOSE_BYTES > sizeof line->bytes) {
            put(line, CUT);
            return;
        }
        put(line, piece);
        len = len ? len : 1;
        text.ptr += len;
        text.len -= len;
    }
}

static void put_name(struct line *line, const char *name) {
    put_text(line, (struct span){.ptr = name, .len = strnlen(name, NAME_MAX_BYTES)});
}

static void put_time(struct line *line) {
    struct timespec now;
    char text[TIMES_TEXT], fraction[16];
    clock_gettime(CLOCK_REALTIME, &now);
    times_print(now.tv_sec, text);
    text[TIMES_TEXT - 2] = '\0';
    snprintf(fraction, sizeof fraction, ".%03dZ", (int)(now.tv_nsec / 1000000 % 1000));
    put(line, text);
    put(line, fraction);
}

static void put_json(struct line *line, enum log_level level, const char *event, struct span message) {
    put(line, "{\"time\":\"");
    put_time(line);
    put(line, "\",\"level\":\"");
    put(line, LEVELS[level].name);
    put(line, "\",\"program\":\"");
    put_name(line, sink.program);
    put(line, "\",\"event\":\"");
    put_name(line, event);
    put(line, "\",\"message\":\"");
    put_text(line, message);
    put(line, "\"}\n");
}

static void put_plain(struct line *line, enum log_level level, const char *event, struct span message) {
    put_time(line);
    put(line, " ");
    put(line, sink.colours ? LEVELS[level].colour : "");
    put(line, LEVELS[level].name);
    put(line, sink.colours ? "\033[0m " : " ");
    put_name(line, sink.program);
    put(line, " ");
    put_name(line, event);
    put(line, ": ");
    put_text(line, message);
    put(line, "\n");
}

/* One write: only a pipe that is nearly full takes a part. Nobody can be told that stderr is gone. */
static void write_out(const struct line *line) {
    size_t done = 0;
    while (done < line->len) {
        ssize_t took = write(STDERR_FILENO, line->bytes + done, line->len - done);
        if (took > 0)
            done += (size_t)took;
        else if (errno != EINTR)
            return;
    }
}

void log_line(enum log_level level, const char *event, const char *format, ...) {
    if (level < sink.min)
        return;
    int saved = errno;
    struct line line = {.len = 0};
    char message[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    /* A message that was cut here is cut again, between characters, when it is put into the line. */
    size_t here = len < 0 ? 0 : (size_t)len < sizeof message ? (size_t)len : sizeof message - 1;
    if (sink.format == LOG_FORMAT_JSON)
        put_json(&line, level, event, (struct span){message, here});
    else
        put_plain(&line, level, event, (struct span){message, here});
    write_out(&line);
    errno = saved;
}
