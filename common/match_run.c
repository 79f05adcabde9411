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
    free(gone->seen);
    free(gone->matched);
    free(gone->slots);
    free(gone->next);
    free(gone->ranges);
    free(gone->occurrences);
    free(gone->marks);
    free(gone);
}

/* Anchors. */

static void find_hits(const struct match_index *index, struct match_scratch *scratch) {
    const struct text_words *words = scratch->words;
    uint64_t signature[4] = {0, 0, 0, 0};
    match_room(&scratch->hits, &scratch->hit_cap, words->key_count, sizeof *scratch->hits);
    size_t hits = 0;
    for (uint32_t i = 0; i < words->key_count; i++) {
        uint64_t hash = words->keys[i].hash;
        size_t bit = match_filter_bit(index, hash);
        signature[hash >> 62] |= UINT64_C(1) << (hash >> 56 & 63);
        scratch->hits[hits] = hash;
        hits += index->filter[bit / 64] >> bit % 64 & 1;
    }
    for (size_t i = 0; i < hits; i++)
        __builtin_prefetch(&index->anchors[match_anchor_slot(index, scratch->hits[i])]);
    scratch->hit_count = hits;
    memcpy(scratch->signature, signature, sizeof signature);
}

/* Each hash once. */
static void unite_hits(struct match_scratch *scratch) {
    size_t size = 16, kept = 0;
    while (size < 2 * scratch->hit_count)
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

/* 0 or 1. */
static inline uint64_t bit_of(const uint64_t signature[4], uint8_t bit) {
    return signature[bit / 64] >> bit % 64 & 1;
}

/* Without a branch: it is as often one as the other. */
static inline bool may_match(const uint64_t signature[4], const struct match_posting *posting) {
    return bit_of(signature, posting->needs[0]) & bit_of(signature, posting->needs[1]) &
           (bit_of(signature, posting->either[0]) | bit_of(signature, posting->either[1]));
}

static void add_candidates(const struct match_index *index, struct match_scratch *scratch,
                           const struct match_anchor *anchor) {
    const struct match_posting *postings = index->postings + anchor->first;
    size_t count = scratch->candidate_count;
    match_room(&scratch->candidates, &scratch->candidate_cap, count + anchor->count,
               sizeof *scratch->candidates);
    for (uint32_t i = 0; i < anchor->count; i++) {
        bool may = may_match(scratch->signature, &postings[i]);
        scratch->candidates[count] = postings[i].program;
        if (may) {
            __builtin_prefetch(&index->code[postings[i].program]);
            __builtin_prefetch(&index->code[postings[i].program + 16]);
        }
        count += may;
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

static void find_candidates(const struct match_index *index, struct match_scratch *scratch) {
    size_t called = call_anchors(index, scratch);
    scratch->candidate_count = 0;
    for (size_t i = 0; i < called; i++) {
        if (!match_spend(scratch, scratch->called[i]->count / 8))
            return;
        add_candidates(index, scratch, scratch->called[i]);
    }
    match_room(&scratch->candidates, &scratch->candidate_cap, scratch->candidate_count + index->always_count,
               sizeof *scratch->candidates);
    for (size_t i = 0; i < index->always_count; i++)
        scratch->candidates[scratch->candidate_count++] = index->always[i];
}

/* Trying. */

static bool first_time(const struct match_index *index, struct match_scratch *scratch, uint32_t head) {
    uint32_t entry = head & ~MATCH_MANY;
    if (!(head & MATCH_MANY))
        return true;
    if (scratch->seen_cap < index->entry_count) {
        scratch->seen_cap = index->entry_count;
        free(scratch->seen);
        scratch->seen = match_pages(scratch->seen_cap * sizeof *scratch->seen);
    }
    bool first = scratch->seen[entry] != scratch->epoch;
    scratch->seen[entry] = scratch->epoch;
    return first;
}

static void begin_epoch(struct match_scratch *scratch) {
    if (++scratch->epoch == 0 && scratch->seen) {
        memset(scratch->seen, 0, scratch->seen_cap * sizeof *scratch->seen);
        scratch->epoch = 1;
    }
}

static bool in_force(const struct match_entry *entry, int64_t time) {
    return entry->from <= time && (entry->to == 0 || time < entry->to);
}

/* Words come so seldom in a short document that its ranges are collected at once. */
enum { SHORT = 2048 };

static void try_candidates(const struct match_index *index, struct match_scratch *scratch) {
    begin_epoch(scratch);
    scratch->collects = scratch->words->key_count <= SHORT;
    scratch->matched_count = scratch->range_count = 0;
    match_room(&scratch->matched, &scratch->matched_cap, scratch->candidate_count, sizeof *scratch->matched);
    for (size_t i = 0; i < scratch->candidate_count; i++) {
        uint32_t program = scratch->candidates[i], head = index->code[program];
        size_t first = scratch->range_count;
        if (!first_time(index, scratch, head))
            continue;
        scratch->ranges_cut = false;
        bool matches = match_evaluate(index, scratch, index->code + program + 1);
        if (scratch->bounded)
            return; /* what was left out may have been negated */
        if (!matches)
            continue;
        __builtin_prefetch(&index->entries[head & ~MATCH_MANY]);
        scratch->matched[scratch->matched_count++] =
            (struct match_matched){.program = program,
                                   .first = (uint32_t)first,
                                   .count = (uint32_t)(scratch->range_count - first),
                                   .collected = scratch->collects,
                                   .ranges_cut = scratch->ranges_cut};
    }
}

/* Programs lie in the order of their entries. */
static int by_number(const void *a, const void *b) {
    uint32_t x = ((const struct match_matched *)a)->program, y = ((const struct match_matched *)b)->program;
    return (x > y) - (x < y);
}

static void sort_matched(const struct match_index *index, struct match_scratch *scratch, int64_t time) {
    enum { FEW = 32 };
    struct match_matched *matched = scratch->matched;
    size_t count = 0;
    for (size_t i = 0; i < scratch->matched_count; i++) {
        const struct match_entry *entry = &index->entries[index->code[matched[i].program] & ~MATCH_MANY];
        if (in_force(entry, time))
            matched[count++] = matched[i];
    }
    scratch->matched_count = count;
    if (count > FEW) {
        qsort(matched, count, sizeof *matched, by_number);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct match_matched moved = matched[i];
        size_t j = i;
        for (; j > 0 && matched[j - 1].program > moved.program; j--)
            matched[j] = matched[j - 1];
        matched[j] = moved;
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
static void collect_ranges(const struct match_index *index, struct match_scratch *scratch,
                           struct match_matched *matched) {
    scratch->collects = true;
    scratch->range_count = 0;
    scratch->ranges_cut = scratch->bounded;
    if (!scratch->bounded && !match_evaluate(index, scratch, index->code + matched->program + 1))
        scratch->ranges_cut = true; /* the steps were used up */
    matched->first = 0;
    matched->count = (uint32_t)scratch->range_count;
    matched->ranges_cut = scratch->ranges_cut;
}

static void take_ranges(struct match_scratch *scratch, const struct match_matched *matched,
                        struct arena *arena, struct match *match) {
    match->ranges_cut = matched->ranges_cut;
    if (matched->count == 0)
        return;
    struct match_range *ranges = scratch->ranges + matched->first;
    sort_ranges(ranges, matched->count);
    size_t count = unite_ranges(ranges, matched->count);
    match->range_count = count < MATCH_RANGES_MAX ? count : MATCH_RANGES_MAX;
    match->ranges_cut = matched->ranges_cut || count > MATCH_RANGES_MAX;
    struct match_range *kept = arena_alloc(arena, match->range_count * sizeof *kept);
    match->ranges = memcpy(kept, ranges, match->range_count * sizeof *kept);
}

static void report(const struct match_index *index, struct match_scratch *scratch, struct arena *arena,
                   struct match_result *result) {
    size_t count = scratch->matched_count;
    result->count = count < MATCH_ALERTS_MAX ? count : MATCH_ALERTS_MAX;
    result->cut = count - result->count;
    struct match *matches = arena_calloc(arena, result->count, sizeof *matches);
    result->bounded = scratch->bounded;
    scratch->bounded = false;
    scratch->steps = 0; /* as many again for the ranges */
    for (size_t i = 0; i < result->count; i++) {
        struct match_matched *matched = &scratch->matched[i];
        const struct match_entry *entry = &index->entries[index->code[matched->program] & ~MATCH_MANY];
        matches[i] = (struct match){.id = entry->id, .version = entry->version};
        if (!matched->collected)
            collect_ranges(index, scratch, matched);
        take_ranges(scratch, matched, arena, &matches[i]);
    }
    result->matches = matches;
}

struct match_result match_run(const struct match_index *index, struct match_scratch *scratch,
                              const struct match_document *document, struct arena *arena) {
    struct match_result result = {.matches = NULL};
    scratch->steps = 0;
    scratch->bounded = scratch->tabled = false;
    match_look(index, scratch, document);
    find_hits(index, scratch);
    if (scratch->hit_count == 0 && index->always_count == 0) {
        result.bounded = scratch->bounded;
        return result;
    }
    unite_hits(scratch);
    find_candidates(index, scratch);
    if (scratch->candidate_count > 0) {
        match_table(scratch);
        try_candidates(index, scratch);
        sort_matched(index, scratch, document->time);
        report(index, scratch, arena, &result);
    }
    return result;
}
