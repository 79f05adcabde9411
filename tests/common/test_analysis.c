/* What is appended to a mention: its members and their order, where names stand in it, what is claimed and
 * what is not known; of a small model to the byte, of the built-in one what holds for any. */
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
            *(name == 0 ? &weights->positive : &weights->negative) = 20;
        }
    }
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
    model_entry_add(&model->intents, money)->weights[INTENTS + REASON_REFUND] = 127;
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

#define BEGIN          "{\"id\":\"a:1\",\"source\":{\"platform\":\"a\"},\"created_at\":\"2026-11-21T20:25:55Z\","
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

/* Bytes. */

#define TEXT(text)          "\"language\":\"en\",\"text\":\"" text "\""
#define TITLED(title, text) "\"title\":\"" title "\"," TEXT(text)
#define WANT(risk, reasons, alerts)                                                                          \
    "{\"language\":\"en\",\"language_confidence\":1.000,\"intent\":\"question\","                            \
    "\"intent_confidence\":1.000,\"risk\":" risk ",\"reasons\":[" reasons "],\"alerts\":[" alerts "]}"
#define GOOD(id, words)                                                                                      \
    "{\"id\":\"" id "\",\"label\":\"positive\",\"confidence\":1.000,\"score\":1.000,\"words\":[" words "]}"
#define BAD(id, words)                                                                                       \
    "{\"id\":\"" id "\",\"label\":\"negative\",\"confidence\":1.000,\"score\":-1.000,\"words\":[" words "]}"

static void an_analysis_is_these_bytes(void **state) {
    (void)state;
    static const struct {
        const char *members, *matches, *want;
    } CASES[] = {
        {TEXT("Acme is great"), "", WANT("0.000", "", "")},
        {TEXT("Acme is great"), AT("a", ""), WANT("0.000", "", GOOD("a", "[\"text\",8,13,1.000]"))},
        {TEXT("so it is awful"), AT("a", ""), WANT("0.100", "", BAD("a", "[\"text\",9,14,-1.000]"))},
        {TEXT("Acme is great but Bolt is awful"), AT("a", "[\"text\",0,4]") "," AT("b", "[\"text\",18,22]"),
         WANT("0.050", "", GOOD("a", "[\"text\",8,13,1.000]") "," BAD("b", "[\"text\",26,31,-1.000]"))},
        {TEXT("Acme is great but Bolt is awful"), AT("b-2", "[\"text\",18,22]"),
         WANT("0.050", "", BAD("b-2", "[\"text\",26,31,-1.000]"))},
        {TITLED("Acme is great", "but Bolt is awful"),
         AT("a", "[\"title\",0,4]") "," AT("b", "[\"text\",4,8]"),
         WANT("0.050", "", GOOD("a", "[\"title\",8,13,1.000]") "," BAD("b", "[\"text\",12,17,-1.000]"))},
        {TITLED("so great", "it is great"), AT("a", ""),
         WANT("0.000", "", GOOD("a", "[\"title\",3,8,1.000],[\"text\",6,11,1.000]"))},
        {TEXT("it\\u00e9 is\\n\\\"great\\\""), AT("a", ""), /* bytes of the decoded text */
         WANT("0.000", "", GOOD("a", "[\"text\",9,14,1.000]"))},
        {TEXT("is my money great"), AT("a", ""),
         WANT("0.450", "[\"refund\",1.000,\"text\",6,11]", GOOD("a", "[\"text\",12,17,1.000]"))},
        {TITLED("money", "is great"), "", WANT("0.450", "[\"refund\",1.000,\"title\",0,5]", "")},
        {"\"author\":{\"followers\":9999}," TEXT("it is awful"), "", WANT("0.146", "", "")},
        {"\"author\":{\"followers\":10000}," TEXT("it is awful"), "", WANT("0.190", "", "")},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const char *mention = mention_of(CASES[i].members, CASES[i].matches),
                   *found = analyse(small, mention);
        if (strcmp(found, CASES[i].want) != 0)
            fail_msg("%s:\n%s\nis not\n%s", mention, found, CASES[i].want);
    }
}

/* The order is the same whatever the model says. */
static void members_are_in_order(void **state) {
    (void)state;
    static const char *const MEMBERS[] = {"{\"language\":",
                                          ",\"language_confidence\":",
                                          ",\"intent\":\"",
                                          ",\"intent_confidence\":",
                                          ",\"risk\":",
                                          ",\"reasons\":[",
                                          "],\"alerts\":[{\"id\":\"a\",\"label\":\"",
                                          ",\"confidence\":",
                                          ",\"score\":",
                                          ",\"words\":[",
                                          "]},{\"id\":\"b\",\"label\":\"",
                                          ",\"confidence\":",
                                          ",\"score\":",
                                          ",\"words\":[",
                                          "]}]}"};
    const char *at =
        analyse(built_in, mention_of(TEXT("I love my Acme, it is wonderful. Bolt is terrible!"),
                                     AT("a", "[\"text\",10,14]") "," AT("b", "[\"text\",33,37]")));
    assert_memory_equal(at, MEMBERS[0], strlen(MEMBERS[0]));
    for (size_t i = 0; i < COUNT_OF(MEMBERS); i++) {
        const char *next = strstr(at, MEMBERS[i]);
        if (!next)
            fail_msg("%s is not behind %s", MEMBERS[i], i ? MEMBERS[i - 1] : "");
        at = next + strlen(MEMBERS[i]);
    }
    assert_string_equal(at, "");
    assert_int_equal(count_of(analysis.ptr, "\":"), 17); /* and no others */
}

/* Places. */

/* What is said of a, where it matched there. */
static const char *said_of(const char *members, const char *at) {
    static char said[1000];
    char matches[200];
    snprintf(matches, sizeof matches, AT("a", "%s"), at);
    const char *alerts = strstr(analyse(small, mention_of(members, matches)), "\"alerts\"");
    snprintf(said, sizeof said, "%s", alerts);
    return said;
}

#define TWO     "#acme is great but @bolt is awful"
#define TAGS    "\"hashtags\":[\"x\",\"acme\",\"#Acme\",\"\",\"#\",\"bolt\"],"
#define HANDLES "\"mentions\":[\"bolt\",\"@BOLT\",\"@\",\"nobody\",\"@acme\"],"

static void tags_and_handles_stand_in_the_text(void **state) {
    (void)state;
    static const struct {
        const char *members, *at, *same; /* as if it had matched there */
    } CASES[] = {
        {TAGS TEXT(TWO), "[\"hashtags\",1,2]", "[\"text\",1,5]"},
        {TAGS TEXT(TWO), "[\"hashtags\",2,3]", "[\"text\",1,5]"},
        {TAGS TEXT(TWO), "[\"hashtags\",0,5]", "[\"text\",1,5]"},
        {TAGS TEXT(TWO), "[\"hashtags\",0,1]", ""},                                  /* nowhere */
        {TAGS TEXT(TWO), "[\"hashtags\",1,1]", ""},                                  /* none */
        {TAGS TEXT(TWO), "[\"hashtags\",3,5]", ""},                                  /* empty ones */
        {TAGS TEXT("so acme is great but bolt is awful"), "[\"hashtags\",1,2]", ""}, /* a word, no tag */
        {TAGS TEXT(TWO), "[\"hashtags\",0,1],[\"hashtags\",1,2]", "[\"text\",1,5]"},
        {HANDLES TEXT(TWO), "[\"mentions\",0,1]", "[\"text\",20,24]"},
        {HANDLES TEXT(TWO), "[\"mentions\",1,2]", "[\"text\",20,24]"},
        {HANDLES TEXT(TWO), "[\"mentions\",2,4]", ""},
        {TAGS TITLED("#acme is great", "but @bolt is awful"), "[\"hashtags\",1,2]", "[\"title\",1,5]"},
        {HANDLES TITLED("#acme is great", "but @bolt is awful"), "[\"mentions\",1,2]", "[\"text\",5,9]"},
        {TAGS TITLED("#acme is great", "but #acme is awful"), "[\"hashtags\",1,2]",
         "[\"title\",1,5],[\"text\",5,9]"},
        {TAGS TEXT("is great#acme"), "[\"hashtags\",1,2]", "[\"text\",8,13]"}, /* to the end */
        {TAGS TEXT("is great #acm"), "[\"hashtags\",1,2]", ""},
        {TAGS TEXT("#acmecorp is great but @acme_ and #acmé are awful"), "[\"hashtags\",1,2]", ""},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char want[1000];
        snprintf(want, sizeof want, "%s", said_of(CASES[i].members, CASES[i].same));
        const char *found = said_of(CASES[i].members, CASES[i].at);
        if (strcmp(found, want) != 0)
            fail_msg("%s at %s:\n%s\nis not\n%s", CASES[i].members, CASES[i].at, found, want);
    }
    char whole[1000]; /* a place is not nothing */
    snprintf(whole, sizeof whole, "%s", said_of(TEXT("so acme is great but bolt is awful"), ""));
    assert_string_not_equal(said_of(TEXT("so acme is great but bolt is awful"), "[\"text\",3,7]"), whole);
    snprintf(whole, sizeof whole, "%s", said_of(TAGS HANDLES TEXT(TWO), ""));
    assert_string_not_equal(said_of(TAGS HANDLES TEXT(TWO), "[\"hashtags\",1,2]"), whole);
    assert_string_not_equal(said_of(TAGS HANDLES TEXT(TWO), "[\"mentions\",1,2]"), whole);
}

static void each_match_has_its_alert(void **state) {
    (void)state;
    struct buf matches;
    buf_init(&matches, JSON_MAX);
    for (int i = 0; i < MENTION_MATCHES_MAX; i++)
        buf_printf(&matches, "%s" AT("a%03d", "[\"text\",%d,%d]"), i ? "," : "", i, i % 2 ? 18 : 0,
                   i % 2 ? 22 : 4);
    const char *found =
        analyse(small, mention_of(TEXT("Acme is great but Bolt is awful"), buf_span(&matches).ptr));
    for (int i = 0; i < MENTION_MATCHES_MAX; i++) {
        char want[200];
        snprintf(want, sizeof want, "{\"id\":\"a%03d\",\"label\":\"%s\"", i, i % 2 ? "negative" : "positive");
        assert_non_null(found = strstr(found, want));
    }
    assert_int_equal(count_of(analysis.ptr, "\"id\":"), MENTION_MATCHES_MAX);
    buf_free(&matches);
}

/* Languages. */

static void a_claim_is_told_where_the_text_says_nothing(void **state) {
    (void)state;
    static const struct {
        const char *claim, *language;
    } CASES[] = {
        {"\"de\"", "\"de\""},      {"\"de-AT\"", "\"de\""}, {"\"DE_at\"", "\"de\""}, {"\"zht\"", "\"zh\""},
        {"\"zh-Hant\"", "\"zh\""}, {"\"sv\"", "\"sv\""},    {"\"SV-SE\"", "\"sv\""}, {"\"haw\"", "\"haw\""},
        {"\"und\"", "null"},       {"\"UND-x\"", "null"},   {"\"\"", "null"},        {"\"x\"", "null"},
        {"\"swedish\"", "null"},   {"\"s2\"", "null"},      {"\"sv SE\"", "null"},   {"\"*\"", "null"},
        {"\"-de\"", "null"},       {"null", "null"},        {NULL, "null"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char members[200], want[200];
        snprintf(members, sizeof members, "%s%s%s\"text\":\"👍👍\"", CASES[i].claim ? "\"language\":" : "",
                 CASES[i].claim ? CASES[i].claim : "", CASES[i].claim ? "," : "");
        snprintf(want, sizeof want, "{\"language\":%s,\"language_confidence\":0.000,", CASES[i].language);
        const char *found = analyse(built_in, mention_of(members, AT("a", "")));
        if (strncmp(found, want, strlen(want)) != 0)
            fail_msg("%s: %s", members, found);
    }
}

#define THAI "ชอบลำโพงใหม่มาก"

/* What the model knows, and does not find, is not told. */
static void a_text_says_more_than_a_claim(void **state) {
    (void)state;
    static const struct {
        const char *members, *language;
    } CASES[] = {
        {"\"language\":\"sv\",\"text\":\"Worst support ever, still waiting for my refund!\"", "\"en\""},
        {"\"language\":\"de\",\"text\":\"Worst support ever, still waiting for my refund!\"", "\"en\""},
        {"\"language\":\"en\",\"text\":\"这个音箱真的很好\"", "\"zh\""},
        {"\"language\":\"th\",\"text\":\"" THAI "\"", "\"th\""},
        {"\"language\":\"de\",\"text\":\"" THAI "\"", "null"},
        {"\"text\":\"" THAI "\"", "null"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char want[100];
        snprintf(want, sizeof want, "{\"language\":%s,", CASES[i].language);
        const char *found = analyse(built_in, mention_of(CASES[i].members, AT("a", "")));
        if (strncmp(found, want, strlen(want)) != 0)
            fail_msg("%s: %s", CASES[i].members, found);
    }
}

#define NOTHING "\"label\":\"neutral\",\"confidence\":0.000,\"score\":0.000,\"words\":[]}"

/* Unless a sign tells how it feels. */
static void of_other_languages_nothing_is_known(void **state) {
    (void)state;
    struct analyser *const analysers[] = {small, built_in};
    for (size_t i = 0; i < COUNT_OF(analysers); i++) {
        const char *found = analyse(analysers[i], mention_of("\"text\":\"" THAI " Acme\"",
                                                             AT("a", "") "," AT("b", "[\"text\",46,50]")));
        assert_non_null(strstr(found, "\"intent\":\"other\",\"intent_confidence\":0.000,"));
        assert_non_null(strstr(found, "[{\"id\":\"a\"," NOTHING ",{\"id\":\"b\"," NOTHING "]}"));
        found = analyse(analysers[i], mention_of("\"text\":\"" THAI " 👍\"", AT("a", "")));
        assert_null(strstr(found, "_confidence\":0.000,\"risk\""));
        assert_null(strstr(found, NOTHING));
        assert_null(strstr(found, "\"confidence\":0.000"));
    }
}

/* Texts of any kind. */

static void empty_texts_have_an_analysis(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "\"text\":\"\"",
        "\"title\":\"\"",
        "\"title\":\"\",\"text\":\"\"",
        "\"title\":null,\"text\":\" \\n\\t \"",
        "\"title\":\"\",\"text\":null,\"language\":\"en\"",
        "\"text\":\"\",\"hashtags\":[],\"mentions\":[\"\"]",
    };
    struct analyser *const analysers[] = {small, built_in};
    for (size_t i = 0; i < 2 * COUNT_OF(CASES); i++) {
        const char *mention = mention_of(CASES[i / 2], AT("a", ""));
        const char *found = analyse(analysers[i % 2], mention);
        assert_non_null(strstr(found, "\"words\":[]}]}"));
        assert_int_equal(count_of(found, "\"id\":"), 1);
    }
}

static void long_texts_have_an_analysis(void **state) {
    (void)state;
    static const char *const UNITS[] = {"a",  "👍", "比",       "a ",         "! ", "#a ",
                                        "@a", "é", "\xcc\x81", "not good. ", " "};
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        struct buf members, matches;
        unsigned len = (unsigned)strlen(UNITS[i]), whole = LONG / len * len;
        buf_init(&members, JSON_MAX);
        buf_init(&matches, JSON_MAX);
        buf_add_str(&members, "\"hashtags\":[\"a\"],\"text\":\"");
        for (unsigned at = 0; at < whole; at += len)
            buf_add(&members, UNITS[i], len);
        buf_add_char(&members, '"');
        buf_printf(&matches, AT("a", "[\"text\",0,%u]") "," AT("b", "[\"text\",%u,%u]") "," AT("c", ""), len,
                   whole - len, whole);
        buf_add_str(&matches, "," AT("d", "[\"hashtags\",0,1]"));
        const char *found = analyse(built_in, mention_of(buf_span(&members).ptr, buf_span(&matches).ptr));
        assert_int_equal(count_of(found, "\"id\":"), 4);
        buf_free(&members);
        buf_free(&matches);
    }
}

static void nothing_is_left_of_other_mentions(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {TEXT("I love my Acme, it is wonderful"), AT("a", "[\"text\",10,14]")},
        {TITLED("Acme", "Bolt is terrible, where is my money?"),
         AT("a", "[\"title\",0,4]") "," AT("b", "[\"text\",0,4]")},
        {"\"text\":\"\"", AT("a", "") "," AT("b", "")},
        {"\"text\":\"" THAI "\"", AT("a", "")},
        {"\"language\":\"ja\",\"text\":\"👍👍\"", AT("a", "")},
        {TAGS TEXT(TWO), AT("a", "[\"hashtags\",1,2]") "," AT("b", "[\"text\",19,24]")},
        {"\"author\":{\"followers\":1000000},\"text\":\"Acme caught fire! Calling my lawyer.\"",
         AT("a", "[\"text\",0,4]")},
    };
    struct buf first[COUNT_OF(CASES)], message;
    buf_init(&message, 1000);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct analyser *fresh = analyser_new(NULL, &message);
        buf_init(&first[i], JSON_MAX);
        buf_add_str(&first[i], analyse(fresh, mention_of(CASES[i][0], CASES[i][1])));
        analyser_free(&fresh);
    }
    for (size_t i = 0; i < COUNT_OF(CASES) * COUNT_OF(CASES); i++) {
        size_t before = i / COUNT_OF(CASES), at = i % COUNT_OF(CASES);
        (void)analyse(built_in, mention_of(CASES[before][0], CASES[before][1]));
        assert_string_equal(analyse(built_in, mention_of(CASES[at][0], CASES[at][1])), first[at].ptr);
    }
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        buf_free(&first[i]);
    buf_free(&message);
}

/* Without a mention. */

static void a_text_alone_is_read(void **state) {
    (void)state;
    const struct span fields[AIM_FIELDS] = {SPAN("my money"), SPAN("Acme is great")};
    const struct analysis *read = analyser_read(small, fields, SPAN("en"), -1);
    struct aim aim;
    double confidence;
    assert_string_equal(read->language, "en");
    assert_false(read->unknown);
    assert_int_equal(read->reason_count, 1);
    assert_int_equal(read->reasons[0].reason, REASON_REFUND);
    assert_true(read->reasons[0].word.field == ANALYSIS_TITLE && read->reasons[0].word.start == 3 &&
                read->reasons[0].word.end == 8);
    analyser_ask(small, ANALYSIS_WHOLE, &aim, &confidence);
    assert_int_equal(aim.label, LABEL_POSITIVE);
    assert_true(confidence == aim.likely[LABEL_POSITIVE]);
    aims_place(analyser_aims(small), aims_name(analyser_aims(small)), ANALYSIS_TEXT, 8, 13);
    analyser_ask(small, ANALYSIS_WHOLE, &aim, &confidence);
    assert_int_equal(aim.word_count, 0);
}

static void a_score_is_in_thousandths(void **state) {
    (void)state;
    static const struct {
        double positive, negative;
        int score;
    } CASES[] = {{1, 0, 1000},    {0, 1, -1000},     {0.5, 0.5, 0},
                 {0.7, 0.2, 500}, {0.25, 0.2504, 0}, {0.2, 0.2006, -1}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct aim aim = {
            .likely = {[LABEL_POSITIVE] = CASES[i].positive, [LABEL_NEGATIVE] = CASES[i].negative}};
        assert_int_equal(analysis_score(&aim), CASES[i].score);
    }
    assert_string_equal(label_name(LABEL_POSITIVE), "positive");
    assert_string_equal(label_name(LABEL_NEUTRAL), "neutral");
    assert_string_equal(label_name(LABEL_NEGATIVE), "negative");
}

static void a_model_must_be_there(void **state) {
    (void)state;
    struct buf message;
    buf_init(&message, 1000);
    assert_null(analyser_new("/nowhere/model", &message));
    assert_non_null(strstr(buf_span(&message).ptr, "/nowhere/model"));
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_analysis_is_these_bytes),
        cmocka_unit_test(members_are_in_order),
        cmocka_unit_test(tags_and_handles_stand_in_the_text),
        cmocka_unit_test(each_match_has_its_alert),
        cmocka_unit_test(a_claim_is_told_where_the_text_says_nothing),
        cmocka_unit_test(a_text_says_more_than_a_claim),
        cmocka_unit_test(of_other_languages_nothing_is_known),
        cmocka_unit_test(empty_texts_have_an_analysis),
        cmocka_unit_test(long_texts_have_an_analysis),
        cmocka_unit_test(nothing_is_left_of_other_mentions),
        cmocka_unit_test(a_text_alone_is_read),
        cmocka_unit_test(a_score_is_in_thousandths),
        cmocka_unit_test(a_model_must_be_there),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
