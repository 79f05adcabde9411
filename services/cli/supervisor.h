/* supervisor: which of its programs `earshot up` starts, starts again, gives up on and stops. Pure: no
 * process and no clock in it; the caller tells what happened and does what supervisor_next() says. */
#ifndef CLI_SUPERVISOR_H
#define CLI_SUPERVISOR_H

#include "earshot/base.h"
#include "earshot/buf.h"

enum part_kind {
    PART_BASE,   /* holds data: when it ends, all ends; stopped last */
    PART_STEP,   /* runs once and must succeed */
    PART_WORKER, /* runs for good: started again when it ends */
    PART_SOURCE, /* ends with 0 when it is through; started again when it fails */
};

enum part_state { PART_OFF, PART_WANTED, PART_RUNNING, PART_RESTING, PART_ENDED };

struct part {
    const char *name; /* borrowed */
    enum part_kind kind;
    enum part_state state;
    int64_t since; /* started, while running */
    int64_t due;   /* when to start again, while resting */
    int failures;  /* in a row */
    bool told, killed;
};

enum {
    SUPERVISOR_PARTS = 12,
    SUPERVISOR_PAUSE_MS = 250, /* before the first restart; doubles */
    SUPERVISOR_PAUSE_MAX_MS = 10000,
    SUPERVISOR_STEADY_MS = 30000, /* who ran so long has recovered */
    SUPERVISOR_FAILURES = 8,      /* in a row, then it is given up */
    SUPERVISOR_GRACE_MS = 8000,   /* between SIGTERM and SIGKILL */
};

struct supervisor {
    struct part parts[SUPERVISOR_PARTS];
    size_t count;
    bool stopping, base_stopping;
    int64_t deadline; /* of the stopping */
    enum exit_code code;
    int culprit;      /* the part that ended it; -1 */
    struct buf notes; /* lines for people, for the caller to print and clear */
};

enum action_kind { ACTION_NONE, ACTION_START, ACTION_STOP, ACTION_KILL };

struct action {
    enum action_kind kind;
    size_t part;
};

void supervisor_init(struct supervisor *supervisor);
void supervisor_free(struct supervisor *supervisor);
size_t supervisor_add(struct supervisor *supervisor, const char *name, enum part_kind kind);
/* It is to run from now on. */
void supervisor_want(struct supervisor *supervisor, size_t part);
/* signal 0: it exited with status, else it was killed by signal. */
void supervisor_ended(struct supervisor *supervisor, size_t part, int status, int signal, int64_t now);
/* Everything is to end; the first call decides the code. A second one: at once. */
void supervisor_stop(struct supervisor *supervisor, enum exit_code code, int64_t now);
/* What to do next; called until ACTION_NONE. */
struct action supervisor_next(struct supervisor *supervisor, int64_t now);
/* Stopped, and nothing runs. */
bool supervisor_over(const struct supervisor *supervisor);
bool supervisor_is(const struct supervisor *supervisor, size_t part, enum part_state state);

#endif
