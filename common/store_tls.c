/* store_tls: hiredis before 1.0 (Debian 12) has no TLS, so all of it stands here behind one switch and the
 * rest of the store does not know. hiredis verifies the certificate's chain; it does not compare the host's
 * name. */
#include "store_parts.h"

#include <stdlib.h>

#ifdef EARSHOT_REDIS_TLS

// clang-format off
#include <sys/time.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
// clang-format on

struct store_tls {
    redisSSLContext *context;
};

struct store_tls *store_tls_new(const struct store_conf *conf, const char *host, struct buf *message) {
    redisSSLContextError error = REDIS_SSL_CTX_NONE;
    redisInitOpenSSL();
    redisSSLContext *context = redisCreateSSLContext(conf->ca_file, conf->ca_file ? NULL : "/etc/ssl/certs",
                                                     conf->cert_file, conf->key_file, host, &error);
    if (!context) {
        buf_printf(message, "redis TLS: %s; check redis-ca-file, redis-cert-file and redis-key-file",
                   redisSSLContextGetError(error));
        return NULL;
    }
    struct store_tls *tls = xmalloc(sizeof *tls);
    tls->context = context;
    return tls;
}

void store_tls_free(struct store_tls **tls) {
    if (!*tls)
        return;
    redisFreeSSLContext((*tls)->context);
    free(*tls);
    *tls = NULL;
}

bool store_tls_start(struct store_tls *tls, struct redisContext *context) {
    return redisInitiateSSLWithContext(context, tls->context) == REDIS_OK;
}

#else

struct store_tls *store_tls_new(const struct store_conf *conf, const char *host, struct buf *message) {
    (void)conf;
    (void)host;
    buf_add_str(message,
                "--redis: rediss:// needs hiredis 1.0 or newer with its TLS library, and this program "
                "was built without; install libhiredis-dev >= 1.0 and build again, or use redis://");
    return NULL;
}

void store_tls_free(struct store_tls **tls) {
    (void)tls;
}

bool store_tls_start(struct store_tls *tls, struct redisContext *context) {
    (void)tls;
    (void)context;
    return false;
}

#endif
