/* up: the parts of `earshot up`, which is split over up_parts.c (what is started, and with what), up_stage.c
 * (what comes after what) and cmd_up.c (options, signals, the loop). */
#ifndef CLI_UP_H
#define CLI_UP_H

#include "progress.h"
#include "screen.h"
#include "supervisor.h"
#include "workplace.h"

#include "earshot/arena.h"
#include "earshot/conf.h"
#include "earshot/store.h"

#include <sys/types.h>

struct up_conf {
    const char *brokers, *prefix;            /* brokers NULL: the embedded one */
    const char *alerts, *mentions, *log_dir; /* NULL: none */
    bool shift_to_now, once;
    int64_t rate, redis_port, partitions;
};

enum up_part {
    UP_BROKER,
    UP_REDIS,
    UP_INIT,
    UP_MATCHER,
    UP_SENTIMENT,
    UP_AGGREGATOR,
    UP_ALERTS,
    UP_INGEST,
    UP_PARTS
};

enum up_stage { UP_STARTING, UP_INITIALISING, UP_APPLYING, UP_STREAMING, UP_SERVING };

enum { UP_ARGS = 24, UP_ADDRESS = 256, UP_BACKLOG = 4 << 20 };

struct up {
    struct up_conf conf;
    struct store_conf redis; /* url NULL: a private one */
    const struct conf *loaded;
    struct arena *arena;
    struct workplace place;
    struct supervisor supervisor;
    const char *argv[UP_PARTS][UP_ARGS]; /* argv[0] NULL: not of this set */
    pid_t pids[UP_PARTS];                /* 0: not running */
    struct screen screen;
    struct buf out, message;
    enum up_stage stage;
    int64_t began, looked, moved, told; /* monotonic ms */
    int redis_port;
    char brokers[UP_ADDRESS], url[UP_ADDRESS];
    struct store *store;
    struct bus_admin *admin;
    struct progress progress;
    struct bus_position *positions; /* `partitions` of them */
    int partitions;
    bool alerts_counted; /* alerts: how many the topic holds */
    int64_t alerts;
    bool line_open; /* a progress line stands on the terminal */
};

/* up_parts.c */

/* Finds the programs and writes their argument lists; what depends on addresses comes with up_connect().
 * False: message says what is missing. */
bool up_plan(struct up *up) MUST_CHECK;
/* brokers and url are known: into the environment of all that is started from now on, and into `env`. */
bool up_connect(struct up *up) MUST_CHECK;

/* up_stage.c */

/* One look at how things stand; starts what comes next. */
void up_step(struct up *up, int64_t now);
/* Lines for people: on a terminal a progress line is taken away first. */
void up_say(struct up *up, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
