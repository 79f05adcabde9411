/* buf: bytes that grow up to a maximum set at the start. Past it nothing more is written and the buffer is
 * failed: check buf_ok() once, after the last append. One thread at a time. Out of memory dies. */
#ifndef EARSHOT_BUF_H
#define EARSHOT_BUF_H

#include "earshot/base.h"

struct buf {
    char *ptr; /* NUL behind len where anything was written */
    size_t len, cap, max;
    bool failed; /* max was reached; what is in ptr is a prefix */
};

void buf_init(struct buf *buf, size_t max);
void buf_free(struct buf *buf);
/* Empty and not failed; keeps the memory. */
void buf_clear(struct buf *buf);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_span(struct buf *buf, struct span text);
void buf_add_str(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_int(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* A JSON string with its quotes. text must be valid UTF-8; only what JSON demands is escaped. */
void buf_add_json(struct buf *buf, struct span text);

static inline bool buf_ok(const struct buf *buf) {
    return !buf->failed;
}

static inline struct span buf_span(const struct buf *buf) {
    return (struct span){.ptr = buf->ptr ? buf->ptr : "", .len = buf->len};
}

#endif
