#include "cmocka_all.h"
#include "progress.h"
#include "supervisor.h"
#include "workplace.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BASE, STEP, WORKER, SOURCE };

static void open_set(struct supervisor *s) {
    supervisor_init(s);
    assert_int_equal(supervisor_add(s, "broker", PART_BASE), BASE);
    assert_int_equal(supervisor_add(s, "init", PART_STEP), STEP);
    assert_int_equal(supervisor_add(s, "matcher", PART_WORKER), WORKER);
    assert_int_equal(supervisor_add(s, "ingest", PART_SOURCE), SOURCE);
}

/* All that is to be done at `now`, as "start broker, stop matcher". */
static const char *all(struct supervisor *s, int64_t now) {
    static char text[512];
    static const char *const VERBS[] = {
        [ACTION_START] = "start", [ACTION_STOP] = "stop", [ACTION_KILL] = "kill"};
    struct action action;
    text[0] = '\0';
    while ((action = supervisor_next(s, now)).kind != ACTION_NONE)
        sprintf(text + strlen(text), "%s%s %s", text[0] ? ", " : "", VERBS[action.kind],
                s->parts[action.part].name);
    return text;
}

static void run_all(struct supervisor *s) {
    open_set(s);
    for (size_t i = 0; i < s->count; i++)
        supervisor_want(s, i);
    assert_string_equal(all(s, 0), "start broker, start init, start matcher, start ingest");
}

static void only_what_is_wanted_starts_and_once(void **state) {
    (void)state;
    struct supervisor s;
    open_set(&s);
    assert_string_equal(all(&s, 0), "");
    supervisor_want(&s, WORKER);
    supervisor_want(&s, WORKER);
    assert_string_equal(all(&s, 0), "start matcher");
    assert_string_equal(all(&s, 100000), "");
    assert_true(supervisor_is(&s, WORKER, PART_RUNNING));
    supervisor_free(&s);
}

static void a_worker_that_ends_is_named_and_started_again_ever_later(void **state) {
    (void)state;
    static const int64_t PAUSES[] = {250, 500, 1000, 2000, 4000, 8000, 10000};
    struct supervisor s;
    run_all(&s);
    int64_t now = 0;
    for (size_t i = 0; i < COUNT_OF(PAUSES); i++) {
        char note[100];
        buf_clear(&s.notes);
        supervisor_ended(&s, WORKER, 0, i % 2 ? 9 : 0, now);
        snprintf(note, sizeof note, "matcher %s: starting it again in %d ms\n",
                 i % 2 ? "was killed by signal 9" : "ended with exit code 0", (int)PAUSES[i]);
        assert_string_equal(s.notes.ptr, note);
        assert_string_equal(all(&s, now + PAUSES[i] - 1), "");
        now += PAUSES[i];
        assert_string_equal(all(&s, now), "start matcher");
    }
    supervisor_ended(&s, WORKER, 1, 0, now);
    assert_true(s.stopping);
    assert_int_equal(s.code, EXIT_FAILED);
    assert_int_equal(s.culprit, WORKER);
    supervisor_free(&s);
}

static void who_ran_long_has_recovered(void **state) {
    (void)state;
    struct supervisor s;
    run_all(&s);
    int64_t now = 0;
    for (int i = 0; i < 30; i++) {
        now += SUPERVISOR_STEADY_MS;
        supervisor_ended(&s, WORKER, 1, 0, now);
        now += SUPERVISOR_PAUSE_MS;
        assert_string_equal(all(&s, now), "start matcher");
    }
    supervisor_free(&s);
}

static void what_cannot_be_mended_ends_all(void **state) {
    (void)state;
    static const struct {
        size_t part;
        int status, signal;
        bool stopping;
        enum exit_code code;
    } CASES[] = {
        {WORKER, EXIT_USAGE, 0, true, EXIT_USAGE},
        {SOURCE, EXIT_USAGE, 0, true, EXIT_USAGE},
        {WORKER, EXIT_UNREACHABLE, 0, false, 0},
        {WORKER, EXIT_USAGE, 11, false, 0},
        {SOURCE, 0, 0, false, 0},
        {SOURCE, 1, 0, false, 0},
        {STEP, 0, 0, false, 0},
        {STEP, 3, 0, true, EXIT_UNREACHABLE},
        {STEP, 0, 9, true, EXIT_FAILED},
        {BASE, 0, 0, true, EXIT_FAILED},
        {BASE, 0, 15, true, EXIT_FAILED},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct supervisor s;
        run_all(&s);
        supervisor_ended(&s, CASES[i].part, CASES[i].status, CASES[i].signal, 0);
        assert_int_equal(s.stopping, CASES[i].stopping);
        assert_int_equal(s.culprit, CASES[i].stopping ? (int)CASES[i].part : -1);
        if (CASES[i].stopping)
            assert_int_equal(s.code, CASES[i].code);
        supervisor_free(&s);
    }
}

static void a_source_that_is_through_stays_so(void **state) {
    (void)state;
    struct supervisor s;
    run_all(&s);
    supervisor_ended(&s, SOURCE, 0, 0, 5);
    supervisor_want(&s, SOURCE);
    assert_string_equal(all(&s, 100000), "");
    assert_true(supervisor_is(&s, SOURCE, PART_ENDED));
    assert_int_equal(s.notes.len, 0);
    supervisor_free(&s);
}

static void it_stops_who_writes_before_who_holds(void **state) {
    (void)state;
    struct supervisor s;
    run_all(&s);
    supervisor_ended(&s, STEP, 0, 0, 5);
    supervisor_stop(&s, EXIT_OK, 10);
    assert_string_equal(all(&s, 10), "stop matcher, stop ingest");
    assert_string_equal(all(&s, 11), "");
    supervisor_ended(&s, WORKER, 0, 0, 12);
    assert_string_equal(all(&s, 12), "");
    assert_false(supervisor_over(&s));
    supervisor_ended(&s, SOURCE, 1, 0, 13);
    assert_string_equal(all(&s, 13), "stop broker");
    assert_false(supervisor_over(&s));
    supervisor_ended(&s, BASE, 0, 0, 14);
    assert_string_equal(all(&s, 14), "");
    assert_true(supervisor_over(&s));
    assert_int_equal(s.code, EXIT_OK);
    supervisor_free(&s);
}

static void who_does_not_stop_is_killed(void **state) {
    (void)state;
    struct supervisor s;
    run_all(&s);
    supervisor_stop(&s, EXIT_OK, 0);
    assert_string_equal(all(&s, 0), "stop init, stop matcher, stop ingest");
    supervisor_ended(&s, STEP, 0, 0, 1);
    supervisor_ended(&s, SOURCE, 0, 0, 1);
    assert_string_equal(all(&s, SUPERVISOR_GRACE_MS - 1), "");
    assert_string_equal(all(&s, SUPERVISOR_GRACE_MS), "kill matcher");
    assert_string_equal(all(&s, SUPERVISOR_GRACE_MS + 1), "");
    assert_non_null(strstr(s.notes.ptr, "matcher does not stop"));
    supervisor_ended(&s, WORKER, 0, 9, SUPERVISOR_GRACE_MS + 2);
    assert_string_equal(all(&s, SUPERVISOR_GRACE_MS + 2), "stop broker");
    assert_string_equal(all(&s, 2 * SUPERVISOR_GRACE_MS + 1), "");
    assert_string_equal(all(&s, 2 * SUPERVISOR_GRACE_MS + 2), "kill broker");
    supervisor_free(&s);
}

static void a_second_stop_does_not_wait(void **state) {
    (void)state;
    struct supervisor s;
    run_all(&s);
    supervisor_stop(&s, EXIT_FAILED, 0);
    all(&s, 0);
    supervisor_stop(&s, EXIT_OK, 5);
    assert_string_equal(all(&s, 5), "kill init, kill matcher, kill ingest");
    assert_int_equal(s.code, EXIT_FAILED);
    supervisor_free(&s);
}

static void nothing_starts_while_it_stops(void **state) {
    (void)state;
    struct supervisor s;
    open_set(&s);
    supervisor_want(&s, WORKER);
    all(&s, 0);
    supervisor_ended(&s, WORKER, 1, 0, 0);
    supervisor_want(&s, SOURCE);
    supervisor_stop(&s, EXIT_OK, 1);
    supervisor_want(&s, BASE);
    assert_string_equal(all(&s, 100000), "");
    assert_true(supervisor_over(&s));
    supervisor_free(&s);
}

static void a_stage_is_through_when_every_partition_is(void **state) {
    (void)state;
    static const struct {
        struct bus_position positions[2];
        int64_t written, done;
        bool through;
    } CASES[] = {
        {{{-1, 0, 0}, {-1, 0, 0}}, 0, 0, true},  {{{-1, 0, 3}, {-1, 0, 0}}, 3, 0, false},
        {{{3, 0, 3}, {-1, 0, 0}}, 3, 3, true},   {{{2, 0, 3}, {5, 0, 5}}, 8, 7, false},
        {{{-1, 5, 5}, {7, 2, 7}}, 12, 12, true}, {{{3, 4, 9}, {0, 0, 0}}, 9, 4, false},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct progress_stage stage = progress_of(CASES[i].positions, 2);
        assert_int_equal(stage.written, CASES[i].written);
        assert_int_equal(stage.done, CASES[i].done);
        assert_int_equal(stage.through, CASES[i].through);
    }
}

static void what_was_there_before_is_not_ours(void **state) {
    (void)state;
    struct progress progress = {.started = false};
    assert_false(progress_through(&progress));
    progress_take(&progress, (struct progress_stage[]){{100, 100, true}, {50, 50, true}, {50, 50, true}});
    assert_true(progress_through(&progress));
    progress_take(&progress, (struct progress_stage[]){{1755, 1500, false}, {90, 80, true}, {90, 70, true}});
    assert_false(progress_through(&progress));
    struct buf out;
    buf_init(&out, 1000);
    progress_add(&out, &progress);
    assert_string_equal(out.ptr, "sent 1,655, matched 40, counted 20");
    buf_free(&out);
}

static void the_workplace_is_made_told_and_removed(void **state) {
    (void)state;
    struct workplace place;
    struct buf message;
    char text[WORKPLACE_PATH + 64], env[WORKPLACE_PATH + 256];
    buf_init(&message, 1000);
    assert_true(workplace_open(&place, NULL, &message));
    assert_non_null(workplace_log(&place, "x", text, sizeof text));
    FILE *log = fopen(text, "w");
    fputs("one\ntwo\nthree\n\n", log);
    fclose(log);
    workplace_last_lines(&place, "x", 1, text, sizeof text);
    assert_string_equal(text, "three");
    workplace_last_lines(&place, "x", 2, text, sizeof text);
    assert_string_equal(text, "two; three");
    workplace_last_lines(&place, "x", 9, text, sizeof text);
    assert_string_equal(text, "one; two; three");
    workplace_last_lines(&place, "none", 1, text, sizeof text);
    assert_string_equal(text, "");
    assert_false(workplace_read(&place, "ready", text, sizeof text));
    const char *pairs[] = {"A", "it's $HOME", "PATH", "/here"};
    assert_true(workplace_write_env(&place, pairs, COUNT_OF(pairs)));
    assert_true(workplace_read(&place, "env", text, sizeof text));
    assert_string_equal(text, "export A='it'\\''s $HOME'");
    snprintf(env, sizeof env,
             ". %s/env && test \"$A\" = \"it's \\$HOME\" && case $PATH in /here:?*) ;; *) false;; esac",
             place.root);
    assert_int_equal(system(env), 0);
    workplace_close(&place, false);
    assert_int_not_equal(access(place.root, F_OK), 0);
    buf_free(&message);
}

static void a_log_folder_of_the_user_stays(void **state) {
    (void)state;
    char dir[] = "/tmp/earshot-logs-XXXXXX";
    struct workplace place;
    struct buf message;
    buf_init(&message, 1000);
    assert_non_null(mkdtemp(dir));
    assert_true(workplace_open(&place, dir, &message));
    workplace_close(&place, false);
    assert_int_equal(access(dir, F_OK), 0);
    assert_int_not_equal(access(place.root, F_OK), 0);
    assert_false(workplace_open(&place, "/proc/none/of/this", &message));
    assert_non_null(strstr(message.ptr, "/proc/none/of/this"));
    workplace_close(&place, false);
    assert_true(workplace_open(&place, "-", &message));
    assert_null(workplace_log(&place, "x", dir, sizeof dir));
    workplace_close(&place, true);
    assert_int_not_equal(access(place.root, F_OK), 0);
    rmdir(dir);
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_wanted_starts_and_once),
        cmocka_unit_test(a_worker_that_ends_is_named_and_started_again_ever_later),
        cmocka_unit_test(who_ran_long_has_recovered),
        cmocka_unit_test(what_cannot_be_mended_ends_all),
        cmocka_unit_test(a_source_that_is_through_stays_so),
        cmocka_unit_test(it_stops_who_writes_before_who_holds),
        cmocka_unit_test(who_does_not_stop_is_killed),
        cmocka_unit_test(a_second_stop_does_not_wait),
        cmocka_unit_test(nothing_starts_while_it_stops),
        cmocka_unit_test(a_stage_is_through_when_every_partition_is),
        cmocka_unit_test(what_was_there_before_is_not_ours),
        cmocka_unit_test(the_workplace_is_made_told_and_removed),
        cmocka_unit_test(a_log_folder_of_the_user_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
