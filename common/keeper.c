/* keeper: whatever goes wrong ends in one state, shut, and there is one way out of it, opening: so a broken
 * pipeline, a zombie's fold and a Redis that lost its last second need no code of their own. */
#include "earshot/keeper.h"

#include "earshot/functions.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROBLEM_MAX = 512, KEY_MAX = 160 };

struct keeper {
    struct deployment deployment;
    struct store *store;
    struct roster *roster;
    struct marks *marks;
    struct corrections *corrections;
    struct gather *gather;
    struct fold *fold;
    const char *source;    /* of a backfill; NULL: the flow */
    int first, shards_end; /* the shards that are ours to fold: all, or the backfilled alert's */
    struct keeper_news news;
    bool open;
    char problem[PROBLEM_MAX];
};

struct keeper *keeper_new(const struct deployment *deployment, const struct fold_conf *conf,
                          struct store *store) {
    struct keeper *keeper = xcalloc(1, sizeof *keeper);
    keeper->deployment = *deployment;
    keeper->store = store;
    keeper->roster = roster_new(deployment);
    keeper->marks = marks_new(deployment->shards, deployment->partitions);
    keeper->corrections = corrections_new(deployment->shards);
    keeper->gather = gather_new(deployment, keeper->roster, keeper->marks, keeper->corrections);
    keeper->fold = fold_new(deployment, conf);
    keeper->source = conf->source;
    keeper->shards_end = deployment->shards;
    if (conf->source) {
        struct span id = {.ptr = conf->source, .len = strcspn(conf->source, ":")};
        keeper->first = deployment_shard(deployment, id);
        keeper->shards_end = keeper->first + 1;
    }
    return keeper;
}

void keeper_free(struct keeper **keeper) {
    struct keeper *old = *keeper;
    if (!old)
        return;
    fold_free(&old->fold);
    gather_free(&old->gather);
    corrections_free(&old->corrections);
    marks_free(&old->marks);
    roster_free(&old->roster);
    free(old);
    *keeper = NULL;
}

/* A reply that is still under way belongs to nobody: the connection's order is lost with it. */
void keeper_shut(struct keeper *keeper) {
    const struct store_reply *reply;
    while (store_pending(keeper->store) && store_reply(keeper->store, &reply) == STORE_OK)
        continue;
    keeper->open = false;
    gather_clear(keeper->gather, true);
    fold_forget(keeper->fold);
    roster_forget(keeper->roster);
}

/* Shuts it and says why. */
static enum keeper_result shut(struct keeper *keeper, enum keeper_result why, const char *format, ...)
    PRINTF_LIKE(3, 4);
static enum keeper_result shut(struct keeper *keeper, enum keeper_result why, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(keeper->problem, sizeof keeper->problem, format, args);
    va_end(args);
    keeper_shut(keeper);
    return why;
}

static enum keeper_result away(struct keeper *keeper) {
    const char *problem = store_problem(keeper->store);
    return shut(keeper, KEEPER_WAIT, "%s", problem ? problem : "Redis is away");
}

/* An error reply of one of our functions, or of a command that our user may not use. */
static enum keeper_result refused(struct keeper *keeper, struct span text, int shard) {
    static const struct {
        const char *code;
        enum keeper_result result;
        const char *remedy;
    } KNOWN[] = {
        {"EARSHOT_DIRTY", KEEPER_VOID, ""}, /* opening says it */
        {"EARSHOT_LOG", KEEPER_STOP, "two deployments mixed: give each its own Redis"},
        {"EARSHOT_SCHEMA", KEEPER_STOP, "run `earshot init` of this version, or use the older programs"},
        {"EARSHOT_ALERT", KEEPER_STOP, "it was removed: what was counted for it stays until it expires"},
        {"ERR Function not found", KEEPER_WAIT, "run `earshot init`"},
    };
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (strncmp(text.ptr, KNOWN[i].code, strlen(KNOWN[i].code)) == 0)
            return shut(keeper, KNOWN[i].result, "Redis, shard %d: %.200s; %s", shard, text.ptr,
                        KNOWN[i].remedy);
    return shut(keeper, KEEPER_WAIT, "Redis, shard %d: %.300s", shard, text.ptr);
}

/* Opening. --------------------------------------------------------------------------------------------- */

static bool same_number(const struct store_reply *field, int number) {
    char text[16];
    int len = snprintf(text, sizeof text, "%d", number);
    return span_eq(field->text, (struct span){.ptr = text, .len = (size_t)len});
}

/* What `earshot init` wrote. */
static enum keeper_result check_meta(struct keeper *keeper) {
    const struct span args[] = {SPAN("HMGET"), SPAN(FUNCTIONS_META), SPAN("schema"),
                                SPAN("id"),    SPAN("shards"),       SPAN("partitions")};
    const struct store_reply *reply = NULL;
    if (store_ask(keeper->store, args, COUNT_OF(args), &reply) != STORE_OK)
        return away(keeper);
    if (reply->type != STORE_ARRAY || reply->count != 4)
        return shut(keeper, KEEPER_WAIT, "Redis: HMGET of %s: %.200s", FUNCTIONS_META,
                    reply->type == STORE_ERROR ? reply->text.ptr : "an answer of another form");
    const struct store_reply *field = reply->elements;
    if (field[1].type == STORE_NIL)
        return shut(keeper, KEEPER_WAIT, "Redis holds no deployment (new or emptied): run `earshot init`");
    if (!span_eq(field[1].text, span_of(keeper->deployment.id)))
        return shut(
            keeper, KEEPER_STOP,
            "two deployments mixed: Kafka holds %s, Redis %.40s; check --brokers, --prefix and --redis",
            keeper->deployment.id, field[1].text.ptr);
    if (!span_eq(field[0].text, SPAN(FUNCTIONS_SCHEMA)))
        return shut(keeper, KEEPER_STOP,
                    "Redis has schema %.20s, this program writes %s: use programs of one version",
                    field[0].type == STORE_NIL ? "none" : field[0].text.ptr, FUNCTIONS_SCHEMA);
    if (!same_number(&field[2], keeper->deployment.shards) ||
        !same_number(&field[3], keeper->deployment.partitions))
        return shut(keeper, KEEPER_STOP,
                    "two deployments mixed: Kafka has %d partitions and %d shards, Redis %.20s and %.20s",
                    keeper->deployment.partitions, keeper->deployment.shards,
                    field[3].type == STORE_NIL ? "none" : field[3].text.ptr,
                    field[2].type == STORE_NIL ? "none" : field[2].text.ptr);
    return KEEPER_OK;
}

/* An older library would take a command of ours for one of Redis' own, and leave its shard dirty. */
static enum keeper_result check_library(struct keeper *keeper) {
    const struct span args[] = {SPAN("FCALL_RO"), SPAN("earshot_library"), SPAN("0")};
    const struct store_reply *reply = NULL;
    if (store_ask(keeper->store, args, COUNT_OF(args), &reply) != STORE_OK)
        return away(keeper);
    if (reply->type == STORE_ERROR && strncmp(reply->text.ptr, "ERR unknown command", 19) == 0)
        return shut(keeper, KEEPER_WAIT, "Redis: %.200s; Redis 7.0 or newer is needed", reply->text.ptr);
    if (reply->type == STORE_ERROR && strncmp(reply->text.ptr, "ERR Function not found", 22) != 0)
        return shut(keeper, KEEPER_WAIT, "Redis: %.200s", reply->text.ptr);
    if (reply->type != STORE_STRING || strtol(reply->text.ptr, NULL, 10) < FUNCTIONS_LIBRARY)
        return shut(keeper, KEEPER_WAIT,
                    "Redis lacks the function library, or has an older one: run `earshot init`");
    return KEEPER_OK;
}

/* earshot:{sN}:NAME in out. */
static struct span shard_key(char out[KEY_MAX], int shard, const char *name) {
    int len = snprintf(out, KEY_MAX, "earshot:{s%d}:%s", shard, name);
    return (struct span){.ptr = out, .len = (size_t)len};
}

static void queue_get(struct keeper *keeper, int shard, const char *name) {
    char key[KEY_MAX];
    const struct span words[] = {SPAN("GET"), shard_key(key, shard, name)};
    store_queue(keeper->store, words, COUNT_OF(words));
}

/* Marks before corrections: what changes between the two moves a mark, and so our first fold is refused. */
static void queue_shard(struct keeper *keeper, int shard) {
    char key[KEY_MAX], name[KEY_MAX];
    const struct span state[] = {SPAN("HMGET"), shard_key(key, shard, "state"), SPAN("schema"), SPAN("log"),
                                 SPAN("dirty")};
    store_queue(keeper->store, state, COUNT_OF(state));
    (void)snprintf(name, sizeof name, "b:%s", keeper->source ? keeper->source : "");
    queue_get(keeper, shard, keeper->source ? name : "marks");
    if (!keeper->source)
        queue_get(keeper, shard, "actions");
    const struct span corrections[] = {SPAN("ZRANGE"), shard_key(key, shard, "corrections"), SPAN("0"),
                                       SPAN("-1"), SPAN("WITHSCORES")};
    store_queue(keeper->store, corrections, COUNT_OF(corrections));
}

static enum keeper_result check_state(struct keeper *keeper, int shard, const struct store_reply *reply) {
    if (reply->type == STORE_ERROR)
        return refused(keeper, reply->text, shard);
    const struct store_reply *field = reply->elements;
    if (field[0].type == STORE_NIL)
        return KEEPER_OK;
    if (!span_eq(field[0].text, SPAN(FUNCTIONS_SCHEMA)))
        return shut(keeper, KEEPER_STOP,
                    "Redis, shard %d: has schema %.20s, this program writes %s: use programs of one version",
                    shard, field[0].text.ptr, FUNCTIONS_SCHEMA);
    if (!span_eq(field[1].text, span_of(keeper->deployment.id)))
        return shut(keeper, KEEPER_STOP,
                    "two deployments mixed: Redis, shard %d holds counts of %.40s, not of %s", shard,
                    field[1].type == STORE_NIL ? "none" : field[1].text.ptr, keeper->deployment.id);
    if (span_eq(field[2].text, SPAN("1")))
        return shut(
            keeper, KEEPER_WAIT,
            "Redis, shard %d is dirty: a fold broke off in it. Rebuild it: delete its keys (redis-cli --scan "
            "--pattern 'earshot:{s%d}:*' | xargs redis-cli unlink); it is then counted anew from Kafka",
            shard, shard);
    return KEEPER_OK;
}

static enum keeper_result take_marks(struct keeper *keeper, enum marks_of of, int shard) {
    const struct store_reply *reply = NULL;
    if (store_reply(keeper->store, &reply) != STORE_OK)
        return away(keeper);
    if (reply->type == STORE_ERROR)
        return refused(keeper, reply->text, shard);
    struct span stored = reply->type == STORE_NIL ? SPAN("") : reply->text;
    if (!marks_read(keeper->marks, of, shard, stored))
        return shut(keeper, KEEPER_STOP, "Redis, shard %d: its marks (%zu bytes) are not of %d partitions",
                    shard, stored.len, keeper->deployment.partitions);
    return KEEPER_OK;
}

static enum keeper_result take_corrections(struct keeper *keeper, int shard) {
    const struct store_reply *reply = NULL;
    struct correction one;
    if (store_reply(keeper->store, &reply) != STORE_OK)
        return away(keeper);
    if (reply->type == STORE_ERROR)
        return refused(keeper, reply->text, shard);
    for (size_t i = 0; i + 1 < reply->count; i += 2) {
        if (!corrections_read(reply->elements[i].text, reply->elements[i + 1].text, &one))
            continue;
        one.shard = shard;
        corrections_put(keeper->corrections, &one);
    }
    return KEEPER_OK;
}

static enum keeper_result take_shard(struct keeper *keeper, int shard) {
    const struct store_reply *reply = NULL;
    if (store_reply(keeper->store, &reply) != STORE_OK)
        return away(keeper);
    enum keeper_result result = check_state(keeper, shard, reply);
    if (result == KEEPER_OK)
        result = take_marks(keeper, MARKS_MENTIONS, shard);
    if (result == KEEPER_OK && !keeper->source)
        result = take_marks(keeper, MARKS_ACTIONS, shard);
    return result == KEEPER_OK ? take_corrections(keeper, shard) : result;
}

static enum keeper_result read_shards(struct keeper *keeper) {
    corrections_clear(keeper->corrections);
    for (int shard = keeper->first; shard < keeper->shards_end; shard++)
        queue_shard(keeper, shard);
    enum keeper_result result = KEEPER_OK;
    for (int shard = keeper->first; result == KEEPER_OK && shard < keeper->shards_end; shard++)
        result = take_shard(keeper, shard);
    return result;
}

enum keeper_result keeper_open(struct keeper *keeper) {
    if (keeper->open)
        return KEEPER_OK;
    enum keeper_result result = check_meta(keeper);
    if (result == KEEPER_OK)
        result = check_library(keeper);
    if (result == KEEPER_OK)
        result = read_shards(keeper);
    if (result != KEEPER_OK)
        return result;
    keeper->open = true;
    keeper->problem[0] = '\0';
    return KEEPER_OK;
}

bool keeper_is_open(const struct keeper *keeper) {
    return keeper->open;
}

const char *keeper_problem(const struct keeper *keeper) {
    return keeper->problem;
}

int64_t keeper_begin(struct keeper *keeper, enum marks_of of, int32_t partition) {
    ASSERT(keeper->open);
    return keeper->source ? marks_at(keeper->marks, of, keeper->first, partition)->next
                          : marks_begin(keeper->marks, of, partition);
}

struct gather *keeper_gather(struct keeper *keeper) {
    return keeper->gather;
}

/* Folding. --------------------------------------------------------------------------------------------- */

struct pipeline {
    struct keeper *keeper;
    int *shards; /* of the calls under way, in order */
    size_t count, cap;
};

static void queue_call(void *self, int shard, size_t count, struct span packed) {
    struct pipeline *pipeline = self;
    store_queue_packed(pipeline->keeper->store, count, packed);
    if (pipeline->count == pipeline->cap) {
        pipeline->cap = pipeline->cap * 2 + 64;
        pipeline->shards = xrealloc(pipeline->shards, pipeline->cap * sizeof *pipeline->shards);
    }
    pipeline->shards[pipeline->count++] = shard;
}

static void raise_floor(struct keeper *keeper, struct span id, int64_t floor) {
    struct roster_alert *alert = roster_find(keeper->roster, id);
    if (floor > alert->floor)
        alert->floor = floor;
}

static void add_news(struct keeper_news *news, struct span what, int64_t n) {
    const struct {
        struct span name;
        int64_t *count;
    } known[] = {{SPAN("+changed"), &news->changed},
                 {SPAN("+same"), &news->same},
                 {SPAN("+waits"), &news->waits},
                 {SPAN("+removed"), &news->removed},
                 {SPAN("+too_late"), &news->too_late}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (span_eq(what, known[i].name))
            *known[i].count += n;
}

/* (alert, floor) and (+what, n). */
static void take_answers(struct keeper *keeper, const struct store_reply *reply) {
    for (size_t i = 0; i + 1 < reply->count; i += 2) {
        struct span name = reply->elements[i].text;
        int64_t number = strtoll(reply->elements[i + 1].text.ptr, NULL, 10);
        if (name.len && *name.ptr == '+')
            add_news(&keeper->news, name, number);
        else
            raise_floor(keeper, name, number);
    }
}

/* An array: applied. A string: the marks that the shard has, not the expected ones: somebody else folds this
 * partition, or Redis was set back. */
static enum keeper_result take_call(struct keeper *keeper, int shard) {
    const struct store_reply *reply = NULL;
    if (store_reply(keeper->store, &reply) != STORE_OK)
        return away(keeper);
    if (reply->type == STORE_ERROR)
        return refused(keeper, reply->text, shard);
    if (reply->type != STORE_ARRAY)
        return shut(keeper, KEEPER_VOID, "Redis, shard %d: its marks are not the expected ones", shard);
    take_answers(keeper, reply);
    return KEEPER_OK;
}

static enum keeper_result take_calls(struct keeper *keeper, struct pipeline *pipeline) {
    enum keeper_result result = KEEPER_OK;
    for (size_t i = 0; result == KEEPER_OK && i < pipeline->count; i++)
        result = take_call(keeper, pipeline->shards[i]);
    free(pipeline->shards);
    return result;
}

enum keeper_result keeper_fold(struct keeper *keeper, int64_t now) {
    ASSERT(keeper->open);
    struct pipeline pipeline = {.keeper = keeper};
    for (int shard = keeper->first; shard < keeper->shards_end; shard++)
        fold_shard(keeper->fold, keeper->gather, keeper->marks, shard, now, queue_call, &pipeline);
    enum keeper_result result = take_calls(keeper, &pipeline);
    if (result == KEEPER_OK)
        gather_clear(keeper->gather, false);
    return result;
}

enum keeper_result keeper_move_on(struct keeper *keeper) {
    ASSERT(keeper->open && gather_is_empty(keeper->gather));
    struct pipeline pipeline = {.keeper = keeper};
    for (int shard = keeper->first; shard < keeper->shards_end; shard++)
        fold_move_on(keeper->fold, keeper->gather, keeper->marks, shard, queue_call, &pipeline);
    return take_calls(keeper, &pipeline);
}

enum keeper_result keeper_sweep(struct keeper *keeper, int64_t now) {
    ASSERT(keeper->open);
    struct pipeline pipeline = {.keeper = keeper};
    for (int shard = keeper->first; shard < keeper->shards_end; shard++)
        if (corrections_drop(keeper->corrections, shard, now - CORRECTIONS_KEEP))
            fold_sweep(keeper->fold, shard, queue_call, &pipeline);
    return take_calls(keeper, &pipeline);
}

const struct keeper_news *keeper_news(const struct keeper *keeper) {
    return &keeper->news;
}

enum keeper_result keeper_ping(struct keeper *keeper) {
    const struct span args[] = {SPAN("PING")};
    const struct store_reply *reply = NULL;
    return store_ask(keeper->store, args, COUNT_OF(args), &reply) == STORE_OK ? KEEPER_OK : away(keeper);
}

/* Alerts. ---------------------------------------------------------------------------------------------- */

enum keeper_result keeper_define(struct keeper *keeper, int shard, const struct span *words, size_t count) {
    char key[KEY_MAX];
    struct words call = {0};
    words_add(&call, SPAN("FCALL"));
    words_add(&call, SPAN("earshot_define"));
    words_add(&call, SPAN("1"));
    int len = snprintf(key, sizeof key, "earshot:{s%d}", shard);
    words_add(&call, (struct span){.ptr = key, .len = (size_t)len});
    words_add(&call, SPAN(FUNCTIONS_SCHEMA));
    words_add(&call, span_of(keeper->deployment.id));
    for (size_t i = 0; i < count; i++)
        words_add(&call, words[i]);
    store_queue_packed(keeper->store, call.count, words_span(&call));
    words_free(&call);
    const struct store_reply *reply = NULL;
    if (store_reply(keeper->store, &reply) != STORE_OK)
        return away(keeper);
    return reply->type == STORE_ERROR ? refused(keeper, reply->text, shard) : KEEPER_OK;
}

enum keeper_result keeper_claim(struct keeper *keeper, int64_t version, int64_t *claimed) {
    ASSERT(keeper->open && keeper->source);
    char key[KEY_MAX], number[24];
    struct span args[] = {SPAN("FCALL"),
                          SPAN("earshot_backfill"),
                          SPAN("1"),
                          {.ptr = key},
                          SPAN(FUNCTIONS_SCHEMA),
                          span_of(keeper->deployment.id),
                          span_of(keeper->source),
                          {.ptr = number}};
    args[3].len = (size_t)snprintf(key, sizeof key, "earshot:{s%d}", keeper->first);
    args[7].len = (size_t)snprintf(number, sizeof number, "%lld", (long long)version);
    const struct store_reply *reply = NULL;
    if (store_ask(keeper->store, args, COUNT_OF(args), &reply) != STORE_OK)
        return away(keeper);
    if (reply->type == STORE_ERROR)
        return refused(keeper, reply->text, keeper->first);
    *claimed = strtoll(reply->text.ptr, NULL, 10);
    return KEEPER_OK;
}

enum keeper_result keeper_defined(struct keeper *keeper, int shard, keeper_alert_f *each, void *self) {
    char key[KEY_MAX];
    struct span args[] = {SPAN("HGETALL"), {.ptr = key}};
    args[1].len = (size_t)snprintf(key, sizeof key, "earshot:{s%d}:alerts", shard);
    const struct store_reply *reply = NULL;
    if (store_ask(keeper->store, args, COUNT_OF(args), &reply) != STORE_OK)
        return away(keeper);
    if (reply->type == STORE_ERROR)
        return refused(keeper, reply->text, shard);
    for (size_t i = 0; i + 1 < reply->count; i += 2) {
        struct span value = reply->elements[i + 1].text;
        if (memchr(value.ptr, ' ', value.len)) /* a version alone: removed */
            each(self, reply->elements[i].text, strtoll(value.ptr, NULL, 10));
    }
    return KEEPER_OK;
}
