/* topics: the topics of a deployment (contracts.md), for `earshot init`, which makes them, and for the
 * embedded broker, which has them from its start. */
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

#include "earshot/bus_kafka.h"

struct topics_wanted {
    int partitions;                   /* of the mention topics */
    int replication;                  /* -1: the broker's default */
    int64_t keep_ms, keep_answers_ms; /* raw and matched; enriched, dead letters and actions; 0: not said */
};

enum { TOPICS_COUNT = 8, TOPICS_CONFIG = 13 };

struct topics {
    struct bus_topic list[TOPICS_COUNT];
    char names[TOPICS_COUNT][64];
    char keep[24], keep_answers[24], insync[16];
    const char *config[TOPICS_COUNT][TOPICS_CONFIG];
};

/* The strings live in *topics; prefix is put before the names ("" for the bus, which does so itself). */
void topics_fill(struct topics *topics, const struct topics_wanted *wanted, const char *prefix);

#endif
