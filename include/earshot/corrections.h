/* corrections: what people said of mentions lately, by (alert, mention): in the memory of who folds what
 * Redis keeps in S:corrections, so that a mention which comes after its correction is counted with it, also
 * where no feed will hold it. Pure. One thread. */
#ifndef EARSHOT_CORRECTIONS_H
#define EARSHOT_CORRECTIONS_H

#include "earshot/base.h"
#include "earshot/label.h"

/* As in common/functions.lua: seconds, and how many of a shard. */
enum { CORRECTIONS_KEEP = 7 * 86400, CORRECTIONS_MAX = 10000 };

struct correction {
    struct span alert, mention;
    int shard;
    enum label label;
    int64_t since; /* Unix seconds */
    bool met;      /* a mention was counted with it */
};

struct corrections;

struct corrections *corrections_new(int shards) MUST_CHECK;
void corrections_free(struct corrections **corrections);
void corrections_clear(struct corrections *corrections);

/* Takes the place of what was said of the pair before; what it points to is copied. In the order in which
 * they were said: beyond CORRECTIONS_MAX of a shard the first goes. */
void corrections_put(struct corrections *corrections, const struct correction *one);
/* What was said last of the pair; NULL: nothing. Until the next put or drop. */
struct correction *corrections_find(const struct corrections *corrections, struct span alert,
                                    struct span mention) MUST_CHECK;
size_t corrections_count(const struct corrections *corrections);
/* Forgets those of the shard that are from before then; whether there were any. */
bool corrections_drop(struct corrections *corrections, int shard, int64_t before);

/* A member of S:corrections and its score; shard is the caller's. false: it is none. */
bool corrections_read(struct span member, struct span score, struct correction *out) MUST_CHECK;

#endif
