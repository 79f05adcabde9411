/* metrics: counters, gauges and histograms of this process, rendered in Prometheus' text format 0.0.4.
 * Registered once (same name and labels: the same metric again), never freed. add/set/observe and render: any
 * thread. */
#ifndef EARSHOT_METRICS_H
#define EARSHOT_METRICS_H

#include "earshot/base.h"
#include "earshot/buf.h"

struct metric;

/* labels: "" or ready text such as `topic="mentions.raw",verdict="done"`; copied. help of the first
 * registration counts. */
struct metric *metrics_counter(const char *name, const char *help, const char *labels) MUST_CHECK;
struct metric *metrics_gauge(const char *name, const char *help, const char *labels) MUST_CHECK;
/* bounds: ascending upper bounds of the buckets, +Inf is added; copied. */
struct metric *metrics_histogram(const char *name, const char *help, const char *labels, const double *bounds,
                                 size_t bound_count) MUST_CHECK;

void metric_add(struct metric *metric, uint64_t n);       /* counter */
void metric_set(struct metric *metric, double value);     /* gauge */
void metric_observe(struct metric *metric, double value); /* histogram */
uint64_t metric_count(const struct metric *metric);       /* counter's value; histogram's observations */

void metrics_render(struct buf *out);

#endif
