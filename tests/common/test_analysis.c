/* What is appended to a mention: its members and their order, where names stand in it, what is claimed and what
 * is not known; of a small model to the byte, of the built-in one what holds for any. */
#include "earshot/analysis.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { JSON_MAX = 4 << 20, LONG = 256 << 10 };

static struct analyser *small, *built_in;
static struct arena *arena;
static struct buf json, analysis, enriched;

/* A small model that is certain of all that it says. */

static struct model_weights *weight_of(struct model_table *table, struct features *features,
                                       const char *word) {
    return &table->weights[feature_bucket(features_word(features, span_of(word)))];
}

/* What the one name has and the other has not. */
static void teach(struct model *model, struct features *features) {
    static const char TEXT[] = "Acme is great but Bolt is awful";
    const struct span fields[AIM_FIELDS] = {[ANALYSIS_TEXT] = SPAN(TEXT)};
    struct aims *aims = aims_new();
    features_clear(features);
    features_text(features, fields[ANALYSIS_TEXT], ANALYSIS_TEXT);
    features_end(features);
    aims_read(aims, model, &model->languages[0], features, fields);
    aims_place(aims, aims_name(aims), ANALYSIS_TEXT, 0, 4);
    aims_place(aims, aims_name(aims), ANALYSIS_TEXT, 18, 22);
    for (uint32_t name = 0; name < 2; name++) {
        const uint32_t *list;
        uint32_t count = aims_buckets(aims, name, false, &list);
        for (uint32_t i = 0; i < count; i++) {
            struct model_weights *weights = &model->aims.weights[list[i]];
            *(name == 0 ? &weights->positive : &weights->negative) = 127;
        }
    }
    model->aims.unit = 1000;
    aims_free(&aims);
}

static void small_model_write(const char *path) {
    struct model *model = model_new();
    struct features *features = features_new();
    struct model_language *english = model_add(model, "en"), *other = model_add(model, MODEL_OTHER);
    uint32_t is = features_word(features, SPAN("is")), money = features_word(features, SPAN("money")),
             thumb = features_word(features, SPAN("👍"));
    model->things[english->view].unit = 0;
    english->table.unit = 1;
    weight_of(&english->table, features, "great")->positive = 127;
    weight_of(&english->table, features, "awful")->negative = 127;
    other->feelings[feature_bucket(thumb)] =
        (struct model_feeling){.value = MODEL_FEELING, .check = feature_check(thumb)};
    model->identify.rows[model_row(&model->identify, is)].weights[0] = 127;
    model->intents.added[INTENT_QUESTION] = 1000;
    for (size_t i = 0; i < REASONS; i++)
        model->intents.added[INTENTS + i] = -1000;
    model->intents.unit = 1000;
    model->intents.rows[model_row(&model->intents, money)].weights[INTENTS + REASON_REFUND] = 127;
    teach(model, features);
    assert_true(model_write(model, path));
    features_free(&features);
    model_free(&model);
}

static int open_all(void **state) {
    (void)state;
    char path[] = "/tmp/earshot-analysis-XXXXXX";
    struct buf message;
    int fd = mkstemp(path);
    buf_init(&message, 1000);
    small_model_write(path);
    small = analyser_new(path, &message);
    built_in = analyser_new(NULL, &message);
    buf_free(&message);
    arena = arena_new(1 << 16);
    buf_init(&json, JSON_MAX);
    buf_init(&analysis, JSON_MAX);
    buf_init(&enriched, JSON_MAX);
    close(fd);
    return remove(path) == 0 && small && built_in ? 0 : -1;
}

static int close_all(void **state) {
    (void)state;
    analyser_free(&small);
    analyser_free(&built_in);
    analyser_free(&built_in);
    arena_free(&arena);
    buf_free(&json);
    buf_free(&analysis);
    buf_free(&enriched);
    return 0;
}

/* Mentions. */

#define BEGIN "{\"id\":\"a:1\",\"source\":{\"platform\":\"a\"},\"created_at\":\"2026-11-21T20:25:55Z\","
#define AT(id, places) "{\"id\":\"" id "\",\"version\":1,\"at\":[" places "]}"

/* members: of the mention's own, then its matches. */
static const char *mention_of(const char *members, const char *matches) {
    buf_clear(&json);
    buf_printf(&json, BEGIN "%s,\"matches\":[%s]}", members, matches);
    assert_true(buf_ok(&json));
    return json.ptr;
}

/* Its analysis. What was appended is read again as strictly as the next stage reads it. */
static const char *analyse(struct analyser *analyser, const char *text) {
    struct mention mention, again;
    struct fault fault;
    struct span whole = span_of(text);
    arena_reset(arena);
    if (!mention_read(whole, MENTION_MATCHED, arena, &mention, &fault))
        fail_msg("%.80s: byte %zu: %s", text, fault.byte, fault.detail);
    buf_clear(&analysis);
    analysis_write(analyser, &mention, arena, &analysis);
    buf_clear(&enriched);
    mention_append(&enriched, whole, &mention, "analysis", buf_span(&analysis));
    assert_true(buf_ok(&analysis) && buf_ok(&enriched));
    if (!mention_read(buf_span(&enriched), MENTION_ENRICHED, arena, &again, &fault))
        fail_msg("%.80s: byte %zu: %s: %s", text, fault.byte, fault.detail, analysis.ptr);
    assert_int_equal(again.match_count, mention.match_count);
    return analysis.ptr;
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void check(struct analyser *analyser, const char *members, const char *matches, const char *want) {
    const char *text = mention_of(members, matches), *found = analyse(analyser, text);
    if (strcmp(found, want) != 0)
        fail_msg("%s:\n%s\nis not\n%s", text, found, want);
}

/* Bytes. */

#define TEXT(text) "\"language\":\"en\",\"text\":\"" text "\""
#define EN                                                                                                   \
    "{\"language\":\"en\",\"language_confidence\":1.000,\"intent\":\"question\",\"intent_confidence\":1.000,"
#define CALM "\"risk\":0.000,\"reasons\":[],"
/* Half of how likely it is negative, in tenths: 0.1 of its gravity. */
#define BOTH CALM
#define GOOD(id, words)                                                                                      \
    "{\"id\":\"" id "\",\"label\":\"positive\",\"confidence\":1.000,\"score\":1.000,\"words\":[" words "]}"
#define BAD(id, words)                                                                                       \
    "{\"id\":\"" id "\",\"label\":\"negative\",\"confidence\":1.000,\"score\":-1.000,\"words\":[" words "]}"

static void an_analysis_is_these_bytes(void **state) {
    (void)state;
    check(small, TEXT("Acme is great"), "", EN CALM "\"alerts\":[]}");
    check(small, TEXT("Acme is great"), AT("a", ""),
          EN CALM "\"alerts\":[" GOOD("a", "[\"text\",8,13,1.000]") "]}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_analysis_is_these_bytes),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
