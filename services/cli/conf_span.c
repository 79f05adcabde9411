#include "conf_span.h"

#include "command.h"

#include "earshot/times.h"

#include <stdio.h>

static int read_moment(const char *flag, const char *text, int64_t now, int64_t *out) {
    if (times_parse_moment(span_of(text), now, out) && *out >= 0)
        return EXIT_OK;
    return command_refuse(EXIT_USAGE,
                          "--%s is an age (24h, 7d), now-7d, Unix seconds or a time like "
                          "2026-11-21T20:25:55Z, not '%s'",
                          flag, text);
}

int span_moments(const char *since, const char *until, int64_t now, int64_t *from, int64_t *to) {
    int code = read_moment("since", since, now, from);
    if (code == EXIT_OK)
        code = read_moment("until", until, now, to);
    if (code == EXIT_OK && *from > *to)
        code = command_refuse(EXIT_USAGE, "--since %s is after --until %s", since, until);
    return code;
}

int span_read(const char *since, const char *until, int64_t now, struct span_texts *out) {
    int64_t from = 0, to = 0;
    int code = span_moments(since, until, now, &from, &to);
    if (code != EXIT_OK)
        return code;
    out->seconds = to - from;
    snprintf(out->from, sizeof out->from, "%lld", (long long)from);
    snprintf(out->to, sizeof out->to, "%lld", (long long)to);
    return EXIT_OK;
}

const char *span_grain(int64_t seconds) {
    enum { HOUR = 3600, DAY = 86400 };
    return seconds <= 3 * HOUR ? "minute" : seconds <= 4 * DAY ? "hour" : "day";
}
