/* Any bytes: no crash, no read past the end (libFuzzer gives them in a block of their size), the same answer
 * as jansson's tree, and what was taken is still taken when a stage has appended to it. */
#include "mention_oracle.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static void append_and_read(struct span text, struct arena *arena) {
    struct mention mention;
    struct fault fault;
    struct buf next;
    buf_init(&next, (size_t)4 << 20);
    must(mention_read(text, MENTION_RAW, arena, &mention, &fault), "taken once, not twice");
    mention_append(&next, text, &mention, "matches",
                   SPAN("[{\"id\":\"a\",\"version\":1,\"at\":[]}],\"matches_cut\":2"));
    must(mention_read(buf_span(&next), MENTION_MATCHED, arena, &mention, &fault), fault.detail);
    must(mention.match_count == 1 && mention.matches_cut == 2, "matches were not read");
    buf_free(&next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = {.ptr = (const char *)data, .len = size};
    struct arena *arena = arena_new(0);
    bool taken;
    const char *why = oracle_disagrees(text, arena, &taken);
    must(!why, why);
    if (taken)
        append_and_read(text, arena);
    arena_free(&arena);
    return 0;
}
