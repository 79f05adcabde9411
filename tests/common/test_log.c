/* stderr is a datagram socket here: what one write sent arrives as one datagram. */
#include "cmocka_all.h"
#include "earshot/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 8192 };

static int stderr_kept, reader;
static char got[ROOM];

static int catch_stderr(void **state) {
    (void)state;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        return -1;
    stderr_kept = dup(STDERR_FILENO);
    reader = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    return 0;
}

static int give_back_stderr(void **state) {
    (void)state;
    dup2(stderr_kept, STDERR_FILENO);
    close(stderr_kept);
    close(reader);
    return 0;
}

/* The next line, "" where none was written. */
static const char *next(void) {
    ssize_t len = recv(reader, got, sizeof got - 1, MSG_DONTWAIT);
    got[len > 0 ? len : 0] = '\0';
    return got;
}

/* The digits of the moment become 0. */
static const char *timeless(void) {
    next();
    char *at = got + strcspn(got, "2");
    for (int i = 0; i < 24 && at[i]; i++)
        if (at[i] >= '0' && at[i] <= '9')
            at[i] = '0';
    return got;
}

#define PLAIN "0000-00-00T00:00:00.000Z "
#define JSON  "{\"time\":\"0000-00-00T00:00:00.000Z\",\"level\":"

static void a_plain_line(void **state) {
    (void)state;
    log_open("earshot-test", LOG_FORMAT_PLAIN, LOG_LEVEL_INFO);
    log_warn("bus.lost", "broker %s is away: %d", "k1", 7);
    assert_string_equal(timeless(), PLAIN "warn earshot-test bus.lost: broker k1 is away: 7\n");
    assert_string_equal(next(), "");
}

static void a_json_line(void **state) {
    (void)state;
    log_open("earshot-test", LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    log_error("bus.lost", "\"%s\" \\ \n", "é");
    assert_string_equal(timeless(), JSON "\"error\",\"program\":\"earshot-test\",\"event\":\"bus.lost\","
                                         "\"message\":\"\\\"é\\\" \\\\ \\n\"}\n");
}

static void levels_below_are_silent(void **state) {
    (void)state;
    log_open("t", LOG_FORMAT_PLAIN, LOG_LEVEL_WARN);
    log_debug("a", "x");
    log_info("a", "x");
    assert_string_equal(next(), "");
    log_warn("a", "x");
    assert_string_equal(timeless(), PLAIN "warn t a: x\n");
    log_open("t", LOG_FORMAT_PLAIN, LOG_LEVEL_DEBUG);
    log_debug("a", "x");
    assert_string_equal(timeless(), PLAIN "debug t a: x\n");
}

static void what_strangers_send_is_shown_harmless(void **state) {
    (void)state;
    static const struct {
        const char *sent, *plain, *json;
    } CASES[] = {
        {"a\nb", "a\\nb", "a\\nb"},
        {"\033[31m", "\\u001b[31m", "\\u001b[31m"},
        {"\x7f", "\\u007f", "\\u007f"},
        {"\xc2\x9b", "\\u009b", "\\u009b"},
        {"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"},
        {"\"\\", "\"\\", "\\\"\\\\"},
        {"中é😀", "中é😀", "中é😀"},
        {"\xff", "�", "�"},
        {"\xc3", "�", "�"},
        {"\xc3(", "�(", "�("},
        {"\xc0\xaf", "��", "��"},
        {"\xe0\x9f\xbf", "���", "���"},
        {"\xed\xa0\x80", "���", "���"},
        {"\xf0\x8f\xbf\xbf", "����", "����"},
        {"\xf4\x90\x80\x80", "����", "����"},
        {"\xf5\x80\x80\x80", "����", "����"},
        {"\xe2\x82", "��", "��"},
        {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char want[256];
        log_open("t", LOG_FORMAT_PLAIN, LOG_LEVEL_INFO);
        log_info("e", "%s", CASES[i].sent);
        snprintf(want, sizeof want, PLAIN "info t e: %s\n", CASES[i].plain);
        assert_string_equal(timeless(), want);
        log_open("t", LOG_FORMAT_JSON, LOG_LEVEL_INFO);
        log_info("e", "%s", CASES[i].sent);
        snprintf(want, sizeof want, JSON "\"info\",\"program\":\"t\",\"event\":\"e\",\"message\":\"%s\"}\n",
                 CASES[i].json);
        assert_string_equal(timeless(), want);
    }
}

/* Every phase of a three-byte character at the limit, in both formats. */
static void a_long_line_is_cut_between_characters(void **state) {
    (void)state;
    for (int json = 0; json <= 1; json++)
        for (size_t lead = 0; lead < 6; lead++) {
            char text[6000];
            size_t at = lead;
            memset(text, 'a', lead);
            for (; at + 4 < sizeof text; at += 3)
                memcpy(text + at, "中", 4);
            log_open("t", json ? LOG_FORMAT_JSON : LOG_FORMAT_PLAIN, LOG_LEVEL_INFO);
            log_info("e", "%s", text);
            const char *end = json ? "中…\"}\n" : "中…\n";
            size_t len = strlen(next());
            assert_in_range(len, 2048 - 8, 2048);
            assert_string_equal(got + len - strlen(end), end);
            assert_null(strstr(got, "�"));
        }
}

static void a_line_of_escapes_is_cut_too(void **state) {
    (void)state;
    char text[3000];
    memset(text, '\x01', sizeof text);
    text[sizeof text - 1] = '\0';
    log_open("t", LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    log_info("e", "%s", text);
    size_t len = strlen(next());
    assert_in_range(len, 2048 - 12, 2048);
    assert_string_equal(got + len - 12, "\\u0001…\"}\n");
}

static void a_long_event_leaves_the_line_whole(void **state) {
    (void)state;
    char event[4000];
    memset(event, 'e', sizeof event);
    event[sizeof event - 1] = '\0';
    log_open(event, LOG_FORMAT_JSON, LOG_LEVEL_INFO);
    log_info(event, "m");
    size_t len = strlen(next());
    assert_in_range(len, 150, 300);
    const char *end = "e\",\"message\":\"m\"}\n";
    assert_string_equal(got + len - strlen(end), end);
}

static void errno_is_as_before(void **state) {
    (void)state;
    log_open("t", LOG_FORMAT_PLAIN, LOG_LEVEL_INFO);
    int kept = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    errno = ENOSPC;
    log_info("e", "nobody reads this");
    int after = errno;
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_int_equal(after, ENOSPC);
}

enum { THREADS = 4, LINES = 500 };

static void *write_lines(void *letter) {
    char text[400];
    memset(text, *(char *)letter, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < LINES; i++)
        log_info("e", "%s", text);
    return NULL;
}

static void threads_do_not_mix(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    char letters[THREADS];
    int counts[THREADS] = {0};
    log_open("t", LOG_FORMAT_PLAIN, LOG_LEVEL_INFO);
    for (int i = 0; i < THREADS; i++) {
        letters[i] = (char)('A' + i);
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &letters[i]), 0);
    }
    for (int i = 0; i < THREADS * LINES; i++) {
        ssize_t len = recv(reader, got, sizeof got - 1, 0);
        assert_int_equal(len, sizeof PLAIN - 1 + strlen("info t e: ") + 400);
        got[len - 1] = '\0';
        const char *text = strstr(got, "e: ") + 3;
        assert_int_equal(strspn(text, (char[2]){text[0], '\0'}), 399);
        counts[text[0] - 'A']++;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(counts[i], LINES);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_line),
        cmocka_unit_test(a_json_line),
        cmocka_unit_test(levels_below_are_silent),
        cmocka_unit_test(what_strangers_send_is_shown_harmless),
        cmocka_unit_test(a_long_line_is_cut_between_characters),
        cmocka_unit_test(a_line_of_escapes_is_cut_too),
        cmocka_unit_test(a_long_event_leaves_the_line_whole),
        cmocka_unit_test(errno_is_as_before),
        cmocka_unit_test(threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, catch_stderr, give_back_stderr);
}
