#include "cmocka_all.h"
#include "plain.h"

#include <stdlib.h>
#include <time.h>

enum { MAX = 100000, LARGE = 4 << 20 };

static void check(void (*turn)(struct plain *plain, struct span text), const char *in, const char *wanted,
                  size_t max) {
    struct plain plain;
    struct buf out;
    size_t len = strlen(in);
    char *exact = malloc(len ? len : 1); /* so that ASan sees a read past the end */
    memcpy(exact, in, len);
    buf_init(&out, MAX);
    plain_begin(&plain, &out, max);
    turn(&plain, (struct span){exact, len});
    assert_string_equal(buf_span(&out).ptr, wanted);
    buf_free(&out);
    free(exact);
}

static const struct {
    const char *html, *plain;
} HTML[] = {
    {"", ""},
    {"plain", "plain"},
    {"  a\n\t b  ", "a b"},
    {"<p>a</p><p>b</p>", "a\nb"},
    {"a<br/>b<BR>c", "a\nb\nc"},
    {"<p>one <b>two</b><i>three</i></p>", "one twothree"},
    {"<td>a</td><td>b</td>", "a b"},
    {"a<script>if (1<2) x('</p>')</script>b", "ab"},
    {"a<style type=x>p{}</STYLE >b", "ab"},
    {"a<script>never ends", "a"},
    {"a<script src=x />b", "ab"},
    {"a<!-- b <p> c -->d", "ad"},
    {"a<!-- never ends", "a<!-- never ends"},
    {"a<![CDATA[b]]>c", "abc"},
    {"1 < 2 && 3 > 2, I <3 you", "1 < 2 && 3 > 2, I <3 you"},
    {"<a href=\"x>y\">z</a>", "z"},
    {"<a title='it\"s'>z</a>", "z"},
    {"a <b", "a <b"},
    {"a <b>c <i", "a c <i"},
    {"AT&amp;T &lt;3 &quot;x&quot; &nbsp; y &eacute;&#233;&#xE9;&#XE9;", "AT&T <3 \"x\" y éééé"},
    {"&amp;amp; &unknown; & &; &#; &#x; &#xZ; &amp", "&amp; &unknown; & &; &#; &#x; &#xZ; &amp"},
    {"&#150;&#x80;&#0;&#xD800;&#1114112;&#99999999999;", "–€\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"&hellip;&mdash;&euro;", "…—€"},
    {"caf\xe9 \xff \xc3", "caf\uFFFD \uFFFD \uFFFD"},
    {"\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"a\x01\x1f"
     "b\x7f\xc2\x85"
     "c\xef\xbb\xbf",
     "abc"},
    {"\xf0\x9f\x98\x80 臺灣", "😀 臺灣"},
    {"a\xc2\xa0\xe2\x80\xa8z", "a z"},
};

static void html_is_read_as_a_reader_sees_it(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(HTML); i++)
        check(plain_html, HTML[i].html, HTML[i].plain, MAX);
}

static void text_keeps_what_looks_like_markup(void **state) {
    (void)state;
    check(plain_text, " <b>a</b> &amp;\n\nb ", "<b>a</b> &amp; b", MAX);
}

static void a_cut_is_between_characters(void **state) {
    (void)state;
    check(plain_text, "aé", "aé", 3);
    check(plain_text, "aé", "a", 2);
    check(plain_text, "a b", "a", 2);
    check(plain_html, "a<p>bc", "a\nb", 3);
}

/* What makes careless readers quadratic, 4 MiB of it: that would be hours. The limit leaves room for
 * sanitizers on a busy machine. */
static void hostile_text_takes_linear_time(void **state) {
    (void)state;
    static const char *const UNITS[] = {"<",          "<a", "<a ='", "<a =\"x",   "<!--",
                                        "&",          "&#", "</",    "<script>",  "<![CDATA[",
                                        "<a='><b=\"", "]]", "<!",    "<script></"};
    char *text = malloc(LARGE);
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        struct plain plain;
        struct buf out;
        size_t len = strlen(UNITS[i]);
        for (size_t at = 0; at < LARGE; at++)
            text[at] = UNITS[i][at % len];
        buf_init(&out, (size_t)4 * LARGE);
        plain_begin(&plain, &out, (size_t)4 * LARGE);
        clock_t from = clock();
        plain_html(&plain, (struct span){text, LARGE});
        if (clock() - from > 30 * CLOCKS_PER_SEC)
            fail_msg("`%s` takes %ld ms", UNITS[i], (long)((clock() - from) * 1000 / CLOCKS_PER_SEC));
        buf_free(&out);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_is_read_as_a_reader_sees_it),
        cmocka_unit_test(text_keeps_what_looks_like_markup),
        cmocka_unit_test(a_cut_is_between_characters),
        cmocka_unit_test(hostile_text_takes_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
