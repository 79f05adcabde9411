/* redis_server: a real redis-server of its own, on a unix socket in a folder of its own. Where the binary is
 * missing the test fails: tests/run installs it. */
#ifndef TESTS_REDIS_SERVER_H
#define TESTS_REDIS_SERVER_H

#include "earshot/base.h"
#include "earshot/store.h"

struct redis_server;

/* Started and answering. aof: it keeps what it was told across redis_server_start(), all that had a reply
 *. */
struct redis_server *redis_server_new(bool aof);
void redis_server_free(struct redis_server **server);

const char *redis_server_url(const struct redis_server *server);
const char *redis_server_socket(const struct redis_server *server);
int redis_server_pid(const struct redis_server *server);
/* SIGKILL, and again. */
void redis_server_kill(struct redis_server *server);
void redis_server_start(struct redis_server *server);

/* A store of this server. */
struct store *redis_server_store(const struct redis_server *server);
/* The words of command, split at spaces, as one command; the reply is borrowed from the store. */
const struct store_reply *redis_ask(struct store *store, const char *command);
/* `earshot init` in short: the library, and the deployment's hash. */
void redis_init(struct store *store, const char *id, int shards, int partitions);

#endif
