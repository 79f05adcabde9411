/* broken: records that are no mentions, named on stderr; after ten only their number. */
#ifndef CLI_BROKEN_H
#define CLI_BROKEN_H

#include "pace.h"

#include "earshot/bus.h"

struct broken {
    struct pace *pace;
    int64_t count;
};

/* TOPIC/PARTITION/OFFSET: REASON: byte B: TEXT */
void broken_name(struct broken *broken, const struct bus_record *record, const struct fault *fault);
void broken_say_rest(const struct broken *broken);

#endif
