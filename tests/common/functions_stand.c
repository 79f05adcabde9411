#include "functions_stand.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const struct deployment DEPLOYMENT = {.id = "testlog", .partitions = PARTITIONS, .shards = SHARDS};

int functions_setup(void **state) {
    struct fixture *f = xcalloc(1, sizeof *f);
    f->server = redis_server_new(false);
    f->store = redis_server_store(f->server);
    *state = f;
    return 0;
}

int functions_teardown(void **state) {
    struct fixture *f = *state;
    store_free(&f->store);
    redis_server_free(&f->server);
    free(f);
    return 0;
}

/* Every test begins with an empty deployment. */
int functions_fresh(void **state) {
    struct fixture *f = *state;
    (void)redis_ask(f->store, "FLUSHALL");
    redis_init(f->store, DEPLOYMENT.id, SHARDS, PARTITIONS);
    f->now = (int64_t)time(NULL);
    return 0;
}

/* Writing. --------------------------------------------------------------------------------------------- */

int shard_of(const char *alert) {
    return deployment_shard(&DEPLOYMENT, span_of(alert));
}

void call_word(struct call *call, struct span text) {
    assert_true(call->count < WORDS_MAX);
    call->words[call->count++] = text;
}

void call_wordf(struct call *call, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *at = call->text + call->used;
    int len = vsnprintf(at, sizeof call->text - call->used, format, args);
    va_end(args);
    assert_true(len >= 0 && call->used + (size_t)len < sizeof call->text);
    call->used += (size_t)len + 1;
    call_word(call, (struct span){.ptr = at, .len = (size_t)len});
}

void fold_begin(struct call *call, int shard) {
    *call = (struct call){0};
    call_word(call, SPAN("FCALL"));
    call_word(call, SPAN("earshot_fold"));
    call_word(call, SPAN("1"));
    call_wordf(call, "earshot:{s%d}", shard);
    call_word(call, SPAN(FUNCTIONS_SCHEMA));
    call_word(call, span_of(DEPLOYMENT.id));
}

const struct store_reply *call_send(struct fixture *f, const struct call *call) {
    const struct store_reply *reply = NULL;
    assert_int_equal(store_ask(f->store, call->words, call->count, &reply), STORE_OK);
    return reply;
}

void add_number(struct call *call, uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
        call->text[call->used++] = (char)(value >> shift & 0xff);
}

/* mentions, positive, negative, sum of scores in thousandths */
void add_cell(struct call *call, const char *alert, const char *block, int64_t cell,
              const int64_t counts[4]) {
    call_word(call, SPAN("4"));
    call_word(call, SPAN("CELLS"));
    call_wordf(call, "earshot:{s%d}:%s", shard_of(alert), block);
    call_wordf(call, "%lld", (long long)cell);
    call_word(call, (struct span){.ptr = call->text + call->used, .len = 16});
    add_number(call, (uint64_t)(counts[0] << 32 | counts[1]));
    add_number(call, (uint64_t)((counts[2] << 37) + counts[3] + 1000 * counts[0]));
}

void define(struct fixture *f, const char *alert, const char *version, const char *json) {
    struct call call = {0};
    call_word(&call, SPAN("FCALL"));
    call_word(&call, SPAN("earshot_define"));
    call_word(&call, SPAN("1"));
    call_wordf(&call, "earshot:{s%d}", shard_of(alert));
    call_word(&call, SPAN("1"));
    call_word(&call, SPAN("testlog"));
    call_word(&call, span_of(alert));
    call_word(&call, span_of(version));
    call_word(&call, span_of(json));
    assert_int_equal(call_send(f, &call)->type, STORE_INTEGER);
}

void define_acme(struct fixture *f) {
    define(f, "acme", "3", "{\"id\":\"acme\",\"name\":null,\"query\":\"x\",\"version\":3");
}

void add_item(struct call *call, const char *alert, int64_t at, const char *id, int score) {
    add_item_saying(call, alert, at, id, score, "");
}

void add_item_saying(struct call *call, const char *alert, int64_t at, const char *id, int score,
                     const char *members) {
    char *member = call->text + call->used;
    int len = snprintf(member, sizeof call->text - call->used, "%s%c%04d%c{\"id\":\"%s\"%s,\"score\":%d}", id,
                       0, score + 1000, 0, id, members, score);
    assert_true(call->used + (size_t)len < sizeof call->text);
    call->used += (size_t)len + 1;
    call_word(call, SPAN("4"));
    call_word(call, SPAN("ZADD"));
    call_wordf(call, "earshot:{s%d}:f:%s", shard_of(alert), alert);
    call_wordf(call, "%lld", -(long long)at);
    call_word(call, (struct span){.ptr = member, .len = (size_t)len});
}

/* Reading. --------------------------------------------------------------------------------------------- */

json_t *read_ok(struct fixture *f, const struct call *call) {
    const struct store_reply *reply = call_send(f, call);
    if (reply->type != STORE_STRING)
        fail_msg("%s", reply->text.ptr);
    json_error_t error;
    json_t *json = json_loadb(reply->text.ptr, reply->text.len, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s: %s", error.text, reply->text.ptr);
    return json;
}

struct call call_reader(const char *command) {
    struct call call = {0};
    for (const char *at_word = command; *at_word;) {
        const char *end = strchrnul(at_word, ' ');
        call.words[call.count++] = (struct span){.ptr = at_word, .len = (size_t)(end - at_word)};
        at_word = *end ? end + 1 : end;
    }
    return call;
}

json_t *read_text(struct fixture *f, const char *command) {
    struct call call = call_reader(command);
    return read_ok(f, &call);
}

void expect_json(struct fixture *f, const char *command, const char *member, const char *expected) {
    json_t *reply = read_text(f, command);
    char *found =
        json_dumps(json_object_get(reply, member), JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(4));
    assert_non_null(found);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: %s is %s, expected %s", command, member, found, expected);
    free(found);
    json_decref(reply);
}

void expect_error(struct fixture *f, const char *command, const char *error) {
    struct call call = call_reader(command);
    const struct store_reply *reply = call_send(f, &call);
    if (reply->type != STORE_ERROR || strcmp(reply->text.ptr, error) != 0)
        fail_msg("%s: %s", command, reply->text.ptr);
}

void add_mark(struct call *call, const char *partition, const char *expected, const char *next) {
    call_word(call, span_of(partition));
    call_word(call, (struct span){.ptr = expected, .len = 16});
    call_word(call, (struct span){.ptr = next, .len = 16});
}

const char NO_MARK[17] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
