/* match_proximity: NEAR, and phrases whose words come in any order.
 *
 * NEAR looks at all occurrences of its operands, also those that overlap one another, and shows those that
 * are near one of the other side. */
#include "match_parts.h"

#include <stdlib.h>

/* Occurrences. */

static void add_occurrence(struct match_scratch *scratch, struct match_occurrence occurrence) {
    match_room(&scratch->occurrences, &scratch->occurrence_cap, scratch->occurrence_count + 1,
               sizeof *scratch->occurrences);
    scratch->occurrences[scratch->occurrence_count++] = occurrence;
}

static void phrase_occurrences(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    const struct text_place *places = scratch->words->places;
    struct match_phrase phrase;
    if (!match_phrase_open(&phrase, scratch, node, fields))
        return;
    for (uint32_t at = match_phrase_next(&phrase, scratch); at != MATCH_NONE;
         at = match_phrase_next(&phrase, scratch)) {
        uint32_t last = at + phrase.words - 1;
        add_occurrence(scratch, (struct match_occurrence){.first = at,
                                                          .last = last,
                                                          .start = places[at].start,
                                                          .end = places[last].end,
                                                          .field = places[at].field});
    }
}

static void entity_occurrences(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    for (enum match_field field = MATCH_TITLE; field <= MATCH_TEXT; field++) {
        struct match_entity entity;
        uint32_t from = 0;
        while (fields >> field & 1 && match_entity_next(scratch, node, field, from, &entity)) {
            from = entity.start + 1;
            if (entity.first != MATCH_NONE)
                add_occurrence(scratch, (struct match_occurrence){.first = entity.first,
                                                                  .last = entity.last,
                                                                  .start = entity.start,
                                                                  .end = entity.end,
                                                                  .field = (uint8_t)field});
        }
    }
}

static void find_occurrences(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    switch (match_op(node)) {
    case MATCH_WORD:
    case MATCH_PHRASE:
        phrase_occurrences(scratch, node, fields);
        break;
    case MATCH_WINDOW:
        match_window_occurrences(scratch, node, fields);
        break;
    case MATCH_ENTITY:
        entity_occurrences(scratch, node, fields);
        break;
    default:
        for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child))
            find_occurrences(scratch, child, fields);
        break;
    }
}

static int by_first(const void *a, const void *b) {
    const struct match_occurrence *x = a, *y = b;
    return x->first != y->first ? (x->first > y->first) - (x->first < y->first)
                                : (x->last > y->last) - (x->last < y->last);
}

static bool are_sorted(const struct match_occurrence *occurrences, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (by_first(&occurrences[i - 1], &occurrences[i]) > 0)
            return false;
    return true;
}

/* Those of node, sorted, behind what is in scratch->occurrences; their number. */
static size_t occurrences_of(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    size_t before = scratch->occurrence_count;
    find_occurrences(scratch, node, fields);
    size_t count = scratch->occurrence_count - before;
    if (count > 1 && !are_sorted(&scratch->occurrences[before], count))
        qsort(&scratch->occurrences[before], count, sizeof *scratch->occurrences, by_first);
    return count;
}

/* NEAR. */

struct side {
    struct match_occurrence *occurrences;
    size_t count;
};

/* The first that begins behind this position. */
static size_t first_behind(struct side side, uint32_t position) {
    size_t low = 0, high = side.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (side.occurrences[middle].first > position)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Marks as used what stands before another at that distance at most; false: nothing does. */
static bool pair_up(struct match_scratch *scratch, struct side before, struct side behind,
                    uint32_t distance) {
    bool any = false;
    for (size_t i = 0; i < before.count; i++) {
        struct match_occurrence *x = &before.occurrences[i];
        for (size_t j = first_behind(behind, x->last); j < behind.count; j++) {
            struct match_occurrence *y = &behind.occurrences[j];
            if (y->field != x->field || y->first - x->last - 1 > distance)
                break;
            any = x->used = y->used = true;
            if (!match_spend(scratch, 1) || !scratch->collects)
                return true;
        }
        if (!match_spend(scratch, 1))
            return any;
    }
    return any;
}

static void show_used(struct match_scratch *scratch, struct side side) {
    const struct text_place *places = scratch->words->places;
    for (size_t i = 0; i < side.count; i++) {
        const struct match_occurrence *one = &side.occurrences[i];
        if (!one->used)
            continue;
        for (uint32_t mark = 0; mark < one->mark_count; mark++) {
            const struct text_place *place = &places[scratch->marks[one->marks + mark]];
            match_add_range(scratch, place->field, place->start, place->end);
        }
        if (one->mark_count == 0)
            match_add_range(scratch, one->field, one->start, one->end);
    }
}

static bool near_link(struct match_scratch *scratch, const uint32_t *left, const uint32_t *right,
                      uint32_t distance, uint32_t fields) {
    scratch->occurrence_count = scratch->mark_count = 0;
    size_t a = occurrences_of(scratch, left, fields);
    if (a == 0)
        return false;
    size_t b = occurrences_of(scratch, right, fields);
    struct side one = {scratch->occurrences, a}, two = {scratch->occurrences + a, b};
    bool is = pair_up(scratch, one, two, distance & (MATCH_ORDERED - 1));
    if (!(distance & MATCH_ORDERED) && (scratch->collects || !is))
        is = pair_up(scratch, two, one, distance & (MATCH_ORDERED - 1)) || is;
    if (is && scratch->collects) {
        show_used(scratch, one);
        show_used(scratch, two);
    }
    return is;
}

APART bool match_near(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    size_t before = scratch->range_count;
    const uint32_t *left = node + 2;
    uint32_t distance = node[1];
    for (;;) {
        const uint32_t *next = match_end(left);
        if (next >= match_end(node))
            return true;
        if (!near_link(scratch, left, next + 1, distance, fields)) {
            scratch->range_count = before;
            return false;
        }
        left = next + 1;
        distance = *next;
    }
}
