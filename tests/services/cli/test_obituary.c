#include "cmocka_all.h"
#include "obituary.h"

#include <stdio.h>
#include <stdlib.h>

static void see(struct obituary *obituary, const char *key, const char *reason, int64_t at,
                struct span value) {
    const struct bus_header headers[] = {
        {SPAN("earshot-reason"), span_of(reason)}, {SPAN("earshot-detail"), SPAN("a sentence\033[2J")},
        {SPAN("earshot-byte"), SPAN("3")},         {SPAN("earshot-from"), SPAN("mentions.raw/1/2")},
        {SPAN("earshot-size"), SPAN("900")},
    };
    const struct bus_record record = {.topic = "mentions.dead",
                                      .timestamp = at * 1000,
                                      .key = span_of(key),
                                      .value = value,
                                      .headers = headers,
                                      .header_count = COUNT_OF(headers)};
    obituary_see(obituary, &record);
}

static void each_is_shown_once_and_the_newest_first(void **state) {
    (void)state;
    struct obituary obituary;
    obituary_init(&obituary, 3, NULL);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++) {
            char key[8];
            snprintf(key, sizeof key, "k%d", i);
            see(&obituary, key, i % 2 ? "json" : "utf8", 100 + (i * 3) % 5, SPAN("x"));
        }
    }
    obituary_settle(&obituary);
    assert_int_equal(obituary.total, 5);
    assert_int_equal(obituary.count, 3);
    assert_string_equal(obituary.entries[0].key, "k3"); /* 104 */
    assert_string_equal(obituary.entries[1].key, "k1"); /* 103 */
    assert_string_equal(obituary.entries[2].key, "k4"); /* 102 */
    obituary_free(&obituary);
}

static void many_keys_are_told_apart(void **state) {
    (void)state;
    struct obituary obituary;
    obituary_init(&obituary, 2, NULL);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20000; i++) {
            char key[32];
            snprintf(key, sizeof key, "mentions.raw/%d/%d", i % 64, i);
            see(&obituary, key, "json", i, SPAN("x"));
        }
    }
    assert_int_equal(obituary.total, 20000);
    obituary_free(&obituary);
}

static void one_reason_can_be_asked_for(void **state) {
    (void)state;
    struct obituary obituary;
    struct buf out;
    buf_init(&out, 10000);
    obituary_init(&obituary, 10, "json");
    see(&obituary, "a", "json", 1, SPAN("x"));
    see(&obituary, "b", "utf8", 2, SPAN("x"));
    see(&obituary, "c", "utf8", 3, SPAN("x"));
    obituary_settle(&obituary);
    assert_int_equal(obituary.count, 1);
    struct screen screen = {.out = &out, .width = 80};
    obituary_show_count(&screen, &obituary);
    assert_string_equal(out.ptr, "3 dead letters: json 1, utf8 2\n");
    obituary_free(&obituary);
    buf_free(&out);
}

static void what_is_shown_is_harmless_and_near_the_byte(void **state) {
    (void)state;
    struct obituary obituary;
    struct buf out;
    buf_init(&out, 10000);
    obituary_init(&obituary, 10, NULL);
    see(&obituary, "a", "json", 1, SPAN("{\"a\033[2J\xff"));
    obituary_settle(&obituary);
    struct screen screen = {.out = &out, .width = 80};
    obituary_show(&screen, &obituary);
    assert_string_equal(out.ptr, "json  1970-01-01T00:00:01Z  mentions.raw/1/2  byte 3 of 900\n"
                                 "    a sentence\uFFFD[2J\n"
                                 "    {\"a\uFFFD[2J\uFFFD\n\n"
                                 "1 dead letter: json 1\n");
    obituary_free(&obituary);
    buf_free(&out);
}

static void bytes_are_printed_as_text_or_base64(void **state) {
    (void)state;
    static const struct {
        struct span value;
        const char *member, *text;
    } CASES[] = {
        {{"caf\xc3\xa9", 5}, "value", "caf\xc3\xa9"},
        {{"\xff", 1}, "value_base64", "/w=="},
        {{"\xff\xfe", 2}, "value_base64", "//4="},
        {{"\xff\xfe\xfd", 3}, "value_base64", "//79"},
        {{"\xff\xfe\xfd\xfc", 4}, "value_base64", "//79/A=="},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct obituary obituary;
        struct buf out;
        buf_init(&out, 10000);
        obituary_init(&obituary, 1, NULL);
        see(&obituary, "a", "type", 1, CASES[i].value);
        obituary_print(&out, &obituary);
        json_t *line = json_loads(out.ptr, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(line, CASES[i].member)), CASES[i].text);
        assert_string_equal(json_string_value(json_object_get(line, "reason")), "type");
        assert_int_equal(json_integer_value(json_object_get(line, "byte")), 3);
        assert_int_equal(json_integer_value(json_object_get(line, "size")), 900);
        json_decref(line);
        obituary_free(&obituary);
        buf_free(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_shown_once_and_the_newest_first),
        cmocka_unit_test(many_keys_are_told_apart),
        cmocka_unit_test(one_reason_can_be_asked_for),
        cmocka_unit_test(what_is_shown_is_harmless_and_near_the_byte),
        cmocka_unit_test(bytes_are_printed_as_text_or_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
