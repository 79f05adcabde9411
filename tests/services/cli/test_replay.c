/* A replay of records: what is of the time, what is a repetition, what is gained and lost, what is kept. */
#include "replay.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR_MS = 3600000, START = 1795046400 }; /* a midnight */

struct stand {
    struct alert_file tried, saved;
    struct replay *replay;
    struct fault fault;
    int64_t offset;
};

static void read_alerts(const char *text, struct alert_file *file) {
    struct buf errors;
    buf_init(&errors, 4096);
    assert_true(alert_file_read("-", span_of(text), file, &errors));
    buf_free(&errors);
}

/* Two days from START on. */
static void open_stand(struct stand *stand, const char *tried, const char *saved) {
    static const int64_t VERSIONS[] = {7, 8, 9};
    const struct replay_conf conf = {.since_ms = (int64_t)START * 1000,
                                     .until_ms = ((int64_t)START + 2 * 86400) * 1000,
                                     .from = START,
                                     .to = START + 2 * 86400,
                                     .sample = 2,
                                     .window = 4};
    *stand = (struct stand){.offset = 0};
    read_alerts(tried, &stand->tried);
    read_alerts(saved, &stand->saved);
    stand->replay = replay_new(&conf, &stand->tried, &(struct replay_saved){&stand->saved, VERSIONS});
}

static void close_stand(struct stand *stand) {
    replay_free(&stand->replay);
    assert_null(stand->replay);
    alert_file_free(&stand->tried);
    alert_file_free(&stand->saved);
}

/* A mention that is dated and logged so many hours after START. */
static bool take(struct stand *stand, const char *id, int dated, int logged, const char *text) {
    char json[512];
    int day = dated < 0 ? 18 : 19 + dated / 24, hour = (dated + 240) % 24;
    snprintf(json, sizeof json,
             "{\"id\":\"%s\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-%dT%02d:30:00Z\","
             "\"text\":\"%s\"}",
             id, day, hour, text);
    const struct bus_record record = {.topic = "mentions.raw",
                                      .partition = 3,
                                      .offset = stand->offset++,
                                      .timestamp = (int64_t)START * 1000 + (int64_t)logged * HOUR_MS,
                                      .key = span_of(id),
                                      .value = span_of(json)};
    return replay_record(stand->replay, &record, &stand->fault);
}

static const struct replay_row *row(struct stand *stand, const char *id) {
    size_t count;
    const struct replay_row *rows = replay_rows(stand->replay, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].alert->id, id) == 0)
            return &rows[i];
    fail_msg("no row %s", id);
    return NULL;
}

static void only_what_arrived_in_the_time_counts(void **state) {
    (void)state;
    static const struct {
        const char *id, *text;
        int dated, logged;
        bool read, matched, repeated;
    } CASES[] = {
        {"early", "acme", -1, -1, false, false, false},
        {"early", "acme", -1, 0, true, false, true}, /* remembered from before the time */
        {"a", "acme", 1, 1, true, true, false},
        {"b", "other", 1, 1, true, false, false},
        {"a", "acme", 1, 2, true, false, true},
        {"a", "acme!", 1, 2, true, false, true}, /* edited: the matcher drops it too */
        {"c", "acme", 1, 48, false, false, false},
        {"c", "acme", 1, 47, true, false, true}, /* whatever the order of the times */
        {"d", "acme", 1, 47, true, true, false},
        {"e", "x", 1, 47, true, false, false},
        {"a", "acme", 1, 47, true, true, false}, /* four records after the last: outside the window */
    };
    struct stand stand;
    struct trial_totals want = {0};
    open_stand(&stand, "{\"id\":\"acme\",\"query\":\"acme\"}", "[]");
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        assert_true(take(&stand, CASES[i].id, CASES[i].dated, CASES[i].logged, CASES[i].text));
        const struct trial_totals *have = replay_totals(stand.replay);
        want.read += CASES[i].read;
        want.matched += CASES[i].matched;
        want.repeated += CASES[i].repeated;
        if (memcmp(have, &want, sizeof want) != 0)
            fail_msg("case %zu: read %lld, matched %lld, repeated %lld", i, (long long)have->read,
                     (long long)have->matched, (long long)have->repeated);
    }
    int64_t oldest, newest;
    assert_true(replay_seen(stand.replay, &oldest, &newest));
    assert_int_equal(oldest, (int64_t)START * 1000);
    assert_int_equal(newest, (int64_t)START * 1000 + (int64_t)47 * HOUR_MS);
    assert_int_equal(row(&stand, "acme")->matched, 3);
    close_stand(&stand);
}

static void broken_ones_are_told_where_they_are_of_the_time(void **state) {
    (void)state;
    struct stand stand;
    open_stand(&stand, "{\"id\":\"acme\",\"query\":\"acme\"}", "[]");
    struct bus_record record = {.topic = "mentions.raw",
                                .timestamp = (int64_t)START * 1000 - 1,
                                .key = SPAN("k"),
                                .value = SPAN("{\"id\":7}")};
    assert_true(replay_record(stand.replay, &record, &stand.fault));
    record.timestamp++;
    record.offset++;
    assert_false(replay_record(stand.replay, &record, &stand.fault));
    assert_int_equal(stand.fault.reason, FAULT_TYPE);
    assert_int_equal(replay_totals(stand.replay)->broken, 1);
    assert_int_equal(replay_totals(stand.replay)->read, 1);
    close_stand(&stand);
}

#define SAVED                                                                                                \
    "[{\"id\":\"changed\",\"query\":\"acme OR rival\"},{\"id\":\"same\",\"query\":\"acme\"},"                \
    "{\"id\":\"unasked\",\"query\":\"acme\"}]"
#define TRIED                                                                                                \
    "[{\"id\":\"same\",\"query\":\"acme\"},{\"id\":\"paused\",\"query\":\"acme\",\"paused\":true},"          \
    "{\"id\":\"changed\",\"query\":\"acme OR other\"},{\"id\":\"fresh\",\"query\":\"rival\"}]"

static void what_is_gained_and_lost(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"acme", "rival", "rival and other", "other", "other", "none"};
    struct stand stand;
    char id[8];
    open_stand(&stand, TRIED, SAVED);
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        snprintf(id, sizeof id, "m%zu", i);
        assert_true(take(&stand, id, (int)i, 30, TEXTS[i]));
    }
    static const struct {
        const char *id;
        int64_t matched, version, saved, gained, lost;
        bool same;
    } ROWS[] = {{"changed", 4, 7, 3, 2, 1, false},
                {"fresh", 2, -1, 0, 0, 0, false},
                {"paused", 0, -1, 0, 0, 0, false},
                {"same", 1, 8, 0, 0, 0, true}};
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct replay_row *have = row(&stand, ROWS[i].id);
        assert_int_equal(have->matched, ROWS[i].matched);
        assert_int_equal(have->version, ROWS[i].version);
        assert_int_equal(have->saved_matched, ROWS[i].saved);
        assert_int_equal(have->gained, ROWS[i].gained);
        assert_int_equal(have->lost, ROWS[i].lost);
        assert_int_equal(have->same, ROWS[i].same);
        assert_int_equal(have->gains.count, ROWS[i].gained < 2 ? ROWS[i].gained : 2);
        assert_int_equal(have->losses.count, ROWS[i].lost);
    }
    const struct replay_row *changed = row(&stand, "changed");
    assert_non_null(strstr(changed->losses.list[0].json, "{\"id\":\"m1\""));
    assert_non_null(strstr(changed->losses.list[0].json, "\"at\":[[\"text\",0,5]]}"));
    assert_non_null(strstr(changed->gains.list[0].json, "{\"id\":\"m4\"")); /* the newest first */
    assert_non_null(strstr(changed->gains.list[1].json, "{\"id\":\"m3\""));
    close_stand(&stand);
}

static void it_counts_when_it_was_said(void **state) {
    (void)state;
    struct stand stand;
    open_stand(&stand, "{\"id\":\"acme\",\"query\":\"acme\"}", "[]");
    assert_true(take(&stand, "old", -1, 1, "acme"));
    assert_true(take(&stand, "two", 2, 3, "acme"));
    assert_true(take(&stand, "too", 2, 4, "acme"));
    assert_true(take(&stand, "ahead", 40, 5, "acme")); /* not believed: it counts when it came */
    const struct replay_grain *grain = replay_grain(stand.replay);
    const struct replay_row *acme = row(&stand, "acme");
    assert_string_equal(grain->name, "hour");
    assert_int_equal(grain->start, START);
    assert_int_equal(grain->count, 48);
    assert_int_equal(acme->older, 1);
    assert_int_equal(acme->newer, 0);
    assert_int_equal(acme->buckets[2], 2);
    assert_int_equal(acme->buckets[5], 1);
    assert_int_equal(acme->buckets[40], 0);
    close_stand(&stand);
}

static void samples_are_the_newest_whatever_their_order(void **state) {
    (void)state;
    static const struct {
        int64_t at;
        const char *json;
    } GIVEN[] = {{5, "e"}, {9, "b"}, {9, "a"}, {1, "z"}, {9, "c"}, {10, "y"}, {9, "aa"}};
    static const char *const WANT[] = {"y", "a", "aa"};
    for (size_t turn = 0; turn < COUNT_OF(GIVEN); turn++) {
        struct samples samples = {.count = 0};
        for (size_t i = 0; i < COUNT_OF(GIVEN); i++) {
            size_t one = (i + turn) % COUNT_OF(GIVEN);
            samples_add(&samples, COUNT_OF(WANT), GIVEN[one].at, span_of(GIVEN[one].json));
        }
        assert_int_equal(samples.count, COUNT_OF(WANT));
        for (size_t i = 0; i < COUNT_OF(WANT); i++)
            assert_string_equal(samples.list[i].json, WANT[i]);
        assert_false(samples_want(&samples, COUNT_OF(WANT), 8));
        assert_false(samples_want(&samples, 0, 100));
        samples_free(&samples);
    }
}

#define END "# read 2, matched 1, broken 0, from 2026-11-19 02:00 to 2026-11-19 02:00 UTC\n"

static void a_pipe_gets_rows_and_a_program_json(void **state) {
    (void)state;
    struct stand stand;
    struct buf out;
    buf_init(&out, 1 << 20);
    struct screen screen = {.out = &out, .width = 100};
    open_stand(&stand, TRIED, SAVED);
    assert_true(take(&stand, "m0", 1, 2, "acme\\u001b[2J"));
    assert_true(take(&stand, "m1", 1, 2, "none"));
    replay_show(&screen, stand.replay, START);
    assert_string_equal(out.ptr, "# alert     mentions        saved       gained         lost\n"
                                 "changed            1            1            0            0\n"
                                 "fresh              0            -            -            -\n"
                                 "paused             0            -            -            -\n"
                                 "same               1            1            0            0\n" END);
    buf_clear(&out);
    screen.terminal = true;
    replay_show(&screen, stand.replay, START);
    assert_non_null(strstr(out.ptr, "changed  1 mentions, by the hour (UTC)\n"
                                    "saved (version 7)  1 mentions  gained 0  lost 0\n"));
    assert_non_null(strstr(out.ptr, "same  1 mentions, by the hour (UTC)\nas it is saved, version 8\n"));
    assert_non_null(strstr(out.ptr, "paused: it matches nothing\nnot saved\n"));
    assert_non_null(strstr(out.ptr, "acme\uFFFD[2J"));
    assert_null(strchr(out.ptr, 033));
    buf_clear(&out);
    replay_print(&out, stand.replay, 3, false);
    assert_non_null(strstr(out.ptr, "{\"read\":2,\"matched\":1,\"repetitions\":0,\"broken\":0,"
                                    "\"matches_cut\":0,\"lost\":3,\"whole\":false,\"oldest\":1795053600,"));
    assert_non_null(strstr(out.ptr, "{\"id\":\"same\",\"paused\":false,\"mentions\":1,\"grain\":\"hour\","
                                    "\"buckets\":[[1795046400,0],[1795050000,1],"));
    assert_non_null(strstr(out.ptr, "\"saved\":{\"version\":7,\"same\":false,\"mentions\":1,"));
    assert_non_null(strstr(out.ptr, "\"saved\":null,\"newest\":[]}"));
    buf_free(&out);
    close_stand(&stand);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_arrived_in_the_time_counts),
        cmocka_unit_test(broken_ones_are_told_where_they_are_of_the_time),
        cmocka_unit_test(what_is_gained_and_lost),
        cmocka_unit_test(it_counts_when_it_was_said),
        cmocka_unit_test(samples_are_the_newest_whatever_their_order),
        cmocka_unit_test(a_pipe_gets_rows_and_a_program_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
