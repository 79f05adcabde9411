/* action: what a person did about a mention: the record of the topic `actions`. Its members, and what becomes
 * of it: action.md beside this file. Pure. */
#ifndef EARSHOT_ACTION_H
#define EARSHOT_ACTION_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/fault.h"
#include "earshot/label.h"

enum { ACTION_BYTES_MAX = 16 * 1024 }; /* of the JSON text, white space and escapes included */
#define ACTION_NO_TIME INT64_MIN

/* "correct", the only one yet. */
struct action {
    struct span alert;   /* alert_id_ok() */
    struct span mention; /* its id: 1 to MENTION_ID_MAX bytes */
    enum label label;
    int64_t at; /* when the person decided, Unix seconds; ACTION_NO_TIME: not said */
};

/* One JSON object and nothing behind it. false: fault says why, its byte counts from the start of json. out
 * lives as long as json and the arena. A null record (ptr NULL) is a FAULT_JSON. */
bool action_read(struct span json, struct arena *arena, struct action *out, struct fault *fault) MUST_CHECK;
/* The canonical JSON, one line without a newline. */
void action_print(const struct action *action, struct buf *out);

#endif
