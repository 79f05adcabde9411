/* lines: the lines of a file or pipe, each with its place, whatever their length. */
#ifndef EARSHOT_LINES_H
#define EARSHOT_LINES_H

#include "earshot/base.h"

/* Borrowed until the next lines_next(). */
struct line {
    struct span bytes; /* without its end (LF or CRLF); at most `max` of them */
    size_t size;       /* of all of them */
    int64_t number;    /* from 1 */
    int64_t end;       /* where the next one begins */
};

enum lines_status {
    LINES_LINE,
    LINES_WAIT,   /* nothing within the time-out */
    LINES_END,    /* of the file, for now; a part of a line may be waiting */
    LINES_FAILED, /* errno says why */
};

struct lines;
/* fd is borrowed and may be a pipe. Of a line longer than max the rest is passed over, not kept. */
struct lines *lines_new(int fd, size_t max) MUST_CHECK;
void lines_free(struct lines **lines);
/* Goes on at a place that line.end told, with the number of the line before it. false: errno. */
bool lines_seek(struct lines *lines, int64_t offset, int64_t number) MUST_CHECK;
enum lines_status lines_next(struct lines *lines, int timeout_ms, struct line *out);
/* After LINES_END: what is behind the last line end, as a line. false: nothing. */
bool lines_rest(struct lines *lines, struct line *out) MUST_CHECK;

/* Nothing but spaces, tabs and CRs, so nobody's mention. */
bool lines_is_blank(struct span bytes) MUST_CHECK;

#endif
