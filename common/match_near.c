/* match_near: whether two words are within one or two edits. Where they begin alike the distance is that of
 * what is behind it, so the first difference is an edit, one of four, and what is behind that is within one
 * edit less: at most sixteen ways, most of which end at once. */
#include "match_patterns_parts.h"

static bool same(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len) {
    return a_len == b_len && memcmp(a, b, a_len * sizeof *a) == 0;
}

static bool swapped(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len) {
    return a_len >= 2 && b_len >= 2 && a[0] == b[1] && a[1] == b[0];
}

/* Passes over what is alike at the start. */
static size_t alike(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len) {
    size_t len = a_len < b_len ? a_len : b_len, i = 0;
    while (i < len && a[i] == b[i])
        i++;
    return i;
}

/* The lengths differ by at most one. */
static bool within_one(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len) {
    size_t skip = alike(a, a_len, b, b_len);
    a += skip;
    b += skip;
    a_len -= skip;
    b_len -= skip;
    if (a_len == 0 || b_len == 0)
        return a_len + b_len <= 1;
    if (a_len != b_len)
        return a_len < b_len ? same(a, a_len, b + 1, b_len - 1) : same(a + 1, a_len - 1, b, b_len);
    return same(a + 1, a_len - 1, b + 1, b_len - 1) ||
           (swapped(a, a_len, b, b_len) && same(a + 2, a_len - 2, b + 2, b_len - 2));
}

static bool within_two(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len) {
    size_t skip = alike(a, a_len, b, b_len);
    a += skip;
    b += skip;
    a_len -= skip;
    b_len -= skip;
    if (a_len == 0 || b_len == 0)
        return a_len + b_len <= 2;
    if (a_len <= b_len + 1 && b_len <= a_len + 1 && within_one(a + 1, a_len - 1, b + 1, b_len - 1))
        return true;
    if (a_len >= b_len && within_one(a + 1, a_len - 1, b, b_len))
        return true;
    if (b_len >= a_len && within_one(a, a_len, b + 1, b_len - 1))
        return true;
    return swapped(a, a_len, b, b_len) && a_len <= b_len + 1 && b_len <= a_len + 1 &&
           within_one(a + 2, a_len - 2, b + 2, b_len - 2);
}

bool pattern_near(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len, unsigned edits) {
    if (a_len > b_len + edits || b_len > a_len + edits)
        return false;
    return edits == 1 ? within_one(a, a_len, b, b_len) : within_two(a, a_len, b, b_len);
}
