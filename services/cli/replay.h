/* replay: alerts tried on the records of mentions.raw: what each matches, when, the newest of it, and what
 * that is against the saved alert of the same id. Repetitions are dropped as the matcher drops them. Pure. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "samples.h"
#include "trial.h"

#include "earshot/bus.h"
#include "earshot/repeats.h"

struct replay_conf {
    int64_t since_ms, until_ms; /* of the log, half open */
    int64_t from, to;           /* of the buckets, Unix seconds, widened to whole ones */
    size_t sample;              /* mentions kept of each kind and alert */
    int window;                 /* the deployment's */
    unsigned char secret[REPEATS_SECRET];
};

struct replay_row {
    const struct alert *alert;
    int64_t matched;
    int64_t *buckets;     /* by when they count; NULL: nothing matched in the time */
    int64_t older, newer; /* of matched: they count before, or behind, the time */
    struct samples newest;
    /* Against the saved alert of this id: */
    int64_t version; /* its; -1: none */
    bool same;       /* it is this one: nothing to compare */
    int64_t saved_matched, gained, lost;
    struct samples gains, losses;
};

/* Saved alerts with their versions. */
struct replay_saved {
    const struct alert_file *alerts;
    const int64_t *versions; /* by entry */
};

struct replay;

/* Every query parses. All is borrowed until replay_free(). */
struct replay *replay_new(const struct replay_conf *conf, const struct alert_file *alerts,
                          const struct replay_saved *saved) MUST_CHECK;
void replay_free(struct replay **replay);

/* In the order of its partition. One outside of the time is only remembered: a repetition of it is one.
 * False: it is broken, and fault says why. */
bool replay_record(struct replay *replay, const struct bus_record *record, struct fault *fault) MUST_CHECK;

const struct trial_totals *replay_totals(const struct replay *replay);
const struct replay_row *replay_rows(const struct replay *replay, size_t *count); /* by id */
/* The log's times of the oldest and the newest record of the time, ms; false: there was none. */
bool replay_seen(const struct replay *replay, int64_t *oldest, int64_t *newest) MUST_CHECK;

/* Of the buckets. */
struct replay_grain {
    const char *name; /* minute, hour, day */
    int64_t seconds;
    int64_t start; /* of the first, Unix seconds */
    size_t count;
};
const struct replay_grain *replay_grain(const struct replay *replay);

/* For people, or rows for a pipe. now: Unix seconds. */
void replay_show(struct screen *screen, const struct replay *replay, int64_t now);
/* One JSON object and a newline: README.md. lost: records that went while they were read. whole: the reading
 * was not stopped. */
void replay_print(struct buf *out, const struct replay *replay, int64_t lost, bool whole);

#endif
