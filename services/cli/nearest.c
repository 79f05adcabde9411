#include "nearest.h"

#include "earshot/edits.h"

size_t nearest(const char *written, const char *const *names, size_t count, const char *out[NEAREST_MAX]) {
    size_t far[NEAREST_MAX], found = 0, len = strlen(written);
    for (size_t i = 0; i < count; i++) {
        size_t longer = strlen(names[i]) > len ? strlen(names[i]) : len;
        size_t distance = edits_between(span_of(written), span_of(names[i])),
               limit = longer / 3 > 2 ? longer / 3 : 2;
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
