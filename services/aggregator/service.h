/* service: the aggregator as the worker loop runs it. */
#ifndef AGGREGATOR_SERVICE_H
#define AGGREGATOR_SERVICE_H

#include "earshot/fold.h"
#include "earshot/store.h"
#include "earshot/worker.h"

struct aggregator_conf {
    struct store_conf store; /* first: STORE_OPTIONS counts from here */
    int64_t gather_ms, gather_pairs;
    struct fold_conf fold;
};

/* Without its options: main.c joins them. */
extern const struct worker_service AGGREGATOR;

#endif
