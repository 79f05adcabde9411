#include "earshot/words.h"

#include <stdlib.h>

enum { DECIMAL_MAX = 20, FRAME_MAX = 1 + DECIMAL_MAX + 4 };

void words_free(struct words *words) {
    free(words->ptr);
    *words = (struct words){0};
}

static char *room(struct words *words, size_t len) {
    if (words->cap - words->len < len) {
        words->cap = words->cap * 2 + len + 4096;
        words->ptr = xrealloc(words->ptr, words->cap);
    }
    return words->ptr + words->len;
}

size_t words_decimal(char *out, int64_t value) {
    char digits[DECIMAL_MAX];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0)
        digits[--at] = '-';
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

static char *head(char *at, size_t len) {
    *at++ = '$';
    at += words_decimal(at, (int64_t)len);
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

static void tail(struct words *words, char *at) {
    *at++ = '\r';
    *at++ = '\n';
    words->len = (size_t)(at - words->ptr);
    words->count++;
}

void words_add(struct words *words, struct span text) {
    char *at = head(room(words, text.len + FRAME_MAX), text.len);
    if (text.len)
        memcpy(at, text.ptr, text.len);
    tail(words, at + text.len);
}

void words_int(struct words *words, int64_t value) {
    char digits[DECIMAL_MAX];
    words_add(words, (struct span){.ptr = digits, .len = words_decimal(digits, value)});
}

void words_packed(struct words *words, struct span packed) {
    memcpy(room(words, packed.len), packed.ptr, packed.len);
    words->len += packed.len;
    words->count++;
}

void words_join(struct words *words, const struct words *other) {
    if (other->len)
        memcpy(room(words, other->len), other->ptr, other->len);
    words->len += other->len;
    words->count += other->count;
}
