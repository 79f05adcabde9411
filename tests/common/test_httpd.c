#include "cmocka_all.h"
#include "earshot/httpd.h"
#include "raw_http.h"

#include <stdio.h>
#include <stdlib.h>

static int answer_hello(void *self, struct buf *out) {
    buf_printf(out, "hello %s", (const char *)self);
    return 200;
}

static int answer_down(void *self, struct buf *out) {
    (void)self;
    buf_add_str(out, "it is down");
    return 503;
}

static int answer_nothing(void *self, struct buf *out) {
    (void)self, (void)out;
    return 200;
}

static int answer_too_much(void *self, struct buf *out) {
    (void)self;
    for (int i = 0; i < 9; i++)
        buf_printf(out, "%*s", 1 << 20, "x");
    return 200;
}

static const struct httpd_route ROUTES[] = {
    {"/hello", "text/x-hello", answer_hello},
    {"/down", "text/plain", answer_down},
    {"/nothing", "text/plain", answer_nothing},
    {"/much", "text/plain", answer_too_much},
    {0},
};

static char SELF[] = "world";

static struct httpd *open_httpd(const char *listen) {
    struct buf message;
    buf_init(&message, 1000);
    struct httpd *httpd = httpd_new(listen, ROUTES, SELF, &message);
    assert_non_null(httpd);
    buf_free(&message);
    assert_in_range(httpd_port(httpd), 1, 65535);
    return httpd;
}

static void each_request_has_its_answer(void **state) {
    (void)state;
    static const struct {
        const char *request;
        int status;
        const char *says, *says_not;
    } CASES[] = {
        {"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "hello world", NULL},
        {"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "text/x-hello", NULL},
        {"GET /hello?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "hello world", NULL},
        {"HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "Content-Length: 11", "hello"},
        {"GET /down HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 503, "it is down", NULL},
        {"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, "Content-Length: 0", NULL},
        {"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 500, "too long", NULL},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404, "/hello\n/down\n", NULL},
        {"POST /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", 405,
         "Allow: GET, HEAD", "hello"},
        {"DELETE /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405, "only GET", "hello"},
        {"nonsense\r\n\r\n", 400, NULL, "hello"},
    };
    struct httpd *httpd = open_httpd("127.0.0.1:0");
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf out;
        buf_init(&out, 1 << 20);
        int status = raw_http(httpd_port(httpd), CASES[i].request, &out);
        /* what is no HTTP may also be dropped without an answer */
        if (status != -1 || CASES[i].status != 400)
            assert_int_equal(status, CASES[i].status);
        const char *head_end = out.ptr ? strstr(out.ptr, "\r\n\r\n") : NULL;
        if (CASES[i].says && out.ptr)
            assert_non_null(strstr(out.ptr, CASES[i].says));
        if (CASES[i].says_not && head_end)
            assert_null(strstr(head_end, CASES[i].says_not));
        buf_free(&out);
    }
    httpd_free(&httpd);
    assert_null(httpd);
}

static void an_address_is_taken_or_refused_in_one_line(void **state) {
    (void)state;
    struct httpd *taken = open_httpd("127.0.0.1:0");
    char same[64];
    snprintf(same, sizeof same, "127.0.0.1:%d", httpd_port(taken));
    const struct {
        const char *listen, *says;
    } cases[] = {
        {same, "give another port"},
        {"", "HOST:PORT"},
        {"9100", "HOST:PORT"},
        {"localhost:", "HOST:PORT"},
        {"localhost:http", "HOST:PORT"},
        {"localhost:65536", "HOST:PORT"},
        {"localhost:123456", "HOST:PORT"},
        {"::1:9100", "HOST:PORT"},
        {"[::1:9100", "HOST:PORT"},
        {"[:0", "HOST:PORT"},
        {"203.0.113.1:0", "203.0.113.1:0"},
        {"no.such.host.invalid:0", "no.such.host.invalid"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf message;
        buf_init(&message, 1000);
        assert_null(httpd_new(cases[i].listen, ROUTES, NULL, &message));
        assert_non_null(strstr(message.ptr, cases[i].says));
        assert_null(strchr(message.ptr, '\n'));
        buf_free(&message);
    }
    httpd_free(&taken);
}

static void all_addresses_are_served_and_a_port_is_free_again(void **state) {
    (void)state;
    struct httpd *httpd = open_httpd(":0");
    int port = httpd_port(httpd);
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(raw_http_get(port, "/hello", &out), 200);
    httpd_free(&httpd);
    assert_int_equal(raw_http_get(port, "/hello", &out), -1);
    char same[64];
    snprintf(same, sizeof same, "localhost:%d", port);
    httpd = open_httpd(same);
    assert_int_equal(httpd_port(httpd), port);
    httpd_free(&httpd);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_has_its_answer),
        cmocka_unit_test(an_address_is_taken_or_refused_in_one_line),
        cmocka_unit_test(all_addresses_are_served_and_a_port_is_free_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
