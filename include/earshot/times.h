/* times: RFC 3339 to Unix seconds and back, and what people write for a moment. UTC, proleptic Gregorian. */
#ifndef EARSHOT_TIMES_H
#define EARSHOT_TIMES_H

#include "earshot/base.h"

enum { TIMES_TEXT = 21 };

/* Any RFC 3339 date-time: any offset, fractions of any length (floor), a leap second as the second before,
 * `t` and `z` in lower case. Years 0001 to 9999. */
bool times_parse(struct span text, int64_t *seconds) MUST_CHECK;
/* 2026-11-21T20:25:55Z with a NUL. */
void times_print(int64_t seconds, char out[TIMES_TEXT]);
/* A date of RFC 2822 or any of the sloppy forms that feeds use. */
bool times_parse_feed(struct span text, int64_t *seconds) MUST_CHECK;
/* Unix seconds, RFC 3339, `now`, `now-7d`, or a bare age such as 24h (s m h d w). */
bool times_parse_moment(struct span text, int64_t now, int64_t *seconds) MUST_CHECK;
int64_t times_now(void); /* Unix seconds */
int64_t times_monotonic_ms(void);

#endif
