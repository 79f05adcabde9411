/* said: what people say of mentions, from arguments or from lines, as records of the topic `actions`. Pure.
 */
#ifndef CLI_SAID_H
#define CLI_SAID_H

#include "earshot/action.h"
#include "earshot/arena.h"
#include "earshot/buf.h"

struct said_row {
    const char *alert;
    struct span mention, json; /* canonical, with a moment */
    enum label label;
    size_t line; /* from 1 */
};

struct said {
    struct arena *arena; /* of all that rows point to */
    struct said_row *rows;
    size_t count, cap;
};

void said_init(struct said *said);
void said_free(struct said *said);

/* One that was checked; what does not say when it was said was said now (Unix seconds). False: fault. */
bool said_add(struct said *said, struct span json, size_t line, int64_t now, struct fault *fault) MUST_CHECK;
/* The same of its parts, of which any may be wrong. */
bool said_add_parts(struct said *said, const char *alert, const char *mention, enum label label, int64_t now,
                    struct fault *fault) MUST_CHECK;
/* Lines of JSON; blank ones and a byte order mark are passed over. Each that is none is a line in errors:
 * `NAME:LINE: REASON: byte B: TEXT`. False: there was one. */
bool said_read(struct said *said, const char *name, struct span text, int64_t now,
               struct buf *errors) MUST_CHECK;

#endif
