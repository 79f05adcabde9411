/* keeper: the Redis side of the aggregator: opens it with care, folds what is gathered, moves quiet shards
 * on.
 *
 * What Redis keeps is the truth. Whenever it is not certain what Redis has (a connection that broke, marks
 * that are not the expected ones, an error), everything gathered is void, the keeper is shut, and
 * keeper_open() reads all marks again: then reading must begin anew at keeper_begin() of every partition. */
#ifndef EARSHOT_KEEPER_H
#define EARSHOT_KEEPER_H

#include "earshot/deployment.h"
#include "earshot/fold.h"
#include "earshot/gather.h"
#include "earshot/store.h"

enum keeper_result {
    KEEPER_OK,
    KEEPER_VOID, /* shut: open it again, now */
    KEEPER_WAIT, /* shut: Redis is away, empty or dirty; open it again a little later */
    KEEPER_STOP, /* shut for good: two deployments, another schema; the process should end */
};

struct keeper;

/* store is borrowed, and conf.source. A keeper of a backfill (conf.source) opens the alert's shard only. */
struct keeper *keeper_new(const struct deployment *deployment, const struct fold_conf *conf,
                          struct store *store) MUST_CHECK;
void keeper_free(struct keeper **keeper);

/* Connects, checks that Redis is this deployment's, has the functions and is clean, and reads the marks. OK
 * at once where it is open. After OK of a shut one the gather is empty and forgets what was handled. */
enum keeper_result keeper_open(struct keeper *keeper) MUST_CHECK;
bool keeper_is_open(const struct keeper *keeper);
/* Shuts it: what is gathered is void. */
void keeper_shut(struct keeper *keeper);
/* Why it is shut or would not open: one line that says what to do; "" while nothing is known to be wrong. */
const char *keeper_problem(const struct keeper *keeper);
/* The offset (enriched, or of actions) to read partition from; -1: the beginning. The keeper is open. */
int64_t keeper_begin(struct keeper *keeper, enum marks_of of, int32_t partition) MUST_CHECK;

/* Where mentions are put in while the keeper is open. */
struct gather *keeper_gather(struct keeper *keeper);

/* Folds all that is gathered; OK: Redis has it, the gather is empty. now: Unix seconds. */
enum keeper_result keeper_fold(struct keeper *keeper, int64_t now) MUST_CHECK;
/* Shards that had nothing to count keep how far all is handled. Nothing is gathered. */
enum keeper_result keeper_move_on(struct keeper *keeper) MUST_CHECK;
/* Corrections that waited too long for their mention are given up. */
enum keeper_result keeper_sweep(struct keeper *keeper, int64_t now) MUST_CHECK;
/* What became of corrections, counted up for the process's life. */
struct keeper_news {
    int64_t changed;  /* a contribution has another label or score */
    int64_t same;     /* it had them already */
    int64_t waits;    /* its mention is not there, or no longer in the feed */
    int64_t removed;  /* of a removed alert: dropped */
    int64_t too_late; /* given up without ever having met their mention */
};
const struct keeper_news *keeper_news(const struct keeper *keeper);
/* Redis still answers. */
enum keeper_result keeper_ping(struct keeper *keeper) MUST_CHECK;

/* The version of the alert that the backfill of conf.source has: this one, where it has none yet. The keeper
 * is open. */
enum keeper_result keeper_claim(struct keeper *keeper, int64_t version, int64_t *claimed) MUST_CHECK;

/* Tells a shard about alerts: count times (id, version, JSON without its closing brace or ""). */
enum keeper_result keeper_define(struct keeper *keeper, int shard, const struct span *words,
                                 size_t count) MUST_CHECK;
/* The alerts that a shard knows and that are not removed: each(id, version). */
typedef void keeper_alert_f(void *self, struct span id, int64_t version);
enum keeper_result keeper_defined(struct keeper *keeper, int shard, keeper_alert_f *each,
                                  void *self) MUST_CHECK;

#endif
