/* A prefix is the literal of a space and its letters; a wildcard word a regular expression between spaces. */
#include "patterns_peer.h"

#include <stdlib.h>

#ifdef EARSHOT_VECTORSCAN
#include "earshot/buf.h"

#include <hs/hs.h>

struct peer {
    hs_database_t *database;
    hs_scratch_t *scratch;
};

static char *expression_of(enum pattern_kind kind, struct span text) {
    struct buf out;
    buf_init(&out, 1 << 16);
    buf_printf(&out, " ");
    for (size_t i = 0; i < text.len; i++) {
        const char *any = text.ptr[i] == '*' ? "[^ ]*" : text.ptr[i] == '?' ? "[^ ]" : NULL;
        if (kind == PATTERN_WILDCARD && any)
            buf_printf(&out, "%s", any);
        else
            buf_printf(&out, "%c", text.ptr[i]);
    }
    buf_printf(&out, kind == PATTERN_WILDCARD ? " " : "");
    char *copy = xstrndup(buf_span(&out).ptr, buf_span(&out).len);
    buf_free(&out);
    return copy;
}

struct peer *peer_new(const enum pattern_kind *kinds, const struct span *texts, size_t count) {
    struct peer *peer = xcalloc(1, sizeof *peer);
    char **expressions = xcalloc(count, sizeof(char *));
    unsigned *flags = xcalloc(count, sizeof *flags), *ids = xcalloc(count, sizeof *ids);
    size_t *lengths = xcalloc(count, sizeof *lengths);
    bool literals = true;
    for (size_t i = 0; i < count; i++) {
        expressions[i] = expression_of(kinds[i], texts[i]);
        lengths[i] = strlen(expressions[i]);
        literals = literals && kinds[i] == PATTERN_PREFIX;
        flags[i] = kinds[i] == PATTERN_PREFIX ? 0 : HS_FLAG_UTF8;
        ids[i] = (unsigned)i;
    }
    hs_compile_error_t *error = NULL;
    const char *const *all = (const char *const *)expressions;
    hs_error_t code = literals ? hs_compile_lit_multi(all, flags, ids, lengths, (unsigned)count,
                                                      HS_MODE_BLOCK, NULL, &peer->database, &error)
                               : hs_compile_multi(all, flags, ids, (unsigned)count, HS_MODE_BLOCK, NULL,
                                                  &peer->database, &error);
    if (code != HS_SUCCESS || hs_alloc_scratch(peer->database, &peer->scratch) != HS_SUCCESS)
        die(EXIT_FAILED, "Vectorscan: %s", error ? error->message : "no memory");
    for (size_t i = 0; i < count; i++)
        free(expressions[i]);
    free(expressions);
    free(flags);
    free(ids);
    free(lengths);
    return peer;
}

void peer_free(struct peer **peer) {
    if (*peer) {
        hs_free_scratch((*peer)->scratch);
        hs_free_database((*peer)->database);
    }
    free(*peer);
    *peer = NULL;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context) {
    (void)id, (void)from, (void)to, (void)flags;
    ++*(size_t *)context;
    return 0;
}

size_t peer_scan(const struct peer *peer, struct span text) {
    size_t found = 0;
    if (hs_scan(peer->database, text.ptr, (unsigned)text.len, 0, peer->scratch, on_match, &found) !=
        HS_SUCCESS)
        die(EXIT_FAILED, "Vectorscan: a scan failed");
    return found;
}
#else
struct peer *peer_new(const enum pattern_kind *kinds, const struct span *texts, size_t count) {
    (void)kinds, (void)texts, (void)count;
    return NULL;
}

void peer_free(struct peer **peer) {
    *peer = NULL;
}

size_t peer_scan(const struct peer *peer, struct span text) {
    (void)peer, (void)text;
    return 0;
}
#endif
