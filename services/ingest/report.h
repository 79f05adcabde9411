/* report: how far a run is: one moving line on a terminal, a log line every few seconds elsewhere. */
#ifndef EARSHOT_INGEST_REPORT_H
#define EARSHOT_INGEST_REPORT_H

#include "connector.h"
#include "engine.h"

struct report {
    bool terminal;
    int64_t started, told; /* monotonic ms */
    uint64_t told_items;
    bool line_open;
};

void report_begin(struct report *report, int64_t now);
void report_go(struct report *report, const struct engine *engine, int64_t now, bool held);
/* Ends the moving line. */
void report_pause(struct report *report);
/* "N mentions sent, M dead letters" and how long it took, on standard output. */
void report_end(struct report *report, const struct engine_totals *totals, int64_t now);

#endif
