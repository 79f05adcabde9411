/* json: a cursor, not a tree: its callers know what they look for, so nothing is built that nobody reads, and
 * each fault can name the byte and the path of what is wrong. What strings hold is the business of json_text.
 */
#include "json_text.h"

static void skip_space(struct json *json) {
    const char *at = json->at, *end = json->end;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    json->at = at;
}

void json_begin(struct json *json, struct span text, struct arena *arena, struct fault *fault) {
    json->start = json->at = text.ptr ? text.ptr : "";
    json->end = json->start + text.len;
    json->arena = arena;
    json->fault = fault;
    json->name_at = json->start;
    json->depth = 0;
    json->names = NULL;
    json->name_count = json->name_cap = 0;
    fault->reason = FAULT_NONE;
    skip_space(json);
}

bool json_ok(const struct json *json) {
    return json->fault->reason == FAULT_NONE;
}

size_t json_byte(const struct json *json) {
    return (size_t)(json->at - json->start);
}

size_t json_name_byte(const struct json *json) {
    return (size_t)(json->name_at - json->start);
}

enum json_type json_type(const struct json *json) {
    static const uint8_t TYPES[256] = {
        ['n'] = JSON_NULL,   ['t'] = JSON_BOOL,   ['f'] = JSON_BOOL,   ['"'] = JSON_STRING,
        ['{'] = JSON_OBJECT, ['['] = JSON_ARRAY,  ['-'] = JSON_NUMBER, ['0'] = JSON_NUMBER,
        ['1'] = JSON_NUMBER, ['2'] = JSON_NUMBER, ['3'] = JSON_NUMBER, ['4'] = JSON_NUMBER,
        ['5'] = JSON_NUMBER, ['6'] = JSON_NUMBER, ['7'] = JSON_NUMBER, ['8'] = JSON_NUMBER,
        ['9'] = JSON_NUMBER,
    };
    return json->at < json->end ? (enum json_type)TYPES[(unsigned char)*json->at] : JSON_NOTHING;
}

/* A fault of grammar at the cursor: what should be there, and is not. */
static bool wants(struct json *json, const char *what) {
    size_t byte = json_byte(json);
    if (json->at == json->end)
        return json_fault(json, FAULT_JSON, byte, "the text ends where %s should be", what);
    unsigned char c = (unsigned char)*json->at;
    if (json_text_utf8(json->at, json->end) == 0)
        return json_fault(json, FAULT_UTF8, byte, "byte 0x%02x begins no valid UTF-8 character", c);
    if (c > ' ' && c < 0x7f)
        return json_fault(json, FAULT_JSON, byte, "expected %s, found `%c`", what, c);
    return json_fault(json, FAULT_JSON, byte, "expected %s, found byte 0x%02x", what, c);
}

bool json_end(struct json *json) {
    skip_space(json);
    return json->at == json->end || wants(json, "nothing more");
}

/* Containers. */

static bool open_scope(struct json *json, struct json_scope *scope) {
    if (json->depth == JSON_DEPTH_MAX)
        return json_fault(json, FAULT_DEPTH, json_byte(json), "more than %d levels", JSON_DEPTH_MAX);
    json->at++;
    *scope = (struct json_scope){.first_name = json->name_count};
    return true;
}

bool json_object(struct json *json, struct json_scope *scope) {
    if (json_type(json) != JSON_OBJECT)
        return json_expected(json, "an object");
    if (!open_scope(json, scope))
        return false;
    json->path[json->depth++] = (struct json_step){.name = SPAN("")};
    return true;
}

bool json_array(struct json *json, struct json_scope *scope) {
    if (json_type(json) != JSON_ARRAY)
        return json_expected(json, "an array");
    if (!open_scope(json, scope))
        return false;
    json->path[json->depth++] = (struct json_step){.index = 0};
    return true;
}

/* Is there one more? Stands on its first byte then; else past `close`, or there is a fault. */
static bool more(struct json *json, struct json_scope *scope, char close, const char *either) {
    skip_space(json);
    if (json->at < json->end && *json->at == close) {
        json->at++;
        json->depth--;
        json->name_count = scope->first_name;
        return false;
    }
    if (scope->begun) {
        if (json->at == json->end || *json->at != ',')
            return wants(json, either);
        json->at++;
        skip_space(json);
    }
    return true;
}

bool json_member(struct json *json, struct json_scope *scope, struct span *name) {
    if (!more(json, scope, '}', "`,` or `}`"))
        return false;
    json->path[json->depth - 1].name = SPAN("");
    if (json_type(json) != JSON_STRING)
        return wants(json, scope->begun ? "the name of a member" : "the name of a member or `}`");
    scope->begun = true;
    json->name_at = json->at;
    struct span taken = json_text_take(json, true);
    if (!taken.ptr)
        return false;
    json->path[json->depth - 1].name = taken;
    *name = taken;
    skip_space(json);
    if (json->at == json->end || *json->at != ':')
        return wants(json, "`:`");
    json->at++;
    skip_space(json);
    return true;
}

bool json_element(struct json *json, struct json_scope *scope) {
    if (!more(json, scope, ']', "`,` or `]`"))
        return false;
    if (scope->begun)
        json->path[json->depth - 1].index++;
    scope->begun = true;
    return true;
}

/* Values. */

static bool at_word(const struct json *json, struct span word) {
    return (size_t)(json->end - json->at) >= word.len && memcmp(json->at, word.ptr, word.len) == 0;
}

static bool take_word(struct json *json, struct span word) {
    if (!at_word(json, word))
        return false;
    json->at += word.len;
    return true;
}

bool json_null(struct json *json) {
    return json->at < json->end && *json->at == 'n' && take_word(json, SPAN("null"));
}

bool json_expected(struct json *json, const char *what) {
    static const char *const FOUND[] = {
        [JSON_NULL] = "null",       [JSON_BOOL] = "a boolean", [JSON_NUMBER] = "a number",
        [JSON_STRING] = "a string", [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object"};
    enum json_type type = json_type(json);
    if (type == JSON_NOTHING || (type == JSON_NULL && !at_word(json, SPAN("null"))) ||
        (type == JSON_BOOL && !at_word(json, SPAN("true")) && !at_word(json, SPAN("false"))))
        return wants(json, what);
    return json_fault(json, FAULT_TYPE, json_byte(json), "expected %s, found %s", what, FOUND[type]);
}

struct span json_string(struct json *json) {
    if (json_type(json) == JSON_STRING)
        return json_text_take(json, true);
    json_expected(json, "a string");
    return (struct span){0};
}

bool json_bool(struct json *json, bool *out) {
    *out = take_word(json, SPAN("true"));
    return *out || take_word(json, SPAN("false")) || json_expected(json, "true or false");
}

static bool skip_array(struct json *json) {
    struct json_scope scope;
    if (!json_array(json, &scope))
        return false;
    while (json_element(json, &scope))
        if (!json_skip(json, NULL))
            return false;
    return json_ok(json);
}

static bool skip_object(struct json *json) {
    struct json_scope scope;
    struct span name;
    if (!json_object(json, &scope))
        return false;
    while (json_member(json, &scope, &name))
        if (!json_once(json, &scope, name) || !json_skip(json, NULL))
            return false;
    return json_ok(json);
}

static bool skip_value(struct json *json) {
    struct span text;
    bool flag;
    switch (json_type(json)) {
    case JSON_STRING:
        return json_text_take(json, false).ptr;
    case JSON_NUMBER:
        return json_number(json, &text);
    case JSON_BOOL:
        return json_bool(json, &flag);
    case JSON_NULL:
        return json_null(json) || json_expected(json, "null");
    case JSON_ARRAY:
        return skip_array(json);
    case JSON_OBJECT:
        return skip_object(json);
    case JSON_NOTHING:
        break;
    }
    return json_expected(json, "a value");
}

bool json_skip(struct json *json, struct span *raw) {
    const char *first = json->at;
    if (!skip_value(json))
        return false;
    if (raw)
        *raw = (struct span){.ptr = first, .len = (size_t)(json->at - first)};
    return true;
}
