/* Any bytes as a feed: no crash, no hang, and what is read of it is a mention that the next stages take. The
 * first byte picks the charset that the server claims. */
#include "feed_mention.h"
#include "feed_parse.h"

#include "earshot/mention.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_a_mention(const struct feed_entry *entry, struct arena *arena) {
    const struct feed_place place = {.kind = "news", .host = "feed.example"};
    struct mention mention;
    struct fault fault;
    struct buf text;
    buf_init(&text, 1 << 20);
    feed_mention_print(entry, &place, 1764000000, false, 1764000000, &text);
    if (!buf_ok(&text) || !mention_read(buf_span(&text), MENTION_RAW, arena, &mention, &fault)) {
        fprintf(stderr, "%s\n%s\n", fault.detail, text.ptr);
        abort();
    }
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const TYPES[] = {NULL, "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1",
                                        "text/xml; charset=utf-16", "text/xml; charset=windows-1252"};
    if (size == 0)
        return 0;
    struct arena *arena = arena_new(0);
    struct feed feed;
    struct buf why;
    struct span text = {.ptr = (const char *)data + 1, .len = size - 1};
    buf_init(&why, 400);
    if (feed_parse(text, TYPES[data[0] % COUNT_OF(TYPES)], "http://feed.example/x", arena, &feed, &why)) {
        for (size_t i = 0; i < feed.count; i++)
            must_be_a_mention(&feed.entries[i], arena);
    }
    buf_free(&why);
    arena_free(&arena);
    return 0;
}
