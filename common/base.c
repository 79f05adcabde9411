/* base: the few lines that may end the process. Nothing else in common/ calls exit() but
 * conf_load_or_exit(). */
#include "earshot/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void base_assert_failed(const char *cond, const char *file, int line) {
    fprintf(stderr, "%s:%d: this should be true: %s\n", file, line, cond);
    abort();
}

void die(enum exit_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("earshot: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit((int)code);
}

static void *there(void *ptr, size_t size) {
    if (!ptr)
        die(EXIT_FAILED, "out of memory (%zu bytes asked)", size);
    return ptr;
}

void *xmalloc(size_t size) {
    return there(malloc(size ? size : 1), size);
}

void *xcalloc(size_t count, size_t size) {
    return there(calloc(count ? count : 1, size ? size : 1), size);
}

void *xrealloc(void *ptr, size_t size) {
    return there(realloc(ptr, size ? size : 1), size);
}

char *xstrndup(const char *text, size_t len) {
    char *copy = xmalloc(len + 1);
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *xstrdup(const char *text) {
    return xstrndup(text, strlen(text));
}
