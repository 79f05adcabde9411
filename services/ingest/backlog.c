/* backlog: the estimate errs to the safe side. What was sent since the look before the last may be on its
 * way, and twice its even share may be in one partition. */
#include "backlog.h"

static const double FIRST_SIZE = 1024, GROWTH = 2, UNEVEN = 2;

const struct backlog_stage BACKLOG_STAGE[BACKLOG_STAGES] = {
    {"mentions.raw", "earshot-matcher"},
    {"mentions.matched", "earshot-sentiment"},
    {"mentions.enriched", "earshot-aggregator"},
};

static int64_t unread(const struct bus_position *position) {
    int64_t from = position->committed > position->begin ? position->committed : position->begin;
    return position->end > from ? position->end - from : 0;
}

int64_t backlog_records(const struct bus_position *positions[BACKLOG_STAGES], int partitions) {
    int64_t most = 0;
    for (int i = 0; i < partitions; i++) {
        int64_t sum = 0;
        for (int stage = 0; stage < BACKLOG_STAGES; stage++)
            sum += unread(&positions[stage][i]);
        most = sum > most ? sum : most;
    }
    return most;
}

void backlog_see(struct backlog *backlog, const struct backlog_sight *sight) {
    backlog->before = backlog->last;
    backlog->last = *sight;
}

bool backlog_holds(const struct backlog *backlog, uint64_t sent_records, uint64_t sent_bytes) {
    if (backlog->max == 0)
        return false;
    if (!backlog->last.known)
        return true;
    double size = sent_records ? (double)sent_bytes / (double)sent_records : FIRST_SIZE;
    uint64_t base = backlog->before.known ? backlog->before.sent : 0;
    double on_the_way = (double)(sent_bytes - base) / backlog->partitions * UNEVEN;
    return ((double)backlog->last.records * size + on_the_way) * GROWTH > (double)backlog->max;
}
