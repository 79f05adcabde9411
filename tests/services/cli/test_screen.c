#include "cmocka_all.h"
#include "nearest.h"
#include "overview.h"
#include "plot.h"
#include "screen.h"

#include <stdio.h>

static void foreign_text_cannot_steer_the_terminal(void **state) {
    (void)state;
    static const struct {
        const char *text, *shown;
        int max;
    } CASES[] = {
        {"plain", "plain", 80},
        {"two\nlines\tand\r\n", "two lines and  ", 80},
        {"\033[31mred\033[0m", "\uFFFD[31mred\uFFFD[0m", 80},
        {"a\xC2\x9B"
         "31m",
         "a\uFFFD31m", 80},
        {"\x7f\x01", "\uFFFD\uFFFD", 80},
        {"abc\xE2\x80\xAE"
         "cba",
         "abc\uFFFDcba", 80},
        {"bad \xFF\xC3(", "bad \uFFFD\uFFFD(", 80},
        {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD", 80},
        {"line\xE2\x80\xA8sep", "line sep", 80},
        {"abcdef", "abcdef", 6},
        {"abcdef", "abcd…", 5},
        {"露美聲好", "露美…", 5},
        {"露美聲好", "露美聲…", 7},
        {"露美聲好", "露美聲好", 8},
        {"", "", 0},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf out;
        buf_init(&out, 1000);
        int columns = screen_add_foreign(&out, span_of(CASES[i].text), CASES[i].max);
        assert_string_equal(buf_span(&out).ptr, CASES[i].shown);
        assert_int_equal(columns, screen_columns(buf_span(&out)));
        assert_true(columns <= CASES[i].max);
        buf_free(&out);
    }
}

static void every_byte_is_shown_as_something_harmless(void **state) {
    (void)state;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char bytes[2] = {(char)a, (char)b};
            struct buf out;
            buf_init(&out, 100);
            screen_add_foreign(&out, (struct span){bytes, 2}, 80);
            for (size_t i = 0; i < out.len; i++) {
                unsigned char c = (unsigned char)out.ptr[i];
                assert_true(c >= 0x20 && c != 0x7f);
                assert_false(c == 0xC2 && i + 1 < out.len && (unsigned char)out.ptr[i + 1] < 0xA0);
            }
            buf_free(&out);
        }
    }
}

static void a_cell_is_exactly_as_wide(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "", "a", "mastodon", "a much longer name", "露美聲", "露美聲霍爾貝克露美聲"};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct buf out;
        buf_init(&out, 1000);
        struct screen screen = {.out = &out, .width = 80};
        screen_cell(&screen, span_of(TEXTS[i]), 10);
        assert_int_equal(screen_columns(buf_span(&out)), 10);
        buf_free(&out);
    }
}

static void numbers_are_written_for_people(void **state) {
    (void)state;
    assert_string_equal(digits_of(0).text, "0");
    assert_string_equal(digits_of(999).text, "999");
    assert_string_equal(digits_of(1000).text, "1,000");
    assert_string_equal(digits_of(1234567).text, "1,234,567");
    assert_string_equal(digits_of(-1234).text, "-1,234");
    assert_string_equal(digits_of(-123).text, "-123");
    assert_string_equal(percent_of(0, 0).text, "-");
    assert_string_equal(percent_of(0, 9).text, "0%");
    assert_string_equal(percent_of(1, 1000).text, "<1%");
    assert_string_equal(percent_of(1, 4).text, "25%");
    assert_string_equal(percent_of(4, 4).text, "100%");
    assert_string_equal(signed_of(0.25).text, "+0.250");
    assert_string_equal(signed_of(-0.031).text, "-0.031");
    assert_string_equal(signed_of(-0.0001).text, "0.000");
}

static void a_bar_is_as_long_as_its_share(void **state) {
    (void)state;
    static const struct {
        int64_t part, whole;
        const char *bar;
    } CASES[] = {{0, 10, ""}, {1, 1000000, "▏"}, {1, 2, "██"}, {9, 16, "██▎"}, {10, 10, "████"}, {5, 0, ""}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct buf out;
        buf_init(&out, 1000);
        struct screen screen = {.out = &out, .terminal = true, .width = 80};
        screen_bar(&screen, STYLE_GOOD, CASES[i].part, CASES[i].whole, 4);
        assert_string_equal(buf_span(&out).ptr, CASES[i].bar);
        buf_free(&out);
    }
}

static void styles_are_written_only_in_colour(void **state) {
    (void)state;
    for (int colour = 0; colour < 2; colour++) {
        struct buf out;
        buf_init(&out, 1000);
        struct screen screen = {.out = &out, .terminal = true, .colour = colour, .width = 80};
        screen_text(&screen, STYLE_BAD, "%d", 7);
        assert_string_equal(out.ptr, colour ? "\033[31m7\033[0m" : "7");
        buf_free(&out);
    }
}

static void a_plot_shows_the_top_and_the_smallest(void **state) {
    (void)state;
    const int64_t values[] = {0, 1, 100, -1, 50};
    struct buf out;
    buf_init(&out, 10000);
    struct screen screen = {.out = &out, .terminal = true, .width = 80};
    const struct plot plot = {
        .values = values, .count = COUNT_OF(values), .height = 2, .from = "A", .to = "B"};
    size_t per;
    plot_draw(&screen, &plot, &per);
    assert_int_equal(per, 1);
    assert_string_equal(out.ptr, "     100 ┤        ███         \n"
                                 "         │    ▁▁▁ ███     ███ \n"
                                 "         └────────────────────\n"
                                 "          A                  B\n");
    buf_free(&out);
}

static void a_plot_never_leaves_the_screen(void **state) {
    (void)state;
    for (size_t count = 1; count < 700; count += 13) {
        int64_t values[700];
        for (size_t i = 0; i < count; i++)
            values[i] = (int64_t)(i % 7);
        struct buf out;
        buf_init(&out, 100000);
        struct screen screen = {.out = &out, .terminal = true, .width = 60};
        const struct plot plot = {.values = values,
                                  .count = count,
                                  .height = 4,
                                  .from = "2026-11-04 10:00",
                                  .to = "2026-11-25 11:00"};
        size_t per;
        plot_draw(&screen, &plot, &per);
        assert_true(count / per <= 60);
        struct span rest = buf_span(&out);
        for (int line = 0; line < 4; line++) {
            const char *end = memchr(rest.ptr, '\n', rest.len);
            assert_non_null(end);
            assert_true(screen_columns((struct span){rest.ptr, (size_t)(end - rest.ptr)}) <= 60);
            rest.len -= (size_t)(end - rest.ptr) + 1;
            rest.ptr = end + 1;
        }
        buf_free(&out);
    }
}

static void the_nearest_names_are_given(void **state) {
    (void)state;
    static const char *const NAMES[] = {"up",   "init", "broker", "alerts",    "query",
                                        "feed", "dead", "lumeva", "lumeva-one"};
    static const struct {
        const char *written, *first;
        size_t count;
    } CASES[] = {
        {"alert", "alerts", 1}, {"alrets", "alerts", 1}, {"qeury", "query", 1},          {"fed", "feed", 1},
        {"zzz", NULL, 0},       {"lumewa", "lumeva", 1}, {"lumeva-on", "lumeva-one", 2}, {"lu", "lumeva", 2},
        {"inti", "init", 1},    {"", NULL, 0},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const char *near[NEAREST_MAX];
        size_t found = nearest(CASES[i].written, NAMES, COUNT_OF(NAMES), near);
        if (CASES[i].first)
            assert_string_equal(near[0], CASES[i].first);
        if (CASES[i].count == 0)
            assert_int_equal(found, 0);
        assert_true(found >= CASES[i].count);
    }
}

static int nothing(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return 0;
}

static void the_overview_teaches(void **state) {
    (void)state;
    static const struct command INIT = {"init", GROUP_RUN, "make topics", nothing};
    static const struct command FEED = {"feed", GROUP_ASK, "mentions", nothing};
    static const struct command *const ALL[] = {&INIT, &FEED};
    struct buf out;
    buf_init(&out, 10000);
    overview_add(&out, ALL, COUNT_OF(ALL));
    assert_non_null(strstr(out.ptr, "Run a deployment\n  init     make topics\n"));
    assert_non_null(strstr(out.ptr, "Ask\n  feed     mentions\n"));
    buf_clear(&out);
    overview_add_unknown(&out, "fead", ALL, COUNT_OF(ALL));
    assert_string_equal(out.ptr, "unknown command 'fead': did you mean 'feed'?");
    buf_clear(&out);
    overview_add_unknown(&out, "zzzzz", ALL, COUNT_OF(ALL));
    assert_string_equal(out.ptr, "unknown command 'zzzzz': earshot --help lists all");
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_text_cannot_steer_the_terminal),
        cmocka_unit_test(every_byte_is_shown_as_something_harmless),
        cmocka_unit_test(a_cell_is_exactly_as_wide),
        cmocka_unit_test(numbers_are_written_for_people),
        cmocka_unit_test(a_bar_is_as_long_as_its_share),
        cmocka_unit_test(styles_are_written_only_in_colour),
        cmocka_unit_test(a_plot_shows_the_top_and_the_smallest),
        cmocka_unit_test(a_plot_never_leaves_the_screen),
        cmocka_unit_test(the_nearest_names_are_given),
        cmocka_unit_test(the_overview_teaches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
