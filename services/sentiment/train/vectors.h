/* vectors: what a larger model makes of single words (vectors.py): words of the same meaning, also of
 * different languages, have like vectors. Only for training: what is learned of vectors becomes weights of
 * the words. */
#ifndef TRAIN_VECTORS_H
#define TRAIN_VECTORS_H

#include "earshot/model.h"

enum { VECTORS_SIZE = 512 };
#define VECTORS_UNIT (1 / 400.0F) /* of a number of a vector */
#define VECTORS_NONE UINT32_MAX

struct vectors {
    int8_t (*rows)[VECTORS_SIZE];
    uint32_t *features; /* of the rows' words */
    size_t count, cap;
    uint32_t *buckets; /* FEATURE_BUCKETS: the row; VECTORS_NONE */
};

/* Of a file: language, word, and the numbers as hexadecimal bytes, tab-separated. A bucket is that of the
 * first word in it. Dies where the file is not as it should be. */
struct vectors vectors_read(const char *path) MUST_CHECK;
void vectors_free(struct vectors *vectors);
/* The row of a feature; VECTORS_NONE. */
uint32_t vectors_row(const struct vectors *vectors, uint32_t feature) MUST_CHECK;
/* The sum of so many rows, each dropped with this likelihood. */
void vectors_sum(const struct vectors *vectors, const uint32_t *rows, size_t count, float dropout,
                 uint64_t *dice, float sum[VECTORS_SIZE]);

#endif
