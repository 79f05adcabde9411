/* httpd: a small HTTP server in a thread of its own, for what is asked about this process. libmicrohttpd
 * lives behind it. GET and HEAD only; anything else is 405, an unknown path 404. */
#ifndef EARSHOT_HTTPD_H
#define EARSHOT_HTTPD_H

#include "earshot/base.h"
#include "earshot/buf.h"

/* Appends the body to out and returns the status. Called in the server's thread: reads only what any thread
 * may read. */
typedef int httpd_answer_f(void *self, struct buf *out);

struct httpd_route {
    const char *path; /* "/metrics"; NULL ends the table */
    const char *content_type;
    httpd_answer_f *answer;
};

struct httpd;

/* listen: HOST:PORT, :PORT (all addresses) or PORT 0 for any free one. routes is borrowed for the server's
 * life. NULL: message says what is wrong (port taken, bad address). */
struct httpd *httpd_new(const char *listen, const struct httpd_route *routes, void *self,
                        struct buf *message) MUST_CHECK;
void httpd_free(struct httpd **httpd);
int httpd_port(const struct httpd *httpd);

#endif
