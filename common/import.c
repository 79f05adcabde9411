/* import: the steps of an import. What comes out is parsed by the language's own parser before it is given
 * back, so that nothing is printed that `alerts apply` would refuse. */
#include "earshot/import.h"

#include "import_field.h"
#include "import_parse.h"

#include <stdlib.h>

/* From the tree to text. */

static struct span write_out(struct import_work *work, const struct import_node *node) {
    struct buf text, normal;
    struct query_error error;
    buf_init(&text, (size_t)1 << 22);
    buf_init(&normal, QUERY_BYTES_MAX);
    import_print(node, &text);
    arena_reset(work->scratch);
    struct query *query = NULL;
    if (!buf_ok(&text) || text.len > QUERY_BYTES_MAX)
        import_fail(work, 0, "what comes out is longer than a query may be: %d KiB", QUERY_BYTES_MAX / 1024);
    else if (!(query = query_parse(buf_span(&text), work->scratch, &error)))
        import_fail(work, 0, "what comes out is no query: %s", error.text);
    struct span out = {"", 0};
    if (query) {
        query_print(query, &normal);
        if (buf_ok(&normal))
            out = (struct span){arena_copy(work->arena, buf_span(&normal)), normal.len};
        else
            import_fail(work, 0, "what comes out is longer than a query may be: %d KiB",
                        QUERY_BYTES_MAX / 1024);
    }
    buf_free(&text);
    buf_free(&normal);
    return out;
}

static struct span carry(struct import_work *work) {
    struct import_node *node = import_parse_simple(work);
    if (!node)
        node = import_parse(work);
    if (!node)
        return (struct span){"", 0};
    size_t start = node->start;
    node = import_reduce(work, node, false);
    if (!node)
        import_fail(work, start, "nothing of the query can be carried");
    work->node_count = 0; /* what is counted is what writing out NEAR makes */
    if (node)
        node = import_spread(work, node, false);
    if (node)
        node = import_positive(work, node);
    return node ? write_out(work, node) : (struct span){"", 0};
}

static int by_byte(const void *a, const void *b) {
    const struct import_finding *x = a, *y = b;
    if (x->byte != y->byte)
        return x->byte < y->byte ? -1 : 1;
    return x->end != y->end ? (x->end < y->end ? -1 : 1) : strcmp(x->text, y->text);
}

static void give_findings(const struct import_work *work, struct import_result *result) {
    struct import_finding *findings = arena_calloc(work->arena, work->note_count + 1, sizeof *findings);
    size_t count = 0;
    for (const struct import_note *note = work->notes; note; note = note->next)
        findings[count++] = note->finding;
    qsort(findings, count, sizeof *findings, by_byte);
    result->findings = findings;
    result->finding_count = count;
}

static bool check_source(struct span source, struct query_error *error) {
    size_t byte;
    if (source.len > QUERY_BYTES_MAX) {
        *error = (struct query_error){QUERY_BYTES_MAX, "the query is longer than 64 KiB"};
        return false;
    }
    const char *nul = source.len ? memchr(source.ptr, '\0', source.len) : NULL;
    if (nul) {
        *error = (struct query_error){(size_t)(nul - source.ptr), "a NUL, which no query may hold"};
        return false;
    }
    if (text_is_utf8(source, &byte))
        return true;
    *error = (struct query_error){byte, "the query is no UTF-8 here"};
    return false;
}

bool import_query(const struct import_dialect *dialect, struct span source, struct arena *arena,
                  struct import_result *result, struct query_error *error) {
    *result = (struct import_result){.query = {"", 0}};
    if (!check_source(source, error))
        return false;
    struct import_work work = {
        .dialect = dialect, .source = source, .arena = arena, .scratch = arena_new(16384), .error = error};
    work.notes_end = &work.notes;
    result->query = carry(&work);
    give_findings(&work, result);
    arena_free(&work.scratch);
    if (work.folder)
        text_folder_free(&work.folder);
    return result->query.len > 0;
}

/* Names. */

const struct import_dialect *import_dialect_named(struct span name) {
    static const struct import_dialect *const DIALECTS[] = {&IMPORT_BRANDWATCH, &IMPORT_TALKWALKER,
                                                            &IMPORT_X};
    for (size_t i = 0; i < COUNT_OF(DIALECTS); i++)
        if (span_eq(name, span_of(DIALECTS[i]->name)))
            return DIALECTS[i];
    return NULL;
}

const char *import_severity_name(enum import_severity severity) {
    static const char *const NAMES[] = {
        [IMPORT_CHANGED] = "changed",
        [IMPORT_WIDENED] = "widened",
        [IMPORT_NARROWED] = "narrowed",
        [IMPORT_LEFT_OUT] = "not carried",
    };
    return NAMES[severity];
}

const char *import_effect_name(enum import_effect effect) {
    static const char *const NAMES[] = {
        [IMPORT_OTHER] = "other", [IMPORT_MORE] = "more", [IMPORT_LESS] = "less"};
    return NAMES[effect];
}
