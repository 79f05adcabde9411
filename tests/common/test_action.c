#include "cmocka_all.h"
#include "earshot/action.h"
#include "earshot/mention.h"

#include <stdlib.h>

struct fixture {
    struct arena *arena;
    struct fault fault;
    char *copy;
};

static int setup(void **state) {
    struct fixture *f = xcalloc(1, sizeof *f);
    f->arena = arena_new(1024);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    arena_free(&f->arena);
    free(f->copy);
    free(f);
    return 0;
}

/* From a block of exactly its size, so that ASan sees a read past it. */
static bool read_text(struct fixture *f, struct span text, struct action *action) {
    free(f->copy);
    f->copy = xmalloc(text.len ? text.len : 1);
    memcpy(f->copy, text.ptr, text.len);
    f->fault = (struct fault){.reason = FAULT_NONE};
    bool ok = action_read((struct span){.ptr = f->copy, .len = text.len}, f->arena, action, &f->fault);
    assert_int_equal(ok, f->fault.reason == FAULT_NONE);
    return ok;
}

static void a_correction_is_read_and_printed(void **state) {
    static const struct {
        const char *json, *canonical;
    } CASES[] = {
        {"{\"action\":\"correct\",\"alert\":\"acme\",\"mention\":\"m:1\",\"label\":\"negative\"}", NULL},
        {"{\"action\":\"correct\",\"alert\":\"acme\",\"mention\":\"m:1\",\"label\":\"positive\",\"at\":"
         "\"2026-11-21T20:25:55Z\"}",
         NULL},
        {" {\"at\":\"2026-11-21T22:25:55.5+02:00\",\"label\":\"neutral\",\"mention\":\"m\\u003a*?[]"
         "\\\\\\\"\","
         "\"alert\":\"a\",\"action\":\"correct\",\"by\":{\"ann\":[1]}}\n",
         "{\"action\":\"correct\",\"alert\":\"a\",\"mention\":\"m:*?[]\\\\\\\"\",\"label\":\"neutral\","
         "\"at\":"
         "\"2026-11-21T20:25:55Z\"}"},
        {"{\"action\":\"correct\",\"alert\":\"a\",\"mention\":\"m\",\"label\":\"neutral\",\"at\":null}",
         "{\"action\":\"correct\",\"alert\":\"a\",\"mention\":\"m\",\"label\":\"neutral\"}"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct action action;
        struct buf out;
        buf_init(&out, 1000);
        assert_true(read_text(*state, span_of(CASES[i].json), &action));
        action_print(&action, &out);
        assert_string_equal(out.ptr, CASES[i].canonical ? CASES[i].canonical : CASES[i].json);
        buf_free(&out);
    }
}

static void all_else_is_refused_with_its_byte(void **state) {
    static const struct {
        const char *json;
        enum fault_reason reason;
        size_t byte;
        const char *says;
    } CASES[] = {
        {"", FAULT_JSON, 0, ""},
        {"[]", FAULT_TYPE, 0, "object"},
        {"{\"action\":\"correct\"", FAULT_JSON, 19, ""},
        {"{\"action\":\"hide\",\"alert\":\"a\",\"mention\":\"m\",\"label\":\"neutral\"}", FAULT_TYPE, 10,
         "action: not `correct`"},
        {"{\"alert\":\"a\",\"mention\":\"m\",\"label\":\"neutral\"}", FAULT_MISSING, 44, "`action`"},
        {"{\"action\":\"correct\",\"mention\":\"m\",\"label\":\"neutral\"}", FAULT_MISSING, 51, "`alert`"},
        {"{\"action\":\"correct\",\"alert\":\"a\",\"label\":\"neutral\"}", FAULT_MISSING, 49, "`mention`"},
        {"{\"action\":\"correct\",\"alert\":\"a\",\"mention\":\"m\"}", FAULT_MISSING, 45, "`label`"},
        {"{\"alert\":\"A b\"}", FAULT_TYPE, 9, "alert: no id"},
        {"{\"mention\":\"\"}", FAULT_TYPE, 11, "mention: must not be empty"},
        {"{\"mention\":null}", FAULT_TYPE, 11, "mention: expected a string"},
        {"{\"mention\":\"a\\u0000b\"}", FAULT_UTF8, 13, ""},
        {"{\"label\":\"good\"}", FAULT_TYPE, 9, "label: not one of"},
        {"{\"label\":\"neutral\",\"label\":\"neutral\"}", FAULT_DUPLICATE, 19, "label"},
        {"{\"x\":1,\"x\":2}", FAULT_DUPLICATE, 7, "x"},
        {"{\"at\":\"yesterday\"}", FAULT_TYPE, 6, "at: no RFC 3339"},
        {"{\"at\":5}", FAULT_TYPE, 6, "at: expected a string"},
        {"{\"alert\":\"\xff\"}", FAULT_UTF8, 10, ""},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct action action;
        if (read_text(f, span_of(CASES[i].json), &action) || f->fault.reason != CASES[i].reason ||
            f->fault.byte != CASES[i].byte || !strstr(f->fault.detail, CASES[i].says))
            fail_msg("%s: %s at %zu: %s", CASES[i].json, fault_name(f->fault.reason), f->fault.byte,
                     f->fault.detail);
    }
}

static void sizes_have_a_limit(void **state) {
    struct fixture *f = *state;
    struct action action;
    struct buf json;
    buf_init(&json, 1 << 20);
    for (size_t len = MENTION_ID_MAX; len <= MENTION_ID_MAX + 1; len++) {
        buf_clear(&json);
        buf_add_str(&json, "{\"action\":\"correct\",\"alert\":\"a\",\"label\":\"neutral\",\"mention\":\"");
        for (size_t i = 0; i < len; i++)
            buf_add_char(&json, 'm');
        buf_add_str(&json, "\"}");
        assert_int_equal(read_text(f, buf_span(&json), &action), len <= MENTION_ID_MAX);
    }
    assert_int_equal(f->fault.reason, FAULT_SIZE);
    while (json.len <= ACTION_BYTES_MAX)
        buf_add_char(&json, ' ');
    assert_false(read_text(f, buf_span(&json), &action));
    assert_int_equal(f->fault.reason, FAULT_SIZE);
    buf_free(&json);
    assert_false(action_read((struct span){0}, f->arena, &action, &f->fault));
    assert_int_equal(f->fault.reason, FAULT_JSON);
}

static void labels_have_names(void **state) {
    (void)state;
    for (int i = 0; i < LABELS; i++) {
        enum label label;
        assert_true(label_find(span_of(label_name((enum label)i)), &label));
        assert_int_equal(label, i);
    }
    enum label label;
    assert_false(label_find(SPAN("Positive"), &label));
    assert_false(label_find((struct span){0}, &label));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_correction_is_read_and_printed, setup, teardown),
        cmocka_unit_test_setup_teardown(all_else_is_refused_with_its_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_have_a_limit, setup, teardown),
        cmocka_unit_test(labels_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
