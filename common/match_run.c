/* match_run: hashes of a document to programs to matches, each step over all of them before the next, so that
 * what is fetched for one is on its way while the others are looked at. */
#include "match_parts.h"

#include <stdlib.h>

struct match_scratch *match_scratch_new(void) {
    struct match_scratch *scratch = xcalloc(1, sizeof *scratch);
    scratch->words = text_words_new();
    buf_init(&scratch->small, SIZE_MAX);
    scratch->folder = text_folder_new();
    buf_init(&scratch->folded, SIZE_MAX);
    return scratch;
}

void match_scratch_free(struct match_scratch **scratch) {
    struct match_scratch *gone = *scratch;
    *scratch = NULL;
    if (!gone)
        return;
    text_words_free(&gone->words);
    match_memo_free(&gone->memo);
    text_folder_free(&gone->folder);
    buf_free(&gone->small);
    buf_free(&gone->folded);
    free(gone->hits);
    free(gone->called);
    free(gone->met);
    free(gone->candidates);
    free(gone->sorting);
    free(gone->matched);
    free(gone->heads);
    free(gone->at);
    free(gone->links);
    free(gone->ranges);
    free(gone->occurrences);
    free(gone->marks);
    free(gone);
}

/* Anchors. */

static void find_hits(const struct match_index *index, struct match_scratch *scratch) {
    const struct text_words *words = scratch->words;
    match_room(&scratch->hits, &scratch->hit_cap, words->key_count, sizeof *scratch->hits);
    size_t hits = 0;
    memset(scratch->signature, 0, sizeof scratch->signature);
    for (uint32_t i = 0; i < words->key_count; i++) {
        uint64_t hash = words->keys[i].hash;
        size_t bit = match_filter_bit(index, hash);
        scratch->signature[match_signature_bit(hash)] = 1;
        scratch->hits[hits] = hash;
        hits += index->filter[bit / 64] >> bit % 64 & 1;
    }
    for (size_t i = 0; i < hits; i++)
        __builtin_prefetch(&index->anchors[match_anchor_slot(index, scratch->hits[i])]);
    scratch->hit_count = hits;
}

/* Each hash once. */
static void unite_hits(struct match_scratch *scratch) {
    size_t size = 16, kept = 0;
    while (size < 4 * scratch->hit_count)
        size *= 2;
    match_room(&scratch->met, &scratch->met_cap, size, sizeof *scratch->met);
    memset(scratch->met, 0, size * sizeof *scratch->met);
    for (size_t i = 0; i < scratch->hit_count; i++) {
        uint64_t hash = scratch->hits[i], at = hash >> 32;
        while (scratch->met[at & (size - 1)] && scratch->met[at & (size - 1)] != hash)
            at++;
        if (scratch->met[at & (size - 1)] == hash)
            continue;
        scratch->met[at & (size - 1)] = hash;
        scratch->hits[kept++] = hash;
    }
    scratch->hit_count = kept;
}

static const struct match_anchor *find_anchor(const struct match_index *index, uint64_t hash) {
    for (size_t i = match_anchor_slot(index, hash);; i = (i + 1) & index->anchor_mask) {
        const struct match_anchor *anchor = &index->anchors[i];
        if (anchor->count == 0)
            return NULL;
        if (anchor->hash == hash)
            return anchor;
    }
}

/* Candidates. */

/* Behind the last are some more, so that there need be no look at where it is. */
enum { LANES = 4, AHEAD = 4, MORE = LANES > AHEAD ? LANES : AHEAD };

static void room_for_candidates(struct match_scratch *scratch, size_t count) {
    match_room(&scratch->candidates, &scratch->candidate_cap, count + MORE, sizeof *scratch->candidates);
}

/* Without a branch: it is as often one as the other. */
static inline unsigned may_match(const uint8_t *signature, const struct match_posting *posting) {
    return signature[posting->needs[0]] & signature[posting->needs[1]] &
           (signature[posting->either[0]] | signature[posting->either[1]]);
}

static void add_candidates(const struct match_index *index, struct match_scratch *scratch,
                           const struct match_anchor *anchor) {
    const struct match_posting *postings = index->postings + anchor->first;
    size_t count = scratch->candidate_count;
    room_for_candidates(scratch, count + anchor->count);
    for (uint32_t i = 0; i < anchor->count; i++) {
        scratch->candidates[count] = postings[i].program;
        count += may_match(scratch->signature, &postings[i]);
    }
    scratch->candidate_count = count;
}

static size_t call_anchors(const struct match_index *index, struct match_scratch *scratch) {
    size_t called = 0;
    match_room(&scratch->called, &scratch->called_cap, scratch->hit_count,
               sizeof(const struct match_anchor *));
    for (size_t i = 0; i < scratch->hit_count; i++) {
        const struct match_anchor *anchor = find_anchor(index, scratch->hits[i]);
        if (!anchor)
            continue;
        __builtin_prefetch(&index->postings[anchor->first]);
        scratch->called[called++] = anchor;
    }
    return called;
}

/* Few: where each comes is the number of those that are less, counted for so many at once. Of two that are
 * the same, which have one place there, one is left and a MATCH_NO_PROGRAM. */
enum { FEW_CANDIDATES = 64 };
typedef int32_t lanes __attribute__((vector_size(sizeof(int32_t[LANES]))));

static lanes ranks(const int32_t *all, size_t count, lanes own) {
    lanes less = {0};
    for (size_t i = 0; i < count; i += LANES) {
        lanes four;
        memcpy(&four, all + i, sizeof four);
        less -= (lanes){four[0], four[0], four[0], four[0]} < own;
        less -= (lanes){four[1], four[1], four[1], four[1]} < own;
        less -= (lanes){four[2], four[2], four[2], four[2]} < own;
        less -= (lanes){four[3], four[3], four[3], four[3]} < own;
    }
    return less;
}

static void sort_few(struct match_scratch *scratch) {
    int32_t all[FEW_CANDIDATES + LANES];
    size_t count = scratch->candidate_count;
    memcpy(all, scratch->candidates, count * sizeof *all);
    for (size_t i = 0; i < LANES; i++)
        all[count + i] = INT32_MAX; /* they come behind the last */
    memset(scratch->candidates, MATCH_NO_PROGRAM, count * sizeof *all);
    for (size_t i = 0; i < count; i += LANES) {
        lanes own;
        memcpy(&own, &all[i], sizeof own);
        lanes rank = ranks(all, count, own);
        for (size_t j = 0; j < LANES; j++)
            scratch->candidates[rank[j]] = (uint32_t)all[i + j];
    }
}

/* Merges two sorted runs, the second behind the first, without a branch on which is less. */
static void merge(const uint32_t *from, const uint32_t *middle, const uint32_t *end, uint32_t *to) {
    const uint32_t *other = middle;
    while (from < middle && other < end) {
        bool less = *other < *from;
        *to++ = less ? *other : *from;
        other += less;
        from += !less;
    }
    memcpy(to, from, (size_t)(middle - from) * sizeof *to);
    memcpy(to + (middle - from), other, (size_t)(end - other) * sizeof *to);
}

/* Programs lie in the order of their entries, and so are the postings of an anchor sorted: where the next is
 * less, a run ends. */
static const uint32_t *end_of_run(const uint32_t *from, const uint32_t *end) {
    while (from + 1 < end && from[0] <= from[1])
        from++;
    return from < end ? from + 1 : end;
}

/* Two by two, from candidates to sorting; how many are left. */
static size_t merge_runs(struct match_scratch *scratch) {
    const uint32_t *from = scratch->candidates, *end = from + scratch->candidate_count;
    uint32_t *to = scratch->sorting;
    size_t runs = 0;
    for (; from < end; runs++) {
        const uint32_t *middle = end_of_run(from, end), *other = end_of_run(middle, end);
        merge(from, middle, other, to);
        to += other - from;
        from = other;
    }
    return runs;
}

static void sort_many(struct match_scratch *scratch) {
    size_t runs;
    match_room(&scratch->sorting, &scratch->sorting_cap, scratch->candidate_cap, sizeof *scratch->sorting);
    do {
        uint32_t *from = scratch->candidates;
        size_t cap = scratch->candidate_cap;
        runs = merge_runs(scratch);
        scratch->candidates = scratch->sorting;
        scratch->candidate_cap = scratch->sorting_cap;
        scratch->sorting = from;
        scratch->sorting_cap = cap;
    } while (runs > 1);
}

static void sort_candidates(struct match_scratch *scratch) {
    if (scratch->candidate_count > FEW_CANDIDATES)
        sort_many(scratch);
    else if (scratch->candidate_count > 1)
        sort_few(scratch);
}

static void find_candidates(const struct match_index *index, struct match_scratch *scratch) {
    size_t called = call_anchors(index, scratch);
    scratch->candidate_count = 0;
    for (size_t i = 0; i < called; i++) {
        if (!match_spend(scratch, scratch->called[i]->count / 8))
            return;
        add_candidates(index, scratch, scratch->called[i]);
    }
    room_for_candidates(scratch, scratch->candidate_count + index->always_count);
    for (size_t i = 0; i < index->always_count; i++)
        scratch->candidates[scratch->candidate_count++] = index->always[i];
    sort_candidates(scratch);
}

/* Trying. */

static bool in_force(struct match_entry entry, int64_t time) {
    return entry.from <= time && (entry.to == 0 || time < entry.to);
}

/* Words come so seldom in a short document that its ranges are collected at once. A program costs so many
 * steps beside those of its words: it is read from memory where it was not looked at for long. */
enum { SHORT = 2048, PROGRAM_STEPS = 200 };

/* Programs are asked for some ahead: all at once are more than a processor fetches at a time. */
static void prefetch_program(const struct match_index *index, uint32_t program) {
    for (uint32_t line = 0; line < 3; line++)
        __builtin_prefetch(&index->code[program + line * MATCH_LINE]);
}

/* Once each, by id and version: what the bound leaves out does not depend on how queries are filed. */
static void try_candidates(const struct match_index *index, struct match_scratch *scratch) {
    uint32_t *candidates = scratch->candidates;
    size_t count = scratch->candidate_count;
    if (count == 0)
        return;
    for (size_t i = 0; i < AHEAD; i++) {
        candidates[count + i] = candidates[0];
        prefetch_program(index, candidates[i]);
    }
    match_table(scratch);
    match_room(&scratch->matched, &scratch->matched_cap, count, sizeof *scratch->matched);
    for (size_t i = 0; i < count; i++) {
        prefetch_program(index, candidates[i + AHEAD]);
        if (candidates[i] == MATCH_NO_PROGRAM || (i > 0 && candidates[i - 1] == candidates[i]))
            continue;
        const uint32_t *program = index->code + candidates[i];
        if (!in_force(match_entry(program), scratch->document->time))
            continue;
        uint32_t first = (uint32_t)scratch->range_count;
        scratch->ranges_cut = false;
        bool matches = match_spend(scratch, PROGRAM_STEPS) && match_evaluate(scratch, program + MATCH_ENTRY);
        if (scratch->steps_left < 0)
            return; /* what was left out may have been negated */
        if (matches)
            scratch->matched[scratch->matched_count++] =
                (struct match_matched){.program = program,
                                       .first = first,
                                       .count = (uint32_t)scratch->range_count - first,
                                       .ranges_cut = scratch->ranges_cut};
    }
}

/* Ranges. */

static bool is_before(const struct match_range *a, const struct match_range *b) {
    if (a->field != b->field)
        return a->field < b->field;
    return a->start != b->start ? a->start < b->start : a->end < b->end;
}

static int by_place(const void *a, const void *b) {
    return is_before(a, b) ? -1 : is_before(b, a);
}

static void sort_ranges(struct match_range *ranges, size_t count) {
    enum { FEW = 32 };
    if (count > FEW) {
        qsort(ranges, count, sizeof *ranges, by_place);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct match_range moved = ranges[i];
        size_t j = i;
        for (; j > 0 && is_before(&moved, &ranges[j - 1]); j--)
            ranges[j] = ranges[j - 1];
        ranges[j] = moved;
    }
}

/* Those that overlap, or are the same, as one; their number. */
static size_t unite_ranges(struct match_range *ranges, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct match_range *last = kept ? &ranges[kept - 1] : NULL;
        if (!last || last->field != ranges[i].field || ranges[i].start >= last->end)
            ranges[kept++] = ranges[i];
        else if (ranges[i].end > last->end)
            last->end = ranges[i].end;
    }
    return kept;
}

/* Those of a long document. */
static void collect_ranges(struct match_scratch *scratch, struct match_matched *matched) {
    scratch->range_count = 0;
    scratch->ranges_cut = scratch->steps_left < 0;
    if (!scratch->ranges_cut && !match_evaluate(scratch, matched->program + MATCH_ENTRY))
        scratch->ranges_cut = true; /* the steps were used up */
    matched->first = 0;
    matched->count = (uint32_t)scratch->range_count;
    matched->ranges_cut = scratch->ranges_cut;
}

/* To `to`; how many. */
static size_t take_ranges(struct match_scratch *scratch, const struct match_matched *matched,
                          struct match_range *to, struct match *match) {
    size_t count = matched->count;
    match->ranges_cut = matched->ranges_cut;
    if (count == 0)
        return 0;
    struct match_range *ranges = scratch->ranges + matched->first;
    if (count > 1) {
        sort_ranges(ranges, count);
        count = unite_ranges(ranges, count);
    }
    match->range_count = count < MATCH_RANGES_MAX ? count : MATCH_RANGES_MAX;
    match->ranges_cut = match->ranges_cut || count > MATCH_RANGES_MAX;
    for (size_t i = 0; i < match->range_count; i++)
        to[i] = ranges[i];
    match->ranges = to;
    return match->range_count;
}

static void report(const struct match_index *index, struct match_scratch *scratch, struct arena *arena,
                   struct match_result *result) {
    size_t count = scratch->matched_count;
    result->count = count < MATCH_ALERTS_MAX ? count : MATCH_ALERTS_MAX;
    result->cut = count - result->count;
    struct match *matches = arena_calloc(arena, result->count, sizeof *matches);
    struct match_range *to = arena_alloc(arena, scratch->range_count * sizeof *to);
    bool collected = scratch->collects;
    scratch->collects = true;
    scratch->steps_left = MATCH_STEPS_MAX; /* as many again for the ranges */
    for (size_t i = 0; i < result->count; i++) {
        struct match_matched *matched = &scratch->matched[i];
        const struct match_entry entry = match_entry(matched->program);
        matches[i].id = match_entry_id(index, entry);
        matches[i].version = entry.version;
        if (!collected) {
            collect_ranges(scratch, matched);
            to = arena_alloc(arena, scratch->range_count * sizeof *to);
        }
        to += take_ranges(scratch, matched, to, &matches[i]);
    }
    result->matches = matches;
}

struct match_result match_run(const struct match_index *index, struct match_scratch *scratch,
                              const struct match_document *document, struct arena *arena) {
    struct match_result result = {.matches = NULL};
    scratch->index = index;
    scratch->steps_left = MATCH_STEPS_MAX;
    match_look(index, scratch, document);
    scratch->collects = scratch->words->key_count <= SHORT;
    scratch->matched_count = scratch->range_count = 0;
    find_hits(index, scratch);
    if (scratch->hit_count > 0 || index->always_count > 0) {
        unite_hits(scratch);
        find_candidates(index, scratch);
        try_candidates(index, scratch);
    }
    result.bounded = scratch->steps_left < 0;
    if (scratch->matched_count > 0)
        report(index, scratch, arena, &result);
    return result;
}
