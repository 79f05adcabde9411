/* A backfill's records: which are counted, and that the gather has of them what the workers would give it. */
#include "backfill.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { START = 1795046400, FLOOR = 100, BORDER = 200, BEGUN = 3, VERSION = 17 }; /* ms behind START */

static const struct deployment DEPLOYMENT = {.id = "one", .partitions = 2, .shards = 4, .window = 4};

struct stand {
    struct alert_file alerts;
    struct analyser *analyser;
    struct roster *roster;
    struct marks *marks;
    struct corrections *corrections;
    struct gather *gather;
    struct backfill *backfill;
    int64_t begin[2];
    struct fault fault;
};

static void open_stand(struct stand *stand) {
    struct buf message;
    *stand = (struct stand){.begin = {BEGUN, -1}};
    buf_init(&message, 4096);
    assert_true(alert_file_read("-", SPAN("{\"id\":\"acme\",\"query\":\"acme\"}"), &stand->alerts, &message));
    stand->analyser = analyser_new(NULL, &message);
    assert_non_null(stand->analyser);
    buf_free(&message);
    stand->roster = roster_new(&DEPLOYMENT);
    stand->marks = marks_new(DEPLOYMENT.shards, DEPLOYMENT.partitions);
    stand->corrections = corrections_new(DEPLOYMENT.shards);
    stand->gather = gather_new(&DEPLOYMENT, stand->roster, stand->marks, stand->corrections);
    const struct backfill_conf conf = {
        .time = {.floor_ms = (int64_t)START * 1000 + FLOOR, .border_ms = (int64_t)START * 1000 + BORDER},
        .version = VERSION,
        .window = DEPLOYMENT.window,
        .begin = stand->begin};
    stand->backfill = backfill_new(&conf, stand->alerts.entries[0].alert, stand->analyser, stand->gather);
}

static void close_stand(struct stand *stand) {
    backfill_free(&stand->backfill);
    assert_null(stand->backfill);
    gather_free(&stand->gather);
    corrections_free(&stand->corrections);
    marks_free(&stand->marks);
    roster_free(&stand->roster);
    analyser_free(&stand->analyser);
    alert_file_free(&stand->alerts);
}

static bool take(struct stand *stand, int64_t offset, int ms, const char *id, const char *text) {
    char json[512];
    snprintf(json, sizeof json,
             "{\"id\":\"%s\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-19T01:00:00Z\","
             "\"collected_at\":\"2026-11-19T01:00:00Z\",\"language\":\"en\",\"text\":\"%s\"}",
             id, text);
    const struct bus_record record = {.topic = "mentions.raw",
                                      .partition = 0,
                                      .offset = offset,
                                      .timestamp = (int64_t)START * 1000 + ms,
                                      .key = span_of(id),
                                      .value = span_of(text ? json : "{}")};
    return backfill_record(stand->backfill, &record, START + 7200, &stand->fault);
}

static const struct {
    const char *name, *id, *text; /* text NULL: broken */
    int ms;
    bool counted, repeated, read, broken;
} CASES[] = {
    {"before where it begins", "a", "acme", 150, false, false, false, false},
    {"the same", "b", "acme", 150, false, false, false, false},
    {"broken before", "c", NULL, 150, false, false, false, false},
    {"where it begins", "d", "acme", 150, true, false, true, false},
    {"a repetition of what was before", "b", "acme", 150, false, true, true, false},
    {"of what was just now", "d", "acme, edited", 150, false, true, true, false},
    {"of nobody's", "e", "other", 150, false, false, true, false},
    {"broken", "f", NULL, 150, false, false, true, true},
    {"the first that is certain", "g", "acme", FLOOR, true, false, true, false},
    {"before the first", "h", "acme", FLOOR - 1, false, false, false, false},
    {"the last", "i", "acme", BORDER - 1, true, false, true, false},
    {"the first that a worker matches", "j", "acme", BORDER, false, false, false, false},
    {"broken there", "k", NULL, BORDER, false, false, false, false},
    {"after one that was the workers'", "j", "acme", BORDER - 1, false, true, true, false},
    {"late", "l", "acme", FLOOR + 1, true, false, true, false},
    {"beyond the window", "g", "acme", 150, true, false, true, false},
};

static void what_nobody_matched_is_counted(void **state) {
    (void)state;
    struct stand stand;
    struct trial_totals want = {0};
    size_t pairs = 0;
    open_stand(&stand);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        bool right = take(&stand, (int64_t)i, CASES[i].ms, CASES[i].id, CASES[i].text);
        want.read += CASES[i].read;
        want.broken += CASES[i].broken;
        want.repeated += CASES[i].repeated;
        want.matched += CASES[i].counted;
        pairs += CASES[i].counted;
        struct mark handled = gather_handled(stand.gather, MARKS_MENTIONS, 0);
        if (right == CASES[i].broken || gather_count(stand.gather) != pairs ||
            memcmp(backfill_totals(stand.backfill), &want, sizeof want) != 0 ||
            handled.next != (i < BEGUN ? -1 : (int64_t)i + 1))
            fail_msg("%s: right %d, %zu pairs, handled to %lld", CASES[i].name, right,
                     gather_count(stand.gather), (long long)handled.next);
    }
    close_stand(&stand);
}

/* The pair is that of the record which the stages before the aggregator would have made. */
static void a_pair_is_as_the_workers_make_it(void **state) {
    (void)state;
    struct stand stand;
    open_stand(&stand);
    assert_true(take(&stand, 40, 150, "m", "I love acme, it is wonderful"));
    int shard = deployment_shard(&DEPLOYMENT, SPAN("acme"));
    const struct gather_pairs *pairs = gather_shard(stand.gather, shard);
    assert_int_equal(pairs->count, 1);
    const struct gather_pair *pair = &pairs->at[0];
    assert_int_equal(pair->at, START + 3600);
    assert_int_equal(pair->sign, '+');
    assert_true(pair->score > 0);
    assert_int_equal(pair->mark.raw, 40);
    assert_int_equal(pair->mark.next, 41);
    assert_true(span_eq(gather_joint(stand.gather, pair->joint), SPAN("und\tx\ten\tund\t+")));
    char entry[4096];
    const char *json = memchr(pair->entry.ptr, '{', pair->entry.len);
    assert_non_null(json);
    snprintf(entry, sizeof entry, "%.*s", (int)(pair->entry.ptr + pair->entry.len - json), json);
    assert_non_null(strstr(entry, "\"label\":\"positive\""));
    assert_non_null(strstr(entry, "\"at\":[[\"text\",7,11]]"));
    /* A crash after Redis had it: the mark says so. */
    marks_at(stand.marks, MARKS_MENTIONS, shard, 0)->raw = 41;
    assert_true(take(&stand, 41, 150, "n", "acme"));
    assert_int_equal(gather_count(stand.gather), 1);
    assert_true(take(&stand, 42, 150, "o", "acme"));
    assert_int_equal(gather_count(stand.gather), 2);
    close_stand(&stand);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_matched_is_counted),
        cmocka_unit_test(a_pair_is_as_the_workers_make_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
