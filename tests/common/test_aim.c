/* How a text speaks of the names in it, by a model made here: which words a place takes, where the others
 * stand to it, and that nothing but the text decides. */
#include "aim_rig.h"
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { TEXT_MAX = 1 << 21, WEIGHT = 20 };

static char text_of[TEXT_MAX];

/* Buckets. */

struct buckets {
    uint32_t count, list[1 << 13];
};

static void buckets_take(uint32_t number, bool alone, struct buckets *out) {
    const uint32_t *list;
    out->count = aims_buckets(rig.aims, number, alone, &list);
    assert_true(out->count <= COUNT_OF(out->list));
    memcpy(out->list, list, out->count * sizeof *list);
    for (uint32_t i = 0; i < out->count; i++)
        assert_true(list[i] < FEATURE_BUCKETS && (i == 0 || list[i] != list[i - 1]));
}

static bool same_buckets(const struct buckets *a, const struct buckets *b) {
    return a->count == b->count && memcmp(a->list, b->list, a->count * sizeof a->list[0]) == 0;
}

static bool has(const struct buckets *buckets, uint32_t bucket) {
    for (uint32_t i = 0; i < buckets->count; i++)
        if (buckets->list[i] == bucket)
            return true;
    return false;
}

/* What the one has and the other has not. */
static void buckets_less(struct buckets *one, const struct buckets *other) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < one->count; i++)
        if (!has(other, one->list[i]))
            one->list[kept++] = one->list[i];
    one->count = kept;
}

static void weigh(const struct buckets *buckets, int8_t positive, int8_t negative) {
    for (uint32_t i = 0; i < buckets->count; i++)
        rig.model->aims.weights[buckets->list[i]] = (struct model_weights){positive, negative};
}

/* Names and places. */

#define ALL "great|solid|noble|brisk|great"

static void the_words_of_a_place_are_its_names(void **state) {
    (void)state;
    static const struct {
        uint8_t field;
        uint32_t start, end;
        const char *others; /* the words that are not the name's: they drive the answer */
    } CASES[] = {
        {0, 0, 5, "solid|noble|brisk|great"},
        {0, 6, 11, "great|noble|brisk|great"},
        {1, 0, 5, "great|solid|brisk|great"},
        {1, 6, 11, "great|solid|noble|great"},
        {1, 12, 17, "great|solid|noble|brisk"},
        {0, 2, 3, "solid|noble|brisk|great"},  /* within a word */
        {0, 4, 7, "noble|brisk|great"},        /* the end of one, the beginning of the next */
        {0, 5, 7, "great|noble|brisk|great"},  /* from the space before it */
        {0, 6, 99, "great|noble|brisk|great"}, /* not on into the next field */
        {1, 0, 99, "great|solid"},
        {0, 0, UINT32_MAX, "noble|brisk|great"},
        {0, 5, 6, ALL},   /* no word */
        {0, 0, 0, ALL},   /* nothing */
        {1, 17, 17, ALL}, /* behind the last */
        {1, 17, 99, ALL},
        {1, UINT32_MAX - 1, UINT32_MAX, ALL},
        {2, 0, 5, ALL}, /* no such field */
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        static struct buckets buckets;
        rig_read("great solid\nnoble brisk great");
        uint32_t number = aims_name(rig.aims);
        aims_place(rig.aims, number, CASES[i].field, CASES[i].start, CASES[i].end);
        const char *others = rig_driven(number);
        if (strcmp(others, CASES[i].others) != 0)
            fail_msg("case %zu: %s, not %s", i, others, CASES[i].others);
        buckets_take(number, false, &buckets);
        assert_int_equal(buckets.count > 0, strcmp(others, ALL) != 0);
    }
}

/* Each of 100 words, also where the other field has the same bytes. */
static void every_word_is_found(void **state) {
    (void)state;
    enum { COUNT = 100, LEN = 6 };
    for (size_t i = 0; i < 2 * COUNT; i++)
        snprintf(text_of + i * LEN, LEN + 1, "w%04zu ", i);
    struct span title = {text_of, COUNT * LEN}, text = {text_of + COUNT * LEN, COUNT * LEN};
    for (uint32_t i = 0; i < 2 * COUNT; i++) {
        static struct buckets placed, named;
        char word[LEN + 1];
        snprintf(word, sizeof word, "w%04u", i);
        rig_read_fields(title, text);
        uint32_t one = aims_name(rig.aims);
        aims_place(rig.aims, one, i >= COUNT, i % COUNT * LEN, i % COUNT * LEN + LEN - 1);
        buckets_take(one, false, &placed);
        buckets_take(rig_name(word), false, &named);
        assert_true(placed.count > 0 && same_buckets(&placed, &named));
    }
}

static void names_that_share_a_word_are_one_subject(void **state) {
    (void)state;
    static const struct {
        const char *names[4];
        bool same[4]; /* the subject of the first */
    } CASES[] = {
        {{"acme one", "acme", "bolt", "cog"}, {true, true, false, false}},
        {{"acme", "acme one", "bolt", "cog"}, {true, true, false, false}},
        {{"acme", "one bolt", "cog", "dart"}, {true, false, false, false}},
        {{"acme", "one", "acme one", "cog"}, {true, true, true, false}},
        {{"acme one", "bolt cog", "one bolt", "dart"}, {true, true, true, false}},
        {{"cog", "bolt cog", "one bolt", "acme one"}, {true, true, true, true}},
        {{"dart", "bolt cog", "one bolt", "nowhere"}, {true, false, false, false}},
        {{"acme", "acme", "acme", "acme"}, {true, true, true, true}},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        static struct buckets first, other;
        rig_read("so acme one bolt cog is great, and that dart is solid");
        for (size_t k = 0; k < COUNT_OF(CASES[i].names); k++)
            assert_int_equal(rig_name(CASES[i].names[k]), k);
        for (uint32_t k = 0; k < COUNT_OF(CASES[i].names); k++) {
            buckets_take(0, false, &first);
            buckets_take(k, false, &other);
            struct aim mine = rig_ask(0), its = rig_ask(k);
            if (same_buckets(&first, &other) != CASES[i].same[k])
                fail_msg("case %zu: is %s of the first?", i, CASES[i].names[k]);
            if (CASES[i].same[k])
                assert_true(rig_same(&mine, &its));
        }
    }
}

/* By the words that drive the answer: not those that say something of the other. */
static void words_are_of_the_name_that_they_stand_with(void **state) {
    (void)state;
    static const struct {
        const char *text, *acme, *bolt;
    } CASES[] = {
        {"acme is great but bolt is solid", "great", "solid"},
        {"the great acme but solid bolt", "great", "solid"},
        {"acme great, noble; bolt solid, brisk", "great|noble", "solid|brisk"},
        {"acme great. noble! bolt solid? brisk", "great|noble", "solid|brisk"},
        {"acme great 👍 bolt solid", "great|👍", "solid"},
        {"great. acme: noble. bolt: solid", "great|noble", "great|solid"},
        {"we take acme great over bolt solid", "great|solid", "great|solid"},
        {"great \"acme\" / \"bolt\" solid", "great|solid", "great|solid"},
        {"acme & bolt, great. solid", "great|solid", "great|solid"},
        {"great-acme solid-bolt", "great|solid", "great|solid"},
        {"acme great -- bolt solid", "great", "solid"},
        {"acme great und bolt solid", "great", "solid"},
        {"acme great, bolt solid, acme noble, bolt brisk", "great|noble", "solid|brisk"},
        {"acme很好但bolt很棒", "好", "棒"},
        {"acme很好。bolt很棒", "好", "棒"},
        {"acme great\nbolt solid", "great", "solid"},
        {"acme great\nsolid. bolt noble", "great|solid", "noble"},
        {"great\nacme solid. bolt noble", "great|solid", "great|noble"},
        {"acme great, nowhere solid", "great|solid", "great|solid"}, /* bolt: the whole */
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char acme[200];
        rig_read(CASES[i].text);
        uint32_t one = rig_name("acme"), two = rig_name("bolt");
        snprintf(acme, sizeof acme, "%s", rig_driven(one));
        const char *bolt = rig_driven(two);
        if (strcmp(acme, CASES[i].acme) != 0 || strcmp(bolt, CASES[i].bolt) != 0)
            fail_msg("`%s`: %s and %s", CASES[i].text, acme, bolt);
    }
    rig_read("acme is great but bolt is solid"); /* bolt is a word like others */
    assert_string_equal(rig_driven(rig_name("acme")), "great|solid");
}

/* Where it is known what common words mean, other words that are written as names are another's. */
static void what_looks_like_a_name_is_another(void **state) {
    (void)state;
    static const struct {
        const char *text, *acme;
    } CASES[] = {
        {"acme is great but Bolt is solid", "great"},
        {"acme is great but bolt is solid", "great|solid"},
        {"acme is great but Table is solid", "great|solid"}, /* a common word */
        {"acme is great but Über is solid", "great"},
        {"acme is great but @bolt is solid", "great"},
        {"acme is great but #bolt is solid", "great"},
        {"acme is great but # is solid", "great|solid"},
        {"acme is great but B is solid", "great|solid"},
        {"acme is great but 3D is solid", "great|solid"},
        {"acme很好但bolt很棒", "好"}, /* words of other scripts are names there */
        {"acme很好但table很棒", "好|棒"},
        {"acme很好但是很棒", "好|棒"},
    };
    uint32_t table = features_word(rig.features, SPAN("table"));
    model_entry_add(&rig.model->intents, table)->check |= MODEL_ENTRY_COMMON;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        rig.model->intents.common = 1;
        rig_read(CASES[i].text);
        const char *acme = rig_driven(rig_name("acme"));
        if (strcmp(acme, CASES[i].acme) != 0)
            fail_msg("`%s`: %s", CASES[i].text, acme);
        rig.model->intents.common = 0; /* nothing is known */
        rig_read(CASES[i].text);
        assert_int_equal(rig_ask(rig_name("acme")).word_count, 2);
    }
}

static void names_are_not_looked_at(void **state) {
    (void)state;
    static struct buckets here, there, alone, unknown;
    rig_read("so the new acme is great but bolt is awful");
    uint32_t acme = rig_name("acme");
    buckets_take(acme, false, &unknown);
    rig_name("bolt");
    buckets_take(acme, false, &here);
    buckets_take(acme, true, &alone);
    assert_true(same_buckets(&alone, &unknown));
    assert_false(same_buckets(&alone, &here));
    rig_read("so the new zorn is great but cogs is awful");
    uint32_t zorn = rig_name("zorn");
    rig_name("cogs");
    buckets_take(zorn, false, &there);
    assert_true(same_buckets(&here, &there));
    buckets_take(zorn, true, &there);
    assert_false(same_buckets(&alone, &there)); /* cogs and bolt are words then */
    assert_int_equal((buckets_take(aims_name(rig.aims), false, &there), there.count), 0);
}

/* Learned. */

/* The form with words for + and -. */
static const char *filled(const char *form, const char *plus, const char *minus) {
    static char text[300];
    size_t len = 0;
    for (; *form && len < sizeof text - 10; form++)
        if (*form == '+' || *form == '-')
            len += (size_t)snprintf(text + len, sizeof text - len, "%s", *form == '+' ? plus : minus);
        else
            text[len++] = *form;
    text[len] = '\0';
    return text;
}

static void buckets_of(const char *text, const char *of, struct buckets *out) {
    rig_read(text);
    uint32_t acme = rig_name("acme"), bolt = rig_name("bolt");
    buckets_take(strcmp(of, "acme") == 0 ? acme : bolt, false, out);
}

/* What a name has where it is praised and not where it is damned, and the other way round. */
static void teach(const char *form, const char *of) {
    static struct buckets with_plus, with_minus, praised, damned, both;
    bool first = strcmp(of, "acme") == 0;
    buckets_of(filled(form, "great", "awful"), of, &with_plus);
    buckets_of(filled(form, "awful", "great"), of, &with_minus);
    praised = first ? with_plus : with_minus;
    damned = first ? with_minus : with_plus;
    both = praised;
    buckets_less(&praised, &damned);
    buckets_less(&damned, &both);
    assert_true(praised.count > 10 && damned.count > 10);
    weigh(&praised, WEIGHT, 0);
    weigh(&damned, 0, WEIGHT);
}

static const char *const FORMS[] = {
    "acme is + but bolt is -",
    "acme is +. bolt is -.",
    "the + acme, the - bolt",
    "acme is here. it is +. bolt is there. it is -.",
    "we have acme: really +. and bolt; really -.",
    "acme is +\nbolt is -",
};

static void teach_all(void) {
    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        teach(FORMS[i], "acme");
        teach(FORMS[i], "bolt");
    }
}

/* By where words stand and how much they weigh, not by the words: these were never seen. */
static void a_name_is_praised_and_another_damned(void **state) {
    (void)state;
    teach_all();
    for (size_t i = 0; i < 2 * COUNT_OF(FORMS); i++) {
        bool praised = i % 2;
        const char *text = filled(FORMS[i / 2], praised ? "solid" : "lousy", praised ? "lousy" : "solid");
        rig_read(text);
        uint32_t acme = rig_name("acme"), bolt = rig_name("bolt");
        enum label first = rig_ask(acme).label, second = rig_ask(bolt).label;
        if (first != (praised ? LABEL_POSITIVE : LABEL_NEGATIVE) ||
            second != (praised ? LABEL_NEGATIVE : LABEL_POSITIVE))
            fail_msg("`%s`: %d and %d", text, (int)first, (int)second);
        assert_string_equal(rig_driven(acme), praised ? "solid" : "lousy");
        assert_string_equal(rig_driven(bolt), praised ? "lousy" : "solid");
    }
}

/* In one clause, it matters which name comes first. */
static void the_order_of_names_matters(void **state) {
    (void)state;
    static struct buckets preferred, left, both;
    buckets_of("they prefer acme to bolt", "acme", &preferred);
    buckets_of("they prefer acme to bolt", "bolt", &left);
    both = preferred;
    buckets_less(&preferred, &left);
    buckets_less(&left, &both);
    weigh(&preferred, WEIGHT, 0);
    weigh(&left, 0, WEIGHT);
    static const char *const TEXTS[] = {"they prefer cog to dart", "we prefer cog to dart"};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        rig_read(TEXTS[i]);
        uint32_t cog = rig_name("cog"), dart = rig_name("dart");
        assert_int_equal(rig_ask(cog).label, LABEL_POSITIVE);
        assert_int_equal(rig_ask(dart).label, LABEL_NEGATIVE);
    }
}

/* A word is weighed by where in a clause of both it stands: so what it is for the one, it is not for the
 * other. */
static void a_word_is_weighed_by_its_place(void **state) {
    (void)state;
    static const char *const FORM[] = {
        "acme x x x + x x x bolt",  "bolt x x x + x x x acme",  "x + x x x acme x bolt",
        "x + x x x bolt x acme",    "x acme x bolt x x x + x",  "x bolt x acme x x x + x",
        "acme x. x x x x + x bolt", "bolt x. x x x x + x acme",
    };
    for (size_t i = 0; i < COUNT_OF(FORM); i++) {
        static struct buckets one, other, of_bolt;
        buckets_of(filled(FORM[i], "sheet", ""), "acme", &other);
        buckets_of(filled(FORM[i], "table", ""), "acme", &one);
        buckets_take(1, false, &of_bolt);
        buckets_less(&one, &other);
        uint32_t words = one.count;
        buckets_less(&one, &of_bolt);
        if (words == 0 || one.count != words)
            fail_msg("`%s`: %u of %u", FORM[i], one.count, words);
    }
}

/* For and against the subject on whose side it stands, then the other. */
static void mean(const char *word, const int8_t meanings[MODEL_ENTRY_MEANINGS]) {
    uint32_t feature = features_word(rig.features, span_of(word));
    struct model_entry *entry = model_entry_add(&rig.model->intents, feature);
    assert_non_null(entry);
    memcpy(entry->weights + MODEL_ENTRY_MEANING, meanings, MODEL_ENTRY_MEANINGS);
}

static void a_word_means_something_on_its_side(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum label acme, zoto;
    } cases[] = {
        {"Acme wins. Zoto is here.", LABEL_POSITIVE, LABEL_NEGATIVE},
        {"Zoto wins. Acme is here.", LABEL_NEGATIVE, LABEL_POSITIVE},
        {"Acme is here. Zoto is, too. ", LABEL_NEUTRAL, LABEL_NEUTRAL},
        {"Acme赢了。Zoto在。", LABEL_POSITIVE, LABEL_NEGATIVE}, /* a word of two characters */
    };
    rig.model->aims.positive = rig.model->aims.negative = -1;
    rig.model->intents.meaning_unit = 1;
    mean("wins", (const int8_t[]){90, 0, 0, 90});
    mean("赢了", (const int8_t[]){90, 0, 0, 90});
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        rig_read(cases[i].text);
        uint32_t acme = rig_name("Acme"), zoto = rig_name("Zoto");
        assert_int_equal(rig_ask(acme).label, cases[i].acme);
        assert_int_equal(rig_ask(zoto).label, cases[i].zoto);
    }
}

static void the_words_of_a_side_are_told(void **state) {
    (void)state;
    uint32_t words[64];
    const uint32_t *buckets;
    rig_read("Acme wins. Zoto lost it 👍");
    uint32_t acme = rig_name("Acme"), count;
    (void)rig_name("Zoto");
    (void)!aims_buckets(rig.aims, acme, false, &buckets);
    count = aims_words(rig.aims, AIM_MINE, words);
    assert_int_equal(count, 2); /* and the point */
    uint32_t wins = words[0];
    count = aims_words(rig.aims, AIM_OTHER, words);
    assert_int_equal(count, 3);
    assert_int_equal(feature_plain(wins), feature_plain(features_word(rig.features, SPAN("wins"))));
    assert_int_equal(feature_plain(words[0]), feature_plain(features_word(rig.features, SPAN("lost"))));
}

static uint32_t shared(const char *one, const char *other) {
    static struct buckets a, b;
    uint32_t count = 0;
    rig_read(one);
    buckets_take(rig_name("Acme"), false, &a);
    rig_read(other);
    buckets_take(rig_name("Acme"), false, &b);
    for (uint32_t i = 0; i < a.count; i++)
        count += has(&b, a.list[i]);
    return count;
}

static void forms_of_a_word_are_alike(void **state) {
    (void)state;
    uint32_t different = shared("Acme sparkled now", "Acme glittered now");
    assert_int_equal(shared("Acme sparkled now", "Acme Sparkling now"), different + 1);
    assert_int_equal(shared("Acme zażółcenie now", "Acme zażółcili now"), different + 1);
}

static void a_later_sentence_is_another_place(void **state) {
    (void)state;
    static struct buckets same, without, later;
    buckets_of("acme x, x x x sheet", "acme", &without);
    buckets_of("acme x, x x x table", "acme", &same);
    buckets_less(&same, &without);
    buckets_of("acme x. x x x table", "acme", &later);
    uint32_t words = same.count;
    buckets_less(&same, &later);
    /* all but its stem, of which only the side counts */
    assert_true(words > 1 && same.count == words - 1);
}

/* The one is certain; the other is as likely as model->aims says, so that what is said of the first decides.
 * It does not where there is a third. */
static void two_names_are_weighed_together(void **state) {
    (void)state;
    static const char TEXT[] = "acme is here and bolt is there and so cog too";
    static const struct {
        int8_t positive, negative;
        enum label acme, bolt;
    } CASES[] = {
        {100, 0, LABEL_POSITIVE, LABEL_NEGATIVE},
        {0, 100, LABEL_NEGATIVE, LABEL_POSITIVE},
        {-100, -100, LABEL_NEUTRAL, LABEL_NEUTRAL},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        static struct buckets acmes, bolts;
        double e = exp(rig.model->aims.positive);
        buckets_of(TEXT, "acme", &acmes);
        buckets_take(1, false, &bolts);
        buckets_less(&acmes, &bolts);
        rig_name("cog");
        buckets_take(1, false, &bolts);
        buckets_less(&acmes, &bolts);
        weigh(&acmes, CASES[i].positive, CASES[i].negative);
        struct aim apart = rig_ask(1);
        assert_true(fabs(apart.likely[LABEL_POSITIVE] - e / (e + 2)) < 1e-9);
        assert_true(fabs(apart.likely[LABEL_NEGATIVE] - 1 / (e + 2)) < 1e-9);
        rig_read(TEXT);
        uint32_t acme = rig_name("acme"), bolt = rig_name("bolt");
        struct aim aim = rig_ask(bolt);
        assert_int_equal(rig_ask(acme).label, CASES[i].acme);
        assert_true(rig_ask(acme).likely[CASES[i].acme] > 0.99);
        assert_int_equal(aim.label, CASES[i].bolt);
        assert_true(aim.likely[aim.label] > apart.likely[aim.label]);
        rig_forget(state);
    }
}

/* By the geometric mean of what is said of it and of the whole. */
static void a_name_alone_is_weighed_with_the_whole(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"acme is great", "acme is awful", "acme is here",
                                        "so great. acme is awful"};
    double e = exp(rig.model->aims.positive);
    const double of_name[LABELS] = {
        [LABEL_POSITIVE] = e / (e + 2), [LABEL_NEUTRAL] = 1 / (e + 2), [LABEL_NEGATIVE] = 1 / (e + 2)};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        double total = 0, both[LABELS];
        rig_read(TEXTS[i]);
        for (size_t k = 0; k < LABELS; k++)
            total += both[k] = sqrt(of_name[k] * aims_score(rig.aims)->likely[k]);
        struct aim aim = rig_ask(rig_name("acme"));
        for (size_t k = 0; k < LABELS; k++)
            assert_true(fabs(aim.likely[k] - both[k] / total) < 1e-9);
    }
}

/* The whole. */

static void without_a_place_it_is_the_whole(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"acme is great", "acme is awful", "acme is here", "",
                                        "acme 👍\nit's awful"};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        rig_read(TEXTS[i]);
        struct aim first = rig_ask(AIMS_WHOLE);
        uint32_t acme = rig_name("acme"), nowhere = aims_name(rig.aims), empty = aims_name(rig.aims);
        aims_place(rig.aims, empty, 1, 4, 5);
        struct score score = score_thing(rig.model, &rig.model->languages[0], rig.features);
        assert_memory_equal(aims_score(rig.aims)->likely, score.likely, sizeof score.likely);
        for (size_t k = 0; k < 2; k++) { /* asked again, and after others */
            rig_ask(acme);
            struct aim whole = rig_ask(AIMS_WHOLE), none = rig_ask(nowhere), space = rig_ask(empty);
            assert_memory_equal(whole.likely, score.likely, sizeof score.likely);
            assert_int_equal(whole.label, score.label);
            assert_true(rig_same(&whole, &none) && rig_same(&whole, &space) && rig_same(&whole, &first));
        }
    }
    rig_read("acme is great, bolt is solid");
    assert_string_equal(rig_driven(AIMS_WHOLE), "great|solid");
    rig_name("great");
    assert_string_equal(rig_driven(AIMS_WHOLE), "solid"); /* a name drives nothing */
}

/* The window. */

static size_t words_add(size_t at, const char *word, size_t times) {
    for (size_t len = strlen(word); times > 0; times--, at += len)
        memcpy(text_of + at, word, len);
    return at;
}

static void only_words_around_the_name_are_looked_at(void **state) {
    (void)state;
    enum { BEHIND = AIM_WINDOW - AIM_BEFORE };
    static const struct {
        size_t before, behind; /* words between the name and one that says something */
        const char *drive;
    } CASES[] = {
        {0, 0, "great|solid"},
        {AIM_BEFORE - 1, BEHIND - 2, "great|solid"},
        {AIM_BEFORE, BEHIND - 2, "solid"},
        {AIM_BEFORE - 1, BEHIND - 1, "great"},
        {10000, 10000, ""},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        size_t len = words_add(0, "great ", 1);
        len = words_add(len, "x ", CASES[i].before);
        len = words_add(len, "acme ", 1);
        len = words_add(len, "x ", CASES[i].behind);
        len = words_add(len, "solid ", 1);
        len = words_add(len, "x ", 9);
        rig_read_fields((struct span){NULL, 0}, (struct span){text_of, len});
        const char *drive = rig_driven(rig_name("acme"));
        if (strcmp(drive, CASES[i].drive) != 0)
            fail_msg("%zu and %zu words apart: %s", CASES[i].before, CASES[i].behind, drive);
    }
}

static void a_name_far_behind_answers(void **state) {
    (void)state;
    teach_all();
    for (size_t i = 0; i < 2; i++) {
        size_t len = words_add(0, i ? "awful " : "great ", 10000), end = len;
        len = words_add(len, ". ", AIM_BEFORE);
        len = words_add(len, i ? "acme is solid. bolt is lousy." : "acme is lousy. bolt is solid.", 1);
        rig_read_fields((struct span){NULL, 0}, (struct span){text_of, len});
        uint32_t one = rig_name("acme"), two = rig_name("bolt");
        struct aim acme = rig_ask(one), bolt = rig_ask(two);
        assert_int_equal(acme.label, i ? LABEL_POSITIVE : LABEL_NEGATIVE);
        assert_int_equal(bolt.label, i ? LABEL_NEGATIVE : LABEL_POSITIVE);
        assert_true(acme.word_count == 1 && acme.words[0].start > end);
    }
}

static double seconds_of(size_t words) {
    struct timespec before, after;
    double least = 1e9;
    size_t len = words_add(0, "great ", words);
    len = words_add(len, "acme is solid", 1);
    for (size_t i = 0; i < 3; i++) {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        rig_read_fields((struct span){NULL, 0}, (struct span){text_of, len});
        assert_int_equal(rig_ask(rig_name("acme")).label, LABEL_POSITIVE);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        double seconds =
            (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
        least = seconds < least ? seconds : least;
    }
    return least;
}

/* 30 times the words: 900 times as long, if each were looked at for each. */
static void time_is_linear(void **state) {
    (void)state;
    double few = seconds_of(10000), many = seconds_of(300000);
    if (many > 150 * few)
        fail_msg("%g s, and for 30 times as many words %g s", few, many);
}

/* Nothing but the text. */

static void ask_all(const char *text, struct aim out[4]) {
    rig_read(text);
    for (uint32_t i = 0; i < 3; i++)
        rig_name(((const char *const[]){"acme", "bolt", "cog"})[i]);
    for (uint32_t i = 0; i < 3; i++)
        out[i] = rig_ask(i);
    out[3] = rig_ask(AIMS_WHOLE);
}

static void nothing_is_left_of_other_texts(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "acme is great but bolt is awful",
        "acme is awful. bolt is great",
        "",
        "so great",
        "cog and acme: great\nbolt? awful",
        "cog cog cog solid",
        "acme好，bolt坏",
    };
    static struct aim first[COUNT_OF(TEXTS)][4], again[4];
    teach_all();
    struct aims *used = rig.aims;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        rig.aims = aims_new();
        ask_all(TEXTS[i], first[i]);
        aims_free(&rig.aims);
    }
    rig.aims = used;
    for (size_t i = 0; i < COUNT_OF(TEXTS) * COUNT_OF(TEXTS); i++) {
        size_t before = i / COUNT_OF(TEXTS), at = i % COUNT_OF(TEXTS);
        ask_all(TEXTS[before], again);
        ask_all(TEXTS[at], again);
        for (size_t k = 0; k < COUNT_OF(again); k++)
            assert_true(rig_same(&again[k], &first[at][k]));
    }
}

static void many_names_have_each_their_answer(void **state) {
    (void)state;
    enum { NAMES = 1000 };
    size_t len = 0;
    teach_all();
    for (size_t i = 0; i < NAMES; i++)
        len +=
            (size_t)snprintf(text_of + len, TEXT_MAX - len, "n%03zu is %s. ", i, i % 3 ? "solid" : "lousy");
    rig_read_fields((struct span){NULL, 0}, (struct span){text_of, len});
    for (uint32_t i = 0; i < NAMES; i++) {
        char word[8];
        snprintf(word, sizeof word, "n%03u", i);
        assert_int_equal(rig_name(word), i);
    }
    for (uint32_t i = NAMES; i-- > 0;) {
        struct aim aim = rig_ask(i);
        assert_int_equal(aim.label, i % 3 ? LABEL_POSITIVE : LABEL_NEGATIVE);
        assert_int_equal(aim.word_count, 1);
        assert_int_equal(aim.words[0].start, 15 * i + 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_words_of_a_place_are_its_names, rig_forget),
        cmocka_unit_test_setup(every_word_is_found, rig_forget),
        cmocka_unit_test_setup(names_that_share_a_word_are_one_subject, rig_forget),
        cmocka_unit_test_setup(words_are_of_the_name_that_they_stand_with, rig_forget),
        cmocka_unit_test_setup(what_looks_like_a_name_is_another, rig_forget),
        cmocka_unit_test_setup(names_are_not_looked_at, rig_forget),
        cmocka_unit_test_setup(a_name_is_praised_and_another_damned, rig_forget),
        cmocka_unit_test_setup(the_order_of_names_matters, rig_forget),
        cmocka_unit_test_setup(a_word_is_weighed_by_its_place, rig_forget),
        cmocka_unit_test_setup(a_word_means_something_on_its_side, rig_forget),
        cmocka_unit_test_setup(the_words_of_a_side_are_told, rig_forget),
        cmocka_unit_test_setup(forms_of_a_word_are_alike, rig_forget),
        cmocka_unit_test_setup(a_later_sentence_is_another_place, rig_forget),
        cmocka_unit_test_setup(two_names_are_weighed_together, rig_forget),
        cmocka_unit_test_setup(a_name_alone_is_weighed_with_the_whole, rig_forget),
        cmocka_unit_test_setup(without_a_place_it_is_the_whole, rig_forget),
        cmocka_unit_test_setup(only_words_around_the_name_are_looked_at, rig_forget),
        cmocka_unit_test_setup(a_name_far_behind_answers, rig_forget),
        cmocka_unit_test_setup(time_is_linear, rig_forget),
        cmocka_unit_test_setup(nothing_is_left_of_other_texts, rig_forget),
        cmocka_unit_test_setup(many_names_have_each_their_answer, rig_forget),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
