/* conf_span: --since and --until of the commands that ask. */
#ifndef CLI_CONF_SPAN_H
#define CLI_CONF_SPAN_H

#include "earshot/base.h"

struct span_texts {
    char from[24], to[24]; /* Unix seconds, for the Redis functions */
    int64_t seconds;       /* between them */
};

/* A moment that cannot be read, or from after to: said on stderr, and exit code 2. */
int span_read(const char *since, const char *until, int64_t now, struct span_texts *out) MUST_CHECK;

/* The two as Unix seconds. */
int span_moments(const char *since, const char *until, int64_t now, int64_t *from, int64_t *to) MUST_CHECK;

/* The grain that shows a span of time in some dozens of buckets. */
const char *span_grain(int64_t seconds);

#endif
