/* passthrough_inputs: what bench_passthrough sends: mentions of about 700 bytes and alerts. */
#ifndef BENCH_PASSTHROUGH_INPUTS_H
#define BENCH_PASSTHROUGH_INPUTS_H

#include "earshot/base.h"

struct inputs_from {
    const char *folder; /* mentions.ndjson and alerts.ndjson, by matchers/generate.py; NULL: made here */
    int64_t alerts;     /* the first of the folder's */
};

/* Valid until the next call. */
struct input {
    struct span key, value;
};

struct inputs;

/* Dies where a file cannot be read or has too little, with its name. */
struct inputs *inputs_new(const struct inputs_from *from) MUST_CHECK;
void inputs_free(struct inputs **inputs);
/* The next one; a folder that has no more is too small, and that is fatal. */
void inputs_mention(struct inputs *inputs, struct input *out);
/* The next one; false: that was the last. */
bool inputs_alert(struct inputs *inputs, struct input *out) MUST_CHECK;

#endif
