/* roster: what the aggregator remembers of each alert that it has seen in a mention, for the process's life.
 * All of it can be forgotten: it only saves work. */
#ifndef EARSHOT_ROSTER_H
#define EARSHOT_ROSTER_H

#include "earshot/alert.h"
#include "earshot/base.h"
#include "earshot/deployment.h"

struct roster_alert {
    uint32_t number; /* from 0 */
    int shard;
    struct span id;
    char text[ALERT_ID_MAX];
    int64_t floor;      /* entries before this second are not in the feed any more, and need not be written */
    uint32_t untrimmed; /* entries written since the feed was last trimmed, as far as we know */
};

struct roster;

struct roster *roster_new(const struct deployment *deployment) MUST_CHECK;
void roster_free(struct roster **roster);
/* Made when it is new; stays where it is. id: alert_id_ok(). */
struct roster_alert *roster_find(struct roster *roster, struct span id) MUST_CHECK;
/* Another Redis, or the same one set back: floors may no longer hold. */
void roster_forget(struct roster *roster);

#endif
