#include "cmocka_all.h"
#include "earshot/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX = 10 };

/* All lines of text with their sizes and ends: "bytes/size/number/end ", from a file or a pipe. */
static void describe(int fd, char *out, size_t size) {
    struct lines *lines = lines_new(fd, MAX);
    struct line line;
    size_t used = 0;
    out[0] = '\0';
    enum lines_status status;
    while ((status = lines_next(lines, 1000, &line)) == LINES_LINE ||
           (status == LINES_END && lines_rest(lines, &line)))
        used += (size_t)snprintf(out + used, size - used, "%.*s/%zu/%d/%d ", (int)line.bytes.len,
                                 line.bytes.ptr, line.size, (int)line.number, (int)line.end);
    assert_int_equal(status, LINES_END);
    lines_free(&lines);
    assert_null(lines);
}

static const struct {
    const char *text, *lines;
} CASES[] = {
    {"", ""},
    {"a\nb\n", "a/1/1/2 b/1/2/4 "},
    {"a\n\nb", "a/1/1/2 /0/2/3 b/1/3/4 "},
    {"a\r\nb\r\n", "a/1/1/3 b/1/2/6 "},
    {"\r\n", "/0/1/2 "},
    {"a\rb\n", "a\rb/3/1/4 "},
    {"a\r", "a\r/2/1/2 "},
    {"0123456789\nx\n", "0123456789/10/1/11 x/1/2/13 "},
    {"0123456789\r\nx\n", "0123456789/10/1/12 x/1/2/14 "},
    {"0123456789A\nx\n", "0123456789/11/1/12 x/1/2/14 "},
    {"0123456789A\r\nx\n", "0123456789/11/1/13 x/1/2/15 "},
    {"0123456789ABC", "0123456789/13/1/13 "},
};

static void each_line_has_its_place(void **state) {
    (void)state;
    char out[200];
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        FILE *file = tmpfile();
        int ends[2];
        fputs(CASES[i].text, file);
        fflush(file);
        rewind(file);
        describe(fileno(file), out, sizeof out);
        assert_string_equal(out, CASES[i].lines);
        fclose(file);
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], CASES[i].text, strlen(CASES[i].text)), strlen(CASES[i].text));
        close(ends[1]);
        describe(ends[0], out, sizeof out);
        assert_string_equal(out, CASES[i].lines);
        close(ends[0]);
    }
}

/* Longer than the buffer, with the CR of its end alone in the last read, and a good line behind. */
static void a_line_of_any_length_costs_no_memory(void **state) {
    (void)state;
    enum { LONG = 300000 };
    FILE *file = tmpfile();
    for (int ending = 0; ending < 2; ending++) {
        for (int i = 0; i < LONG + ending; i++)
            fputc('x', file);
        fputs(ending ? "\r\n" : "\n", file);
    }
    fputs("good\n", file);
    fflush(file);
    rewind(file);
    struct lines *lines = lines_new(fileno(file), MAX);
    struct line line;
    for (int ending = 0; ending < 2; ending++) {
        assert_int_equal(lines_next(lines, 0, &line), LINES_LINE);
        assert_int_equal(line.size, LONG + ending);
        assert_int_equal(line.bytes.len, MAX);
        assert_memory_equal(line.bytes.ptr, "xxxxxxxxxx", MAX);
    }
    int64_t before = line.end;
    assert_int_equal(before, 2 * LONG + 1 + 1 + 2);
    assert_int_equal(lines_next(lines, 0, &line), LINES_LINE);
    assert_int_equal(line.bytes.len, 4);
    assert_true(lines_seek(lines, before, 2));
    assert_int_equal(lines_next(lines, 0, &line), LINES_LINE);
    assert_int_equal(line.number, 3);
    assert_memory_equal(line.bytes.ptr, "good", 4);
    lines_free(&lines);
    fclose(file);
}

static void a_pipe_is_waited_for(void **state) {
    (void)state;
    int ends[2];
    struct line line;
    assert_int_equal(pipe(ends), 0);
    struct lines *lines = lines_new(ends[0], MAX);
    assert_int_equal(lines_next(lines, 1, &line), LINES_WAIT);
    assert_int_equal(write(ends[1], "ab", 2), 2);
    assert_int_equal(lines_next(lines, 1, &line), LINES_WAIT);
    assert_int_equal(write(ends[1], "c\n", 2), 2);
    assert_int_equal(lines_next(lines, 1000, &line), LINES_LINE);
    assert_int_equal(line.size, 3);
    lines_free(&lines);
    close(ends[0]);
    close(ends[1]);
}

static void what_cannot_be_read_says_so(void **state) {
    (void)state;
    struct line line;
    FILE *file = fopen("/tmp", "re"); /* a directory opens, and cannot be read */
    assert_non_null(file);
    struct lines *lines = lines_new(fileno(file), MAX);
    assert_int_equal(lines_next(lines, 0, &line), LINES_FAILED);
    lines_free(&lines);
    fclose(file);
}

static void a_line_without_anything_is_blank(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool blank;
    } TEXTS[] = {{"", true}, {" \t\r ", true}, {" x", false}, {"\v", false}, {"\xC2\xA0", false}};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_int_equal(lines_is_blank(span_of(TEXTS[i].text)), TEXTS[i].blank);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_has_its_place),
        cmocka_unit_test(a_line_of_any_length_costs_no_memory),
        cmocka_unit_test(a_pipe_is_waited_for),
        cmocka_unit_test(what_cannot_be_read_says_so),
        cmocka_unit_test(a_line_without_anything_is_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
