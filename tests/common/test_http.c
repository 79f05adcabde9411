/* Each way in which a server can fail, by a server that does; and that nothing blocks beyond its time. */
#include "cmocka_all.h"
#include "earshot/http.h"
#include "http_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BODY_MAX = 100000, TIMEOUT_MS = 600, LATE_MS = 400, MANY = 40, PARALLEL = 5 };

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* "hello" with gzip, from gzip -n. */
static const unsigned char GZIPPED[] = {0x1f, 0x8b, 8,    0, 0,    0,    0,    0,    0, 3, 0xcb, 0x48, 0xcd,
                                        0xc9, 0xc9, 0x07, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0,    0};

#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"

static const struct {
    const char *path, *answer;
    enum http_ending ending;
} SCENES[] = {
    {"/hello",
     OK "Content-Length: 5\r\nETag: \"e1\"\r\nLast-Modified: Tue, 24 Nov 2026 20:25:55 GMT\r\n"
        "Content-Type: text/xml; charset=utf-8\r\n\r\nhello",
     HTTP_CLOSE},
    {"/empty", OK "Content-Length: 0\r\n\r\n", HTTP_CLOSE},
    {"/bytes-to-the-end", OK "\r\nhello", HTTP_CLOSE},
    {"/chunked", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", HTTP_CLOSE},
    {"/same", "HTTP/1.1 304 Not Modified\r\nETag: \"e1\"\r\nConnection: close\r\n\r\n", HTTP_CLOSE},
    {"/gone", "HTTP/1.1 410 Gone\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbye", HTTP_CLOSE},
    {"/busy", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 7\r\nConnection: close\r\n\r\n",
     HTTP_CLOSE},
    {"/for-good",
     "HTTP/1.1 301 Moved\r\nETag: \"old\"\r\nContent-Length: 4\r\nLocation: /also\r\nConnection: "
     "close\r\n\r\nmove",
     HTTP_CLOSE},
    {"/also",
     "HTTP/1.1 308 Moved\r\nContent-Length: 0\r\nLocation: /bytes-to-the-end\r\nConnection: close\r\n\r\n",
     HTTP_CLOSE},
    {"/for-now",
     "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /for-good\r\nConnection: close\r\n\r\n",
     HTTP_CLOSE},
    {"/loop", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /loop\r\nConnection: close\r\n\r\n",
     HTTP_CLOSE},
    {"/to-file",
     "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: file:///etc/hostname\r\nConnection: close\r\n\r\n",
     HTTP_CLOSE},
    {"/garbage", "\x01\x02 this is no HTTP\r\n\r\n", HTTP_CLOSE},
    {"/nothing", "", HTTP_CLOSE},
    {"/half-a-head", "HTTP/1.1 200 OK\r\nContent-Le", HTTP_CLOSE},
    {"/cut", OK "Content-Length: 50\r\n\r\nhello", HTTP_CLOSE},
    {"/cut-chunk", OK "Transfer-Encoding: chunked\r\n\r\n20\r\nhello", HTTP_CLOSE},
    {"/bad-gzip", OK "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", HTTP_CLOSE},
    {"/silent", "", HTTP_HOLD},
    {"/stalls", OK "Content-Length: 50\r\n\r\nhello", HTTP_HOLD},
    {"/large", NULL, HTTP_CLOSE},
    {"/gzip", NULL, HTTP_CLOSE},
    {"/echo", NULL, HTTP_CLOSE},
};

static enum http_ending answer(void *self, const char *request, struct buf *out) {
    (void)self;
    char path[64];
    if (sscanf(request, "GET %63s", path) != 1)
        return HTTP_CLOSE;
    for (size_t i = 0; i < COUNT_OF(SCENES); i++) {
        if (strcmp(path, SCENES[i].path) != 0)
            continue;
        if (SCENES[i].answer)
            buf_add_str(out, SCENES[i].answer);
        else if (strcmp(path, "/gzip") == 0) {
            buf_printf(out, OK "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", sizeof GZIPPED);
            buf_add(out, GZIPPED, sizeof GZIPPED);
        } else if (strcmp(path, "/large") == 0) {
            buf_add_str(out, OK "\r\n");
            for (int k = 0; k <= BODY_MAX; k++)
                buf_add_char(out, 'x');
        } else
            buf_printf(out, OK "\r\n%s", request);
        return SCENES[i].ending;
    }
    return HTTP_CLOSE;
}

/* One request to its end; http keeps the response. */
static const struct http_response *get(struct http *http, const struct http_request *request) {
    const struct http_response *response = NULL;
    int64_t until = now_ms() + 10000;
    http_get(http, request);
    while (!response) {
        assert_true(now_ms() < until);
        int64_t from = now_ms();
        response = http_next(http, 50);
        assert_true(now_ms() - from < 50 + LATE_MS);
    }
    assert_ptr_equal(response->tag, request->tag);
    assert_int_equal(response->status == 0, response->problem != NULL);
    if (response->problem)
        assert_null(strchr(response->problem, '\n'));
    return response;
}

struct fixture {
    struct http_server *server;
    struct http *http;
    char url[80];
};

static int begin(void **state) {
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    fixture->server = http_server_new(answer, NULL);
    fixture->http = http_new("test/1", PARALLEL, BODY_MAX, TIMEOUT_MS);
    *state = fixture;
    return 0;
}

static int end(void **state) {
    struct fixture *fixture = *state;
    http_free(&fixture->http);
    assert_null(fixture->http);
    http_server_free(&fixture->server);
    free(fixture);
    return 0;
}

static const char *url_of(struct fixture *fixture, const char *path) {
    snprintf(fixture->url, sizeof fixture->url, "http://127.0.0.1:%d%s", http_server_port(fixture->server),
             path);
    return fixture->url;
}

static const struct http_response *get_path(struct fixture *fixture, const char *path) {
    const struct http_request request = {.url = url_of(fixture, path), .tag = fixture};
    return get(fixture->http, &request);
}

static void answers_are_given_as_they_are(void **state) {
    static const struct {
        const char *path;
        int status;
        const char *body;
    } CASES[] = {{"/hello", 200, "hello"},   {"/empty", 200, ""},     {"/bytes-to-the-end", 200, "hello"},
                 {"/chunked", 200, "hello"}, {"/gzip", 200, "hello"}, {"/same", 304, ""},
                 {"/gone", 410, "bye"},      {"/busy", 503, ""},      {"/for-good", 200, "hello"},
                 {"/for-now", 200, "hello"}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct http_response *response = get_path(*state, CASES[i].path);
        assert_int_equal(response->status, CASES[i].status);
        assert_true(span_eq(response->body, span_of(CASES[i].body)));
    }
}

static void what_the_head_says_is_told(void **state) {
    struct fixture *fixture = *state;
    const struct http_response *response = get_path(fixture, "/hello");
    assert_string_equal(response->etag, "\"e1\"");
    assert_string_equal(response->last_modified, "Tue, 24 Nov 2026 20:25:55 GMT");
    assert_string_equal(response->content_type, "text/xml; charset=utf-8");
    assert_string_equal(response->url, fixture->url);
    assert_false(response->moved_permanently);
    assert_int_equal(response->retry_after_ms, -1);
    assert_int_equal(get_path(fixture, "/busy")->retry_after_ms, 7000);
    response = get_path(fixture, "/for-good");
    assert_true(response->moved_permanently);
    assert_non_null(strstr(response->url, "/bytes-to-the-end"));
    assert_null(response->etag);                                    /* not the one of the redirect */
    assert_false(get_path(fixture, "/for-now")->moved_permanently); /* one hop on the way was not for good */
}

static void what_is_asked_is_sent(void **state) {
    struct fixture *fixture = *state;
    static const char *const HEADERS[] = {"Accept: text/xml", NULL};
    const struct http_request request = {
        .url = url_of(fixture, "/echo"), .etag = "\"e1\"", .last_modified = "yesterday", .headers = HEADERS};
    static const char *const WANTED[] = {"\r\nIf-None-Match: \"e1\"\r\n",
                                         "\r\nIf-Modified-Since: yesterday\r\n", "\r\nAccept: text/xml\r\n",
                                         "\r\nUser-Agent: test/1\r\n", "gzip"};
    const struct http_response *response = get(fixture->http, &request);
    for (size_t i = 0; i < COUNT_OF(WANTED); i++)
        assert_non_null(memmem(response->body.ptr, response->body.len, WANTED[i], strlen(WANTED[i])));
}

static void each_failure_is_one_line(void **state) {
    static const struct {
        const char *path, *problem;
    } CASES[] = {
        {"/garbage", ""},
        {"/nothing", ""},
        {"/half-a-head", ""},
        {"/cut", ""},
        {"/cut-chunk", ""},
        {"/bad-gzip", ""},
        {"/large", "larger than 100000 bytes"},
        {"/loop", "10"},
        {"/to-file", "protocol \"file\""}, /* what follows differs between versions of curl */
        {"/silent", "timed out"},
        {"/stalls", "timed out"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int64_t from = now_ms();
        const struct http_response *response = get_path(*state, CASES[i].path);
        if (response->status != 0)
            fail_msg("%s: status %d", CASES[i].path, response->status);
        if (!strcasestr(response->problem, CASES[i].problem))
            fail_msg("%s: %s", CASES[i].path, response->problem);
        assert_int_equal(response->body.len, 0);
        assert_true(now_ms() - from < TIMEOUT_MS + LATE_MS);
    }
}

static void what_cannot_be_reached_says_so(void **state) {
    struct fixture *fixture = *state;
    static const char *const URLS[] = {"http://127.0.0.1:1/", "file:///etc/hostname",
                                       "gopher://127.0.0.1/", "http://",
                                       "nonsense nonsense",   "",
                                       "http://[::1"};
    for (size_t i = 0; i < COUNT_OF(URLS); i++) {
        const struct http_request request = {.url = URLS[i]};
        assert_int_equal(get(fixture->http, &request)->status, 0);
    }
}

/* More than may run at once, good and bad ones: each is answered once. */
static void many_at_once(void **state) {
    struct fixture *fixture = *state;
    struct http_server *server = http_server_new(answer, NULL);
    bool answered[MANY] = {false};
    int64_t until = now_ms() + 20000;
    for (size_t i = 0; i < MANY; i++) {
        char url[80];
        snprintf(url, sizeof url, "http://127.0.0.1:%d%s", http_server_port(server),
                 SCENES[i % (COUNT_OF(SCENES) - 5)].path);
        const struct http_request request = {.url = url, .tag = &answered[i]};
        http_get(fixture->http, &request);
    }
    assert_int_equal(http_running(fixture->http), MANY);
    for (size_t left = MANY; left > 0;) {
        const struct http_response *response = http_next(fixture->http, 50);
        assert_true(now_ms() < until);
        if (!response)
            continue;
        bool *mine = response->tag;
        assert_false(*mine);
        *mine = true;
        left--;
    }
    assert_int_equal(http_running(fixture->http), 0);
    assert_null(http_next(fixture->http, 50));
    http_server_free(&server);
}

static void it_can_be_freed_in_the_middle(void **state) {
    struct fixture *fixture = *state;
    for (int i = 0; i < 2 * PARALLEL; i++) {
        const struct http_request request = {.url = url_of(fixture, "/silent")};
        http_get(fixture->http, &request);
    }
    assert_null(http_next(fixture->http, 20));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(answers_are_given_as_they_are),  TEST(what_the_head_says_is_told),
        TEST(what_is_asked_is_sent),          TEST(each_failure_is_one_line),
        TEST(what_cannot_be_reached_says_so), TEST(many_at_once),
        TEST(it_can_be_freed_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
