/* The feeds that feed-rs and feedjira are tested with, where they lie beside the tree: each is read, and what
 * feed-rs expects of it (entries, times, ids, titles, links) is what we find. They are others' and not in the
 * tree. */
#include "cmocka_all.h"
#include "feed_parse.h"
#include "plain.h"

#include "earshot/mention.h"
#include "earshot/times.h"
#include "feed_mention.h"

#include <dirent.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[400];

static struct span read_all(const char *path) {
    struct buf text;
    char bytes[8192];
    size_t got;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    buf_init(&text, 64 << 20);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(&text, bytes, got);
    fclose(file);
    return buf_span(&text);
}

/* Each entry is a mention that the next stages take. */
static void are_mentions(const struct feed *feed, const char *path, struct arena *arena) {
    const struct feed_place place = {.kind = "news", .host = "feed.example"};
    for (size_t i = 0; i < feed->count; i++) {
        struct buf text;
        struct mention mention;
        struct fault fault;
        buf_init(&text, 1 << 20);
        feed_mention_print(&feed->entries[i], &place, 1764000000, false, 1764000000, &text);
        if (!mention_read(buf_span(&text), MENTION_RAW, arena, &mention, &fault))
            fail_msg("%s: entry %zu: %s", path, i, fault.detail);
        buf_free(&text);
    }
}

static int64_t time_of(const json_t *entry) {
    const char *text = json_string_value(json_object_get(entry, "published"));
    if (!text)
        text = json_string_value(json_object_get(entry, "updated"));
    int64_t seconds;
    return text && times_parse(span_of(text), &seconds) ? seconds : FEED_NO_TIME;
}

/* Letters and digits of the plain text; feed-rs trims and folds in ways of its own. */
static void squeeze(const char *html, struct buf *out) {
    struct plain plain;
    struct buf text;
    buf_init(&text, 1 << 20);
    plain_begin(&plain, &text, 1 << 20);
    plain_html(&plain, span_of(html));
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] > ' ')
            buf_add_char(out, text.ptr[i]);
    }
    buf_free(&text);
}

static int compare_titles(const json_t *expected, struct span found, const char *path, size_t i) {
    const char *wanted = json_string_value(json_object_get(json_object_get(expected, "title"), "content"));
    struct buf a, b;
    buf_init(&a, 1 << 20);
    buf_init(&b, 1 << 20);
    char *copy = found.ptr ? xstrndup(found.ptr, found.len) : xstrdup("");
    squeeze(wanted ? wanted : "", &a);
    squeeze(copy, &b);
    int wrong = strcmp(buf_span(&a).ptr, buf_span(&b).ptr) != 0;
    if (wrong)
        print_message("%s: entry %zu: title: expected `%s`, found `%s`\n", path, i, wanted ? wanted : "",
                      copy);
    free(copy);
    buf_free(&a);
    buf_free(&b);
    return wrong;
}

static int compare(const json_t *expected, const struct feed *feed, const char *path) {
    const json_t *entries = json_object_get(expected, "entries");
    size_t count = json_array_size(entries);
    int wrong = 0;
    if (count != feed->count) {
        print_message("%s: expected %zu entries, found %zu\n", path, count, feed->count);
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(entries, i);
        int64_t wanted = time_of(entry);
        if (wanted != FEED_NO_TIME && wanted != feed->entries[i].created_at) { /* we read more dates */
            print_message("%s: entry %zu: time: expected %s, found %lld\n", path, i,
                          json_string_value(json_object_get(entry, "published")),
                          (long long)feed->entries[i].created_at);
            wrong++;
        }
        wrong += compare_titles(entry, feed->entries[i].title, path, i);
    }
    return wrong;
}

/* feedjira keeps pages and parts of entries among its feeds. */
static bool is_feed(struct span bytes) {
    static const char *const ROOTS[] = {"<rss", "<feed", "<rdf:RDF", "<entry"};
    for (size_t i = 0; i < COUNT_OF(ROOTS); i++) {
        if (!memmem(bytes.ptr, bytes.len, "<html", 5) &&
            memmem(bytes.ptr, bytes.len < 3000 ? bytes.len : 3000, ROOTS[i], strlen(ROOTS[i])))
            return true;
    }
    return false;
}

static int read_one(const char *path, const char *expectations) {
    struct arena *arena = arena_new(0);
    struct span bytes = read_all(path);
    struct feed feed;
    struct buf why;
    json_error_t error;
    int wrong = 0;
    buf_init(&why, 1000);
    json_t *expected = expectations ? json_load_file(expectations, 0, &error) : NULL;
    if (feed_parse(bytes, NULL, "http://feed.example/", arena, &feed, &why) != is_feed(bytes)) {
        print_message("%s: %s\n", path, buf_span(&why).ptr);
        wrong = 1;
    } else {
        are_mentions(&feed, path, arena);
        wrong = expected ? compare(expected, &feed, path) : 0;
    }
    json_decref(expected);
    buf_free(&why);
    free((char *)(uintptr_t)bytes.ptr);
    arena_free(&arena);
    return wrong;
}

static int read_folder(const char *pattern, bool compared) {
    char text[600], expectations[600];
    glob_t found;
    int wrong = 0;
    snprintf(text, sizeof text, "%s/%s", folder, pattern);
    if (glob(text, 0, NULL, &found) != 0)
        return 1;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        snprintf(expectations, sizeof expectations, "%.*s.serde.json", (int)strlen(path) - 4, path);
        bool known = compared && access(expectations, R_OK) == 0;
        wrong += read_one(path, known ? expectations : NULL);
    }
    print_message("%s: %zu feeds, %d differences\n", pattern, found.gl_pathc, wrong);
    globfree(&found);
    return wrong;
}

static void real_feeds_are_read_as_feed_rs_reads_them(void **state) {
    (void)state;
    static const char *const KINDS[] = {"atom", "rss0", "rss1", "rss2"};
    int wrong = 0;
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        char pattern[64];
        snprintf(pattern, sizeof pattern, "feed-rs/feed-rs/fixture/%s/*.xml", KINDS[i]);
        wrong += read_folder(pattern, true);
    }
    wrong += read_folder("feedjira/spec/sample_feeds/*.xml", false);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const char *shared = getenv("EARSHOT_SHARED");
    const struct CMUnitTest tests[] = {cmocka_unit_test(real_feeds_are_read_as_feed_rs_reads_them)};
    snprintf(folder, sizeof folder, "%s/data/feeds", shared ? shared : SHARED);
    if (access(folder, R_OK) != 0) {
        printf("SKIPPED: no real feeds at %s\n", folder);
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
