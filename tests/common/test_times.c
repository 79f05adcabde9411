#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>
#include <time.h>

enum { NOW = 1795292755 };

/* From a block of exactly its size, so that ASan sees a read past it. */
static bool moment(const char *text, int64_t *seconds) {
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    bool ok = times_parse_moment((struct span){copy, len}, NOW, seconds);
    free(copy);
    return ok;
}

static void moments_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } CASES[] = {
        {"now", NOW},
        {"now-7d", NOW - 7 * 86400},
        {"now-0s", NOW},
        {"24h", NOW - 86400},
        {"90s", NOW - 90},
        {"5m", NOW - 300},
        {"2w", NOW - 14 * 86400},
        {"0", 0},
        {"1795292755", NOW},
        {"253402300799", 253402300799},
        {"2026-11-21T20:25:55Z", NOW},
        {"2026-11-21T21:25:55.5+01:00", NOW},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t seconds = -1;
        if (!moment(CASES[i].text, &seconds) || seconds != CASES[i].seconds)
            fail_msg("%s: %lld", CASES[i].text, (long long)seconds);
    }
}

static void other_moments_are_refused(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        "no",
        "Now",
        "now+1h",
        "now-",
        "now7d",
        "now-7",
        "now-d",
        "now-7d ",
        " now",
        "7y",
        "h",
        "24hh",
        "2 h",
        "-24h",
        "+24h",
        "1.5h",
        "-1",
        "253402300800",
        "9999999999999999999999",
        "999999999999999w",
        "now-99999999999d",
        "2026-11-21",
        "yesterday",
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t seconds;
        if (moment(CASES[i], &seconds))
            fail_msg("%s is taken as %lld", CASES[i], (long long)seconds);
    }
}

static void clocks_go(void **state) {
    (void)state;
    int64_t before = time(NULL), now = times_now(), after = time(NULL);
    assert_in_range(now, before - 1, after + 1);
    int64_t first = times_monotonic_ms(), deadline = times_now() + 5;
    assert_true(first > 0);
    while (times_monotonic_ms() == first && times_now() < deadline)
        ;
    assert_in_range(times_monotonic_ms() - first, 1, 4000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_read),
        cmocka_unit_test(other_moments_are_refused),
        cmocka_unit_test(clocks_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
