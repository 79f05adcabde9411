/* base: what every file needs: spans, asserts that stay on, die(), and memory that is there or ends the
 * process. */
#ifndef EARSHOT_BASE_H
#define EARSHOT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define MUST_CHECK __attribute__((warn_unused_result))
/* For the few loops in which a call costs as much as what they do: written out where it is used, and kept out
 * of there. */
#define INSIDE              static inline __attribute__((always_inline))
#define APART               __attribute__((noinline))
#define PRINTF_LIKE(fmt, a) __attribute__((format(printf, fmt, a)))
#define COUNT_OF(array)     (sizeof(array) / sizeof((array)[0]))

/* A borrowed run of bytes, not terminated. {NULL, 0} means absent, {non-NULL, 0} means present and empty. */
struct span {
    const char *ptr;
    size_t len;
};

#define SPAN(literal) ((struct span){.ptr = (literal), .len = sizeof(literal) - 1})

static inline struct span span_of(const char *text) {
    return (struct span){.ptr = text, .len = text ? strlen(text) : 0};
}

static inline bool span_eq(struct span a, struct span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytewise; where one is the beginning of the other it is first. */
static inline int span_order(struct span a, struct span b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Equal but for the case of ASCII letters. */
static inline bool span_same(struct span a, struct span b) {
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

/* Whether text[at], of UTF-8, stands inside a character. */
static inline bool span_splits(struct span text, size_t at) {
    return ((unsigned char)text.ptr[at] & 0xC0) == 0x80;
}

/* The longest beginning of whole characters and at most max bytes. */
static inline struct span span_cut(struct span text, size_t max) {
    if (text.len <= max)
        return text;
    while (max > 0 && span_splits(text, max))
        max--;
    return (struct span){.ptr = text.ptr, .len = max};
}

static inline size_t span_characters(struct span text) {
    size_t count = 0;
    for (size_t at = 0; at < text.len; at++)
        count += !span_splits(text, at);
    return count;
}

/* Exit codes of every program: CONTRACTS.md, "Command line". */
enum exit_code { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

/* A bug: prints the place and aborts. On in every build. */
#define ASSERT(cond) ((cond) ? (void)0 : base_assert_failed(#cond, __FILE__, __LINE__))
_Noreturn void base_assert_failed(const char *cond, const char *file, int line);

/* The start cannot go on (bad configuration, no memory): one line on stderr, then exit with code. */
_Noreturn void die(enum exit_code code, const char *format, ...) PRINTF_LIKE(2, 3);

/* Never NULL: out of memory dies. Free with free(). */
void *xmalloc(size_t size) MUST_CHECK;
void *xcalloc(size_t count, size_t size) MUST_CHECK;
void *xrealloc(void *ptr, size_t size) MUST_CHECK;
char *xstrdup(const char *text) MUST_CHECK;
char *xstrndup(const char *text, size_t len) MUST_CHECK;

#endif
