/* The registry is the process's: the first test sees all of it, the others look for their own lines. */
#include "cmocka_all.h"
#include "earshot/metrics.h"

#include <math.h>
#include <pthread.h>

static void the_text_is_prometheus(void **state) {
    (void)state;
    static const double BOUNDS[] = {0.005, 0.1, 1, 2.5};
    struct metric *done = metrics_counter("t_records_total", "Records, by \\ topic\nand verdict",
                                          "topic=\"mentions.raw\",verdict=\"done\"");
    struct metric *lag = metrics_gauge("t_lag", "Lag", "");
    struct metric *seconds = metrics_histogram("t_seconds", "Time", "stage=\"fold\"", BOUNDS, 4);
    struct metric *bare = metrics_histogram("t_bare", "No labels", "", BOUNDS, 0);
    struct metric *dead =
        metrics_counter("t_records_total", "not this", "topic=\"mentions.raw\",verdict=\"dead\"");
    metric_add(done, 7);
    metric_add(done, UINT64_MAX - 8);
    metric_add(dead, 1);
    metric_set(lag, 0.1);
    metric_observe(seconds, 0.00390625);
    metric_observe(seconds, 1);
    metric_observe(seconds, 2);
    metric_observe(seconds, 3);
    metric_observe(bare, 4);
    struct buf out;
    buf_init(&out, 1 << 16);
    metrics_render(&out);
    assert_string_equal(out.ptr,
                        "# HELP t_records_total Records, by \\\\ topic\\nand verdict\n"
                        "# TYPE t_records_total counter\n"
                        "t_records_total{topic=\"mentions.raw\",verdict=\"done\"} 18446744073709551614\n"
                        "t_records_total{topic=\"mentions.raw\",verdict=\"dead\"} 1\n"
                        "# HELP t_lag Lag\n"
                        "# TYPE t_lag gauge\n"
                        "t_lag 0.1\n"
                        "# HELP t_seconds Time\n"
                        "# TYPE t_seconds histogram\n"
                        "t_seconds_bucket{stage=\"fold\",le=\"0.005\"} 1\n"
                        "t_seconds_bucket{stage=\"fold\",le=\"0.1\"} 1\n"
                        "t_seconds_bucket{stage=\"fold\",le=\"1\"} 2\n"
                        "t_seconds_bucket{stage=\"fold\",le=\"2.5\"} 3\n"
                        "t_seconds_bucket{stage=\"fold\",le=\"+Inf\"} 4\n"
                        "t_seconds_sum{stage=\"fold\"} 6.00390625\n"
                        "t_seconds_count{stage=\"fold\"} 4\n"
                        "# HELP t_bare No labels\n"
                        "# TYPE t_bare histogram\n"
                        "t_bare_bucket{le=\"+Inf\"} 1\n"
                        "t_bare_sum 4\n"
                        "t_bare_count 1\n");
    buf_free(&out);
}

static void the_same_name_and_labels_are_the_same_metric(void **state) {
    (void)state;
    static const double BOUNDS[] = {1};
    struct metric *a = metrics_counter("t_same", "x", "a=\"1\"");
    assert_ptr_equal(metrics_counter("t_same", "y", "a=\"1\""), a);
    assert_ptr_not_equal(metrics_counter("t_same", "x", "a=\"2\""), a);
    struct metric *h = metrics_histogram("t_same_h", "x", "", BOUNDS, 1);
    assert_ptr_equal(metrics_histogram("t_same_h", "x", "", BOUNDS, 1), h);
    metric_add(a, 3);
    assert_int_equal(metric_count(a), 3);
    metric_observe(h, 9);
    metric_observe(h, 0);
    assert_int_equal(metric_count(h), 2);
}

static void numbers_are_exact_and_short(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } CASES[] = {
        {0, "t_g 0\n"},
        {-1.5, "t_g -1.5\n"},
        {1e21, "t_g 1e+21\n"},
        {NAN, "t_g NaN\n"},
        {INFINITY, "t_g +Inf\n"},
        {-INFINITY, "t_g -Inf\n"},
        {1764000000.123, "t_g 1764000000.123\n"},
        {0.1 + 0.2, "t_g 0.30000000000000004\n"},
    };
    struct metric *gauge = metrics_gauge("t_g", "x", "");
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf out;
        buf_init(&out, 1 << 16);
        metric_set(gauge, CASES[i].value);
        metrics_render(&out);
        if (!strstr(out.ptr, CASES[i].text))
            fail_msg("%s is not in %s", CASES[i].text, out.ptr);
        buf_free(&out);
    }
}

static void a_value_that_is_no_number_falls_into_the_last_bucket(void **state) {
    (void)state;
    static const double BOUNDS[] = {1};
    struct metric *h = metrics_histogram("t_nan", "x", "", BOUNDS, 1);
    struct buf out;
    buf_init(&out, 1 << 16);
    metric_observe(h, NAN);
    metrics_render(&out);
    assert_non_null(strstr(out.ptr, "t_nan_bucket{le=\"1\"} 0\nt_nan_bucket{le=\"+Inf\"} 1\n"));
    buf_free(&out);
}

static void a_buffer_that_is_full_fails(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 10);
    metrics_render(&out);
    assert_false(buf_ok(&out));
    buf_free(&out);
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *work(void *unused) {
    static const double BOUNDS[] = {0.5, 1.5};
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        metric_add(metrics_counter("t_thread_total", "x", ""), 2);
        metric_observe(metrics_histogram("t_thread_seconds", "x", "", BOUNDS, 2), 1);
        metric_set(metrics_gauge("t_thread_gauge", "x", ""), i);
        if (i % 1000 == 0) {
            struct buf out;
            buf_init(&out, 1 << 16);
            metrics_render(&out);
            buf_free(&out);
        }
    }
    return NULL;
}

static void threads_lose_nothing(void **state) {
    (void)state;
    static const double BOUNDS[] = {0.5, 1.5};
    pthread_t threads[THREADS];
    struct buf out;
    buf_init(&out, 1 << 16);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(metric_count(metrics_counter("t_thread_total", "x", "")), 2 * THREADS * ROUNDS);
    assert_int_equal(metric_count(metrics_histogram("t_thread_seconds", "x", "", BOUNDS, 2)),
                     THREADS * ROUNDS);
    metrics_render(&out);
    assert_non_null(strstr(out.ptr, "t_thread_seconds_bucket{le=\"0.5\"} 0\n"
                                    "t_thread_seconds_bucket{le=\"1.5\"} 80000\n"
                                    "t_thread_seconds_bucket{le=\"+Inf\"} 80000\n"
                                    "t_thread_seconds_sum 80000\n"
                                    "t_thread_seconds_count 80000\n"));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_prometheus),
        cmocka_unit_test(the_same_name_and_labels_are_the_same_metric),
        cmocka_unit_test(numbers_are_exact_and_short),
        cmocka_unit_test(a_value_that_is_no_number_falls_into_the_last_bucket),
        cmocka_unit_test(a_buffer_that_is_full_fails),
        cmocka_unit_test(threads_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
