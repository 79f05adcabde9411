/* conf_file: the file of --config, and files that hold one secret. A # begins a comment only at the start of
 * a line, and nothing is quoted: a password may hold anything but a line end. */
#include "conf_parts.h"

#include <errno.h>
#include <stdio.h>

enum { FILE_MAX = 1 << 20, SECRET_MAX = 64 << 10 };

/* All of the file; false and one line. */
static bool slurp(struct conf_loader *loader, const char *path, struct buf *out) {
    char chunk[4096];
    size_t len;
    FILE *file = fopen(path, "re");
    if (!file)
        return conf_bad(loader, "cannot read %s: %s", path, strerror(errno));
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(out, chunk, len);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed)
        return conf_bad(loader, "cannot read %s: %s", path, strerror(failed));
    if (!buf_ok(out))
        return conf_bad(loader, "%s has more than %zu bytes", path, out->max);
    if (out->len && memchr(out->ptr, '\0', out->len))
        return conf_bad(loader, "%s holds a NUL byte", path);
    return true;
}

static struct span trimmed(struct span text) {
    while (text.len && strchr(" \t\r", text.ptr[0]))
        text.ptr++, text.len--;
    while (text.len && strchr(" \t\r", text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static bool read_line(struct conf_loader *loader, struct span line) {
    struct conf_target target;
    line = trimmed(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    const char *equals = memchr(line.ptr, '=', line.len);
    if (!equals)
        return conf_bad(loader, "expected `name = value`");
    struct span name = trimmed((struct span){line.ptr, (size_t)(equals - line.ptr)});
    struct span value = trimmed((struct span){equals + 1, line.len - (size_t)(equals - line.ptr) - 1});
    if (!conf_find(loader, CONF_LAYER_FILE, name, &target)) {
        const char *meant = conf_nearest(loader, CONF_LAYER_FILE, name);
        return conf_bad(loader, "unknown key `%.*s`; %s%s%s", (int)name.len, name.ptr,
                        meant ? "did you mean `" : "--help lists them", meant ? meant : "",
                        meant ? "`?" : "");
    }
    return conf_set(loader, &target, arena_copy(loader->conf->owned, value));
}

static bool read_lines(struct conf_loader *loader, const char *path, struct span text) {
    const char *end = text.ptr + text.len, *next;
    size_t line = 1;
    for (const char *at = text.ptr; at < end; at = next, line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        next = newline ? newline + 1 : end;
        loader->place = arena_printf(loader->conf->owned, "%s:%zu", path, line);
        if (!read_line(loader, (struct span){at, (size_t)((newline ? newline : end) - at)}))
            return false;
    }
    return true;
}

bool conf_read_file(struct conf_loader *loader, const char *path) {
    struct buf text;
    buf_init(&text, FILE_MAX);
    bool ok = slurp(loader, path, &text) && read_lines(loader, path, buf_span(&text));
    buf_free(&text);
    return ok;
}

const char *conf_read_secret(struct conf_loader *loader, const char *path) {
    const char *secret = NULL;
    struct buf text;
    buf_init(&text, SECRET_MAX);
    if (slurp(loader, path, &text)) {
        struct span whole = buf_span(&text);
        if (whole.len && whole.ptr[whole.len - 1] == '\n')
            whole.len--;
        if (whole.len && whole.ptr[whole.len - 1] == '\r')
            whole.len--;
        if (whole.len)
            secret = arena_copy(loader->conf->owned, whole);
        else
            conf_bad(loader, "%s is empty", path);
    }
    buf_free(&text);
    return secret;
}
