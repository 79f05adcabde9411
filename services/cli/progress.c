#include "progress.h"

#include "screen.h"

struct progress_stage progress_of(const struct bus_position *positions, size_t count) {
    struct progress_stage stage = {.through = true};
    for (size_t i = 0; i < count; i++) {
        const struct bus_position *at = &positions[i];
        int64_t done = at->committed < at->begin ? at->begin : at->committed;
        stage.written += at->end;
        stage.done += done;
        stage.through = stage.through && done >= at->end;
    }
    return stage;
}

void progress_take(struct progress *progress, const struct progress_stage stages[PROGRESS_STAGES]) {
    for (int i = 0; i < PROGRESS_STAGES; i++) {
        progress->stages[i] = stages[i];
        if (!progress->started)
            progress->start[i] = stages[i];
    }
    progress->started = true;
}

bool progress_through(const struct progress *progress) {
    bool through = progress->started;
    for (int i = 0; i < PROGRESS_STAGES; i++)
        through = through && progress->stages[i].through;
    return through;
}

void progress_add(struct buf *out, const struct progress *progress) {
    const struct progress_stage *now = progress->stages, *start = progress->start;
    buf_printf(out, "sent %s", digits_of(now[PROGRESS_RAW].written - start[PROGRESS_RAW].written).text);
    buf_printf(out, ", matched %s",
               digits_of(now[PROGRESS_MATCHED].written - start[PROGRESS_MATCHED].written).text);
    buf_printf(out, ", counted %s",
               digits_of(now[PROGRESS_ENRICHED].done - start[PROGRESS_ENRICHED].done).text);
}
