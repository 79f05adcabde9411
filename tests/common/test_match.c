/* The engine: many alerts at once, their order, limits and times; against the slow oracle at random; hostile
 * texts.
 */
#include "earshot/match.h"

#include "cmocka_all.h"
#include "match_oracle.h"

#include "earshot/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct bench {
    struct match_scratch *scratch;
    struct arena *arena;
    const struct match *matches;
    size_t count, cut;
};

static int setup(void **state) {
    struct bench *bench = xcalloc(1, sizeof *bench);
    bench->scratch = match_scratch_new();
    bench->arena = arena_new(4096);
    *state = bench;
    return 0;
}

static int teardown(void **state) {
    struct bench *bench = *state;
    match_scratch_free(&bench->scratch);
    arena_free(&bench->arena);
    free(bench);
    return 0;
}

static void run(struct bench *bench, const struct match_index *index, const struct match_document *document) {
    arena_reset(bench->arena);
    struct match_result found = match_run(index, bench->scratch, document, bench->arena);
    bench->count = found.count;
    bench->cut = found.cut;
    bench->matches = found.matches;
}

static void run_text(struct bench *bench, const struct match_index *index, const char *text) {
    struct match_document document = {.text = span_of(text)};
    run(bench, index, &document);
}

static void matches_are_sorted_by_id(void **state) {
    struct bench *bench = *state;
    static const struct match_alert ALERTS[] = {
        {.id = {"b", 1}, .version = 2, .query = {"acme", 4}},
        {.id = {"a-b", 3}, .version = 3, .query = {"acme", 4}},
        {.id = {"a", 1}, .version = 4, .query = {"ACME", 4}},
        {.id = {"ab", 2}, .version = 5, .query = {"corp", 4}},
        {.id = {"a_b", 3}, .version = 6, .query = {"acme", 4}},
    };
    struct match_index *index = match_compile(ALERTS, COUNT_OF(ALERTS), NULL);
    assert_int_equal(match_index_count(index), 5);
    run_text(bench, index, "acme");
    assert_int_equal(bench->count, 4);
    static const char *const IDS[] = {"a", "a-b", "a_b", "b"};
    for (size_t i = 0; i < 4; i++)
        assert_true(span_eq(bench->matches[i].id, span_of(IDS[i])));
    assert_int_equal(bench->matches[0].version, 4);
    run_text(bench, index, "nothing");
    assert_int_equal(bench->count, 0);
    match_index_free(&index);
    assert_null(index);
    index = match_compile(NULL, 0, NULL);
    run_text(bench, index, "acme");
    assert_int_equal(bench->count, 0);
    match_index_free(&index);
}

static void versions_are_in_force_at_their_time(void **state) {
    struct bench *bench = *state;
    static const struct match_alert ALERTS[] = {
        {.id = {"a", 1}, .version = 1, .query = {"acme", 4}, .from = 1000, .to = 2000},
        {.id = {"a", 1}, .version = 2, .query = {"acme", 4}, .from = 2000, .to = 3000},
        {.id = {"a", 1}, .version = 5, .query = {"corp", 4}, .from = 3000},
        {.id = {"b", 1}, .version = 3, .query = {"acme OR corp", 12}, .from = 2500, .to = 2500},
    };
    static const struct {
        int64_t time, version;
    } CASES[] = {{0, -1},   {999, -1}, {1000, 1}, {1999, 1},     {2000, 2},
                 {2500, 2}, {2999, 2}, {3000, 5}, {INT64_MAX, 5}};
    struct match_index *index = match_compile(ALERTS, COUNT_OF(ALERTS), NULL);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct match_document document = {.text = SPAN("acme corp"), .time = CASES[i].time};
        run(bench, index, &document);
        assert_int_equal(bench->count, CASES[i].version >= 0);
        if (bench->count)
            assert_int_equal(bench->matches->version, CASES[i].version);
    }
    match_index_free(&index);
}

/* The first text that a scratch sees, of a query that is tried on all. */
static void an_empty_text_is_tried(void **state) {
    struct bench *bench = *state;
    const struct match_alert alert = {.id = SPAN("a"), .query = SPAN("{#} -{B}")};
    struct match_index *index = match_compile(&alert, 1, NULL);
    run_text(bench, index, "");
    assert_int_equal(bench->count, 0);
    run_text(bench, index, "#");
    assert_int_equal(bench->count, 1);
    match_index_free(&index);
}

/* More places than one part shows are no loss where the part is not shown. */
static void what_is_false_cuts_no_ranges(void **state) {
    static const char *const QUERIES[] = {"(corp NOT acme) OR beta", "(acme AND gone) OR beta"};
    struct bench *bench = *state;
    struct buf text;
    buf_init(&text, 8192);
    buf_add_str(&text, "beta corp");
    for (int i = 0; i < 1100; i++)
        buf_add_str(&text, " acme");
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
        const struct match_alert alert = {.id = SPAN("a"), .query = span_of(QUERIES[i])};
        struct match_index *index = match_compile(&alert, 1, NULL);
        run_text(bench, index, text.ptr);
        assert_int_equal(bench->count, 1);
        assert_int_equal(bench->matches->range_count, 1);
        assert_false(bench->matches->ranges_cut);
        match_index_free(&index);
    }
    buf_free(&text);
}

static void limits_cut_and_say_so(void **state) {
    struct bench *bench = *state;
    enum { COUNT = MATCH_ALERTS_MAX + 7 };
    struct match_alert *alerts = xcalloc(COUNT, sizeof *alerts);
    char(*ids)[16] = xcalloc(COUNT, sizeof *ids);
    for (int i = 0; i < COUNT; i++) {
        snprintf(ids[i], sizeof ids[i], "%05d", COUNT - 1 - i);
        alerts[i] = (struct match_alert){.id = span_of(ids[i]), .version = i, .query = SPAN("acme")};
    }
    struct match_index *index = match_compile(alerts, COUNT, NULL);
    struct buf text;
    buf_init(&text, 4096);
    for (int i = 0; i < MATCH_RANGES_MAX; i++)
        buf_add_str(&text, "acme ");
    run_text(bench, index, text.ptr);
    assert_int_equal(bench->count, MATCH_ALERTS_MAX);
    assert_int_equal(bench->cut, 7);
    assert_true(span_eq(bench->matches[MATCH_ALERTS_MAX - 1].id, SPAN("00999")));
    assert_int_equal(bench->matches->range_count, MATCH_RANGES_MAX);
    assert_false(bench->matches->ranges_cut);
    buf_add_str(&text, "acme");
    run_text(bench, index, text.ptr);
    assert_int_equal(bench->matches->range_count, MATCH_RANGES_MAX);
    assert_true(bench->matches->ranges_cut);
    assert_int_equal(bench->matches->ranges[MATCH_RANGES_MAX - 1].end, text.len - 5);
    buf_free(&text);
    match_index_free(&index);
    free(alerts);
    free(ids);
}

/* Random queries and texts against the oracle. */

static uint64_t random_state;

static uint32_t roll(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

static const char *const WORDS[] = {
    "a",
    "b",
    "c",
    "acme",
    "corp",
    "cafe",
    "caf\u00e9",
    "CAFE\u0301",
    "mueller",
    "muller",
    "m\u00fcller",
    "\u0142\u00f3d\u017a",
    "lodz",
    "\u793e",
    "\u4ea4",
    "\u793e\u4ea4",
    "\u8046\u807d",
    "\u542c",
    "x\u793e",
    "#a",
    "#acme",
    "#caf\u00e9",
    "#\u793e\u4ea4",
    "@a",
    "@a@x.example",
    "@acme",
    "$acm",
    "\U0001F621",
    "\U0001F44D\U0001F3FD",
    "\U0001F44D",
    "\u043c\u0438\u0440",
};

static const char *random_word(void) {
    return WORDS[roll(roll(2) ? 3 : COUNT_OF(WORDS))];
}

static void random_phrase(struct buf *out) {
    uint32_t words = roll(3) ? 1 : 1 + roll(3);
    if (words == 1) {
        buf_add_str(out, random_word());
        return;
    }
    buf_add_char(out, '"');
    while (words--)
        buf_printf(out, "%s%s", random_word(), words ? " " : "");
    buf_add_char(out, '"');
}

static void random_query(struct buf *out, int depth) {
    if (depth == 0 || roll(3) == 0) {
        random_phrase(out);
        return;
    }
    const char *operator= roll(2) ? " AND " : " OR ";
    uint32_t parts = 1 + roll(3);
    for (uint32_t i = 0; i < parts; i++) {
        buf_add_str(out, i ? operator: "");
        buf_add_str(out, roll(4) == 0 ? "NOT (" : "(");
        random_query(out, depth - 1);
        buf_add_char(out, ')');
    }
}

static void random_text(struct buf *out, uint32_t words) {
    static const char *const BETWEEN[] = {" ", " ", " ", ", ", "-", "", "\n", " https://x.com/a "};
    while (words--)
        buf_printf(out, "%s%s", random_word(), BETWEEN[roll(COUNT_OF(BETWEEN))]);
}

enum { ALERTS = 16, TEXTS = 16, ELEMENTS = 3 };

struct round {
    struct buf queries[ALERTS], titles[TEXTS], texts[TEXTS];
    struct match_alert alerts[ALERTS];
    char ids[ALERTS][8];
};

static void make_round(struct round *round, struct arena *arena) {
    struct query_error error;
    for (size_t i = 0; i < ALERTS; i++) {
        struct buf *query = &round->queries[i];
        do {
            buf_clear(query);
            random_query(query, (int)roll(4));
        } while (!query_parse(buf_span(query), arena, &error));
        snprintf(round->ids[i], sizeof round->ids[i], "%zu", i + 10);
        round->alerts[i] = (struct match_alert){.id = span_of(round->ids[i]), .query = buf_span(query)};
    }
    for (size_t i = 0; i < TEXTS; i++) {
        buf_clear(&round->titles[i]);
        buf_clear(&round->texts[i]);
        random_text(&round->titles[i], roll(4));
        random_text(&round->texts[i], roll(4) ? roll(12) : roll(120));
    }
}

static void compare(struct bench *bench, const struct round *round, const struct match_document *document,
                    uint64_t seed) {
    struct buf expected, given;
    buf_init(&expected, 1 << 16);
    buf_init(&given, 1 << 16);
    for (size_t i = 0, next = 0; i < ALERTS; i++) {
        buf_clear(&expected);
        buf_clear(&given);
        bool should = oracle_match(round->alerts[i].query, document, &expected);
        bool does = next < bench->count && span_eq(bench->matches[next].id, round->alerts[i].id);
        if (does)
            oracle_print(&bench->matches[next++], &given);
        if (should != does || !span_eq(buf_span(&expected), buf_span(&given)))
            fail_msg("seed %llu: query %s\ntitle %.*s\ntext %.*s\nexpected %d %s\ngiven    %d %s",
                     (unsigned long long)seed, round->queries[i].ptr, (int)document->title.len,
                     document->title.ptr, (int)document->text.len, document->text.ptr, should,
                     buf_span(&expected).ptr, does, buf_span(&given).ptr);
    }
    buf_free(&expected);
    buf_free(&given);
}

static void random_pairs_agree_with_the_oracle(void **state) {
    struct bench *bench = *state;
    const char *given = getenv("EARSHOT_SEED"), *rounds = getenv("EARSHOT_ROUNDS");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 0xEA85107;
    size_t count = rounds ? strtoull(rounds, NULL, 10) : 450, matched = 0;
    struct round *round = xcalloc(1, sizeof *round);
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < ALERTS; i++)
        buf_init(&round->queries[i], 1 << 16);
    for (size_t i = 0; i < TEXTS; i++) {
        buf_init(&round->titles[i], 1 << 16);
        buf_init(&round->texts[i], 1 << 16);
    }
    printf("seed %llu, %zu rounds\n", (unsigned long long)seed, count);
    for (size_t n = 0; n < count; n++) {
        random_state = (seed + n) * 0x9E3779B97F4A7C15u | 1;
        make_round(round, arena);
        arena_reset(arena);
        struct match_index *index = match_compile(round->alerts, ALERTS, NULL);
        for (size_t i = 0; i < TEXTS; i++) {
            struct span tags[ELEMENTS], names[ELEMENTS];
            for (size_t j = 0; j < ELEMENTS; j++) {
                tags[j] = span_of(random_word());
                names[j] = span_of(random_word());
            }
            struct match_document document = {.title = buf_span(&round->titles[i]),
                                              .text = buf_span(&round->texts[i]),
                                              .hashtags = tags,
                                              .hashtag_count = roll(ELEMENTS + 1),
                                              .mentions = names,
                                              .mention_count = roll(ELEMENTS + 1)};
            run(bench, index, &document);
            matched += bench->count;
            compare(bench, round, &document, seed + n);
        }
        match_index_free(&index);
    }
    printf("%zu pairs, %zu of them match\n", count * ALERTS * TEXTS, matched);
    for (size_t i = 0; i < ALERTS; i++)
        buf_free(&round->queries[i]);
    for (size_t i = 0; i < TEXTS; i++) {
        buf_free(&round->titles[i]);
        buf_free(&round->texts[i]);
    }
    free(round);
    arena_free(&arena);
}

/* Texts that are made to be slow: a quarter MiB each, within what a mention may have. Time is CPU time, and
 * the limit is a hundred times what it takes: it is there to catch a square. */

static double cpu_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void hostile_texts_stay_linear(void **state) {
    struct bench *bench = *state;
    enum { SIZE = 256 * 1024, LIMIT_MS = 3000 };
    static const char *const UNITS[] = {
        "a ",
        "a b ",
        "a#",
        "@a@",
        "@a.",
        "@a-",
        "www.",
        "\u0301",
        "\u0323\u0301",
        "\ufdfa",
        "\u200d",
        "\U0001F468\u200d",
        "\U0001F1E9",
        "\u793e",
        "1\ufe0f",
        "#",
        "$a",
        "\u0e31",
        "e\u0301",
        "\u0345\u0301",
        "\xff",
        "a\u0316\u0301\u0327",
        "_",
    };
    static const char *const QUERIES[] = {
        "a",
        "\"a a\" OR \"a b\" OR \"b a\"",
        "\"a a a a a a a b\"",
        "\u793e\u793e\u793e\u4ea4",
        "#a OR @a OR @a@a OR $a",
    };
    struct match_alert alerts[COUNT_OF(QUERIES)];
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++)
        alerts[i] = (struct match_alert){.id = SPAN("x"), .query = span_of(QUERIES[i])};
    struct match_index *index = match_compile(alerts, COUNT_OF(QUERIES), NULL);
    struct buf text;
    buf_init(&text, 2 * SIZE);
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        buf_clear(&text);
        while (text.len < SIZE)
            buf_add_str(&text, UNITS[i]);
        double begin = cpu_ms();
        run_text(bench, index, text.ptr);
        double spent = cpu_ms() - begin;
        if (spent > (double)LIMIT_MS)
            fail_msg("%s, repeated: %.0f ms", UNITS[i], spent);
        if (getenv("EARSHOT_TIMES"))
            printf("%-12s %.1f ms\n", UNITS[i], spent);
    }
    buf_free(&text);
    match_index_free(&index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(matches_are_sorted_by_id, setup, teardown),
        cmocka_unit_test_setup_teardown(versions_are_in_force_at_their_time, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_text_is_tried, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_false_cuts_no_ranges, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_cut_and_say_so, setup, teardown),
        cmocka_unit_test_setup_teardown(random_pairs_agree_with_the_oracle, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_texts_stay_linear, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
