#include "cmocka_all.h"
#include "earshot/arena.h"

static void blocks_are_aligned_and_distinct(void **state) {
    (void)state;
    struct arena *arena = arena_new(0);
    char *last = NULL;
    for (size_t size = 1; size < 2000; size += 7) {
        char *ptr = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)ptr % _Alignof(max_align_t), 0);
        memset(ptr, (int)size, size);
        assert_true(ptr != last);
        last = ptr;
    }
    arena_free(&arena);
    assert_null(arena);
    arena_free(&arena);
}

static void a_steady_load_keeps_its_block(void **state) {
    (void)state;
    struct arena *arena = arena_new(256);
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(arena, 1000), 1, 1000);
    arena_reset(arena);
    char *first = arena_alloc(arena, 1000);
    for (int i = 0; i < 99; i++)
        memset(arena_alloc(arena, 1000), 1, 1000);
    arena_reset(arena);
    assert_ptr_equal(first, arena_alloc(arena, 1000));
    arena_free(&arena);
}

static void text_is_copied_and_printed(void **state) {
    (void)state;
    struct arena *arena = arena_new(0);
    assert_string_equal(arena_copy(arena, SPAN("acme")), "acme");
    assert_string_equal(arena_copy(arena, (struct span){0}), "");
    assert_string_equal(arena_printf(arena, "%s/%d", "raw", 7), "raw/7");
    assert_true(arena_used(arena) > 0);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_and_distinct),
        cmocka_unit_test(a_steady_load_keeps_its_block),
        cmocka_unit_test(text_is_copied_and_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
