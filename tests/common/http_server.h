/* http_server: an HTTP server in a thread that says exactly what a test wants, right or wrong. One request a
 * connection. */
#ifndef TESTS_HTTP_SERVER_H
#define TESTS_HTTP_SERVER_H

#include "earshot/buf.h"

enum http_ending {
    HTTP_CLOSE, /* closes behind the bytes */
    HTTP_HOLD,  /* keeps the connection open until the client closes it or the server ends */
};

/* Appends the answer's bytes, status line and all. request ends with a NUL. Called in the server's thread. */
typedef enum http_ending http_serve_f(void *self, const char *request, struct buf *out);

struct http_server;
struct http_server *http_server_new(http_serve_f *serve, void *self);
void http_server_free(struct http_server **server);
int http_server_port(const struct http_server *server);

#endif
