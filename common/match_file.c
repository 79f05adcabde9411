/* match_file: a query is filed under words of which a document must have one: of an AND under those of the
 * part that is likely rarest, of an OR under those of each. What else the document must have goes into the
 * postings as bits of its signature, the rarest first. */
#include "match_parts.h"

#include "text_look.h"

#include <stdlib.h>

/* In how many documents of a million. */
#define NEVER_FILED UINT64_MAX

struct filed {
    uint64_t hash;
    struct match_posting posting; /* its program is a number in programs until all are placed */
};

struct filer {
    struct match_index *index;
    const struct match_sample *sample;
    struct filed *filed;
    size_t filed_count, filed_cap;
    size_t always_cap;
};

/* What a document must have beside an anchor. */
struct needs {
    uint64_t hash[2], cost[2];       /* the two rarest; cost NEVER_FILED: none */
    uint64_t either[2], either_cost; /* one of two */
};
static const struct needs NO_NEEDS = {.cost = {NEVER_FILED, NEVER_FILED}, .either_cost = NEVER_FILED};

/* Costs. */

static uint64_t guess(const uint32_t *spelling) {
    static const uint32_t BY_LENGTH[] = {200000, 100000, 60000, 30000, 12000, 6000,
                                         3000,   1500,   700,   350,   200};
    static const uint32_t BY_SPACE[] = {
        [TEXT_SPACE_TAG] = 300,    [TEXT_SPACE_HANDLE] = 100, [TEXT_SPACE_CASHTAG] = 50,
        [TEXT_SPACE_EMOJI] = 3000, [MATCH_SPACE_SITE] = 1000, [MATCH_SPACE_PATTERN] = 8000};
    struct match_spelling head = match_spelling(spelling);
    if (head.space != TEXT_SPACE_WORD)
        return BY_SPACE[head.space];
    size_t letters = span_characters(match_spelling_form(spelling));
    return BY_LENGTH[letters < COUNT_OF(BY_LENGTH) ? letters : COUNT_OF(BY_LENGTH) - 1];
}

static uint64_t hash_of(const struct filer *filer, const uint32_t *spelling) {
    return filer->index->hashes[match_spelling_hash(spelling)];
}

static uint64_t spelling_cost(const struct filer *filer, const uint32_t *spelling) {
    uint32_t often = MATCH_NONE;
    if (match_spelling(spelling).space != MATCH_SPACE_PATTERN)
        often = match_sample_frequency(filer->sample, hash_of(filer, spelling));
    return often == UINT32_MAX ? guess(spelling) : often + 1;
}

static uint64_t word_cost(const struct filer *filer, const uint32_t *word) {
    uint64_t sum = 0;
    for (const uint32_t *at = word + 1; at < match_end(word); at = match_spelling_next(at))
        sum += spelling_cost(filer, at);
    return sum;
}

/* Two characters of a script without spaces that follow each other: the hash that text_words has for them. */
static bool is_alone(const uint32_t *word) {
    const uint32_t *spelling = word + 1;
    struct match_spelling head = match_spelling(spelling);
    struct span form = match_spelling_form(spelling);
    if (head.space != TEXT_SPACE_WORD || head.tag || form.len == 0 ||
        match_spelling_next(spelling) < match_end(word))
        return false;
    enum text_class class = text_class_of(text_character_at(form, 0).code);
    return class == TEXT_ALONE || class == TEXT_ALONE_DIGIT;
}

static uint64_t pair_of(const struct filer *filer, const uint32_t *word, const uint32_t *next) {
    return text_hash_pair(filer->index->seed, hash_of(filer, word + 1), hash_of(filer, next + 1));
}

static uint64_t pair_cost(const struct filer *filer, uint64_t pair) {
    enum { GUESS = 1500 };
    uint32_t often = match_sample_frequency(filer->sample, pair);
    return often == UINT32_MAX ? GUESS : often + 1;
}

/* The words of a node that has some, or is one. */
static const uint32_t *first_word(const uint32_t *node) {
    switch (match_op(node)) {
    case MATCH_WORD:
        return node;
    case MATCH_PHRASE:
        return node + MATCH_PHRASE_HEAD;
    case MATCH_WINDOW:
        return node + 2;
    case MATCH_ENTITY:
        return node + 2 + (node[1] + 3) / 4;
    default:
        return node + 1;
    }
}

/* One way to file a phrase. */
struct option {
    const uint32_t *word; /* NULL: the pair */
    uint64_t pair, cost;
};

typedef void (*option_f)(void *context, const struct option *option);

/* A word of a window or an entity may stand elsewhere than behind the one before it. */
static void each_option(const struct filer *filer, const uint32_t *node, option_f visit, void *context) {
    for (const uint32_t *word = first_word(node); word < match_end(node); word = match_end(word)) {
        visit(context, &(struct option){.word = word, .cost = word_cost(filer, word)});
        const uint32_t *next = match_end(word);
        if (match_op(node) != MATCH_PHRASE || next >= match_end(node) || !is_alone(word) || !is_alone(next))
            continue;
        uint64_t pair = pair_of(filer, word, next);
        visit(context, &(struct option){.pair = pair, .cost = pair_cost(filer, pair)});
    }
}

static void take_cheaper(void *context, const struct option *option) {
    struct option *best = context;
    if (option->cost < best->cost)
        *best = *option;
}

static struct option best_option(const struct filer *filer, const uint32_t *node) {
    struct option best = {.cost = NEVER_FILED};
    each_option(filer, node, take_cheaper, &best);
    return best;
}

/* A link is filed under four bytes of it that are likely rare: the last, which are behind https://www. */
static uint64_t link_anchor(const struct filer *filer, const struct query_predicate *predicate) {
    enum { GRAM = MATCH_GRAM };
    uint64_t best = 0, least = NEVER_FILED;
    for (size_t at = 0; at + GRAM <= predicate->text.len; at++) {
        uint64_t gram = match_gram(filer->index->seed, predicate->text.ptr + at);
        uint32_t often = match_sample_frequency(filer->sample, gram);
        if (often <= least) {
            least = often;
            best = gram;
        }
    }
    return best;
}

static const struct query_predicate *predicate_of(const struct filer *filer, const uint32_t *node) {
    return &filer->index->predicates[node[1]];
}

/* The first child of a node that has children; each is behind a distance in NEAR. */
static const uint32_t *first_child(const uint32_t *node) {
    enum match_op op = match_op(node);
    return op == MATCH_SCOPE || op == MATCH_SILENT || op == MATCH_NEAR ? node + 2 : node + 1;
}

static const uint32_t *next_child(const uint32_t *node, const uint32_t *child) {
    const uint32_t *next = match_end(child);
    return next < match_end(node) && match_op(node) == MATCH_NEAR ? next + 1 : next;
}

static uint64_t cost(const struct filer *filer, const uint32_t *node) {
    enum { LINK = 3000 };
    uint64_t least = NEVER_FILED, sum = 0;
    const struct query_predicate *predicate;
    switch (match_op(node)) {
    case MATCH_WORD:
    case MATCH_PHRASE:
    case MATCH_WINDOW:
    case MATCH_ENTITY:
        return best_option(filer, node).cost;
    case MATCH_PREDICATE:
        predicate = predicate_of(filer, node);
        return predicate->field == QUERY_LINK && link_anchor(filer, predicate) ? LINK : NEVER_FILED;
    case MATCH_NOT:
        return NEVER_FILED;
    default:
        break;
    }
    for (const uint32_t *child = first_child(node); child < match_end(node);
         child = next_child(node, child)) {
        uint64_t one = cost(filer, child);
        least = one < least ? one : least;
        sum = one == NEVER_FILED || sum == NEVER_FILED ? NEVER_FILED : sum + one;
    }
    return match_op(node) == MATCH_OR ? sum : least;
}

/* Needs. */

static void need(struct needs *needs, uint64_t hash, uint64_t cost) {
    if (hash == needs->hash[0] || cost >= needs->cost[1])
        return;
    size_t to = cost < needs->cost[0] ? 0 : 1;
    if (to == 0) {
        needs->hash[1] = needs->hash[0];
        needs->cost[1] = needs->cost[0];
    }
    needs->hash[to] = hash;
    needs->cost[to] = cost;
}

static void need_either(struct needs *needs, uint64_t a, uint64_t b, uint64_t cost) {
    if (cost >= needs->either_cost)
        return;
    needs->either[0] = a;
    needs->either[1] = b;
    needs->either_cost = cost;
}

static void need_option(const struct filer *filer, struct needs *needs, const struct option *option) {
    if (!option->word) {
        need(needs, option->pair, option->cost);
        return;
    }
    const uint32_t *end = match_end(option->word);
    const uint32_t *first = option->word + 1, *second = match_spelling_next(first);
    if (second >= end)
        need(needs, hash_of(filer, first), option->cost);
    else
        need_either(needs, hash_of(filer, first), hash_of(filer, second), option->cost);
}

/* The hash without which the node is never true; false: there is none such. */
static bool only_hash(const struct filer *filer, const uint32_t *node, uint64_t *hash, uint64_t *cost) {
    if (match_op(node) == MATCH_SCOPE || match_op(node) == MATCH_SILENT)
        return only_hash(filer, node + 2, hash, cost);
    if (match_op(node) != MATCH_PHRASE && match_op(node) != MATCH_WORD)
        return false;
    struct option best = best_option(filer, node);
    *cost = best.cost;
    *hash = best.word ? hash_of(filer, best.word + 1) : best.pair;
    return !best.word || match_spelling_next(best.word + 1) >= match_end(best.word);
}

static void need_or(const struct filer *filer, const uint32_t *node, struct needs *needs) {
    uint64_t hashes[2], costs[2];
    const uint32_t *a = first_child(node), *b = match_end(a);
    if (b < match_end(node) && match_end(b) == match_end(node) &&
        only_hash(filer, a, &hashes[0], &costs[0]) && only_hash(filer, b, &hashes[1], &costs[1]))
        need_either(needs, hashes[0], hashes[1], costs[0] + costs[1]);
}

struct needing {
    const struct filer *filer;
    struct needs *needs;
    const struct option *but;
};

static void need_each(void *context, const struct option *option) {
    const struct needing *needing = context;
    const struct option *but = needing->but;
    if (!but || option->word != but->word || option->pair != but->pair)
        need_option(needing->filer, needing->needs, option);
}

/* All that a document must have for the node, but for what it is filed under already. */
static void need_node(const struct filer *filer, const uint32_t *node, struct needs *needs,
                      const struct option *but) {
    switch (match_op(node)) {
    case MATCH_WORD:
    case MATCH_PHRASE:
    case MATCH_WINDOW:
    case MATCH_ENTITY:
        each_option(filer, node, need_each, &(struct needing){filer, needs, but});
        break;
    case MATCH_OR:
        need_or(filer, node, needs);
        break;
    case MATCH_AND:
    case MATCH_NEAR:
    case MATCH_SCOPE:
    case MATCH_SILENT:
        for (const uint32_t *child = first_child(node); child < match_end(node);
             child = next_child(node, child))
            need_node(filer, child, needs, NULL);
        break;
    default:
        break;
    }
}

/* Filing. */

static void post(struct filer *filer, uint64_t hash, uint32_t number, const struct needs *needs) {
    uint16_t own = match_signature_bit(hash);
    struct match_posting posting = {.program = number, .needs = {own, own}, .either = {own, own}};
    for (size_t i = 0; i < 2; i++) {
        if (needs->cost[i] != NEVER_FILED)
            posting.needs[i] = match_signature_bit(needs->hash[i]);
        if (needs->either_cost != NEVER_FILED)
            posting.either[i] = match_signature_bit(needs->either[i]);
    }
    match_room(&filer->filed, &filer->filed_cap, filer->filed_count + 1, sizeof *filer->filed);
    filer->filed[filer->filed_count++] = (struct filed){hash, posting};
}

static void file_words(struct filer *filer, const uint32_t *node, uint32_t number, struct needs needs) {
    struct option best = best_option(filer, node);
    need_node(filer, node, &needs, &best);
    if (!best.word) {
        filer->index->pairs = true;
        post(filer, best.pair, number, &needs);
        return;
    }
    for (const uint32_t *at = best.word + 1; at < match_end(best.word); at = match_spelling_next(at))
        post(filer, hash_of(filer, at), number, &needs);
}

/* The child of an AND, NEAR or scope that is filed: the rest are needs. */
static const uint32_t *cheapest(const struct filer *filer, const uint32_t *node) {
    const uint32_t *best = first_child(node);
    uint64_t least = cost(filer, best);
    for (const uint32_t *child = next_child(node, best); child < match_end(node);
         child = next_child(node, child)) {
        uint64_t one = cost(filer, child);
        if (one < least) {
            least = one;
            best = child;
        }
    }
    return best;
}

static void file_node(struct filer *filer, const uint32_t *node, uint32_t number, struct needs needs) {
    const uint32_t *best;
    switch (match_op(node)) {
    case MATCH_WORD:
    case MATCH_PHRASE:
    case MATCH_WINDOW:
    case MATCH_ENTITY:
        file_words(filer, node, number, needs);
        return;
    case MATCH_PREDICATE:
        post(filer, link_anchor(filer, predicate_of(filer, node)), number, &needs);
        return;
    case MATCH_OR:
        for (const uint32_t *child = first_child(node); child < match_end(node); child = match_end(child))
            file_node(filer, child, number, needs);
        return;
    default:
        break;
    }
    best = cheapest(filer, node);
    for (const uint32_t *child = first_child(node); child < match_end(node); child = next_child(node, child))
        if (child != best)
            need_node(filer, child, &needs, NULL);
    file_node(filer, best, number, needs);
}

/* Phrases are looked for by their rarest words, which come first from here on. */

/* Moves it before those that begin at `first`. */
static void put_first(uint32_t *first, const uint32_t *word) {
    size_t before = (size_t)(word - first), units = (size_t)(match_end(word) - word);
    if (before == 0)
        return;
    uint32_t *kept = xmalloc(units * sizeof *kept);
    memcpy(kept, word, units * sizeof *kept);
    memmove(first + units, first, before * sizeof *first);
    memcpy(first, kept, units * sizeof *first);
    free(kept);
}

static void choose_rarest(const struct filer *filer, uint32_t *phrase) {
    struct match_phrase_head head = match_phrase_head(phrase);
    uint64_t least = NEVER_FILED;
    uint32_t number = 0;
    const uint32_t *rarest = first_word(phrase);
    for (const uint32_t *word = rarest; word < match_end(phrase); word = match_end(word)) {
        uint64_t cost = word_cost(filer, word);
        if (cost < least) {
            least = cost;
            head.rarest = number & UINT16_MAX;
            rarest = word;
        }
        number++;
    }
    memcpy(phrase + 1, &head, sizeof head);
    put_first(phrase + MATCH_PHRASE_HEAD, rarest);
}

/* When all is filed, the hashes of words are what documents have: 32 bits. */
static void settle_words(const struct filer *filer, uint32_t *node) {
    for (const uint32_t *word = first_word(node); word < match_end(node); word = match_end(word))
        for (const uint32_t *at = word + 1; at < match_end(word); at = match_spelling_next(at))
            node[at + 1 - node] = (uint32_t)hash_of(filer, at);
}

static void settle(const struct filer *filer, uint32_t *node) {
    switch (match_op(node)) {
    case MATCH_PHRASE:
        choose_rarest(filer, node);
        settle_words(filer, node);
        return;
    case MATCH_WORD:
    case MATCH_WINDOW:
        settle_words(filer, node);
        return;
    case MATCH_ENTITY: /* its words are for filing */
    case MATCH_PREDICATE:
        return;
    default:
        break;
    }
    for (const uint32_t *child = first_child(node); child < match_end(node); child = next_child(node, child))
        settle(filer, node + (child - node));
}

static void file_program(struct filer *filer, uint32_t number) {
    struct match_index *index = filer->index;
    uint32_t *node = index->code + index->programs[number] + MATCH_ENTRY;
    if (cost(filer, node) == NEVER_FILED) {
        match_room(&index->always, &filer->always_cap, index->always_count + 1, sizeof *index->always);
        index->always[index->always_count++] = number;
    } else {
        file_node(filer, node, number, NO_NEEDS);
    }
    settle(filer, node);
}

/* What was filed by its number is called up by its place. */
static void place_programs(struct filer *filer) {
    const struct match_index *index = filer->index;
    for (size_t i = 0; i < filer->filed_count; i++)
        filer->filed[i].posting.program = index->programs[filer->filed[i].posting.program];
    for (size_t i = 0; i < index->always_count; i++)
        index->always[i] = index->programs[index->always[i]];
}

/* The dictionary. */

static size_t power_of_two(size_t least) {
    size_t size = 16;
    while (size < least)
        size *= 2;
    return size;
}

static struct match_anchor *anchor_of(struct match_index *index, uint64_t hash) {
    for (size_t i = match_anchor_slot(index, hash);; i = (i + 1) & index->anchor_mask)
        if (index->anchors[i].count == 0 || index->anchors[i].hash == hash)
            return &index->anchors[i];
}

static size_t count_anchors(struct match_index *index, const struct filer *filer) {
    size_t anchors = 0;
    for (size_t i = 0; i < filer->filed_count; i++) {
        struct match_anchor *anchor = anchor_of(index, filer->filed[i].hash);
        anchors += anchor->count == 0;
        anchor->hash = filer->filed[i].hash;
        anchor->count++;
    }
    return anchors;
}

static void order_postings(struct match_index *index, const struct filer *filer) {
    uint32_t first = 0;
    index->posting_count = filer->filed_count;
    index->postings = match_pages((filer->filed_count + 1) * sizeof *index->postings);
    for (size_t i = 0; i <= index->anchor_mask; i++) {
        index->anchors[i].first = first;
        first += index->anchors[i].count;
    }
    for (size_t i = 0; i < filer->filed_count; i++)
        index->postings[anchor_of(index, filer->filed[i].hash)->first++] = filer->filed[i].posting;
    for (size_t i = 0; i <= index->anchor_mask; i++)
        index->anchors[i].first -= index->anchors[i].count;
}

static void make_dictionary(struct match_index *index, const struct filer *filer) {
    enum { BITS_AN_ANCHOR = 16, LEAST_BITS = 1 << 17 };
    size_t slots = power_of_two(2 * filer->filed_count);
    index->anchors = match_pages(slots * sizeof *index->anchors);
    index->anchor_mask = slots - 1;
    size_t anchors = count_anchors(index, filer);
    if (2 * anchors < slots / 2) { /* few words, many queries each */
        free(index->anchors);
        slots = power_of_two(2 * anchors);
        index->anchors = match_pages(slots * sizeof *index->anchors);
        index->anchor_mask = slots - 1;
        count_anchors(index, filer);
    }
    order_postings(index, filer);
    size_t bits = power_of_two(BITS_AN_ANCHOR * anchors + LEAST_BITS);
    index->filter = xcalloc(bits / 64, sizeof *index->filter);
    index->filter_mask = bits - 1;
    for (size_t i = 0; i < slots; i++) {
        size_t bit = match_filter_bit(index, index->anchors[i].hash);
        if (index->anchors[i].count)
            index->filter[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

void match_file(struct match_index *index, const struct match_sample *sample) {
    struct filer filer = {.index = index, .sample = sample};
    for (uint32_t i = 0; i < index->program_count; i++)
        file_program(&filer, i);
    free(index->hashes);
    index->hashes = NULL;
    match_flatten(index);
    place_programs(&filer);
    make_dictionary(index, &filer);
    free(filer.filed);
}
