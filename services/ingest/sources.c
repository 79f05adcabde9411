/* sources: an object of the file is turned into flags of its connector's option table and given to conf, so
 * that a source's settings are checked and worded once, whether they come from the file or the command line.
 * People write the file by hand: each source's first error is told, all in one go. */
#include "sources.h"

#include "earshot/arena.h"
#include "earshot/scan.h"

#include <stdlib.h>

enum { ARENA_FIRST = 4096, ARGS_MAX = 64 };

struct reading {
    struct span text;
    const char *name;
    struct sources *out;
    struct buf *errors;
    bool ok;
};

/* One object of the file. */
struct draft {
    size_t byte; /* where it begins */
    const char *id;
    const struct connector *connector;
    struct span wanted;   /* the connector's name as it stands; ptr NULL: not said */
    char *args[ARGS_MAX]; /* of conf_load: its place, then one flag a member */
    size_t arg_bytes[ARGS_MAX];
    int count;
};

void sources_init(struct sources *sources) {
    *sources = (struct sources){.owned = arena_new(ARENA_FIRST)};
}

void sources_free(struct sources *sources) {
    for (size_t i = 0; sources->confs && i < sources->count; i++) {
        if (sources->confs[i])
            conf_free(sources->confs[i]);
        free(sources->confs[i]);
    }
    free(sources->confs);
    free(sources->list);
    arena_free(&sources->owned);
    *sources = (struct sources){0};
}

static size_t line_of(struct span text, size_t byte) {
    size_t line = 1;
    for (size_t i = 0; i < byte && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

static bool error_at(struct reading *reading, size_t byte, const char *id, const char *text) {
    buf_printf(reading->errors, "%s:%zu: %s%s%s\n", reading->name, line_of(reading->text, byte), id ? id : "",
               id ? ": " : "", text);
    reading->ok = false;
    return false;
}

static void push(struct sources *out, const struct engine_source *source, struct conf *conf) {
    out->list = xrealloc(out->list, (out->count + 1) * sizeof *out->list);
    out->confs = xrealloc(out->confs, (out->count + 1) * sizeof *out->confs);
    out->list[out->count] = *source;
    out->confs[out->count++] = conf;
}

static bool is_known(const struct sources *sources, const char *id) {
    for (size_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->list[i].id, id) == 0)
            return true;
    }
    return false;
}

/* --- members --- */

/* A member as a flag: text, numbers and booleans as they stand. */
static bool add_flag(struct reading *reading, struct scan *scan, struct draft *draft, struct span name) {
    struct arena *arena = reading->out->owned;
    size_t byte = scan_name_byte(scan);
    struct span value;
    enum scan_type type = scan_type(scan);
    if (draft->count == ARGS_MAX - 1)
        return scan_fault(scan, FAULT_SIZE, byte, "more than %d members", ARGS_MAX);
    if (scan_null(scan))
        return true;
    if (type == SCAN_STRING)
        value = scan_string(scan);
    else if (type == SCAN_NUMBER || type == SCAN_BOOL) {
        if (!scan_skip(scan, &value))
            return false;
    } else
        return scan_expected(scan, "text, a number, true or false");
    if (!value.ptr)
        return false;
    const char *format = "--%.*s=%.*s";
    if (type == SCAN_BOOL) {
        format = *value.ptr == 't' ? "--%.*s" : "--no-%.*s";
        value.len = 0;
    }
    draft->arg_bytes[draft->count] = byte;
    draft->args[draft->count++] =
        arena_printf(arena, format, (int)name.len, name.ptr, (int)value.len, value.ptr);
    return true;
}

static bool read_member(struct reading *reading, struct scan *scan, struct draft *draft, struct span name) {
    struct arena *arena = reading->out->owned;
    if (span_eq(name, SPAN("id"))) {
        struct span id = scan_string(scan);
        if (id.ptr && (id.len == 0 || id.len > SOURCE_ID_MAX))
            return scan_fault(scan, FAULT_SIZE, scan_byte(scan), "1 to %d bytes", SOURCE_ID_MAX);
        draft->id = id.ptr ? arena_copy(arena, id) : NULL;
        return id.ptr;
    }
    if (span_eq(name, SPAN("connector"))) {
        draft->wanted = scan_string(scan);
        return draft->wanted.ptr;
    }
    return add_flag(reading, scan, draft, name);
}

static bool has_option(const struct connector *connector, struct span name) {
    for (const struct conf_option *option = connector->options; option->name; option++) {
        if (option->type != CONF_HEADING && span_eq(name, span_of(option->name)))
            return true;
    }
    return false;
}

/* Members that the connector does not have, each an error; among them `help` and `config`, which conf has for
 * itself. */
static bool check_names(struct reading *reading, const struct draft *draft) {
    bool ok = true;
    for (int i = 1; i < draft->count; i++) {
        const char *name = draft->args[i] + 2;
        struct span whole = {name, strcspn(name, "=")};
        if (has_option(draft->connector, whole) ||
            (strncmp(name, "no-", 3) == 0 && has_option(draft->connector, span_of(name + 3))))
            continue;
        struct buf text;
        buf_init(&text, 1024);
        buf_printf(&text, "the connector %s has no `%.100s`; it has", draft->connector->name,
                   arena_copy(reading->out->owned, whole));
        for (const struct conf_option *option = draft->connector->options; option->name; option++)
            buf_printf(&text, "%s %s", option == draft->connector->options ? "" : ",", option->name);
        ok = error_at(reading, draft->arg_bytes[i], draft->id, buf_span(&text).ptr);
        buf_free(&text);
    }
    return ok;
}

/* --- objects --- */

static bool find_connector(struct reading *reading, struct draft *draft) {
    struct buf text;
    bool found = draft->wanted.ptr && (draft->connector = connector_find(draft->wanted));
    if (found)
        return true;
    buf_init(&text, 512);
    if (draft->wanted.ptr)
        buf_printf(&text, "connector: there is no `%.*s`; there are ",
                   (int)(draft->wanted.len < 64 ? draft->wanted.len : 64), draft->wanted.ptr);
    else
        buf_add_str(&text, "`connector` is missing; there are ");
    connector_names(&text);
    error_at(reading, draft->byte, draft->id, buf_span(&text).ptr);
    buf_free(&text);
    return false;
}

static bool load(struct reading *reading, struct draft *draft, struct conf *conf) {
    static char *no_environment[] = {NULL};
    struct buf message;
    buf_init(&message, 1024);
    conf->program = "source";
    conf->tables[0] = draft->connector->options;
    conf->structs[0] = arena_calloc(reading->out->owned, 1, draft->connector->conf_size);
    bool ok = conf_load(conf, draft->count, draft->args, no_environment, &message) == CONF_OK;
    const char *text = ok ? draft->connector->check(conf->structs[0]) : buf_span(&message).ptr;
    if (text)
        error_at(reading, draft->byte, draft->id, text[0] == '-' && text[1] == '-' ? text + 2 : text);
    buf_free(&message);
    return !text;
}

static void add_draft(struct reading *reading, struct draft *draft) {
    if (!draft->id) {
        error_at(reading, draft->byte, NULL, "`id` is missing: a name of its own for each source");
        return;
    }
    if (is_known(reading->out, draft->id)) {
        error_at(reading, draft->byte, draft->id, "two sources have this id");
        return;
    }
    if (!find_connector(reading, draft) || !check_names(reading, draft))
        return;
    struct conf *conf = xcalloc(1, sizeof *conf);
    bool ok = load(reading, draft, conf);
    struct engine_source source = {.id = draft->id, .connector = draft->connector, .conf = conf->structs[0]};
    if (ok) {
        push(reading->out, &source, conf);
        return;
    }
    conf_free(conf);
    free(conf);
}

static bool read_object(struct reading *reading, struct scan *scan) {
    struct draft draft = {.byte = scan_byte(scan), .count = 1};
    struct scan_scope scope;
    struct span name;
    draft.args[0] = (char *)"source";
    if (!scan_object(scan, &scope))
        return false;
    while (scan_member(scan, &scope, &name)) {
        if (!scan_once(scan, &scope, name) || !read_member(reading, scan, &draft, name))
            return false;
    }
    if (!scan_ok(scan))
        return false;
    add_draft(reading, &draft);
    return true;
}

bool sources_parse(struct span text, const char *name, struct sources *out, struct buf *errors) {
    struct reading reading = {.text = text, .name = name, .out = out, .errors = errors, .ok = true};
    struct fault fault;
    struct scan scan;
    struct scan_scope scope;
    scan_begin(&scan, text, out->owned, &fault);
    bool good = scan_array(&scan, &scope);
    while (good && scan_element(&scan, &scope))
        good = read_object(&reading, &scan);
    if (!(good && scan_ok(&scan) && scan_end(&scan)))
        return error_at(&reading, fault.byte, NULL, fault.detail);
    if (reading.ok && out->count == 0)
        return error_at(&reading, 0, NULL, "no source in it; give one as [{\"id\":…,\"connector\":…}]");
    return reading.ok;
}

/* --- the command line --- */

static void set_operand(const struct connector *connector, void *conf, const char *operand) {
    for (const struct conf_option *option = connector->options; option->name; option++) {
        if (strcmp(option->name, connector->operand) == 0)
            memcpy((char *)conf + option->offset, &operand, sizeof operand);
    }
}

bool sources_of_operands(const struct connector *connector, const void *conf, const char *const *operands,
                         size_t count, struct sources *out, struct buf *errors) {
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        void *own = arena_alloc(out->owned, connector->conf_size);
        memcpy(own, conf, connector->conf_size);
        set_operand(connector, own, operands[i]);
        struct engine_source source = {
            .id = arena_printf(out->owned, "%s:%s", connector->name, operands[i]),
            .connector = connector,
            .conf = own,
        };
        const char *problem = connector->check(own);
        if (!problem && strlen(source.id) > SOURCE_ID_MAX)
            problem = "longer than 512 bytes; give it a short id in a file of sources";
        if (!problem && is_known(out, source.id))
            problem = "given twice";
        if (problem) {
            buf_printf(errors, "%s: %s\n", operands[i], problem);
            ok = false;
        } else
            push(out, &source, NULL);
    }
    return ok;
}
