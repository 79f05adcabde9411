/* match_window: words in any order, each at its own position, with so many others among them at most.
 *
 * Looked at is each stretch from one place of a word to another that is not too long. All its words must have
 * a place of their own in it, and the two ends must be used: that both can be had can be had at once
 * (Mendelsohn and Dulmage, Some generalizations of the problem of distinct representatives, 1958), so they
 * are asked for apart. */
#include "match_parts.h"

#include <stdlib.h>

/* A word at a position. */
struct stand {
    uint32_t position, word;
};

struct window {
    struct match_scratch *scratch;
    uint32_t words, reach; /* positions from the first to the last, at most */
    struct stand *stands;  /* by position, then word */
    size_t count, cap;
    /* Of one stretch: */
    size_t from, to;  /* in stands */
    size_t *of_word;  /* by word: the stand it has; to: none */
    bool *visited;    /* by word */
    uint32_t no_word; /* left out, with its position */
    uint32_t no_position;
};

static int by_position(const void *a, const void *b) {
    const struct stand *x = a, *y = b;
    return x->position != y->position ? (x->position > y->position) - (x->position < y->position)
                                      : (x->word > y->word) - (x->word < y->word);
}

/* False: a word has no place. */
static bool find_stands(struct window *window, const uint32_t *node, uint32_t fields) {
    struct match_scratch *scratch = window->scratch;
    for (const uint32_t *word = node + 2; word < match_end(node); word = match_end(word)) {
        struct match_cursor cursor;
        size_t before = window->count;
        if (!match_cursor_open(&cursor, scratch, word, fields))
            return false;
        for (uint32_t at = match_cursor_next(&cursor, scratch); at != MATCH_NONE;
             at = match_cursor_next(&cursor, scratch)) {
            match_room(&window->stands, &window->cap, window->count + 1, sizeof *window->stands);
            window->stands[window->count++] = (struct stand){at, window->words};
        }
        if (window->count == before)
            return false;
        window->words++;
    }
    if (window->count > 1)
        qsort(window->stands, window->count, sizeof *window->stands, by_position);
    return true;
}

/* Kuhn's way to a place for each word: one takes another's where that can move. */

static uint32_t holder(const struct window *window, uint32_t position) {
    for (uint32_t word = 0; word < window->words; word++)
        if (window->of_word[word] < window->to && window->stands[window->of_word[word]].position == position)
            return word;
    return MATCH_NONE;
}

static bool settle(struct window *window, uint32_t word) {
    window->visited[word] = true;
    for (size_t i = window->from; i < window->to; i++) {
        const struct stand *stand = &window->stands[i];
        if (stand->word != word || stand->position == window->no_position ||
            !match_spend(window->scratch, 1 + window->words / 8))
            continue;
        uint32_t other = holder(window, stand->position);
        if (other == MATCH_NONE || (!window->visited[other] && settle(window, other))) {
            window->of_word[word] = i;
            return true;
        }
    }
    return false;
}

static bool all_settle(struct window *window) {
    for (uint32_t word = 0; word < window->words; word++)
        window->of_word[word] = window->to;
    for (uint32_t word = 0; word < window->words; word++) {
        memset(window->visited, 0, window->words * sizeof *window->visited);
        if (word != window->no_word && !settle(window, word))
            return false;
    }
    return true;
}

static bool stands_at(const struct window *window, uint32_t position, uint32_t but, uint32_t nor) {
    for (size_t i = window->from; i < window->to; i++) {
        const struct stand *stand = &window->stands[i];
        if (stand->position == position && stand->word != but && stand->word != nor)
            return true;
    }
    return false;
}

/* Whether different words may stand at the two ends, beside what is left out. */
static bool ends_are_used(const struct window *window, uint32_t first, uint32_t last) {
    if (window->no_position == first)
        return stands_at(window, last, window->no_word, MATCH_NONE);
    if (window->no_position == last)
        return stands_at(window, first, window->no_word, MATCH_NONE);
    for (size_t i = window->from; i < window->to && window->stands[i].position == first; i++) {
        uint32_t word = window->stands[i].word;
        if (word != window->no_word && stands_at(window, last, window->no_word, word))
            return true;
    }
    return false;
}

/* With this word at this position, or MATCH_NONE for both. */
static bool can_be(struct window *window, uint32_t word, uint32_t position, uint32_t first, uint32_t last) {
    window->no_word = word;
    window->no_position = position;
    return ends_are_used(window, first, last) && all_settle(window);
}

/* The positions that some word has in some way to do it. */
static void mark(struct window *window, uint32_t first, uint32_t last) {
    struct match_scratch *scratch = window->scratch;
    uint32_t marked = MATCH_NONE;
    for (size_t i = window->from; i < window->to; i++) {
        const struct stand *stand = &window->stands[i];
        if (stand->position == marked || !can_be(window, stand->word, stand->position, first, last))
            continue;
        marked = stand->position;
        match_room(&scratch->marks, &scratch->mark_cap, scratch->mark_count + 1, sizeof *scratch->marks);
        scratch->marks[scratch->mark_count++] = marked;
    }
}

static void add_occurrence(struct window *window, uint32_t first, uint32_t last) {
    struct match_scratch *scratch = window->scratch;
    const struct text_place *places = scratch->words->places;
    struct match_occurrence occurrence = {.first = first,
                                          .last = last,
                                          .marks = (uint32_t)scratch->mark_count,
                                          .start = places[first].start,
                                          .end = places[last].end,
                                          .field = places[first].field};
    if (scratch->collects)
        mark(window, first, last);
    occurrence.mark_count = (uint32_t)scratch->mark_count - occurrence.marks;
    match_room(&scratch->occurrences, &scratch->occurrence_cap, scratch->occurrence_count + 1,
               sizeof *scratch->occurrences);
    scratch->occurrences[scratch->occurrence_count++] = occurrence;
}

/* Stretches that begin with the stand `from`; false: one is enough. */
static bool stretch(struct window *window, size_t from, bool one) {
    const struct stand *stands = window->stands;
    const struct text_place *places = window->scratch->words->places;
    uint32_t first = stands[from].position;
    window->from = from;
    for (size_t at = from; at < window->count && stands[at].position - first < window->reach; at++) {
        uint32_t last = stands[at].position;
        if (at + 1 < window->count && stands[at + 1].position == last)
            continue;
        if (places[last].field != places[first].field || !match_spend(window->scratch, 1))
            break;
        window->to = at + 1;
        if (last == first || !can_be(window, MATCH_NONE, MATCH_NONE, first, last))
            continue;
        add_occurrence(window, first, last);
        if (one)
            return false;
    }
    return true;
}

static void find(struct match_scratch *scratch, const uint32_t *node, uint32_t fields, bool one) {
    struct window window = {.scratch = scratch};
    if (find_stands(&window, node, fields)) {
        window.reach = window.words + node[1];
        window.of_word = xcalloc(window.words, sizeof *window.of_word);
        window.visited = xcalloc(window.words, sizeof *window.visited);
        for (size_t i = 0; i < window.count; i++)
            if ((i == 0 || window.stands[i - 1].position != window.stands[i].position) &&
                !stretch(&window, i, one))
                break;
    }
    free(window.stands);
    free(window.of_word);
    free(window.visited);
}

void match_window_occurrences(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    find(scratch, node, fields, false);
}

APART bool match_window(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    scratch->occurrence_count = scratch->mark_count = 0;
    find(scratch, node, fields, !scratch->collects);
    const struct text_place *places = scratch->words->places;
    for (size_t i = 0; i < scratch->mark_count; i++) {
        const struct text_place *place = &places[scratch->marks[i]];
        match_add_range(scratch, place->field, place->start, place->end);
    }
    return scratch->occurrence_count > 0;
}
