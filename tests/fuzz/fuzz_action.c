/* Any bytes as an action: no crash; what is taken prints as one line that reads as the same action. */
#include "earshot/action.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static void check(struct span text, struct arena *arena, struct buf *once, struct buf *twice) {
    struct action action, again;
    struct fault fault = {.reason = FAULT_NONE};
    if (!action_read(text, arena, &action, &fault)) {
        must(fault.reason != FAULT_NONE && fault.byte <= text.len, "no fault, or one behind the text");
        return;
    }
    action_print(&action, once);
    must(buf_ok(once) && !memchr(once->ptr, '\n', once->len), "more than a line");
    must(action_read(buf_span(once), arena, &again, &fault), "what was printed is refused");
    action_print(&again, twice);
    must(span_eq(buf_span(once), buf_span(twice)) && span_eq(action.mention, again.mention) &&
             span_eq(action.alert, again.alert) && action.label == again.label && action.at == again.at,
         "what was printed reads as another");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new(4096);
    struct buf once, twice;
    buf_init(&once, 1 << 20);
    buf_init(&twice, 1 << 20);
    check((struct span){.ptr = (const char *)data, .len = size}, arena, &once, &twice);
    buf_free(&once);
    buf_free(&twice);
    arena_free(&arena);
    return 0;
}
