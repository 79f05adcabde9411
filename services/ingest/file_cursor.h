/* file_cursor: how far a file was read: {"offset":…,"line":…,"shift":…|null,"tail":"…"}. */
#ifndef EARSHOT_INGEST_FILE_CURSOR_H
#define EARSHOT_INGEST_FILE_CURSOR_H

#include "earshot/base.h"
#include "earshot/buf.h"

struct file_cursor {
    int64_t offset; /* where the next line begins */
    int64_t line;   /* number of the line before it */
    bool shifted;
    int64_t shift; /* seconds */
    uint64_t tail; /* file_tail() of the place: tells the same file from another of its name */
};

void file_cursor_print(const struct file_cursor *cursor, struct buf *out);
/* false: it is no such cursor. */
bool file_cursor_parse(struct span text, struct file_cursor *out) MUST_CHECK;
/* A hash of the (at most 4,096) bytes before offset. false: the file is not that long, or cannot be read
 * there. A file that was appended to keeps it. */
bool file_tail(int fd, int64_t offset, uint64_t *tail) MUST_CHECK;

#endif
