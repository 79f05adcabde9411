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

/* A log: records of one partition are in order; some stretches come twice, as after a crash upstream. */
struct records {
    struct record *at;
    size_t count;
    int partitions, alerts;
};

struct records_conf {
    int partitions, alerts;
    int mentions;
    int64_t now; /* mentions are dated up to `spread` seconds before it */
    int64_t spread;
    uint32_t seed;
};

void records_make(struct records *records, const struct records_conf *conf);
void records_free(struct records *records);

/* Puts one into the gather as the service does. */
void records_take(struct gather *gather, const struct record *record, int64_t now);
/* Fails the test unless earshot_volume (three grains), earshot_summary and earshot_feed of every alert say
 * what counting one by one says. */
void records_compare(const struct records *records, struct store *store, const struct records_conf *conf,
                     int64_t feed_items);

#endif
