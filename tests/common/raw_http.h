/* raw_http: sends bytes to a port of the loopback and reads until the other side closes. */
#ifndef TESTS_RAW_HTTP_H
#define TESTS_RAW_HTTP_H

#include "earshot/buf.h"

/* The status of the answer, all of which is appended to out; -1: no answer. */
int raw_http(int port, const char *request, struct buf *out);
/* GET path, closing the connection afterwards. */
int raw_http_get(int port, const char *path, struct buf *out);

#endif
