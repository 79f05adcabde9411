/* layout: where a count lies in Redis: the writer's half of what common/functions.lua says at its top; the
 * numbers here and there are the same. */
#ifndef COMMON_LAYOUT_H
#define COMMON_LAYOUT_H

#include "earshot/base.h"

enum layout_kind {
    LAYOUT_MINUTE,
    LAYOUT_HOUR,
    LAYOUT_DAY,
    LAYOUT_JOINT_HOUR,
    LAYOUT_JOINT_DAY,
    LAYOUT_KINDS
};

struct layout {
    char letter;     /* of the key: earshot:{sN}:LETTER:ALERT:BLOCK */
    int64_t seconds; /* a bucket */
    int64_t block;   /* what one key holds */
    int64_t keep;    /* seconds after a bucket's start within which it can be read */
};

extern const struct layout LAYOUTS[LAYOUT_KINDS];

static inline int64_t layout_block(enum layout_kind kind, int64_t at) {
    return at / LAYOUTS[kind].block;
}

static inline int64_t layout_cell(enum layout_kind kind, int64_t at) {
    return at % LAYOUTS[kind].block / LAYOUTS[kind].seconds;
}

/* Whether a reader can still see the bucket of `at` at `now`. Nothing before 1970 is kept. */
bool layout_kept(enum layout_kind kind, int64_t at, int64_t now);
/* When the last bucket of a block goes: Unix seconds. */
int64_t layout_expiry(enum layout_kind kind, int64_t block);

#endif
