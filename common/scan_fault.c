/* scan_fault: the sentence of a fault. Paths are put together only here, when something is wrong. */
#include "scan_text.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAME_SHOWN = 24, PATH_SHOWN = 80 };

struct path {
    char text[PATH_SHOWN + NAME_SHOWN + 16];
    size_t len;
};

static void add(struct path *path, const char *text, size_t len) {
    memcpy(path->text + path->len, text, len);
    path->len += len;
}

/* Whole characters, printable ones: a name is what a stranger wrote. */
static void add_name(struct path *path, struct span name) {
    const char *at = name.ptr, *end = name.ptr + name.len;
    size_t shown = 0;
    while (at < end) {
        size_t len = scan_text_utf8(at, end);
        if (shown + len > NAME_SHOWN) {
            add(path, "…", strlen("…"));
            return;
        }
        bool control =
            (unsigned char)*at < 0x20 || *at == 0x7f || (len == 2 && memcmp(at, "\xc2\xa0", 2) < 0);
        add(path, control ? "?" : at, control ? 1 : len);
        shown += len;
        at += len;
    }
}

static void add_step(struct path *path, const struct scan_step *step) {
    if (!step->name.ptr) {
        path->len += (size_t)snprintf(path->text + path->len, NAME_SHOWN, "[%zu]", step->index);
        return;
    }
    if (path->len && step->name.len)
        add(path, ".", 1);
    add_name(path, step->name);
}

bool scan_fault(struct scan *scan, enum fault_reason reason, size_t byte, const char *format, ...) {
    struct path path = {.len = 0};
    char text[sizeof scan->fault->detail];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (size_t i = 0; i < scan->depth && path.len < PATH_SHOWN; i++)
        add_step(&path, &scan->path[i]);
    return fault_set(scan->fault, reason, byte, "%.*s%s%s", (int)path.len, path.text, path.len ? ": " : "",
                     text);
}

bool scan_doubled(struct scan *scan) {
    return scan_fault(scan, FAULT_DUPLICATE, scan_name_byte(scan), "a second member of this name");
}
