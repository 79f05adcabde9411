#include "pace.h"

#include "earshot/times.h"

#include <stdio.h>
#include <unistd.h>

enum { SHOW_MS = 200, LINE_BYTES = 256 };

void pace_begin(struct pace *pace, int64_t size, bool writes) {
    int64_t now = times_monotonic_ms();
    bool terminal = isatty(STDERR_FILENO);
    *pace = (struct pace){.terminal = terminal,
                          .moving = terminal && !(writes && isatty(STDOUT_FILENO)),
                          .started = now,
                          .shown = now,
                          .size = size};
}

static void say(struct pace *pace, const struct trial_totals *totals, int64_t done, int64_t now) {
    struct buf line;
    int64_t passed = now > pace->started ? now - pace->started : 1;
    buf_init(&line, LINE_BYTES);
    if (pace->size > 0)
        buf_printf(&line, "%3.0f%%  ", 100 * (double)done / (double)pace->size);
    trial_add_totals(&line, totals, true);
    buf_printf(&line, ", %s mentions/s", digits_of(totals->read * 1000 / passed).text);
    fprintf(stderr, "%s%s", pace->moving ? "\r\033[K" : "", buf_span(&line).ptr);
    buf_free(&line);
}

void pace_go(struct pace *pace, const struct trial_totals *totals, int64_t done) {
    int64_t now = pace->moving ? times_monotonic_ms() : 0;
    if (!pace->moving || now - pace->shown < SHOW_MS)
        return;
    say(pace, totals, done, now);
    pace->shown = now;
    pace->open = true;
}

void pace_pause(struct pace *pace) {
    if (pace->open)
        fputs("\r\033[K", stderr);
    pace->open = false;
}

void pace_end(struct pace *pace, const struct trial_totals *totals) {
    pace_pause(pace);
    pace->size = 0;
    if (!pace->terminal)
        return;
    say(pace, totals, 0, times_monotonic_ms());
    fputc('\n', stderr);
}
