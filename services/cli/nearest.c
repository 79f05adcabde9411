/* nearest: edits count insert, delete, replace and the swap of two neighbours, all 1: typing errors. */
#include "nearest.h"

enum { LEN = 80 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t edits(const char *a, const char *b) {
    size_t rows[3][LEN + 1], la = strlen(a), lb = strlen(b);
    if (la > LEN || lb > LEN)
        return LEN;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            now[j] = least(before[j - 1] + (a[i - 1] != b[j - 1]), least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], second[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

size_t nearest(const char *written, const char *const *names, size_t count, const char *out[NEAREST_MAX]) {
    size_t far[NEAREST_MAX], found = 0, len = strlen(written);
    for (size_t i = 0; i < count; i++) {
        size_t longer = strlen(names[i]) > len ? strlen(names[i]) : len;
        size_t distance = edits(written, names[i]), limit = longer / 3 > 2 ? longer / 3 : 2;
        bool begins = len >= 2 && strncmp(names[i], written, len) == 0;
        if (!begins && (distance > limit || distance >= longer))
            continue;
        size_t at = found < NEAREST_MAX ? found++ : NEAREST_MAX;
        for (; at > 0 && far[at - 1] > distance; at--) {
            if (at < NEAREST_MAX) {
                far[at] = far[at - 1];
                out[at] = out[at - 1];
            }
        }
        if (at < NEAREST_MAX) {
            far[at] = distance;
            out[at] = names[i];
        }
    }
    return found;
}
