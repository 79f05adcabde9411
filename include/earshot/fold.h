/* fold: what was gathered as calls of earshot_fold, ready for the wire (common/functions.lua): per call the
 * marks of the partitions in it and the commands of a plan, bounded so that readers never wait long. Pure. */
#ifndef EARSHOT_FOLD_H
#define EARSHOT_FOLD_H

#include "earshot/gather.h"
#include "earshot/words.h"

struct fold_conf {
    int64_t call_commands; /* about so many a call; one mention's are never taken apart */
    int64_t feed_items;    /* newest entries kept of an alert */
    const char *source;    /* ID:O of a backfill, which has marks of its own; NULL: the flow */
};

struct fold;

/* One call: "FCALL earshot_fold 1 earshot:{sN} …" as count words. Borrowed until it returns. */
typedef void fold_call_f(void *self, int shard, size_t count, struct span packed);

struct fold *fold_new(const struct deployment *deployment, const struct fold_conf *conf) MUST_CHECK;
void fold_free(struct fold **fold);

/* Gives the calls of one shard in order, and moves its marks to what they will be after them: when any of
 * them is not applied, read the marks anew, fold_forget() and roster_forget(). */
void fold_shard(struct fold *fold, const struct gather *gather, struct marks *marks, int shard, int64_t now,
                fold_call_f *call, void *self);
/* A call without commands, where the shard's marks are behind what is handled: shards that have nothing to
 * count move on too. Only when nothing is gathered. */
void fold_move_on(struct fold *fold, const struct gather *gather, struct marks *marks, int shard,
                  fold_call_f *call, void *self);
/* A call that expects no marks: corrections that are too old go, and are counted in its reply. */
void fold_sweep(struct fold *fold, int shard, fold_call_f *call, void *self);
/* Expiry that was set may be lost. */
void fold_forget(struct fold *fold);

#endif
