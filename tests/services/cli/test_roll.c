#include "cmocka_all.h"
#include "roll.h"

#include <stdlib.h>

/* What the topic holds, in order. */
static void fill(struct roll *roll) {
    static const struct {
        const char *key, *value; /* NULL: a null value */
    } ROWS[] = {
        {"b", "{\"id\":\"b\",\"query\":\"one\"}"},
        {"a", "{\"id\":\"a\",\"query\":\"x\",\"paused\":false}"},
        {"gone", "{\"id\":\"gone\",\"query\":\"x\"}"},
        {"gone", NULL},
        {"bad", "{\"id\":\"bad\"}"},
        {"other", "{\"id\":\"another\",\"query\":\"x\"}"},
        {"b", "{\"id\":\"b\",\"query\":\"two\"}"},
    };
    roll_init(roll);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct bus_record record = {.topic = "alerts",
                                          .offset = (int64_t)i,
                                          .timestamp = 1000 + (int64_t)i,
                                          .key = span_of(ROWS[i].key),
                                          .value = span_of(ROWS[i].value)};
        roll_see(roll, &record);
    }
    roll_settle(roll);
}

static void the_last_word_on_each_counts(void **state) {
    (void)state;
    struct roll roll;
    fill(&roll);
    assert_int_equal(roll.count, 2);
    assert_int_equal(roll.skipped, 2);
    assert_int_equal(roll.last, 6);
    assert_int_equal(roll.last_ms, 1006);
    assert_string_equal(roll.rows[0].id, "a");
    assert_true(span_eq(roll.rows[0].json, SPAN("{\"id\":\"a\",\"query\":\"x\"}")));
    assert_int_equal(roll_find(&roll, "b")->offset, 6);
    assert_null(roll_find(&roll, "gone"));
    assert_null(roll_find(&roll, "zz"));
    roll_free(&roll);
}

static void only_what_differs_is_written(void **state) {
    (void)state;
    static const struct {
        const char *file;
        bool prune;
        size_t created, changed, unchanged, removed;
    } CASES[] = {
        {"[]", false, 0, 0, 0, 0},
        {"[]", true, 0, 0, 0, 2},
        {"{\"query\":\"x\",\"id\":\"a\"}", false, 0, 0, 1, 0},
        {"{\"query\":\"x\",\"id\":\"a\"}", true, 0, 0, 1, 1},
        {"{\"query\":\"one\",\"id\":\"b\"}\n{\"id\":\"c\",\"query\":\"x\"}", false, 1, 1, 0, 0},
        {"[{\"query\":\"two\",\"id\":\"b\"},{\"id\":\"a\",\"query\":\"x\",\"name\":\"n\"}]", true, 0, 1, 1,
         0},
        {"{\"id\":\"gone\",\"query\":\"x\"}", true, 1, 0, 0, 2},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct roll roll;
        struct roll_plan plan;
        struct alert_file file;
        struct buf errors;
        buf_init(&errors, 1000);
        fill(&roll);
        assert_true(alert_file_read("-", span_of(CASES[i].file), &file, &errors));
        roll_make_plan(&roll, &file, CASES[i].prune, &plan);
        assert_int_equal(plan.created, CASES[i].created);
        assert_int_equal(plan.changed, CASES[i].changed);
        assert_int_equal(plan.unchanged, CASES[i].unchanged);
        assert_int_equal(plan.removed, CASES[i].removed);
        assert_int_equal(plan.count, plan.created + plan.changed + plan.removed);
        size_t nulls = 0;
        for (size_t j = 0; j < plan.count; j++)
            nulls += plan.changes[j].value.ptr == NULL;
        assert_int_equal(nulls, plan.removed);
        roll_free_plan(&plan);
        alert_file_free(&file);
        roll_free(&roll);
        buf_free(&errors);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_on_each_counts),
        cmocka_unit_test(only_what_differs_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
