/* Alerts tried on lines: what comes of each, what is counted, and that the matcher says the same. */
#include "matcher.h"
#include "trial.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAD "{\"id\":\"m\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:55Z\","
/* Wider than the screen. */
#define LONG "a-long-id-that-has-as-many-letters-as-an-id-may-ever-have-in-all"
#define MARK "\xef\xbb\xbf"

static const char ALERTS[] =
    "[{\"id\":\"b\",\"query\":\"acme AND broken\"},{\"id\":\"paused\",\"query\":\"acme\","
    "\"paused\":true},{\"id\":\"a\",\"query\":\"acme OR #acme\"},"
    "{\"id\":\"a-b\",\"query\":\"nothing\"}]";

struct stand {
    struct alert_file alerts;
    struct trial *trial;
    struct buf out;
    struct fault fault;
    int64_t number; /* of the last line */
};

static void open_stand(struct stand *stand, const char *alerts) {
    struct buf errors;
    *stand = (struct stand){.number = 0};
    buf_init(&errors, 4096);
    buf_init(&stand->out, TRIAL_OUT_MAX);
    assert_true(alert_file_read("-", span_of(alerts), &stand->alerts, &errors));
    stand->trial = trial_new(&stand->alerts);
    buf_free(&errors);
}

static void close_stand(struct stand *stand) {
    trial_free(&stand->trial);
    assert_null(stand->trial);
    alert_file_free(&stand->alerts);
    buf_free(&stand->out);
}

/* As lines_next() gives it. */
static bool take(struct stand *stand, struct span text, bool counted) {
    struct line line = {.bytes = text, .size = text.len, .number = ++stand->number};
    line.bytes.len = text.len < TRIAL_LINE_MAX ? text.len : TRIAL_LINE_MAX;
    buf_clear(&stand->out);
    return trial_line(stand->trial, &line, counted ? NULL : &stand->out, &stand->fault);
}

static const struct {
    const char *line, *out; /* NULL: broken */
    enum fault_reason reason;
    size_t byte;
} CASES[] = {
    {MARK HEAD "\"text\":\"my acme\"}",
     "{\"id\":\"m\",\"matches\":[{\"id\":\"a\",\"version\":0,\"at\":[[\"text\",3,7]]}]}\n", FAULT_NONE, 0},
    {MARK HEAD "\"text\":\"my acme\"}", NULL, FAULT_JSON, 0},
    {HEAD "\"text\":\"acme is broken\",\"hashtags\":[\"acme\"]}",
     "{\"id\":\"m\",\"matches\":[{\"id\":\"a\",\"version\":0,\"at\":[[\"text\",0,4],[\"hashtags\",0,1]]},"
     "{\"id\":\"b\",\"version\":0,\"at\":[[\"text\",0,4],[\"text\",8,14],[\"hashtags\",0,1]]}]}\n",
     FAULT_NONE, 0},
    {HEAD "\"text\":\"other\"}", "", FAULT_NONE, 0},
    {"", "", FAULT_NONE, 0},
    {" \t", "", FAULT_NONE, 0},
    {"{\"id\":\"q\\u0022\\n\",\"source\":{\"platform\":\"x\"},\"created_at\":\"2026-11-21T20:25:55Z\","
     "\"title\":\"Acme\"}",
     "{\"id\":\"q\\\"\\n\",\"matches\":[{\"id\":\"a\",\"version\":0,\"at\":[[\"title\",0,4]]}]}\n",
     FAULT_NONE, 0},
    {"no JSON", NULL, FAULT_JSON, 0},
    {HEAD "\"text\":\"acme\",\"matches\":[]}", NULL, FAULT_RESERVED, 86},
    {HEAD "\"text\":7}", NULL, FAULT_TYPE, 79},
    {"{\"id\":\"m\"}", NULL, FAULT_MISSING, 9},
};

static void each_line_becomes_its_matches(void **state) {
    (void)state;
    struct stand stand;
    struct trial_totals want = {.read = 0};
    open_stand(&stand, ALERTS);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        bool right = take(&stand, span_of(CASES[i].line), false);
        assert_int_equal(right, CASES[i].out != NULL);
        assert_string_equal(stand.out.len ? stand.out.ptr : "", CASES[i].out ? CASES[i].out : "");
        if (!right) {
            assert_int_equal(stand.fault.reason, CASES[i].reason);
            assert_int_equal(stand.fault.byte, CASES[i].byte);
        }
        want.broken += !right;
        want.matched += right && *CASES[i].out;
        want.read += *CASES[i].line && CASES[i].line[0] != ' ';
        const struct trial_totals *have = trial_totals(stand.trial);
        assert_int_equal(have->read, want.read);
        assert_int_equal(have->matched, want.matched);
        assert_int_equal(have->broken, want.broken);
    }
    close_stand(&stand);
}

/* Of what is too long only a beginning is there; a byte order mark does not make a mention too long. */
static void a_mention_has_at_most_its_limit(void **state) {
    (void)state;
    struct stand stand;
    struct buf line;
    buf_init(&line, 2 * MENTION_BYTES_MAX);
    buf_add_str(&line, MARK HEAD "\"text\":\"acme");
    while (line.len < MENTION_BYTES_MAX + 3 - 2)
        buf_add_char(&line, ' ');
    buf_add_str(&line, "\"}");
    open_stand(&stand, ALERTS);
    assert_true(take(&stand, buf_span(&line), false));
    assert_true(stand.out.len > 0);
    stand.number = 0;
    buf_add_str(&line, " ");
    assert_false(take(&stand, buf_span(&line), false));
    assert_int_equal(stand.fault.reason, FAULT_SIZE);
    assert_int_equal(stand.fault.byte, MENTION_BYTES_MAX);
    assert_string_equal(stand.fault.detail, "262145 bytes, more than 262144");
    while (line.len < MENTION_BYTES_MAX + 4096)
        buf_add_char(&line, ' ');
    assert_false(take(&stand, buf_span(&line), false));
    assert_int_equal(stand.fault.reason, FAULT_SIZE);
    buf_clear(&line);
    while (line.len < MENTION_BYTES_MAX + 4096)
        buf_add_char(&line, ' '); /* blank, and still more than anybody may send */
    assert_false(take(&stand, buf_span(&line), false));
    buf_free(&line);
    close_stand(&stand);
}

static void show(const struct stand *stand, bool terminal, struct buf *out) {
    struct screen screen = {.out = out, .terminal = terminal, .width = 40};
    buf_clear(out);
    trial_show(&screen, stand->trial);
}

static void counts_are_by_alert(void **state) {
    (void)state;
    struct stand stand;
    struct buf out;
    buf_init(&out, 4096);
    open_stand(&stand, ALERTS);
    show(&stand, false, &out);
    assert_string_equal(out.ptr, "# alert     mentions\n"
                                 "a                  0\n"
                                 "a-b                0\n"
                                 "b                  0\n"
                                 "paused             0\n"
                                 "# read 0, matched 0, broken 0\n");
    for (int i = 0; i < 1200; i++)
        assert_true(take(
            &stand, span_of(i % 3 ? HEAD "\"text\":\"acme\"}" : HEAD "\"text\":\"broken acme\"}"), true));
    assert_true(take(&stand, SPAN(HEAD "\"text\":\"nothing\"}"), true)); /* of a and a-b only the latter */
    assert_false(take(&stand, SPAN("{"), true));
    show(&stand, false, &out);
    assert_string_equal(out.ptr, "# alert     mentions\n"
                                 "a               1200\n"
                                 "a-b                1\n"
                                 "b                400\n"
                                 "paused             0\n"
                                 "# read 1202, matched 1201, broken 1\n");
    show(&stand, true, &out);
    assert_string_equal(out.ptr, "a              1,200 ███████████████████\n"
                                 "a-b                1 ▏\n"
                                 "b                400 ██████▍\n"
                                 "paused             0 paused\n"
                                 "\nread 1,202, matched 1,201, broken 1\n");
    close_stand(&stand);
    open_stand(&stand, "{\"id\":\"" LONG "\",\"query\":\"acme\"}");
    assert_true(take(&stand, SPAN(HEAD "\"text\":\"acme\"}"), true));
    show(&stand, true, &out);
    assert_string_equal(out.ptr, LONG "            1 ▏\n\nread 1, matched 1, broken 0\n");
    buf_free(&out);
    close_stand(&stand);
}

static void what_is_cut_is_counted(void **state) {
    (void)state;
    struct stand stand;
    struct buf alerts;
    buf_init(&alerts, 1 << 20);
    for (int i = 0; i < MATCH_ALERTS_MAX + 3; i++)
        buf_printf(&alerts, "{\"id\":\"a%d\",\"query\":\"acme\"}\n", i);
    open_stand(&stand, alerts.ptr);
    assert_true(take(&stand, SPAN(HEAD "\"text\":\"acme\"}"), false));
    assert_non_null(strstr(stand.out.ptr, "],\"matches_cut\":3}\n"));
    assert_true(take(&stand, SPAN(HEAD "\"text\":\"acme\"}"), true));
    assert_int_equal(trial_totals(stand.trial)->cut, 6);
    buf_clear(&alerts);
    show(&stand, false, &alerts);
    assert_non_null(strstr(alerts.ptr, "\n# read 2, matched 2, broken 0, matches cut 6\n"));
    buf_free(&alerts);
    close_stand(&stand);
}

static struct matcher *worker_with(const struct alert_file *alerts) {
    static const unsigned char SECRET[REPEATS_SECRET] = {1};
    struct matcher *matcher = matcher_new(16, SECRET, 1);
    struct buf value;
    char why[ALERTS_WHY_MAX];
    buf_init(&value, ALERT_BYTES_MAX);
    for (size_t i = 0; i < alerts->count; i++) {
        buf_clear(&value);
        alert_print(alerts->entries[i].alert, &value);
        const struct bus_record record = {
            .topic = "alerts", .key = span_of(alerts->entries[i].alert->id), .value = buf_span(&value)};
        assert_true(alerts_take(matcher_alerts(matcher), &record, why));
    }
    buf_free(&value);
    return matcher;
}

/* What the worker publishes for the line ends on the matches that the trial printed. */
static void compare(struct stand *stand, struct matcher *matcher, struct arena *arena,
                    const struct line *line) {
    char key[24];
    struct matcher_result result;
    int len = snprintf(key, sizeof key, "%lld", (long long)line->number); /* no two are repetitions */
    const struct bus_record record = {.topic = "mentions.raw",
                                      .offset = line->number,
                                      .timestamp = ALERT_DELAY_MS,
                                      .key = {key, (size_t)len},
                                      .value = line->bytes};
    arena_reset(arena);
    matcher_judge(matcher, &record, arena, &result);
    bool right = take(stand, line->bytes, false);
    assert_int_equal(right, result.outcome != MATCHER_BROKEN);
    if (!right) {
        assert_int_equal(stand->fault.reason, result.fault.reason);
        assert_int_equal(stand->fault.byte, result.fault.byte);
        assert_string_equal(stand->fault.detail, result.fault.detail);
    }
    assert_int_equal(stand->out.len > 0, result.outcome == MATCHER_PUBLISH);
    if (stand->out.len == 0)
        return;
    static const char MEMBER[] = ",\"matches\":";
    const char *matches = strstr(stand->out.ptr, MEMBER);
    assert_non_null(matches);
    size_t size = strlen(matches) - 1; /* the newline */
    assert_true(result.value.len > size);
    assert_memory_equal(result.value.ptr + result.value.len - size, matches, size);
}

static char *read_whole(const char *path) {
    enum { WHOLE_MAX = 1 << 20 };
    char *text = xcalloc(WHOLE_MAX, 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_in_range(fread(text, 1, WHOLE_MAX - 1, file), 1, WHOLE_MAX - 2);
    fclose(file);
    return text;
}

static void the_matcher_says_the_same(void **state) {
    (void)state;
    struct stand stand;
    char *alerts = read_whole(DEMO "/alerts.json");
    open_stand(&stand, alerts);
    struct matcher *matcher = worker_with(&stand.alerts);
    struct arena *arena = arena_new(4096);
    FILE *file = fopen(DEMO "/mentions.ndjson", "rb");
    assert_non_null(file);
    struct lines *lines = lines_new(fileno(file), TRIAL_LINE_MAX);
    assert_int_equal(matcher_assigned(matcher, 0, 0), 0);
    for (struct line line; lines_next(lines, 0, &line) == LINES_LINE;)
        compare(&stand, matcher, arena, &line);
    assert_int_equal(trial_totals(stand.trial)->read, 710);
    assert_int_equal(trial_totals(stand.trial)->broken, 9);
    fclose(file);
    lines_free(&lines);
    arena_free(&arena);
    matcher_free(&matcher);
    close_stand(&stand);
    free(alerts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_becomes_its_matches), cmocka_unit_test(a_mention_has_at_most_its_limit),
        cmocka_unit_test(counts_are_by_alert),           cmocka_unit_test(what_is_cut_is_counted),
        cmocka_unit_test(the_matcher_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
