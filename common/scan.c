/* scan: a cursor, not a tree: its callers know what they look for, so nothing is built that nobody reads, and
 * each fault can name the byte and the path of what is wrong. What strings hold is the business of scan_text.
 */
#include "scan_text.h"

static void skip_space(struct scan *scan) {
    const char *at = scan->at, *end = scan->end;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    scan->at = at;
}

void scan_begin(struct scan *scan, struct span text, struct arena *arena, struct fault *fault) {
    scan->start = scan->at = text.ptr ? text.ptr : "";
    scan->end = scan->start + text.len;
    scan->arena = arena;
    scan->fault = fault;
    scan->name_at = scan->start;
    scan->depth = 0;
    scan->names = NULL;
    scan->name_count = scan->name_cap = 0;
    fault->reason = FAULT_NONE;
    skip_space(scan);
}

bool scan_ok(const struct scan *scan) {
    return scan->fault->reason == FAULT_NONE;
}

size_t scan_byte(const struct scan *scan) {
    return (size_t)(scan->at - scan->start);
}

size_t scan_name_byte(const struct scan *scan) {
    return (size_t)(scan->name_at - scan->start);
}

enum scan_type scan_type(const struct scan *scan) {
    static const uint8_t TYPES[256] = {
        ['n'] = SCAN_NULL,   ['t'] = SCAN_BOOL,   ['f'] = SCAN_BOOL,   ['"'] = SCAN_STRING,
        ['{'] = SCAN_OBJECT, ['['] = SCAN_ARRAY,  ['-'] = SCAN_NUMBER, ['0'] = SCAN_NUMBER,
        ['1'] = SCAN_NUMBER, ['2'] = SCAN_NUMBER, ['3'] = SCAN_NUMBER, ['4'] = SCAN_NUMBER,
        ['5'] = SCAN_NUMBER, ['6'] = SCAN_NUMBER, ['7'] = SCAN_NUMBER, ['8'] = SCAN_NUMBER,
        ['9'] = SCAN_NUMBER,
    };
    return scan->at < scan->end ? (enum scan_type)TYPES[(unsigned char)*scan->at] : SCAN_NOTHING;
}

/* A fault of grammar at the cursor: what should be there, and is not. */
static bool wants(struct scan *scan, const char *what) {
    size_t byte = scan_byte(scan);
    unsigned c = scan->at < scan->end ? (unsigned char)*scan->at : 0;
    if (scan->at == scan->end)
        scan_fault(scan, FAULT_JSON, byte, "the text ends where %s should be", what);
    else if (scan_text_utf8(scan->at, scan->end) == 0)
        scan_fault(scan, FAULT_UTF8, byte, "byte 0x%02x begins no valid UTF-8 character", c);
    else if (c > ' ' && c < 0x7f)
        scan_fault(scan, FAULT_JSON, byte, "expected %s, found `%c`", what, (int)c);
    else
        scan_fault(scan, FAULT_JSON, byte, "expected %s, found byte 0x%02x", what, c);
    return false;
}

bool scan_end(struct scan *scan) {
    skip_space(scan);
    return scan->at == scan->end || wants(scan, "nothing more");
}

/* Containers. */

static bool open_scope(struct scan *scan, struct scan_scope *scope) {
    *scope = (struct scan_scope){.first_name = scan->name_count};
    if (scan->depth == SCAN_DEPTH_MAX)
        return scan_fault(scan, FAULT_DEPTH, scan_byte(scan), "more than %d levels", SCAN_DEPTH_MAX);
    scan->at++;
    return true;
}

bool scan_object(struct scan *scan, struct scan_scope *scope) {
    if (scan_type(scan) != SCAN_OBJECT)
        return scan_expected(scan, "an object");
    if (!open_scope(scan, scope))
        return false;
    scan->path[scan->depth++] = (struct scan_step){.name = SPAN("")};
    return true;
}

bool scan_array(struct scan *scan, struct scan_scope *scope) {
    if (scan_type(scan) != SCAN_ARRAY)
        return scan_expected(scan, "an array");
    if (!open_scope(scan, scope))
        return false;
    scan->path[scan->depth++] = (struct scan_step){.index = 0};
    return true;
}

/* Is there one more? Stands on its first byte then; else past `close`, or there is a fault. */
static bool more(struct scan *scan, struct scan_scope *scope, char close, const char *either) {
    skip_space(scan);
    if (scan->at < scan->end && *scan->at == close) {
        scan->at++;
        scan->depth--;
        scan->name_count = scope->first_name;
        return false;
    }
    if (scope->begun) {
        if (scan->at == scan->end || *scan->at != ',')
            return wants(scan, either);
        scan->at++;
        skip_space(scan);
    }
    return true;
}

bool scan_member(struct scan *scan, struct scan_scope *scope, struct span *name) {
    if (!more(scan, scope, '}', "`,` or `}`"))
        return false;
    scan->path[scan->depth - 1].name = SPAN("");
    if (scan_type(scan) != SCAN_STRING)
        return wants(scan, scope->begun ? "the name of a member" : "the name of a member or `}`");
    scope->begun = true;
    scan->name_at = scan->at;
    struct span taken = scan_text_take(scan, true);
    if (!taken.ptr)
        return false;
    scan->path[scan->depth - 1].name = taken;
    *name = taken;
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != ':')
        return wants(scan, "`:`");
    scan->at++;
    skip_space(scan);
    return true;
}

bool scan_element(struct scan *scan, struct scan_scope *scope) {
    if (!more(scan, scope, ']', "`,` or `]`"))
        return false;
    if (scope->begun)
        scan->path[scan->depth - 1].index++;
    scope->begun = true;
    return true;
}

/* Values. */

static bool at_word(const struct scan *scan, struct span word) {
    return (size_t)(scan->end - scan->at) >= word.len && memcmp(scan->at, word.ptr, word.len) == 0;
}

static bool take_word(struct scan *scan, struct span word) {
    if (!at_word(scan, word))
        return false;
    scan->at += word.len;
    return true;
}

bool scan_null(struct scan *scan) {
    return scan->at < scan->end && *scan->at == 'n' && take_word(scan, SPAN("null"));
}

bool scan_expected(struct scan *scan, const char *what) {
    static const char *const FOUND[] = {
        [SCAN_NULL] = "null",       [SCAN_BOOL] = "a boolean", [SCAN_NUMBER] = "a number",
        [SCAN_STRING] = "a string", [SCAN_ARRAY] = "an array", [SCAN_OBJECT] = "an object"};
    enum scan_type type = scan_type(scan);
    if (type == SCAN_NOTHING || (type == SCAN_NULL && !at_word(scan, SPAN("null"))) ||
        (type == SCAN_BOOL && !at_word(scan, SPAN("true")) && !at_word(scan, SPAN("false"))))
        return wants(scan, what);
    scan_fault(scan, FAULT_TYPE, scan_byte(scan), "expected %s, found %s", what, FOUND[type]);
    return false;
}

struct span scan_string(struct scan *scan) {
    if (scan_type(scan) == SCAN_STRING)
        return scan_text_take(scan, true);
    scan_expected(scan, "a string");
    return (struct span){0};
}

bool scan_bool(struct scan *scan, bool *out) {
    *out = take_word(scan, SPAN("true"));
    return *out || take_word(scan, SPAN("false")) || scan_expected(scan, "true or false");
}

static bool skip_array(struct scan *scan) {
    struct scan_scope scope;
    if (!scan_array(scan, &scope))
        return false;
    while (scan_element(scan, &scope))
        if (!scan_skip(scan, NULL))
            return false;
    return scan_ok(scan);
}

static bool skip_object(struct scan *scan) {
    struct scan_scope scope;
    struct span name = {0};
    if (!scan_object(scan, &scope))
        return false;
    while (scan_member(scan, &scope, &name))
        if (!scan_once(scan, &scope, name) || !scan_skip(scan, NULL))
            return false;
    return scan_ok(scan);
}

static bool skip_value(struct scan *scan) {
    struct span text;
    bool flag;
    switch (scan_type(scan)) {
    case SCAN_STRING:
        return scan_text_take(scan, false).ptr;
    case SCAN_NUMBER:
        return scan_number(scan, &text);
    case SCAN_BOOL:
        return scan_bool(scan, &flag);
    case SCAN_NULL:
        return scan_null(scan) || scan_expected(scan, "null");
    case SCAN_ARRAY:
        return skip_array(scan);
    case SCAN_OBJECT:
        return skip_object(scan);
    case SCAN_NOTHING:
        break;
    }
    return scan_expected(scan, "a value");
}

bool scan_skip(struct scan *scan, struct span *raw) {
    const char *first = scan->at;
    if (!skip_value(scan))
        return false;
    if (raw)
        *raw = (struct span){.ptr = first, .len = (size_t)(scan->at - first)};
    return true;
}
