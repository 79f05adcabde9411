#include "cmocka_all.h"
#include "earshot/store.h"
#include "redis_script.h"

#include <stdio.h>
#include <time.h>

#define ANSWER "*3\r\n$3\r\nabc\r\n:-7\r\n$-1\r\n"

struct fixture {
    struct redis_script *script;
    struct store *store;
    struct buf message;
    char url[64];
};

static void open_store(struct fixture *f, const struct scene *scenes, size_t count, const char *password) {
    buf_init(&f->message, 1000);
    f->script = redis_script_new(scenes, count);
    snprintf(f->url, sizeof f->url, "redis://%s127.0.0.1:%d", password ? "reader@" : "",
             redis_script_port(f->script));
    f->store =
        store_new(&(struct store_conf){.url = f->url, .password = password, .timeout_ms = 200}, &f->message);
    assert_non_null(f->store);
}

static void close_store(struct fixture *f) {
    store_free(&f->store);
    redis_script_free(&f->script);
    buf_free(&f->message);
}

static enum store_status ask(struct store *store, const struct store_reply **reply) {
    const struct span args[] = {SPAN("GET"), SPAN("x")};
    return store_ask(store, args, COUNT_OF(args), reply);
}

/* Until the back-off is over, at most five seconds. */
static enum store_status ask_until_ok(struct store *store, const struct store_reply **reply) {
    enum store_status status = STORE_AWAY;
    for (int i = 0; i < 1000 && status != STORE_OK; i++) {
        status = ask(store, reply);
        if (status != STORE_OK)
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return status;
}

static void urls_are_taken_or_refused_in_one_line(void **state) {
    (void)state;
    static const struct {
        const char *url, *message; /* NULL: taken */
    } CASES[] = {
        {"redis://localhost", NULL},
        {"redis://localhost:6380/3", NULL},
        {"redis://earshot@redis.example:6379", NULL},
        {"redis://[::1]:6379/", NULL},
        {"redis://[::1]", NULL},
        {"unix:///run/redis.sock", NULL},
        {"http://localhost", "scheme"},
        {"localhost:6379", "scheme"},
        {"", "scheme"},
        {"redis://", "host is missing"},
        {"redis://:6379", "host is missing"},
        {"redis://h:0", "port"},
        {"redis://h:65536", "port"},
        {"redis://h:", "port"},
        {"redis://h:x", "port"},
        {"redis://h/x", "database"},
        {"redis://[::1", "in [ ]"},
        {"redis://[::1]x", "in [ ]"},
        {"redis://user:hunter2@h", "redis-password"},
        {"redis://:hunter2@h", "redis-password"},
        {"unix://run", "path"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf message;
        buf_init(&message, 1000);
        struct store *store =
            store_new(&(struct store_conf){.url = CASES[i].url, .timeout_ms = 100}, &message);
        assert_int_equal(!store, CASES[i].message != NULL);
        if (!store) {
            assert_non_null(strstr(message.ptr, CASES[i].message));
            assert_null(strstr(message.ptr, "hunter2"));
        }
        store_free(&store);
        buf_free(&message);
    }
}

static void replies_come_in_order_with_their_types(void **state) {
    (void)state;
    const struct scene scenes[] = {
        {.answer = SPAN("+OK\r\n" ANSWER ":5\r\n-ERR no\r\n$0\r\n\r\n"), .hold = true}};
    struct fixture f;
    open_store(&f, scenes, COUNT_OF(scenes), NULL);
    const struct span args[] = {SPAN("PING")};
    for (int i = 0; i < 4; i++)
        store_queue(f.store, args, 1);
    store_queue_packed(f.store, 2, SPAN("$3\r\nGET\r\n$2\r\nab\r\n"));
    assert_int_equal(store_pending(f.store), 5);
    assert_int_equal(store_connect(f.store), STORE_OK);
    const struct store_reply *reply;
    assert_int_equal(store_reply(f.store, &reply), STORE_OK);
    assert_int_equal(reply->type, STORE_STATUS);
    assert_int_equal(store_reply(f.store, &reply), STORE_OK);
    assert_int_equal(reply->type, STORE_ARRAY);
    assert_int_equal(reply->count, 3);
    assert_true(span_eq(reply->elements[0].text, SPAN("abc")));
    assert_int_equal(reply->elements[1].integer, -7);
    assert_int_equal(reply->elements[2].type, STORE_NIL);
    assert_int_equal(store_reply(f.store, &reply), STORE_OK);
    assert_int_equal(reply->integer, 5);
    assert_int_equal(store_reply(f.store, &reply), STORE_OK);
    assert_int_equal(reply->type, STORE_ERROR);
    assert_int_equal(store_reply(f.store, &reply), STORE_OK);
    assert_int_equal(reply->type, STORE_STRING);
    assert_int_equal(store_pending(f.store), 0);
    struct span heard = redis_script_heard(f.script);
    assert_non_null(memmem(heard.ptr, heard.len, "*2\r\n$3\r\nGET\r\n$2\r\nab\r\n", 21));
    assert_null(store_problem(f.store));
    close_store(&f);
}

/* The connection breaks after each number of bytes of the reply; the next one is whole again. */
static void an_answer_that_breaks_off_is_away_and_mends(void **state) {
    (void)state;
    for (size_t len = 0; len < sizeof ANSWER - 1; len++) {
        const struct scene scenes[] = {{.answer = {.ptr = ANSWER, .len = len}},
                                       {.answer = SPAN(ANSWER), .hold = true}};
        struct fixture f;
        open_store(&f, scenes, COUNT_OF(scenes), NULL);
        const struct store_reply *reply = NULL;
        assert_int_equal(ask(f.store, &reply), STORE_AWAY);
        assert_non_null(store_problem(f.store));
        assert_int_equal(store_epoch(f.store), 1);
        assert_int_equal(ask_until_ok(f.store, &reply), STORE_OK);
        assert_int_equal(store_epoch(f.store), 2);
        assert_int_equal(reply->count, 3);
        close_store(&f);
    }
}

/* Each way in which the other side can fail, what it is called, and what the line says. */
static void each_failure_has_its_status_and_remedy(void **state) {
    (void)state;
    const struct {
        struct scene scene;
        const char *password;
        enum store_status status;
        const char *says;
    } cases[] = {
        {{.slam = true}, NULL, STORE_AWAY, ""},
        {{.hold = true}, NULL, STORE_AWAY, "redis-timeout"},
        {{.hold = true}, "hunter2", STORE_AWAY, "redis-timeout"},
        {{.answer = SPAN("HTTP/1.1 400 Bad Request\r\n"), .hold = true}, NULL, STORE_REFUSED, "protocol"},
        {{.answer = SPAN("-NOAUTH Authentication required.\r\n"), .hold = true},
         NULL,
         STORE_REFUSED,
         "redis-password"},
        {{.answer = SPAN("-WRONGPASS invalid username-password pair\r\n"), .hold = true},
         "hunter2",
         STORE_REFUSED,
         "redis-password"},
        {{.answer = SPAN("-ERR wrong number of arguments for 'auth' command\r\n"), .hold = true},
         "hunter2",
         STORE_REFUSED,
         "redis-password"},
        {{.answer = SPAN("-NOPERM this user has no permissions\r\n"), .hold = true},
         NULL,
         STORE_REFUSED,
         "permissions"},
        {{.answer = SPAN("-LOADING Redis is loading\r\n"), .hold = true}, NULL, STORE_AWAY, "waiting"},
        {{.answer = SPAN("-READONLY You can't write\r\n"), .hold = true}, NULL, STORE_AWAY, "primary"},
        {{.answer = SPAN("-MISCONF Redis is configured to save\r\n"), .hold = true},
         NULL,
         STORE_AWAY,
         "disk"},
        {{.answer = SPAN("-OOM command not allowed\r\n"), .hold = true}, NULL, STORE_AWAY, "maxmemory"},
        {{.answer = SPAN("-MOVED 1 10.0.0.1:6379\r\n"), .hold = true}, NULL, STORE_REFUSED, "cluster"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        open_store(&f, &cases[i].scene, 1, cases[i].password);
        const struct store_reply *reply = NULL;
        assert_int_equal(ask(f.store, &reply), cases[i].status);
        const char *problem = store_problem(f.store);
        assert_non_null(problem);
        assert_non_null(strstr(problem, cases[i].says));
        assert_null(strstr(problem, "hunter2"));
        assert_null(strchr(problem, '\n'));
        /* what was queued is void, and within the back-off nothing is tried */
        assert_int_equal(store_pending(f.store), 0);
        assert_int_equal(store_connect(f.store), cases[i].status);
        close_store(&f);
    }
}

static void nobody_listening_is_away(void **state) {
    (void)state;
    const struct scene scenes[] = {{.slam = true}};
    struct fixture f;
    open_store(&f, scenes, 1, NULL);
    redis_script_free(&f.script);
    const struct store_reply *reply = NULL;
    assert_int_equal(ask(f.store, &reply), STORE_AWAY);
    assert_non_null(strstr(store_problem(f.store), "--redis"));
    assert_int_equal(store_epoch(f.store), 0);
    store_free(&f.store);
    buf_free(&f.message);
}

/* Commands queued while Redis is away do not go to the connection that comes later. */
static void what_was_queued_is_void_after_away(void **state) {
    (void)state;
    const struct scene scenes[] = {{.slam = true}, {.answer = SPAN("+second\r\n"), .hold = true}};
    struct fixture f;
    open_store(&f, scenes, COUNT_OF(scenes), NULL);
    const struct span lost[] = {SPAN("LOST")};
    const struct store_reply *reply = NULL;
    assert_int_equal(store_connect(f.store), STORE_OK);
    store_queue(f.store, lost, 1);
    store_queue(f.store, lost, 1);
    assert_int_equal(store_reply(f.store, &reply), STORE_AWAY);
    assert_int_equal(store_pending(f.store), 0);
    assert_int_equal(ask_until_ok(f.store, &reply), STORE_OK);
    assert_true(span_eq(reply->text, SPAN("second")));
    struct span heard = redis_script_heard(f.script);
    assert_null(memmem(heard.ptr, heard.len, "LOST", 4));
    close_store(&f);
}

static void a_user_and_a_password_are_given_first(void **state) {
    (void)state;
    const struct scene scenes[] = {{.answer = SPAN("+OK\r\n$1\r\nx\r\n"), .hold = true}};
    struct fixture f;
    open_store(&f, scenes, COUNT_OF(scenes), "hunter2");
    const struct store_reply *reply = NULL;
    assert_int_equal(ask(f.store, &reply), STORE_OK);
    assert_true(span_eq(reply->text, SPAN("x")));
    struct span heard = redis_script_heard(f.script);
    static const char AUTH[] = "*3\r\n$4\r\nAUTH\r\n$6\r\nreader\r\n$7\r\nhunter2\r\n";
    assert_true(heard.len >= sizeof AUTH - 1);
    assert_memory_equal(heard.ptr, AUTH, sizeof AUTH - 1);
    close_store(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_taken_or_refused_in_one_line),
        cmocka_unit_test(replies_come_in_order_with_their_types),
        cmocka_unit_test(an_answer_that_breaks_off_is_away_and_mends),
        cmocka_unit_test(each_failure_has_its_status_and_remedy),
        cmocka_unit_test(nobody_listening_is_away),
        cmocka_unit_test(what_was_queued_is_void_after_away),
        cmocka_unit_test(a_user_and_a_password_are_given_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
