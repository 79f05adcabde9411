/* records: an enriched log made up for tests, and what must come out of it, counted one by one. */
#ifndef TESTS_AGGREGATOR_RECORDS_H
#define TESTS_AGGREGATOR_RECORDS_H

#include "earshot/base.h"
#include "earshot/gather.h"
#include "earshot/keeper.h"
#include "earshot/store.h"

struct record {
    int32_t partition;
    int64_t raw, offset; /* offset: in its partition */
    char *json;
};

/* What somebody says of a mention and an alert, in the partition of the mention. Some say it twice, some of a
 * mention that does not match the alert, or that never comes. */
struct said {
    int32_t partition;
    int64_t offset; /* in its partition of actions */
    char *mention, *json;
    char alert[16];
    int label; /* enum label */
};

/* A log: records of one partition are in order; some stretches come twice, as after a crash upstream. */
struct records {
    struct record *at;
    size_t count;
    struct said *said;
    size_t said_count;
    int partitions, alerts;
};

struct records_conf {
    int partitions, alerts;
    int mentions;
    int corrections;
    int64_t now; /* mentions are dated up to `spread` seconds before it */
    int64_t spread;
    uint32_t seed;
};

void records_make(struct records *records, const struct records_conf *conf);
void records_free(struct records *records);

/* Puts one into the gather as the service does. */
void records_take(struct gather *gather, const struct record *record, int64_t now);
/* false: a repetition. */
bool records_say(struct gather *gather, const struct said *said, int64_t now);
/* Fails the test unless earshot_volume (three grains), earshot_summary and earshot_feed of every alert say
 * what counting one by one says, each pair as was last said of it. */
void records_compare(const struct records *records, struct store *store, const struct records_conf *conf,
                     int64_t feed_items);

#endif
