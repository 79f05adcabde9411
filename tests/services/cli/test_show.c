#include "cmocka_all.h"
#include "show.h"

#include <stdio.h>

#define HEAD "{\"alert\":\"acme\",\"version\":3,\"from\":1795600800,\"to\":1795611600,\"as_of\":1795611000,"

typedef bool show_f(struct screen *screen, const json_t *reply);

static bool feed(struct screen *screen, const json_t *reply) {
    return show_feed(screen, reply, 1795611600);
}

static bool show(show_f *page, const char *text, struct screen screen, struct buf *out) {
    json_t *reply = json_loads(text, 0, NULL);
    assert_non_null(reply);
    buf_init(out, 100000);
    screen.out = out;
    bool ok = page(&screen, reply);
    json_decref(reply);
    return ok;
}

static const struct screen PIPE = {.width = SCREEN_WIDTH_PLAIN};
static const struct screen TERMINAL = {.terminal = true, .width = 70};
static const struct screen COLOUR = {.terminal = true, .colour = true, .width = 70};

#define VOLUME                                                                                               \
    HEAD "\"grain\":\"hour\",\"buckets\":[[1795600800,null,null,null,null,null],[1795604400,0,0,0,0,null],"  \
         "[1795608000,1200,600,300,300,0.125]]}"

static void volume_on_a_pipe_is_a_row_a_bucket(void **state) {
    (void)state;
    struct buf out;
    assert_true(show(show_volume, VOLUME, PIPE, &out));
    assert_string_equal(out.ptr, "# time (UTC)      mentions  positive   neutral  negative   score\n"
                                 "2026-11-25 10:00         -         -         -         -       -\n"
                                 "2026-11-25 11:00         0         0         0         0       -\n"
                                 "2026-11-25 12:00      1200       600       300       300  +0.125\n");
    buf_free(&out);
}

static void volume_on_a_terminal_has_a_plot(void **state) {
    (void)state;
    struct buf out;
    assert_true(show(show_volume, VOLUME, TERMINAL, &out));
    assert_non_null(strstr(out.ptr, "acme  1,200 mentions, by the hour (UTC)  +600  -300\n"));
    assert_non_null(strstr(out.ptr, "   1,200 ┤        ███ \n"));
    assert_non_null(strstr(out.ptr, "2026-11-25 10:00  no longer kept\n"));
    assert_non_null(strstr(out.ptr, "2026-11-25 11:00\n"));
    assert_non_null(strstr(out.ptr, "1,200    +600   -300  █████████████▒▒▒▒▒▒░░░░░░\n"));
    assert_null(strchr(out.ptr, '\033'));
    buf_free(&out);
}

static void summary_says_how_many_how_and_where(void **state) {
    (void)state;
    struct buf out;
    const char *reply = HEAD
        "\"mentions\":200,\"positive\":50,\"neutral\":149,\"negative\":1,\"score\":0.05,\"net\":-0.245,"
        "\"kinds\":[[\"social\",200]],\"platforms\":[[\"mastodon\",150],[\"evil\\u001b[2J\",50]],"
        "\"languages\":[[\"en\",60],[\"de\",50],[\"nl\",40],[\"es\",30],[\"pl\",10],[\"zh\",6],[\"fi\",4]],"
        "\"countries\":[[\"und\",200]]}";
    assert_true(show(show_summary, reply, TERMINAL, &out));
    assert_non_null(strstr(out.ptr, "acme  2026-11-25 10:00 – 2026-11-25 13:00 UTC\n"));
    assert_non_null(strstr(out.ptr, "mentions         200   net -0.245   mean score +0.050\n"));
    assert_non_null(strstr(out.ptr, "positive          50   25%  "));
    assert_non_null(strstr(out.ptr, "negative           1   <1%  ▏\n"));
    assert_non_null(strstr(out.ptr, "mastodon"));
    assert_non_null(strstr(out.ptr, " 6    3%")); /* six places: as many as the demo has languages */
    assert_null(strstr(out.ptr, " 4    2%"));
    assert_null(strchr(out.ptr, '\033'));
    buf_free(&out);
}

#define ITEM                                                                                                 \
    "{\"id\":\"m:1\",\"url\":\"https://x.example/"                                                           \
    "1\",\"platform\":\"mastodon\",\"author\":{\"handle\":\"anna\","                                         \
    "\"followers\":1200},\"created_at\":\"2026-11-25T12:00:00Z\",\"title\":null,"                            \
    "\"text\":\"I like Acme,\\nreally; "                                                                     \
    "acme\\u0007!\",\"cut\":false,\"language\":\"en\",\"label\":\"positive\","                               \
    "\"score\":0.5,\"words\":[],\"at\":[[\"text\",7,11],[\"text\",21,25]]}"

static void feed_is_a_block_a_mention(void **state) {
    (void)state;
    struct buf out;
    assert_true(
        show(feed, HEAD "\"items\":[" ITEM "],\"next\":\"1.n\",\"complete_from\":0}", TERMINAL, &out));
    assert_string_equal(
        out.ptr, "+0.500 positive  mastodon  en  2026-11-25 12:00 UTC (1 h ago)  @anna (1,200 followers)\n"
                 "  I like Acme, really; acme\uFFFD!\n"
                 "  https://x.example/1\n\n"
                 "more: the same command with --cursor 1.n\n");
    buf_free(&out);
}

static void matched_words_stand_out_in_colour(void **state) {
    (void)state;
    struct buf out;
    assert_true(show(feed, HEAD "\"items\":[" ITEM "],\"next\":null,\"complete_from\":0}", COLOUR, &out));
    assert_non_null(
        strstr(out.ptr, "like \033[0m\033[1;33mAcme\033[0m, really; \033[0m\033[1;33macme\033[0m\uFFFD!"));
    buf_free(&out);
}

/* head: members of the item. Its text: "Refund me, refund me, I hate it, love it.", cut before `lawyer`. */
static void expect_analysis(const char *head, const char *expected) {
    char text[2000];
    struct buf out;
    snprintf(
        text, sizeof text,
        "{%s,\"title\":\"Never again\",\"text\":\"Refund me, refund me, I hate it, love it.\",\"words\":["
        "[\"title\",0,11,-0.3],[\"text\",0,6,-0.2],[\"text\",11,17,-0.4],[\"text\",24,28,-0.6],"
        "[\"text\",33,37,0.5],[\"text\",24,28,-0.6],[\"text\",40,41,-1],[\"text\",39,45,-1],[\"text\",4,2,-1]"
        ",[7],7]}",
        head);
    json_t *item = json_loads(text, 0, NULL);
    assert_non_null(item);
    buf_init(&out, 1000);
    show_analysis(&out, item);
    assert_string_equal(buf_span(&out).ptr, expected);
    buf_free(&out);
    json_decref(item);
}

static void the_analysis_is_told_with_its_words(void **state) {
    (void)state;
    expect_analysis(
        "\"label\":\"negative\",\"intent\":\"complaint\",\"risk\":0.75,\"reasons\":["
        "[\"refund\",0.9,\"text\",11,17],[\"legal\",0.5,\"text\",39,45],7]",
        "words: hate, refund, Never again · intent: complaint · risk: 0.750, refund (refund), legal");
    expect_analysis("\"label\":\"positive\"", "words: love");
    expect_analysis("\"label\":\"neutral\"", "words: hate, love, refund");
    expect_analysis("\"label\":\"negative\",\"corrected\":true,\"intent\":\"other\",\"risk\":0",
                    "intent: other · risk: 0.000");
    expect_analysis("\"risk\":\"high\",\"intent\":7,\"label\":\"positive\",\"reasons\":8", "words: love");
}

static void the_analysis_stands_under_the_text(void **state) {
    (void)state;
    struct buf out;
    assert_true(show(feed,
                     HEAD
                     "\"items\":[{\"id\":\"a\",\"platform\":\"p\",\"created_at\":0,\"text\":\"evil\\u001b[2J "
                     "words\",\"label\":\"negative\",\"score\":-0.2,\"intent\":\"purchase\",\"risk\":0.012,"
                     "\"reasons\":[],\"words\":[[\"text\",0,8,-1]],\"at\":[]}],\"next\":null,"
                     "\"complete_from\":0}",
                     TERMINAL, &out));
    assert_non_null(strstr(out.ptr, "-0.200 negative  p  "));
    assert_non_null(strstr(out.ptr, "  evil\uFFFD[2J words\n"
                                    "  words: evil\uFFFD[2J · intent: purchase · risk: 0.012\n\n"));
    buf_free(&out);
}

static void text_is_broken_to_the_width(void **state) {
    (void)state;
    char text[2000] = "", reply[4000];
    for (int i = 0; i < 40; i++)
        strcat(text, i % 7 == 3 ? "露美聲好露美聲好露美聲好露美聲好露美聲好露美聲好露美聲好 " : "wörd and ");
    snprintf(
        reply, sizeof reply,
        HEAD
        "\"items\":[{\"id\":\"a\",\"platform\":\"p\",\"created_at\":0,\"text\":\"%s\",\"score\":0,"
        "\"label\":\"neutral\",\"intent\":\"complaint\",\"risk\":0.5,\"words\":[[\"text\",0,5,1],[\"text\","
        "30,99,1]],\"at\":[[\"text\",5,9],[\"text\",-4,99999],[\"title\",1,2],7]}],\"next\":null,"
        "\"complete_from\":0}",
        text);
    struct buf out;
    const struct screen narrow = {.terminal = true, .width = 40};
    assert_true(show(feed, reply, narrow, &out));
    struct span rest = buf_span(&out);
    int lines = 0;
    for (const char *end; (end = memchr(rest.ptr, '\n', rest.len)); lines++) {
        assert_true(lines == 0 || screen_columns((struct span){rest.ptr, (size_t)(end - rest.ptr)}) <= 40);
        rest.len -= (size_t)(end - rest.ptr) + 1;
        rest.ptr = end + 1;
    }
    assert_true(lines > 15);
    buf_free(&out);
}

static void an_empty_feed_says_so(void **state) {
    (void)state;
    struct buf out;
    assert_true(show(feed, HEAD "\"items\":[],\"next\":null,\"complete_from\":0}", PIPE, &out));
    assert_non_null(strstr(out.ptr, "no mention of acme"));
    buf_free(&out);
}

static void replies_of_another_shape_are_refused(void **state) {
    (void)state;
    static const char *const REPLIES[] = {
        "{}",
        "[]",
        "{\"alert\":\"a\"}",
        "{\"alert\":\"a\",\"mentions\":\"x\"}",
        "{\"alert\":7,\"items\":[],\"buckets\":[]}",
        "{\"alert\":\"a\",\"grain\":\"hour\",\"buckets\":[[1,2]],\"items\":[7]}",
        "{\"alert\":\"a\",\"mentions\":3,\"platforms\":{}}",
    };
    static show_f *const PAGES[] = {show_volume, show_summary, feed};
    for (size_t i = 0; i < COUNT_OF(REPLIES); i++) {
        for (size_t j = 0; j < COUNT_OF(PAGES); j++) {
            struct buf out;
            assert_false(show(PAGES[j], REPLIES[i], TERMINAL, &out));
            buf_free(&out);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volume_on_a_pipe_is_a_row_a_bucket),
        cmocka_unit_test(volume_on_a_terminal_has_a_plot),
        cmocka_unit_test(summary_says_how_many_how_and_where),
        cmocka_unit_test(feed_is_a_block_a_mention),
        cmocka_unit_test(matched_words_stand_out_in_colour),
        cmocka_unit_test(the_analysis_is_told_with_its_words),
        cmocka_unit_test(the_analysis_stands_under_the_text),
        cmocka_unit_test(text_is_broken_to_the_width),
        cmocka_unit_test(an_empty_feed_says_so),
        cmocka_unit_test(replies_of_another_shape_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
