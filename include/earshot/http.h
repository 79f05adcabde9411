/* http: GET requests by the hundred at once from one thread. libcurl (multi) lives behind it.
 *
 * Only http and https, redirects followed (10 at most, the same two schemes), bodies up to a maximum, gzip
 * undone, a time-out for the whole. Threads: one http, one thread. Nothing is logged here. */
#ifndef EARSHOT_HTTP_H
#define EARSHOT_HTTP_H

#include "earshot/base.h"
#include "earshot/buf.h"

struct http_request {
    const char *url;
    const char *etag, *last_modified; /* conditional where not NULL */
    const char *const *headers;       /* "Name: value", NULL ends; NULL allowed */
    void *tag;                        /* comes back with the response */
};

/* Borrowed until the next http_next(). */
struct http_response {
    void *tag;
    int status;          /* 0: no answer, problem says why */
    const char *problem; /* one line */
    struct span body;
    const char *etag, *last_modified, *content_type; /* NULL: not given */
    const char *url;                                 /* after redirects */
    bool moved_permanently;                          /* each redirect on the way was 301 or 308 */
    int64_t retry_after_ms;                          /* -1: not given */
};

struct http;
struct http *http_new(const char *user_agent, int parallel, size_t body_max, int64_t timeout_ms) MUST_CHECK;
void http_free(struct http **http);
/* Copies the request; it starts when one of `parallel` places is free. */
void http_get(struct http *http, const struct http_request *request);
size_t http_running(const struct http *http);
/* Moves transfers on, waits at most timeout_ms. A response that is complete, or NULL. */
/* While nothing is under way it returns at once. */
const struct http_response *http_next(struct http *http, int timeout_ms);

#endif
