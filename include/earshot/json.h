/* json: a strict cursor over JSON text: RFC 8259 and RFC 3629, validated in one pass while it is read.
 *
 * Refused besides what the RFCs refuse: a member twice in an object (names compared after undoing escapes),
 * more than JSON_DEPTH_MAX levels, the character U+0000 and lone surrogates written as escapes. Never reads
 * past the end of the text; no malloc but the arena's; time is linear in the length, whoever made the text.
 *
 * The first thing that is wrong ends the reading: functions return false, the fault is filled with its byte
 * and a sentence that begins with the path of the member (`author.links[2]: …`), and json must not be used
 * on. Memory: spans point into the text or, where an escape was undone, into the arena. One thread at a time.
 */
#ifndef EARSHOT_JSON_H
#define EARSHOT_JSON_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/fault.h"

enum { JSON_DEPTH_MAX = 32 };

/* Where the cursor is, level by level: a member's name, or an element's number where name.ptr is NULL. */
struct json_step {
    struct span name;
    size_t index;
};

struct json {
    const char *start, *at, *end;
    struct arena *arena;
    struct fault *fault;
    const char *name_at; /* the quote before the name that json_member() gave last */
    size_t depth;
    struct json_step path[JSON_DEPTH_MAX];
    struct span *names; /* of the objects now open, those that json_once() was asked about */
    size_t name_count, name_cap;
};

/* One open object or array: the caller's, on the stack. */
struct json_scope {
    bool begun;
    size_t first_name; /* in json->names */
    uint32_t *table;   /* of many names: an index into them, +1, by hash */
    size_t table_size; /* a power of two, 0: no table yet */
};

/* What a value is, by its first byte; JSON_NOTHING where no value can begin. */
enum json_type {
    JSON_NOTHING,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* The cursor stands on the first byte of the first value, whatever it is. */
void json_begin(struct json *json, struct span text, struct arena *arena, struct fault *fault);
/* Nothing but white space is left. */
bool json_end(struct json *json) MUST_CHECK;
enum json_type json_type(const struct json *json);
/* Offset of the cursor, and of the name that json_member() gave last. */
size_t json_byte(const struct json *json);
size_t json_name_byte(const struct json *json);

/* Objects: for (ok = json_object(j, &s); ok && json_member(j, &s, &name);) read a value; then json_ok(j).
 * json_member() is false behind the closing brace and after a fault. It does not look for doubled names:
 * give each name to json_once(), or know in another way that it is new. */
bool json_object(struct json *json, struct json_scope *scope) MUST_CHECK;
bool json_member(struct json *json, struct json_scope *scope, struct span *name) MUST_CHECK;
bool json_once(struct json *json, struct json_scope *scope, struct span name) MUST_CHECK;
/* Arrays: the same with json_array() and json_element(). */
bool json_array(struct json *json, struct json_scope *scope) MUST_CHECK;
bool json_element(struct json *json, struct json_scope *scope) MUST_CHECK;
/* No fault so far. */
bool json_ok(const struct json *json);

/* Values. Another type than the asked one is a FAULT_TYPE. */
struct span json_string(struct json *json) MUST_CHECK; /* ptr NULL: a fault */
bool json_number(struct json *json, struct span *text) MUST_CHECK;
/* No fraction, no exponent, min..max. */
bool json_integer(struct json *json, int64_t min, int64_t max, int64_t *out) MUST_CHECK;
/* Finite, min..max. */
bool json_real(struct json *json, double min, double max, double *out) MUST_CHECK;
bool json_bool(struct json *json, bool *out) MUST_CHECK;
/* Goes past `null` where that is the value: true. Anything else stays. */
bool json_null(struct json *json) MUST_CHECK;
/* Any value, validated, passed over; raw (NULL allowed) is its text. */
bool json_skip(struct json *json, struct span *raw) MUST_CHECK;

/* False, with a fault at byte whose sentence is the cursor's path, a colon and the text. */
bool json_fault(struct json *json, enum fault_reason reason, size_t byte, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* False: the name that json_member() gave last is in its object already, a FAULT_DUPLICATE. */
bool json_doubled(struct json *json);
/* False: "PATH: expected WHAT, found a string", a FAULT_TYPE at the cursor; FAULT_JSON where no value is. */
bool json_expected(struct json *json, const char *what);

#endif
