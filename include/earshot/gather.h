/* gather: enriched mentions taken apart into (mention, alert) pairs by shard, and corrections of such pairs,
 * held for a short while so that many counts become one command. Pure. What it holds is void after
 * gather_clear(): nothing is known to the world before fold has its reply. */
#ifndef EARSHOT_GATHER_H
#define EARSHOT_GATHER_H

#include "earshot/action.h"
#include "earshot/arena.h"
#include "earshot/corrections.h"
#include "earshot/deployment.h"
#include "earshot/marks.h"
#include "earshot/mention.h"
#include "earshot/roster.h"

/* Where a mention or an action stands in the logs. */
struct gather_place {
    int32_t partition;
    int64_t raw, next; /* raw offset (of an action: its own); enriched offset (its own) behind it */
    int64_t logged_at; /* Unix seconds; 0 unknown */
};

struct gather_pair {
    struct roster_alert *alert;
    uint32_t number;   /* counts mentions and corrections up; parts of a fold end between two */
    uint32_t joint;    /* names of the joint counter: gather_joint() */
    int64_t at;        /* Unix seconds */
    int score;         /* thousandths, -1000..1000 */
    char sign;         /* + 0 - */
    struct span entry; /* the feed's member as a word in the protocol's form; ptr NULL: not wanted there */
    int32_t partition;
    struct mark mark; /* what the shard has done when it has done this */
};

struct gather_pairs {
    struct gather_pair *at; /* as they came */
    size_t count, cap;
};

/* What a call does when it has counted its pairs. */
struct gather_edit {
    struct roster_alert *alert;
    uint32_t number; /* as of pairs */
    struct span mention;
    bool correct; /* a person says label; else: the pair of this number was counted with what a person said */
    enum label label;
    int32_t partition;
    struct mark mark; /* of correct: what the shard has done of the actions when it has done this */
};

struct gather_edits {
    struct gather_edit *at; /* as they came */
    size_t count, cap;
};

struct gather_limits {
    int64_t ahead, old; /* mentions that were dated anew; pairs too old for every counter */
};

struct gather;

/* roster, marks and corrections are borrowed. */
struct gather *gather_new(const struct deployment *deployment, struct roster *roster, struct marks *marks,
                          struct corrections *corrections) MUST_CHECK;
void gather_free(struct gather **gather);

/* The raw mention was seen in its partition since the last gather_clear(gather, true): a repetition. */
bool gather_known(const struct gather *gather, const struct gather_place *place) MUST_CHECK;
/* A repetition: only moves on. A record that is rejected does not even that: the next one does, when the dead
 * letter is on its way. */
void gather_skip(struct gather *gather, const struct gather_place *place);
/* The partition is another's now. */
void gather_forget(struct gather *gather, int32_t partition);
/* false: at least one of its pairs was a repetition. */
bool gather_take(struct gather *gather, const struct gather_place *place, const struct mention *mention,
                 int64_t now);
/* What a person says of a pair, whether its mention came or is to come. false: a repetition. */
bool gather_correct(struct gather *gather, const struct gather_place *place, const struct action *action,
                    int64_t now);

size_t gather_count(const struct gather *gather);       /* pairs */
size_t gather_corrections(const struct gather *gather); /* said by people; each is as dear as many pairs */
bool gather_is_empty(const struct gather *gather);
size_t gather_bytes(const struct gather *gather);
const struct gather_pairs *gather_shard(const struct gather *gather, int shard);
const struct gather_edits *gather_shard_edits(const struct gather *gather, int shard);
/* kind TAB platform TAB language TAB country TAB sign */
struct span gather_joint(const struct gather *gather, uint32_t joint);
/* How far a partition is handled. */
struct mark gather_handled(const struct gather *gather, enum marks_of of, int32_t partition);
const struct gather_limits *
gather_limits(const struct gather *gather); /* counted up for the process's life */
/* collected_at of each mention that is in it, Unix seconds; until the next gather_take(). */
const int64_t *gather_collected(const struct gather *gather, size_t *count);

/* Empty. places: also forget what was handled, since reading begins elsewhere. */
void gather_clear(struct gather *gather, bool places);

#endif
