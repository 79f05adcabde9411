/* match_evaluate: a program against the words of a document. A phrase goes through the places of its rarest
 * word, and looks there for the others. */
#include "match_parts.h"

#include "text_hash.h"

/* The table. */

/* So much room that a word that is not there seldom finds the head of another. */
static void empty_table(struct match_scratch *scratch) {
    enum { ROOM = 12 };
    size_t size = 64;
    while (size < (size_t)ROOM * scratch->words->key_count)
        size *= 2;
    match_room(&scratch->heads, &scratch->head_cap, size, sizeof *scratch->heads);
    memset(scratch->heads, 0xFF, size * sizeof *scratch->heads); /* MATCH_NONE */
    scratch->head_mask = size - 1;
}

void match_table(struct match_scratch *scratch) {
    const struct text_words *words = scratch->words;
    empty_table(scratch);
    match_room(&scratch->at, &scratch->at_cap, words->place_count + 1u, sizeof *scratch->at); /* or none */
    memset(scratch->at, 0xFF, words->place_count * sizeof *scratch->at);
    match_room(&scratch->links, &scratch->link_cap, words->key_count, sizeof *scratch->links);
    for (uint32_t key = words->key_count; key-- > 0;) { /* backwards: the first is then found first */
        uint32_t *head = &scratch->heads[words->keys[key].hash >> 8 & scratch->head_mask];
        uint32_t *at = &scratch->at[words->keys[key].position];
        scratch->links[key] = (struct match_link){.next = *head, .beside = *at};
        *head = *at = key;
    }
}

/* Words. */

/* Whether a key of the same hash is what a spelling with this form says, and where it may be. */
APART static bool accepts(const struct text_words *words, struct match_spelling spelling,
                          const uint32_t *form, const struct text_key *key, uint32_t fields) {
    const struct text_place *place = &words->places[key->position];
    const struct match_spelling same = {.len = 0xFFFFFF, .space = 7}, strict = {.strict = true};
    uint32_t differ = ((spelling.bits ^ key->bits) & same.bits) | (spelling.bits & key->bits & strict.bits);
    if (differ || !(fields >> place->field & 1) || (spelling.tag && place->kind != TEXT_TAG))
        return false;
    return spelling.space == MATCH_SPACE_PATTERN ||
           text_key_is(key, (struct span){(const char *)form, spelling.len});
}

INSIDE bool open_word(struct match_cursor *cursor, const struct match_scratch *scratch, const uint32_t *word,
                      uint32_t fields) {
    const uint32_t *at = word + 1;
    cursor->fields = fields;
    cursor->spellings[0] = at;
    cursor->keys[0] = match_first_key(scratch, match_spelling_hash(at));
    cursor->keys[1] = MATCH_NONE;
    if (!match_spelling(at).last) {
        cursor->spellings[1] = match_spelling_next(at);
        cursor->keys[1] = match_first_key(scratch, match_spelling_hash(cursor->spellings[1]));
    }
    return cursor->keys[0] != MATCH_NONE || cursor->keys[1] != MATCH_NONE;
}

bool match_cursor_open(struct match_cursor *cursor, const struct match_scratch *scratch, const uint32_t *word,
                       uint32_t fields) {
    return open_word(cursor, scratch, word, fields);
}

/* The place of this spelling's next key that may be one; MATCH_NONE: no more. */
INSIDE uint32_t settle(struct match_cursor *cursor, struct match_scratch *scratch, unsigned which) {
    const struct text_words *words = scratch->words;
    uint32_t key = cursor->keys[which];
    while (key != MATCH_NONE && match_spend(scratch, 1)) {
        const uint32_t *at = cursor->spellings[which];
        if (accepts(words, match_spelling(at), at + MATCH_SPELLING_HEAD, &words->keys[key], cursor->fields)) {
            cursor->keys[which] = key;
            return words->keys[key].position;
        }
        key = match_next_key(scratch, key);
    }
    return cursor->keys[which] = MATCH_NONE;
}

INSIDE uint32_t pass(struct match_cursor *cursor, struct match_scratch *scratch, unsigned which) {
    uint32_t place = scratch->words->keys[cursor->keys[which]].position;
    cursor->keys[which] = match_next_key(scratch, cursor->keys[which]);
    return place;
}

INSIDE uint32_t next_place(struct match_cursor *cursor, struct match_scratch *scratch) {
    uint32_t one = settle(cursor, scratch, 0);
    uint32_t two = cursor->keys[1] == MATCH_NONE ? MATCH_NONE : settle(cursor, scratch, 1);
    if (one == MATCH_NONE && two == MATCH_NONE)
        return MATCH_NONE;
    if (one == two)
        (void)pass(cursor, scratch, 1);
    return one <= two ? pass(cursor, scratch, 0) : pass(cursor, scratch, 1);
}

uint32_t match_cursor_next(struct match_cursor *cursor, struct match_scratch *scratch) {
    return next_place(cursor, scratch);
}

/* Phrases. */

bool match_phrase_open(struct match_phrase *phrase, const struct match_scratch *scratch, const uint32_t *node,
                       uint32_t fields) {
    struct match_phrase_head head = {.words = 1}; /* a word is a phrase of one */
    const uint32_t *rarest = node;
    if (match_op(node) == MATCH_PHRASE) {
        head = match_phrase_head(node);
        rarest = node + MATCH_PHRASE_HEAD;
    }
    phrase->words = head.words;
    phrase->rarest = head.rarest;
    phrase->others = match_end(rarest);
    return open_word(&phrase->cursor, scratch, rarest, fields);
}

INSIDE bool is_word_at(const struct match_scratch *scratch, const uint32_t *word, uint32_t place,
                       uint32_t fields) {
    const struct text_words *words = scratch->words;
    for (const uint32_t *at = word + 1;; at = match_spelling_next(at)) {
        for (uint32_t key = scratch->at[place]; key != MATCH_NONE; key = scratch->links[key].beside)
            if ((uint32_t)words->keys[key].hash == match_spelling_hash(at) &&
                accepts(words, match_spelling(at), at + MATCH_SPELLING_HEAD, &words->keys[key], fields))
                return true;
        if (match_spelling(at).last)
            return false;
    }
}

/* Whether the others of so many words are beside this place of the rarest. Each field begins with a border,
 * so no phrase goes from one to the next. */
INSIDE bool are_others_beside(const struct match_scratch *scratch, uint32_t words, uint32_t rarest,
                              const uint32_t *others, uint32_t place, uint32_t fields) {
    uint32_t start = place - rarest;
    if (place < rarest || words > scratch->words->place_count - start)
        return false;
    for (uint32_t i = 0; i + 1 < words; i++, others = match_end(others))
        if (!is_word_at(scratch, others, start + i + (i >= rarest), fields))
            return false;
    return true;
}

uint32_t match_phrase_next(struct match_phrase *phrase, struct match_scratch *scratch) {
    uint32_t place;
    while ((place = next_place(&phrase->cursor, scratch)) != MATCH_NONE &&
           match_spend(scratch, phrase->words))
        if (are_others_beside(scratch, phrase->words, phrase->rarest, phrase->others, place,
                              phrase->cursor.fields))
            return place - phrase->rarest;
    return MATCH_NONE;
}

/* What one part shows at most: far more than is reported. */
enum { SHOWN_MAX = 1024 };

struct shown {
    uint32_t count, behind; /* behind: the last's end */
};

/* So many places from `start` on, unless they overlap those before; false: no more are needed. */
INSIDE bool show(struct match_scratch *scratch, struct shown *shown, uint32_t start, uint32_t words) {
    const struct text_place *places = scratch->words->places;
    if (start < shown->behind)
        return true;
    if (shown->count == SHOWN_MAX) {
        scratch->ranges_cut = true;
        return false;
    }
    shown->count++;
    if (!scratch->collects)
        return false;
    shown->behind = start + words;
    match_add_range(scratch, places[start].field, places[start].start, places[shown->behind - 1].end);
    return true;
}

/* Clauses. */

/* Shows the places of a term, of which the first key is this; how many. */
APART static uint32_t show_term(struct match_scratch *scratch, const uint32_t *at, uint32_t key,
                                uint32_t fields) {
    const struct text_words *words = scratch->words;
    const struct match_term term = match_term(at);
    const uint32_t *form = at + MATCH_TERM;
    struct shown shown = {0};
    for (; key != MATCH_NONE && match_spend(scratch, term.words); key = match_next_key(scratch, key)) {
        uint32_t place = words->keys[key].position;
        if (!accepts(words, term.spelling, form, &words->keys[key], fields) ||
            (term.words > 1 && !are_others_beside(scratch, term.words, term.rarest,
                                                  form + (term.spelling.len + 3) / 4, place, fields)))
            continue;
        if (!show(scratch, &shown, place - term.rarest, term.words))
            break;
    }
    return shown.count;
}

/* The end of a clause is not branched on: it is as often one as not. */
static bool evaluate_clauses(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    size_t before = scratch->range_count;
    bool cut = scratch->ranges_cut;
    uint32_t found = 0;
    for (const uint32_t *at = node + 1, *end = match_end(node); at < end;) {
        const struct match_term term = match_term(at);
        uint32_t key = match_first_key(scratch, term.hash);
        scratch->steps_left--;
        if (key != MATCH_NONE)
            found += show_term(scratch, at, key, fields);
        if (term.spelling.last & ((found > 0) == term.spelling.negated)) {
            scratch->range_count = before;
            scratch->ranges_cut = cut;
            return false;
        }
        found = term.spelling.last ? 0 : found;
        at += term.units;
    }
    return true;
}

/* A word or phrase that is no clause. */
APART static bool evaluate_phrase(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    struct match_phrase phrase;
    struct shown shown = {0};
    uint32_t at;
    scratch->steps_left--;
    if (!match_phrase_open(&phrase, scratch, node, fields))
        return false;
    while ((at = match_phrase_next(&phrase, scratch)) != MATCH_NONE)
        if (!show(scratch, &shown, at, phrase.words))
            break;
    return shown.count > 0;
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

APART static bool evaluate_entity(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
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

/* The tree. What is false shows nothing. */

static bool evaluate(struct match_scratch *scratch, const uint32_t *node, uint32_t fields);

APART static bool evaluate_all(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    size_t before = scratch->range_count;
    for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child)) {
        if (evaluate(scratch, child, fields))
            continue;
        scratch->range_count = before;
        return false;
    }
    return true;
}

APART static bool evaluate_any(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    bool any = false;
    for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child)) {
        any |= evaluate(scratch, child, fields);
        if (any && !scratch->collects)
            break;
    }
    return any;
}

/* Without ranges. */
APART static bool evaluate_silently(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    bool collects = scratch->collects;
    scratch->collects = false;
    bool is = evaluate(scratch, node, fields);
    scratch->collects = collects;
    return is;
}

APART static bool evaluate_not(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    return !evaluate_silently(scratch, node, fields);
}

APART static bool evaluate_predicate(struct match_scratch *scratch, const struct query_predicate *predicate) {
    return match_spend(scratch, 1) && match_predicate(scratch, predicate);
}

/* Calls that it ends with, so that it is no more than a jump. */
static bool evaluate(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) {
    switch (match_op(node)) {
    case MATCH_CLAUSES:
        return evaluate_clauses(scratch, node, fields);
    case MATCH_WORD:
    case MATCH_PHRASE:
        return evaluate_phrase(scratch, node, fields);
    case MATCH_AND:
        return evaluate_all(scratch, node, fields);
    case MATCH_OR:
        return evaluate_any(scratch, node, fields);
    case MATCH_NOT:
        return evaluate_not(scratch, node + 1, fields);
    case MATCH_SCOPE:
        return evaluate(scratch, node + 2, fields & node[1]);
    case MATCH_SILENT:
        return evaluate_silently(scratch, node + 2, node[1]);
    case MATCH_NEAR:
        return match_near(scratch, node, fields & MATCH_WORDS);
    case MATCH_WINDOW:
        return match_window(scratch, node, fields & MATCH_WORDS);
    case MATCH_ENTITY:
        return evaluate_entity(scratch, node, fields);
    case MATCH_PREDICATE:
        return evaluate_predicate(scratch, &scratch->index->predicates[node[1]]);
    }
    ASSERT(false);
    return false;
}

bool match_evaluate(struct match_scratch *scratch, const uint32_t *node) {
    size_t before = scratch->range_count;
    bool is = evaluate(scratch, node, MATCH_OUTSIDE) && scratch->steps_left >= 0;
    if (!is)
        scratch->range_count = before;
    return is;
}
