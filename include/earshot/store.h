/* store: Redis as one program sees it: pipelined commands over one connection that comes back by itself.
 * hiredis lives behind it.
 *
 * Delivery: a command whose reply arrived was done; after STORE_AWAY none of the commands without a reply is
 * known to be done or not done. Nothing is sent twice.
 * Failure: what the world causes is STORE_AWAY and passes by itself or by an operator's hand (refused,
 * closed, time-out, LOADING, READONLY, MISCONF, OOM, CLUSTERDOWN, …); what only other configuration can mend
 * is STORE_REFUSED (password, permission, not a Redis, MOVED). Both close the connection; store_problem()
 * says what to do, never a secret. Nothing is logged here: the caller knows whether it is news. Threads: one
 * store, one thread. The first store_new() makes the process ignore SIGPIPE. */
#ifndef EARSHOT_STORE_H
#define EARSHOT_STORE_H

#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/conf.h"

struct store_conf {
    /* redis://[user@]host[:port][/db], rediss:// for TLS, unix:///path; a password in it is refused */
    const char *url;
    const char *password;                       /* AUTH, with the ACL user where there is one */
    const char *ca_file, *cert_file, *key_file; /* TLS; ca_file NULL: the system's */
    int64_t timeout_ms;                         /* connect, send and reply, each */
};

/* --redis and what belongs to it, ended by {0}, for conf.tables: fills a struct store_conf. */
extern const struct conf_option STORE_OPTIONS[];

enum store_status { STORE_OK, STORE_AWAY, STORE_REFUSED };

enum store_type { STORE_NIL, STORE_INTEGER, STORE_STRING, STORE_STATUS, STORE_ERROR, STORE_ARRAY };

struct store_reply {
    enum store_type type;
    int64_t integer;
    struct span text; /* string, status, error; NUL terminated */
    const struct store_reply *elements;
    size_t count;
};

struct store;

/* Bad configuration (URL, TLS asked for and not compiled in): NULL, message says. Does not connect. */
struct store *store_new(const struct store_conf *conf, struct buf *message) MUST_CHECK;
void store_free(struct store **store);

/* Connects and authenticates where it is not connected, at most once a back-off (100 ms doubling to 5 s after
 * failures; a reply resets it). STORE_OK at once where it is connected: only use shows that a connection is
 * dead. */
enum store_status store_connect(struct store *store) MUST_CHECK;
/* Queues one command, also before the connection is there. */
void store_queue(struct store *store, const struct span *args, size_t count);
/* The same, for arguments already in the protocol's form: count times "$LENGTH\r\nBYTES\r\n". */
void store_queue_packed(struct store *store, size_t count, struct span packed);
/* Sends what is queued and takes replies in order, one a call; borrowed until the next call. After AWAY or
 * REFUSED nothing is queued any more. */
enum store_status store_reply(struct store *store, const struct store_reply **reply) MUST_CHECK;
/* One command, one reply; connects where needed. Nothing may be queued. */
enum store_status store_ask(struct store *store, const struct span *args, size_t count,
                            const struct store_reply **reply) MUST_CHECK;
/* How many replies are still to be taken. */
size_t store_pending(const struct store *store);
/* One line that says what is wrong and what to change; NULL: nothing is wrong. Valid until the next call. */
const char *store_problem(const struct store *store);
/* Grows by one with each new connection: what was known of the server before may no longer hold. */
uint64_t store_epoch(const struct store *store);

#endif
