/* progress: how far the stages are, from offsets. Pure. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "earshot/bus_kafka.h"

/* One stage's input topic: all that was written, all that its group has behind it. */
struct progress_stage {
    int64_t written, done;
    bool through; /* every partition is done to its end */
};

struct progress_stage progress_of(const struct bus_position *positions, size_t count);

enum { PROGRESS_RAW, PROGRESS_MATCHED, PROGRESS_ENRICHED, PROGRESS_STAGES };

struct progress {
    struct progress_stage stages[PROGRESS_STAGES], start[PROGRESS_STAGES];
    bool started; /* start is filled: what was there before is not counted as ours */
};

void progress_take(struct progress *progress, const struct progress_stage stages[PROGRESS_STAGES]);
/* Nothing is under way; right where the stages were asked for in their order and the source had ended before.
 */
bool progress_through(const struct progress *progress);
/* "sent 655, matched 512, counted 512" */
void progress_add(struct buf *out, const struct progress *progress);

#endif
