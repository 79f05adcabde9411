#include "earshot/edits.h"

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t edits_between(struct span a, struct span b) {
    size_t rows[3][EDITS_BYTES_MAX + 1];
    if (a.len > EDITS_BYTES_MAX || b.len > EDITS_BYTES_MAX)
        return EDITS_FAR;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            now[j] = least(before[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]), least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                now[j] = least(now[j], second[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}
