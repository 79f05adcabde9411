#include "vectors.h"

#include "dice.h"
#include "table.h"

#include <stdlib.h>

static int digit_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void row_read(struct vectors *vectors, const struct table *table, uint32_t feature,
                     struct span digits) {
    if (vectors->count == vectors->cap) {
        vectors->cap = 2 * vectors->cap + 1024;
        vectors->rows = xrealloc(vectors->rows, vectors->cap * sizeof *vectors->rows);
        vectors->features = xrealloc(vectors->features, vectors->cap * sizeof *vectors->features);
    }
    int8_t *row = vectors->rows[vectors->count];
    vectors->features[vectors->count++] = feature;
    if (digits.len != (size_t)2 * VECTORS_SIZE)
        table_wrong(table, "expected 1024 hexadecimal digits", digits);
    for (size_t i = 0; i < VECTORS_SIZE; i++) {
        int high = digit_of(digits.ptr[2 * i]), low = digit_of(digits.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            table_wrong(table, "expected 1024 hexadecimal digits", digits);
        row[i] = (int8_t)(uint8_t)(high * 16 + low);
    }
}

struct vectors vectors_read(const char *path) {
    struct vectors vectors = {.buckets = xmalloc(FEATURE_BUCKETS * sizeof *vectors.buckets)};
    struct features *features = features_new();
    struct table table = table_open(path);
    struct span columns[3];
    memset(vectors.buckets, 0xFF, FEATURE_BUCKETS * sizeof *vectors.buckets);
    while (table_columns(&table, columns, COUNT_OF(columns), "expected language, word, vector")) {
        uint32_t feature = features_word(features, columns[1]);
        uint32_t *bucket = &vectors.buckets[feature_bucket(feature)];
        if (!feature || *bucket != VECTORS_NONE)
            continue;
        *bucket = (uint32_t)vectors.count;
        row_read(&vectors, &table, feature, columns[2]);
    }
    table_close(&table);
    features_free(&features);
    return vectors;
}

void vectors_free(struct vectors *vectors) {
    free(vectors->rows);
    free(vectors->features);
    free(vectors->buckets);
    *vectors = (struct vectors){.rows = NULL};
}

uint32_t vectors_row(const struct vectors *vectors, uint32_t feature) {
    uint32_t row = feature & FEATURE_WORD ? vectors->buckets[feature_bucket(feature)] : VECTORS_NONE;
    return row != VECTORS_NONE && feature_check(vectors->features[row]) == feature_check(feature)
               ? row
               : VECTORS_NONE;
}

void vectors_sum(const struct vectors *vectors, const uint32_t *rows, size_t count, float dropout,
                 uint64_t *dice, float sum[VECTORS_SIZE]) {
    int32_t whole[VECTORS_SIZE] = {0};
    for (size_t i = 0; i < count; i++) {
        const int8_t *row = vectors->rows[rows[i]];
        if (dice_happens(dice, dropout))
            continue;
        for (size_t k = 0; k < VECTORS_SIZE; k++)
            whole[k] += row[k];
    }
    for (size_t k = 0; k < VECTORS_SIZE; k++)
        sum[k] = (float)whole[k] * VECTORS_UNIT;
}
