/* The feed connector through the engine: a server on one side, a Kafka in memory on the other. */
#include "cmocka_all.h"
#include "engine.h"
#include "fake_bus.h"
#include "feed_memory.h"
#include "feed_mention.h"
#include "http_server.h"

#include "earshot/mention.h"
#include "earshot/times.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW INT64_C(1764000000) /* 2025-11-24T16:00:00Z */
enum { EVERY_MS = 60000, WAIT_MS = 20000, HOUR_MS = 3600000 };

/* As feed.c's. */
struct feed_conf {
    const char *url;
    int64_t every;
    int kind;
};

/* --- the server: one feed, as the test sets it --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char document[20000], etag[40], asked[4096];
static int status, requests, retry_after;

static enum http_ending serve(void *self, const char *request, struct buf *out) {
    (void)self;
    char quoted[80];
    pthread_mutex_lock(&lock);
    requests++;
    snprintf(asked, sizeof asked, "%s", request);
    snprintf(quoted, sizeof quoted, "If-None-Match: %s\r\n", etag);
    int say = *etag && strstr(request, quoted) ? 304 : status;
    buf_printf(out, "HTTP/1.1 %d X\r\nConnection: close\r\n", say);
    if (retry_after)
        buf_printf(out, "Retry-After: %d\r\n", retry_after);
    if (*etag)
        buf_printf(out, "ETag: %s\r\n", etag);
    buf_printf(out, "\r\n%s", say == 304 ? "" : document);
    pthread_mutex_unlock(&lock);
    return HTTP_CLOSE;
}

static void set(int new_status, const char *new_etag, const char *items) {
    pthread_mutex_lock(&lock);
    status = new_status;
    snprintf(etag, sizeof etag, "%s", new_etag);
    snprintf(document, sizeof document, "<rss><channel>%s</channel></rss>", items);
    pthread_mutex_unlock(&lock);
}

static int asked_times(void) {
    pthread_mutex_lock(&lock);
    int times = requests;
    pthread_mutex_unlock(&lock);
    return times;
}

/* --- the run --- */

static struct http_server *server;
static struct fake_log *fake;
static struct fake_bus *the_bus;
static int64_t the_ms, the_now;
static char url[80];

static int64_t host_now(void) {
    return the_now;
}

static int64_t host_monotonic(void) {
    return the_ms;
}

static uint32_t host_random(void) {
    return 0;
}

static struct connector_host host = {.now = host_now, .monotonic = host_monotonic, .random = host_random};

static int begin(void **state) {
    (void)state;
    requests = retry_after = 0;
    the_ms = 1;
    the_now = NOW;
    host.once = false;
    server = http_server_new(serve, NULL);
    fake = fake_log_new();
    snprintf(url, sizeof url, "http://127.0.0.1:%d/feed", http_server_port(server));
    return 0;
}

static int end(void **state) {
    (void)state;
    http_server_free(&server);
    fake_log_free(&fake);
    return 0;
}

struct run {
    struct engine *engine;
    struct feed_conf conf;
    char *cursor;
};

static void start(struct run *run) {
    size_t count = fake_log_count(fake, "cursors");
    struct span cursor = count ? fake_log_get(fake, "cursors", 0, count - 1)->value : (struct span){0};
    struct buf message;
    buf_init(&message, 200);
    run->cursor = cursor.ptr ? xstrndup(cursor.ptr, cursor.len) : NULL;
    run->conf = (struct feed_conf){.url = url, .every = EVERY_MS};
    const struct engine_source source = {
        .id = "f", .connector = &CONNECTOR_FEED, .conf = &run->conf, .cursor = span_of(run->cursor)};
    the_bus = fake_bus_new(fake, NULL, NULL, 3);
    run->engine = engine_new(&the_bus->bus, &host, 0, &source, 1, &message);
    assert_non_null(run->engine);
    buf_free(&message);
}

static void stop(struct run *run) {
    engine_free(&run->engine);
    struct bus *bus = &the_bus->bus;
    bus_free(&bus);
    free(run->cursor);
}

/* Until the server was asked so often and its answer is through. */
static void look(struct run *run, int times) {
    int64_t until = times_monotonic_ms() + WAIT_MS;
    enum engine_status status_now = ENGINE_BUSY;
    while (asked_times() < times || status_now == ENGINE_BUSY) {
        status_now = engine_step(run->engine, false, 10);
        assert_int_not_equal(status_now, ENGINE_FAILED);
        assert_true(times_monotonic_ms() < until);
    }
    for (int i = 0; i < 20; i++)
        assert_int_not_equal(engine_step(run->engine, false, 5), ENGINE_FAILED);
}

static void finish(struct run *run) {
    while (engine_finish(run->engine, 10) != ENGINE_DONE)
        ;
    stop(run);
}

static const char *record(size_t nth) {
    static char text[4000];
    const struct fake_record *found = fake_log_get(fake, "mentions.raw", 0, nth);
    assert_non_null(found);
    snprintf(text, sizeof text, "%.*s", (int)found->value.len, found->value.ptr);
    return text;
}

#define ITEM(guid, title) "<item><guid>" guid "</guid><title>" title "</title></item>"
#define DATED                                                                                                \
    "<item><guid>d</guid><title>Dated \"x\"</title><link>https://Blog.example:8443/d</link>"                 \
    "<description>&lt;p&gt;a&lt;/p&gt;b</description><author>a@b.example (Ann)</author>"                     \
    "<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>"

static void an_entry_becomes_a_mention(void **state) {
    (void)state;
    struct run run;
    set(200, "", DATED ITEM("u", "undated"));
    start(&run);
    look(&run, 1);
    finish(&run);
    assert_int_equal(fake_log_count(fake, "mentions.raw"), 2);
    assert_string_equal(
        record(1),
        "{\"id\":\"rss:127.0.0.1:0891c907b53c72e4\",\"source\":{\"kind\":\"news\",\"platform\":\"rss\","
        "\"host\":\"blog.example\"},\"type\":\"article\",\"native_id\":\"d\",\"url\":"
        "\"https://Blog.example:8443/d\",\"title\":\"Dated \\\"x\\\"\",\"text\":\"a\\nb\","
        "\"author\":{\"name\":\"Ann\"},\"created_at\":\"2026-11-02T10:00:00Z\","
        "\"collected_at\":\"2025-11-24T16:00:00Z\"}");
    assert_non_null(strstr(record(0), "\"created_at\":\"2025-11-24T16:00:00Z\"")); /* its first sight */
}

static void what_was_seen_comes_once_and_a_change_again(void **state) {
    (void)state;
    struct run run;
    set(200, "", ITEM("a", "one"));
    start(&run);
    look(&run, 1);
    assert_int_equal(fake_log_count(fake, "mentions.raw") <= 1, true);
    the_ms += 2 * EVERY_MS;
    look(&run, 2);
    finish(&run);
    assert_int_equal(fake_log_count(fake, "mentions.raw"), 1);
    set(200, "", ITEM("b", "two") ITEM("a", "one, corrected"));
    the_now = NOW + 100;
    start(&run); /* a restart: the cursor remembers */
    look(&run, 3);
    finish(&run);
    assert_int_equal(fake_log_count(fake, "mentions.raw"), 3);
    assert_non_null(strstr(record(1), "\"title\":\"one, corrected\""));
    assert_non_null(
        strstr(record(1), "\"created_at\":\"2025-11-24T16:00:00Z\",\"updated_at\":\"2025-11-24T16:01:40Z\""));
    assert_true(span_eq(fake_log_get(fake, "mentions.raw", 0, 0)->key,
                        fake_log_get(fake, "mentions.raw", 0, 1)->key));
}

static void requests_are_conditional_over_a_restart(void **state) {
    (void)state;
    struct run run;
    set(200, "\"v1\"", ITEM("a", "one"));
    start(&run);
    look(&run, 1);
    finish(&run);
    assert_null(strstr(asked, "If-None-Match"));
    start(&run);
    look(&run, 2);
    finish(&run);
    assert_non_null(strstr(asked, "If-None-Match: \"v1\"\r\n"));
    assert_int_equal(fake_log_count(fake, "mentions.raw"), 1);
}

/* Killed in the middle of a document: what was not given is asked for again, whatever the server thinks. */
static void a_crash_in_the_middle_loses_nothing(void **state) {
    (void)state;
    enum { COUNT = 30 };
    char items[3000] = "", item[80];
    for (int i = 0; i < COUNT; i++) {
        snprintf(item, sizeof item, ITEM("%d", "t%d"), i, i);
        strcat(items, item);
    }
    set(200, "\"v1\"", items);
    for (size_t n = 1;; n++) {
        struct run run;
        fake_log_free(&fake);
        fake = fake_log_new();
        start(&run);
        the_bus->queue_max = 5;
        fake_bus_fail(the_bus, n, BUS_FATAL);
        int64_t until = times_monotonic_ms() + WAIT_MS;
        int before = asked_times();
        enum engine_status now = ENGINE_BUSY;
        while (now != ENGINE_FAILED &&
               !(asked_times() > before && engine_totals(run.engine)->mentions == COUNT)) {
            now = engine_step(run.engine, false, 1);
            the_ms += 500; /* a checkpoint every other turn */
            assert_true(times_monotonic_ms() < until);
        }
        stop(&run);
        start(&run);
        look(&run, asked_times() + 1);
        finish(&run);
        for (int i = 0; i < COUNT; i++) {
            bool found = false;
            snprintf(item, sizeof item, "\"native_id\":\"%d\"", i);
            for (size_t k = 0; k < fake_log_count(fake, "mentions.raw") && !found; k++)
                found = strstr(record(k), item);
            if (!found)
                fail_msg("call %zu failed, and item %d is lost", n, i);
        }
        if (now != ENGINE_FAILED)
            break;
    }
}

static void it_backs_off_and_recovers(void **state) {
    (void)state;
    struct run run;
    set(500, "", "");
    start(&run);
    look(&run, 1);
    the_ms += EVERY_MS; /* once more than `every` after the first failure */
    for (int i = 0; i < 20; i++)
        assert_int_not_equal(engine_step(run.engine, false, 5), ENGINE_FAILED);
    assert_int_equal(asked_times(), 1);
    the_ms += EVERY_MS;
    set(200, "", "");
    memcpy(document, "<html/>", sizeof "<html/>"); /* a page that says sorry is no empty feed */
    look(&run, 2);
    the_ms += 2 * EVERY_MS;
    set(200, "", ITEM("a", "one"));
    for (int i = 0; i < 20; i++)
        assert_int_not_equal(engine_step(run.engine, false, 5), ENGINE_FAILED);
    assert_int_equal(asked_times(), 2);
    the_ms += 2 * EVERY_MS;
    look(&run, 3);
    finish(&run);
    assert_int_equal(fake_log_count(fake, "mentions.raw"), 1);
}

static void it_waits_as_long_as_the_server_wants(void **state) {
    (void)state;
    struct run run;
    retry_after = 3600;
    set(429, "", "");
    start(&run);
    look(&run, 1);
    the_ms += HOUR_MS - 1000;
    for (int i = 0; i < 20; i++)
        assert_int_not_equal(engine_step(run.engine, false, 5), ENGINE_FAILED);
    assert_int_equal(asked_times(), 1);
    the_ms += 1001;
    look(&run, 2);
    finish(&run);
}

static void once_is_once(void **state) {
    (void)state;
    struct run run;
    enum engine_status now = ENGINE_BUSY;
    int64_t until = times_monotonic_ms() + WAIT_MS;
    host.once = true;
    set(200, "", ITEM("a", "one"));
    start(&run);
    while (now != ENGINE_DONE) {
        now = engine_step(run.engine, false, 10);
        assert_int_not_equal(now, ENGINE_FAILED);
        assert_true(times_monotonic_ms() < until);
    }
    stop(&run);
    assert_int_equal(fake_log_count(fake, "mentions.raw"), 1);
    assert_int_equal(fake_log_count(fake, "cursors") > 0, true);
}

static void the_memory_is_bounded_and_can_be_kept(void **state) {
    (void)state;
    enum { DOCUMENT = FEED_SEEN_MAX + 200 };
    struct feed_memory memory = {0}, again;
    struct buf text, text_again;
    buf_init(&text, 1 << 20);
    buf_init(&text_again, 1 << 20);
    feed_memory_begin(&memory);
    for (uint64_t id = 0; id < DOCUMENT; id++)
        feed_memory_add(&memory, id, 1, (int64_t)id - 5);
    feed_memory_end(&memory, "\"e\\\"", "caf\xe9");
    assert_int_equal(memory.count, DOCUMENT); /* all are in the document */
    assert_null(memory.modified);             /* no header that could be kept */
    feed_memory_begin(&memory);
    for (uint64_t id = 1000; id < 1000 + 10; id++)
        assert_non_null(feed_memory_find(&memory, id));
    assert_null(feed_memory_find(&memory, DOCUMENT));
    feed_memory_end(&memory, NULL, "yesterday");
    assert_int_equal(memory.count, FEED_SEEN_MAX);
    assert_null(feed_memory_find(&memory, 0));
    feed_memory_print(&memory, &text);
    assert_true(feed_memory_parse(buf_span(&text), &again));
    feed_memory_print(&again, &text_again);
    assert_string_equal(text.ptr, text_again.ptr);
    feed_memory_free(&memory);
    feed_memory_free(&again);
    static const char *const BROKEN[] = {
        "", "[]", "{\"seen\":[1]}", "{\"seen\":[\"1 2\"]}", "{\"seen\":[\"1 2 3 4\"]}", "{\"etag\":1}"};
    for (size_t i = 0; i < COUNT_OF(BROKEN); i++)
        assert_false(feed_memory_parse(span_of(BROKEN[i]), &again));
    buf_free(&text);
    buf_free(&text_again);
}

static void hosts_are_found(void **state) {
    (void)state;
    static const struct {
        const char *url, *host;
    } CASES[] = {{"http://A.Example/x", "a.example"},
                 {"https://u:p@b.example:1/?@", "b.example"},
                 {"http://c.example?x", "c.example"},
                 {"http://[::1]:8/x", "[::1]"},
                 {"http://", ""},
                 {"mailto:a@b", ""},
                 {"", ""},
                 {"ftp://x/", ""}};
    char out[64];
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        feed_host(span_of(CASES[i].url), out, sizeof out);
        assert_string_equal(out, CASES[i].host);
    }
    feed_host((struct span){0}, out, sizeof out);
    assert_string_equal(out, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_entry_becomes_a_mention),
        TEST(what_was_seen_comes_once_and_a_change_again),
        TEST(requests_are_conditional_over_a_restart),
        TEST(a_crash_in_the_middle_loses_nothing),
        TEST(it_backs_off_and_recovers),
        TEST(it_waits_as_long_as_the_server_wants),
        TEST(once_is_once),
        cmocka_unit_test(the_memory_is_bounded_and_can_be_kept),
        cmocka_unit_test(hosts_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
