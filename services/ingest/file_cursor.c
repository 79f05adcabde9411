/* file_cursor: what makes a file the same one is its content before the place, not its inode: a file on
 * another mount or restored from a copy goes on, a new one under the old name begins. */
#include "file_cursor.h"

#include "earshot/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TAIL_BYTES = 4096, TAIL_TEXT = 16 };

void file_cursor_print(const struct file_cursor *cursor, struct buf *out) {
    buf_printf(out, "{\"offset\":%" PRId64 ",\"line\":%" PRId64 ",\"shift\":", cursor->offset, cursor->line);
    if (cursor->shifted)
        buf_add_int(out, cursor->shift);
    else
        buf_add_str(out, "null");
    buf_printf(out, ",\"tail\":\"%016" PRIx64 "\"}", cursor->tail);
}

static bool read_tail(struct scan *scan, uint64_t *tail) {
    struct span text = scan_string(scan);
    char digits[TAIL_TEXT + 1], *end;
    if (text.len != TAIL_TEXT)
        return false;
    memcpy(digits, text.ptr, TAIL_TEXT);
    digits[TAIL_TEXT] = '\0';
    *tail = strtoull(digits, &end, 16);
    return end == digits + TAIL_TEXT;
}

static bool read_member(struct scan *scan, struct span name, struct file_cursor *out, unsigned *seen) {
    if (span_eq(name, SPAN("offset")))
        return (*seen |= 1, scan_integer(scan, 0, INT64_MAX, &out->offset));
    if (span_eq(name, SPAN("line")))
        return (*seen |= 2, scan_integer(scan, 0, INT64_MAX, &out->line));
    if (span_eq(name, SPAN("tail")))
        return (*seen |= 4, read_tail(scan, &out->tail));
    if (!span_eq(name, SPAN("shift")))
        return scan_skip(scan, NULL);
    out->shifted = !scan_null(scan);
    return !out->shifted || scan_integer(scan, INT64_MIN, INT64_MAX, &out->shift);
}

bool file_cursor_parse(struct span text, struct file_cursor *out) {
    struct arena *arena = arena_new(0);
    struct fault fault;
    struct scan scan;
    struct scan_scope scope;
    struct span name;
    unsigned seen = 0;
    *out = (struct file_cursor){0};
    scan_begin(&scan, text, arena, &fault);
    bool good = scan_object(&scan, &scope);
    while (good && scan_member(&scan, &scope, &name))
        good = read_member(&scan, name, out, &seen);
    good = good && scan_ok(&scan) && scan_end(&scan) && seen == 7;
    arena_free(&arena);
    return good;
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *bytes, size_t len) {
    uint64_t value = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        value = (value ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return value;
}

bool file_tail(int fd, int64_t offset, uint64_t *tail) {
    char bytes[TAIL_BYTES];
    size_t len = offset < TAIL_BYTES ? (size_t)offset : TAIL_BYTES;
    if (pread(fd, bytes, len, (off_t)(offset - (int64_t)len)) != (ssize_t)len)
        return false;
    *tail = hash(bytes, len);
    return true;
}
