/* samples: the newest of many mentions, as the items of a feed. Pure. */
#ifndef CLI_SAMPLES_H
#define CLI_SAMPLES_H

#include "earshot/base.h"

struct sample {
    int64_t at; /* Unix seconds, by which it counts */
    char *json; /* begins with its id */
};

/* Newest first, then by id; all zero: empty. */
struct samples {
    struct sample *list;
    size_t count;
};

/* Whether one of this time would be among the newest `limit`: only then is it worth making. */
bool samples_want(const struct samples *samples, size_t limit, int64_t at) MUST_CHECK;
/* json is copied. */
void samples_add(struct samples *samples, size_t limit, int64_t at, struct span json);
void samples_free(struct samples *samples);

#endif
