/* buf: the failed flag is sticky so that a writer of forty appends has one check, at the end. */
#include "earshot/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *buf, size_t max) {
    *buf = (struct buf){.max = max};
}

void buf_free(struct buf *buf) {
    free(buf->ptr);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf) {
    buf->len = 0;
    buf->failed = false;
}

/* Room for len more bytes and a NUL, or the buffer has failed. */
static bool grow(struct buf *buf, size_t len) {
    if (buf->failed || len > buf->max - buf->len) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + len + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap ? buf->cap : 256;
        while (cap < need)
            cap *= 2;
        buf->ptr = xrealloc(buf->ptr, cap);
        buf->cap = cap;
    }
    return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t len) {
    if (!grow(buf, len))
        return;
    if (len)
        memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void buf_add_span(struct buf *buf, struct span text) {
    buf_add(buf, text.ptr, text.len);
}

void buf_add_str(struct buf *buf, const char *text) {
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c) {
    if (!grow(buf, 1))
        return;
    buf->ptr[buf->len++] = c;
    buf->ptr[buf->len] = '\0';
}

void buf_add_int(struct buf *buf, int64_t value) {
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    buf_add(buf, at, (size_t)(digits + sizeof digits - at));
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(len >= 0);
    if (grow(buf, (size_t)len)) {
        vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_add_json(struct buf *buf, struct span text) {
    static const char SHORT[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    buf_add_char(buf, '"');
    size_t plain = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(buf, text.ptr + plain, i - plain);
        plain = i + 1;
        if (c >= 0x20 || SHORT[c])
            buf_add(buf, (char[2]){'\\', c >= 0x20 ? (char)c : SHORT[c]}, 2);
        else
            buf_printf(buf, "\\u%04x", c);
    }
    buf_add(buf, text.ptr + plain, text.len - plain);
    buf_add_char(buf, '"');
}
