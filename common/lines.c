/* lines: one buffer of the longest line and a chunk. What is beyond `max` in a line is read into the room
 * behind and forgotten, so that a file without a line end costs no memory. */
#include "earshot/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

struct lines {
    int fd;
    size_t max, cap;
    size_t from, scanned, to; /* in ptr: the line, what has no line end, what was read */
    size_t dropped;           /* bytes of the line that were forgotten, behind its first max */
    int64_t start;            /* of the line, in the file */
    int64_t number;           /* of the line before */
    char ptr[];
};

struct lines *lines_new(int fd, size_t max) {
    size_t cap = max + 1 + CHUNK; /* 1: of CRLF only the LF may be beyond max */
    struct lines *lines = xcalloc(1, sizeof *lines + cap);
    lines->fd = fd;
    lines->max = max;
    lines->cap = cap;
    return lines;
}

void lines_free(struct lines **lines) {
    free(*lines);
    *lines = NULL;
}

bool lines_seek(struct lines *lines, int64_t offset, int64_t number) {
    if (lseek(lines->fd, (off_t)offset, SEEK_SET) < 0)
        return false;
    lines->from = lines->scanned = lines->to = lines->dropped = 0;
    lines->start = offset;
    lines->number = number;
    return true;
}

/* The line up to `end` in the buffer, its line end `ending` bytes long. */
static void give(struct lines *lines, size_t end, size_t ending, struct line *out) {
    size_t len = end - lines->from, size = len + lines->dropped;
    out->end = lines->start + (int64_t)(size + ending);
    if (size && lines->ptr[end - 1] == '\r' && ending)
        size--;
    out->bytes = (struct span){lines->ptr + lines->from, size < lines->max ? size : lines->max};
    out->size = size;
    out->number = ++lines->number;
    lines->start = out->end;
    lines->from = lines->scanned = end + ending;
    lines->dropped = 0;
}

static bool find_line(struct lines *lines, struct line *out) {
    const char *at = memchr(lines->ptr + lines->scanned, '\n', lines->to - lines->scanned);
    if (at) {
        give(lines, (size_t)(at - lines->ptr), 1, out);
        return true;
    }
    lines->scanned = lines->to;
    return false;
}

/* Room for a chunk: the line moves to the front, and loses what is beyond max and one. */
static void make_room(struct lines *lines) {
    if (lines->to - lines->from > lines->max + 1) {
        size_t keep = lines->from + lines->max, last = lines->to - 1;
        lines->ptr[keep] = lines->ptr[last]; /* which may be the CR of CRLF */
        lines->dropped += last - keep;
        lines->to = keep + 1;
    }
    if (lines->cap - lines->to >= CHUNK)
        return;
    memmove(lines->ptr, lines->ptr + lines->from, lines->to - lines->from);
    lines->to -= lines->from;
    lines->from = 0;
}

enum lines_status lines_next(struct lines *lines, int timeout_ms, struct line *out) {
    while (!find_line(lines, out)) {
        struct pollfd ready = {.fd = lines->fd, .events = POLLIN};
        make_room(lines);
        lines->scanned = lines->to;
        int n = poll(&ready, 1, timeout_ms);
        if (n == 0 || (n < 0 && errno == EINTR))
            return LINES_WAIT;
        ssize_t got = read(lines->fd, lines->ptr + lines->to, lines->cap - lines->to);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            return LINES_WAIT;
        if (got < 0)
            return LINES_FAILED;
        if (got == 0)
            return LINES_END;
        lines->to += (size_t)got;
    }
    return LINES_LINE;
}

bool lines_rest(struct lines *lines, struct line *out) {
    if (lines->to == lines->from)
        return false;
    give(lines, lines->to, 0, out);
    return true;
}

bool lines_is_blank(struct span bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != ' ' && bytes.ptr[i] != '\t' && bytes.ptr[i] != '\r')
            return false;
    }
    return true;
}
