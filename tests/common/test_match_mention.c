/* Fields, each asked alone beside a word, of mentions as connectors write them: what is not named in an index
 * must not be missing for it. */
#include "cmocka_all.h"
#include "earshot/buf.h"
#include "earshot/matched.h"
#include "earshot/query.h"

static const struct {
    const char *condition, *members; /* of the mention, beside the required ones and the text `acme` */
    bool matches;
} CASES[] = {
    {"has:link", "", false},
    {"has:link", ",\"links\":[\"https://a.example/\"]", true},
    {"has:link", ",\"links\":[]", false},
    {"has:link", ",\"title\":\"see https://a.example/\"", true},
    {"NOT has:link", ",\"links\":[\"https://a.example/\"]", false},
    {"NOT has:link", "", true},
    {"link:a.example", ",\"links\":[\"https://A.example/x\"]", true},
    {"link:b.example", ",\"links\":[\"https://a.example/x\"]", false},
    {"link:a.example", ",\"title\":\"www.a.example\"", true},
    {"has:media", ",\"attachments\":[{\"type\":\"image\",\"url\":\"https://a.example/1.png\"}]", true},
    {"has:media", ",\"attachments\":[]", false},
    {"has:question", ",\"title\":\"why?\"", true},
    {"has:question", ",\"title\":\"https://a.example/?x\"", false},
    {"has:question", ",\"title\":\"なぜ？\"", true},
    {"has:question", ",\"title\":\"لماذا؟\"", true},
    {"is:reply", ",\"in_reply_to\":\"7\"", true},
    {"is:reply", "", false},
    {"is:repost", ",\"type\":\"repost\"", true},
    {"is:repost", ",\"repost_of\":\"7\"", true},
    {"is:repost", ",\"type\":\"post\"", false},
    {"type:post", ",\"type\":\"post\"", true},
    {"type:post", ",\"type\":\"comment\"", false},
    {"type:post", "", false},
    {"lang:de", ",\"language\":\"de\"", true},
    {"lang:de", ",\"language\":\"de-AT\"", true},
    {"lang:de", ",\"language\":\"nl\"", false},
    {"lang:de", "", false},
    {"NOT lang:de", "", true},
    {"country:NL", ",\"geo\":{\"country\":\"NL\"}", true},
    {"country:NL", ",\"geo\":{\"country\":\"nl\"}", true},
    {"country:NL", ",\"geo\":{\"country\":\"DE\"}", false},
    {"source:mastodon", ",\"source\":{\"platform\":\"mastodon\"}", true},
    {"source:social", ",\"source\":{\"platform\":\"mastodon\",\"kind\":\"social\"}", true},
    {"source:(blog OR bluesky)", ",\"source\":{\"platform\":\"mastodon\",\"kind\":\"social\"}", false},
    {"site:a.example", ",\"url\":\"https://a.example/1\"", true},
    {"site:a.example", ",\"url\":\"https://blog.a.example:8080/1\"", true},
    {"site:a.example", ",\"url\":\"https://ba.example/1\"", false},
    {"site:a.example", ",\"source\":{\"platform\":\"x\",\"host\":\"A.example\"}", true},
    {"author:@ann", ",\"author\":{\"handle\":\"Ann\"}", true},
    {"author:ann", ",\"author\":{\"handle\":\"@ann@a.example\"}", true},
    {"author:@ann", ",\"author\":{\"name\":\"Ann\"}", false},
    {"author:ann", ",\"author\":{\"name\":\"Ann A.\"}", true},
    {"author:\"ann a\"", ",\"author\":{\"name\":\"Ann A.\"}", true},
    {"author:\"a ann\"", ",\"author\":{\"name\":\"Ann A.\"}", false},
    {"author:иван", ",\"author\":{\"name\":\"Иван Петров\"}", true},
    {"author:社交", ",\"author\":{\"name\":\"社交\"}", true},
    {"followers:[10 TO 20]", ",\"author\":{\"followers\":10}", true},
    {"followers:[10 TO 20]", ",\"author\":{\"followers\":20}", true},
    {"followers:[10 TO 20]", ",\"author\":{\"followers\":21}", false},
    {"followers:[10 TO 20]", ",\"author\":{\"followers\":9}", false},
    {"followers:[* TO 20]", "", false},
    {"NOT followers:[* TO 20]", "", true},
    {"engagement:[6 TO 6]", ",\"engagement\":{\"likes\":3,\"reposts\":2,\"replies\":1}", true},
    {"engagement:[3 TO *]", ",\"engagement\":{\"likes\":3,\"reposts\":null}", true},
    {"engagement:[* TO *]", "", false},
    {"rating:[4 TO 5]", ",\"rating\":{\"value\":4.5,\"scale\":5}", true},
    {"rating:[4.6 TO 5]", ",\"rating\":{\"value\":4.5,\"scale\":5}", false},
    {"rating:[* TO *]", "", false},
    {"title:acme", ",\"title\":\"Acme\"", true},
    {"title:acme", "", false},
    {"NOT title:acme", ",\"title\":\"Acme\"", false},
};

static bool run(const char *condition, const char *members, struct arena *arena) {
    struct buf query, json;
    struct mention mention;
    struct fault fault;
    buf_init(&query, 4096);
    buf_init(&json, 4096);
    buf_printf(&query, "acme AND %s", condition);
    buf_printf(&json, "{\"id\":\"m\",\"created_at\":\"2026-11-21T20:25:55Z\",\"text\":\"acme\"%s%s}",
               strstr(members, "\"source\"") ? "" : ",\"source\":{\"platform\":\"x\"}", members);
    if (!mention_read(buf_span(&json), MENTION_RAW, arena, &mention, &fault))
        fail_msg("%s: byte %zu: %s", json.ptr, fault.byte, fault.detail);
    struct match_alert alert = {.id = SPAN("a"), .query = buf_span(&query), .from = INT64_MIN};
    struct match_index *index = match_compile(&alert, 1, NULL);
    struct match_scratch *scratch = match_scratch_new();
    struct match_document document = matched_document(&mention, 0);
    bool found = match_run(index, scratch, &document, arena).count > 0;
    match_scratch_free(&scratch);
    match_index_free(&index);
    buf_free(&query);
    buf_free(&json);
    return found;
}

static void each_field_is_read_where_it_is_asked_alone(void **state) {
    (void)state;
    struct arena *arena = arena_new(65536);
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        if (run(CASES[i].condition, CASES[i].members, arena) != CASES[i].matches) {
            print_error("%s on {%s}: wanted %d\n", CASES[i].condition, CASES[i].members, CASES[i].matches);
            wrong++;
        }
        arena_reset(arena);
    }
    print_message("%zu cases\n", COUNT_OF(CASES));
    assert_int_equal(wrong, 0);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_field_is_read_where_it_is_asked_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
