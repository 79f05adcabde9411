/* What a person's correction does in Redis: CORRECT, MET and SWEEP of a fold, and the marks of the actions.
 */
#include "functions_stand.h"

#include <stdio.h>
#include <stdlib.h>

enum { MINUTE, HOUR, DAY, GRAINS };

static const struct grain {
    const char *name;
    char letter;
    int64_t seconds, block;
} GRAIN[GRAINS] = {{"minute", 'm', 60, 3600}, {"hour", 'h', 3600, 86400}, {"day", 'd', 86400, 365 * 86400}};

/* A pair as the aggregator counts it. */
struct pair {
    const char *alert, *id;
    int64_t at;
    const char *label;
    int score;
    const char *more; /* members of the item before its label; NULL: none */
};

static char sign_of(const char *label) {
    return *label == 'p' ? '+' : label[2] == 'g' ? '-' : '0';
}

static void add_score(struct buf *out, int score) {
    buf_printf(out, "%s%d.%03d", score < 0 ? "-" : "", abs(score) / 1000, abs(score) % 1000);
}

/* The member of the feed, as item.c and gather.c make it. */
static void add_member(struct buf *out, const struct pair *pair, const char *corrected) {
    buf_add_str(out, pair->id);
    buf_add_char(out, '\0');
    buf_printf(out, "%04d", pair->score + 1000);
    buf_add_char(out, '\0');
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, span_of(pair->id));
    buf_add_str(out, ",\"platform\":\"a\\tb\",\"kind\":null,\"country\":\"N\\\\L\",\"language\":\"de\"");
    buf_printf(out, "%s,\"label\":\"%s\",\"score\":", pair->more ? pair->more : "", pair->label);
    add_score(out, pair->score);
    buf_printf(out, "%s,\"words\":[[\"text\",0,1,0.5]],\"at\":[]}", corrected);
}

#define JOINT "und\ta?b\tde\tN\\L\t"

static void add_joint(struct call *call, const struct pair *pair, char letter, int64_t seconds) {
    call_word(call, SPAN("4"));
    call_word(call, SPAN("HINCRBY"));
    call_wordf(call, "earshot:{s%d}:%c:%s:%lld", shard_of(pair->alert), letter, pair->alert,
               (long long)(pair->at / seconds));
    call_wordf(call, JOINT "%c", sign_of(pair->label));
    call_word(call, SPAN("1"));
}

static void count_in(struct fixture *f, const struct pair *pair, unsigned grains) {
    struct call call;
    struct buf member;
    buf_init(&member, 4096);
    add_member(&member, pair, "");
    fold_begin(&call, shard_of(pair->alert));
    call_word(&call, SPAN("0"));
    for (int g = 0; g < GRAINS; g++) {
        char block[128];
        if (!(grains >> g & 1))
            continue;
        (void)snprintf(block, sizeof block, "%c:%s:%lld", GRAIN[g].letter, pair->alert,
                       (long long)(pair->at / GRAIN[g].block));
        const int64_t counts[] = {1, sign_of(pair->label) == '+', sign_of(pair->label) == '-', pair->score};
        add_cell(&call, pair->alert, block, pair->at % GRAIN[g].block / GRAIN[g].seconds, counts);
    }
    add_joint(&call, pair, 'j', 3600);
    add_joint(&call, pair, 'k', 86400);
    call_word(&call, SPAN("4"));
    call_word(&call, SPAN("ZADD"));
    call_wordf(&call, "earshot:{s%d}:f:%s", shard_of(pair->alert), pair->alert);
    call_wordf(&call, "%lld", -(long long)pair->at);
    call_word(&call, buf_span(&member));
    assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    buf_free(&member);
}

static void add_correct(struct call *call, const char *alert, const char *id, const char *label) {
    call_word(call, SPAN("4"));
    call_word(call, SPAN("CORRECT"));
    call_word(call, span_of(alert));
    call_word(call, span_of(id));
    call_word(call, span_of(label));
}

/* "+what n …" of the reply. */
static void expect_news(const struct store_reply *reply, const char *expected) {
    char text[TEXT_MAX] = "";
    size_t len = 0;
    if (reply->type != STORE_ARRAY)
        fail_msg("%s", reply->text.ptr);
    for (size_t i = 0; i < reply->count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? " " : "",
                                reply->elements[i].text.ptr);
    assert_string_equal(text, expected);
}

static void correct(struct fixture *f, const char *alert, const char *id, const char *label,
                    const char *expected) {
    struct call call;
    fold_begin(&call, shard_of(alert));
    call_word(&call, SPAN("0"));
    add_correct(&call, alert, id, label);
    expect_news(call_send(f, &call), expected);
}

/* In the bucket of `at`: mentions, positive, neutral, negative and the mean in thousandths. */
static void expect_volume(struct fixture *f, const struct grain *grain, const char *alert, int64_t at,
                          const int64_t want[5]) {
    char command[TEXT_MAX];
    (void)snprintf(command, sizeof command, "FCALL_RO earshot_volume 0 %s %lld %lld %s", alert, (long long)at,
                   (long long)at + 1, grain->name);
    json_t *reply = read_text(f, command), *row = json_array_get(json_object_get(reply, "buckets"), 0);
    for (size_t i = 0; i < 4; i++)
        if (json_integer_value(json_array_get(row, i + 1)) != want[i])
            fail_msg("%s: %s", command, json_dumps(reply, 0));
    double mean = json_number_value(json_array_get(row, 5)) * 1000;
    assert_true(mean - (double)want[4] < 0.5 && (double)want[4] - mean < 0.5);
    json_decref(reply);
}

static int64_t ask_number(struct fixture *f, struct span command, struct span key, struct span field) {
    const struct span words[] = {command, key, field};
    const struct store_reply *reply = NULL;
    assert_int_equal(store_ask(f->store, words, COUNT_OF(words), &reply), STORE_OK);
    return reply->type == STORE_NIL ? -1 : strtoll(reply->text.ptr, NULL, 10);
}

static void expect_joint(struct fixture *f, const struct pair *pair, char letter, int64_t seconds,
                         const int64_t want[3]) {
    static const char SIGNS[] = "+0-";
    char key[TEXT_MAX], field[64];
    (void)snprintf(key, sizeof key, "earshot:{s%d}:%c:%s:%lld", shard_of(pair->alert), letter, pair->alert,
                   (long long)(pair->at / seconds));
    for (int i = 0; i < 3; i++) {
        (void)snprintf(field, sizeof field, JOINT "%c", SIGNS[i]);
        assert_int_equal(ask_number(f, SPAN("HGET"), span_of(key), span_of(field)), want[i] ? want[i] : -1);
    }
}

static void expect_member(struct fixture *f, const struct pair *pair, const char *corrected) {
    struct buf member;
    char key[TEXT_MAX];
    buf_init(&member, 4096);
    add_member(&member, pair, corrected);
    (void)snprintf(key, sizeof key, "earshot:{s%d}:f:%s", shard_of(pair->alert), pair->alert);
    assert_int_equal(ask_number(f, SPAN("ZSCORE"), span_of(key), buf_span(&member)), -pair->at);
    buf_free(&member);
}

/* The score of (acme, id) in S:corrections less the moment: label * 2 + met; -1: it is not there. */
static int64_t kept(struct fixture *f, const char *id) {
    char key[TEXT_MAX], member[TEXT_MAX];
    int len = snprintf(member, sizeof member, "acme%c%s", 0, id);
    (void)snprintf(key, sizeof key, "earshot:{s%d}:corrections", shard_of("acme"));
    int64_t score =
        ask_number(f, SPAN("ZSCORE"), span_of(key), (struct span){.ptr = member, .len = (size_t)len});
    if (score < 0)
        return -1;
    assert_in_range(score / 8, f->now, f->now + 60);
    return score % 8;
}

static const struct {
    const char *name;
    int score;
} LABEL_NAMES[] = {{"positive", 1000}, {"neutral", 0}, {"negative", -1000}};

/* From each label to each, beside another mention of the same bucket that stays as it is. */
static void a_contribution_goes_from_label_to_label(void **state) {
    struct fixture *f = *state;
    static const int COMPUTED[] = {304, -12, -1000};
    for (int from = 0; from < 3; from++) {
        for (int to = 0; to < 3; to++) {
            (void)functions_fresh(state);
            define_acme(f);
            struct pair one = {"acme", "m:1", f->now - 90, LABEL_NAMES[from].name, COMPUTED[from], NULL};
            const struct pair other = {"acme", "m:10", f->now - 90, "neutral", 100, NULL};
            count_in(f, &one, 7);
            count_in(f, &other, 7);
            bool same = from == to && COMPUTED[from] == LABEL_NAMES[to].score;
            correct(f, "acme", "m:1", LABEL_NAMES[to].name, same ? "+same 1" : "+changed 1");
            int64_t labels[3] = {0, 1, 0};
            labels[to]++;
            const int64_t want[] = {2, labels[0], labels[1], labels[2], (100 + LABEL_NAMES[to].score) / 2};
            for (int g = 0; g < GRAINS; g++)
                expect_volume(f, &GRAIN[g], "acme", one.at, want);
            expect_joint(f, &one, 'j', 3600, labels);
            expect_joint(f, &one, 'k', 86400, labels);
            one.label = LABEL_NAMES[to].name;
            one.score = LABEL_NAMES[to].score;
            expect_member(f, &one, ",\"corrected\":true");
            expect_member(f, &other, "");
            assert_int_equal(kept(f, "m:1"), 2 * to + 1);
            correct(f, "acme", "m:1", LABEL_NAMES[to].name, "+same 1"); /* once more: nothing */
            expect_volume(f, &GRAIN[HOUR], "acme", one.at, want);
            expect_joint(f, &one, 'j', 3600, labels);
            expect_member(f, &one, ",\"corrected\":true");
        }
    }
}

/* An id is not a pattern, and a label is not what a source or an author says. */
static void only_the_mention_itself_is_found(void **state) {
    struct fixture *f = *state;
    static const char *const IDS[] = {"a*", "ab", "a?",   "a[b]",      "a[^b]",  "a\\b", "a\\*",
                                      "*",  "a",  "a\"b", "\xc3\xa9*", "a*\x01", "[",    "\\"};
    define_acme(f);
    for (size_t i = 0; i < COUNT_OF(IDS); i++) {
        const struct pair pair = {"acme",
                                  IDS[i],
                                  f->now - 100 - (int64_t)i,
                                  "neutral",
                                  0,
                                  ",\"author\":{\"x\":1,\"label\":\"positive\",\"score\":1.000},\"text\":\"y,"
                                  "\\\"label\\\":\\\"positive\\\",\\\"score\\\":1\""};
        count_in(f, &pair, 7);
    }
    for (size_t i = 0; i < COUNT_OF(IDS); i += 2)
        correct(f, "acme", IDS[i], "negative", "+changed 1");
    struct call feed = call_reader("FCALL_RO earshot_feed 0 acme 0 now newest 100");
    call_word(&feed, SPAN(""));
    json_t *page = read_ok(f, &feed), *item;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(page, "items")), COUNT_OF(IDS));
    json_array_foreach(json_object_get(page, "items"), i, item) {
        assert_string_equal(json_string_value(json_object_get(item, "id")), IDS[i]);
        assert_string_equal(json_string_value(json_object_get(item, "label")),
                            i % 2 ? "neutral" : "negative");
        assert_int_equal(json_is_true(json_object_get(item, "corrected")), i % 2 == 0);
        assert_string_equal(json_string_value(json_object_get(json_object_get(item, "author"), "label")),
                            "positive");
    }
    json_decref(page);
}

/* A post that was edited is there twice. */
static void all_that_the_feed_holds_of_a_mention_is_corrected(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    struct pair first = {"acme", "m:1", f->now - 90, "positive", 500, ",\"text\":\"one\""};
    struct pair second = {"acme", "m:1", f->now - 90, "neutral", 0, ",\"text\":\"two\""};
    count_in(f, &first, 7);
    count_in(f, &second, 7);
    correct(f, "acme", "m:1", "negative", "+changed 2");
    expect_volume(f, &GRAIN[MINUTE], "acme", first.at, (const int64_t[]){2, 0, 0, 2, -1000});
    expect_joint(f, &first, 'k', 86400, (const int64_t[]){0, 0, 2});
}

static void what_has_expired_is_not_made_anew(void **state) {
    struct fixture *f = *state;
    char key[GRAINS + 2][96];
    define_acme(f);
    const struct pair pair = {"acme", "m:1", f->now - 90, "positive", 500, NULL};
    count_in(f, &pair, 7);
    static const char LETTERS[] = "mhdjk";
    const int64_t blocks[] = {3600, 86400, 365 * 86400, 3600, 86400};
    for (size_t i = 0; i < COUNT_OF(key); i++) {
        (void)snprintf(key[i], sizeof key[i], "earshot:{s%d}:%c:acme:%lld", shard_of("acme"), LETTERS[i],
                       (long long)(pair.at / blocks[i]));
        const struct span words[] = {i % 3 ? SPAN("EXPIRE") : SPAN("UNLINK"), span_of(key[i]), SPAN("1000")};
        const struct store_reply *reply = NULL;
        assert_int_equal(store_ask(f->store, words, i % 3 ? 3 : 2, &reply), STORE_OK);
    }
    correct(f, "acme", "m:1", "negative", "+changed 1");
    for (size_t i = 0; i < COUNT_OF(key); i++) {
        const struct span words[] = {SPAN("TTL"), span_of(key[i])};
        const struct store_reply *reply = NULL;
        assert_int_equal(store_ask(f->store, words, COUNT_OF(words), &reply), STORE_OK);
        if (i % 3 == 0)
            assert_int_equal(reply->integer, -2); /* no such key */
        else
            assert_in_range(reply->integer, 900, 1000); /* and what is there keeps its expiry */
    }
    expect_volume(f, &GRAIN[HOUR], "acme", pair.at, (const int64_t[]){1, 0, 0, 1, -1000});
    expect_joint(f, &pair, 'k', 86400, (const int64_t[]){0, 0, 1});
}

/* It was older than minutes are kept when it came: others of its minute are not its own. */
static void a_grain_that_was_over_when_it_came_stays(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    const struct pair late = {"acme", "m:1", f->now - 48 * 3600 - 120, "positive", 500, NULL};
    const struct pair early = {"acme", "m:2", late.at, "positive", 500, NULL};
    count_in(f, &early, 7);
    count_in(f, &late, 6);
    correct(f, "acme", "m:1", "negative", "+changed 1");
    char key[96];
    (void)snprintf(key, sizeof key, "GETRANGE earshot:{s%d}:m:acme:%lld %lld %lld", shard_of("acme"),
                   (long long)(late.at / 3600), (long long)(late.at % 3600 / 60 * 16),
                   (long long)(late.at % 3600 / 60 * 16 + 15));
    const struct store_reply *reply = redis_ask(f->store, key);
    assert_int_equal(reply->text.len, 16);
    assert_memory_equal(reply->text.ptr, "\0\0\0\1\0\0\0\1\0\0\0\0\0\0\x05\xdc", 16);
    expect_volume(f, &GRAIN[HOUR], "acme", late.at, (const int64_t[]){2, 1, 0, 1, -250});
    /* a cell that does not hold such a mention at all is left alone */
    const struct pair odd = {"acme", "m:3", f->now - 90, "positive", 500, NULL};
    const struct pair beside = {"acme", "m:4", odd.at, "neutral", 0, NULL};
    count_in(f, &odd, 2);
    count_in(f, &beside, 7);
    correct(f, "acme", "m:3", "negative", "+changed 1");
    expect_volume(f, &GRAIN[HOUR], "acme", odd.at, (const int64_t[]){2, 0, 1, 1, -500});
    expect_volume(f, &GRAIN[MINUTE], "acme", odd.at, (const int64_t[]){1, 0, 1, 0, 0});
}

/* The numbers of a cell do not run into each other. */
static void large_cells_stay_whole(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    struct call call;
    char block[64];
    const struct pair pair = {"acme", "m:1", f->now - 90, "positive", 500, NULL};
    (void)snprintf(block, sizeof block, "h:acme:%lld", (long long)(pair.at / 86400));
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("0"));
    add_cell(&call, "acme", block, pair.at % 86400 / 3600,
             (const int64_t[]){3000000, 1000000, 2000000, 1294966496}); /* the sum is about to carry, */
    assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    count_in(f, &pair, 7);
    correct(f, "acme", "m:1", "negative", "+changed 1");
    expect_volume(f, &GRAIN[HOUR], "acme", pair.at, (const int64_t[]){3000001, 1000000, 0, 2000001, 432});
    correct(f, "acme", "m:1", "positive", "+changed 1");
    expect_volume(f, &GRAIN[HOUR], "acme", pair.at, (const int64_t[]){3000001, 1000001, 0, 2000000, 432});
}

static void a_correction_without_its_mention_waits(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    correct(f, "acme", "m:1", "positive", "+waits 1");
    assert_int_equal(kept(f, "m:1"), 0);
    correct(f, "acme", "m:1", "negative", "+waits 1");
    assert_int_equal(kept(f, "m:1"), 4);
    struct call call;
    for (int i = 0; i < 2; i++) {
        fold_begin(&call, shard_of("acme"));
        call_word(&call, SPAN("0"));
        for (int k = 1; k <= 2; k++) { /* m:2 was never said anything of */
            call_word(&call, SPAN("3"));
            call_word(&call, SPAN("MET"));
            call_word(&call, SPAN("acme"));
            call_wordf(&call, "m:%d", k);
        }
        expect_news(call_send(f, &call), "");
        assert_int_equal(kept(f, "m:1"), 5);
        assert_int_equal(kept(f, "m:2"), -1);
    }
    correct(f, "nobody", "m:1", "positive", "+waits 1"); /* its definition may be on its way */
    define(f, "acme", "9", "");
    correct(f, "acme", "m:3", "positive", "+removed 1");
    assert_int_equal(kept(f, "m:3"), -1);
}

/* Items of a version that did not say what they were counted under. */
static void an_item_without_its_names_waits_like_one_that_is_gone(void **state) {
    struct fixture *f = *state;
    struct call call;
    define_acme(f);
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("0"));
    add_item(&call, "acme", f->now, "m:1", 300);
    char *member = call.text + call.used;
    int len = snprintf(member, 200,
                       "m:2%c1300%c{\"id\":\"m:2\",\"platform\":\"p\",\"label\":\"positive\",\"score\":0.300,"
                       "\"words\":[],\"at\":[]}",
                       0, 0);
    call.used += (size_t)len + 1;
    call_word(&call, SPAN("4"));
    call_word(&call, SPAN("ZADD"));
    call_wordf(&call, "earshot:{s%d}:f:acme", shard_of("acme"));
    call_wordf(&call, "%lld", -(long long)f->now);
    call_word(&call, (struct span){.ptr = member, .len = (size_t)len});
    assert_int_equal(call_send(f, &call)->type, STORE_ARRAY);
    correct(f, "acme", "m:1", "negative", "+waits 1");
    correct(f, "acme", "m:2", "negative", "+waits 1");
    assert_int_equal(kept(f, "m:2"), 4);
}

static void add_kept(struct fixture *f, const char *id, int64_t score) {
    char key[64], text[32], member[64];
    struct span words[] = {SPAN("ZADD"), {.ptr = key}, {.ptr = text}, {.ptr = member}};
    words[1].len = (size_t)snprintf(key, sizeof key, "earshot:{s%d}:corrections", shard_of("acme"));
    words[2].len = (size_t)snprintf(text, sizeof text, "%lld", (long long)score);
    words[3].len = (size_t)snprintf(member, sizeof member, "acme%c%s", 0, id);
    store_queue(f->store, words, COUNT_OF(words));
}

static void take_replies(struct fixture *f) {
    const struct store_reply *reply = NULL;
    while (store_pending(f->store))
        assert_int_equal(store_reply(f->store, &reply), STORE_OK);
}

static void what_waited_too_long_or_is_too_much_is_given_up(void **state) {
    struct fixture *f = *state;
    struct call call;
    char id[32], command[64];
    define_acme(f);
    add_kept(f, "old", (f->now - 7 * 86400 - 1) * 8 + 4);
    add_kept(f, "met", (f->now - 7 * 86400 - 1) * 8 + 5);
    add_kept(f, "young", (f->now - 7 * 86400 + 100) * 8);
    take_replies(f);
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("0"));
    call_word(&call, SPAN("1"));
    call_word(&call, SPAN("SWEEP"));
    expect_news(call_send(f, &call), "+too_late 1");
    expect_news(call_send(f, &call), "");
    add_kept(f, "old", (f->now - 7 * 86400 - 1) * 8 + 4);
    for (int i = 0; i < 9999; i++) {
        (void)snprintf(id, sizeof id, "n%d", i);
        add_kept(f, id, (f->now - 1000) * 8 + i % 2);
    }
    take_replies(f);
    correct(f, "acme", "m:1", "positive",
            "+waits 1 +too_late 2"); /* old, and young, which is the oldest then */
    (void)snprintf(command, sizeof command, "ZCARD earshot:{s%d}:corrections", shard_of("acme"));
    assert_int_equal(redis_ask(f->store, command)->integer, 10000);
    correct(f, "acme", "m:1", "positive", "+waits 1"); /* the same pair: no more than before */
    assert_int_equal(redis_ask(f->store, command)->integer, 10000);
}

/* Who folds mentions of a partition must know its actions: their mark is expected with that of the mentions.
 */
static void marks_of_actions_are_expected_and_moved_beside(void **state) {
    struct fixture *f = *state;
    static const char M1[] = "AAAAAAAAaaaaaaaa", M2[] = "BBBBBBBBbbbbbbbb";
    static const struct {
        const char *partition, *expected, *next;
        bool applied;
        const char *marks, *actions; /* of partitions 0 and 1; . is none */
    } STEPS[] = {
        {"1", ".", "1", true, ".1", ""},      {"1", "1", "1X", true, ".1", ".X"}, /* an action alone */
        {"1", "1", "2", false, ".1", ".X"},   /* who does not know of it is refused, */
        {"1", "1Y", "2Y", false, ".1", ".X"}, /* and who knows another */
        {"1", "1X", "2X", true, ".2", ".X"},  /* the mentions alone */
        {"0", ".", "1Y", true, "12", "YX"},   /* both at once */
        {"1", "2", "1", false, "12", "YX"},   {"1", "2X", "1Y", true, "11", "YY"},
    };
    for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
        struct call call;
        fold_begin(&call, 1);
        call_word(&call, SPAN("1"));
        call_word(&call, span_of(STEPS[i].partition));
        const char *const given[] = {STEPS[i].expected, STEPS[i].next};
        for (int k = 0; k < 2; k++) {
            char *bytes = call.text + call.used;
            memcpy(bytes, *given[k] == '.' ? NO_MARK : *given[k] == '1' ? M1 : M2, 16);
            if (given[k][1])
                memset(bytes + 16, given[k][1], 16);
            call.used += 32;
            call_word(&call, (struct span){.ptr = bytes, .len = given[k][1] ? 32 : 16});
        }
        assert_int_equal(call_send(f, &call)->type, STEPS[i].applied ? STORE_ARRAY : STORE_STRING);
        const char *const keys[] = {"GET earshot:{s1}:marks", "GET earshot:{s1}:actions"};
        const char *const want[] = {STEPS[i].marks, STEPS[i].actions};
        for (int k = 0; k < 2; k++) {
            char bytes[32];
            size_t count = strlen(want[k]);
            for (size_t p = 0; p < count; p++) {
                if (want[k][p] == '1' || want[k][p] == '2')
                    memcpy(bytes + 16 * p, want[k][p] == '1' ? M1 : M2, 16);
                else
                    memset(bytes + 16 * p, want[k][p] == '.' ? 0 : want[k][p], 16);
            }
            const struct store_reply *reply = redis_ask(f->store, keys[k]);
            assert_int_equal(reply->text.len, 16 * count);
            assert_memory_equal(count ? reply->text.ptr : "", bytes, 16 * count);
        }
    }
}

/* A backfill has marks of its own and does not know what people say meanwhile: Redis looks. */
static void what_a_backfill_brings_meets_its_correction(void **state) {
    struct fixture *f = *state;
    define_acme(f);
    correct(f, "acme", "m:1", "negative", "+waits 1");
    struct pair pair = {"acme", "m:1", f->now - 90, "positive", 500, NULL};
    const struct pair other = {"acme", "m:2", f->now - 90, "positive", 500, NULL};
    struct call call = {0};
    struct buf members[2];
    count_in(f, &pair, 7); /* its counters; the entry comes by the backfill */
    char del[64];
    (void)snprintf(del, sizeof del, "DEL earshot:{s%d}:f:acme", shard_of("acme"));
    (void)redis_ask(f->store, del);
    call_word(&call, SPAN("FCALL"));
    call_word(&call, SPAN("earshot_fold"));
    call_word(&call, SPAN("1"));
    call_wordf(&call, "earshot:{s%d}", shard_of("acme"));
    call_word(&call, SPAN(FUNCTIONS_SCHEMA));
    call_word(&call, SPAN("testlog/acme:3"));
    call_word(&call, SPAN("0"));
    call_word(&call, SPAN("6"));
    call_word(&call, SPAN("ZADD"));
    call_wordf(&call, "earshot:{s%d}:f:acme", shard_of("acme"));
    for (int i = 0; i < 2; i++) {
        buf_init(&members[i], 4096);
        add_member(&members[i], i ? &other : &pair, "");
        call_wordf(&call, "%lld", -(long long)pair.at);
        call_word(&call, buf_span(&members[i]));
    }
    expect_news(call_send(f, &call), "+changed 1");
    expect_volume(f, &GRAIN[MINUTE], "acme", pair.at, (const int64_t[]){1, 0, 0, 1, -1000});
    pair.label = "negative";
    pair.score = -1000;
    expect_member(f, &pair, ",\"corrected\":true");
    expect_member(f, &other, "");
    assert_int_equal(kept(f, "m:1"), 5);
    buf_free(&members[0]);
    buf_free(&members[1]);
}

/* Each command that a correction needs: one that is not allowed would leave its shard dirty. */
static void the_writer_may_correct(void **state) {
    struct fixture *f = *state;
    struct call call;
    define_acme(f);
    (void)redis_ask(f->store, WRITER_ACL);
    (void)redis_ask(f->store, "AUTH writer x");
    const struct pair one = {"acme", "m:1", f->now - 90, "positive", 500, NULL};
    const struct pair two = {"acme", "m:2", f->now - 90, "positive", 500, NULL};
    count_in(f, &one, 7);
    correct(f, "acme", "m:1", "negative", "+changed 1"); /* the last of its label */
    count_in(f, &one, 7);
    count_in(f, &two, 7);
    correct(f, "acme", "m:2", "negative", "+changed 1"); /* and one of two */
    correct(f, "acme", "m:3", "negative", "+waits 1");
    add_kept(f, "old", 8);
    take_replies(f);
    fold_begin(&call, shard_of("acme"));
    call_word(&call, SPAN("1"));
    add_mark(&call, "0", NO_MARK, "AAAAAAAAaaaaaaaa");
    call_word(&call, SPAN("3"));
    call_word(&call, SPAN("MET"));
    call_word(&call, SPAN("acme"));
    call_word(&call, SPAN("m:3"));
    call_word(&call, SPAN("1"));
    call_word(&call, SPAN("SWEEP"));
    expect_news(call_send(f, &call), "+too_late 1");
    (void)redis_ask(f->store, "AUTH default x");
}

static void the_library_says_which_it_is(void **state) {
    struct fixture *f = *state;
    const struct store_reply *reply = redis_ask(f->store, "FCALL_RO earshot_library 0");
    assert_int_equal(reply->type, STORE_STRING);
    assert_int_equal(strtol(reply->text.ptr, NULL, 10), FUNCTIONS_LIBRARY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_contribution_goes_from_label_to_label),
        TEST(only_the_mention_itself_is_found),
        TEST(all_that_the_feed_holds_of_a_mention_is_corrected),
        TEST(what_has_expired_is_not_made_anew),
        TEST(a_grain_that_was_over_when_it_came_stays),
        TEST(large_cells_stay_whole),
        TEST(a_correction_without_its_mention_waits),
        TEST(an_item_without_its_names_waits_like_one_that_is_gone),
        TEST(what_waited_too_long_or_is_too_much_is_given_up),
        TEST(marks_of_actions_are_expected_and_moved_beside),
        TEST(what_a_backfill_brings_meets_its_correction),
        TEST(the_writer_may_correct),
        TEST(the_library_says_which_it_is),
    };
    return cmocka_run_group_tests(tests, functions_setup, functions_teardown);
}
