/* pace: how far a long reading is: a line on stderr that moves, for a person at a terminal only. */
#ifndef CLI_PACE_H
#define CLI_PACE_H

#include "trial.h"

struct pace {
    bool terminal;          /* somebody looks at stderr */
    bool moving;            /* and nothing else is written into the line */
    bool open;              /* the line stands there without an end */
    int64_t started, shown; /* monotonic ms */
    int64_t size;           /* bytes of the file; 0: nobody knows */
};

/* size: of what is read, 0 where it has none. writes: stdout gets lines meanwhile. */
void pace_begin(struct pace *pace, int64_t size, bool writes);
/* done: bytes. Costs a look at the clock. */
void pace_go(struct pace *pace, const struct trial_totals *totals, int64_t done);
/* Before anything else is written to stderr. */
void pace_pause(struct pace *pace);
/* The last line: what there was, and how fast. */
void pace_end(struct pace *pace, const struct trial_totals *totals);

#endif
