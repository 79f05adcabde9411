/* redis_proxy: stands between a store and a redis-server and cuts the connection after so many bytes, of what
 * is asked or of what is answered: so every command in turn is not sent, half sent, or done without a reply.
 */
#ifndef TESTS_REDIS_PROXY_H
#define TESTS_REDIS_PROXY_H

#include "earshot/base.h"

struct redis_proxy;

/* In front of the unix socket. Cuts nothing before redis_proxy_cut(). */
struct redis_proxy *redis_proxy_new(const char *socket);
void redis_proxy_free(struct redis_proxy **proxy);
const char *redis_proxy_url(const struct redis_proxy *proxy);

/* Once, when so many more bytes have gone in that direction; 0: never. */
void redis_proxy_cut(struct redis_proxy *proxy, size_t asked, size_t answered);
/* All bytes so far. */
void redis_proxy_counts(struct redis_proxy *proxy, size_t *asked, size_t *answered);

#endif
