#include "cmocka_all.h"
#include "stamp.h"

#include <stdlib.h>

#define NOW INT64_C(1764000000) /* 2025-11-24T16:00:00Z */
#define A   "{\"id\":\"a\",\"source\":{\"platform\":\"p\",\"created_at\":\"x\"},\"text\":\"t\","

static const struct {
    const char *in, *out;
    int64_t shift;
} CASES[] = {
    {A "\"created_at\":\"2026-01-02T03:04:05Z\"}",
     A "\"created_at\":\"2026-01-02T03:04:05Z\",\"collected_at\":\"2025-11-24T16:00:00Z\"}", 0},
    {A "\"created_at\":\"2026-01-02T03:04:05.75Z\" , \"collected_at\":\"2026-01-02T03:04:06Z\"} ",
     A "\"created_at\":\"2026-01-02T03:04:05.75Z\" , \"collected_at\":\"2026-01-02T03:04:06Z\"} ", 0},
    {A "\"collected_at\": null,\"created_at\":\"2026-01-02T03:04:05.75+02:00\"}",
     A "\"collected_at\": \"2025-11-24T16:00:00Z\",\"created_at\":\"2026-01-02T01:04:05Z\"}", 0},
    {A "\"updated_at\":\"2026-01-02T03:04:05z\",\"created_at\":\"2026-01-02T03:04:05-00:00\"}",
     A "\"updated_at\":\"2026-01-02T03:04:05Z\",\"created_at\":\"2026-01-02T03:04:05Z\",\"collected_at\":"
       "\"2025-11-24T16:00:00Z\"}",
     0},
    {A "\"updated_at\":null,\"created_at\":\"2026-01-02T03:04:05Z\"}",
     A
     "\"updated_at\":null,\"created_at\":\"2026-01-02T03:05:05Z\",\"collected_at\":\"2025-11-24T16:00:00Z\"}",
     60},
    {A "\"created\\u005fat\":\"2026-01-02T03:04:05+01:00\",\"collected_at\":\"2026-01-02T03:04:06Z\"}",
     A "\"created\\u005fat\":\"2026-01-02T02:04:04Z\",\"collected_at\":\"2026-01-02T03:04:05Z\"}", -1},
    {A "\"created_at\":\"2026-01-02T03:04:05\\u005a\",\"collected_at\":null}",
     A "\"created_at\":\"2026-01-02T03:04:05Z\",\"collected_at\":\"2025-11-24T16:00:00Z\"}", 0},
};

static struct span stamp(struct span in, int64_t shift, struct arena *arena, struct buf *out) {
    struct mention mention;
    struct fault fault;
    assert_true(mention_read(in, MENTION_RAW, arena, &mention, &fault));
    struct span text = stamp_times(in, &mention, shift, NOW, arena, out);
    assert_true(mention_read(text, MENTION_RAW, arena, &mention, &fault));
    return text;
}

static void times_are_written_in_their_place(void **state) {
    (void)state;
    struct arena *arena = arena_new(0);
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct span text = stamp(span_of(CASES[i].in), CASES[i].shift, arena, &out);
        char *copy = xstrndup(text.ptr, text.len);
        assert_string_equal(copy, CASES[i].out);
        free(copy);
    }
    buf_free(&out);
    arena_free(&arena);
}

/* A mention of the size limit must not become a dead letter because of what ingest adds. */
static void a_full_mention_stays_within_the_limit(void **state) {
    (void)state;
    static const char HEAD[] =
        "{\"id\":\"a\",\"source\":{\"platform\":\"p\"},\"created_at\":\"2026-01-02T03:04:05+00:00\","
        "\"text\":\"";
    struct arena *arena = arena_new(0);
    struct buf out, in;
    buf_init(&out, 1 << 20);
    buf_init(&in, MENTION_BYTES_MAX);
    buf_add_str(&in, HEAD);
    while (in.len < MENTION_BYTES_MAX - 2)
        buf_add_char(&in, 'x');
    buf_add_str(&in, "\"}");
    struct span text = stamp(buf_span(&in), 0, arena, &out);
    assert_int_equal(text.len, MENTION_BYTES_MAX - 5);
    assert_non_null(memmem(text.ptr, 200, "03:04:05Z\"", 10));
    buf_free(&in);
    buf_free(&out);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_in_their_place),
        cmocka_unit_test(a_full_mention_stays_within_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
