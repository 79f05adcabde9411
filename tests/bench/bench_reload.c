/* What edits cost a matcher while mentions flow: the longest pause between two mentions, from an edit's
 * record to the first mention that is matched with it, and mentions per second of the loop's processor time,
 * without edits, at 10 and 100 a second, and with half of all alerts written at once. The loop is
 * service.c's: take edits for at most 20 ms, see to the builds, match a batch. Medians of the rounds. A pause
 * is told twice: on the wall, where what else runs on the machine counts, and in processor time of the loop's
 * thread. */
#include "builder.h"

#include "dice.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { ROUNDS = 5, BATCH = 100, TEXTS = 4096, ALERTS = 100000, SECONDS = 5, AT_ONCE = -1 };

struct figures {
    double wall_pause, cpu_pause, force, late, rate, bases, build;
};

struct bench {
    int count, edits; /* alerts; edits made */
    uint64_t random;
    struct alerts *alerts;
    struct builder *builder;
    struct arena *arena, *kept;
    struct span *texts;
    int64_t written[65536]; /* edits not in force yet, a ring */
    size_t oldest, newest;
    struct figures figures;
};

static double clock_ms(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int64_t log_ms(void) {
    return (int64_t)clock_ms(CLOCK_REALTIME);
}

static uint32_t below(struct bench *bench, uint32_t n) {
    return (uint32_t)roll(&bench->random, n);
}

/* Words of a vocabulary whose first are frequent: about Zipf's. */
static uint32_t word(struct bench *bench) {
    uint32_t range = 1u << (6 + below(bench, 12));
    return below(bench, range);
}

static void write_alert(struct bench *bench, int number, int64_t time) {
    char id[16], value[256], why[ALERTS_WHY_MAX];
    static const char *const FORMS[] = {"w%u AND v%u", "v%u OR \\\"w%u w%u\\\"", "(v%u OR v%u) AND w%u -w%u",
                                        "v%u NEAR/5 w%u"};
    const char *form = FORMS[below(bench, 4)];
    char query[160];
    size_t len = 0;
    for (const char *at = form; *at; at++) {
        if (at[0] == '%' && at[1] == 'u') {
            uint32_t n = at[-1] == 'w' ? word(bench) : below(bench, 300000);
            len += (size_t)snprintf(query + len, sizeof query - len, "%u", n);
            at++;
        } else {
            query[len++] = *at;
        }
    }
    snprintf(id, sizeof id, "a%d", number);
    snprintf(value, sizeof value, "{\"id\":\"%s\",\"query\":\"%.*s\"}", id, (int)len, query);
    const struct bus_record record = {
        .offset = bench->edits, .timestamp = time, .key = span_of(id), .value = span_of(value)};
    bench->edits++;
    if (!alerts_take(bench->alerts, &record, why))
        die(EXIT_FAILED, "%s: %s", value, why);
}

static void make_texts(struct bench *bench) {
    bench->texts = arena_calloc(bench->kept, TEXTS, sizeof *bench->texts);
    for (size_t i = 0; i < TEXTS; i++) {
        char text[400];
        size_t len = 0;
        for (uint32_t n = 0, words = 20 + below(bench, 25); n < words; n++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%c%u ", below(bench, 12) ? 'w' : 'v',
                                    below(bench, 12) ? word(bench) : below(bench, 300000));
        bench->texts[i] = (struct span){arena_copy(bench->kept, (struct span){text, len}), len};
    }
}

/* Edits that are due; as many as the loop takes in one go. */
static void take_edits(struct bench *bench, double due) {
    double begin = clock_ms(CLOCK_MONOTONIC);
    while ((double)bench->newest < due && clock_ms(CLOCK_MONOTONIC) - begin < 20) {
        int64_t now = log_ms();
        write_alert(bench, (int)below(bench, (uint32_t)bench->count), now);
        bench->written[bench->newest++ % COUNT_OF(bench->written)] = now;
    }
}

static void see_force(struct bench *bench, int64_t time) {
    struct figures *figures = &bench->figures;
    double now = clock_ms(CLOCK_REALTIME);
    while (bench->oldest < bench->newest) {
        int64_t written = bench->written[bench->oldest % COUNT_OF(bench->written)];
        if (written + ALERT_DELAY_MS > time)
            return;
        double force = now - (double)written;
        figures->force += force;
        figures->late = force > figures->late ? force : figures->late;
        bench->oldest++;
    }
}

static void begin(struct bench *bench, int count, uint64_t seed) {
    *bench =
        (struct bench){.count = count, .random = seed, .arena = arena_new(65536), .kept = arena_new(1 << 20)};
    bench->alerts = alerts_new(&(struct alerts_options){.seed = seed});
    bench->builder = builder_new(bench->alerts);
    make_texts(bench);
    int64_t now = log_ms();
    for (int i = 0; i < count; i++)
        write_alert(bench, i, now - 10000);
    while (!alerts_ready(bench->alerts))
        if (!builder_tend(bench->builder, &bench->figures.build))
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void end(struct bench *bench) {
    builder_free(&bench->builder);
    alerts_free(&bench->alerts);
    arena_free(&bench->arena);
    arena_free(&bench->kept);
}

struct pace {
    double wall, cpu; /* when the last mention was done */
};

static void match_one(struct bench *bench, size_t number, struct pace *pace) {
    struct figures *figures = &bench->figures;
    struct match_result found;
    const struct match_document document = {.text = bench->texts[number % TEXTS], .time = log_ms()};
    while (!alerts_match(bench->alerts, &document, bench->arena, &found)) {
        double seconds;
        (void)!builder_tend(bench->builder, &seconds);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* as the loop waits, which is no pause */
        pace->wall = clock_ms(CLOCK_MONOTONIC);
    }
    arena_reset(bench->arena);
    see_force(bench, document.time);
    double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_THREAD_CPUTIME_ID);
    if (wall - pace->wall > figures->wall_pause)
        figures->wall_pause = wall - pace->wall;
    if (cpu - pace->cpu > figures->cpu_pause)
        figures->cpu_pause = cpu - pace->cpu;
    *pace = (struct pace){wall, cpu};
}

static struct figures one_round(int count, double edits, int seconds, uint64_t seed) {
    static struct bench bench;
    begin(&bench, count, seed);
    struct pace pace = {clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_THREAD_CPUTIME_ID)};
    double from = pace.wall, cpu = pace.cpu, build;
    size_t done = 0;
    while (pace.wall - from < seconds * 1e3) {
        double due = edits < 0 ? bench.count / 2.0 : edits * (pace.wall - from) / 1e3;
        take_edits(&bench, due);
        (void)!builder_tend(bench.builder, &build);
        for (int i = 0; i < BATCH; i++)
            match_one(&bench, done++, &pace);
    }
    struct figures figures = bench.figures;
    figures.rate = (double)done / ((pace.cpu - cpu) / 1e3);
    figures.bases = (double)alerts_state(bench.alerts).bases;
    figures.force = bench.oldest ? figures.force / (double)bench.oldest : 0;
    end(&bench);
    return figures;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct figures *figures, size_t offset) {
    double values[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++)
        memcpy(&values[i], (const char *)&figures[i] + offset, sizeof values[i]);
    qsort(values, ROUNDS, sizeof *values, by_value);
    return values[ROUNDS / 2];
}

int main(int argc, char **argv) {
    static const double EDITS[] = {0, 10, 100, AT_ONCE};
    int count = argc > 1 ? atoi(argv[1]) : ALERTS, seconds = argc > 2 ? atoi(argv[2]) : SECONDS;
    struct rusage usage;
    if (count < 2 || seconds < 3)
        die(EXIT_USAGE, "usage: bench_reload [ALERTS [SECONDS, at least 3]]");
    printf("%d alerts, rounds of %d s\n", count, seconds);
    printf("%8s %12s %12s %12s %12s %12s %6s %9s\n", "edits/s", "pause, ms", "of CPU, ms", "in force, ms",
           "latest, ms", "mentions/s", "bases", "build, s");
    for (size_t i = 0; i < COUNT_OF(EDITS); i++) {
        struct figures figures[ROUNDS];
        for (uint64_t round = 0; round < ROUNDS; round++)
            figures[round] = one_round(count, EDITS[i], seconds, round + 1);
        char name[16];
        snprintf(name, sizeof name, "%.0f", EDITS[i]);
#define MEDIAN(member) median(figures, offsetof(struct figures, member))
        printf("%8s %12.1f %12.1f %12.0f %12.0f %12.0f %6.0f %9.2f\n", EDITS[i] < 0 ? "half" : name,
               MEDIAN(wall_pause), MEDIAN(cpu_pause), MEDIAN(force), MEDIAN(late), MEDIAN(rate),
               MEDIAN(bases), MEDIAN(build));
        fflush(stdout);
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("at most %.0f MiB resident\n", (double)usage.ru_maxrss / 1024);
    return 0;
}
