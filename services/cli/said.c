/* said: parts are printed and read again like a line: so an id that is no UTF-8 or too long is refused by the
 * same words whoever gives it. */
#include "said.h"

#include "earshot/lines.h"
#include "earshot/mention.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_FIRST = 4096, JSON_MAX = 2 * ACTION_BYTES_MAX };

void said_init(struct said *said) {
    *said = (struct said){.arena = arena_new(ARENA_FIRST)};
}

void said_free(struct said *said) {
    arena_free(&said->arena);
    free(said->rows);
    *said = (struct said){.count = 0};
}

static struct span keep(struct said *said, struct span text) {
    return (struct span){.ptr = arena_copy(said->arena, text), .len = text.len};
}

static void push(struct said *said, const struct action *action, size_t line) {
    struct buf json;
    if (said->count == said->cap) {
        said->cap = said->cap * 2 + 64;
        said->rows = xrealloc(said->rows, said->cap * sizeof *said->rows);
    }
    buf_init(&json, JSON_MAX);
    action_print(action, &json);
    said->rows[said->count++] = (struct said_row){
        .alert = arena_printf(said->arena, "%.*s", (int)action->alert.len, action->alert.ptr),
        .mention = keep(said, action->mention),
        .json = keep(said, buf_span(&json)),
        .label = action->label,
        .line = line};
    buf_free(&json);
}

bool said_add(struct said *said, struct span json, size_t line, int64_t now, struct fault *fault) {
    struct action action;
    if (!action_read(json, said->arena, &action, fault))
        return false;
    if (action.at == ACTION_NO_TIME)
        action.at = now;
    push(said, &action, line);
    return true;
}

bool said_add_parts(struct said *said, const char *alert, const char *mention, enum label label, int64_t now,
                    struct fault *fault) {
    struct buf json;
    buf_init(&json, JSON_MAX);
    action_print(
        &(struct action){
            .alert = span_of(alert), .mention = span_of(mention), .label = label, .at = ACTION_NO_TIME},
        &json);
    bool ok = buf_ok(&json) ? said_add(said, buf_span(&json), 1, now, fault)
                            : fault_set(fault, FAULT_SIZE, 0, "mention: more than %d bytes", MENTION_ID_MAX);
    buf_free(&json);
    return ok;
}

bool said_read(struct said *said, const char *name, struct span text, int64_t now, struct buf *errors) {
    bool ok = true;
    size_t line = 0;
    if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0)
        text = (struct span){.ptr = text.ptr + 3, .len = text.len - 3};
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        struct span bytes = {.ptr = text.ptr, .len = end ? (size_t)(end - text.ptr) : text.len};
        size_t gone = bytes.len + (end ? 1 : 0);
        struct fault fault;
        line++;
        text = (struct span){.ptr = text.ptr + gone, .len = text.len - gone};
        if (lines_is_blank(bytes) || said_add(said, bytes, line, now, &fault))
            continue;
        buf_printf(errors, "%s:%zu: %s: byte %zu: %s\n", name, line, fault_name(fault.reason), fault.byte,
                   fault.detail);
        ok = false;
    }
    return ok;
}
