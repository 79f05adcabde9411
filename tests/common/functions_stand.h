/* functions_stand: a real Redis with the function library, and calls to it made word by word: what the tests
 * of the functions stand on. */
#ifndef FUNCTIONS_STAND_H
#define FUNCTIONS_STAND_H

#include "cmocka_all.h"

#include "earshot/deployment.h"
#include "earshot/functions.h"
#include "redis_server.h"

#include <jansson.h>

enum { SHARDS = 4, PARTITIONS = 3, WORDS_MAX = 400, TEXT_MAX = 600 };

extern const struct deployment DEPLOYMENT;

struct fixture {
    struct redis_server *server;
    struct store *store;
    int64_t now;
};

/* A call that grows word by word; words are borrowed or its own. */
struct call {
    struct span words[WORDS_MAX];
    size_t count;
    char text[WORDS_MAX * 40];
    size_t used;
};

int functions_setup(void **state);
int functions_teardown(void **state);
int functions_fresh(void **state);
int shard_of(const char *alert);
void call_word(struct call *call, struct span text);
void call_wordf(struct call *call, const char *format, ...) PRINTF_LIKE(2, 3);
void fold_begin(struct call *call, int shard);
const struct store_reply *call_send(struct fixture *f, const struct call *call);
void add_number(struct call *call, uint64_t value);
void add_cell(struct call *call, const char *alert, const char *block, int64_t cell, const int64_t counts[4]);
void define(struct fixture *f, const char *alert, const char *version, const char *json);
void define_acme(struct fixture *f);
void add_item(struct call *call, const char *alert, int64_t at, const char *id, int score);
/* members: of its JSON, between id and score */
void add_item_saying(struct call *call, const char *alert, int64_t at, const char *id, int score,
                     const char *members);
json_t *read_ok(struct fixture *f, const struct call *call);
struct call call_reader(const char *command);
json_t *read_text(struct fixture *f, const char *command);
void expect_json(struct fixture *f, const char *command, const char *member, const char *expected);

void expect_error(struct fixture *f, const char *command, const char *error);
void add_mark(struct call *call, const char *partition, const char *expected, const char *next);

extern const char NO_MARK[17]; /* 16 bytes */

/* The aggregator's user as redis-functions.md has it, without a password. */
#define WRITER_ACL                                                                                           \
    "ACL SETUSER writer on nopass resetkeys ~earshot:* -@all +fcall +fcall_ro +ping +hget +hmget +hgetall "  \
    "+get +getrange +zrange +zrangebyscore +time +hset +hincrby +hdel +setrange +set +mget +expireat +zadd " \
    "+zrem +zscan +zscore +zcard +zremrangebyrank +unlink"

#define TEST(name) cmocka_unit_test_setup(name, functions_fresh)

#endif
