/* times_feed: dates as feeds write them. RFC 2822 with its obsolete forms, RFC 850, asctime(), and ISO 8601
 * written from memory are all made of the same few pieces, so the pieces are recognised one by one, wherever
 * they stand; a piece that fits nowhere, or that is there twice, refuses the whole. A date of digits only
 * must begin with the year: 11/12/2026 is one day here and another there. */
#include "times_parts.h"

#include <strings.h>

enum { TEXT_MAX = 128, UNSET = -1 };

struct reading {
    const char *at, *end;
    int year, month, day;             /* UNSET until seen */
    int hour, minute, second, offset; /* of the offset: minutes */
    bool has_time, has_zone;
};

/* What names of months begin with, in the languages in which feeds have been seen; longer ones first. */
static const struct {
    const char *prefix;
    int month;
} MONTHS[] = {
    {"juin", 6}, {"juil", 7}, {"jan", 1},  {"feb", 2},  {"mar", 3},  {"apr", 4},  {"may", 5},
    {"jun", 6},  {"jul", 7},  {"aug", 8},  {"sep", 9},  {"oct", 10}, {"nov", 11}, {"dec", 12},
    {"mär", 3},  {"mai", 5},  {"okt", 10}, {"dez", 12}, {"fév", 2},  {"fev", 2},  {"avr", 4},
    {"aoû", 8},  {"aou", 8},  {"déc", 12}, {"ene", 1},  {"abr", 4},  {"ago", 8},  {"dic", 12},
    {"mrt", 3},  {"maa", 3},  {"mei", 5},  {"sty", 1},  {"lut", 2},  {"kwi", 4},  {"maj", 5},
    {"cze", 6},  {"lip", 7},  {"sie", 8},  {"wrz", 9},  {"paź", 10}, {"lis", 11}, {"gru", 12},
    {"gen", 1},  {"mag", 5},  {"giu", 6},  {"lug", 7},  {"set", 9},  {"ott", 10}, {"out", 10},
};

/* Minutes east of Greenwich. Where a name has two meanings, it is RFC 2822's. */
static const struct {
    const char *name;
    int minutes;
} ZONES[] = {
    {"EST", -300}, {"EDT", -240},  {"CST", -360},  {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480},
    {"PDT", -420}, {"AKST", -540}, {"AKDT", -480}, {"HST", -600}, {"BST", 60},   {"WEST", 60},  {"CET", 60},
    {"CEST", 120}, {"MEZ", 60},    {"MESZ", 120},  {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"IST", 330},
    {"SGT", 480},  {"HKT", 480},   {"AWST", 480},  {"JST", 540},  {"KST", 540},  {"ACST", 570}, {"AEST", 600},
    {"AEDT", 660}, {"NZST", 720},  {"NZDT", 780},
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool next_is(const struct reading *reading, char c) {
    return reading->at < reading->end && *reading->at == c;
}

/* At most `most` digits; how many there were. */
static int take_number(struct reading *reading, int most, int *out) {
    int count = 0;
    for (*out = 0; count < most && reading->at < reading->end && is_digit(*reading->at); count++)
        *out = *out * 10 + (*reading->at++ - '0');
    return count;
}

/* 20:25, 20:25:55, 20:25:55.5: the cursor is behind the hours. */
static bool take_time(struct reading *reading, int hour) {
    int fraction;
    if (reading->has_time || !next_is(reading, ':'))
        return false;
    reading->at++;
    reading->has_time = true;
    reading->hour = hour;
    if (!take_number(reading, 2, &reading->minute))
        return false;
    if (next_is(reading, ':')) {
        reading->at++;
        if (!take_number(reading, 2, &reading->second))
            return false;
        if (next_is(reading, '.') || next_is(reading, ','))
            do
                reading->at++;
            while (take_number(reading, 1, &fraction));
    }
    return reading->minute <= 59 && reading->second <= 60 &&
           (hour <= 23 || (hour == 24 && reading->minute + reading->second == 0));
}

/* +0200, +02:00, +2, and what is left of them where a feed cut its dates: +02:0. */
static bool take_offset(struct reading *reading) {
    int sign = *reading->at++ == '-' ? -1 : 1, hours, minutes = 0, count = take_number(reading, 4, &hours);
    if (count == 0)
        return false;
    if (count > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (next_is(reading, ':')) {
        reading->at++;
        take_number(reading, 2, &minutes);
    }
    reading->has_zone = true;
    reading->offset = sign * (hours * 60 + minutes);
    return hours <= 23 && minutes <= 59;
}

/* Day, year, or the hours of a time. Two digits after the day are a year: RFC 2822, 4.3. */
static bool take_digits(struct reading *reading) {
    int value, count = take_number(reading, 5, &value);
    if (count <= 2 && next_is(reading, ':'))
        return take_time(reading, value);
    if (count <= 2 && reading->day == UNSET) {
        reading->day = value;
        return true;
    }
    if (count < 2 || count > 4 || reading->year != UNSET)
        return false;
    reading->year = count == 4 ? value : value + (count == 2 && value < 50 ? 2000 : 1900);
    return true;
}

static int month_of(struct span word) {
    for (size_t i = 0; i < COUNT_OF(MONTHS); i++) {
        size_t len = strlen(MONTHS[i].prefix);
        if (word.len >= len && strncasecmp(word.ptr, MONTHS[i].prefix, len) == 0)
            return MONTHS[i].month;
    }
    return UNSET;
}

static bool is_word(struct span word, const char *text) {
    return span_same(word, span_of(text));
}

/* RFC 2822, 4.3: single letters were used with both signs, and unknown names say nothing: both are UTC. */
static bool take_zone(struct reading *reading, struct span word) {
    if (word.len > 5 || (unsigned char)word.ptr[0] >= 0x80)
        return false;
    if (reading->has_zone) /* +0200 CEST */
        return true;
    reading->has_zone = true;
    for (size_t i = 0; i < COUNT_OF(ZONES); i++)
        if (is_word(word, ZONES[i].name))
            reading->offset = ZONES[i].minutes;
    return true;
}

static bool take_half(struct reading *reading, bool after_noon) {
    if (reading->hour == 12)
        reading->hour = after_noon ? 12 : 0;
    else if (reading->hour < 12 && after_noon)
        reading->hour += 12;
    return true;
}

static bool take_word(struct reading *reading) {
    struct span word = {.ptr = reading->at};
    bool first = reading->day == UNSET && reading->month == UNSET && !reading->has_time;
    while (reading->at < reading->end && is_letter(*reading->at))
        reading->at++;
    word.len = (size_t)(reading->at - word.ptr);
    if (first && next_is(reading, ',')) /* a day of the week, whatever it is called */
        return true;
    if (reading->month == UNSET && (reading->month = month_of(word)) != UNSET)
        return true;
    if (reading->has_time && (is_word(word, "am") || is_word(word, "pm")))
        return take_half(reading, is_word(word, "pm"));
    return reading->has_time ? take_zone(reading, word) : first;
}

static bool skip_comment(struct reading *reading) {
    const char *close = memchr(reading->at, ')', (size_t)(reading->end - reading->at));
    if (close)
        reading->at = close + 1;
    return close != NULL;
}

static bool take_piece(struct reading *reading) {
    char c = *reading->at;
    if (is_digit(c))
        return take_digits(reading);
    if (is_letter(c))
        return take_word(reading);
    if (c == '(')
        return skip_comment(reading);
    if (reading->has_time && (c == '+' || c == '-'))
        return take_offset(reading);
    reading->at++;
    return strchr(" \t\r\n,.-/", c) && c;
}

/* 2026-11-21 or 2026/11/21, with a T behind it. Where there is none the cursor stays; false: it is wrong. */
static bool take_iso_date(struct reading *reading) {
    struct reading ahead = *reading;
    if (take_number(&ahead, 4, &ahead.year) != 4 || !(next_is(&ahead, '-') || next_is(&ahead, '/')))
        return true;
    char separator = *ahead.at++;
    if (ahead.at < ahead.end && !is_digit(*ahead.at)) /* 2026-Nov-21 */
        return true;
    if (!take_number(&ahead, 2, &ahead.month) || !next_is(&ahead, separator))
        return false;
    ahead.at++;
    if (!take_number(&ahead, 2, &ahead.day) || (ahead.at < ahead.end && is_digit(*ahead.at)))
        return false;
    if (next_is(&ahead, 'T') || next_is(&ahead, 't'))
        ahead.at++;
    *reading = ahead;
    return true;
}

/* Unix seconds of 1973 to 2286, or milliseconds. */
static bool parse_unix(struct span text, int64_t *seconds) {
    *seconds = 0;
    if (text.len < 9 || text.len == 11 || text.len > 13)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return false;
        *seconds = *seconds * 10 + (text.ptr[i] - '0');
    }
    *seconds /= text.len > 10 ? 1000 : 1;
    return true;
}

static struct span trimmed(struct span text) {
    while (text.len && (unsigned char)text.ptr[0] <= ' ')
        text.ptr++, text.len--;
    while (text.len && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    return text;
}

bool times_parse_feed(struct span text, int64_t *seconds) {
    text = trimmed(text);
    if (text.len == 0 || text.len > TEXT_MAX)
        return false;
    if (times_parse(text, seconds) || parse_unix(text, seconds))
        return true;
    struct reading reading = {
        .at = text.ptr, .end = text.ptr + text.len, .year = UNSET, .month = UNSET, .day = UNSET};
    if (!take_iso_date(&reading))
        return false;
    while (reading.at < reading.end)
        if (!take_piece(&reading))
            return false;
    if (reading.year < 1 || reading.month < 1 || reading.month > 12 || reading.day < 1 ||
        reading.day > times_days_in(reading.year, reading.month))
        return false;
    reading.second -= reading.second == 60;
    *seconds = times_days_of(reading.year, reading.month, reading.day) * TIMES_DAY + reading.hour * 3600 +
               reading.minute * 60 + reading.second - reading.offset * 60;
    return *seconds >= TIMES_FIRST && *seconds <= TIMES_LAST;
}
