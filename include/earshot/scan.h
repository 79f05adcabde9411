/* scan: a strict cursor over JSON text: RFC 8259 and RFC 3629, validated in one pass while it is read.
 *
 * Refused besides what the RFCs refuse: a member twice in an object (names compared after undoing escapes),
 * more than SCAN_DEPTH_MAX levels, the character U+0000 and lone surrogates written as escapes. Never reads
 * past the end of the text; no malloc but the arena's; time is linear in the length, whoever made the text.
 *
 * The first thing that is wrong ends the reading: functions return false, the fault is filled with its byte
 * and a sentence that begins with the path of the member (`author.links[2]: …`), and scan must not be used
 * on. Memory: spans point into the text or, where an escape was undone, into the arena. One thread at a time.
 */
#ifndef EARSHOT_SCAN_H
#define EARSHOT_SCAN_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/fault.h"

enum { SCAN_DEPTH_MAX = 32 };

/* Where the cursor is, level by level: a member's name, or an element's number where name.ptr is NULL. */
struct scan_step {
    struct span name;
    size_t index;
};

struct scan {
    const char *start, *at, *end;
    struct arena *arena;
    struct fault *fault;
    const char *name_at; /* the quote before the name that scan_member() gave last */
    size_t depth;
    struct scan_step path[SCAN_DEPTH_MAX];
    struct span *names; /* of the objects now open, those that scan_once() was asked about */
    size_t name_count, name_cap;
};

/* One open object or array: the caller's, on the stack. */
struct scan_scope {
    bool begun;
    size_t first_name; /* in scan->names */
    uint32_t *table;   /* of many names: an index into them, +1, by hash */
    size_t table_size; /* a power of two, 0: no table yet */
};

/* What a value is, by its first byte; SCAN_NOTHING where no value can begin. */
enum scan_type {
    SCAN_NOTHING,
    SCAN_NULL,
    SCAN_BOOL,
    SCAN_NUMBER,
    SCAN_STRING,
    SCAN_ARRAY,
    SCAN_OBJECT,
};

/* The cursor stands on the first byte of the first value, whatever it is. */
void scan_begin(struct scan *scan, struct span text, struct arena *arena, struct fault *fault);
/* Nothing but white space is left. */
bool scan_end(struct scan *scan) MUST_CHECK;
enum scan_type scan_type(const struct scan *scan);
/* Offset of the cursor, and of the name that scan_member() gave last. */
size_t scan_byte(const struct scan *scan);
size_t scan_name_byte(const struct scan *scan);

/* Objects: for (ok = scan_object(j, &s); ok && scan_member(j, &s, &name);) read a value; then scan_ok(j).
 * scan_member() is false behind the closing brace and after a fault. It does not look for doubled names:
 * give each name to scan_once(), or know in another way that it is new. */
bool scan_object(struct scan *scan, struct scan_scope *scope) MUST_CHECK;
bool scan_member(struct scan *scan, struct scan_scope *scope, struct span *name) MUST_CHECK;
bool scan_once(struct scan *scan, struct scan_scope *scope, struct span name) MUST_CHECK;
/* Arrays: the same with scan_array() and scan_element(). */
bool scan_array(struct scan *scan, struct scan_scope *scope) MUST_CHECK;
bool scan_element(struct scan *scan, struct scan_scope *scope) MUST_CHECK;
/* Objects whose members are known, as a table of at most 32. base: what is filled in. */
struct scan_field {
    const char *name;
    bool (*read)(struct scan *scan,
                 void *base); /* stands on the value, which is no null of an optional one */
    bool required;
};
/* The value of the member of that name, whose bit is set in seen. known: false where the table has none such:
 * nothing is read then. */
bool scan_field(struct scan *scan, const struct scan_field *fields, size_t count, struct span name,
                unsigned *seen, void *base, bool *known) MUST_CHECK;
/* Behind the object: all that is required was there. */
bool scan_complete(struct scan *scan, const struct scan_field *fields, size_t count,
                   unsigned seen) MUST_CHECK;
/* No fault so far. */
bool scan_ok(const struct scan *scan);

/* Values. Another type than the asked one is a FAULT_TYPE. */
struct span scan_string(struct scan *scan) MUST_CHECK; /* ptr NULL: a fault */
bool scan_number(struct scan *scan, struct span *text) MUST_CHECK;
/* No fraction, no exponent, min..max. */
bool scan_integer(struct scan *scan, int64_t min, int64_t max, int64_t *out) MUST_CHECK;
/* Finite, min..max. */
bool scan_real(struct scan *scan, double min, double max, double *out) MUST_CHECK;
bool scan_bool(struct scan *scan, bool *out) MUST_CHECK;
/* Goes past `null` where that is the value: true. Anything else stays. */
bool scan_null(struct scan *scan) MUST_CHECK;
/* Any value, validated, passed over; raw (NULL allowed) is its text. */
bool scan_skip(struct scan *scan, struct span *raw) MUST_CHECK;

/* False, with a fault at byte whose sentence is the cursor's path, a colon and the text. */
bool scan_fault(struct scan *scan, enum fault_reason reason, size_t byte, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* False: the name that scan_member() gave last is in its object already, a FAULT_DUPLICATE. */
bool scan_doubled(struct scan *scan);
/* False: "PATH: expected WHAT, found a string", a FAULT_TYPE at the cursor; FAULT_JSON where no value is. */
bool scan_expected(struct scan *scan, const char *what);

#endif
