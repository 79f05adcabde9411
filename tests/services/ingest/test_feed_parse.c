/* Small feeds of every dialect, each by what was read of it. */
#include "cmocka_all.h"
#include "feed_parse.h"

#include "earshot/times.h"

#include <stdlib.h>

static void add(struct buf *out, const char *name, struct span text) {
    if (text.ptr)
        buf_printf(out, " %s=%.*s", name, (int)text.len, text.ptr);
}

static void add_time(struct buf *out, const char *name, int64_t seconds) {
    char text[TIMES_TEXT];
    if (seconds == FEED_NO_TIME)
        return;
    times_print(seconds, text);
    buf_printf(out, " %s=%s", name, text);
}

/* A line an entry, of the fields that are there. */
static void describe(const struct feed *feed, struct buf *out) {
    for (size_t i = 0; i < feed->count; i++) {
        const struct feed_entry *entry = &feed->entries[i];
        add(out, "guid", entry->guid);
        add(out, "link", entry->link);
        add(out, "title", entry->title);
        add(out, "text", entry->text);
        add(out, "author", entry->author);
        add(out, "at", entry->author_url);
        add(out, "lang", entry->language);
        add_time(out, "created", entry->created_at);
        add_time(out, "updated", entry->updated_at);
        buf_add_char(out, '\n');
    }
}

#define URL "http://example.org/blog/feed.xml"

static void check(const char *text, size_t len, const char *content_type, const char *wanted) {
    struct arena *arena = arena_new(0);
    struct feed feed;
    struct buf out, why;
    char *exact = malloc(len ? len : 1);
    memcpy(exact, text, len);
    buf_init(&out, 100000);
    buf_init(&why, 1000);
    if (feed_parse((struct span){exact, len}, content_type, URL, arena, &feed, &why))
        describe(&feed, &out);
    else
        buf_printf(&out, "! %s", buf_span(&why).ptr);
    assert_string_equal(buf_span(&out).ptr, wanted);
    buf_free(&out);
    buf_free(&why);
    arena_free(&arena);
    free(exact);
}

#define RSS(items)                                                                                           \
    "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>T</title>" items "</channel></rss>"
#define DC         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
#define ATOM(more) "<feed xmlns=\"http://www.w3.org/2005/Atom\">" more "</feed>"

static const struct {
    const char *feed, *wanted;
} CASES[] = {
    /* RSS 2.0 */
    {RSS("<item><guid>g1</guid><link>http://a.example/1</link><title>One &amp; only</title>"
         "<description>&lt;p&gt;Hello &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;&lt;p&gt;Bye&lt;/p&gt;</description>"
         "<author>ann@a.example (Ann)</author><pubDate>Tue, 24 Nov 2026 20:25:55 +0100</pubDate></item>"),
     " guid=g1 link=http://a.example/1 title=One & only text=Hello you\nBye author=Ann "
     "created=2026-11-24T19:25:55Z\n"},
    {RSS("<language>en-us</language><item><title>a</title></item><item><description>b</description></"
         "item><item/>"),
     " title=a lang=en-us\n text=b lang=en-us\n"},
    {RSS("<item><title><![CDATA[<b>x</b> & y]]></title><guid "
         "isPermaLink=\"true\">http://a.example/x</guid></item>"),
     " guid=http://a.example/x link=http://a.example/x title=x & y\n"},
    {RSS("<item><title>a</title><link>/2026/a b</link></item>"),
     " link=http://example.org/2026/a%20b title=a\n"},
    {"<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" " DC "><channel><item><title>a</title>"
     "<description>short</description><content:encoded>&lt;p&gt;the whole&lt;/p&gt;</content:encoded>"
     "<dc:creator>Bob</dc:creator><author>x@y.example</author><dc:date>2026-01-02T03:04:05+02:00</dc:date></"
     "item>"
     "</channel></rss>",
     " title=a text=the whole author=Bob created=2026-01-02T01:04:05Z\n"},
    {"<rss xmlns:a=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel>"
     "<a:link rel=\"self\" href=\"http://self.example/\"/><item><media:title>no</media:title><title>a</title>"
     "<a:link rel=\"self\" href=\"http://self.example/1\"/><link>http://a.example/1</link>"
     "<a:updated>2026-01-02T03:04:05Z</a:updated></item></channel></rss>",
     " link=http://a.example/1 title=a created=2026-01-02T03:04:05Z\n"},
    {RSS("<item><title>a</title><dc:creator>undeclared</dc:creator><dc:date>2026-01-02T03:04:05Z</dc:date></"
         "item>"),
     " title=a author=undeclared created=2026-01-02T03:04:05Z\n"},
    {RSS("<item><title>caf&eacute; &nbsp;&hellip; &unknown; "
         "&#0;&#x41;</title><pubDate>soon</pubDate></item>"),
     " title=café … &unknown; \uFFFDA\n"},
    {RSS("<item><title>a</title><author>only@mail.example</author></item>"), " title=a\n"},
    {RSS("<item><title>a</title><author>Ann B &lt;ann@mail.example&gt;</author></item>"),
     " title=a author=Ann B\n"},
    /* RSS 0.91 with its DTD, which is not fetched */
    {"<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
     "\"http://127.0.0.1:1/rss-0.91.dtd\">"
     "<rss "
     "version=\"0.91\"><channel><item><title>a&copy;</title><link>http://a.example/</link></item></channel></"
     "rss>",
     " link=http://a.example/ title=a©\n"},
    /* RDF */
    {"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
     "xmlns=\"http://purl.org/rss/1.0/\" " DC ">"
     "<channel rdf:about=\"x\"><title>T</title><dc:language>de</dc:language></channel>"
     "<item "
     "rdf:about=\"http://a.example/1\"><title>a</title><link>http://a.example/1</link><dc:creator>Bob</"
     "dc:creator>"
     "<dc:date>2026-01-02</dc:date></item></rdf:RDF>",
     " link=http://a.example/1 title=a author=Bob lang=de created=2026-01-02T00:00:00Z\n"},
    {"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
     "xmlns=\"http://channel.netscape.com/rdf/simple/0.9/\"><channel/><item><title>old</title></item></"
     "rdf:RDF>",
     " title=old\n"},
    /* Atom */
    {ATOM("<title>T</title><author><name>Feed "
          "Author</name><uri>http://f.example/</uri></author><entry><id>tag:1</id>"
          "<link rel=\"edit\" href=\"http://no.example/\"/><link href=\"http://a.example/1\"/>"
          "<title type=\"html\">&lt;i&gt;x&lt;/i&gt; &amp;amp; y</title><summary>short</summary>"
          "<content type=\"xhtml\"><div "
          "xmlns=\"http://www.w3.org/1999/xhtml\"><p>one</p><p>two<script>no()</script></p>"
          "</div></content><published>2026-01-02T03:04:05Z</published><updated>2026-01-03T03:04:05Z</"
          "updated></entry>"),
     " guid=tag:1 link=http://a.example/1 title=x & y text=one\ntwo author=Feed Author at=http://f.example/ "
     "created=2026-01-02T03:04:05Z updated=2026-01-03T03:04:05Z\n"},
    {ATOM("<entry xml:lang=\"pl\"><id>1</id><title>1 &lt; 2 &amp;amp; "
          "&lt;b&gt;</title><author><name>Ann</name></author>"
          "<updated>2026-01-03T03:04:05Z</updated></entry>"),
     " guid=1 title=1 < 2 &amp; <b> author=Ann lang=pl created=2026-01-03T03:04:05Z\n"},
    {ATOM("<entry xml:base=\"http://b.example/x/\"><id>1</id><title>a</title><link href=\"../y\"/>"
          "<content type=\"image/png\">iVBORw0K</content><summary>seen</summary></entry>"),
     " guid=1 link=http://b.example/y title=a text=seen\n"},
    {"<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><id>1</id><title mode=\"escaped\" "
     "type=\"text/html\">a &lt;b&gt;b&lt;/b&gt;</title><issued>2026-01-03T03:04:05Z</issued>"
     "<modified>2026-01-04T03:04:05Z</modified></entry></feed>",
     " guid=1 title=a b created=2026-01-03T03:04:05Z updated=2026-01-04T03:04:05Z\n"},
    {"<entry xmlns=\"http://www.w3.org/2005/Atom\"><id>1</id><title>alone</title></entry>",
     " guid=1 title=alone\n"},
    /* broken, as they come */
    {"\n\n  <?xml version=\"1.0\"?><rss><channel><item><title>late</title></item></channel></rss>",
     " title=late\n"},
    {RSS("<item><title>a & b</title></item><item><title>c</title></item>"), " title=a & b\n title=c\n"},
    {"<rss><channel><item><title>a</title></item><item><title>b</title><description>hal", " title=a\n"},
    {"<rss><channel></channel></rss>", ""},
    {"<html><body>Not found</body></html>", "! it is no feed: its root is <html>"},
    {"{\"json\":1}", "! it is no feed: no XML"},
    {"", "! it is no feed: no XML"},
    /* hostile */
    {"<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY lol \"lol\">]><rss><channel><item>"
     "<title>a&x;b&lol;c</title></item></channel></rss>",
     " title=abc\n"},
};

static void feeds_of_every_dialect_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        check(CASES[i].feed, strlen(CASES[i].feed), NULL, CASES[i].wanted);
}

#define ITEM(text) "<rss><channel><item><title>" text "</title></item></channel></rss>"

static void charsets_are_undone(void **state) {
    (void)state;
    static const char LATIN[] = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" ITEM("caf\xe9");
    static const char BARE[] = ITEM("caf\xe9"), UTF8[] = ITEM("caf\xc3\xa9");
    static const char MARKED[] = "\xef\xbb\xbf" ITEM("caf\xc3\xa9");
    static const char WINDOWS[] = "<?xml version=\"1.0\" encoding=\"windows-1252\"?>" ITEM("\x80 \x96");
    static const char LIES[] = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" ITEM("caf\xe9");
    static const char WIDE[] =
        "\xff\xfe<\0r\0s\0s\0>\0<\0i\0t\0e\0m\0>\0<\0t\0i\0t\0l\0e\0>\0\xe9\0<\0/\0t\0i\0t\0l\0e"
        "\0>\0<\0/\0i\0t\0e\0m\0>\0<\0/\0r\0s\0s\0>\0";
    check(LATIN, sizeof LATIN - 1, NULL, " title=café\n");
    check(BARE, sizeof BARE - 1, "text/xml; charset=ISO-8859-1", " title=café\n");
    check(BARE, sizeof BARE - 1, "text/xml; Charset=\"iso-8859-1\"", " title=café\n");
    check(UTF8, sizeof UTF8 - 1, "text/xml; charset=no-such", " title=café\n");
    check(MARKED, sizeof MARKED - 1, "text/xml; charset=iso-8859-1", " title=café\n");
    check(WINDOWS, sizeof WINDOWS - 1, "text/xml", " title=€ –\n");
    check(LIES, sizeof LIES - 1, "application/xml; charset=utf-8", " title=café\n");
    check(WIDE, sizeof WIDE - 1, NULL, " title=é\n");
}

/* Entities that grow a thousandfold with each of ten levels, in text and in an attribute. */
static void entities_do_not_explode(void **state) {
    (void)state;
    struct buf text;
    struct arena *arena = arena_new(0);
    struct feed feed;
    struct buf why;
    buf_init(&text, 1 << 20);
    buf_init(&why, 1000);
    buf_add_str(&text, "<!DOCTYPE rss [<!ENTITY e0 \"lol\">");
    for (int level = 1; level < 10; level++) {
        buf_printf(&text, "<!ENTITY e%d \"", level);
        for (int i = 0; i < 100; i++)
            buf_printf(&text, "&e%d;", level - 1);
        buf_add_str(&text, "\">");
    }
    buf_add_str(&text,
                "]><rss><channel><item><title>&e9;</title><link href=\"&e9;\"/></item></channel></rss>");
    if (feed_parse(buf_span(&text), NULL, URL, arena, &feed, &why))
        assert_true(feed.count <= 1);
    assert_true(arena_used(arena) < 10 << 20);
    arena_free(&arena);
    buf_free(&text);
    buf_free(&why);
}

static void deep_and_long_ones_end(void **state) {
    (void)state;
    enum { DEEP = 100000, MANY = FEED_ENTRIES_MAX + 5 };
    struct buf text, why;
    struct arena *arena = arena_new(0);
    struct feed feed;
    buf_init(&text, 4 << 20);
    buf_init(&why, 1000);
    buf_add_str(&text, "<rss><channel><item><title>");
    for (int i = 0; i < DEEP; i++)
        buf_add_str(&text, "<b>");
    assert_true(feed_parse(buf_span(&text), NULL, URL, arena, &feed, &why));
    buf_clear(&text);
    buf_add_str(&text, "<rss><channel>");
    for (int i = 0; i < MANY; i++)
        buf_add_str(&text, "<item><title>x</title></item>");
    buf_add_str(&text, "</channel></rss>");
    assert_true(feed_parse(buf_span(&text), NULL, URL, arena, &feed, &why));
    assert_int_equal(feed.count, FEED_ENTRIES_MAX);
    arena_free(&arena);
    buf_free(&text);
    buf_free(&why);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_of_every_dialect_are_read),
        cmocka_unit_test(charsets_are_undone),
        cmocka_unit_test(entities_do_not_explode),
        cmocka_unit_test(deep_and_long_ones_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
