/* bare_passthrough: what a worker is compared with: a librdkafka consumer and an idempotent producer, written
 * straight, with the batches, the settings of delivery and the copied headers that a worker has too, and
 * nothing else: no retry, no dead letter, no health, no order of commits. */
#ifndef BENCH_BARE_PASSTHROUGH_H
#define BENCH_BARE_PASSTHROUGH_H

#include "earshot/base.h"

/* Passes `records` records on and commits; dies where anything fails. */
void bare_passthrough(const char *brokers, const char *prefix, const char *input, const char *output,
                      int64_t records);

#endif
