/* store_url: redis:// URLs. A password in a URL ends in process lists, logs and screenshots, so it is refused
 * rather than supported. */
#include "store_parts.h"

#include <stdlib.h>

enum { DEFAULT_PORT = 6379, PORT_MAX = 65535, DATABASE_MAX = 1000000 };

static bool number(struct span text, int max, int *out) {
    int value = 0;
    if (text.len == 0 || text.len > 7)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        value = value * 10 + (text.ptr[i] - '0');
    }
    *out = value;
    return value <= max;
}

/* What stands before the first `c`, taken off *rest with it; {NULL, 0} and *rest as it was where there is
 * none. */
static struct span cut(struct span *rest, char c) {
    const char *at = rest->len ? memchr(rest->ptr, c, rest->len) : NULL;
    if (!at)
        return (struct span){0};
    struct span before = {.ptr = rest->ptr, .len = (size_t)(at - rest->ptr)};
    *rest = (struct span){.ptr = at + 1, .len = rest->len - before.len - 1};
    return before;
}

static bool bad(struct buf *message, const char *what) {
    buf_printf(message, "--redis: %s; expected redis://[user@]host[:port][/db], rediss://… or unix:///path",
               what);
    return false;
}

static bool parse_user(struct span *rest, struct store_url *out, struct buf *message) {
    struct span user = cut(rest, '@');
    if (!user.ptr)
        return true;
    if (memchr(user.ptr, ':', user.len)) {
        buf_add_str(message, "--redis: holds a password; take it out and give it as redis-password");
        return false;
    }
    if (user.len)
        out->user = xstrndup(user.ptr, user.len);
    return true;
}

/* host, host:port, [v6], [v6]:port */
static bool parse_host(struct span rest, struct store_url *out, struct buf *message) {
    struct span host = {0};
    if (rest.len && rest.ptr[0] == '[') {
        rest = (struct span){.ptr = rest.ptr + 1, .len = rest.len - 1};
        host = cut(&rest, ']');
        if (!host.ptr || (rest.len && rest.ptr[0] != ':'))
            return bad(message, "the address in [ ] is wrong");
        if (rest.len)
            rest = (struct span){.ptr = rest.ptr + 1, .len = rest.len - 1};
        else
            rest.ptr = NULL;
    } else {
        host = cut(&rest, ':');
        if (!host.ptr) {
            host = rest;
            rest = (struct span){0};
        }
    }
    if (host.len == 0)
        return bad(message, "the host is missing");
    if (rest.ptr && (!number(rest, PORT_MAX, &out->port) || out->port == 0))
        return bad(message, "the port is not a number from 1 to 65535");
    out->host = xstrndup(host.ptr, host.len);
    return true;
}

static bool parse_network(struct span rest, struct store_url *out, struct buf *message) {
    if (!parse_user(&rest, out, message))
        return false;
    struct span place = cut(&rest, '/');
    if (!place.ptr)
        place = rest;
    else if (rest.len && !number(rest, DATABASE_MAX, &out->database))
        return bad(message, "the database is not a number");
    return parse_host(place, out, message);
}

static bool starts_with(struct span *text, struct span prefix) {
    if (text->len < prefix.len || memcmp(text->ptr, prefix.ptr, prefix.len) != 0)
        return false;
    *text = (struct span){.ptr = text->ptr + prefix.len, .len = text->len - prefix.len};
    return true;
}

bool store_url_parse(const char *text, struct store_url *out, struct buf *message) {
    *out = (struct store_url){.port = DEFAULT_PORT};
    struct span rest = span_of(text);
    if (starts_with(&rest, SPAN("unix://"))) {
        if (rest.len < 2 || rest.ptr[0] != '/')
            return bad(message, "the path of the socket is missing");
        out->path = xstrndup(rest.ptr, rest.len);
        return true;
    }
    out->tls = starts_with(&rest, SPAN("rediss://"));
    if (!out->tls && !starts_with(&rest, SPAN("redis://")))
        return bad(message, "the scheme is unknown");
    if (parse_network(rest, out, message))
        return true;
    store_url_free(out);
    return false;
}

void store_url_free(struct store_url *url) {
    free(url->path);
    free(url->host);
    free(url->user);
    *url = (struct store_url){0};
}
