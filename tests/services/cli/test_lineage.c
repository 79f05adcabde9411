/* Which version is the first, before when nobody matched it, and from when on that is certain. */
#include "lineage.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR_MS = 3600000 };

struct row {
    int64_t offset; /* and its time, in hours */
    const char *id, *value;
};

#define ACME(query) "{\"id\":\"acme\",\"query\":\"" query "\"}"

static void see(struct lineage *lineage, const struct row *rows, size_t count) {
    lineage_init(lineage, "acme");
    for (size_t i = 0; i < count; i++) {
        struct bus_record record = {.topic = "alerts",
                                    .offset = rows[i].offset,
                                    .timestamp = rows[i].offset * HOUR_MS,
                                    .key = span_of(rows[i].id),
                                    .value = span_of(rows[i].value)};
        lineage_see(lineage, &record);
    }
}

#define ROWS_MAX 5
static const struct {
    const char *name;
    struct row rows[ROWS_MAX];
    size_t count;
    int64_t first, newest; /* offsets; -1: none */
    bool whole;
    size_t versions;
} CASES[] = {
    {"nothing", {{0}}, 0, -1, -1, false, 0},
    {"another's", {{0, "other", "{\"id\":\"other\",\"query\":\"x\"}"}}, 1, -1, -1, false, 0},
    {"one", {{0, "acme", ACME("x")}}, 1, 0, 0, true, 1},
    {"behind others",
     {{0, "a", "{\"id\":\"a\",\"query\":\"x\"}"}, {1, "b", NULL}, {2, "acme", ACME("x")}},
     3,
     2,
     2,
     true,
     1},
    {"edited", {{0, "acme", ACME("x")}, {1, "acme", ACME("y")}}, 2, 0, 1, true, 2},
    {"edited, others between",
     {{0, "acme", ACME("x")}, {1, "b", NULL}, {4, "acme", ACME("y")}},
     3,
     0,
     4,
     true,
     2},
    {"a record before it is missing", {{1, "acme", ACME("x")}}, 1, 1, 1, false, 1},
    {"one in between is missing", {{0, "b", NULL}, {2, "acme", ACME("x")}}, 2, 2, 2, false, 1},
    {"removed", {{0, "acme", ACME("x")}, {1, "acme", NULL}}, 2, 0, -1, true, 2},
    {"made anew", {{0, "acme", ACME("x")}, {1, "acme", NULL}, {2, "acme", ACME("z")}}, 3, 0, 2, true, 3},
    {"removed before", {{0, "acme", NULL}, {1, "acme", ACME("x")}}, 2, 1, 1, true, 2},
    {"no alert", {{0, "acme", "{\"id\":\"acme\"}"}, {1, "acme", ACME("x")}}, 2, 1, 1, true, 1},
    {"no query", {{0, "acme", ACME("x y")}, {1, "acme", ACME("x")}}, 2, 1, 1, true, 1},
    {"of another key",
     {{0, "acme", "{\"id\":\"b\",\"query\":\"x\"}"}, {1, "acme", ACME("x")}},
     2,
     1,
     1,
     true,
     1},
};

static void the_first_and_the_newest_version_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct lineage lineage;
        see(&lineage, CASES[i].rows, CASES[i].count);
        const struct lineage_version *newest = lineage_newest(&lineage);
        int64_t first = lineage.found ? lineage.versions[lineage.first].offset : -1;
        if (first != CASES[i].first || (newest ? newest->offset : -1) != CASES[i].newest ||
            lineage_is_whole(&lineage) != CASES[i].whole || lineage.count != CASES[i].versions)
            fail_msg("%s: first %lld, newest %lld, whole %d, %zu versions", CASES[i].name, (long long)first,
                     newest ? (long long)newest->offset : -1LL, lineage_is_whole(&lineage), lineage.count);
        lineage_free(&lineage);
    }
}

static void a_border_is_two_seconds_behind_the_first_version(void **state) {
    (void)state;
    static const struct row WHOLE[] = {{0, "b", NULL}, {1, "acme", ACME("x")}, {2, "acme", ACME("y")}};
    static const struct row GAP[] = {{5, "acme", ACME("x")}, {9, "acme", ACME("y")}};
    struct lineage lineage;
    see(&lineage, WHOLE, COUNT_OF(WHOLE));
    struct lineage_border border = lineage_border(&lineage, 1000 * (int64_t)HOUR_MS, 0);
    assert_int_equal(border.border_ms, HOUR_MS + 2000);
    assert_int_equal(border.floor_ms, 0);
    lineage_free(&lineage);
    /* Where an older version may be gone, it was replaced more than the lag ago. */
    see(&lineage, GAP, COUNT_OF(GAP));
    border = lineage_border(&lineage, 20 * (int64_t)HOUR_MS, 16 * (int64_t)HOUR_MS);
    assert_int_equal(border.border_ms, 5 * HOUR_MS + 2000);
    assert_int_equal(border.floor_ms, 4 * HOUR_MS + 2000);
    border = lineage_border(&lineage, 20 * (int64_t)HOUR_MS, 15 * (int64_t)HOUR_MS);
    assert_true(border.floor_ms >= border.border_ms);
    lineage_free(&lineage);
}

static void a_version_is_found_by_its_offset(void **state) {
    (void)state;
    static const struct row ROWS[] = {{0, "acme", ACME("x")}, {1, "acme", NULL}, {2, "acme", ACME("y")}};
    struct lineage lineage;
    see(&lineage, ROWS, COUNT_OF(ROWS));
    assert_string_equal(lineage_find(&lineage, 0)->alert->query, "x");
    assert_null(lineage_find(&lineage, 1));
    assert_string_equal(lineage_find(&lineage, 2)->alert->query, "y");
    assert_null(lineage_find(&lineage, 3));
    lineage_free(&lineage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_and_the_newest_version_are_found),
        cmocka_unit_test(a_border_is_two_seconds_behind_the_first_version),
        cmocka_unit_test(a_version_is_found_by_its_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
