/* matcher: what a raw record becomes: a mention with its matches, or nothing. Pure: the bus is main.c's. */
#ifndef MATCHER_MATCHER_H
#define MATCHER_MATCHER_H

#include "alerts.h"

#include "earshot/arena.h"
#include "earshot/bus.h"
#include "earshot/fault.h"
#include "earshot/repeats.h"

enum matcher_outcome {
    MATCHER_PUBLISH,
    MATCHER_NOTHING, /* no alert matches */
    MATCHER_WAIT,    /* what is in force at its time is not indexed yet: see to the builds of alerts.h */
    MATCHER_KNOWN,   /* before the committed offset: read again only to be remembered */
    MATCHER_SAME,    /* a repetition */
    MATCHER_CHANGED, /* its key came lately with other content */
    MATCHER_BROKEN,  /* no mention; fault says why */
};

struct matcher_result {
    enum matcher_outcome outcome;
    struct span id;     /* the mention's; in the arena or the record; absent where BROKEN */
    struct span value;  /* PUBLISH; valid until the next call */
    size_t matches_cut; /* matches that a limit left out */
    size_t ranges_cut;  /* matches whose ranges a limit cut */
    bool bounded;       /* not all alerts were tried: MATCH_STEPS_MAX */
    struct fault fault; /* BROKEN */
};

struct matcher;

/* window: of the deployment. secret: of what is remembered of records; seed: of the index's hashes, of
 * the deployment, as where the bound of steps cuts depends on it. Nobody who writes mentions should know
 * them. */
struct matcher *matcher_new(int window, const unsigned char secret[REPEATS_SECRET], uint64_t seed) MUST_CHECK;
void matcher_free(struct matcher **matcher);
struct alerts *matcher_alerts(struct matcher *matcher);

/* The partition is ours. committed: -1 where nothing is. Returns where reading begins: a window before it. */
int64_t matcher_assigned(struct matcher *matcher, int32_t partition, int64_t committed);
void matcher_revoked(struct matcher *matcher, int32_t partition);

/* The arena is the job's. Asked about the same record again, the answer is the same. */
void matcher_judge(struct matcher *matcher, const struct bus_record *record, struct arena *arena,
                   struct matcher_result *result);

#endif
