#include "reader.h"

#include "command.h"
#include "link.h"

#include <jansson.h>
#include <stdlib.h>

static bool begins(struct span text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.ptr, prefix, len) == 0;
}

static int ask(struct store *store, const char *function, const char *const *args, size_t count,
               const struct store_reply **reply) {
    struct span words[READER_ARGS_MAX + 3] = {SPAN("FCALL_RO"), span_of(function), SPAN("0")};
    ASSERT(count <= READER_ARGS_MAX);
    for (size_t i = 0; i < count; i++)
        words[3 + i] = span_of(args[i]);
    return link_ask(store, words, 3 + count, "", reply);
}

/* The ids that Redis knows, for who has mistyped one. */
static void add_nearest(struct store *store, const char *written, struct buf *out) {
    const struct store_reply *reply;
    if (ask(store, "earshot_alerts", NULL, 0, &reply) != EXIT_OK || reply->type != STORE_STRING)
        return;
    json_t *root = json_loadb(reply->text.ptr, reply->text.len, 0, NULL);
    const json_t *alerts = json_object_get(root, "alerts");
    size_t count = json_array_size(alerts), known = 0;
    const char **ids = xcalloc(count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        const char *id = json_string_value(json_object_get(json_array_get(alerts, i), "id"));
        if (id)
            ids[known++] = id;
    }
    command_add_nearest(out, written, ids, known);
    if (known == 0)
        buf_add_str(out, ": Redis has none yet: earshot alerts apply FILE, and the aggregator must run");
    else if (out->len == 0)
        buf_add_str(out, ": earshot alerts list shows all");
    free(ids);
    json_decref(root);
}

static int refused(struct store *store, struct span error, const char *const *args, size_t count) {
    struct buf near;
    int code = EXIT_FAILED;
    buf_init(&near, 4096);
    if (begins(error, "EARSHOT_ALERT") && count > 0) {
        add_nearest(store, args[0], &near);
        command_refuse(code, "unknown alert '%s'%s", args[0], buf_span(&near).ptr);
    } else if (begins(error, "EARSHOT_ARG ")) {
        code = command_refuse(EXIT_USAGE, "%.*s", (int)error.len - 12, error.ptr + 12);
    } else if (begins(error, "ERR Function not found") || begins(error, "EARSHOT_SCHEMA have none")) {
        command_refuse(code, "this Redis holds no Earshot deployment: run earshot init, or correct --redis");
    } else if (begins(error, "EARSHOT_SCHEMA")) {
        command_refuse(code,
                       "Redis and this program differ in version (%.*s): run the earshot init of the version "
                       "that the aggregators have",
                       (int)error.len, error.ptr);
    } else if (begins(error, "EARSHOT_DIRTY")) {
        command_refuse(code, "%.*s: a fold broke off in the middle; it must be rebuilt", (int)error.len,
                       error.ptr);
    } else {
        command_refuse(code, "Redis: %.*s", (int)error.len, error.ptr);
    }
    buf_free(&near);
    return code;
}

int reader_call(struct store *store, const char *function, const char *const *args, size_t count,
                struct buf *out) {
    const struct store_reply *reply;
    int code = ask(store, function, args, count, &reply);
    if (code != EXIT_OK)
        return code;
    if (reply->type == STORE_ERROR) {
        struct buf error;
        buf_init(&error, 4096);
        buf_add_span(&error, reply->text);
        code = refused(store, buf_span(&error), args, count);
        buf_free(&error);
        return code;
    }
    if (reply->type != STORE_STRING)
        return command_refuse(EXIT_FAILED, "Redis: %s gave no text: is this an Earshot of another version?",
                              function);
    buf_add_span(out, reply->text);
    return buf_ok(out) ? EXIT_OK : command_refuse(EXIT_FAILED, "the reply is too large");
}
