/* times_rfc3339: each mention has two or three of these, so they are read digit by digit, without the C
 * library's locale and time zone. */
#include "times_parts.h"

/* Days since 1970 and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Years begin in
 * March there, so that the day that may be missing is the last. */
int64_t times_days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day) {
    days += 719468;
    int64_t era = days / 146097, of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t of_march = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * of_march + 2) / 5 + 1);
    *month = (int)(of_march < 10 ? of_march + 3 : of_march - 9);
    *year = (int)(era * 400 + years) + (*month <= 2);
}

int times_days_in(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

/* count digits at *at as a number from min to max; false: that is not what is there. */
static bool take(const char **at, int count, int min, int max, int *out) {
    *out = 0;
    for (int i = 0; i < count; i++) {
        char c = *(*at)++;
        if (c < '0' || c > '9')
            return false;
        *out = *out * 10 + (c - '0');
    }
    return *out >= min && *out <= max;
}

static bool take_char(const char **at, char wanted) {
    return *(*at)++ == wanted;
}

/* `Z` or ±hh:mm, and nothing behind it: the offset in seconds. */
static bool take_offset(const char *at, const char *end, int64_t *offset) {
    int hours, minutes;
    *offset = 0;
    if (end - at == 1)
        return *at == 'Z' || *at == 'z';
    if (end - at != 6 || (*at != '+' && *at != '-'))
        return false;
    int sign = *at++ == '-' ? -1 : 1;
    if (!take(&at, 2, 0, 23, &hours) || !take_char(&at, ':') || !take(&at, 2, 0, 59, &minutes))
        return false;
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool times_parse(struct span text, int64_t *seconds) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    int year, month, day, hour, minute, second;
    int64_t offset;
    if (text.len < sizeof "2026-11-21T20:25:55Z" - 1)
        return false;
    if (!take(&at, 4, 1, 9999, &year) || !take_char(&at, '-') || !take(&at, 2, 1, 12, &month) ||
        !take_char(&at, '-') || !take(&at, 2, 1, times_days_in(year, month), &day))
        return false;
    if (!(take_char(&at, 'T') || at[-1] == 't') || !take(&at, 2, 0, 23, &hour) || !take_char(&at, ':') ||
        !take(&at, 2, 0, 59, &minute) || !take_char(&at, ':') || !take(&at, 2, 0, 60, &second))
        return false;
    if (*at == '.') {
        const char *digits = ++at;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        if (at == digits)
            return false;
    }
    if (!take_offset(at, end, &offset))
        return false;
    second -= second == 60;
    *seconds = times_days_of(year, month, day) * TIMES_DAY + hour * 3600 + minute * 60 + second - offset;
    return *seconds >= TIMES_FIRST && *seconds <= TIMES_LAST;
}

static char *put(char *to, int value, int count) {
    for (int i = count; i > 0; i--, value /= 10)
        to[i - 1] = (char)('0' + value % 10);
    return to + count;
}

void times_print(int64_t seconds, char out[TIMES_TEXT]) {
    int year, month, day;
    seconds = seconds < TIMES_FIRST ? TIMES_FIRST : seconds > TIMES_LAST ? TIMES_LAST : seconds;
    int64_t days =
        (seconds - TIMES_FIRST) / TIMES_DAY + TIMES_FIRST / TIMES_DAY; /* towards the past, before 1970 too */
    int of_day = (int)(seconds - days * TIMES_DAY);
    date_of(days, &year, &month, &day);
    const int values[] = {year, month, day, of_day / 3600, of_day / 60 % 60, of_day % 60};
    char *to = out;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        to = put(to, values[i], i == 0 ? 4 : 2);
        *to++ = "--T::Z"[i];
    }
    *to = '\0';
}
