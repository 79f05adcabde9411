/* cmd_replay_backfill: earshot replay ID --backfill. */
#ifndef CLI_CMD_REPLAY_BACKFILL_H
#define CLI_CMD_REPLAY_BACKFILL_H

#include "link.h"

struct backfill_request {
    const struct link_conf *link;
    const struct bus_conf *bus;
    const struct store_conf *redis;
    const char *id;
    const char *model; /* file; NULL: the built-in one */
    int64_t feed_items;
    bool json;
};

/* An exit code; what is wrong was said. */
int backfill_run(const struct backfill_request *request) MUST_CHECK;

#endif
