/* store_parts: what store.c is made of and nobody else sees. */
#ifndef COMMON_STORE_PARTS_H
#define COMMON_STORE_PARTS_H

#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/store.h"

struct redisContext;

/* A URL taken apart. Strings are the struct's own. */
struct store_url {
    bool tls;
    char *path; /* of a unix socket; NULL: host and port */
    char *host, *user;
    int port, database;
};

/* false: message is one line that never holds a password. */
bool store_url_parse(const char *text, struct store_url *out, struct buf *message) MUST_CHECK;
void store_url_free(struct store_url *url);

/* TLS as hiredis_ssl gives it; where it was not found at build time store_tls_new() says so. */
struct store_tls;
struct store_tls *store_tls_new(const struct store_conf *conf, const char *host,
                                struct buf *message) MUST_CHECK;
void store_tls_free(struct store_tls **tls);
/* false: the context's error says why. */
bool store_tls_start(struct store_tls *tls, struct redisContext *context) MUST_CHECK;

#endif
