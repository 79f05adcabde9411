#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

/* From a block of exactly its size, so that ASan sees a read past it. */
static bool parse(const char *text, int64_t *seconds) {
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    bool ok = times_parse_feed((struct span){copy, len}, seconds);
    free(copy);
    return ok;
}

static void dates_of_feeds_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } CASES[] = {
        /* RFC 2822, and 822 */
        {"Sat, 21 Nov 2026 20:25:55 +0000", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 +0130", "2026-11-21T18:55:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 -0800", "2026-11-22T04:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 -0000", "2026-11-21T20:25:55Z"},
        {"21 Nov 2026 20:25:55 GMT", "2026-11-21T20:25:55Z"},
        {"Sat, 1 Aug 2026 16:15 EDT", "2026-08-01T20:15:00Z"},
        {"Sat, 01 Aug 2026 16:15 EST", "2026-08-01T21:15:00Z"},
        {"sat, 21 NOV 2026 20:25:55 ut", "2026-11-21T20:25:55Z"},
        {"Saturday,21 November 2026 20:25:55 utc", "2026-11-21T20:25:55Z"},
        {"Sat 21 Nov 2026 20:25:55 CST", "2026-11-22T02:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 PDT", "2026-11-22T03:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 CEST", "2026-11-21T18:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 IST", "2026-11-21T14:55:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 Z", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 A", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 XYZ", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55.123 GMT", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:60 GMT", "2026-11-21T20:25:59Z"},
        {"Sat, 21 Nov 2026 20:25:55 +0200 (CEST)", "2026-11-21T18:25:55Z"},
        {"Sat, 21 Nov 2026 (a comment) 20:25:55 +0200", "2026-11-21T18:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 +0100 CEST", "2026-11-21T19:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 GMT+0200", "2026-11-21T18:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 UTC+2", "2026-11-21T18:25:55Z"},
        {"Sat, 21 Nov 2026 20:25:55 +02:00", "2026-11-21T18:25:55Z"},
        {"\n  Sat,  21 Nov 2026\t20:25:55 +0000 \r\n", "2026-11-21T20:25:55Z"},
        {"Sat, 21 Nov 26 20:25:55 GMT", "2026-11-21T20:25:55Z"},
        {"Sun, 21 Nov 99 20:25:55 GMT", "1999-11-21T20:25:55Z"},
        {"21 Nov 49 00:00 GMT", "2049-11-21T00:00:00Z"},
        {"21 Nov 50 00:00 GMT", "1950-11-21T00:00:00Z"},
        {"21 Nov 126 00:00 GMT", "2026-11-21T00:00:00Z"},
        {"21 Nov 2026", "2026-11-21T00:00:00Z"},
        {"Sat, 21 Nov 2026", "2026-11-21T00:00:00Z"},
        {"Sat, 21 Nov 2026 24:00:00 GMT", "2026-11-22T00:00:00Z"},
        {"Sat, 21 Nov 2026 9:05:00 GMT", "2026-11-21T09:05:00Z"},
        {"Thu, 29 Feb 2024 00:00:00 GMT", "2024-02-29T00:00:00Z"},
        /* RFC 850, asctime(), date(1), and what programs print for people */
        {"Saturday, 21-Nov-26 20:25:55 GMT", "2026-11-21T20:25:55Z"},
        {"Sat Nov 21 20:25:55 2026", "2026-11-21T20:25:55Z"},
        {"Sat Nov  1 20:25:55 CET 2026", "2026-11-01T19:25:55Z"},
        {"Sat, Nov 21 2026 02:02:33 PM", "2026-11-21T14:02:33Z"},
        {"November 21, 2026 12:30 am", "2026-11-21T00:30:00Z"},
        {"Nov. 21, 2026, 12:30 PM EST", "2026-11-21T17:30:00Z"},
        {"21 Nov 2026 14:30 PM", "2026-11-21T14:30:00Z"},
        {"2026 Nov 21", "2026-11-21T00:00:00Z"},
        {"2026-Nov-21 20:25", "2026-11-21T20:25:00Z"},
        {"20:25 21 Nov 2026", "2026-11-21T20:25:00Z"},
        /* other languages */
        {"mer, 16 nov 2022 00:38:15 +0100", "2022-11-15T23:38:15Z"},
        {"mar, 15 nov 2022 00:38:15 +0000", "2022-11-15T00:38:15Z"},
        {"Mo, 02 März 2026 10:00:00 +0100", "2026-03-02T09:00:00Z"},
        {"Di, 06 Okt 2026 10:00:00 MESZ", "2026-10-06T08:00:00Z"},
        {"lun, 06 juil. 2026 10:00:00 +0200", "2026-07-06T08:00:00Z"},
        {"sáb, 03 ene 2026 10:00:00 +0100", "2026-01-03T09:00:00Z"},
        {"wo, 04 mrt 2026 10:00:00 +0100", "2026-03-04T09:00:00Z"},
        {"pt, 02 paź 2026 10:00:00 +0200", "2026-10-02T08:00:00Z"},
        /* ISO 8601 */
        {"2026-11-21T20:25:55Z", "2026-11-21T20:25:55Z"},
        {"2026-11-21T20:25:55.5+01:00", "2026-11-21T19:25:55Z"},
        {"2026-11-21 20:25:55Z", "2026-11-21T20:25:55Z"},
        {"2026-11-21 20:25:55", "2026-11-21T20:25:55Z"},
        {"2026-11-21T20:25:55", "2026-11-21T20:25:55Z"},
        {"2026-11-21T20:25Z", "2026-11-21T20:25:00Z"},
        {"2026-11-21T20:25+01:00", "2026-11-21T19:25:00Z"},
        {"2026-11-21t20:25:55+0200", "2026-11-21T18:25:55Z"},
        {"2026-11-21T20:25:55 +0200", "2026-11-21T18:25:55Z"},
        {"2026-11-21T20:25:55-08", "2026-11-22T04:25:55Z"},
        {"2026-11-21T20:25:55+01:0", "2026-11-21T19:25:55Z"},
        {"2026-11-21T20:25:55,123Z", "2026-11-21T20:25:55Z"},
        {"2026-11-21 20:25:55 UTC", "2026-11-21T20:25:55Z"},
        {"2026-11-21 20:25:55 EST", "2026-11-22T01:25:55Z"},
        {"2026-11-21", "2026-11-21T00:00:00Z"},
        {"2026-1-2", "2026-01-02T00:00:00Z"},
        {"2026/11/21 20:25", "2026-11-21T20:25:00Z"},
        /* Unix time */
        {"1795292755", "2026-11-21T20:25:55Z"},
        {"1795292755123", "2026-11-21T20:25:55Z"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t seconds = 0;
        char got[TIMES_TEXT];
        if (!parse(CASES[i].text, &seconds))
            fail_msg("%s is refused", CASES[i].text);
        times_print(seconds, got);
        if (strcmp(got, CASES[i].want) != 0)
            fail_msg("%s: %s, not %s", CASES[i].text, got, CASES[i].want);
    }
}

static void what_is_no_date_is_refused(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        " ",
        "yesterday",
        "today, 20:25",
        "Sat",
        "Sat,",
        "21",
        "2026",
        "2026-11",
        "Nov 2026",
        "21 Nov",
        "20:25:55",
        "11/12/2026",
        "11.12.2026",
        "21-11-2026 20:25",
        "26-11-21",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "2026-11-31T00:00:00Z",
        "2026-11-211",
        "2026-11/21",
        "20261121",
        "0000-01-01",
        "31 Nov 2026",
        "29 Feb 2026 00:00:00 GMT",
        "00 Nov 2026",
        "0 Nov 2026",
        "21 Foo 2026 20:25:55 GMT",
        "21 Foo Nov 2026 20:25:55 GMT",
        "21 Nov 2026 Foo 20:25:55 GMT",
        "21 Nov 2026 25:00:00 GMT",
        "21 Nov 2026 24:00:01 GMT",
        "21 Nov 2026 20:60:00 GMT",
        "21 Nov 2026 20:25:61 GMT",
        "21 Nov 2026 20: GMT",
        "21 Nov 2026 20:25: GMT",
        "21 Nov 2026 :25 GMT",
        "21 Nov 2026 20:25:55 +",
        "21 Nov 2026 20:25:55 +2500",
        "21 Nov 2026 20:25:55 +0160",
        "21 Nov 2026 20:25:55 +00000",
        "21 Nov 2026 20:25:55 20:25:55",
        "21 Nov 2026 20:25:55 2026",
        "21 Nov 2026 20:25:55 (open",
        "21 Nov 2026 20:25:55 whatever",
        "21 Nov 2026 20:25:55 GMT!",
        "21 Nov 2026 20:25:55 \x01 GMT",
        "21 Nov 20266",
        "12345678",
        "12345678901",
        "12345678901234",
        "-1795292755",
        "Sat, 21 Nov 2026 20:25:55 +0000                                                                     "
        "  "
        "                                                  +0000",
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t seconds;
        if (parse(CASES[i], &seconds))
            fail_msg("%s is taken as %lld", CASES[i], (long long)seconds);
    }
    int64_t seconds;
    assert_false(times_parse_feed((struct span){0}, &seconds));
}

/* Any moment of the years that RFC 2822 writes with four digits, printed as it says. */
static void rfc_2822_reads_as_rfc_3339(void **state) {
    (void)state;
    static const char *const NAMES[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (int64_t seconds = -2208988800; seconds < 4102444800; seconds += 1500019) {
        char iso[TIMES_TEXT], text[64];
        int64_t got = 0;
        times_print(seconds, iso);
        snprintf(text, sizeof text, "%.2s %s %.4s %.8s GMT", iso + 8, NAMES[atoi(iso + 5) - 1], iso,
                 iso + 11);
        assert_true(times_parse_feed(span_of(text), &got));
        assert_int_equal(got, seconds);
        snprintf(text, sizeof text, "%.10s %.8s", iso, iso + 11);
        assert_true(times_parse_feed(span_of(text), &got));
        assert_int_equal(got, seconds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_of_feeds_are_read),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(rfc_2822_reads_as_rfc_3339),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
