/* backlog_watch: asks the broker a few times a second, in a thread of its own, how far the workers are. */
#ifndef EARSHOT_INGEST_BACKLOG_WATCH_H
#define EARSHOT_INGEST_BACKLOG_WATCH_H

#include "earshot/bus_kafka.h"

struct backlog_watch;

/* conf is borrowed. NULL: message says why. */
struct backlog_watch *backlog_watch_new(const struct bus_conf *conf, int partitions, int64_t max,
                                        struct buf *message) MUST_CHECK;
void backlog_watch_free(struct backlog_watch **watch);
/* See backlog_holds(). Says in the log, once a change, that the workers' state is unknown. */
bool backlog_watch_holds(struct backlog_watch *watch, uint64_t sent_records, uint64_t sent_bytes);

#endif
