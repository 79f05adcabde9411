/* backfill: raw records from before an alert was in force, as the workers would have counted them: matched,
 * scored and gathered by what matcher, sentiment worker and aggregator have for it. Pure. */
#ifndef CLI_BACKFILL_H
#define CLI_BACKFILL_H

#include "lineage.h"
#include "trial.h"

#include "earshot/analysis.h"
#include "earshot/gather.h"
#include "earshot/repeats.h"

struct backfill_conf {
    struct lineage_border time; /* of the log */
    int64_t version;
    int window; /* the deployment's */
    unsigned char secret[REPEATS_SECRET];
    const int64_t *begin; /* by partition: what is before it was folded; borrowed */
};

struct backfill;

/* The alert is active and its query parses. All is borrowed until backfill_free(). */
struct backfill *backfill_new(const struct backfill_conf *conf, const struct alert *alert,
                              struct analyser *analyser, struct gather *gather) MUST_CHECK;
void backfill_free(struct backfill **backfill);

/* In the order of its partition; now: Unix seconds. Where it is to be counted it is in the gather, in any
 * case the gather knows that it is handled. False: it is broken, and fault says why. */
bool backfill_record(struct backfill *backfill, const struct bus_record *record, int64_t now,
                     struct fault *fault) MUST_CHECK;

const struct trial_totals *backfill_totals(const struct backfill *backfill);

#endif
