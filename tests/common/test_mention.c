/* What the contract says of a mention, rule by rule. In a case of FAULTS a `^` stands before the byte that
 * the fault must name, and is taken out. */
#include "cmocka_all.h"
#include "earshot/mention.h"

#include <stdlib.h>

/* The shortest mention, open at its end; with members behind it; and with what the stages append. */
#define BASE                                                                                                 \
    "{\"id\":\"m:1\",\"source\":{\"platform\":\"m\"},\"text\":\"acme\",\"created_at\":\"2026-11-21T20:25:"   \
    "55Z\""
#define WITH(members)    BASE "," members "}"
#define MATCH(id)        "{\"id\":\"" id "\",\"version\":7,\"at\":[[\"text\",0,4]]}"
#define MATCHED(members) WITH("\"matches\":[" MATCH("a") "," MATCH("b") "]" members)
#define SCORED(id)       "{\"id\":\"" id "\",\"label\":\"neutral\",\"score\":0,\"words\":[]}"
#define ONE_MATCH        "\"matches\":[" MATCH("a") "],"
#define ENRICHED(alerts) WITH(ONE_MATCH "\"analysis\":{\"language\":null,\"alerts\":[" alerts "]}")

static const char FULL[] =
    "{\"id\":\"mastodon:example.social:1122\",\"source\":{\"kind\":\"social\",\"platform\":\"mastodon\","
    "\"host\":\"example.social\"},\"type\":\"post\",\"native_id\":\"1122\",\"url\":\"https://example.social/"
    "1122\","
    "\"title\":null,\"text\":\"Acme \\u00fcber "
    "alles\\n\\ud83d\\ude21\",\"language\":\"de\",\"author\":{\"id\":\"9\","
    "\"handle\":\"ann\",\"name\":\"Ann \\\"A\\\" "
    "Li\",\"url\":\"https://example.social/@ann\",\"followers\":120},"
    "\"created_at\":\"2026-11-21T20:25:55Z\",\"updated_at\":null,\"collected_at\":\"2026-11-21T21:25:57.5+01:"
    "00\","
    "\"in_reply_to\":null,\"thread_id\":null,\"repost_of\":null,\"hashtags\":[\"acme\",\"caf\\u00e9\",\"\"],"
    "\"mentions\":[\"@bob\"],\"links\":[\"https://acme.example/\"],\"attachments\":[{\"type\":\"image\","
    "\"url\":\"https://x.example/1.png\",\"description\":null,\"width\":3}],\"engagement\":{\"likes\":1,"
    "\"reposts\":null,\"replies\":0,\"views\":null,\"score\":-2.5},\"rating\":{\"value\":4.5,\"scale\":5},"
    "\"geo\":{\"country\":\"DE\"},\"ours\":{\"deep\":[{\"a\":[1,2,{}]}]}}";

/* The text in a block of exactly its size, so that ASan sees a read past it. */
struct reading {
    char *text;
    size_t len;
    struct arena *arena;
    struct mention mention;
    struct fault fault;
    bool ok;
};

static void reading_begin(struct reading *reading, struct span text, enum mention_stage stage) {
    reading->text = malloc(text.len ? text.len : 1);
    assert_non_null(reading->text);
    if (text.len)
        memcpy(reading->text, text.ptr, text.len);
    reading->len = text.len;
    reading->arena = arena_new(0);
    reading->ok = mention_read((struct span){reading->text, text.len}, stage, reading->arena,
                               &reading->mention, &reading->fault);
    assert_int_equal(reading->ok, reading->fault.reason == FAULT_NONE);
}

static void reading_end(struct reading *reading) {
    arena_free(&reading->arena);
    free(reading->text);
}

#define assert_span(span, text) assert_true(span_eq((span), SPAN(text)))

static void all_members_are_read(void **state) {
    (void)state;
    struct reading reading;
    reading_begin(&reading, SPAN(FULL), MENTION_RAW);
    const struct mention *mention = &reading.mention;
    assert_string_equal(reading.ok ? "" : reading.fault.detail, "");
    assert_span(mention->id, "mastodon:example.social:1122");
    assert_span(mention->platform, "mastodon");
    assert_span(mention->kind, "social");
    assert_span(mention->host, "example.social");
    assert_span(mention->type, "post");
    assert_span(mention->url, "https://example.social/1122");
    assert_null(mention->title.ptr);
    assert_span(mention->text, "Acme \u00fcber alles\n\U0001f621");
    assert_span(mention->language, "de");
    assert_span(mention->country, "DE");
    assert_int_equal(mention->author.ptr[0], '{');
    assert_int_equal(mention->author.ptr[mention->author.len - 1], '}');
    assert_span(mention->author_id, "9");
    assert_span(mention->author_handle, "ann");
    assert_span(mention->author_name, "Ann \"A\" Li");
    assert_int_equal(mention->followers, 120);
    assert_int_equal(mention->created_at, 1795292755);
    assert_int_equal(mention->updated_at, MENTION_NO_TIME);
    assert_int_equal(mention->collected_at, 1795292757);
    assert_int_equal(mention->hashtag_count, 3);
    assert_span(mention->hashtags[0], "acme");
    assert_span(mention->hashtags[1], "caf\u00e9");
    assert_span(mention->hashtags[2], "");
    assert_non_null(mention->hashtags[2].ptr);
    assert_int_equal(mention->mention_count, 1);
    assert_span(mention->mentions[0], "@bob");
    assert_int_equal(mention->body_end, sizeof FULL - 2);
    reading_end(&reading);
}

static void what_is_absent_is_unknown(void **state) {
    (void)state;
    struct reading reading;
    reading_begin(&reading, SPAN(BASE " } \n"), MENTION_RAW);
    assert_true(reading.ok);
    assert_null(reading.mention.title.ptr);
    assert_null(reading.mention.author.ptr);
    assert_null(reading.mention.language.ptr);
    assert_int_equal(reading.mention.followers, -1);
    assert_int_equal(reading.mention.updated_at, MENTION_NO_TIME);
    assert_int_equal(reading.mention.collected_at, MENTION_NO_TIME);
    assert_int_equal(reading.mention.hashtag_count, 0);
    assert_int_equal(reading.mention.match_count, 0);
    assert_int_equal(reading.mention.body_end, sizeof BASE);
    reading_end(&reading);
}

/* Strings without an escape are not copied: that is why the reader is fast. */
static void plain_strings_point_into_the_input(void **state) {
    (void)state;
    struct reading reading;
    reading_begin(&reading, SPAN(FULL), MENTION_RAW);
    assert_in_range((uintptr_t)reading.mention.id.ptr, (uintptr_t)reading.text,
                    (uintptr_t)reading.text + reading.len);
    assert_false(reading.mention.text.ptr >= reading.text &&
                 reading.mention.text.ptr < reading.text + reading.len);
    reading_end(&reading);
}

struct good {
    enum mention_stage stage;
    const char *text;
};

static void what_the_contract_allows_is_taken(void **state) {
    (void)state;
    static const struct good CASES[] = {
        {MENTION_RAW, FULL},
        {MENTION_RAW, " \t\r\n" BASE "}\r\n "},
        {MENTION_RAW, "{\"created_at\":\"2026-11-21T20:25:55Z\",\"text\":\"\",\"source\":{\"platform\":\"m\"}"
                      ",\"id\":\"1\"}"},
        {MENTION_RAW, "{\"id\":\"1\",\"source\":{\"platform\":\"m\"},\"title\":\"t\",\"created_at\":\"2026-"
                      "11-21T20:25:55Z\"}"},
        {MENTION_RAW, "{\"id\":\"1\",\"source\":{\"platform\":\"m\"},\"title\":null,\"text\":\"\",\"created_"
                      "at\":\"2026-11-21T20:25:55Z\"}"},
        {MENTION_RAW, "{\"\\u0069d\":\"1\",\"source\":{\"platform\":\"m\"},\"text\":\"\",\"created_at\":"
                      "\"2026-11-21T20:25:55Z\"}"},
        {MENTION_RAW, WITH("\"updated_at\":\"1999-12-31T23:59:60+14:00\",\"collected_at\":\"2026-11-21T20:25:"
                           "55.123456789Z\"")},
        {MENTION_RAW, WITH("\"type\":null,\"native_id\":null,\"url\":null,\"title\":null,\"language\":null,"
                           "\"author\":null")},
        {MENTION_RAW,
         WITH("\"hashtags\":null,\"mentions\":null,\"links\":null,\"attachments\":null,\"engagement\":null")},
        {MENTION_RAW,
         WITH("\"rating\":null,\"geo\":null,\"updated_at\":null,\"collected_at\":null,\"thread_id\":null")},
        {MENTION_RAW, WITH("\"hashtags\":[],\"mentions\":[],\"links\":[],\"attachments\":[],\"engagement\":{}"
                           ",\"author\":{}")},
        {MENTION_RAW, WITH("\"type\":\"tombstone\"")},
        {MENTION_RAW, WITH("\"author\":{\"id\":null,\"handle\":null,\"name\":null,\"url\":null,\"followers\":"
                           "null,\"x\":0}")},
        {MENTION_RAW, WITH("\"author\":{\"followers\":9223372036854775807}")},
        {MENTION_RAW, WITH("\"unknown\":1e999,\"big\":123456789012345678901234567890")},
        {MENTION_RAW, WITH("\"match\":1,\"Matches\":2,\"analysis \":3,\"matches_\":4")},
        {MENTION_RAW, WITH("\"x\":{\"matches\":1,\"analysis\":2,\"id\":3,\"text\":4}")},
        {MENTION_RAW, WITH("\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")},
        {MENTION_MATCHED, MATCHED("")},
        {MENTION_MATCHED, MATCHED(",\"matches_cut\":12")},
        {MENTION_MATCHED, WITH("\"matches\":[]")},
        {MENTION_MATCHED,
         WITH("\"matches\":[{\"id\":\"a\",\"version\":0,\"at\":[],\"at_cut\":true,\"later\":[1]}]")},
        {MENTION_MATCHED,
         "{\"matches\":[" MATCH("a") "],"
                                     "\"text\":\"acme\",\"id\":\"1\",\"source\":{\"platform\":\"m\"},"
                                     "\"created_at\":\"2026-11-21T20:25:55Z\"}"},
        {MENTION_MATCHED,
         WITH("\"hashtags\":[\"x\"],\"mentions\":[\"y\"],\"title\":\"t\",\"matches\":[{\"id\":\"a\","
              "\"version\":0,"
              "\"at\":[[\"title\",0,1],[\"text\",4,4],[\"hashtags\",0,1],[\"mentions\",0,1]]}]")},
        {MENTION_ENRICHED, ENRICHED(SCORED("a"))},
        {MENTION_ENRICHED, ENRICHED("{\"id\":\"a\",\"label\":\"negative\",\"score\":-1,\"words\":[[\"text\","
                                    "0,4,-2.5]],\"new\":{}}")},
        {MENTION_ENRICHED, WITH("\"analysis\":{\"alerts\":[" SCORED("a") "],\"topics\":[]},"
                                                                         "\"matches\":[" MATCH("a") "]")},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct reading reading;
        reading_begin(&reading, span_of(CASES[i].text), CASES[i].stage);
        if (!reading.ok)
            fail_msg("%s: byte %zu: %s", CASES[i].text, reading.fault.byte, reading.fault.detail);
        reading_end(&reading);
    }
}

struct bad {
    enum mention_stage stage;
    enum fault_reason reason;
    const char *text;
    const char *detail; /* how it begins */
};

/* A case a line. */
// clang-format off
static const struct bad FAULTS[] = {
    /* the whole */
    {MENTION_RAW, FAULT_JSON, "^", "the text ends where an object should be"},
    {MENTION_RAW, FAULT_JSON, "  ^", "the text ends where an object should be"},
    {MENTION_RAW, FAULT_TYPE, "^[]", "expected an object, found an array"},
    {MENTION_RAW, FAULT_TYPE, "^null", "expected an object, found null"},
    {MENTION_RAW, FAULT_TYPE, "^\"x\"", "expected an object, found a string"},
    {MENTION_RAW, FAULT_TYPE, "^12", "expected an object, found a number"},
    {MENTION_RAW, FAULT_TYPE, "^true", "expected an object, found a boolean"},
    {MENTION_RAW, FAULT_JSON, "^hello", "expected an object, found `h`"},
    {MENTION_RAW, FAULT_JSON, "^\xef\xbb\xbf" BASE "}", "expected an object, found byte 0xef"},
    {MENTION_RAW, FAULT_JSON, BASE "}^x", "expected nothing more, found `x`"},
    {MENTION_RAW, FAULT_JSON, BASE "} ^" BASE "}", "expected nothing more, found `{`"},
    {MENTION_RAW, FAULT_JSON, BASE "^", "created_at: the text ends where `,` or `}` should be"},
    {MENTION_RAW, FAULT_JSON, BASE ",^}", "expected the name of a member, found `}`"},
    /* missing */
    {MENTION_RAW, FAULT_MISSING, "{^}", "member `id` is missing"},
    {MENTION_RAW, FAULT_MISSING, "{\"id\":\"1\",\"text\":\"\"^}", "member `source` is missing"},
    {MENTION_RAW, FAULT_MISSING, "{\"source\":{^}}", "source: member `platform` is missing"},
    {MENTION_RAW, FAULT_MISSING, "{\"id\":\"1\",\"source\":{\"platform\":\"m\"},\"text\":\"\"^}", "member `created_at` is missing"},
    {MENTION_RAW, FAULT_MISSING, "{\"id\":\"1\",\"source\":{\"platform\":\"m\"},\"created_at\":\"2026-11-21T20:25:55Z\"^}", "neither `title` nor `text` is a string"},
    {MENTION_RAW, FAULT_MISSING, "{\"id\":\"1\",\"source\":{\"platform\":\"m\"},\"created_at\":\"2026-11-21T20:25:55Z\",\"title\":null,\"text\":null^} ", "neither `title` nor"},
    /* required ones */
    {MENTION_RAW, FAULT_TYPE, "{\"id\":^null}", "id: expected a string, found null"},
    {MENTION_RAW, FAULT_TYPE, "{\"id\":^1}", "id: expected a string, found a number"},
    {MENTION_RAW, FAULT_TYPE, "{\"id\":^\"\"}", "id: must not be empty"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":^null}", "source: expected an object, found null"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":^\"m\"}", "source: expected an object, found a string"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"platform\":^null}}", "source.platform: expected a string, found null"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"platform\":^\"\"}}", "source.platform: must not be empty"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^null}", "created_at: expected a string, found null"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^1795292755}", "created_at: expected a string, found a number"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^\"\"}", "created_at: no RFC 3339 time"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^\"yesterday\"}", "created_at: no RFC 3339 time"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^\"2026-11-21T20:25:55\"}", "created_at: no RFC 3339 time"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^\"2026-13-21T20:25:55Z\"}", "created_at: no RFC 3339 time"},
    {MENTION_RAW, FAULT_TYPE, "{\"created_at\":^\"2026-11-21T20:25:55Z \"}", "created_at: no RFC 3339 time"},
    /* types of the others */
    {MENTION_RAW, FAULT_DUPLICATE, WITH("^\"source\":{}"), "source: a second member"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"kind\":^\"tv\"}}", "source.kind: not one of social, blog, news, forum, review, web"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"kind\":^\"\"}}", "source.kind: not one of social"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"kind\":^\"Social\"}}", "source.kind: not one of social"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"kind\":^1}}", "source.kind: expected a string or null, found a number"},
    {MENTION_RAW, FAULT_TYPE, "{\"source\":{\"host\":^[]}}", "source.host: expected a string or null, found an array"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"type\":^\"tweet\""), "type: not one of post, comment, review, article, repost, tombstone"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"type\":^{}"), "type: expected a string or null, found an object"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"native_id\":^1122"), "native_id: expected a string or null, found a number"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"url\":^true"), "url: expected a string or null, found a boolean"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"title\":^1"), "title: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, "{\"text\":^[\"a\"]}", "text: expected a string or null, found an array"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"language\":^1"), "language: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":^\"ann\""), "author: expected an object or null, found a string"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"id\":^9}"), "author.id: expected a string or null, found a number"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"handle\":^9}"), "author.handle: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"name\":^{}}"), "author.name: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"url\":^false}"), "author.url: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"followers\":^\"120\"}"), "author.followers: expected a number or null, found a string"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"followers\":^-1}"), "author.followers: -1 is not between 0 and 9223372036854775807"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"followers\":^1.5}"), "author.followers: expected an integer, found 1.5"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"followers\":^1e3}"), "author.followers: expected an integer, found 1e3"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"author\":{\"followers\":^9223372036854775808}"), "author.followers: 9223372036854775808 is not between"},
    {MENTION_RAW, FAULT_JSON, WITH("\"author\":{\"followers\":0^1}"), "author.followers: a number must not begin with 0"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"updated_at\":^0"), "updated_at: expected a string or null, found a number"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"updated_at\":^\"\""), "updated_at: no RFC 3339 time"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"collected_at\":^\"now\""), "collected_at: no RFC 3339 time"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"in_reply_to\":^1"), "in_reply_to: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"thread_id\":^1"), "thread_id: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"repost_of\":^{}"), "repost_of: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"hashtags\":^\"acme\""), "hashtags: expected an array or null, found a string"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"hashtags\":[\"a\",^1]"), "hashtags[1]: expected a string, found a number"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"hashtags\":[^null]"), "hashtags[0]: expected a string, found null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"mentions\":[^{}]"), "mentions[0]: expected a string, found an object"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"links\":[\"a\",\"b\",^[]]"), "links[2]: expected a string, found an array"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"links\":^{}"), "links: expected an array or null, found an object"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"attachments\":^{}"), "attachments: expected an array or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"attachments\":[^\"a\"]"), "attachments[0]: expected an object, found a string"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"attachments\":[{},{\"url\":^1}]"), "attachments[1].url: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"attachments\":[{\"type\":^1}]"), "attachments[0].type: expected a string or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"attachments\":[{\"description\":^1}]"), "attachments[0].description: expected"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":^[]"), "engagement: expected an object or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":{\"likes\":^\"1\"}"), "engagement.likes: expected a number or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":{\"reposts\":^-1}"), "engagement.reposts: -1 is not between"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":{\"replies\":^0.1}"), "engagement.replies: expected an integer"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":{\"views\":^true}"), "engagement.views: expected a number or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":{\"score\":^\"x\"}"), "engagement.score: expected a number or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"engagement\":{\"score\":^1e999}"), "engagement.score: 1e999 is not between"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"rating\":^5"), "rating: expected an object or null, found a number"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"rating\":{\"value\":^\"5\"}"), "rating.value: expected a number or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"rating\":{\"scale\":^[]}"), "rating.scale: expected a number or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"geo\":^\"DE\""), "geo: expected an object or null"},
    {MENTION_RAW, FAULT_TYPE, WITH("\"geo\":{\"country\":^49}"), "geo.country: expected a string or null"},
    {MENTION_RAW, FAULT_SIZE, WITH("\"language\":^\"123456789012345678901234567890123456\""), "language: 36 bytes, more than 35"},
    {MENTION_RAW, FAULT_SIZE, WITH("\"geo\":{\"country\":^\"12345678901234567890123456789012345678901234567890123456789012345\"}"), "geo.country: 65 bytes, more than 64"},
    {MENTION_RAW, FAULT_SIZE, "{\"source\":{\"platform\":^\"12345678901234567890123456789012345678901234567890123456789012345\"}}", "source.platform: 65 bytes"},
    /* doubled */
    {MENTION_RAW, FAULT_DUPLICATE, WITH("^\"id\":\"m:1\""), "id: a second member of this name"},
    {MENTION_RAW, FAULT_DUPLICATE, WITH("^\"\\u0074ext\":\"x\""), "text: a second member of this name"},
    {MENTION_RAW, FAULT_DUPLICATE, WITH("\"title\":null,^\"title\":null"), "title: a second member"},
    {MENTION_RAW, FAULT_DUPLICATE, WITH("\"author\":{\"id\":null,^\"id\":\"x\"}"), "author.id: a second member"},
    {MENTION_RAW, FAULT_DUPLICATE, WITH("\"x\":1,\"y\":2,^\"x\":1"), "x: a second member"},
    {MENTION_RAW, FAULT_DUPLICATE, WITH("\"x\":[0,{\"a\":1,^\"a\":1}]"), "x[1].a: a second member"},
    {MENTION_RAW, FAULT_DUPLICATE, WITH("\"attachments\":[{\"x\":1,^\"x\":1}]"), "attachments[0].x: a second member"},
    /* reserved */
    {MENTION_RAW, FAULT_RESERVED, WITH("^\"matches\":[]"), "matches: a later stage appends this member"},
    {MENTION_RAW, FAULT_RESERVED, WITH("^\"matches\":null"), "matches: a later stage"},
    {MENTION_RAW, FAULT_RESERVED, WITH("^\"matches_cut\":0"), "matches_cut: a later stage"},
    {MENTION_RAW, FAULT_RESERVED, WITH("^\"analysis\":{}"), "analysis: a later stage"},
    {MENTION_RAW, FAULT_RESERVED, WITH("^\"\\u0061nalysis\":{}"), "analysis: a later stage"},
    {MENTION_MATCHED, FAULT_RESERVED, MATCHED(",^\"analysis\":{}"), "analysis: a later stage"},
    /* depth, UTF-8 and grammar, deep inside */
    {MENTION_RAW, FAULT_DEPTH, WITH("\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[^[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), "x[0][0]"},
    {MENTION_RAW, FAULT_DEPTH, WITH("\"x\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":^{"), "x: more than 32 levels"},
    {MENTION_RAW, FAULT_UTF8, WITH("\"title\":\"abc^\xc3(\""), "title: byte 0xc3 begins no valid UTF-8 character"},
    {MENTION_RAW, FAULT_UTF8, WITH("\"title\":\"^\xed\xa0\x80\""), "title: byte 0xed begins no valid"},
    {MENTION_RAW, FAULT_UTF8, WITH("\"title\":\"a^\\ud83d\""), "title: \\ud83d is half of a surrogate pair"},
    {MENTION_RAW, FAULT_UTF8, WITH("\"title\":\"a^\\u0000\""), "title: the character \\u0000 is not accepted"},
    {MENTION_RAW, FAULT_UTF8, WITH("\"^\xff\":1"), "byte 0xff begins no valid"},
    {MENTION_RAW, FAULT_JSON, WITH("\"title\":\"a^\nb\""), "title: control character 0x0a in a string"},
    {MENTION_RAW, FAULT_JSON, WITH("\"title\":\"a\\^q\""), "title: no escape"},
    {MENTION_RAW, FAULT_JSON, WITH("\"title\":^nul"), "title: expected a string or null, found `n`"},
    {MENTION_RAW, FAULT_JSON, WITH("\"title\":^,"), "title: expected a string or null, found `,`"},
    {MENTION_RAW, FAULT_JSON, WITH("\"title\":\"a\"^:"), "title: expected `,` or `}`, found `:`"},
    {MENTION_RAW, FAULT_JSON, WITH("\"hashtags\":[\"a\"^;]"), "hashtags[0]: expected `,` or `]`, found `;`"},
    {MENTION_RAW, FAULT_JSON, WITH("\"hashtags\":[\"a\",^]"), "hashtags[1]: expected a string, found `]`"},
    /* matches */
    {MENTION_MATCHED, FAULT_MISSING, BASE "^}", "member `matches` is missing"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":^null"), "matches: expected an array, found null"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":^{}"), "matches: expected an array, found an object"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[^1]"), "matches[0]: expected an object, found a number"},
    {MENTION_MATCHED, FAULT_MISSING, WITH("\"matches\":[{^}]"), "matches[0]: member `id` is missing"},
    {MENTION_MATCHED, FAULT_MISSING, WITH("\"matches\":[{\"id\":\"a\",\"at\":[]^}]"), "matches[0]: member `version` is missing"},
    {MENTION_MATCHED, FAULT_MISSING, WITH("\"matches\":[{\"id\":\"a\",\"version\":1^}]"), "matches[0]: member `at` is missing"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"id\":^\"A\"}]"), "matches[0].id: not the id of an alert"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"id\":^\"a}\"}]"), "matches[0].id: not the id of an alert"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"id\":^null}]"), "matches[0].id: expected a string, found null"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"version\":^-1}]"), "matches[0].version: -1 is not between"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"version\":^\"1\"}]"), "matches[0].version: expected a number, found a string"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":^{}}]"), "matches[0].at: expected an array, found an object"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[^1]}]"), "matches[0].at[0]: expected an array, found a number"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[^[]]}]"), "matches[0].at[0]: expected [field,start,end]"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[^[\"text\",0]]}]"), "matches[0].at[0]: expected [field,start,end]"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[^[\"text\",0,4,1]]}]"), "matches[0].at[0]: a range of 4 elements, expected 3"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[[^\"url\",0,4]]}]"), "matches[0].at[0][0]: not one of title, text"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[[\"text\",^\"0\",4]]}]"), "matches[0].at[0][1]: expected a number"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[[\"text\",3,^2]]}]"), "matches[0].at[0][2]: 2 is not between 3 and"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at\":[[\"text\",0,^4294967296]]}]"), "matches[0].at[0][2]: 4294967296 is not"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"at_cut\":^1}]"), "matches[0].at_cut: expected true or false, found a number"},
    {MENTION_MATCHED, FAULT_DUPLICATE, WITH("\"matches\":[{\"id\":\"a\",^\"id\":\"a\"}]"), "matches[0].id: a second member"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[" MATCH("b") ",^" MATCH("a") "]"), "matches[1]: matches must ascend by id"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[" MATCH("a") ",^" MATCH("a") "]"), "matches[1]: matches must ascend by id"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[" MATCH("ab") ",^" MATCH("a") "]"), "matches[1]: matches must ascend by id"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"id\":\"a\",\"version\":1,\"at\":[[\"text\",0,4],^[\"text\",0,5]]}]"), "a range ends at 5, but `text` has 4"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"matches\":[{\"id\":\"a\",\"version\":1,\"at\":[^[\"title\",0,1]]}]"), "a range ends at 1, but `title` has 0"},
    {MENTION_MATCHED, FAULT_TYPE, WITH("\"hashtags\":[\"x\"],\"matches\":[{\"id\":\"a\",\"version\":1,\"at\":[^[\"hashtags\",1,2]]}]"), "a range ends at 2, but `hashtags` has 1"},
    {MENTION_MATCHED, FAULT_TYPE, MATCHED(",\"matches_cut\":^\"1\""), "matches_cut: expected a number or null"},
    {MENTION_MATCHED, FAULT_TYPE, MATCHED(",\"matches_cut\":^-1"), "matches_cut: -1 is not between"},
    /* analysis */
    {MENTION_ENRICHED, FAULT_MISSING, WITH(ONE_MATCH "\"x\":1^"), "member `analysis` is missing"},
    {MENTION_ENRICHED, FAULT_MISSING, WITH("\"analysis\":{\"alerts\":[]}^"), "member `matches` is missing"},
    {MENTION_ENRICHED, FAULT_TYPE, WITH(ONE_MATCH "\"analysis\":^null"), "analysis: expected an object, found null"},
    {MENTION_ENRICHED, FAULT_MISSING, WITH(ONE_MATCH "\"analysis\":{^}"), "analysis: member `alerts` is missing"},
    {MENTION_ENRICHED, FAULT_TYPE, WITH(ONE_MATCH "\"analysis\":{\"alerts\":^null}"), "analysis.alerts: expected an array, found null"},
    {MENTION_ENRICHED, FAULT_TYPE, WITH(ONE_MATCH "\"analysis\":{\"language\":^1}"), "analysis.language: expected a string or null"},
    {MENTION_ENRICHED, FAULT_TYPE, WITH(ONE_MATCH "\"analysis\":^{\"alerts\":[]}"), "analysis.alerts: 0 elements, but there are 1 matches"},
    {MENTION_ENRICHED, FAULT_TYPE, WITH(ONE_MATCH "\"analysis\":^{\"alerts\":[" SCORED("b") "]}"), "analysis.alerts[0].id: not that of matches[0]"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"id\":^\"!\"}"), "analysis.alerts[0].id: not the id of an alert"},
    {MENTION_ENRICHED, FAULT_MISSING, ENRICHED("{\"id\":\"a\"^}"), "analysis.alerts[0]: member `label` is missing"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"label\":^\"good\"}"), "analysis.alerts[0].label: not one of positive, neutral, negative"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"label\":^null}"), "analysis.alerts[0].label: expected a string, found null"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"score\":^1.001}"), "analysis.alerts[0].score: 1.001 is not between -1 and 1"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"score\":^-2}"), "analysis.alerts[0].score: -2 is not between"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"score\":^null}"), "analysis.alerts[0].score: expected a number, found null"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"words\":[^[\"text\",0,4]]}"), "analysis.alerts[0].words[0]: a range of 3 elements, expected 4"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"words\":[[\"text\",0,4,^\"x\"]]}"), "analysis.alerts[0].words[0][3]: expected a number"},
    {MENTION_ENRICHED, FAULT_SIZE, ENRICHED("{\"words\":[[\"text\",0,0,0],[\"text\",0,0,0],[\"text\",0,0,0],[\"text\",0,0,0],[\"text\",0,0,0],[\"text\",0,0,0],[\"text\",0,0,0],[\"text\",0,0,0],^[\"text\",0,0,0]]}"), "analysis.alerts[0].words[8]: more than 8 ranges"},
    {MENTION_ENRICHED, FAULT_TYPE, ENRICHED("{\"id\":\"a\",\"label\":\"neutral\",\"score\":0,\"words\":[^[\"text\",0,5,1]]}"), "a range ends at 5, but `text` has 4"},
};
// clang-format on

/* The case without its `^`, and where that stood. */
static struct span without_mark(const char *text, struct arena *arena, size_t *byte) {
    const char *mark = strchr(text, '^');
    assert_non_null(mark);
    *byte = (size_t)(mark - text);
    const char *clean = arena_printf(arena, "%.*s%s", (int)*byte, text, mark + 1);
    return span_of(clean);
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < COUNT_OF(FAULTS); i++) {
        const struct bad *test = &FAULTS[i];
        size_t byte;
        struct reading reading;
        reading_begin(&reading, without_mark(test->text, arena, &byte), test->stage);
        const struct fault *fault = &reading.fault;
        if (reading.ok || fault->reason != test->reason || fault->byte != byte ||
            strncmp(fault->detail, test->detail, strlen(test->detail)) != 0)
            fail_msg("%s: %s, byte %zu: %s", test->text, fault_name(fault->reason), fault->byte,
                     fault->detail);
        reading_end(&reading);
    }
    arena_free(&arena);
}

/* Every prefix of a mention is refused for its end, and nothing behind it is looked at. */
static void a_cut_mention_is_refused_at_its_end(void **state) {
    (void)state;
    for (size_t len = 0; len < sizeof FULL - 1; len++) {
        struct reading reading;
        reading_begin(&reading, (struct span){FULL, len}, MENTION_RAW);
        assert_false(reading.ok);
        if (reading.fault.reason != FAULT_JSON && reading.fault.reason != FAULT_UTF8)
            fail_msg("%zu: %s: %s", len, fault_name(reading.fault.reason), reading.fault.detail);
        assert_in_range(reading.fault.byte, len < 8 ? 0 : len - 8, len);
        reading_end(&reading);
    }
}

/* A mention of exactly size bytes. */
static void sized(struct buf *text, size_t size) {
    buf_clear(text);
    buf_add_str(text, BASE ",\"x\":\"");
    while (text->len + 2 < size)
        buf_add_char(text, 'x');
    buf_add_str(text, "\"}");
    assert_int_equal(text->len, size);
}

static void size_is_limited_by_stage(void **state) {
    (void)state;
    static const struct {
        enum mention_stage stage;
        size_t max;
    } CASES[] = {{MENTION_RAW, MENTION_BYTES_MAX}, {MENTION_MATCHED, MENTION_RECORD_MAX}};
    struct buf text;
    buf_init(&text, 4 << 20);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct reading reading;
        sized(&text, CASES[i].max);
        reading_begin(&reading, buf_span(&text), CASES[i].stage);
        assert_int_equal(reading.fault.reason, CASES[i].stage == MENTION_RAW ? FAULT_NONE : FAULT_MISSING);
        reading_end(&reading);
        sized(&text, CASES[i].max + 1);
        reading_begin(&reading, buf_span(&text), CASES[i].stage);
        assert_int_equal(reading.fault.reason, FAULT_SIZE);
        assert_int_equal(reading.fault.byte, CASES[i].max);
        reading_end(&reading);
    }
    buf_free(&text);
}

static void an_id_has_at_most_512_bytes(void **state) {
    (void)state;
    for (int len = MENTION_ID_MAX; len <= MENTION_ID_MAX + 1; len++) {
        struct buf text;
        struct reading reading;
        buf_init(&text, 4096);
        buf_printf(&text, "{\"id\":\"%0*d\",", len, 7);
        buf_add_str(&text, &BASE[strlen("{\"id\":\"m:1\",")]);
        buf_add_char(&text, '}');
        reading_begin(&reading, buf_span(&text), MENTION_RAW);
        assert_int_equal(reading.fault.reason, len == MENTION_ID_MAX ? FAULT_NONE : FAULT_SIZE);
        reading_end(&reading);
        buf_free(&text);
    }
}

/* `matches` with count elements, each with `ranges` ranges. */
static void matched(struct buf *text, int count, int ranges) {
    buf_clear(text);
    buf_add_str(text, BASE ",\"matches\":[");
    for (int i = 0; i < count; i++) {
        buf_printf(text, "%s{\"id\":\"a%04d\",\"version\":%d,\"at\":[", i ? "," : "", i, i);
        for (int j = 0; j < ranges; j++)
            buf_printf(text, "%s[\"text\",%d,4]", j ? "," : "", j % 4);
        buf_add_str(text, "]}");
    }
    buf_add_str(text, "]}");
}

static void matches_and_their_ranges_are_limited(void **state) {
    (void)state;
    static const struct {
        int count, ranges;
        enum fault_reason reason;
    } CASES[] = {{MENTION_MATCHES_MAX, MENTION_RANGES_MAX, FAULT_NONE},
                 {MENTION_MATCHES_MAX + 1, 0, FAULT_SIZE},
                 {1, MENTION_RANGES_MAX + 1, FAULT_SIZE}};
    struct buf text;
    buf_init(&text, 4 << 20);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct reading reading;
        matched(&text, CASES[i].count, CASES[i].ranges);
        reading_begin(&reading, buf_span(&text), MENTION_MATCHED);
        assert_int_equal(reading.fault.reason, CASES[i].reason);
        if (reading.ok) {
            assert_int_equal(reading.mention.match_count, MENTION_MATCHES_MAX);
            assert_span(reading.mention.matches[999].id, "a0999");
            assert_int_equal(reading.mention.matches[999].version, 999);
        }
        reading_end(&reading);
    }
    buf_free(&text);
}

static void appended_members_are_read_by_the_next_stage(void **state) {
    (void)state;
    struct buf text, next;
    struct reading reading;
    buf_init(&text, 1 << 20);
    buf_init(&next, 1 << 20);
    reading_begin(&reading, SPAN("\n" BASE " }\n"), MENTION_RAW);
    assert_true(reading.ok);
    mention_append(
        &text, (struct span){reading.text, reading.len}, &reading.mention, "matches",
        SPAN("[" MATCH("a") ",{\"id\":\"b\",\"version\":8,\"at\":[],\"at_cut\":true}],\"matches_cut\":3"));
    reading_end(&reading);
    assert_string_equal(text.ptr,
                        "\n" BASE " ,\"matches\":[" MATCH("a") ",{\"id\":\"b\",\"version\":8,\"at\":[],"
                                                               "\"at_cut\":true}],\"matches_cut\":3}\n");

    reading_begin(&reading, buf_span(&text), MENTION_MATCHED);
    assert_string_equal(reading.ok ? "" : reading.fault.detail, "");
    assert_int_equal(reading.mention.match_count, 2);
    assert_int_equal(reading.mention.matches_cut, 3);
    assert_span(reading.mention.matches[0].at, "[[\"text\",0,4]]");
    assert_false(reading.mention.matches[0].at_cut);
    assert_true(reading.mention.matches[1].at_cut);
    assert_int_equal(reading.mention.matches[1].version, 8);
    mention_append(&next, (struct span){reading.text, reading.len}, &reading.mention, "analysis",
                   SPAN("{\"language\":\"en\",\"alerts\":[" SCORED(
                       "a") ",{\"id\":\"b\",\"label\":\"negative\","
                            "\"score\":-0.4567,\"words\":[[\"text\",0,4,-2.5]]}]}"));
    reading_end(&reading);

    reading_begin(&reading, buf_span(&next), MENTION_ENRICHED);
    assert_string_equal(reading.ok ? "" : reading.fault.detail, "");
    assert_span(reading.mention.analysis_language, "en");
    assert_span(reading.mention.analyses[0].label, "neutral");
    assert_int_equal(reading.mention.analyses[1].score, -457);
    assert_span(reading.mention.analyses[1].id, "b");
    const struct mention_range *ranges;
    assert_int_equal(mention_ranges(reading.mention.analyses[1].words, reading.arena, &ranges), 1);
    assert_span(ranges[0].field, "text");
    assert_int_equal(ranges[0].start, 0);
    assert_int_equal(ranges[0].end, 4);
    assert_true(ranges[0].weight == -2.5);
    assert_int_equal(mention_ranges(reading.mention.analyses[0].words, reading.arena, &ranges), 0);
    assert_int_equal(mention_ranges((struct span){0}, reading.arena, &ranges), 0);
    reading_end(&reading);
    buf_free(&text);
    buf_free(&next);
}

static void a_null_record_is_refused(void **state) {
    (void)state;
    struct reading reading;
    reading_begin(&reading, (struct span){0}, MENTION_RAW);
    assert_false(reading.ok);
    assert_int_equal(reading.fault.reason, FAULT_JSON);
    reading_end(&reading);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_members_are_read),
        cmocka_unit_test(what_is_absent_is_unknown),
        cmocka_unit_test(plain_strings_point_into_the_input),
        cmocka_unit_test(what_the_contract_allows_is_taken),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_cut_mention_is_refused_at_its_end),
        cmocka_unit_test(size_is_limited_by_stage),
        cmocka_unit_test(an_id_has_at_most_512_bytes),
        cmocka_unit_test(matches_and_their_ranges_are_limited),
        cmocka_unit_test(appended_members_are_read_by_the_next_stage),
        cmocka_unit_test(a_null_record_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
