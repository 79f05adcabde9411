/* match_evaluate: a query against what was found. A phrase goes through the spots of each of its words once,
 * side by side: a text that repeats half a phrase a thousand times costs a thousand steps, not their square.
 */
#include "match_parts.h"

#include <stdlib.h>

/* Moves the stream's place in the spots of term i to the first at `position` or behind it; NULL: none. */
static const struct match_spot *seek(struct match_stream *stream, const struct match_scratch *scratch,
                                     uint32_t i, uint32_t position) {
    uint32_t count, at = stream->at[i];
    const struct match_spot *spots = match_spots(scratch, stream->terms[i], &count);
    while (at < count && spots[at].position < position)
        at++;
    stream->at[i] = at;
    return at < count ? &spots[at] : NULL;
}

bool match_stream_next(struct match_stream *stream, const struct match_scratch *scratch) {
    uint32_t start = stream->from;
    for (uint32_t i = 0; i < stream->count;) {
        const struct match_spot *spot = seek(stream, scratch, i, start + i);
        if (!spot)
            return false;
        if (spot->position == start + i) {
            if (i == 0)
                stream->spot = *spot;
            stream->spot.end = spot->end;
            i++;
        } else {
            start = spot->position - i;
            i = 0;
        }
    }
    stream->from = start + stream->count;
    return true;
}

/* Words that are not there at all are the usual case. */
static bool all_found(const struct match_index *index, const struct match_scratch *scratch,
                      const struct match_node *phrase) {
    for (uint32_t i = 0; i < phrase->count; i++)
        if (scratch->found[index->terms[phrase->first + i]].epoch != scratch->epoch)
            return false;
    return true;
}

static bool phrase_is_there(const struct match_index *index, const struct match_scratch *scratch,
                            const struct match_node *phrase) {
    enum { FEW = 16 };
    uint32_t few[FEW] = {0};
    if (!all_found(index, scratch, phrase))
        return false;
    if (phrase->count == 1)
        return true;
    struct match_stream stream = {.terms = index->terms + phrase->first, .count = phrase->count, .at = few};
    if (phrase->count > FEW)
        stream.at = xcalloc(phrase->count, sizeof *stream.at);
    bool there = match_stream_next(&stream, scratch);
    if (stream.at != few)
        free(stream.at);
    return there;
}

static bool evaluate(const struct match_index *index, struct match_scratch *scratch, uint32_t number);

static bool evaluate_children(const struct match_index *index, struct match_scratch *scratch,
                              const struct match_node *node) {
    size_t before = scratch->leaf_count;
    bool any = false;
    for (uint32_t child = node->first; child != MATCH_NONE; child = index->nodes[child].next) {
        bool one = evaluate(index, scratch, child);
        if (!one && node->kind == NODE_AND) {
            scratch->leaf_count = before;
            return false;
        }
        any = any || one;
    }
    return any;
}

/* What made it true stays in leaves; of what is false or negated nothing does. */
static bool evaluate(const struct match_index *index, struct match_scratch *scratch, uint32_t number) {
    const struct match_node *node = &index->nodes[number];
    size_t before = scratch->leaf_count;
    if (node->kind == NODE_PHRASE) {
        if (!phrase_is_there(index, scratch, node))
            return false;
        match_room(&scratch->leaves, &scratch->leaf_cap, before + 1, sizeof *scratch->leaves);
        scratch->leaves[scratch->leaf_count++] = number;
        return true;
    }
    if (node->kind != NODE_NOT)
        return evaluate_children(index, scratch, node);
    bool negated = evaluate(index, scratch, node->first);
    scratch->leaf_count = before;
    return !negated;
}

bool match_evaluate(const struct match_index *index, struct match_scratch *scratch, uint32_t root) {
    scratch->leaf_count = 0;
    return evaluate(index, scratch, root);
}

/* Ranges: the streams of the phrases in a heap, the leftmost on top. */

static bool is_before(const struct match_stream *a, const struct match_stream *b) {
    return a->spot.position < b->spot.position;
}

static void sift_down(struct match_stream *heap, size_t count, size_t at) {
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &heap[at]))
            return;
        struct match_stream moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

/* The streams of scratch->leaves, each at its first occurrence. */
static size_t open_streams(const struct match_index *index, const struct match_scratch *scratch,
                           struct arena *arena, struct match_stream *heap) {
    for (size_t i = 0; i < scratch->leaf_count; i++) {
        const struct match_node *phrase = &index->nodes[scratch->leaves[i]];
        heap[i] = (struct match_stream){
            .terms = index->terms + phrase->first,
            .count = phrase->count,
            .at = arena_calloc(arena, phrase->count, sizeof *heap[i].at),
        };
        ASSERT(match_stream_next(&heap[i], scratch));
    }
    for (size_t i = scratch->leaf_count / 2; i-- > 0;)
        sift_down(heap, scratch->leaf_count, i);
    return scratch->leaf_count;
}

void match_ranges(const struct match_index *index, const struct match_scratch *scratch, struct arena *arena,
                  struct match *match) {
    struct match_stream *heap = arena_alloc(arena, scratch->leaf_count * sizeof *heap);
    struct match_range *ranges = arena_alloc(arena, MATCH_RANGES_MAX * sizeof *ranges);
    size_t streams = open_streams(index, scratch, arena, heap);
    uint32_t covered = 0; /* the first position behind the last range */
    match->ranges = ranges;
    while (streams > 0) {
        const struct match_spot *spot = &heap->spot;
        if (match->range_count > 0 && spot->position < covered) {
            struct match_range *last = &ranges[match->range_count - 1];
            last->end = spot->end > last->end ? spot->end : last->end;
        } else if (match->range_count == MATCH_RANGES_MAX) {
            match->ranges_cut = true;
            return;
        } else {
            ranges[match->range_count++] =
                (struct match_range){.field = spot->field, .start = spot->start, .end = spot->end};
        }
        covered = heap->from > covered ? heap->from : covered;
        if (!match_stream_next(heap, scratch))
            *heap = heap[--streams];
        sift_down(heap, streams, 0);
    }
}
