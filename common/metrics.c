/* metrics: counters and gauges are single atomics, because the hot loop adds to them; a histogram has a lock,
 * because a reader wants its sum and its buckets of the same moment. Registered metrics are only ever
 * appended, under one lock, which rendering holds too. */
#include "earshot/metrics.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum kind { COUNTER, GAUGE, HISTOGRAM };

static const char *const KINDS[] = {[COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram"};

struct metric {
    struct metric *next; /* of the family */
    enum kind kind;
    const char *labels;
    _Atomic uint64_t count;
    _Atomic double value;
    pthread_mutex_t lock; /* of what follows: a histogram's */
    size_t bound_count;
    double *bounds, sum;
    uint64_t *buckets; /* bound_count + 1; each counts only its own */
};

struct family {
    struct family *next;
    const char *name, *help;
    enum kind kind;
    struct metric *first;
};

static struct {
    pthread_mutex_t lock;
    struct family *first;
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool name_ok(const char *name) {
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:";
    size_t begin = strspn(name, LETTERS);
    return begin > 0 && begin + strspn(name + begin, "0123456789abcdefghijklmnopqrstuvwxyz"
                                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ_:") ==
                            strlen(name);
}

static struct family *family_of(const char *name, const char *help, enum kind kind) {
    struct family **at = &registry.first;
    for (; *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0) {
            ASSERT((*at)->kind == kind);
            return *at;
        }
    ASSERT(name_ok(name));
    struct family *family = xcalloc(1, sizeof *family);
    *family = (struct family){.name = xstrdup(name), .help = xstrdup(help), .kind = kind};
    *at = family;
    return family;
}

static void set_bounds(struct metric *metric, const double *bounds, size_t bound_count) {
    for (size_t i = 1; i < bound_count; i++)
        ASSERT(bounds[i - 1] < bounds[i]);
    metric->bound_count = bound_count;
    metric->bounds = xcalloc(bound_count, sizeof *bounds);
    metric->buckets = xcalloc(bound_count + 1, sizeof *metric->buckets);
    if (bound_count)
        memcpy(metric->bounds, bounds, bound_count * sizeof *bounds);
}

static struct metric *metric_of(struct family *family, const char *labels, const double *bounds,
                                size_t bound_count) {
    struct metric **at = &family->first;
    for (; *at; at = &(*at)->next)
        if (strcmp((*at)->labels, labels) == 0)
            return *at;
    struct metric *metric = xcalloc(1, sizeof *metric);
    metric->kind = family->kind;
    metric->labels = xstrdup(labels);
    pthread_mutex_init(&metric->lock, NULL);
    if (family->kind == HISTOGRAM)
        set_bounds(metric, bounds, bound_count);
    *at = metric;
    return metric;
}

struct metric *metrics_counter(const char *name, const char *help, const char *labels) {
    pthread_mutex_lock(&registry.lock);
    struct metric *metric = metric_of(family_of(name, help, COUNTER), labels, NULL, 0);
    pthread_mutex_unlock(&registry.lock);
    return metric;
}

struct metric *metrics_gauge(const char *name, const char *help, const char *labels) {
    pthread_mutex_lock(&registry.lock);
    struct metric *metric = metric_of(family_of(name, help, GAUGE), labels, NULL, 0);
    pthread_mutex_unlock(&registry.lock);
    return metric;
}

struct metric *metrics_histogram(const char *name, const char *help, const char *labels, const double *bounds,
                                 size_t bound_count) {
    pthread_mutex_lock(&registry.lock);
    struct metric *metric = metric_of(family_of(name, help, HISTOGRAM), labels, bounds, bound_count);
    pthread_mutex_unlock(&registry.lock);
    return metric;
}

void metric_add(struct metric *metric, uint64_t n) {
    ASSERT(metric->kind == COUNTER);
    atomic_fetch_add_explicit(&metric->count, n, memory_order_relaxed);
}

void metric_set(struct metric *metric, double value) {
    ASSERT(metric->kind == GAUGE);
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe(struct metric *metric, double value) {
    ASSERT(metric->kind == HISTOGRAM);
    pthread_mutex_lock(&metric->lock);
    size_t i = 0;
    while (i < metric->bound_count && !(value <= metric->bounds[i]))
        i++;
    metric->buckets[i]++;
    metric->sum += value;
    pthread_mutex_unlock(&metric->lock);
    atomic_fetch_add_explicit(&metric->count, 1, memory_order_relaxed);
}

uint64_t metric_count(const struct metric *metric) {
    return atomic_load_explicit(&metric->count, memory_order_relaxed);
}

/* The shortest text that reads as the same number. */
static void add_number(struct buf *out, double value) {
    if (isnan(value)) {
        buf_add_str(out, "NaN");
    } else if (isinf(value)) {
        buf_add_str(out, value < 0 ? "-Inf" : "+Inf");
    } else {
        char text[32];
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value);
            if (strtod(text, NULL) == value)
                break;
        }
        buf_add_str(out, text);
    }
}

/* name{labels,le="bound"} and a space. le NULL: a sample without one. */
static void add_name(struct buf *out, const char *name, const char *suffix, const struct metric *metric,
                     const double *le) {
    buf_printf(out, "%s%s", name, suffix);
    if (*metric->labels || le) {
        buf_printf(out, "{%s%s", metric->labels, *metric->labels && le ? "," : "");
        if (le) {
            buf_add_str(out, "le=\"");
            add_number(out, *le);
            buf_add_char(out, '"');
        }
        buf_add_char(out, '}');
    }
    buf_add_char(out, ' ');
}

static void add_count(struct buf *out, uint64_t count) {
    buf_printf(out, "%llu\n", (unsigned long long)count);
}

static void render_histogram(struct buf *out, const char *name, struct metric *metric) {
    uint64_t below = 0;
    pthread_mutex_lock(&metric->lock);
    for (size_t i = 0; i <= metric->bound_count; i++) {
        double bound = i < metric->bound_count ? metric->bounds[i] : INFINITY;
        below += metric->buckets[i];
        add_name(out, name, "_bucket", metric, &bound);
        add_count(out, below);
    }
    add_name(out, name, "_sum", metric, NULL);
    add_number(out, metric->sum);
    pthread_mutex_unlock(&metric->lock);
    buf_add_char(out, '\n');
    add_name(out, name, "_count", metric, NULL);
    add_count(out, below);
}

static void render_metric(struct buf *out, const char *name, struct metric *metric) {
    if (metric->kind == HISTOGRAM) {
        render_histogram(out, name, metric);
        return;
    }
    add_name(out, name, "", metric, NULL);
    if (metric->kind == COUNTER) {
        add_count(out, metric_count(metric));
    } else {
        add_number(out, atomic_load_explicit(&metric->value, memory_order_relaxed));
        buf_add_char(out, '\n');
    }
}

static void render_head(struct buf *out, const struct family *family) {
    buf_printf(out, "# HELP %s ", family->name);
    for (const char *at = family->help; *at; at++) {
        if (*at == '\\' || *at == '\n')
            buf_add_char(out, '\\');
        buf_add_char(out, *at == '\n' ? 'n' : *at);
    }
    buf_printf(out, "\n# TYPE %s %s\n", family->name, KINDS[family->kind]);
}

void metrics_render(struct buf *out) {
    pthread_mutex_lock(&registry.lock);
    for (const struct family *family = registry.first; family; family = family->next) {
        render_head(out, family);
        for (struct metric *metric = family->first; metric; metric = metric->next)
            render_metric(out, family->name, metric);
    }
    pthread_mutex_unlock(&registry.lock);
}
