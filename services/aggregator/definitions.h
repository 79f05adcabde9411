/* definitions: the alerts as the topic `alerts` has them, and which of them Redis has still to be told.
 *
 * Counting does not wait for it: a definition only makes an alert's name known to readers. A version is the
 * offset of the alert's record, so any number of aggregators may tell the same in any order. One thread. */
#ifndef AGGREGATOR_DEFINITIONS_H
#define AGGREGATOR_DEFINITIONS_H

#include "earshot/bus.h"
#include "earshot/keeper.h"

struct definitions;

struct definitions *definitions_new(const struct deployment *deployment) MUST_CHECK;
void definitions_free(struct definitions **definitions);

/* A record of the topic: a bus_row_f. One that is no alert is passed over: `earshot alerts` writes none. */
void definitions_row(void *self, const struct bus_record *record);
/* The topic was read to its end once. */
void definitions_loaded(struct definitions *definitions);
/* Redis may not have what it was told: all is told again. */
void definitions_forget(struct definitions *definitions);
/* Tells some; OK also where more is left: call again until definitions_done(). */
enum keeper_result definitions_tell(struct definitions *definitions, struct keeper *keeper) MUST_CHECK;
bool definitions_done(const struct definitions *definitions);

#endif
