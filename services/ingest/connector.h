/* connector: what brings items in. A connector is a const struct in a file of its own; it owns its input and
 * the parsing of it, nothing else. The engine owns the bus, validation, dead letters, cursors, back-pressure,
 * metrics, health and the stop.
 *
 * One instance runs all sources of its kind, so that a hundred feeds share one set of connections. It may
 * poll, hold streams open, or take what is pushed to it: all three are step(), which gives the next item or
 * waits a little for one.
 *
 * Delivery: cursor() is asked for from time to time and covers exactly the items that step() gave before.
 * The engine keeps it under the source's id after all these items were acknowledged, and start() gets it back
 * after a restart, a crash included. So nothing is lost when a cursor never runs ahead of the items given;
 * what is given twice has the same id and content, and the matcher drops it.
 * Threads: all calls come from one thread. A connector with threads of its own (push) keeps a queue. */
#ifndef EARSHOT_INGEST_CONNECTOR_H
#define EARSHOT_INGEST_CONNECTOR_H

#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/conf.h"
#include "earshot/fault.h"

/* One source, borrowed for the connector's life. */
struct source {
    const char *id;     /* unique in a deployment; in cursors and dead letters */
    const void *conf;   /* what the connector's option table filled */
    struct span cursor; /* as cursor() wrote it last; ptr NULL: none, begin at the beginning */
};

/* The world, so that tests can turn its clock. */
struct connector_host {
    bool once;                  /* end when there is nothing more for now */
    int64_t (*now)(void);       /* Unix seconds */
    int64_t (*monotonic)(void); /* milliseconds */
    uint32_t (*random)(void);   /* for jitter */
};

/* Borrowed until the next step() of the same connector. */
struct item {
    size_t source;             /* index of what start() got */
    struct span bytes;         /* a mention as JSON; where fault is set, possibly only its beginning */
    size_t size;               /* of the whole */
    struct span position;      /* unique in its source: "17" */
    int64_t shift;             /* seconds to add to its times */
    const struct fault *fault; /* NULL, or why it is a dead letter already */
    const char *problem;       /* of STEP_FAILED: one line that says what to do */
};

enum step {
    STEP_ITEM,   /* *item is filled */
    STEP_IDLE,   /* nothing now */
    STEP_KEEP,   /* nothing now, and the cursor is to be kept before the next item: a decision is in it */
    STEP_DONE,   /* nothing will ever come again */
    STEP_FAILED, /* cannot go on; item->problem */
};

/* How far a source is, in units of its own; total 0: unknown. */
struct connector_progress {
    int64_t done, total;
};

struct connector {
    const char *name;                  /* `earshot-ingest NAME`, "connector":"NAME" */
    const char *about;                 /* one line */
    const char *operands;              /* of the usage line: "URL…" */
    const char *operand;               /* the CONF_STRING option that an operand fills */
    const struct conf_option *options; /* flags, and members in the file of sources; ended by {0} */
    size_t conf_size;

    /* NULL: what the table could not see is right. Else one line that says what to change. */
    const char *(*check)(const void *conf);
    /* NULL: message says why it cannot start. sources and host are borrowed for its life. */
    void *(*start)(const struct connector_host *host, const struct source *sources, size_t count,
                   struct buf *message);
    /* Waits at most timeout_ms where there is nothing. */
    enum step (*step)(void *self, int timeout_ms, struct item *item);
    /* Appends the cursor that covers all items given so far; false: the same as the last time, or none. */
    bool (*cursor)(void *self, size_t source, struct buf *out);
    /* Optional: all that was given before the last round of cursor() is acknowledged. A push connector
     * answers its clients here. */
    void (*settled)(void *self);
    /* Optional. */
    struct connector_progress (*progress)(const void *self, size_t source);
    void (*stop)(void *self); /* frees self */
};

extern const struct connector CONNECTOR_FILE, CONNECTOR_FEED;

/* By name; NULL: none. */
const struct connector *connector_find(struct span name);
/* "feed, file" */
void connector_names(struct buf *out);
/* The i-th, NULL behind the last. */
const struct connector *connector_at(size_t i);

#endif
