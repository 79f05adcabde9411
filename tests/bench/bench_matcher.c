/* What a mention costs in the matcher, without Kafka: ASCII mentions of 700 bytes against one alert that
 * matches each and against a thousand more; the steps alone, and all of it as matcher_judge() does it. CPU
 * time of the thread; the least of the rounds, for what else runs on the machine only adds. */
#include "matcher.h"

#include "earshot/buf.h"
#include "earshot/mention.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 25, MENTIONS = 4096, VALUE_BYTES = 700, PARTITIONS = 64, WINDOW = 4096, MANY_ALERTS = 1001 };

struct bench {
    struct arena *arena, *kept;
    struct span *values, *keys;
    struct mention *mentions;
    struct matcher *matcher;
    struct repeats *repeats;
    struct match_index *index;
    struct match_scratch *scratch;
    int64_t offset;
};

static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct span make_value(struct arena *arena, int i) {
    static const char *const WORDS[] = {"speaker", "battery", "the",    "sound", "is",  "great",
                                        "bought",  "again",   "never",  "my",    "and", "works",
                                        "a",       "bass",    "return", "love"};
    char *out = arena_alloc(arena, VALUE_BYTES + 32);
    uint64_t random = (uint64_t)i * 0x9e3779b97f4a7c15u + 12345;
    size_t len = (size_t)sprintf(out,
                                 "{\"id\":\"bench:%d\",\"source\":{\"platform\":\"bench\"},\"type\":\"post\","
                                 "\"created_at\":\"2026-11-21T20:25:55Z\",\"text\":\"speaker ",
                                 i);
    while (len < VALUE_BYTES - 12) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        len += (size_t)sprintf(out + len, "%s ", WORDS[random >> 60]);
    }
    len += (size_t)sprintf(out + len, "\"}");
    return (struct span){out, len};
}

static void make_alerts(struct bench *bench, int count) {
    struct match_alert *alerts = xcalloc((size_t)count, sizeof *alerts);
    for (int i = 0; i < count; i++) {
        char why[ALERTS_WHY_MAX];
        char *id = arena_printf(bench->kept, "a%d", i);
        char *query = i ? arena_printf(bench->kept, "brand%d OR \"house %d\"", i, i) : "speaker";
        char *json = arena_printf(bench->kept, "{\"id\":\"%s\",\"query\":\"%s\"}", id,
                                  i ? arena_printf(bench->kept, "brand%d OR \\\"house %d\\\"", i, i) : query);
        const struct bus_record record = {.key = span_of(id), .value = span_of(json), .offset = i};
        alerts[i] = (struct match_alert){.id = span_of(id), .query = span_of(query)};
        if (!alerts_take(matcher_alerts(bench->matcher), &record, why))
            die(EXIT_FAILED, "%s", why);
    }
    bench->index = match_compile(alerts, (size_t)count, NULL);
    free(alerts);
}

static void begin(struct bench *bench, int alert_count) {
    static const unsigned char SECRET[REPEATS_SECRET] = "sixteen bytes ..";
    *bench = (struct bench){.arena = arena_new(65536), .kept = arena_new(1 << 20)};
    bench->matcher = matcher_new(WINDOW, SECRET, 1);
    bench->repeats = repeats_new(WINDOW, SECRET);
    bench->scratch = match_scratch_new();
    bench->values = arena_calloc(bench->kept, MENTIONS, sizeof *bench->values);
    bench->keys = arena_calloc(bench->kept, MENTIONS, sizeof *bench->keys);
    bench->mentions = arena_calloc(bench->kept, MENTIONS, sizeof *bench->mentions);
    make_alerts(bench, alert_count);
    for (int i = 0; i < MENTIONS; i++) {
        struct fault fault;
        bench->values[i] = make_value(bench->kept, i);
        bench->keys[i] = span_of(arena_printf(bench->kept, "bench:%d", i));
        if (!mention_read(bench->values[i], MENTION_RAW, bench->kept, &bench->mentions[i], &fault))
            die(EXIT_FAILED, "%s", fault.detail);
    }
}

static void end(struct bench *bench) {
    matcher_free(&bench->matcher);
    repeats_free(&bench->repeats);
    match_scratch_free(&bench->scratch);
    match_index_free(&bench->index);
    arena_free(&bench->arena);
    arena_free(&bench->kept);
}

/* The steps: true when it went as it should. */

static bool step_read(struct bench *bench, int i) {
    struct mention mention;
    struct fault fault;
    return mention_read(bench->values[i], MENTION_RAW, bench->arena, &mention, &fault);
}

static bool step_repeats(struct bench *bench, int i) {
    int64_t number = bench->offset++;
    /* a pass over the mentions is 64 places a partition; windows of others lie between two of the same */
    return repeats_see(bench->repeats, (int32_t)(number % PARTITIONS),
                       number / PARTITIONS + number / MENTIONS * 2 * WINDOW, bench->keys[i],
                       &bench->mentions[i]) == REPEATS_NEW;
}

static bool step_match(struct bench *bench, int i) {
    const struct match_document document = {.text = bench->mentions[i].text};
    return match_run(bench->index, bench->scratch, &document, bench->arena).count == 1;
}

static bool step_judge(struct bench *bench, int i) {
    int64_t number = bench->offset++;
    const struct bus_record record = {.partition = (int32_t)(number % PARTITIONS),
                                      .offset = number / PARTITIONS + number / MENTIONS * 2 * WINDOW,
                                      .timestamp = 10000000,
                                      .key = bench->keys[i],
                                      .value = bench->values[i]};
    struct matcher_result result;
    matcher_judge(bench->matcher, &record, bench->arena, &result);
    return result.outcome == MATCHER_PUBLISH;
}

static double measure(struct bench *bench, bool (*step)(struct bench *bench, int i)) {
    double least = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t from = cpu_ns();
        for (int i = 0; i < MENTIONS; i++) {
            if (!step(bench, i))
                die(EXIT_FAILED, "mention %d", i);
            arena_reset(bench->arena);
        }
        double ns = (double)(cpu_ns() - from) / MENTIONS;
        least = ns < least ? ns : least;
    }
    return least;
}

int main(void) {
    static const int ALERTS[] = {1, MANY_ALERTS};
    printf("ns a mention of %d bytes\n%7s %10s %10s %10s %10s\n", VALUE_BYTES, "alerts", "read", "repeats",
           "match", "judge");
    for (size_t i = 0; i < COUNT_OF(ALERTS); i++) {
        struct bench bench;
        begin(&bench, ALERTS[i]);
        double read = measure(&bench, step_read), repeats = measure(&bench, step_repeats);
        double match = measure(&bench, step_match), judge = measure(&bench, step_judge);
        printf("%7d %10.0f %10.0f %10.0f %10.0f\n", ALERTS[i], read, repeats, match, judge);
        end(&bench);
    }
    return 0;
}
