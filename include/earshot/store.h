/* store: Redis as one program sees it: pipelined commands over one connection that comes back by itself.
 * hiredis lives behind it. One store, one thread. */
#ifndef EARSHOT_STORE_H
#define EARSHOT_STORE_H

#include "earshot/base.h"
#include "earshot/buf.h"

struct store_conf {
    const char *url; /* redis://[user@]host[:port][/db], rediss:// for TLS, unix:///path; no password in it */
    const char *password;                       /* AUTH, with the ACL user where there is one */
    const char *ca_file, *cert_file, *key_file; /* TLS */
    int64_t timeout_ms;                         /* connect and reply */
};

enum store_status {
    STORE_OK,
    STORE_AWAY, /* not connected: what was queued is void and may or may not have been done; try again later
                 */
    STORE_REFUSED, /* wrong password, no permission, not a Redis: store_problem() says what to change */
};

enum store_type { STORE_NIL, STORE_INTEGER, STORE_STRING, STORE_STATUS, STORE_ERROR, STORE_ARRAY };

struct store_reply {
    enum store_type type;
    int64_t integer;
    struct span text; /* string, status, error */
    const struct store_reply *elements;
    size_t count;
};

struct store;

/* Bad configuration (URL, TLS asked for and not compiled in): NULL, message says. Does not connect. */
struct store *store_new(const struct store_conf *conf, struct buf *message) MUST_CHECK;
void store_free(struct store **store);

/* Connects where it is not connected, at most once a back-off (100 ms doubling to 5 s). */
enum store_status store_connect(struct store *store) MUST_CHECK;
/* Queues one command. */
void store_queue(struct store *store, const struct span *args, size_t count);
/* Sends what is queued and takes replies in order, one a call; borrowed until the next call. Wrong only after
 * AWAY. */
enum store_status store_reply(struct store *store, const struct store_reply **reply) MUST_CHECK;
/* One command, one reply. */
enum store_status store_ask(struct store *store, const struct span *args, size_t count,
                            const struct store_reply **reply) MUST_CHECK;
/* One line; never the password. NULL: nothing is wrong. */
const char *store_problem(const struct store *store);
/* Grows by one with each new connection: what was known of the server before may no longer hold. */
uint64_t store_epoch(const struct store *store);

#endif
