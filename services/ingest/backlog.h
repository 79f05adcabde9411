/* backlog: holds ingest back while the workers are behind, for a broker that forgets what is not read in time
 * (the embedded one: DESIGN.md, "Embedded broker"). The rule is pure; backlog_watch asks the broker. */
#ifndef EARSHOT_INGEST_BACKLOG_H
#define EARSHOT_INGEST_BACKLOG_H

#include "earshot/bus_kafka.h"

enum { BACKLOG_STAGES = 3 };

/* Topics and the groups that read them, in the order of the flow. */
struct backlog_stage {
    const char *topic, *group;
};
extern const struct backlog_stage BACKLOG_STAGE[BACKLOG_STAGES];

/* What one look at the broker found. */
struct backlog_sight {
    bool known;
    int64_t records; /* of the partition with most: read by none yet, in all stages together, since what is
                        in a stage now is in the next ones later */
    uint64_t sent;   /* bytes handed to the bus before it began */
};

/* positions[stage][partition]; a group that has committed nothing reads from the beginning. */
int64_t backlog_records(const struct bus_position *positions[BACKLOG_STAGES], int partitions);

struct backlog {
    int64_t max; /* bytes a partition; 0: never hold */
    int partitions;
    struct backlog_sight last, before;
};

/* A new look; each look is compared with what was sent since the one before, which may still be on its way.
 */
void backlog_see(struct backlog *backlog, const struct backlog_sight *sight);
/* sent: mentions and their bytes handed to the bus so far. A record counts twice its mean size: the stages
 * append to it. Unknown is held. */
bool backlog_holds(const struct backlog *backlog, uint64_t sent_records, uint64_t sent_bytes);

#endif
