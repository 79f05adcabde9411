#include "cmocka_all.h"
#include "earshot/fault.h"

static void reasons_have_the_names_of_the_contract(void **state) {
    (void)state;
    assert_string_equal(fault_name(FAULT_UTF8), "utf8");
    assert_string_equal(fault_name(FAULT_DUPLICATE), "duplicate");
    assert_string_equal(fault_name(FAULT_NONE), "");
}

static void setting_is_false_and_keeps_all(void **state) {
    (void)state;
    struct fault fault;
    assert_false(fault_set(&fault, FAULT_JSON, 17, "expected %s", "`:`"));
    assert_int_equal(fault.reason, FAULT_JSON);
    assert_int_equal(fault.byte, 17);
    assert_string_equal(fault.detail, "expected `:`");
}

/* Every length around the limit, so that the cut falls on each byte of the two-byte characters. */
static void a_long_sentence_is_cut_between_characters(void **state) {
    (void)state;
    char text[400];
    for (size_t lead = 0; lead < 8; lead++) {
        memset(text, 'a', lead);
        for (size_t i = lead; i + 2 < sizeof text; i += 2)
            memcpy(text + i, "é", 3);
        struct fault fault;
        assert_false(fault_set(&fault, FAULT_TYPE, 0, "%s", text));
        size_t len = strlen(fault.detail);
        assert_in_range(len, sizeof fault.detail - 4, sizeof fault.detail - 1);
        assert_string_equal(fault.detail + len - 3, "…");
        assert_int_equal((len - 3 - lead) % 2, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_have_the_names_of_the_contract),
        cmocka_unit_test(setting_is_false_and_keeps_all),
        cmocka_unit_test(a_long_sentence_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
