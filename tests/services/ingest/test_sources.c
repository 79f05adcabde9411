#include "cmocka_all.h"
#include "sources.h"

#include <unistd.h>

static const char GOOD[] =
    "[{\"id\":\"acme\",\"connector\":\"feed\",\"url\":\"https://acme.example/feed.xml\",\"every\":\"5m\"},\n"
    " {\"kind\":\"blog\",\"url\":\"http://b.example/\",\"connector\":\"feed\",\"id\":\"b\"},\n"
    " {\"id\":\"-\",\"connector\":\"file\",\"path\":\"-\",\"shift-to-now\":true,\"follow\":false}]\n";

static void a_file_of_sources_is_read(void **state) {
    (void)state;
    struct sources sources;
    struct buf errors;
    buf_init(&errors, 4096);
    sources_init(&sources);
    bool good = sources_parse(span_of(GOOD), "s.json", &sources, &errors);
    assert_string_equal(buf_span(&errors).ptr, "");
    assert_true(good);
    assert_int_equal(sources.count, 3);
    assert_string_equal(sources.list[0].id, "acme");
    assert_ptr_equal(sources.list[0].connector, &CONNECTOR_FEED);
    assert_string_equal(*(const char *const *)sources.list[0].conf, "https://acme.example/feed.xml");
    assert_string_equal(*(const char *const *)sources.list[1].conf, "http://b.example/");
    assert_ptr_equal(sources.list[2].connector, &CONNECTOR_FILE);
    sources_free(&sources);
    buf_free(&errors);
}

#define F "{\"id\":\"f\",\"connector\":\"feed\",\"url\":\"http://f.example/\"}"
static const struct {
    const char *text;
    const char *errors[4]; /* each in the output, with as many lines */
} BAD[] = {
    {"", {"s.json:1: ", NULL}},
    {"{}", {"s.json:1: expected an array"}},
    {"[]", {"s.json:1: no source in it"}},
    {"[" F ",\n{\"id\":\"g\"}]", {"s.json:2: g: `connector` is missing; there are feed, file"}},
    {"[{\"connector\":\"feed\"}]", {"s.json:1: `id` is missing"}},
    {"[{\"id\":\"\",\"connector\":\"feed\"}]", {"s.json:1: [0].id: 1 to 512 bytes"}},
    {"[" F ",\n\n" F "]", {"s.json:3: f: two sources have this id"}},
    {"[{\"id\":\"a\",\"connector\":\"fed\"}]",
     {"s.json:1: a: connector: there is no `fed`; there are feed, file"}},
    {"[{\"id\":\"a\",\"connector\":\"feed\",\n\"evry\":\"5m\",\n\"config\":\"x\",\"url\":\"http://"
     "a.example\"},\n"
     "{\"id\":\"b\",\"connector\":\"feed\",\"url\":\"ftp://x\"}]",
     {"s.json:2: a: the connector feed has no `evry`; it has url, every, kind",
      "s.json:3: a: the connector feed has no `config`", "s.json:4: b: url: must begin with http"}},
    {"[{\"id\":\"a\",\"connector\":\"feed\",\"url\":\"http://a.example\",\"every\":\"soon\"},\n"
     "{\"id\":\"b\",\"connector\":\"feed\",\"url\":\"http://a.example\",\"kind\":\"tv\"}]",
     {"s.json:1: a: every: ", "s.json:2: b: kind: "}},
    {"[{\"id\":\"a\",\"connector\":\"feed\",\"url\":[]}]",
     {"s.json:1: [0].url: expected text, a number, true or false"}},
    {"[{\"id\":\"a\",\"id\":\"b\",\"connector\":\"feed\"}]", {"s.json:1: [0].id: "}},
    {"[{\"id\":\"a\",\"connector\":\"feed\"}]", {"s.json:1: a: url: say the address of the feed"}},
    {"[{\"id\":\"a\",\"connector\":\"file\",\"path\":\"/nowhere/x.ndjson\"}]", {"s.json:1: a: path: "}},
};

static void all_that_is_wrong_is_told_with_its_line(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct sources sources;
        struct buf errors;
        size_t lines = 0, wanted = 0;
        buf_init(&errors, 4096);
        sources_init(&sources);
        assert_false(sources_parse(span_of(BAD[i].text), "s.json", &sources, &errors));
        for (size_t k = 0; k < errors.len; k++)
            lines += errors.ptr[k] == '\n';
        for (; wanted < COUNT_OF(BAD[i].errors) && BAD[i].errors[wanted]; wanted++) {
            if (!strstr(errors.ptr, BAD[i].errors[wanted]))
                fail_msg("`%s` is not in\n%s", BAD[i].errors[wanted], errors.ptr);
        }
        assert_int_equal(lines, wanted);
        sources_free(&sources);
        buf_free(&errors);
    }
}

static void operands_are_sources(void **state) {
    (void)state;
    static const char *const URLS[] = {"http://a.example/", "https://b.example/", "b.example",
                                       "http://a.example/"};
    struct {
        const char *url;
        int64_t every;
        int kind;
    } conf = {.every = 5};
    struct sources sources;
    struct buf errors;
    buf_init(&errors, 4096);
    sources_init(&sources);
    assert_false(sources_of_operands(&CONNECTOR_FEED, &conf, URLS, 4, &sources, &errors));
    assert_string_equal(errors.ptr, "b.example: url: must begin with http:// or https://\n"
                                    "http://a.example/: given twice\n");
    assert_int_equal(sources.count, 2);
    assert_string_equal(sources.list[1].id, "feed:https://b.example/");
    assert_string_equal(*(const char *const *)sources.list[1].conf, "https://b.example/");
    sources_free(&sources);
    buf_free(&errors);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_sources_is_read),
        cmocka_unit_test(all_that_is_wrong_is_told_with_its_line),
        cmocka_unit_test(operands_are_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
