/* store: a synchronous hiredis connection is enough: the fold pipelines whole gathers and then has nothing to
 * do but wait. What is queued stays in our own buffer until the first reply is asked for, so that it can be
 * queued before the connection is there and is simply forgotten when the connection breaks. */
#include "earshot/store.h"

#include "earshot/arena.h"
#include "store_parts.h"

// clang-format off
#include <sys/time.h>
#include <hiredis/hiredis.h>
// clang-format on
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_MAX_MS = 5000, QUEUE_MAX = 1 << 30, PROBLEM_MAX = 400 };

struct store {
    struct store_url url;
    struct store_tls *tls;
    char *password;
    struct timeval timeout;

    redisContext *context; /* NULL: not connected */
    uint64_t epoch;
    int64_t backoff_ms, retry_at_ms;
    enum store_status down; /* why it is not connected: AWAY or REFUSED */

    struct buf queue; /* commands not yet handed to hiredis */
    size_t pending;   /* replies not yet taken */
    redisReply *raw;  /* what the caller borrows, with its converted form in the arena */
    struct arena *arena;
    struct buf problem;
};

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct store *store_new(const struct store_conf *conf, struct buf *message) {
    struct store_url url;
    if (!store_url_parse(conf->url, &url, message))
        return NULL;
    struct store_tls *tls = NULL;
    if (url.tls && !(tls = store_tls_new(conf, url.host, message))) {
        store_url_free(&url);
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN); /* hiredis 0.14 writes without MSG_NOSIGNAL */
    struct store *store = xcalloc(1, sizeof *store);
    store->url = url;
    store->tls = tls;
    store->password = conf->password ? xstrdup(conf->password) : NULL;
    store->timeout = (struct timeval){.tv_sec = (time_t)(conf->timeout_ms / 1000),
                                      .tv_usec = (suseconds_t)(conf->timeout_ms % 1000 * 1000)};
    store->down = STORE_AWAY;
    store->backoff_ms = BACKOFF_FIRST_MS;
    store->arena = arena_new(4096);
    buf_init(&store->queue, QUEUE_MAX);
    buf_init(&store->problem, PROBLEM_MAX);
    return store;
}

static void drop_reply(struct store *store) {
    if (store->raw)
        freeReplyObject(store->raw);
    store->raw = NULL;
    arena_reset(store->arena);
}

static void disconnect(struct store *store) {
    drop_reply(store);
    if (store->context)
        redisFree(store->context);
    store->context = NULL;
    buf_clear(&store->queue);
    store->pending = 0;
}

void store_free(struct store **store) {
    struct store *old = *store;
    if (!old)
        return;
    disconnect(old);
    store_tls_free(&old->tls);
    store_url_free(&old->url);
    if (old->password)
        explicit_bzero(old->password, strlen(old->password));
    free(old->password);
    buf_free(&old->queue);
    buf_free(&old->problem);
    arena_free(&old->arena);
    free(old);
    *store = NULL;
}

static void say_place(struct store *store) {
    buf_clear(&store->problem);
    if (store->url.path)
        buf_printf(&store->problem, "Redis at %s: ", store->url.path);
    else
        buf_printf(&store->problem, "Redis at %s:%d: ", store->url.host, store->url.port);
}

/* The connection is given up; the next try waits twice as long as the one before. */
static enum store_status give_up(struct store *store, enum store_status why, const char *text,
                                 const char *remedy) {
    say_place(store);
    buf_printf(&store->problem, "%.200s%s%s", text, *remedy ? "; " : "", remedy);
    disconnect(store);
    store->retry_at_ms = now_ms() + store->backoff_ms;
    store->backoff_ms = store->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : store->backoff_ms * 2;
    return store->down = why;
}

/* Error replies that are about the server or about us, not about the command. */
static const struct {
    const char *code;
    enum store_status status;
    const char *remedy;
} SERVER_ERRORS[] = {
    {"LOADING", STORE_AWAY, "it is reading its data, waiting"},
    {"BUSY ", STORE_AWAY, "a script of another client runs too long"},
    {"READONLY", STORE_AWAY, "it is a replica; --redis must name the primary"},
    {"MASTERDOWN", STORE_AWAY, "it is a replica that has lost its primary"},
    {"MISCONF", STORE_AWAY, "it cannot save to its disk and takes no writes; look at its log"},
    {"OOM ", STORE_AWAY, "it is full and takes no writes; raise its maxmemory"},
    {"NOREPLICAS", STORE_AWAY, "it lacks the replicas that its configuration asks for"},
    {"CLUSTERDOWN", STORE_AWAY, "the cluster is not whole"},
    {"TRYAGAIN", STORE_AWAY, "the cluster is moving slots"},
    {"ERR max number of clients", STORE_AWAY, "raise its maxclients"},
    {"NOAUTH", STORE_REFUSED, "it wants a password; set redis-password"},
    {"WRONGPASS", STORE_REFUSED, "check redis-password and the user in --redis"},
    {"ERR invalid password", STORE_REFUSED, "check redis-password"},
    {"ERR AUTH <password> called without any", STORE_REFUSED, "it has no password; unset redis-password"},
    {"NOPERM", STORE_REFUSED, "give its user the permissions of deploy/, or use another one"},
    {"MOVED", STORE_REFUSED,
     "it is one node of a cluster with several; this program writes to a single Redis"},
    {"DENIED", STORE_REFUSED, "it runs in protected mode; give it a password or bind it"},
};

/* STORE_OK: an answer for the caller. */
static enum store_status check_error(struct store *store, const char *text) {
    for (size_t i = 0; i < COUNT_OF(SERVER_ERRORS); i++) {
        if (strncmp(text, SERVER_ERRORS[i].code, strlen(SERVER_ERRORS[i].code)) == 0)
            return give_up(store, SERVER_ERRORS[i].status, text, SERVER_ERRORS[i].remedy);
    }
    return STORE_OK;
}

static enum store_status broken(struct store *store) {
    if (store->context->err == REDIS_ERR_PROTOCOL)
        return give_up(store, STORE_REFUSED, "its answer is not Redis' protocol",
                       "check --redis (a TLS port needs rediss://)");
    bool timed_out = store->context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
    return give_up(store, STORE_AWAY, timed_out ? "no answer within redis-timeout" : store->context->errstr,
                   "");
}

static void send_queue(struct store *store) {
    if (store->queue.len)
        redisAppendFormattedCommand(store->context, store->queue.ptr, store->queue.len);
    buf_clear(&store->queue);
}

static enum store_status take_raw(struct store *store) {
    drop_reply(store);
    send_queue(store);
    if (redisGetReply(store->context, (void **)&store->raw) != REDIS_OK)
        return broken(store);
    store->pending--;
    if (store->raw->type == REDIS_REPLY_ERROR)
        return check_error(store, store->raw->str);
    return STORE_OK;
}

/* AUTH and SELECT: any error here is one of configuration. */
static enum store_status handshake(struct store *store, const struct span *args, size_t count,
                                   const char *remedy) {
    store_queue(store, args, count);
    enum store_status status = take_raw(store);
    if (status == STORE_OK && store->raw->type == REDIS_REPLY_ERROR)
        status = give_up(store, STORE_REFUSED, store->raw->str, remedy);
    return status;
}

static enum store_status greet(struct store *store) {
    enum store_status status = STORE_OK;
    if (store->password || store->url.user) {
        struct span args[3] = {SPAN("AUTH")};
        size_t count = 1;
        if (store->url.user)
            args[count++] = span_of(store->url.user);
        args[count++] = span_of(store->password ? store->password : "");
        status = handshake(store, args, count, "check redis-password and the user in --redis");
        explicit_bzero(store->queue.ptr, store->queue.cap);
    }
    if (status == STORE_OK && store->url.database) {
        char database[16];
        struct span args[] = {SPAN("SELECT"), {.ptr = database}};
        args[1].len = (size_t)snprintf(database, sizeof database, "%d", store->url.database);
        status = handshake(store, args, COUNT_OF(args), "check the database in --redis");
    }
    return status;
}

static enum store_status open_connection(struct store *store) {
    store->context = store->url.path
                         ? redisConnectUnixWithTimeout(store->url.path, store->timeout)
                         : redisConnectWithTimeout(store->url.host, store->url.port, store->timeout);
    if (!store->context)
        die(EXIT_FAILED, "out of memory");
    if (store->context->err)
        return give_up(store, STORE_AWAY, store->context->errstr, "is it running, and is --redis right?");
    redisSetTimeout(store->context, store->timeout);
    if (!store->url.path)
        redisEnableKeepAlive(store->context);
    if (store->tls && !store_tls_start(store->tls, store->context))
        return give_up(store, STORE_REFUSED, store->context->errstr,
                       "check redis-ca-file and the server's TLS");
    return STORE_OK;
}

enum store_status store_connect(struct store *store) {
    if (store->context)
        return STORE_OK;
    if (now_ms() < store->retry_at_ms)
        return store->down;
    struct buf queued = store->queue; /* of the caller: goes out after the greeting */
    size_t pending = store->pending;
    buf_init(&store->queue, QUEUE_MAX);
    store->pending = 0;
    enum store_status status = open_connection(store);
    if (status == STORE_OK)
        status = greet(store);
    buf_free(&store->queue);
    store->queue = queued;
    if (status != STORE_OK) {
        buf_clear(&store->queue);
        return status;
    }
    drop_reply(store);
    store->pending = pending;
    store->epoch++;
    return STORE_OK;
}

static void queue_head(struct store *store, size_t count) {
    buf_add_char(&store->queue, '*');
    buf_add_int(&store->queue, (int64_t)count);
    buf_add_str(&store->queue, "\r\n");
}

void store_queue(struct store *store, const struct span *args, size_t count) {
    queue_head(store, count);
    for (size_t i = 0; i < count; i++) {
        buf_add_char(&store->queue, '$');
        buf_add_int(&store->queue, (int64_t)args[i].len);
        buf_add_str(&store->queue, "\r\n");
        buf_add_span(&store->queue, args[i]);
        buf_add_str(&store->queue, "\r\n");
    }
    store->pending++;
}

void store_queue_packed(struct store *store, size_t count, struct span packed) {
    queue_head(store, count);
    buf_add_span(&store->queue, packed);
    store->pending++;
}

static struct store_reply convert(struct store *store, const redisReply *raw);

static const struct store_reply *convert_all(struct store *store, const redisReply *raw) {
    struct store_reply *out = arena_alloc(store->arena, raw->elements * sizeof *out);
    for (size_t i = 0; i < raw->elements; i++)
        out[i] = convert(store, raw->element[i]);
    return out;
}

static struct store_reply convert(struct store *store, const redisReply *raw) {
    switch (raw->type) {
    case REDIS_REPLY_INTEGER:
        return (struct store_reply){.type = STORE_INTEGER, .integer = raw->integer};
    case REDIS_REPLY_STRING:
        return (struct store_reply){.type = STORE_STRING, .text = {.ptr = raw->str, .len = raw->len}};
    case REDIS_REPLY_STATUS:
        return (struct store_reply){.type = STORE_STATUS, .text = {.ptr = raw->str, .len = raw->len}};
    case REDIS_REPLY_ERROR:
        return (struct store_reply){.type = STORE_ERROR, .text = {.ptr = raw->str, .len = raw->len}};
    case REDIS_REPLY_ARRAY:
        return (struct store_reply){
            .type = STORE_ARRAY, .elements = convert_all(store, raw), .count = raw->elements};
    default: /* RESP2 has one more: nil */
        return (struct store_reply){.type = STORE_NIL};
    }
}

enum store_status store_reply(struct store *store, const struct store_reply **reply) {
    if (!store->context) {
        buf_clear(&store->queue);
        store->pending = 0;
        return store->down;
    }
    ASSERT(store->pending > 0);
    if (!buf_ok(&store->queue))
        return give_up(store, STORE_AWAY, "more than 1 GiB was queued", "");
    enum store_status status = take_raw(store);
    if (status != STORE_OK)
        return status;
    struct store_reply *converted = arena_alloc(store->arena, sizeof *converted);
    *converted = convert(store, store->raw);
    *reply = converted;
    store->backoff_ms = BACKOFF_FIRST_MS;
    buf_clear(&store->problem);
    return STORE_OK;
}

enum store_status store_ask(struct store *store, const struct span *args, size_t count,
                            const struct store_reply **reply) {
    ASSERT(store->pending == 0);
    enum store_status status = store_connect(store);
    if (status != STORE_OK)
        return status;
    store_queue(store, args, count);
    return store_reply(store, reply);
}

size_t store_pending(const struct store *store) {
    return store->pending;
}

const char *store_problem(const struct store *store) {
    return store->problem.len ? store->problem.ptr : NULL;
}

uint64_t store_epoch(const struct store *store) {
    return store->epoch;
}
