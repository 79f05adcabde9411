/* The fold against one pipelined HINCRBY a counter for the same answers, and a ZADD an entry: Redis' CPU per
 * (mention, alert) pair, on one private server, turn about; the median of the slices. Also how long a call
 * of ours lasts for everybody else, and our own CPU.
 *
 * Alerts by Zipf's law, 64 shards, append-only file with fsync every second, feed entries of about 600 bytes.
 * bench_fold [PAIRS A SLICE [PAIRS A GATHER [COMMANDS A CALL]]] */
#include "earshot/keeper.h"
#include "earshot/times.h"
#include "layout.h"
#include "redis_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLICES = 5, SHARDS = 64, PARTITIONS = 64, MATCHES = 3, FEED_ITEMS = 1000, RECORD_MAX = 4096 };

static const struct deployment DEPLOYMENT = {.id = "bench", .partitions = PARTITIONS, .shards = SHARDS};

struct bench {
    struct redis_server *server;
    struct store *store, *admin;
    struct keeper *keeper;
    size_t alerts;
    double *reach; /* cumulated Zipf */
    int64_t now, raw[PARTITIONS];
    uint64_t seed;
    size_t gather_pairs;
};

/* One mention to come: its JSON and what the naive way counts. */
struct sample {
    char *json;
    int32_t partition;
    int64_t raw;
};

static double uniform(struct bench *bench) {
    bench->seed ^= bench->seed << 13;
    bench->seed ^= bench->seed >> 7;
    bench->seed ^= bench->seed << 17;
    return (double)(bench->seed >> 11) / 9007199254740992.0;
}

static size_t pick_alert(struct bench *bench) {
    double at = uniform(bench) * bench->reach[bench->alerts - 1];
    size_t low = 0, high = bench->alerts - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bench->reach[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *const PLATFORMS[] = {"mastodon", "bluesky", "hackernews", "rss"};
static const char *const KINDS[] = {"social", "social", "forum", "news"};
static const char *const LANGUAGES[] = {"en", "de", "es", "nl"};
static const char *const LABEL_NAMES[] = {"neutral", "positive", "negative"};

/* Small numbers are frequent. */
static size_t skewed(struct bench *bench, size_t count) {
    size_t at = 0;
    while (at + 1 < count && uniform(bench) < 0.4)
        at++;
    return at;
}

static int compare_numbers(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

/* Ids sort as their numbers do. */
static size_t pick_alerts(struct bench *bench, int out[MATCHES]) {
    size_t count = 0;
    for (size_t i = 0; i < MATCHES; i++)
        out[i] = (int)pick_alert(bench);
    qsort(out, MATCHES, sizeof *out, compare_numbers);
    for (size_t i = 0; i < MATCHES; i++)
        if (count == 0 || out[i] != out[count - 1])
            out[count++] = out[i];
    return count;
}

static size_t make_sample(struct bench *bench, struct sample *sample, int number) {
    char created[TIMES_TEXT], collected[TIMES_TEXT];
    int alerts[MATCHES];
    struct buf json;
    buf_init(&json, RECORD_MAX);
    size_t from = skewed(bench, COUNT_OF(PLATFORMS)), count = pick_alerts(bench, alerts);
    times_print(bench->now - (int64_t)(uniform(bench) * 120), created);
    times_print(bench->now, collected);
    buf_printf(
        &json,
        "{\"id\":\"%s:example.social:%d\",\"source\":{\"kind\":\"%s\",\"platform\":\"%s\"},\"url\":"
        "\"https://example.social/@ann/%d\",\"title\":null,\"text\":\"My new speaker keeps losing the "
        "connection after an hour. Support says reset it, I did that three times. Love the sound, hate the "
        "app. Would I buy it again? Ask me when it has played one evening through.\",\"author\":{\"id\":"
        "\"109\",\"handle\":\"ann\",\"name\":\"Ann Lindqvist\",\"followers\":1204},\"created_at\":\"%s\","
        "\"collected_at\":\"%s\",\"matches\":[",
        PLATFORMS[from], number, KINDS[from], PLATFORMS[from], number, created, collected);
    for (size_t i = 0; i < count; i++)
        buf_printf(&json, "%s{\"id\":\"alert-%06d\",\"version\":%d,\"at\":[[\"text\",7,14]]}", i ? "," : "",
                   alerts[i], alerts[i]);
    buf_printf(&json, "],\"analysis\":{\"language\":\"%s\",\"alerts\":[",
               LANGUAGES[skewed(bench, COUNT_OF(LANGUAGES))]);
    for (size_t i = 0; i < count; i++) {
        size_t label = skewed(bench, COUNT_OF(LABEL_NAMES));
        buf_printf(
            &json,
            "%s{\"id\":\"alert-%06d\",\"label\":\"%s\",\"score\":%s0.%03d,\"words\":[[\"text\",17,23,-1.5]]}",
            i ? "," : "", alerts[i], LABEL_NAMES[label], label == 2 ? "-" : "",
            label ? (int)(uniform(bench) * 1000) : 0);
    }
    buf_add_str(&json, "]}}");
    ASSERT(buf_ok(&json));
    sample->json = json.ptr;
    sample->partition = (int32_t)(uniform(bench) * PARTITIONS);
    sample->raw = ++bench->raw[sample->partition];
    return count;
}

/* Measures. -------------------------------------------------------------------------------------------- */

static double number_after(struct store *store, const char *section, const char *name) {
    char command[64];
    (void)snprintf(command, sizeof command, "INFO %s", section);
    const struct store_reply *reply = redis_ask(store, command);
    const char *at = strstr(reply->text.ptr, name);
    return at ? strtod(at + strlen(name), NULL) : 0;
}

static double redis_cpu(struct bench *bench) {
    return number_after(bench->admin, "cpu", "used_cpu_user:") +
           number_after(bench->admin, "cpu", "used_cpu_sys:");
}

static double own_cpu(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Both ways. ------------------------------------------------------------------------------------------- */

static void read_mention(const struct sample *sample, struct arena *arena, struct mention *mention) {
    struct fault fault;
    arena_reset(arena);
    bool ok = mention_read(span_of(sample->json), MENTION_ENRICHED, arena, mention, &fault);
    ASSERT(ok);
}

static void fold_now(struct bench *bench) {
    enum keeper_result result = keeper_fold(bench->keeper, bench->now);
    if (result != KEEPER_OK)
        die(EXIT_FAILED, "fold: %s", keeper_problem(bench->keeper));
}

static void run_fold(struct bench *bench, const struct sample *samples, size_t count) {
    struct arena *arena = arena_new(16 * 1024);
    struct mention mention;
    for (size_t i = 0; i < count; i++) {
        const struct gather_place place = {.partition = samples[i].partition,
                                           .raw = samples[i].raw,
                                           .next = samples[i].raw + 1,
                                           .logged_at = bench->now};
        read_mention(&samples[i], arena, &mention);
        (void)gather_take(keeper_gather(bench->keeper), &place, &mention, bench->now);
        if (gather_count(keeper_gather(bench->keeper)) >= bench->gather_pairs)
            fold_now(bench);
    }
    fold_now(bench);
    arena_free(&arena);
}

static void naive_add(struct bench *bench, const char *id, char grain, int64_t block, const char *field,
                      int64_t by) {
    char key[80], number[24];
    const struct span words[] = {
        SPAN("HINCRBY"),
        {.ptr = key,
         .len = (size_t)snprintf(key, sizeof key, "naive:%c:%s:%lld", grain, id, (long long)block)},
        span_of(field),
        {.ptr = number, .len = (size_t)snprintf(number, sizeof number, "%lld", (long long)by)}};
    store_queue(bench->store, words, COUNT_OF(words));
}

static void naive_series(struct bench *bench, const char *id, enum layout_kind kind,
                         const struct mention *mention, const struct mention_analysis *analysis) {
    char field[40];
    int64_t block = layout_block(kind, mention->created_at);
    int cell = (int)layout_cell(kind, mention->created_at);
    char letter = LAYOUTS[kind].letter;
    (void)snprintf(field, sizeof field, "%d:mentions", cell);
    naive_add(bench, id, letter, block, field, 1);
    (void)snprintf(field, sizeof field, "%d:score", cell);
    naive_add(bench, id, letter, block, field, analysis->score);
    if (analysis->label.len == 7) /* neutral */
        if (analysis->label.ptr[0] == 'n' && analysis->label.ptr[2] == 'u')
            return;
    (void)snprintf(field, sizeof field, "%d:%c", cell, analysis->label.ptr[0]);
    naive_add(bench, id, letter, block, field, 1);
}

static void naive_dimensions(struct bench *bench, const char *id, enum layout_kind kind,
                             const struct mention *mention) {
    const struct span values[] = {mention->kind, mention->platform, mention->analysis_language, SPAN("und")};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char field[80];
        (void)snprintf(field, sizeof field, "%zu:%.*s", i, (int)values[i].len, values[i].ptr);
        naive_add(bench, id, LAYOUTS[kind].letter, layout_block(kind, mention->created_at), field, 1);
    }
}

/* The same entry as ours: taken from a gather of its own. */
static void naive_entries(struct bench *bench, struct gather *gather) {
    for (int shard = 0; shard < SHARDS; shard++) {
        const struct gather_pairs *pairs = gather_shard(gather, shard);
        for (size_t i = 0; i < pairs->count; i++) {
            const struct gather_pair *pair = &pairs->at[i];
            struct words words = {0};
            char key[80];
            words_add(&words, SPAN("ZADD"));
            words_add(&words,
                      (struct span){.ptr = key,
                                    .len = (size_t)snprintf(key, sizeof key, "naive:f:%.*s",
                                                            (int)pair->alert->id.len, pair->alert->id.ptr)});
            words_int(&words, -pair->at);
            words_packed(&words, pair->entry);
            store_queue_packed(bench->store, words.count, words_span(&words));
            words_free(&words);
        }
    }
}

static void naive_take(struct bench *bench) {
    const struct store_reply *reply = NULL;
    while (store_pending(bench->store)) {
        enum store_status status = store_reply(bench->store, &reply);
        ASSERT(status == STORE_OK && reply->type == STORE_INTEGER);
    }
}

static void run_naive(struct bench *bench, const struct sample *samples, size_t count) {
    struct arena *arena = arena_new(16 * 1024);
    struct roster *roster = roster_new(&DEPLOYMENT);
    struct marks *marks = marks_new(SHARDS, PARTITIONS);
    struct corrections *corrections = corrections_new(SHARDS);
    struct gather *gather = gather_new(&DEPLOYMENT, roster, marks, corrections);
    struct mention mention;
    for (size_t i = 0; i < count; i++) {
        const struct gather_place place = {
            .partition = samples[i].partition, .raw = samples[i].raw, .next = 1};
        read_mention(&samples[i], arena, &mention);
        for (size_t k = 0; k < mention.match_count; k++) {
            char id[ALERT_ID_MAX + 1];
            (void)snprintf(id, sizeof id, "%.*s", (int)mention.matches[k].id.len, mention.matches[k].id.ptr);
            for (int kind = 0; kind < LAYOUT_KINDS; kind++) {
                if (kind < LAYOUT_JOINT_HOUR)
                    naive_series(bench, id, (enum layout_kind)kind, &mention, &mention.analyses[k]);
                else
                    naive_dimensions(bench, id, (enum layout_kind)kind, &mention);
            }
        }
        (void)gather_take(gather, &place, &mention, bench->now);
        naive_entries(bench, gather);
        gather_clear(gather, false);
        if (store_pending(bench->store) > 20000)
            naive_take(bench);
    }
    naive_take(bench);
    gather_free(&gather);
    corrections_free(&corrections);
    marks_free(&marks);
    roster_free(&roster);
    arena_free(&arena);
}

/* A row of the table. ---------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values) {
    qsort(values, SLICES, sizeof *values, compare_doubles);
    return values[SLICES / 2];
}

static void zipf(struct bench *bench) {
    double sum = 0;
    bench->reach = xcalloc(bench->alerts, sizeof *bench->reach);
    for (size_t i = 0; i < bench->alerts; i++)
        bench->reach[i] = sum += 1.0 / (double)(i + 1);
}

static void open_bench(struct bench *bench, int64_t call_commands) {
    const struct fold_conf conf = {.call_commands = call_commands, .feed_items = FEED_ITEMS};
    bench->server = redis_server_new(true);
    bench->store = redis_server_store(bench->server);
    bench->admin = redis_server_store(bench->server);
    (void)redis_ask(bench->admin, "CONFIG SET auto-aof-rewrite-percentage 0");
    (void)redis_ask(bench->admin, "CONFIG SET latency-tracking-info-percentiles 99");
    redis_init(bench->store, DEPLOYMENT.id, SHARDS, PARTITIONS);
    bench->keeper = keeper_new(&DEPLOYMENT, &conf, bench->store);
    if (keeper_open(bench->keeper) != KEEPER_OK)
        die(EXIT_FAILED, "%s", keeper_problem(bench->keeper));
    zipf(bench);
}

static void close_bench(struct bench *bench) {
    keeper_free(&bench->keeper);
    store_free(&bench->store);
    store_free(&bench->admin);
    redis_server_free(&bench->server);
    free(bench->reach);
}

struct slice {
    double fold, naive, own; /* microseconds a pair */
};

static struct slice run_slice(struct bench *bench, size_t pairs) {
    struct sample *samples = xcalloc(pairs, sizeof *samples);
    size_t count = 0, made = 0;
    while (made < pairs) {
        made += make_sample(bench, &samples[count], (int)bench->raw[0] * 1000000 + (int)count);
        count++;
    }
    double from = redis_cpu(bench), own = own_cpu();
    run_fold(bench, samples, count);
    own = own_cpu() - own;
    double middle = redis_cpu(bench);
    run_naive(bench, samples, count);
    double end = redis_cpu(bench);
    for (size_t i = 0; i < count; i++)
        free(samples[i].json);
    free(samples);
    double unit = 1e6 / (double)made;
    return (struct slice){.fold = (middle - from) * unit, .naive = (end - middle) * unit, .own = own * unit};
}

static void run_row(size_t alerts, size_t pairs, size_t gather, int64_t call_commands) {
    struct bench bench = {
        .alerts = alerts, .seed = 88172645463325252u, .gather_pairs = gather, .now = times_now()};
    double fold[SLICES], naive[SLICES], own[SLICES];
    open_bench(&bench, call_commands);
    (void)run_slice(&bench, pairs); /* keys are made, feeds begin */
    (void)redis_ask(bench.admin, "CONFIG RESETSTAT");
    for (size_t i = 0; i < SLICES; i++) {
        struct slice slice = run_slice(&bench, pairs);
        fold[i] = slice.fold;
        naive[i] = slice.naive;
        own[i] = slice.own;
    }
    double p99 = number_after(bench.admin, "latencystats", "latency_percentiles_usec_fcall:p99=");
    double ours = median(fold), theirs = median(naive);
    printf("%7zu  %7zu  %7.1f us  %7.1f us  1/%-5.2f  %7.2f ms  %7.2f us\n", alerts, gather, ours, theirs,
           theirs / ours, p99 / 1000, median(own));
    (void)fflush(stdout);
    close_bench(&bench);
}

int main(int argc, char **argv) {
    static const size_t ALERTS[] = {1000, 10000, 100000};
    size_t pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : 60000;
    size_t gather = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
    int64_t commands = argc > 3 ? strtol(argv[3], NULL, 10) : 400;
    printf("Redis CPU a (mention, alert) pair; %zu pairs a slice, median of %d slices, calls of about %lld "
           "commands\n"
           " alerts   gather   our fold       naive  ratio    99%% of calls  our CPU\n",
           pairs, SLICES, (long long)commands);
    for (size_t i = 0; i < COUNT_OF(ALERTS); i++)
        run_row(ALERTS[i], pairs, gather, commands);
    return 0;
}
