/* report: the moving line is the terminal's only; what is kept in a log comes seldom and whole. */
#include "report.h"

#include "earshot/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { TERMINAL_MS = 200, LOG_MS = 5000 };

void report_begin(struct report *report, int64_t now) {
    *report = (struct report){.terminal = isatty(STDERR_FILENO), .started = now, .told = now};
}

static void describe(const struct engine *engine, uint64_t rate, bool held, char *out, size_t size) {
    const struct engine_totals *totals = engine_totals(engine);
    struct connector_progress progress = engine_progress(engine);
    char part[16] = "";
    if (progress.total > 0)
        snprintf(part, sizeof part, "%3.0f%%  ", 100 * (double)progress.done / (double)progress.total);
    snprintf(out, size, "%s%" PRIu64 " mentions, %" PRIu64 " dead letters, %" PRIu64 "/s%s", part,
             totals->mentions, totals->dead, rate, held ? ", waiting for the workers" : "");
}

void report_go(struct report *report, const struct engine *engine, int64_t now, bool held) {
    const struct engine_totals *totals = engine_totals(engine);
    int64_t passed = now - report->told;
    if (passed < (report->terminal ? TERMINAL_MS : LOG_MS))
        return;
    uint64_t items = totals->mentions + totals->dead;
    uint64_t rate = (items - report->told_items) * 1000 / (uint64_t)passed;
    bool changed = items != report->told_items;
    report->told = now;
    report->told_items = items;
    char text[160];
    describe(engine, rate, held, text, sizeof text);
    if (report->terminal) {
        fprintf(stderr, "\r\033[K%s", text);
        fflush(stderr);
        report->line_open = true;
    } else if (changed)
        log_info("ingest.progress", "%s", text);
}

void report_pause(struct report *report) {
    if (report->line_open)
        fputs("\r\033[K", stderr);
    report->line_open = false;
}

void report_end(struct report *report, const struct engine_totals *totals, int64_t now) {
    report_pause(report);
    printf("%" PRIu64 " mentions sent, %" PRIu64 " dead letters, %.1f s\n", totals->mentions, totals->dead,
           (double)(now - report->started) / 1000);
    fflush(stdout);
}
