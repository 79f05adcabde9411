/* alerts: every alert with its versions in time, as the topic `alerts` tells them, and the index of those
 * that are needed. Pure.
 *
 * A version is in force for raw records whose timestamp is at least its own record's + ALERT_DELAY_MS and
 * less than its next version's + ALERT_DELAY_MS: so a redelivered mention matches as it did the first time,
 * whatever was edited since. The delay is the time that a worker has to learn of an edit. A paused alert and
 * a removed one are versions that match nothing. Times are milliseconds, the log's. */
#ifndef MATCHER_ALERTS_H
#define MATCHER_ALERTS_H

#include "earshot/alert.h"
#include "earshot/base.h"
#include "earshot/bus.h"
#include "earshot/match.h"

struct alerts;

struct alerts *alerts_new(void) MUST_CHECK;
void alerts_free(struct alerts **alerts);

enum { ALERTS_WHY_MAX = 400 };
/* Takes a record of the topic. False: it is no alert and changes nothing; why is one line. */
bool alerts_take(struct alerts *alerts, const struct bus_record *record, char why[ALERTS_WHY_MAX]) MUST_CHECK;

/* The index for a raw record of this time: what is in force then is in it. Valid until the next call; rebuilt
 * only where it must be. */
const struct match_index *alerts_index(struct alerts *alerts, int64_t time) MUST_CHECK;

/* Alerts that are in force after the last record; versions that are kept; times that the index was built. */
size_t alerts_count(const struct alerts *alerts);
size_t alerts_versions(const struct alerts *alerts);
size_t alerts_builds(const struct alerts *alerts);

#endif
