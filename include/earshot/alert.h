/* alert: one thing that a user watches for: the record of the topic `alerts` and of `earshot alerts apply`.
 * The members and the rules of files: alert.md beside this file. The query is any text here: who needs it
 * parsed uses query_parse(). */
#ifndef EARSHOT_ALERT_H
#define EARSHOT_ALERT_H

#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/fault.h"

enum {
    ALERT_ID_MAX = 64,
    ALERT_NAME_MAX = 256,        /* bytes; of a tag's name and value too */
    ALERT_TAGS_MAX = 64,         /* tags of an alert */
    ALERT_QUERY_MAX = 64 * 1024, /* bytes: as long as a query may be */
    ALERT_BYTES_MAX = 512 * 1024 /* of the JSON text, white space and escapes included */
};

/* A version is in force for raw records from its own record's time + this on. It is the time that a worker
 * has to learn of an edit. */
enum { ALERT_DELAY_MS = 2000 };

struct alert_tag {
    const char *name, *value;
};

/* Terminated strings without a NUL inside, valid UTF-8, owned by the alert. */
struct alert {
    const char *id;               /* alert_id_ok() */
    const char *query;            /* as it was given */
    const char *name;             /* NULL: none */
    const struct alert_tag *tags; /* by name, bytewise */
    size_t tag_count;
    bool paused;
};

/* [a-z0-9][a-z0-9_-]{0,63} */
bool alert_id_ok(struct span id) MUST_CHECK;

/* One JSON object and nothing behind it: the value of a record. NULL: fault says why, its byte counts from
 * the start of json. */
struct alert *alert_parse(struct span json, struct fault *fault) MUST_CHECK;
void alert_free(struct alert **alert);

/* The canonical JSON, one line without a newline: id, query, name, tags, paused, in that order, what is
 * absent or the default left out. Two alerts are the same when these bytes are. */
void alert_print(const struct alert *alert, struct buf *out);

/* What a file of alerts holds: an object, an array of objects, or objects one after the other (NDJSON). */
struct alert_entry {
    struct alert *alert;
    size_t line; /* of its opening brace, from 1 */
};

struct alert_file {
    struct alert_entry *entries; /* in the file's order, no id twice */
    size_t count;
};

/* Fills file with every alert that is right and appends a line to errors for each that is not
 * (alert_error()); one bad alert does not hide the next. False where there was an error. Free file in both
 * cases. */
bool alert_file_read(const char *name, struct span text, struct alert_file *file,
                     struct buf *errors) MUST_CHECK;
void alert_file_free(struct alert_file *file);

/* Appends `NAME:LINE: ID: byte B: TEXT` and a newline; id NULL is printed as `-`. For what the caller finds
 * wrong with a query: B is the byte in the query then. */
void alert_error(struct buf *errors, const char *name, size_t line, const char *id, size_t byte,
                 const char *text);

#endif
