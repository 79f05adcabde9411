/* The file connector through the engine, on a Kafka in memory. */
#include "cmocka_all.h"
#include "engine.h"
#include "fake_bus.h"
#include "file_cursor.h"

#include "earshot/mention.h"
#include "earshot/times.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW INT64_C(1764000000)

/* As file.c's. */
struct file_conf {
    const char *path;
    bool shift_to_now, follow;
};

static struct fake_bus *the_bus;
static int64_t the_now = NOW;

static int64_t host_now(void) {
    return the_now;
}

static int64_t host_monotonic(void) {
    return fake_bus_now(the_bus);
}

static const struct connector_host HOST = {.now = host_now, .monotonic = host_monotonic};
static char path[64];

static int make_path(void **state) {
    (void)state;
    snprintf(path, sizeof path, "%s", "/tmp/test_file_XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int remove_path(void **state) {
    (void)state;
    return unlink(path);
}

static void write_path(const char *mode, const char *bytes, size_t len) {
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void add_mention(const char *id, const char *created_at) {
    char line[200];
    int len =
        snprintf(line, sizeof line,
                 "{\"id\":\"%s\",\"source\":{\"platform\":\"p\"},\"text\":\"t\",\"created_at\":\"%s\"}\n", id,
                 created_at);
    write_path("a", line, (size_t)len);
}

static struct span last_cursor(const struct fake_log *log) {
    size_t count = fake_log_count(log, "cursors");
    return count ? fake_log_get(log, "cursors", 0, count - 1)->value : (struct span){0};
}

struct run {
    struct engine *engine;
    struct file_conf conf;
    char *cursor;
};

static void begin(struct run *run, struct fake_log *log, bool shift, bool follow) {
    struct buf message;
    buf_init(&message, 200);
    struct span cursor = last_cursor(log);
    run->cursor = cursor.ptr ? xstrndup(cursor.ptr, cursor.len) : NULL;
    run->conf = (struct file_conf){.path = path, .shift_to_now = shift, .follow = follow};
    const struct engine_source source = {
        .id = "file:f", .connector = &CONNECTOR_FILE, .conf = &run->conf, .cursor = span_of(run->cursor)};
    the_bus = fake_bus_new(log, NULL, NULL, 5);
    run->engine = engine_new(&the_bus->bus, &HOST, 0, &source, 1, &message);
    if (!run->engine)
        fail_msg("%s", message.ptr);
    buf_free(&message);
}

static void end(struct run *run) {
    engine_free(&run->engine);
    struct bus *bus = &the_bus->bus;
    bus_free(&bus);
    free(run->cursor);
}

static void run_all(struct fake_log *log, bool shift) {
    struct run run;
    enum engine_status status = ENGINE_BUSY;
    begin(&run, log, shift, false);
    while (status != ENGINE_DONE) {
        status = engine_step(run.engine, false, 10);
        assert_int_not_equal(status, ENGINE_FAILED);
    }
    end(&run);
}

static void goes_on_where_it_was(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    add_mention("a", "2026-01-02T03:04:05Z");
    write_path("a", "\n  \r\n", 5);
    add_mention("b", "2026-01-02T03:04:05Z");
    run_all(log, false);
    assert_int_equal(fake_log_count(log, "mentions.raw"), 2);
    run_all(log, false);
    assert_int_equal(fake_log_count(log, "mentions.raw"), 2);
    add_mention("c", "2026-01-02T03:04:05Z");
    write_path("a", "nonsense", 8);
    run_all(log, false);
    assert_int_equal(fake_log_count(log, "mentions.raw"), 3);
    const struct fake_record *dead = fake_log_get(log, "mentions.dead", 0, 0);
    assert_true(span_eq(dead->key, SPAN("file:f:6")));
    write_path("w", "", 0); /* another file under the name: all of it */
    for (int i = 0; i < 9; i++)
        add_mention("d", "2026-01-02T03:04:05Z");
    run_all(log, false);
    assert_int_equal(fake_log_count(log, "mentions.raw"), 3 + 9);
    fake_log_free(&log);
}

static int64_t created_at(const struct fake_log *log, size_t nth) {
    const struct fake_record *record = fake_log_get(log, "mentions.raw", 0, nth);
    struct arena *arena = arena_new(0);
    struct mention mention;
    struct fault fault;
    assert_true(mention_read(record->value, MENTION_RAW, arena, &mention, &fault));
    arena_free(&arena);
    return mention.created_at;
}

static void the_newest_is_now_and_stays_so(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    the_now = NOW;
    add_mention("a", "2020-01-01T00:00:00Z");
    add_mention("b", "2020-01-01T01:00:00Z");
    write_path("a", "{\"created_at\":\"2030-01-01T00:00:00Z\"}\n", 38); /* broken: does not count */
    run_all(log, true);
    assert_int_equal(created_at(log, 0), NOW - 3600);
    assert_int_equal(created_at(log, 1), NOW);
    the_now = NOW + 500; /* a restart shifts by as much */
    add_mention("c", "2020-01-01T01:00:10Z");
    run_all(log, true);
    assert_int_equal(created_at(log, 2), NOW + 10);
    fake_log_free(&log);
}

/* The shift is decided: before the first mention goes out it is kept. */
static void the_shift_is_kept_before_the_first_mention(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    struct run run;
    the_now = NOW;
    add_mention("a", "2020-01-01T00:00:00Z");
    begin(&run, log, true, false);
    while (fake_log_count(log, "mentions.raw") == 0) {
        assert_int_not_equal(engine_step(run.engine, false, 1), ENGINE_FAILED);
        assert_true(fake_log_count(log, "cursors") > 0 || engine_totals(run.engine)->mentions == 0);
    }
    end(&run);
    fake_log_free(&log);
}

static void an_endless_line_is_one_dead_letter(void **state) {
    (void)state;
    enum { LONG = MENTION_BYTES_MAX + 100000 };
    struct fake_log *log = fake_log_new();
    char *bytes = xmalloc(LONG);
    memset(bytes, 'x', LONG);
    bytes[LONG - 1] = '\n';
    write_path("w", "\xef\xbb\xbf", 3); /* a byte order mark is passed over */
    add_mention("a", "2020-01-01T00:00:00Z");
    write_path("a", bytes, LONG);
    add_mention("b", "2020-01-01T00:00:00Z");
    run_all(log, false);
    assert_int_equal(fake_log_count(log, "mentions.raw"), 2);
    assert_int_equal(fake_log_count(log, "mentions.dead"), 1);
    const struct fake_record *dead = fake_log_get(log, "mentions.dead", 0, 0);
    char size[16];
    snprintf(size, sizeof size, "%d", LONG - 1);
    assert_true(span_eq(fake_record_header(dead, "earshot-reason")->value, SPAN("size")));
    assert_true(span_eq(fake_record_header(dead, "earshot-byte")->value, SPAN("262144")));
    assert_true(span_eq(fake_record_header(dead, "earshot-size")->value, span_of(size)));
    assert_int_equal(dead->value.len, MENTION_BYTES_MAX);
    free(bytes);
    fake_log_free(&log);
}

#define HEAD "{\"id\":\"a\",\"source\":{\"platform\":\"p\"},\"created_at\":\"2020-01-01T00:00:00Z\""
static const struct {
    const char *line, *reason, *byte;
} BROKEN[] = {
    {"nonsense", "json", "0"},
    {HEAD ",\"text\":\"t\"", "json", "82"},
    {HEAD ",\"text\":\"\xff\"}", "utf8", "80"},
    {HEAD ",\"text\":7}", "type", "79"},
    {HEAD ",\"text\":\"t\",\"id\":\"b\"}", "duplicate", "83"},
    {HEAD ",\"text\":\"t\",\"matches\":[]}", "reserved", "83"},
    {HEAD "}", "missing", "71"},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "type", "0"},
    {HEAD ",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "depth", "107"},
    {"\x01", "json", "0"},
};

/* In their order, each with its reason, its line and its byte; good ones between them go through. */
static void ten_thousand_broken_lines_stop_nothing(void **state) {
    (void)state;
    enum { LINES = 10000 };
    struct fake_log *log = fake_log_new();
    FILE *file = fopen(path, "w");
    for (size_t i = 0; i < LINES; i++)
        fprintf(file, "%s\n", BROKEN[i % COUNT_OF(BROKEN)].line);
    fclose(file);
    add_mention("good", "2020-01-01T00:00:00Z");
    run_all(log, false);
    assert_int_equal(fake_log_count(log, "mentions.raw"), 1);
    assert_int_equal(fake_log_count(log, "mentions.dead"), LINES);
    for (size_t i = 0; i < LINES; i++) {
        const struct fake_record *dead = fake_log_get(log, "mentions.dead", 0, i);
        char key[32], byte[32];
        snprintf(key, sizeof key, "file:f:%zu", i + 1);
        struct span found = fake_record_header(dead, "earshot-byte")->value;
        snprintf(byte, sizeof byte, "%.*s", (int)found.len, found.ptr);
        assert_true(span_eq(dead->key, span_of(key)));
        assert_true(span_eq(fake_record_header(dead, "earshot-reason")->value,
                            span_of(BROKEN[i % COUNT_OF(BROKEN)].reason)));
        assert_string_equal(byte, BROKEN[i % COUNT_OF(BROKEN)].byte);
        assert_true(span_eq(dead->value, span_of(BROKEN[i % COUNT_OF(BROKEN)].line)));
    }
    fake_log_free(&log);
}

static void step_until(struct run *run, size_t mentions) {
    for (int turns = 0; engine_totals(run->engine)->mentions < mentions; turns++) {
        assert_true(turns < 1000);
        assert_int_not_equal(engine_step(run->engine, false, 10), ENGINE_FAILED);
    }
}

static void a_file_that_is_followed_may_be_replaced(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    struct run run;
    char old[80];
    add_mention("a", "2020-01-01T00:00:00Z");
    begin(&run, log, false, true);
    step_until(&run, 1);
    add_mention("b", "2020-01-01T00:00:00Z");
    step_until(&run, 2);
    snprintf(old, sizeof old, "%s.old", path);
    assert_int_equal(rename(path, old), 0);
    add_mention("c", "2020-01-01T00:00:00Z");
    step_until(&run, 3);
    write_path("w", "", 0);
    step_until(&run, 3);
    add_mention("d", "2020-01-01T00:00:00Z");
    add_mention("e", "2020-01-01T00:00:00Z");
    step_until(&run, 4);
    while (engine_finish(run.engine, 10) != ENGINE_DONE)
        ;
    end(&run);
    unlink(old);
    fake_log_free(&log);
}

/* From standard input there is no going back: it is kept in a file, and has no cursor. */
static void standard_input_can_be_shifted(void **state) {
    (void)state;
    struct fake_log *log = fake_log_new();
    the_now = NOW;
    add_mention("a", "2020-01-01T00:00:00Z");
    add_mention("b", "2020-01-01T01:00:00Z");
    int saved = dup(STDIN_FILENO), fd = open(path, O_RDONLY), ends[2];
    char bytes[1000];
    ssize_t len = read(fd, bytes, sizeof bytes);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, (size_t)len), len);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    char was[64];
    memcpy(was, path, sizeof was);
    memcpy(path, "-", 2);
    run_all(log, true);
    memcpy(path, was, sizeof was);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fd);
    close(ends[0]);
    assert_int_equal(created_at(log, 0), NOW - 3600);
    assert_int_equal(created_at(log, 1), NOW);
    assert_int_equal(fake_log_count(log, "cursors"), 0);
    fake_log_free(&log);
}

static void cursors_are_read_strictly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } CASES[] = {
        {"{\"offset\":7,\"line\":2,\"shift\":-5,\"tail\":\"00000000000000ff\"}", true},
        {"{\"offset\":7,\"line\":2,\"shift\":null,\"tail\":\"00000000000000ff\",\"new\":1}", true},
        {"{\"offset\":7,\"line\":2,\"shift\":null}", false},
        {"{\"offset\":-7,\"line\":2,\"shift\":null,\"tail\":\"00000000000000ff\"}", false},
        {"{\"offset\":7,\"line\":2,\"shift\":null,\"tail\":\"xx000000000000ff\"}", false},
        {"{\"offset\":7,\"line\":2,\"shift\":null,\"tail\":\"ff\"}", false},
        {"", false},
        {"[]", false},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct file_cursor cursor;
        assert_int_equal(file_cursor_parse(span_of(CASES[i].text), &cursor), CASES[i].good);
        if (!CASES[i].good)
            continue;
        assert_int_equal(cursor.offset, 7);
        assert_int_equal(cursor.line, 2);
        assert_int_equal(cursor.tail, 255);
        assert_int_equal(cursor.shifted ? cursor.shift : -5, -5);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_path, remove_path)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(goes_on_where_it_was),
        TEST(the_newest_is_now_and_stays_so),
        TEST(the_shift_is_kept_before_the_first_mention),
        TEST(an_endless_line_is_one_dead_letter),
        TEST(ten_thousand_broken_lines_stop_nothing),
        TEST(a_file_that_is_followed_may_be_replaced),
        TEST(standard_input_can_be_shifted),
        cmocka_unit_test(cursors_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
