/* match: an index from alerts. */
#include "match_parts.h"

#include <stdlib.h>
#include <sys/mman.h>

void *match_pages(size_t size) {
    enum { LARGE = 2 << 20 };
    if (size < LARGE / 2)
        return xcalloc(1, size);
    size_t whole = (size + LARGE - 1) / LARGE * LARGE;
    void *pages = aligned_alloc(LARGE, whole);
    if (!pages)
        die(EXIT_FAILED, "out of memory: %zu bytes", whole);
    (void)madvise(pages, whole, MADV_HUGEPAGE); /* where there are none, the small ones do */
    return memset(pages, 0, whole);
}

void match_grow(void *array, size_t *cap, size_t need, size_t size) {
    void *old, *grown;
    *cap = need > 2 * *cap ? need : 2 * *cap;
    memcpy(&old, array, sizeof old);
    grown = xrealloc(old, *cap * size);
    memcpy(array, &grown, sizeof grown);
}

static int by_id(const void *a, const void *b) {
    const struct match_alert *x = *(const struct match_alert *const *)a;
    const struct match_alert *y = *(const struct match_alert *const *)b;
    int order = span_order(x->id, y->id);
    return order ? order : (x->version > y->version) - (x->version < y->version);
}

static const struct match_alert **in_order(const struct match_alert *alerts, size_t count) {
    const struct match_alert **sorted = xmalloc((count + 1) * sizeof(const struct match_alert *));
    bool ordered = true;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &alerts[i];
        ordered = ordered && (i == 0 || by_id(&sorted[i - 1], &sorted[i]) <= 0);
    }
    if (!ordered)
        qsort(sorted, count, sizeof(const struct match_alert *), by_id);
    return sorted;
}

static void hash_patterns(struct match_index *index) {
    size_t count = match_patterns_count(index->patterns);
    index->pattern_hashes = xcalloc(count + 1, sizeof *index->pattern_hashes);
    for (uint32_t i = 0; i < count; i++)
        index->pattern_hashes[i] = match_pattern_hash(index->seed, i);
}

/* All ids, without what is between them. */
static char *room_for_ids(struct arena *arena, const struct match_alert *const *alerts, size_t count) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += alerts[i]->id.len;
    ASSERT(len <= UINT32_MAX);
    return arena_alloc(arena, len + 1);
}

static void compile_all(struct match_index *index, const struct match_alert *const *alerts, size_t count) {
    struct text_folder *folder = text_folder_new();
    struct arena *arena = arena_new(4096);
    char *ids = room_for_ids(index->arena, alerts, count);
    uint32_t id = 0;
    index->ids = ids;
    for (size_t i = 0; i < count; i++) {
        const struct match_alert *alert = alerts[i];
        struct query_error error;
        struct query *query = query_parse(alert->query, arena, &error);
        ASSERT(query);
        const struct match_entry entry = {.id = id,
                                          .id_len = (uint32_t)alert->id.len,
                                          .version = alert->version,
                                          .from = alert->from,
                                          .to = alert->to};
        memcpy(ids + id, alert->id.ptr, alert->id.len);
        index->programs[i] = match_program(index, folder, entry, query);
        id += entry.id_len;
        arena_reset(arena);
    }
    arena_free(&arena);
    text_folder_free(&folder);
}

struct match_index *match_compile(const struct match_alert *alerts, size_t count,
                                  const struct match_options *options) {
    const struct match_options plain = {.seed = 0};
    struct match_index *index = xcalloc(1, sizeof *index);
    const struct match_alert **sorted = in_order(alerts, count);
    options = options ? options : &plain;
    *index = (struct match_index){.seed = options->seed,
                                  .arena = arena_new(4096),
                                  .programs = xmalloc((count + 1) * sizeof *index->programs),
                                  .program_count = count,
                                  .patterns = match_patterns_new(options->seed)};
    compile_all(index, sorted, count);
    match_patterns_close(index->patterns);
    hash_patterns(index);
    match_file(index, options->sample);
    free(sorted);
    return index;
}

void match_index_free(struct match_index **index) {
    struct match_index *gone = *index;
    *index = NULL;
    if (!gone)
        return;
    arena_free(&gone->arena);
    match_patterns_free(&gone->patterns);
    free(gone->programs);
    free(gone->code);
    free(gone->predicates);
    free(gone->pattern_hashes);
    free(gone->filter);
    free(gone->anchors);
    free(gone->postings);
    free(gone->always);
    free(gone);
}

void match_index_end(struct match_index *index, struct span id, int64_t to) {
    size_t low = 0, high = index->program_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_order(match_entry_id(index, match_entry(index->code + index->programs[middle])), id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < index->program_count; low++) {
        uint32_t *program = index->code + index->programs[low];
        struct match_entry entry = match_entry(program);
        if (!span_eq(match_entry_id(index, entry), id))
            break;
        if (entry.to == 0 || entry.to > to)
            entry.to = to;
        memcpy(program, &entry, sizeof entry);
    }
}

size_t match_index_count(const struct match_index *index) {
    return index->program_count;
}

size_t match_index_bytes(const struct match_index *index) {
    return sizeof *index + arena_used(index->arena) + index->program_count * sizeof *index->programs +
           index->code_cap * sizeof *index->code + index->predicate_cap * sizeof *index->predicates +
           match_patterns_bytes(index->patterns) + (index->filter_mask + 1) / 8 +
           (index->anchor_mask + 1) * sizeof *index->anchors +
           index->posting_count * sizeof *index->postings + index->always_count * sizeof *index->always;
}
