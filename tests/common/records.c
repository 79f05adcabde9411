#include "cmocka_all.h"

#include "records.h"

#include "earshot/times.h"
#include "redis_server.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t roll(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static const char *const KINDS[] = {"social", "forum", "news"};
static const char *const PLATFORMS[] = {"mastodon", "hackernews", "rss"};
static const char *const LANGUAGES[] = {"\"en\"", "\"de\"", "null"};
static const char *const INTENT_NAMES[] = {"complaint", "purchase", "other"};
static const char *const LABEL_NAMES[] = {"positive", "neutral", "negative"};

/* A third of the alerts match each mention, by its number, so that shards and cells are shared. */
static void add_matches(json_t *mention, int alerts, uint32_t *seed) {
    json_t *matches = json_array(), *analyses = json_array();
    for (int a = 0; a < alerts; a++) {
        if (roll(seed) % 3)
            continue;
        char id[16];
        (void)snprintf(id, sizeof id, "a%03d", a);
        int label = (int)(roll(seed) % 3);
        double score = (label == 0 ? 1 : label == 2 ? -1 : 0) * (double)(roll(seed) % 1000) / 1000;
        json_array_append_new(matches,
                              json_pack("{s:s,s:i,s:[[s,i,i]]}", "id", id, "version", 0, "at", "text", 0, 2));
        json_array_append_new(analyses, json_pack("{s:s,s:s,s:f,s:[]}", "id", id, "label", LABEL_NAMES[label],
                                                  "score", score, "words"));
    }
    json_object_set_new(mention, "matches", matches);
    json_t *analysis = json_pack("{s:n}", "language");
    if (roll(seed) % 4) { /* else of before there were any */
        json_object_set_new(analysis, "intent", json_string(INTENT_NAMES[roll(seed) % 3]));
        json_object_set_new(analysis, "risk", json_real((double)(roll(seed) % 10) / 10));
        json_object_set_new(analysis, "reasons", json_array());
    }
    json_object_set_new(analysis, "alerts", analyses);
    json_object_set_new(mention, "analysis", analysis);
}

static char *make_json(const struct records_conf *conf, int number, uint32_t *seed) {
    char created[TIMES_TEXT], collected[TIMES_TEXT], id[32], source[200];
    uint32_t pick = roll(seed) % 3, language = roll(seed) % 3;
    times_print(conf->now - (int64_t)(roll(seed) % (uint32_t)conf->spread), created);
    times_print(conf->now, collected);
    (void)snprintf(id, sizeof id, "test:%d", number);
    (void)snprintf(source, sizeof source, "{\"kind\":\"%s\",\"platform\":\"%s\"}", KINDS[pick],
                   PLATFORMS[pick]);
    json_t *mention =
        json_pack("{s:s,s:o,s:s,s:s,s:s,s:o}", "id", id, "source", json_loads(source, 0, NULL), "text",
                  "some words about it", "created_at", created, "collected_at", collected, "language",
                  json_loads(LANGUAGES[language], JSON_DECODE_ANY, NULL));
    add_matches(mention, conf->alerts, seed);
    char *text = json_dumps(mention, JSON_COMPACT | JSON_REAL_PRECISION(3));
    json_decref(mention);
    return text;
}

static struct said make_said(const struct records_conf *conf, uint32_t *seed, int64_t next[64]) {
    const struct deployment deployment = {.partitions = conf->partitions};
    struct said said = {.label = (int)(roll(seed) % 3)};
    struct buf json;
    char id[32];
    (void)snprintf(id, sizeof id, "test:%d", (int)(roll(seed) % (uint32_t)(conf->mentions + 5)));
    (void)snprintf(said.alert, sizeof said.alert, "a%03d", (int)(roll(seed) % (uint32_t)conf->alerts));
    said.mention = xstrdup(id);
    said.partition = deployment_partition(&deployment, span_of(id));
    said.offset = next[said.partition]++;
    buf_init(&json, 1000);
    action_print(&(struct action){.alert = span_of(said.alert),
                                  .mention = span_of(said.mention),
                                  .label = (enum label)said.label,
                                  .at = ACTION_NO_TIME},
                 &json);
    said.json = json.ptr;
    return said;
}

static void make_corrections(struct records *records, const struct records_conf *conf, uint32_t *seed) {
    int64_t next[64] = {0};
    records->said = xcalloc((size_t)conf->corrections + 1, sizeof *records->said);
    for (; records->said_count < (size_t)conf->corrections; records->said_count++)
        records->said[records->said_count] = make_said(conf, seed, next);
}

void records_make(struct records *records, const struct records_conf *conf) {
    const struct deployment deployment = {.partitions = conf->partitions};
    uint32_t seed = conf->seed;
    int64_t raw[64] = {0}, next[64] = {0};
    *records = (struct records){.partitions = conf->partitions, .alerts = conf->alerts};
    records->at = xcalloc((size_t)conf->mentions * 2, sizeof *records->at);
    for (int i = 0; i < conf->mentions; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "test:%d", i);
        int32_t p = deployment_partition(&deployment, span_of(id));
        raw[p] += 1 + roll(&seed) % 3; /* mentions without a match are not in this log */
        records->at[records->count++] = (struct record){
            .partition = p, .raw = raw[p], .offset = next[p]++, .json = make_json(conf, i, &seed)};
        if (i % 50 != 49)
            continue;
        size_t end = records->count; /* the last few once more */
        for (size_t k = end - 20; k < end; k++) {
            struct record again = records->at[k];
            again.offset = next[again.partition]++;
            again.json = xstrdup(again.json);
            records->at[records->count++] = again;
        }
    }
    make_corrections(records, conf, &seed);
}

void records_free(struct records *records) {
    for (size_t i = 0; i < records->count; i++)
        free(records->at[i].json);
    for (size_t i = 0; i < records->said_count; i++) {
        free(records->said[i].mention);
        free(records->said[i].json);
    }
    free(records->at);
    free(records->said);
}

bool records_say(struct gather *gather, const struct said *said, int64_t now) {
    struct arena *arena = arena_new(1024);
    struct action action;
    struct fault fault;
    const struct gather_place place = {
        .partition = said->partition, .raw = said->offset, .next = said->offset + 1};
    if (!action_read(span_of(said->json), arena, &action, &fault))
        fail_msg("%s", fault.detail);
    bool fresh = gather_correct(gather, &place, &action, now);
    arena_free(&arena);
    return fresh;
}

void records_take(struct gather *gather, const struct record *record, int64_t now) {
    struct arena *arena = arena_new(4096);
    struct mention mention;
    struct fault fault;
    const struct gather_place place = {
        .partition = record->partition, .raw = record->raw, .next = record->offset + 1, .logged_at = now};
    if (gather_known(gather, &place)) {
        gather_skip(gather, &place);
    } else {
        if (!mention_read(span_of(record->json), MENTION_ENRICHED, arena, &mention, &fault))
            fail_msg("%s", fault.detail);
        (void)gather_take(gather, &place, &mention, now);
    }
    arena_free(&arena);
}

/* Counting one by one. --------------------------------------------------------------------------------- */

struct count {
    int64_t mentions, positive, negative, sum;
};

struct seen {
    char id[16], mention[32];
    int64_t at, score;
    char label; /* its third letter: s u g */
    bool corrected, lead, risky;
};

struct seen_all {
    struct seen *at;
    size_t count;
};

/* The last word on it. */
static void hear(const struct records *records, struct seen *seen) {
    for (size_t i = 0; i < records->said_count; i++) {
        const struct said *said = &records->said[i];
        if (strcmp(said->alert, seen->id) != 0 || strcmp(said->mention, seen->mention) != 0)
            continue;
        seen->label = LABEL_NAMES[said->label][2];
        seen->score = said->label == 0 ? 1000 : said->label == 2 ? -1000 : 0;
        seen->corrected = true;
    }
}

static void see(struct seen_all *all, const struct records *records, const struct record *record) {
    json_t *mention = json_loads(record->json, 0, NULL), *analysis;
    int64_t at = 0;
    size_t k;
    const json_t *whole = json_object_get(mention, "analysis"), *intent = json_object_get(whole, "intent");
    assert_true(times_parse(span_of(json_string_value(json_object_get(mention, "created_at"))), &at));
    json_array_foreach(json_object_get(whole, "alerts"), k, analysis) {
        double score = json_number_value(json_object_get(analysis, "score"));
        all->at = xrealloc(all->at, (all->count + 1) * sizeof *all->at);
        struct seen *seen = &all->at[all->count++];
        *seen = (struct seen){.at = at,
                              .score = (int64_t)(score * 1000 + (score < 0 ? -0.5 : 0.5)),
                              .lead = intent && strcmp(json_string_value(intent), "purchase") == 0,
                              .risky = json_number_value(json_object_get(whole, "risk")) > 0,
                              .label = json_string_value(json_object_get(analysis, "label"))[2]};
        (void)snprintf(seen->id, sizeof seen->id, "%s", json_string_value(json_object_get(analysis, "id")));
        (void)snprintf(seen->mention, sizeof seen->mention, "%s",
                       json_string_value(json_object_get(mention, "id")));
        hear(records, seen);
    }
    json_decref(mention);
}

/* Each raw one once, whatever comes twice. */
static struct seen_all see_all(const struct records *records) {
    struct seen_all all = {0};
    int64_t last[64];
    memset(last, -1, sizeof last);
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->at[i];
        if (record->raw > last[record->partition])
            see(&all, records, record);
        if (record->raw > last[record->partition])
            last[record->partition] = record->raw;
    }
    return all;
}

/* What an alert's mentions in [from, to) come to. */
static struct count count_range(const struct seen_all *all, const char *id, int64_t from, int64_t to) {
    struct count count = {0};
    for (size_t i = 0; i < all->count; i++) {
        const struct seen *seen = &all->at[i];
        if (seen->at < from || seen->at >= to || strcmp(seen->id, id) != 0)
            continue;
        count.mentions++;
        count.positive += seen->label == 's';
        count.negative += seen->label == 'g';
        count.sum += seen->score;
    }
    return count;
}

static json_t *ask_json(struct store *store, const char *command) {
    const struct store_reply *reply = redis_ask(store, command);
    if (reply->type != STORE_STRING)
        fail_msg("%s: %s", command, reply->text.ptr);
    json_error_t error;
    json_t *json = json_loadb(reply->text.ptr, reply->text.len, 0, &error);
    if (!json)
        fail_msg("%s: %s", command, error.text);
    return json;
}

static int64_t number(const json_t *array, size_t i) {
    return json_integer_value(json_array_get(array, i));
}

static void compare_volume(const struct seen_all *all, struct store *store, const char *id, const char *grain,
                           int64_t from, int64_t to) {
    char command[160];
    json_t *bucket;
    size_t i;
    (void)snprintf(command, sizeof command, "FCALL_RO earshot_volume 0 %s %lld %lld %s", id, (long long)from,
                   (long long)to, grain);
    json_t *reply = ask_json(store, command), *buckets = json_object_get(reply, "buckets");
    int64_t seconds = strcmp(grain, "minute") == 0 ? 60 : strcmp(grain, "hour") == 0 ? 3600 : 86400;
    assert_true(json_array_size(buckets) > 0);
    json_array_foreach(buckets, i, bucket) {
        int64_t start = number(bucket, 0);
        struct count count = count_range(all, id, start, start + seconds);
        assert_int_equal(number(bucket, 1), count.mentions);
        assert_int_equal(number(bucket, 2), count.positive);
        assert_int_equal(number(bucket, 3), count.mentions - count.positive - count.negative);
        assert_int_equal(number(bucket, 4), count.negative);
        if (count.mentions) {
            double mean = json_number_value(json_array_get(bucket, 5));
            assert_true(mean - (double)count.sum / (double)count.mentions / 1000 < 0.00051);
            assert_true(mean - (double)count.sum / (double)count.mentions / 1000 > -0.00051);
        }
    }
    json_decref(reply);
}

static void compare_summary(const struct seen_all *all, struct store *store, const char *id, int64_t from,
                            int64_t to) {
    static const char *const NAMES[] = {"kinds", "platforms", "languages", "countries"};
    char command[160];
    (void)snprintf(command, sizeof command, "FCALL_RO earshot_summary 0 %s %lld %lld", id, (long long)from,
                   (long long)to);
    json_t *reply = ask_json(store, command);
    struct count count = count_range(all, id, json_integer_value(json_object_get(reply, "from")),
                                     json_integer_value(json_object_get(reply, "to")));
    assert_int_equal(json_integer_value(json_object_get(reply, "mentions")), count.mentions);
    assert_int_equal(json_integer_value(json_object_get(reply, "positive")), count.positive);
    assert_int_equal(json_integer_value(json_object_get(reply, "negative")), count.negative);
    for (size_t n = 0; n < COUNT_OF(NAMES); n++) {
        int64_t sum = 0;
        json_t *row;
        size_t i;
        json_array_foreach(json_object_get(reply, NAMES[n]), i, row) {
            sum += number(row, 1);
        }
        assert_int_equal(sum, count.mentions);
    }
    json_decref(reply);
}

static bool in_order(const struct seen *seen, const char *order) {
    return *order == 'l' ? seen->lead : *order != 'r' || seen->risky;
}

static void compare_item(const struct seen_all *all, const char *id, const char *order, const json_t *item) {
    const char *mention = json_string_value(json_object_get(item, "id"));
    const char *label = json_string_value(json_object_get(item, "label"));
    double score = json_number_value(json_object_get(item, "score")) * 1000;
    for (size_t i = 0; i < all->count; i++) {
        const struct seen *seen = &all->at[i];
        if (strcmp(seen->id, id) != 0 || strcmp(seen->mention, mention) != 0)
            continue;
        assert_true(in_order(seen, order));
        assert_int_equal(label[2], seen->label);
        assert_int_equal((int64_t)(score + (score < 0 ? -0.5 : 0.5)), seen->score);
        assert_int_equal(json_is_true(json_object_get(item, "corrected")), seen->corrected);
        return;
    }
    fail_msg("%s is not a mention of %s", mention, id);
}

static int64_t count_order(const struct seen_all *all, const char *id, const char *order, int64_t from) {
    int64_t count = 0;
    for (size_t i = 0; i < all->count; i++)
        count += strcmp(all->at[i].id, id) == 0 && all->at[i].at >= from && in_order(&all->at[i], order);
    return count;
}

/* All pages of the feed: as many items as there were mentions, or the newest `kept` of them at least. */
static void compare_feed(const struct seen_all *all, struct store *store, const char *id, const char *order,
                         const struct records_conf *conf, int64_t kept) {
    char cursor[200] = "", to[24];
    int64_t items = 0, complete = 0;
    double risk = 1;
    json_t *item;
    size_t i;
    /* not `now`: in the first second of a minute that leaves out the mentions of this second */
    (void)snprintf(to, sizeof to, "%lld", (long long)conf->now + 1);
    do {
        struct span words[] = {SPAN("FCALL_RO"), SPAN("earshot_feed"), SPAN("0"),   span_of(id),    SPAN("0"),
                               span_of(to),      span_of(order),       SPAN("200"), span_of(cursor)};
        const struct store_reply *reply = NULL;
        assert_int_equal(store_ask(store, words, COUNT_OF(words), &reply), STORE_OK);
        assert_int_equal(reply->type, STORE_STRING);
        json_t *page = json_loadb(reply->text.ptr, reply->text.len, 0, NULL);
        assert_non_null(page);
        items += (int64_t)json_array_size(json_object_get(page, "items"));
        json_array_foreach(json_object_get(page, "items"), i, item) {
            double own = json_number_value(json_object_get(item, "risk"));
            compare_item(all, id, order, item);
            assert_true(*order != 'r' || own <= risk);
            risk = own;
        }
        complete = json_integer_value(json_object_get(page, "complete_from"));
        const char *next = json_string_value(json_object_get(page, "next"));
        (void)snprintf(cursor, sizeof cursor, "%s", next ? next : "");
        json_decref(page);
    } while (*cursor);
    int64_t total = count_order(all, id, order, 0);
    if (count_range(all, id, 0, INT64_MAX).mentions <= kept)
        assert_int_equal(items, total);
    else
        assert_true(items <= total && count_order(all, id, order, complete) <= items);
}

static void compare_total(const struct seen_all *all, struct store *store, const char *id) {
    json_t *reply = ask_json(store, "FCALL_RO earshot_alerts 0"), *row;
    size_t i;
    bool found = false;
    json_array_foreach(json_object_get(reply, "alerts"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "id")), id) != 0)
            continue;
        found = true;
        assert_int_equal(json_integer_value(json_object_get(row, "mentions")),
                         count_range(all, id, 0, INT64_MAX).mentions);
    }
    assert_true(found);
    json_decref(reply);
}

void records_compare(const struct records *records, struct store *store, const struct records_conf *conf,
                     int64_t feed_items) {
    static const char *const ORDERS[] = {"newest", "riskiest", "leads"};
    struct seen_all all = see_all(records);
    for (int a = 0; a < records->alerts; a++) {
        char id[16];
        (void)snprintf(id, sizeof id, "a%03d", a);
        int64_t from = conf->now - conf->spread;
        compare_volume(&all, store, id, "minute", conf->now - (conf->spread < 3600 ? conf->spread : 3600),
                       conf->now);
        compare_volume(&all, store, id, "hour", from, conf->now + 1);
        compare_volume(&all, store, id, "day", from, conf->now + 1);
        compare_summary(&all, store, id, from, conf->now + 1);
        compare_total(&all, store, id);
        for (size_t order = 0; order < COUNT_OF(ORDERS); order++)
            compare_feed(&all, store, id, ORDERS[order], conf, feed_items);
    }
    free(all.at);
}
