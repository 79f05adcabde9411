/* `earshot up` as people run it: from nothing to answers, and what it does when something dies. */
#include "cmocka_all.h"
#include "earshot/buf.h"
#include "earshot/times.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 60000, CHILDREN = 16, OUTPUT_MAX = 1 << 20 };

static char folder[] = "/tmp/earshot-test-up-XXXXXX";
static char output[256], alerts[256], mentions[256];

struct up {
    pid_t pid;
    struct buf said;
};

static void rest(void) {
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static void start(struct up *up, const char *const *more) {
    const char *argv[16] = {PROGRAMS "/earshot", "up", "--partitions", "8"};
    for (size_t i = 0; more[i]; i++)
        argv[4 + i] = more[i];
    buf_init(&up->said, OUTPUT_MAX);
    unlink(output);
    up->pid = fork();
    if (up->pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
}

static const char *said(struct up *up) {
    char block[4096];
    size_t n;
    FILE *file = fopen(output, "r");
    buf_clear(&up->said);
    while (file && (n = fread(block, 1, sizeof block, file)) > 0)
        buf_add(&up->said, block, n);
    if (file)
        fclose(file);
    return buf_span(&up->said).ptr;
}

static void await(struct up *up, const char *text) {
    int64_t until = times_monotonic_ms() + WAIT_MS;
    while (!strstr(said(up), text)) {
        if (times_monotonic_ms() > until || waitpid(up->pid, NULL, WNOHANG) != 0)
            fail_msg("waited for `%s`, said:\n%s", text, said(up));
        rest();
    }
}

/* Exit code, or minus the signal. */
static int finish(struct up *up) {
    int status;
    assert_int_equal(waitpid(up->pid, &status, 0), up->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static size_t children_of(const struct up *up, pid_t out[CHILDREN]) {
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", up->pid, up->pid);
    FILE *file = fopen(path, "r");
    while (file && count < CHILDREN && fscanf(file, "%d", &out[count]) == 1)
        count++;
    if (file)
        fclose(file);
    return count;
}

/* The child that runs this program; 0: none. */
static pid_t child_named(const struct up *up, const char *name) {
    enum { COMM = 15 }; /* as much of it as the kernel keeps */
    pid_t pids[CHILDREN], found = 0;
    size_t count = children_of(up, pids);
    for (size_t i = 0; i < count && !found; i++) {
        char path[64], comm[32] = "", want[COMM + 2];
        snprintf(path, sizeof path, "/proc/%d/comm", pids[i]);
        snprintf(want, sizeof want, "%.*s\n", COMM, name);
        FILE *file = fopen(path, "r");
        if (file && fgets(comm, sizeof comm, file) && strcmp(comm, want) == 0)
            found = pids[i];
        if (file)
            fclose(file);
    }
    return found;
}

static void await_gone(const pid_t *pids, size_t count) {
    int64_t until = times_monotonic_ms() + WAIT_MS;
    for (size_t i = 0; i < count;) {
        if (kill(pids[i], 0) != 0 && errno == ESRCH)
            i++;
        else if (times_monotonic_ms() > until)
            fail_msg("process %d is still there", pids[i]);
        else
            rest();
    }
}

/* The folder that it told in `. FOLDER/env`. */
static void find_place(struct up *up, char out[256]) {
    const char *at = strstr(said(up), "  . ");
    assert_non_null(at);
    size_t len = strcspn(at + 4, "\n") - strlen("/env");
    snprintf(out, 256, "%.*s", (int)len, at + 4);
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int open_folder(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    snprintf(output, sizeof output, "%s/output", folder);
    snprintf(alerts, sizeof alerts, "%s/alerts.json", folder);
    snprintf(mentions, sizeof mentions, "%s/mentions.ndjson", folder);
    write_file(alerts, "[{\"id\":\"acme\",\"query\":\"acme\"},{\"id\":\"quiet\",\"query\":\"nothing\"}]");
    write_file(
        mentions,
        "{\"id\":\"t:1\",\"source\":{\"platform\":\"test\"},\"text\":\"Acme is great\",\"created_at\":"
        "\"2026-01-01T10:00:00Z\"}\n"
        "{\"id\":\"t:2\",\"source\":{\"platform\":\"test\"},\"text\":\"Acme is terrible\",\"created_at\":"
        "\"2026-01-02T10:00:00Z\"}\n"
        "{\"id\":\"t:3\",\"source\":{\"platform\":\"test\"},\"text\":\"of others\",\"created_at\":"
        "\"2026-01-02T11:00:00Z\"}\n"
        "{broken\n");
    return 0;
}

static int close_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void it_goes_from_nothing_to_answers_and_ends(void **state) {
    (void)state;
    struct up up;
    start(&up, (const char *const[]){"--alerts", alerts, "--mentions", mentions, "--shift-to-now", "--once",
                                     NULL});
    int code = finish(&up);
    static const char *const SAYS[] = {
        "nothing is kept",
        "(embedded)",
        "(private)",
        "created 2, changed 0, unchanged 0, removed 0",
        "sent 3, matched 2, counted 2\n",
        "══ acme ",
        "mentions           2   net 0.000",
        "positive           1   50%",
        "Acme is terrible",
        "══ quiet ",
        "1 dead letter: json 1\n",
    };
    for (size_t i = 0; i < COUNT_OF(SAYS); i++)
        if (!strstr(said(&up), SAYS[i]))
            fail_msg("`%s` is not in:\n%s", SAYS[i], said(&up));
    assert_null(strchr(said(&up), '\033'));
    assert_null(strstr(said(&up), "Ctrl-C"));
    assert_int_equal(code, 0);
    buf_free(&up.said);
}

/* Nothing is counted then: the aggregator's alerts are waited for all the same. */
static void alerts_that_match_nothing_are_answered(void **state) {
    (void)state;
    struct up up;
    char none[256];
    snprintf(none, sizeof none, "%s/none.ndjson", folder);
    write_file(none,
               "{\"id\":\"t:9\",\"source\":{\"platform\":\"test\"},\"text\":\"of others\",\"created_at\":"
               "\"2026-01-02T11:00:00Z\"}\n");
    start(&up, (const char *const[]){"--alerts", alerts, "--mentions", none, "--once", NULL});
    int code = finish(&up);
    if (!strstr(said(&up), "══ acme ") || !strstr(said(&up), "══ quiet "))
        fail_msg("an alert is missing:\n%s", said(&up));
    assert_int_equal(code, 0);
    buf_free(&up.said);
}

static void a_worker_is_started_again_and_who_hangs_is_killed(void **state) {
    (void)state;
    struct up up;
    char place[256], command[1024];
    pid_t pids[CHILDREN];
    start(&up, (const char *const[]){"--alerts", alerts, "--mentions", mentions, "--shift-to-now", NULL});
    await(&up, "Ctrl-C stops all of it.");
    find_place(&up, place);
    snprintf(
        command, sizeof command,
        "( . %s/env && earshot query summary acme --since 7d && earshot feed acme && earshot alerts list ) "
        ">%s/asked 2>&1 && grep -q 'mentions           2' %s/asked && grep -q 'Acme is great' %s/asked",
        place, folder, folder, folder);
    assert_int_equal(system(command), 0);

    pid_t matcher = child_named(&up, "earshot-matcher");
    assert_true(matcher > 0);
    kill(matcher, SIGKILL);
    await(&up, "earshot-matcher was killed by signal 9: starting it again in 250 ms\n");
    int64_t until = times_monotonic_ms() + WAIT_MS;
    pid_t again = 0;
    while ((again = child_named(&up, "earshot-matcher")) == 0 || again == matcher) {
        assert_true(times_monotonic_ms() < until);
        rest();
    }

    size_t count = children_of(&up, pids);
    assert_int_equal(count, 5); /* broker, Redis, three workers; ingest is through */
    pid_t sentiment = child_named(&up, "earshot-sentiment");
    assert_true(sentiment > 0);
    kill(sentiment, SIGSTOP);
    kill(up.pid, SIGINT);
    await(&up, "earshot-sentiment does not stop: killed\n");
    assert_int_equal(finish(&up), 0);
    await_gone(pids, count);
    assert_int_not_equal(access(place, F_OK), 0);
    buf_free(&up.said);
}

static void children_die_with_it(void **state) {
    (void)state;
    struct up up;
    pid_t pids[CHILDREN];
    start(&up, (const char *const[]){NULL});
    await(&up, "Ctrl-C stops all of it.");
    size_t count = children_of(&up, pids);
    assert_int_equal(count, 5);
    kill(up.pid, SIGKILL);
    assert_int_equal(finish(&up), -SIGKILL);
    await_gone(pids, count);
    buf_free(&up.said);
}

static void when_redis_dies_all_ends_and_logs_are_kept(void **state) {
    (void)state;
    struct up up;
    pid_t pids[CHILDREN];
    start(&up, (const char *const[]){NULL});
    await(&up, "Ctrl-C stops all of it.");
    size_t count = children_of(&up, pids);
    pid_t redis = child_named(&up, "redis-server");
    assert_true(redis > 0);
    kill(redis, SIGKILL);
    assert_int_equal(finish(&up), 1);
    await_gone(pids, count);
    assert_non_null(strstr(said(&up), "redis was killed by signal 9: what it held is gone, so all ends\n"));
    assert_non_null(strstr(said(&up), "logs are kept in "));
    buf_free(&up.said);
}

static void what_is_wrong_with_the_alerts_is_said(void **state) {
    (void)state;
    struct up up;
    char bad[256];
    snprintf(bad, sizeof bad, "%s/bad.json", folder);
    write_file(bad, "{\"id\":\"a\",\"query\":\"two words\"}");
    start(&up, (const char *const[]){"--alerts", bad, NULL});
    assert_int_equal(finish(&up), 1);
    assert_non_null(strstr(said(&up), "alerts ended with exit code 1: nothing can start without it\n"));
    assert_non_null(strstr(said(&up), "bad.json:1: a: byte 4: "));
    buf_free(&up.said);
}

static void what_cannot_be_reached_is_said(void **state) {
    (void)state;
    struct up up;
    start(&up, (const char *const[]){"--redis", "redis://127.0.0.1:1", NULL});
    assert_int_equal(finish(&up), 3);
    assert_non_null(strstr(said(&up), "Redis at 127.0.0.1:1"));
    start(&up, (const char *const[]){"--brokers", "127.0.0.1:1", NULL});
    assert_int_equal(finish(&up), 3);
    assert_non_null(strstr(said(&up), "Kafka at 127.0.0.1:1"));
    buf_free(&up.said);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_from_nothing_to_answers_and_ends),
        cmocka_unit_test(alerts_that_match_nothing_are_answered),
        cmocka_unit_test(a_worker_is_started_again_and_who_hangs_is_killed),
        cmocka_unit_test(children_die_with_it),
        cmocka_unit_test(when_redis_dies_all_ends_and_logs_are_kept),
        cmocka_unit_test(what_is_wrong_with_the_alerts_is_said),
        cmocka_unit_test(what_cannot_be_reached_is_said),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
