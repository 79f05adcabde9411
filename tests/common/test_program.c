#include "cmocka_all.h"
#include "earshot/program.h"
#include "raw_http.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct program_conf conf_of(const char *listen) {
    return (struct program_conf){
        .brokers = "localhost:1", .prefix = "", .listen = listen, .log_format = 1, .stop_timeout = 300};
}

static int get(const struct program *program, const char *path, struct buf *out) {
    buf_clear(out);
    return raw_http_get(program_port(program), path, out);
}

static void health_and_metrics_are_served(void **state) {
    (void)state;
    struct program_conf conf = conf_of("127.0.0.1:0");
    struct program *program = program_new("earshot-test", &conf);
    struct buf out;
    buf_init(&out, 1 << 20);

    assert_int_equal(get(program, "/livez", &out), 200);
    assert_int_equal(get(program, "/readyz", &out), 503);
    assert_non_null(strstr(out.ptr, "starting"));
    program_ready(program, "no broker answers");
    assert_int_equal(get(program, "/readyz", &out), 503);
    assert_non_null(strstr(out.ptr, "no broker answers\n"));
    assert_int_equal(get(program, "/livez", &out), 200);
    program_ready(program, NULL);
    assert_int_equal(get(program, "/readyz", &out), 200);

    metric_add(program_limit("matches"), 3);
    metric_add(program_limit("matches"), 4);
    assert_int_equal(get(program, "/metrics", &out), 200);
    assert_non_null(strstr(out.ptr, "earshot_limit_total{limit=\"matches\"} 7\n"));
    static const char *const NAMES[] = {"\nearshot_build_info{program=\"earshot-test\",version=\"",
                                        "\nprocess_cpu_seconds_total 0.", "\nprocess_resident_memory_bytes ",
                                        "\nprocess_start_time_seconds ", "\nprocess_open_fds "};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        assert_non_null(strstr(out.ptr, NAMES[i]));
    double started = atof(strstr(out.ptr, NAMES[3]) + strlen(NAMES[3]));
    assert_true(started > (double)time(NULL) - 300 && started < (double)time(NULL) + 2);
    double resident = atof(strstr(out.ptr, NAMES[2]) + strlen(NAMES[2]));
    assert_true(resident > 1e5 && resident < 1e9);

    program_fatal(program, "a delivery failed");
    program_fatal(program, "and something later");
    assert_int_equal(get(program, "/livez", &out), 503);
    assert_non_null(strstr(out.ptr, "a delivery failed\n"));
    assert_int_equal(get(program, "/readyz", &out), 503);
    program_free(&program);
    assert_null(program);
    buf_free(&out);
}

static void a_signal_only_sets_the_flag(void **state) {
    (void)state;
    static const int SIGNALS[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < COUNT_OF(SIGNALS); i++) {
        struct program_conf conf = conf_of("off");
        struct program *program = program_new("earshot-test", &conf);
        assert_int_equal(program_port(program), 0);
        assert_false(program_stopping(program));
        raise(SIGNALS[i]);
        assert_true(program_stopping(program));
        raise(SIGNALS[i]);
        assert_true(program_stopping(program));
        program_free(&program);
    }
}

/* In a process of its own: what it ends with, and the milliseconds that it took. */
static int end_of(void (*body)(void), int64_t *took) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    clock_gettime(CLOCK_MONOTONIC, &to);
    *took = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void hang_after_a_signal(void) {
    struct program_conf conf = conf_of("off");
    struct program *program = program_new("earshot-test", &conf);
    raise(SIGTERM);
    while (program_stopping(program))
        pause();
}

static void finish_after_a_signal(void) {
    struct program_conf conf = conf_of("off");
    conf.stop_timeout = 3600000;
    struct program *program = program_new("earshot-test", &conf);
    raise(SIGTERM);
    program_free(&program);
}

static void listen_on_nonsense(void) {
    struct program_conf conf = conf_of("nonsense");
    struct program *program = program_new("earshot-test", &conf);
    program_free(&program);
}

static void a_stop_that_hangs_ends_at_the_timeout(void **state) {
    (void)state;
    int64_t took;
    assert_int_equal(end_of(hang_after_a_signal, &took), EXIT_FAILED);
    assert_in_range(took, 300, 5000);
    assert_int_equal(end_of(finish_after_a_signal, &took), 0);
    assert_in_range(took, 0, 5000);
    assert_int_equal(end_of(listen_on_nonsense, &took), EXIT_USAGE);
}

static void options_have_their_defaults(void **state) {
    (void)state;
    struct program_conf filled = {0};
    struct conf conf = {.program = "earshot-test",
                        .usage = "",
                        .about = "test",
                        .tables = {PROGRAM_OPTIONS},
                        .structs = {&filled},
                        .kafka_properties = true};
    char name[] = "earshot-test", prefix[] = "--prefix=x-", property[] = "--kafka.linger.ms=7",
         fail_fast[] = "--fail-fast";
    char *argv[] = {name, prefix, property, fail_fast, NULL}, *env[] = {NULL};
    struct buf message;
    buf_init(&message, 10000);
    assert_int_equal(conf_load(&conf, 4, argv, env, &message), CONF_OK);
    assert_string_equal(filled.brokers, "localhost:9092");
    assert_string_equal(filled.listen, "127.0.0.1:0");
    assert_int_equal(filled.stop_timeout, 20000);
    assert_true(filled.fail_fast);
    struct bus_conf bus = program_bus_conf("earshot-test", &filled, &conf);
    assert_string_equal(bus.prefix, "x-");
    assert_string_equal(bus.client_id, "earshot-test");
    assert_int_equal(bus.property_count, 1);
    assert_string_equal(bus.properties[0].name, "linger.ms");
    conf_free(&conf);
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_metrics_are_served),
        cmocka_unit_test(a_signal_only_sets_the_flag),
        cmocka_unit_test(a_stop_that_hangs_ends_at_the_timeout),
        cmocka_unit_test(options_have_their_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
