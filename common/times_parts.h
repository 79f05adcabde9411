/* times_parts: the calendar that times*.c share and nobody else sees. */
#ifndef COMMON_TIMES_PARTS_H
#define COMMON_TIMES_PARTS_H

#include "earshot/times.h"

enum { TIMES_DAY = 86400 };
#define TIMES_FIRST INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define TIMES_LAST  INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* Days since 1970; month 1..12. */
int64_t times_days_of(int64_t year, int64_t month, int64_t day);
int times_days_in(int year, int month);

#endif
