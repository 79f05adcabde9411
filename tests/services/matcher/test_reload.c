/* Edits and mentions in random order, builds that end at random moments, against the set of alerts that the
 * log says was in force at each mention's time: worked out anew for each, from DESIGN.md point 7 alone. */
#include "builder.h"

#include "cmocka_all.h"
#include "dice.h"
#include "merge.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { IDS = 24, EDITS_MAX = 4000, DAY_MS = 86400000, HOUR_MS = 3600000 };

static const char *const QUERIES[] = {"acme",
                                      "corp",
                                      "acme AND corp",
                                      "acme NOT corp",
                                      "\"acme corp\"",
                                      "acme NEAR/3 blue",
                                      "blu*",
                                      "acme OR zeta",
                                      "acme AND other~1 NOT zeta",
                                      "zeta AND (blue OR red)",
                                      "corp OR blue OR red",
                                      "#acme"};
static const char *const WORDS[] = {"acme", "corp", "blue", "red", "zeta", "#acme", "other", "word"};

struct edit {
    int id;
    int64_t from, offset;
    int query; /* -1: none */
};

struct world {
    uint64_t random;
    struct alerts *alerts;
    struct builder *builder;    /* NULL: the test itself runs the builds */
    struct alerts_build *build; /* out */
    bool ran;
    struct match_index *singles[COUNT_OF(QUERIES)]; /* one alert each */
    struct match_scratch *scratches[COUNT_OF(QUERIES)];
    struct arena *arena;
    struct edit edits[EDITS_MAX];
    size_t edit_count;
    int64_t now; /* of the log */
    uint64_t waits;
};

static uint32_t below(struct world *world, uint32_t n) {
    return (uint32_t)roll(&world->random, n);
}

static void begin_world(struct world *world, uint64_t seed, size_t at_once, bool threaded) {
    *world = (struct world){.random = seed, .now = 1000000000000};
    world->alerts = alerts_new(&(struct alerts_options){.seed = seed, .at_once = at_once});
    world->builder = threaded ? builder_new(world->alerts) : NULL;
    world->arena = arena_new(65536);
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
        const struct match_alert alert = {.id = SPAN("x"), .query = span_of(QUERIES[i])};
        world->singles[i] = match_compile(&alert, 1, NULL);
        world->scratches[i] = match_scratch_new();
    }
}

static void end_world(struct world *world) {
    builder_free(&world->builder);
    alerts_build_free(&world->build);
    alerts_free(&world->alerts);
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
        match_index_free(&world->singles[i]);
        match_scratch_free(&world->scratches[i]);
    }
    arena_free(&world->arena);
}

/* Builds go on: a step of one, or as the thread likes. */
static void tend(struct world *world) {
    double seconds;
    if (world->builder) {
        (void)!builder_tend(world->builder, &seconds);
    } else if (!world->build) {
        world->build = alerts_begin(world->alerts);
        world->ran = false;
    } else if (!world->ran) {
        alerts_build_run(world->build);
        world->ran = true;
    } else if (alerts_adopt(world->alerts, world->build)) {
        alerts_build_free(&world->build);
    }
}

static void edit(struct world *world) {
    if (world->edit_count == EDITS_MAX)
        return;
    int64_t offset = (int64_t)world->edit_count;
    struct edit *new = &world->edits[world->edit_count++];
    int64_t written = world->now - (below(world, 50) == 0 ? (int64_t)below(world, 5000) : 0);
    *new = (struct edit){.id = (int)below(world, IDS), .from = written + 2000, .offset = offset, .query = -1};
    for (size_t i = world->edit_count - 1; i-- > 0;)
        if (world->edits[i].id == new->id && world->edits[i].from > new->from)
            new->from = world->edits[i].from;
    char id[16], value[128], why[ALERTS_WHY_MAX];
    snprintf(id, sizeof id, "id%d", new->id);
    uint32_t kind = below(world, 8), query = below(world, COUNT_OF(QUERIES));
    if (kind >= 2)
        new->query = (int)query;
    struct buf text;
    buf_init(&text, 1024);
    buf_add_json(&text, span_of(QUERIES[query]));
    snprintf(value, sizeof value, "{\"id\":\"%s\",\"query\":%.*s%s}", id, (int)text.len, text.ptr,
             kind == 1 ? ",\"paused\":true" : "");
    buf_free(&text);
    const struct bus_record record = {.topic = "alerts",
                                      .offset = offset,
                                      .timestamp = written,
                                      .key = span_of(id),
                                      .value = span_of(kind == 0 ? NULL : value)};
    if (!alerts_take(world->alerts, &record, why))
        fail_msg("%s", why);
}

/* The last version of this id at that time, NULL: none that matches something. */
static const struct edit *version_at(const struct world *world, int id, int64_t time) {
    const struct edit *found = NULL;
    for (size_t i = 0; i < world->edit_count; i++)
        if (world->edits[i].id == id && world->edits[i].from <= time)
            found = &world->edits[i];
    return found && found->query >= 0 ? found : NULL;
}

static void check(struct world *world, const struct match_document *document,
                  const struct match_result *found) {
    static const int IN_ORDER[] = {0, 1,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
                                   2, 20, 21, 22, 23, 3,  4,  5,  6,  7,  8,  9};
    size_t n = 0;
    for (size_t i = 0; i < IDS; i++) {
        const struct edit *version = version_at(world, IN_ORDER[i], document->time);
        if (!version)
            continue;
        struct match_result one = match_run(world->singles[version->query], world->scratches[version->query],
                                            document, world->arena);
        if (one.count == 0)
            continue;
        char id[16];
        snprintf(id, sizeof id, "id%d", version->id);
        assert_true(n < found->count);
        const struct match *match = &found->matches[n++];
        assert_true(span_eq(match->id, span_of(id)));
        assert_int_equal(match->version, version->offset);
        assert_int_equal(match->range_count, one.matches[0].range_count);
        assert_memory_equal(match->ranges, one.matches[0].ranges, match->range_count * sizeof *match->ranges);
    }
    assert_int_equal(n, found->count);
}

static void mention(struct world *world) {
    char text[128];
    size_t len = 0;
    for (uint32_t i = 0, count = 1 + below(world, 6); i < count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s ", WORDS[below(world, COUNT_OF(WORDS))]);
    int64_t back = below(world, 40) == 0 ? (int64_t)below(world, 3 * HOUR_MS) : (int64_t)below(world, 300);
    const struct match_document document = {.text = {text, len},
                                            .time = world->now - back,
                                            .rating = (double)NAN,
                                            .followers = -1,
                                            .engagement = -1};
    struct match_result found;
    while (!alerts_match(world->alerts, &document, world->arena, &found)) {
        world->waits++;
        tend(world);
        sched_yield();
    }
    check(world, &document, &found);
    arena_reset(world->arena);
}

static void run(uint64_t seed, size_t at_once, bool threaded, int steps) {
    static struct world world;
    begin_world(&world, seed, at_once, threaded);
    for (int i = 0; i < steps; i++) {
        uint32_t kind = below(&world, 16);
        world.now += below(&world, 400);
        if (below(&world, 60) == 0)
            world.now += below(&world, HOUR_MS);
        if (below(&world, 4000) == 0)
            world.now += 40LL * DAY_MS;
        if (kind < 4)
            edit(&world);
        else if (kind < 7)
            tend(&world);
        else
            mention(&world);
    }
    struct alerts_state state = alerts_state(world.alerts);
    if (state.bases < 2 || (at_once > 1 && at_once < 2000 && state.changes < 10))
        fail_msg("seed %llu: %zu bases and %zu changes were built", (unsigned long long)seed, state.bases,
                 state.changes);
    end_world(&world);
}

static void what_was_in_force_is_what_is_matched(void **state) {
    (void)state;
    static const size_t AT_ONCE[] = {0, 1, 200, 600, 1500};
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (size_t i = 0; i < COUNT_OF(AT_ONCE); i++)
            run(seed, AT_ONCE[i], false, 1500);
}

static void with_a_thread_as_well(void **state) {
    (void)state;
    static const size_t AT_ONCE[] = {1, 200, 600};
    for (uint64_t seed = 1; seed <= 2; seed++)
        for (size_t i = 0; i < COUNT_OF(AT_ONCE); i++)
            run(seed, AT_ONCE[i], true, 1500);
}

/* A thread that ends with a build to do, done, or half taken. */
static void it_may_stop_at_any_moment(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        static struct world world;
        begin_world(&world, seed, 1, true);
        for (uint32_t i = below(&world, 30); i > 0; i--) {
            edit(&world);
            tend(&world);
            if (below(&world, 3) == 0)
                sched_yield();
        }
        end_world(&world);
    }
}

/* More edits during a build than are applied to it in one go: it becomes the base when it has all of them. */
static void many_edits_during_a_build(void **state) {
    (void)state;
    enum { MANY = 10000, T = 1000000000 };
    char value[64], why[ALERTS_WHY_MAX], id[16];
    struct alerts *alerts = alerts_new(&(struct alerts_options){.at_once = 1});
    struct arena *arena = arena_new(4096);
    struct alerts_build *build = NULL;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(id, sizeof id, "a%d", i);
            snprintf(value, sizeof value, "{\"id\":\"%s\",\"query\":\"%s%d\"}", id, round ? "new" : "old", i);
            const struct bus_record record = {.offset = round * MANY + i,
                                              .timestamp = T + round * 10000,
                                              .key = span_of(id),
                                              .value = span_of(value)};
            assert_true(alerts_take(alerts, &record, why));
        }
        if (round == 0)
            build = alerts_begin(alerts);
    }
    alerts_build_run(build);
    assert_false(alerts_adopt(alerts, build));
    assert_false(alerts_ready(alerts));
    assert_false(alerts_adopt(alerts, build));
    assert_true(alerts_adopt(alerts, build));
    alerts_build_free(&build);
    struct match_result found;
    struct match_document document = {.text = SPAN("old9999 new9999 old0"), .time = T + 11999};
    assert_true(alerts_match(alerts, &document, arena, &found));
    assert_int_equal(found.count, 2);
    document.time++; /* the old ones have ended, the new ones are not indexed */
    assert_false(alerts_match(alerts, &document, arena, &found));
    build = alerts_begin(alerts);
    alerts_build_run(build);
    assert_true(alerts_adopt(alerts, build));
    alerts_build_free(&build);
    assert_true(alerts_match(alerts, &document, arena, &found));
    assert_int_equal(found.count, 1);
    assert_int_equal(found.matches[0].version, 2 * MANY - 1);
    arena_free(&arena);
    alerts_free(&alerts);
}

/* The base is filed anew when enough was seen of the mentions. */
static void a_sample_has_the_base_built_once(void **state) {
    (void)state;
    struct world world;
    begin_world(&world, 1, 0, false);
    for (int i = 0; i < 10; i++)
        edit(&world);
    const struct match_document document = {.text = SPAN("acme corp"), .time = world.now + 3000};
    struct match_result found;
    for (int i = 0; i < 160000; i++) {
        assert_null(alerts_begin(world.alerts));
        assert_true(alerts_match(world.alerts, &document, world.arena, &found));
        arena_reset(world.arena);
    }
    world.build = alerts_begin(world.alerts);
    assert_non_null(world.build);
    alerts_build_run(world.build);
    assert_true(alerts_adopt(world.alerts, world.build));
    alerts_build_free(&world.build);
    assert_null(alerts_begin(world.alerts));
    assert_true(alerts_match(world.alerts, &document, world.arena, &found));
    check(&world, &document, &found);
    end_world(&world);
}

/* Two halves of a set, at random, give what the set gives: also where the limit cuts. */
static void halves_make_the_whole(void **state) {
    (void)state;
    enum { MOST = 1600 };
    static struct match_alert all[MOST], halves[2][MOST];
    static char ids[MOST][16];
    struct match_scratch *scratches[] = {match_scratch_new(), match_scratch_new(), match_scratch_new()};
    struct world world = {.random = 5, .arena = arena_new(65536)};
    const struct match_document document = {.text = SPAN("acme corp")};
    for (int round = 0; round < 40; round++) {
        size_t count = below(&world, round % 2 ? MOST : 20), sizes[2] = {0, 0};
        uint32_t share = below(&world, 11);
        for (size_t i = 0; i < count; i++) {
            snprintf(ids[i], sizeof ids[i], "%zu", i / 2); /* an id twice: versions decide */
            all[i] = (struct match_alert){.id = span_of(ids[i]),
                                          .version = (int64_t)i,
                                          .query = below(&world, 9) ? SPAN("acme") : SPAN("x1")};
            size_t half = below(&world, 10) < share;
            halves[half][sizes[half]++] = all[i];
        }
        struct match_index *a = match_compile(halves[0], sizes[0], NULL),
                           *whole = match_compile(all, count, NULL),
                           *b = match_compile(halves[1], sizes[1], NULL);
        struct match_result in_a = match_run(a, scratches[0], &document, world.arena),
                            in_b = match_run(b, scratches[1], &document, world.arena),
                            expected = match_run(whole, scratches[2], &document, world.arena),
                            found = merge(&in_a, &in_b, world.arena);
        assert_int_equal(found.count, expected.count);
        assert_int_equal(found.cut, expected.cut);
        for (size_t i = 0; i < found.count; i++)
            assert_int_equal(found.matches[i].version, expected.matches[i].version);
        in_b.bounded = true;
        assert_true(merge(&in_a, &in_b, world.arena).bounded);
        assert_true(merge(&in_b, &in_a, world.arena).bounded);
        match_index_free(&a);
        match_index_free(&b);
        match_index_free(&whole);
        arena_reset(world.arena);
    }
    for (size_t i = 0; i < COUNT_OF(scratches); i++)
        match_scratch_free(&scratches[i]);
    arena_free(&world.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_in_force_is_what_is_matched),
        cmocka_unit_test(with_a_thread_as_well),
        cmocka_unit_test(it_may_stop_at_any_moment),
        cmocka_unit_test(many_edits_during_a_build),
        cmocka_unit_test(a_sample_has_the_base_built_once),
        cmocka_unit_test(halves_make_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
