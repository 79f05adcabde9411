#include "samples.h"

#include <stdlib.h>

bool samples_want(const struct samples *samples, size_t limit, int64_t at) {
    return limit > 0 && (samples->count < limit || at >= samples->list[limit - 1].at);
}

static bool is_before(const struct sample *a, const struct sample *b) {
    return a->at > b->at || (a->at == b->at && strcmp(a->json, b->json) < 0);
}

void samples_add(struct samples *samples, size_t limit, int64_t at, struct span json) {
    if (!samples_want(samples, limit, at))
        return;
    if (!samples->list)
        samples->list = xcalloc(limit + 1, sizeof *samples->list);
    struct sample fresh = {.at = at, .json = xstrndup(json.ptr, json.len)};
    size_t place = samples->count++;
    for (; place > 0 && is_before(&fresh, &samples->list[place - 1]); place--)
        samples->list[place] = samples->list[place - 1];
    samples->list[place] = fresh;
    if (samples->count > limit)
        free(samples->list[--samples->count].json);
}

void samples_free(struct samples *samples) {
    for (size_t i = 0; i < samples->count; i++)
        free(samples->list[i].json);
    free(samples->list);
    *samples = (struct samples){.count = 0};
}
