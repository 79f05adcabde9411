/* The engine with a connector that gives numbered items, on a Kafka in memory whose n-th call fails. */
#include "cmocka_all.h"
#include "engine.h"
#include "fake_bus.h"

#include "earshot/mention.h"

#include <stdio.h>
#include <stdlib.h>

#define NOW INT64_C(1764000000)
enum { ITEMS = 60, SOURCES = 2, TURNS_MAX = 100000 };

/* --- a connector: source s gives items 0 … ITEMS-1; its cursor is the number of the next one --- */

struct counting {
    int next[SOURCES], told[SOURCES];
    size_t count, turn;
    int settled;
    char text[400], position[16];
    struct fault fault;
};

static struct fake_bus *the_bus; /* whose clock the host's is */
static int64_t extra_ms;         /* of the clock: each look at it takes some */
static struct counting *the_counting;

static int64_t host_now(void) {
    return NOW;
}

static int64_t host_monotonic(void) {
    return fake_bus_now(the_bus) + (extra_ms += 7);
}

static uint32_t host_random(void) {
    return 4;
}

static const struct connector_host HOST = {
    .once = true, .now = host_now, .monotonic = host_monotonic, .random = host_random};

static void *counting_start(const struct connector_host *host, const struct source *sources, size_t count,
                            struct buf *message) {
    (void)host;
    if (sources[0].conf) {
        buf_add_str(message, "no such thing");
        return NULL;
    }
    struct counting *counting = the_counting = xcalloc(1, sizeof *counting);
    counting->count = count;
    for (size_t i = 0; i < count; i++)
        counting->next[i] = counting->told[i] = sources[i].cursor.ptr ? atoi(sources[i].cursor.ptr) : 0;
    return counting;
}

static enum step counting_step(void *self, int timeout_ms, struct item *item) {
    struct counting *counting = self;
    (void)timeout_ms;
    size_t source = counting->turn++ % counting->count;
    int n = counting->next[source];
    if (n == ITEMS)
        return counting->next[0] == ITEMS && counting->next[counting->count - 1] == ITEMS ? STEP_DONE
                                                                                          : STEP_IDLE;
    if (n == 7 && counting->told[source] != 7)
        return STEP_KEEP;
    counting->next[source]++;
    int len = snprintf(counting->text, sizeof counting->text,
                       "{\"id\":\"%zu-%d\",\"source\":{\"platform\":\"p\"},\"text\":%s,\"created_at\":"
                       "\"2026-01-02T03:04:05Z\"}",
                       source, n, n % 10 == 3 ? "17" : "\"t\"");
    int digits = snprintf(counting->position, sizeof counting->position, "%d", n);
    *item = (struct item){.source = source,
                          .bytes = {counting->text, (size_t)len},
                          .size = (size_t)len,
                          .position = {counting->position, (size_t)digits}};
    return STEP_ITEM;
}

static bool counting_cursor(void *self, size_t source, struct buf *out) {
    struct counting *counting = self;
    if (counting->told[source] == counting->next[source])
        return false;
    counting->told[source] = counting->next[source];
    buf_add_int(out, counting->next[source]);
    return true;
}

static void counting_settled(void *self) {
    struct counting *counting = self;
    counting->settled++;
}

static const struct connector COUNTING = {
    .name = "counting",
    .start = counting_start,
    .step = counting_step,
    .cursor = counting_cursor,
    .settled = counting_settled,
    .stop = free,
};

/* --- looking at the log --- */

static bool is_there(const struct fake_log *log, const char *topic, const char *key) {
    const struct fake_record *record;
    for (size_t i = 0; (record = fake_log_get(log, topic, 0, i)); i++) {
        if (span_eq(record->key, span_of(key)))
            return true;
    }
    return false;
}

static bool item_is_there(const struct fake_log *log, size_t source, int n) {
    char id[16], from[16];
    snprintf(id, sizeof id, "%zu-%d", source, n);
    snprintf(from, sizeof from, "s%zu:%d", source, n);
    return n % 10 == 3 ? is_there(log, "mentions.dead", from) : is_there(log, "mentions.raw", id);
}

/* The last cursor of a source; ptr NULL: none. */
static struct span last_cursor(const struct fake_log *log, const char *id) {
    const struct fake_record *record;
    struct span cursor = {0};
    for (size_t i = 0; (record = fake_log_get(log, "cursors", 0, i)); i++) {
        if (span_eq(record->key, span_of(id)))
            cursor = record->value;
    }
    return cursor;
}

static const char *const IDS[SOURCES] = {"s0", "s1"};

/* At every call: what a cursor covers is in the log. */
static void no_cursor_is_ahead(void *self, const char *call) {
    const struct fake_log *log = self;
    (void)call;
    for (size_t s = 0; s < SOURCES; s++) {
        struct span cursor = last_cursor(log, IDS[s]);
        for (int n = cursor.ptr ? atoi(cursor.ptr) : 0; n-- > 0;) {
            if (!item_is_there(log, s, n))
                fail_msg("the cursor of %s is ahead of item %d", IDS[s], n);
        }
    }
}

/* --- runs --- */

/* One process: from the cursors in the log until the engine is done or has failed. */
static enum engine_status run(struct fake_log *log, size_t fail_at, enum bus_status with, unsigned seed,
                              size_t *calls) {
    struct engine_source sources[SOURCES];
    struct buf message;
    buf_init(&message, 100);
    for (size_t s = 0; s < SOURCES; s++) {
        struct span cursor = last_cursor(log, IDS[s]);
        sources[s] = (struct engine_source){.id = IDS[s], .connector = &COUNTING, .cursor = cursor};
        if (cursor.ptr)
            sources[s].cursor.ptr = xstrndup(cursor.ptr, cursor.len);
    }
    the_bus = fake_bus_new(log, NULL, NULL, seed);
    the_bus->queue_max = 20;
    the_bus->ack_percent = 30;
    the_bus->on_call = no_cursor_is_ahead;
    the_bus->on_call_self = log;
    fake_bus_fail(the_bus, fail_at, with);
    struct engine *engine = engine_new(&the_bus->bus, &HOST, 0, sources, SOURCES, &message);
    assert_non_null(engine);
    enum engine_status status = ENGINE_BUSY;
    for (int turns = 0; status != ENGINE_DONE && status != ENGINE_FAILED; turns++) {
        assert_true(turns < TURNS_MAX);
        status = engine_step(engine, false, 10);
    }
    assert_int_equal(status == ENGINE_FAILED, strlen(engine_problem(engine)) > 0);
    *calls = fake_bus_calls(the_bus);
    engine_free(&engine);
    struct bus *bus = &the_bus->bus;
    bus_free(&bus);
    for (size_t s = 0; s < SOURCES; s++)
        free((char *)(uintptr_t)sources[s].cursor.ptr);
    buf_free(&message);
    return status;
}

static void all_is_there(const struct fake_log *log) {
    for (size_t s = 0; s < SOURCES; s++) {
        for (int n = 0; n < ITEMS; n++)
            assert_true(item_is_there(log, s, n));
        assert_int_equal(atoi(last_cursor(log, IDS[s]).ptr), ITEMS);
    }
}

static void all_arrives_once_where_nothing_fails(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    size_t calls;
    assert_int_equal(run(log, 0, BUS_OK, 1, &calls), ENGINE_DONE);
    all_is_there(log);
    assert_int_equal(fake_log_count(log, "mentions.raw"), SOURCES * ITEMS * 9 / 10);
    assert_int_equal(fake_log_count(log, "mentions.dead"), SOURCES * ITEMS / 10);
    assert_int_equal(run(log, 0, BUS_OK, 1, &calls), ENGINE_DONE); /* there is nothing more */
    assert_int_equal(fake_log_count(log, "mentions.raw"), SOURCES * ITEMS * 9 / 10);
    fake_log_free(&log);
}

static void records_are_as_the_contract_says(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    size_t calls;
    assert_int_equal(run(log, 0, BUS_OK, 1, &calls), ENGINE_DONE);
    const struct fake_record *raw = fake_log_get(log, "mentions.raw", 0, 0);
    assert_true(span_eq(fake_record_header(raw, "earshot-schema")->value, SPAN("1")));
    assert_non_null(memmem(raw->value.ptr, raw->value.len, "\"collected_at\":\"2025-11-24T16:00:00Z\"", 37));
    static const struct {
        const char *name, *value;
    } HEADERS[] = {{"earshot-schema", "1"},
                   {"earshot-reason", "type"},
                   {"earshot-detail", "text: expected a string or null, found a number"},
                   {"earshot-byte", "45"},
                   {"earshot-from", "s0:3"},
                   {"earshot-size", "84"}};
    const struct fake_record *dead = fake_log_get(log, "mentions.dead", 0, 0);
    for (size_t i = 0; i < COUNT_OF(HEADERS); i++) {
        struct span value = fake_record_header(dead, HEADERS[i].name)->value;
        char *text = xstrndup(value.ptr, value.len);
        assert_string_equal(text, HEADERS[i].value);
        free(text);
    }
    assert_true(span_eq(dead->key, SPAN("s0:3")));
    assert_int_equal(dead->value.len, 84);
    fake_log_free(&log);
}

/* Whichever call fails, and however: after a restart all is there, and no cursor was ever ahead. */
static void any_call_may_fail(enum bus_status with) {
    size_t n = 0, calls;
    do {
        struct fake_log *log = fake_log_new();
        size_t later;
        n++;
        enum engine_status status = run(log, n, with, (unsigned)n, &calls);
        assert_int_equal(status == ENGINE_FAILED, with == BUS_FATAL && calls >= n);
        if (status == ENGINE_FAILED)
            assert_int_equal(run(log, 0, BUS_OK, (unsigned)n + 1, &later), ENGINE_DONE);
        all_is_there(log);
        fake_log_free(&log);
    } while (calls >= n);
    assert_true(n > SOURCES * ITEMS);
}

static void any_call_may_be_full_or_late(void **state) {
    (void)state;
    any_call_may_fail(BUS_AGAIN);
}

static void any_call_may_be_fatal(void **state) {
    (void)state;
    any_call_may_fail(BUS_FATAL);
}

/* Too large for the topic: a dead letter, and that may be too large as well. */
static void what_never_fits_is_a_dead_letter(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    struct buf message;
    buf_init(&message, 100);
    const struct engine_source source = {.id = "s0", .connector = &COUNTING};
    the_bus = fake_bus_new(log, NULL, NULL, 1);
    the_bus->too_large = 50;
    struct engine *engine = engine_new(&the_bus->bus, &HOST, 0, &source, 1, &message);
    while (engine_step(engine, false, 10) != ENGINE_DONE)
        ;
    assert_int_equal(engine_totals(engine)->dead, ITEMS);
    assert_int_equal(fake_log_count(log, "mentions.dead"), ITEMS);
    const struct fake_record *dead = fake_log_get(log, "mentions.dead", 0, 0);
    assert_true(span_eq(fake_record_header(dead, "earshot-reason")->value, SPAN("size")));
    assert_int_equal(dead->value.len, 0);
    engine_free(&engine);
    struct bus *bus = &the_bus->bus;
    bus_free(&bus);
    fake_log_free(&log);
    buf_free(&message);
}

static void it_holds_and_keeps_the_pace(void **state) {
    (void)state;
    enum { RATE = 20 };
    struct fake_log *log = fake_log_new();
    struct buf message;
    buf_init(&message, 100);
    const struct engine_source source = {.id = "s0", .connector = &COUNTING};
    the_bus = fake_bus_new(log, NULL, NULL, 1);
    struct engine *engine = engine_new(&the_bus->bus, &HOST, RATE, &source, 1, &message);
    for (int i = 0; i < 100; i++)
        assert_int_equal(engine_step(engine, true, 10), ENGINE_IDLE);
    assert_int_equal(engine_totals(engine)->mentions, 0);
    int64_t begun = host_monotonic();
    while (engine_totals(engine)->mentions + engine_totals(engine)->dead < ITEMS)
        assert_int_not_equal(engine_step(engine, false, 10), ENGINE_FAILED);
    int64_t took = host_monotonic() - begun;
    assert_in_range(took, (ITEMS - 2) * 1000 / RATE, (ITEMS + 4) * 1000 / RATE);
    assert_true(the_counting->settled >= 2);
    while (engine_finish(engine, 10) != ENGINE_DONE)
        ;
    assert_int_equal(atoi(last_cursor(log, "s0").ptr), ITEMS);
    engine_free(&engine);
    struct bus *bus = &the_bus->bus;
    bus_free(&bus);
    fake_log_free(&log);
    buf_free(&message);
}

static void a_connector_that_cannot_start_says_why(void **state) {
    (void)state;
    struct buf message;
    buf_init(&message, 100);
    struct fake_log *log = fake_log_new();
    the_bus = fake_bus_new(log, NULL, NULL, 1);
    const struct engine_source source = {.id = "s0", .connector = &COUNTING, .conf = "wrong"};
    assert_null(engine_new(&the_bus->bus, &HOST, 0, &source, 1, &message));
    assert_string_equal(message.ptr, "no such thing");
    struct bus *bus = &the_bus->bus;
    bus_free(&bus);
    fake_log_free(&log);
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_arrives_once_where_nothing_fails),
        cmocka_unit_test(records_are_as_the_contract_says),
        cmocka_unit_test(any_call_may_be_full_or_late),
        cmocka_unit_test(any_call_may_be_fatal),
        cmocka_unit_test(what_never_fits_is_a_dead_letter),
        cmocka_unit_test(it_holds_and_keeps_the_pace),
        cmocka_unit_test(a_connector_that_cannot_start_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
