/* merge: each part gives its first MATCH_ALERTS_MAX by id, so the first of both are among them. */
#include "merge.h"

static bool is_before(const struct match *a, const struct match *b) {
    int order = span_order(a->id, b->id);
    return order ? order < 0 : a->version < b->version;
}

struct match_result merge(const struct match_result *a, const struct match_result *b, struct arena *arena) {
    struct match_result result = *a;
    result.cut += b->cut;
    result.bounded = a->bounded || b->bounded;
    if (b->count == 0)
        return result;
    size_t both = a->count + b->count, i = 0, j = 0;
    result.count = both < MATCH_ALERTS_MAX ? both : MATCH_ALERTS_MAX;
    result.cut += both - result.count;
    struct match *matches = arena_alloc(arena, result.count * sizeof *matches);
    for (size_t n = 0; n < result.count; n++) {
        bool first = j == b->count || (i < a->count && is_before(&a->matches[i], &b->matches[j]));
        matches[n] = first ? a->matches[i++] : b->matches[j++];
    }
    result.matches = matches;
    return result;
}
