/* feed_memory: the validators are kept only with the whole document behind them: after a crash in its middle
 * the server must not say "unchanged" to what was not given yet. */
#include "feed_memory.h"

#include "earshot/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_LEN = 64, VALIDATOR_MAX = 1000 };

uint64_t feed_hash(uint64_t value, struct span bytes) {
    for (size_t i = 0; i < bytes.len; i++)
        value = (value ^ (unsigned char)bytes.ptr[i]) * UINT64_C(0x100000001b3);
    return (value ^ 0xff) * UINT64_C(0x100000001b3); /* ends a part: "ab","c" is not "a","bc" */
}

void feed_memory_free(struct feed_memory *memory) {
    free(memory->etag);
    free(memory->modified);
    free(memory->seen);
    *memory = (struct feed_memory){0};
}

void feed_memory_begin(struct feed_memory *memory) {
    memory->look++;
}

struct feed_seen *feed_memory_find(struct feed_memory *memory, uint64_t id) {
    for (size_t i = memory->count; i-- > 0;) {
        if (memory->seen[i].id == id) {
            memory->seen[i].look = memory->look;
            return &memory->seen[i];
        }
    }
    return NULL;
}

void feed_memory_add(struct feed_memory *memory, uint64_t id, uint32_t content, int64_t first) {
    if (memory->count == memory->room) {
        memory->room = memory->room ? memory->room * 2 : 32;
        memory->seen = xrealloc(memory->seen, memory->room * sizeof *memory->seen);
    }
    memory->seen[memory->count++] =
        (struct feed_seen){.id = id, .content = content, .look = memory->look, .first = first};
}

static void forget_gone(struct feed_memory *memory) {
    size_t excess = memory->count > FEED_SEEN_MAX ? memory->count - FEED_SEEN_MAX : 0, to = 0;
    for (size_t i = 0; i < memory->count; i++) {
        bool gone = memory->seen[i].look != memory->look;
        if (gone && excess)
            excess--;
        else
            memory->seen[to++] = memory->seen[i];
    }
    memory->count = to;
}

/* What JSON and a header can hold both: printable ASCII. */
static bool is_plain(const char *text) {
    size_t len = 0;
    for (; text && text[len]; len++) {
        if (text[len] < ' ' || text[len] > '~')
            return false;
    }
    return len > 0 && len <= VALIDATOR_MAX;
}

void feed_memory_end(struct feed_memory *memory, const char *etag, const char *modified) {
    char *old[] = {memory->etag, memory->modified};
    memory->etag = is_plain(etag) ? xstrdup(etag) : NULL;
    memory->modified = is_plain(modified) ? xstrdup(modified) : NULL;
    free(old[0]);
    free(old[1]);
    forget_gone(memory);
}

static void print_text(struct buf *out, const char *text) {
    if (text)
        buf_add_json(out, span_of(text));
    else
        buf_add_str(out, "null");
}

void feed_memory_print(const struct feed_memory *memory, struct buf *out) {
    buf_add_str(out, "{\"etag\":");
    print_text(out, memory->etag);
    buf_add_str(out, ",\"modified\":");
    print_text(out, memory->modified);
    buf_add_str(out, ",\"seen\":[");
    for (size_t i = 0; i < memory->count; i++) {
        const struct feed_seen *seen = &memory->seen[i];
        buf_printf(out, "%s\"%" PRIx64 " %" PRIx32 " %" PRIx64 "\"", i ? "," : "", seen->id, seen->content,
                   (uint64_t)seen->first);
    }
    buf_add_str(out, "]}");
}

/* --- reading --- */

static bool read_seen(struct scan *scan, struct feed_memory *out) {
    struct scan_scope scope;
    if (!scan_array(scan, &scope))
        return false;
    while (scan_element(scan, &scope)) {
        struct span text = scan_string(scan);
        char line[LINE_MAX_LEN];
        uint64_t id, first;
        uint32_t content;
        int end = 0;
        if (!text.ptr || text.len >= sizeof line)
            return false;
        memcpy(line, text.ptr, text.len);
        line[text.len] = '\0';
        if (sscanf(line, "%" SCNx64 " %" SCNx32 " %" SCNx64 "%n", &id, &content, &first, &end) != 3 ||
            (size_t)end != text.len)
            return false;
        feed_memory_add(out, id, content, (int64_t)first);
    }
    return scan_ok(scan);
}

static bool read_text(struct scan *scan, char **out) {
    if (scan_null(scan))
        return true;
    struct span text = scan_string(scan);
    free(*out);
    *out = text.ptr ? xstrndup(text.ptr, text.len) : NULL;
    return text.ptr;
}

static bool read_member(struct scan *scan, struct span name, struct feed_memory *out) {
    if (span_eq(name, SPAN("etag")))
        return read_text(scan, &out->etag);
    if (span_eq(name, SPAN("modified")))
        return read_text(scan, &out->modified);
    return span_eq(name, SPAN("seen")) ? read_seen(scan, out) : scan_skip(scan, NULL);
}

bool feed_memory_parse(struct span text, struct feed_memory *out) {
    struct arena *arena = arena_new(0);
    struct fault fault;
    struct scan scan;
    struct scan_scope scope;
    struct span name;
    *out = (struct feed_memory){0};
    scan_begin(&scan, text, arena, &fault);
    bool good = scan_object(&scan, &scope);
    while (good && scan_member(&scan, &scope, &name))
        good = read_member(&scan, name, out);
    good = good && scan_ok(&scan) && scan_end(&scan);
    arena_free(&arena);
    if (!good)
        feed_memory_free(out);
    return good;
}
