/* times: the clocks, and the moments that people type. */
#include "times_parts.h"

#include <time.h>

int64_t times_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t times_monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The digits that text begins with, cut off it; false: none, or more than any moment has. */
static bool take_digits(struct span *text, int64_t *out) {
    size_t len = 0;
    for (*out = 0; len < text->len && text->ptr[len] >= '0' && text->ptr[len] <= '9'; len++) {
        if (len == 15)
            return false;
        *out = *out * 10 + (text->ptr[len] - '0');
    }
    text->ptr += len;
    text->len -= len;
    return len > 0;
}

/* 24h: seconds. */
static bool parse_age(struct span text, int64_t *seconds) {
    static const struct {
        char letter;
        int seconds;
    } UNITS[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', TIMES_DAY}, {'w', 7 * TIMES_DAY}};
    int64_t count;
    if (!take_digits(&text, &count) || text.len != 1)
        return false;
    for (size_t i = 0; i < COUNT_OF(UNITS); i++)
        if (text.ptr[0] == UNITS[i].letter) {
            *seconds = count > TIMES_LAST ? TIMES_LAST * 2 : count * UNITS[i].seconds;
            return true;
        }
    return false;
}

static bool within(int64_t seconds) {
    return seconds >= TIMES_FIRST && seconds <= TIMES_LAST;
}

bool times_parse_moment(struct span text, int64_t now, int64_t *seconds) {
    static const char NOW[] = "now";
    struct span rest = text;
    int64_t age = 0;
    if (times_parse(text, seconds))
        return true;
    if (take_digits(&rest, seconds) && rest.len == 0)
        return within(*seconds);
    if (text.len >= sizeof NOW - 1 && memcmp(text.ptr, NOW, sizeof NOW - 1) == 0) {
        text.ptr += sizeof NOW - 1;
        text.len -= sizeof NOW - 1;
        if (text.len == 0) {
            *seconds = now;
            return true;
        }
        if (text.ptr[0] != '-')
            return false;
        text.ptr++;
        text.len--;
    }
    if (!parse_age(text, &age))
        return false;
    *seconds = now - age;
    return within(*seconds);
}
