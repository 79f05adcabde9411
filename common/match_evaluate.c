/* match_evaluate: a program against the words of a document. A phrase goes through the places of each of its
 * words once, side by side: a text that repeats half a phrase a thousand times costs a thousand steps, not
 * their square. */
#include "match_parts.h"

#include "text_hash.h"

#include <stdlib.h>

/* The table. */

static void empty_table(struct match_scratch *scratch) {
    size_t size = 64;
    while (size < 2 * (size_t)scratch->words->key_count)
        size *= 2;
    match_room(&scratch->heads, &scratch->head_cap, size, sizeof *scratch->heads);
    memset(scratch->heads, 0xFF, size * sizeof *scratch->heads); /* MATCH_NONE */
    scratch->head_mask = size - 1;
}

void match_table(struct match_scratch *scratch) {
    const struct text_words *words = scratch->words;
    if (scratch->tabled)
        return;
    scratch->tabled = true;
    empty_table(scratch);
    match_room(&scratch->next, &scratch->next_cap, words->key_count, sizeof *scratch->next);
    for (uint32_t key = words->key_count; key-- > 0;) { /* backwards: the first is then found first */
        uint32_t *head = &scratch->heads[words->keys[key].hash >> 8 & scratch->head_mask];
        scratch->next[key] = *head;
        *head = key;
    }
}

/* Words. */

/* Whether a key of the same hash is what the spelling says, and where it may be. */
static inline bool accepts(const struct text_words *words, const uint32_t *spelling,
                           const struct text_key *key, uint32_t fields) {
    struct match_spelling head = match_spelling(spelling);
    const struct text_place *place = &words->places[key->position];
    if (key->space != head.space || (head.strict && key->loose) || !(fields >> place->field & 1) ||
        (head.tag && place->kind != TEXT_TAG))
        return false;
    return head.space == MATCH_SPACE_PATTERN ? key->len == head.len
                                             : text_key_is(key, match_spelling_form(spelling));
}

bool match_cursor_open(struct match_cursor *cursor, const struct match_scratch *scratch, const uint32_t *word,
                       uint32_t fields) {
    cursor->count = 0;
    cursor->fields = fields;
    for (const uint32_t *at = word + 1; at < match_end(word); at = match_spelling_next(at)) {
        uint32_t key = match_first_key(scratch, match_spelling_hash(at));
        if (key == MATCH_NONE)
            continue;
        cursor->spellings[cursor->count] = at;
        cursor->keys[cursor->count++] = key;
    }
    return cursor->count > 0;
}

uint32_t match_cursor_seek(struct match_cursor *cursor, struct match_scratch *scratch, uint32_t from) {
    const struct text_words *words = scratch->words;
    uint32_t first = MATCH_NONE, steps = 1;
    for (unsigned i = 0; i < cursor->count; i++) {
        uint32_t key = cursor->keys[i];
        while (key != MATCH_NONE &&
               (words->keys[key].position < from ||
                !accepts(words, cursor->spellings[i], &words->keys[key], cursor->fields))) {
            key = match_next_key(scratch, key);
            steps++;
        }
        cursor->keys[i] = key;
        if (key != MATCH_NONE && words->keys[key].position < first)
            first = words->keys[key].position;
    }
    return match_spend(scratch, steps) ? first : MATCH_NONE;
}

/* Phrases. */

/* A word is a phrase of one. */
static const uint32_t *first_word(const uint32_t *node) {
    return match_op(node) == MATCH_WORD ? node : node + 1;
}

static uint32_t count_words(const uint32_t *node) {
    uint32_t count = 0;
    for (const uint32_t *word = first_word(node); word < match_end(node); word = match_end(word))
        count++;
    return count;
}

bool match_phrase_open(struct match_phrase *phrase, const struct match_scratch *scratch, const uint32_t *node,
                       uint32_t fields) {
    phrase->words = 0;
    phrase->cursors = phrase->few;
    for (const uint32_t *word = first_word(node); word < match_end(node); word = match_end(word)) {
        if (phrase->words == MATCH_FEW) {
            phrase->cursors = xmalloc(count_words(node) * sizeof *phrase->cursors);
            memcpy(phrase->cursors, phrase->few, sizeof phrase->few);
        }
        if (!match_cursor_open(&phrase->cursors[phrase->words++], scratch, word, fields)) {
            match_phrase_close(phrase);
            return false;
        }
    }
    return true;
}

void match_phrase_close(struct match_phrase *phrase) {
    if (phrase->cursors != phrase->few)
        free(phrase->cursors);
    phrase->cursors = phrase->few;
}

uint32_t match_phrase_next(struct match_phrase *phrase, struct match_scratch *scratch, uint32_t from) {
    for (uint32_t i = 0; i < phrase->words;) {
        uint32_t place = match_cursor_seek(&phrase->cursors[i], scratch, from + i);
        if (place == MATCH_NONE)
            return MATCH_NONE;
        if (place == from + i) {
            i++;
        } else {
            from = place - i;
            i = 0;
        }
    }
    return from;
}

void match_add_range(struct match_scratch *scratch, uint8_t field, uint32_t start, uint32_t end) {
    match_room(&scratch->ranges, &scratch->range_cap, scratch->range_count + 1, sizeof *scratch->ranges);
    scratch->ranges[scratch->range_count++] =
        (struct match_range){.field = (enum match_field)field, .start = start, .end = end};
}

/* What one part shows at most: far more than is reported. */
enum { SHOWN_MAX = 1024 };

/* A word by itself: the places of a hash are looked at in their order, those of two not. */
static bool evaluate_word(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    const struct text_words *words = scratch->words;
    uint32_t found = 0, steps = 1;
    for (const uint32_t *at = node + 1; at < match_end(node); at = match_spelling_next(at)) {
        uint32_t key = match_first_key(scratch, match_spelling_hash(at));
        for (; key != MATCH_NONE && found < SHOWN_MAX; key = match_next_key(scratch, key)) {
            steps++;
            if (!accepts(words, at, &words->keys[key], fields))
                continue;
            found++;
            if (!scratch->collects)
                return match_spend(scratch, steps);
            const struct text_place *place = &words->places[words->keys[key].position];
            match_add_range(scratch, place->field, place->start, place->end);
        }
        scratch->ranges_cut = scratch->ranges_cut || key != MATCH_NONE;
    }
    return match_spend(scratch, steps) && found > 0;
}

static void collect_phrase(struct match_scratch *scratch, struct match_phrase *phrase, uint32_t at) {
    const struct text_place *places = scratch->words->places;
    for (uint32_t shown = 0; at != MATCH_NONE; shown++) {
        if (shown == SHOWN_MAX) {
            scratch->ranges_cut = true;
            return;
        }
        match_add_range(scratch, places[at].field, places[at].start, places[at + phrase->words - 1].end);
        at = match_phrase_next(phrase, scratch, at + phrase->words);
    }
}

static bool evaluate_phrase(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    struct match_phrase phrase;
    if (!match_phrase_open(&phrase, scratch, node, fields))
        return match_spend(scratch, 1) && false;
    uint32_t at = match_phrase_next(&phrase, scratch, 0);
    if (at != MATCH_NONE && scratch->collects)
        collect_phrase(scratch, &phrase, at);
    match_phrase_close(&phrase);
    return at != MATCH_NONE;
}

/* Entities. */

/* The first place of the field that ends behind this byte. */
static uint32_t place_behind(const struct match_scratch *scratch, enum match_field field, uint32_t byte) {
    uint32_t low = scratch->field_places[field].first, high = scratch->field_places[field].end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (scratch->words->places[middle].end > byte)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Whole words only; the # of a hashtag may be left out. */
static bool is_whole(const struct match_scratch *scratch, struct span text, struct match_entity *entity) {
    uint32_t place = place_behind(scratch, entity->field, entity->start);
    uint32_t last = scratch->field_places[entity->field].end;
    entity->first = entity->last = MATCH_NONE;
    for (; place < last && scratch->words->places[place].start < entity->end; place++) {
        const struct text_place *word = &scratch->words->places[place];
        size_t sign = word->kind == TEXT_TAG
                          ? text_sign((struct span){text.ptr + word->start, word->end - word->start})
                          : 0;
        if (word->start + sign < entity->start || word->end > entity->end)
            return false;
        if (entity->first == MATCH_NONE)
            entity->first = place;
        entity->last = place;
    }
    return true;
}

bool match_entity_next(struct match_scratch *scratch, const uint32_t *node, enum match_field field,
                       size_t from, struct match_entity *out) {
    struct span text = field == MATCH_TITLE ? scratch->document->title : scratch->document->text;
    struct span bytes = {(const char *)(node + 2), node[1]};
    while (from + bytes.len <= text.len && match_spend(scratch, 1)) {
        const char *at = memmem(text.ptr + from, text.len - from, bytes.ptr, bytes.len);
        if (!match_spend(scratch, ((at ? (size_t)(at - text.ptr) : text.len) - from) / 16) || !at)
            return false;
        size_t start = (size_t)(at - text.ptr);
        *out = (struct match_entity){
            .field = field, .start = (uint32_t)start, .end = (uint32_t)(start + bytes.len)};
        if (is_whole(scratch, text, out))
            return true;
        from = start + 1;
    }
    return false;
}

static bool evaluate_entity(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    bool found = false;
    for (enum match_field field = MATCH_TITLE; field <= MATCH_TEXT; field++) {
        struct match_entity entity;
        uint32_t from = 0, shown = 0;
        if (!(fields >> field & 1))
            continue;
        while (match_entity_next(scratch, node, field, from, &entity)) {
            found = true;
            if (!scratch->collects)
                return true;
            match_add_range(scratch, (uint8_t)field, entity.start, entity.end);
            from = entity.start + 1;
            if (++shown == SHOWN_MAX) {
                scratch->ranges_cut = true;
                break;
            }
        }
    }
    return found;
}

/* The tree. */

struct trial {
    const struct match_index *index;
    struct match_scratch *scratch;
};

static bool evaluate(const struct trial *trial, const uint32_t *node, uint32_t fields);

static bool evaluate_all(const struct trial *trial, const uint32_t *node, uint32_t fields) {
    for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child))
        if (!evaluate(trial, child, fields))
            return false;
    return true;
}

static bool evaluate_any(const struct trial *trial, const uint32_t *node, uint32_t fields) {
    bool any = false;
    for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child)) {
        if (!evaluate(trial, child, fields))
            continue;
        any = true;
        if (!trial->scratch->collects)
            break;
    }
    return any;
}

static bool evaluate_silent(const struct trial *trial, const uint32_t *node) {
    struct match_scratch *scratch = trial->scratch;
    bool collects = scratch->collects;
    scratch->collects = false;
    bool is = evaluate(trial, node + 2, node[1]);
    scratch->collects = collects;
    return is;
}

static bool evaluate_not(const struct trial *trial, const uint32_t *node, uint32_t fields) {
    struct match_scratch *scratch = trial->scratch;
    bool collects = scratch->collects;
    scratch->collects = false;
    bool is = evaluate(trial, node + 1, fields);
    scratch->collects = collects;
    return !is;
}

static bool evaluate_node(const struct trial *trial, const uint32_t *node, uint32_t fields) {
    struct match_scratch *scratch = trial->scratch;
    switch (match_op(node)) {
    case MATCH_WORD:
        return evaluate_word(scratch, node, fields);
    case MATCH_PHRASE:
        return evaluate_phrase(scratch, node, fields);
    case MATCH_AND:
        return evaluate_all(trial, node, fields);
    case MATCH_OR:
        return evaluate_any(trial, node, fields);
    case MATCH_NOT:
        return evaluate_not(trial, node, fields);
    case MATCH_SCOPE:
        return evaluate(trial, node + 2, fields & node[1]);
    case MATCH_SILENT:
        return evaluate_silent(trial, node);
    case MATCH_NEAR:
        return match_near(scratch, node, fields & MATCH_WORDS);
    case MATCH_WINDOW:
        return match_window(scratch, node, fields & MATCH_WORDS);
    case MATCH_ENTITY:
        return evaluate_entity(scratch, node, fields);
    case MATCH_PREDICATE:
        return match_spend(scratch, 1) && match_predicate(scratch, &trial->index->predicates[node[1]]);
    }
    ASSERT(false);
    return false;
}

/* What is false shows nothing. */
static bool evaluate(const struct trial *trial, const uint32_t *node, uint32_t fields) {
    size_t before = trial->scratch->range_count;
    bool is = evaluate_node(trial, node, fields);
    if (!is)
        trial->scratch->range_count = before;
    return is;
}

bool match_evaluate(const struct match_index *index, struct match_scratch *scratch, const uint32_t *node) {
    struct trial trial = {index, scratch};
    return evaluate(&trial, node, MATCH_OUTSIDE);
}
