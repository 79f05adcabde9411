/* Versions in time: a table of edits, and which version a mention of each moment is matched with. */
#include "alerts.h"

#include "cmocka_all.h"

#include <stdio.h>

static struct bus_record record_of(int64_t offset, int64_t timestamp, const char *key, const char *value) {
    return (struct bus_record){.topic = "alerts",
                               .offset = offset,
                               .timestamp = timestamp,
                               .key = span_of(key),
                               .value = span_of(value)};
}

static bool take(struct alerts *alerts, int64_t offset, int64_t timestamp, const char *key,
                 const char *value) {
    char why[ALERTS_WHY_MAX];
    struct bus_record record = record_of(offset, timestamp, key, value);
    return alerts_take(alerts, &record, why);
}

#define ALERT(id, query)  "{\"id\":\"" id "\",\"query\":\"" query "\"}"
#define PAUSED(id, query) "{\"id\":\"" id "\",\"query\":\"" query "\",\"paused\":true}"

/* From all in one index, built where it is needed, to a build of the base for each edit. */
static const size_t AT_ONCE[] = {0, 1, 60, 120, 300};

static struct alerts *new_alerts(size_t at_once) {
    return alerts_new(&(struct alerts_options){.seed = 7, .at_once = at_once});
}

/* `a@3 b@1`: what matches `acme corp` at that time, with versions. */
static const char *in_force(struct alerts *alerts, int64_t time) {
    static char out[8192];
    struct arena *arena = arena_new(4096);
    struct match_document document = {.text = SPAN("acme corp"), .time = time};
    struct match_result found;
    while (!alerts_match(alerts, &document, arena, &found)) {
        struct alerts_build *build = alerts_begin(alerts);
        assert_non_null(build);
        assert_null(alerts_begin(alerts));
        alerts_build_run(build);
        assert_true(alerts_adopt(alerts, build));
        alerts_build_free(&build);
    }
    out[0] = '\0';
    for (size_t i = 0, len = 0; i < found.count; i++)
        len += (size_t)snprintf(out + len, sizeof out - len, "%s%.*s@%lld", i ? " " : "",
                                (int)found.matches[i].id.len, found.matches[i].id.ptr,
                                (long long)found.matches[i].version);
    arena_free(&arena);
    return out;
}

static size_t versions(const struct alerts *alerts) {
    return alerts_state(alerts).versions;
}

static size_t bases(const struct alerts *alerts) {
    return alerts_state(alerts).bases;
}

enum { T = 1000000000 };

static void a_version_is_in_force_from_two_seconds_after_its_record_at(size_t at_once) {
    struct alerts *alerts = new_alerts(at_once);
    assert_true(take(alerts, 0, T, "a", ALERT("a", "acme")));
    assert_true(take(alerts, 1, T + 500, "b", ALERT("b", "corp")));
    assert_true(take(alerts, 2, T + 60000, "a", ALERT("a", "corp")));
    assert_true(take(alerts, 3, T + 90000, "b", PAUSED("b", "corp")));
    assert_true(take(alerts, 4, T + 120000, "a", NULL));
    assert_true(take(alerts, 5, T + 150000, "b", ALERT("b", "acme OR x")));
    assert_true(take(alerts, 6, T + 180000, "b", ALERT("b", "nothing")));
    static const struct {
        int64_t time;
        const char *expected;
    } CASES[] = {
        {T, ""},
        {T + 1999, ""},
        {T + 2000, "a@0"},
        {T + 2499, "a@0"},
        {T + 2500, "a@0 b@1"},
        {T + 61999, "a@0 b@1"},
        {T + 62000, "a@2 b@1"},
        {T + 91999, "a@2 b@1"},
        {T + 92000, "a@2"},
        {T + 121999, "a@2"},
        {T + 122000, ""},
        {T + 152000, "b@5"},
        {T + 182000, ""},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_string_equal(in_force(alerts, CASES[i].time), CASES[i].expected);
    for (size_t i = COUNT_OF(CASES); i-- > 0;)
        assert_string_equal(in_force(alerts, CASES[i].time), CASES[i].expected);
    assert_int_equal(alerts_state(alerts).active, 1);
    alerts_free(&alerts);
    assert_null(alerts);
}

static void a_version_is_in_force_from_two_seconds_after_its_record(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(AT_ONCE); i++)
        a_version_is_in_force_from_two_seconds_after_its_record_at(AT_ONCE[i]);
}

static void an_edit_seen_later_changes_nothing_before_it(void **state) {
    (void)state;
    struct alerts *alerts = new_alerts(0);
    assert_string_equal(in_force(alerts, T), "");
    assert_true(take(alerts, 0, T, "a", ALERT("a", "acme")));
    assert_string_equal(in_force(alerts, T + 2500), "a@0");
    assert_true(take(alerts, 1, T + 3000, "a", ALERT("a", "corp")));
    assert_string_equal(in_force(alerts, T + 3500), "a@0");
    assert_string_equal(in_force(alerts, T + 4999), "a@0");
    size_t builds = bases(alerts);
    assert_string_equal(in_force(alerts, T + 5000), "a@1");
    assert_int_equal(bases(alerts), builds + 1);
    assert_string_equal(in_force(alerts, T + 2500), "a@0"); /* a redelivery */
    assert_int_equal(bases(alerts), builds + 1);
    alerts_free(&alerts);
}

static void many_edits_are_one_build(void **state) {
    (void)state;
    struct alerts *alerts = new_alerts(0);
    char id[16], value[64];
    for (int i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "a%d", i);
        snprintf(value, sizeof value, "{\"id\":\"%s\",\"query\":\"acme\"}", id);
        assert_true(take(alerts, i, T + i, id, value));
        assert_string_equal(in_force(alerts, T + 10), "");
    }
    assert_int_equal(bases(alerts), 1);
    assert_string_equal(in_force(alerts, T + 2000), "a0@0");
    assert_true(strlen(in_force(alerts, T + 2300)) > 200);
    assert_int_equal(bases(alerts), 2);
    assert_int_equal(alerts_state(alerts).active, 300);
    alerts_free(&alerts);
}

static void old_versions_leave_the_index_and_come_back_when_needed_at(size_t at_once) {
    enum { HOUR = 3600000 };
    struct alerts *alerts = new_alerts(at_once);
    for (int i = 0; i < 10; i++)
        assert_true(take(alerts, i, T + (int64_t)i * HOUR, "a", ALERT("a", "acme")));
    assert_string_equal(in_force(alerts, T + 20LL * HOUR), "a@9");
    assert_in_range(alerts_state(alerts).base_count, 1, at_once ? 10 : 1);
    assert_string_equal(in_force(alerts, T + 5LL * HOUR), "a@4");
    assert_string_equal(in_force(alerts, T + 5LL * HOUR + 2000), "a@5");
    assert_string_equal(in_force(alerts, T + 2000), "a@0");
    assert_string_equal(in_force(alerts, T + 20LL * HOUR), "a@9");
    /* a month later they are gone */
    assert_int_equal(versions(alerts), 10);
    assert_true(take(alerts, 10, T + 2000LL * HOUR, "b", ALERT("b", "corp")));
    assert_true(take(alerts, 11, T + 2000LL * HOUR, "c", ALERT("c", "corp")));
    assert_true(take(alerts, 12, T + 2001LL * HOUR, "c", NULL));
    assert_string_equal(in_force(alerts, T + 2002LL * HOUR), "a@9 b@10");
    if (at_once == 0)
        assert_int_equal(versions(alerts), 4);
    assert_true(take(alerts, 13, T + 4000LL * HOUR, "b", PAUSED("b", "corp")));
    assert_string_equal(in_force(alerts, T + 4001LL * HOUR), "a@9");
    assert_true(take(alerts, 14, T + 6000LL * HOUR, "d", ALERT("d", "acme")));
    assert_string_equal(in_force(alerts, T + 6001LL * HOUR), "a@9 d@14");
    if (at_once == 0)
        assert_int_equal(versions(alerts), 2);
    assert_true(take(alerts, 15, T + 6002LL * HOUR, "b", ALERT("b", "corp")));
    assert_string_equal(in_force(alerts, T + 6003LL * HOUR), "a@9 b@15 d@14");
    alerts_free(&alerts);
}

static void old_versions_leave_the_index_and_come_back_when_needed(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(AT_ONCE); i++)
        old_versions_leave_the_index_and_come_back_when_needed_at(AT_ONCE[i]);
}

static void times_that_go_back_do_not_overlap_at(size_t at_once) {
    struct alerts *alerts = new_alerts(at_once);
    assert_true(take(alerts, 0, T, "a", ALERT("a", "acme")));
    assert_true(take(alerts, 1, T + 5000, "a", ALERT("a", "acme")));
    assert_true(take(alerts, 2, T + 1000, "a", ALERT("a", "corp")));
    assert_true(take(alerts, 3, T + 9000, "a", ALERT("a", "corp")));
    assert_true(take(alerts, 4, T + 9000, "a", ALERT("a", "acme")));
    assert_string_equal(in_force(alerts, T + 6999), "a@0");
    assert_string_equal(in_force(alerts, T + 7000), "a@2");
    assert_string_equal(in_force(alerts, T + 10999), "a@2");
    assert_string_equal(in_force(alerts, T + 11000), "a@4");
    alerts_free(&alerts);
}

static void times_that_go_back_do_not_overlap(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(AT_ONCE); i++)
        times_that_go_back_do_not_overlap_at(AT_ONCE[i]);
}

static void what_is_no_alert_changes_nothing_and_says_why_at(size_t at_once) {
    static const struct {
        const char *key, *value, *why;
    } CASES[] = {
        {"a", "", "byte 0: "},
        {"a", "{}", "member `id` is missing"},
        {"a", "{\"id\":\"a\"}", "member `query` is missing"},
        {"a", "{\"id\":\"a\",\"query\":\"x y\"}", "query: byte 2: two words side by side"},
        {"a", "{\"id\":\"a\",\"query\":\"ac*\"}", "query: byte 0: `ac*` may be nearly any word"},
        {"b", "{\"id\":\"a\",\"query\":\"corp\"}", "the key is not its id, `a`"},
        {"", "{\"id\":\"a\",\"query\":\"corp\"}", "the key is not its id, `a`"},
        {NULL, "{\"id\":\"a\",\"query\":\"corp\"}", "the key is not its id, `a`"},
        {"A B", NULL, "the key is no alert's id"},
        {NULL, NULL, "the key is no alert's id"},
    };
    struct alerts *alerts = new_alerts(at_once);
    assert_true(take(alerts, 0, T, "a", ALERT("a", "acme")));
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char why[ALERTS_WHY_MAX] = "";
        struct bus_record record = record_of(1 + (int64_t)i, T + 10, CASES[i].key, CASES[i].value);
        assert_false(alerts_take(alerts, &record, why));
        if (!strstr(why, CASES[i].why))
            fail_msg("%s: %s", CASES[i].value, why);
        assert_string_equal(in_force(alerts, T + 5000), "a@0");
    }
    assert_int_equal(versions(alerts), 1);
    alerts_free(&alerts);
}

static void what_is_no_alert_changes_nothing_and_says_why(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(AT_ONCE); i++)
        what_is_no_alert_changes_nothing_and_says_why_at(AT_ONCE[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_in_force_from_two_seconds_after_its_record),
        cmocka_unit_test(an_edit_seen_later_changes_nothing_before_it),
        cmocka_unit_test(many_edits_are_one_build),
        cmocka_unit_test(old_versions_leave_the_index_and_come_back_when_needed),
        cmocka_unit_test(times_that_go_back_do_not_overlap),
        cmocka_unit_test(what_is_no_alert_changes_nothing_and_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
