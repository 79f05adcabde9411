#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>
#include <time.h>

/* From a block of exactly its size, so that ASan sees a read past it. */
static bool parse(const char *text, int64_t *seconds) {
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    bool ok = times_parse((struct span){copy, len}, seconds);
    free(copy);
    return ok;
}

static void date_times_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } CASES[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-21T20:25:55Z", 1795292755},
        {"2026-11-21t20:25:55z", 1795292755},
        {"2026-11-21T21:25:55+01:00", 1795292755},
        {"2026-11-21T09:55:55-10:30", 1795292755},
        {"2026-11-21T20:25:55-00:00", 1795292755},
        {"2026-11-21T20:25:55.999999999999999999999Z", 1795292755},
        {"1969-12-31T23:59:59.9Z", -1},
        {"2024-02-29T12:00:00Z", 1709208000},
        {"2000-02-29T00:00:00Z", 951782400},
        {"2016-12-31T23:59:60Z", 1483228799},
        {"1990-12-31T15:59:60-08:00", 662687999},
        {"0001-01-01T00:00:00Z", -62135596800},
        {"9999-12-31T23:59:59Z", 253402300799},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t seconds = 0;
        if (!parse(CASES[i].text, &seconds) || seconds != CASES[i].seconds)
            fail_msg("%s: %lld", CASES[i].text, (long long)seconds);
    }
}

static void all_else_is_refused(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        "2026",
        "2026-11-21",
        "2026-11-21T20:25:55",
        "2026-11-21T20:25Z",
        "2026-11-21 20:25:55Z",
        "2026-11-21T20:25:55 Z",
        "2026-11-21T20:25:55ZZ",
        " 2026-11-21T20:25:55Z",
        "2026-11-21T20:25:55.Z",
        "2026-11-21T20:25:55,5Z",
        "2026-11-21T20:25:55.5",
        "2026-11-21T20:25:55.55555555",
        "2026-11-21T20:25:55+01",
        "2026-11-21T20:25:55+0100",
        "2026-11-21T20:25:55+24:00",
        "2026-11-21T20:25:55+01:60",
        "2026-11-21T20:25:55+01:0",
        "2026-11-21T24:00:00Z",
        "2026-11-21T20:60:00Z",
        "2026-11-21T20:25:61Z",
        "2026-00-21T20:25:55Z",
        "2026-13-21T20:25:55Z",
        "2026-11-00T20:25:55Z",
        "2026-11-31T20:25:55Z",
        "2026-02-29T20:25:55Z",
        "1900-02-29T20:25:55Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "+026-11-21T20:25:55Z",
        "20261-11-21T20:25:55Z",
        "2026/11/21T20:25:55Z",
        "2026-11-21T20.25.55Z",
        "2026-1-21T20:25:55.0Z",
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t seconds;
        if (parse(CASES[i], &seconds))
            fail_msg("%s is taken as %lld", CASES[i], (long long)seconds);
    }
}

/* Against the C library, a step of some 17 days and a bit, over all the years. */
static void printing_and_reading_are_inverse(void **state) {
    (void)state;
    for (int64_t seconds = -62135596800; seconds <= 253402300799; seconds += 1500019) {
        char text[TIMES_TEXT], want[64];
        int64_t again;
        struct tm parts;
        time_t moment = seconds;
        assert_non_null(gmtime_r(&moment, &parts));
        assert_int_not_equal(strftime(want, sizeof want, "-%m-%dT%H:%M:%SZ", &parts), 0);
        times_print(seconds, text);
        assert_string_equal(text + 4, want);
        assert_int_equal(atoi(text), parts.tm_year + 1900);
        assert_true(times_parse(span_of(text), &again));
        assert_int_equal(again, seconds);
    }
}

static void printing_stays_within_the_years(void **state) {
    (void)state;
    char text[TIMES_TEXT];
    times_print(INT64_MIN, text);
    assert_string_equal(text, "0001-01-01T00:00:00Z");
    times_print(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_times_are_read),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(printing_and_reading_are_inverse),
        cmocka_unit_test(printing_stays_within_the_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
