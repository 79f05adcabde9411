/* literals: the choice is the one that an engine with an index makes: of an AND the cheapest part, of an OR
 * all. A phrase is looked for as a whole: by its rarest word alone it cost twice as much. */
#include "literals.h"

#include <stdlib.h>

struct choice {
    struct literals *literals;
    const struct evaluator *evaluator;
    struct arena *arena;
    struct literal_use use;
};

/* A phrase is rarer than its rarest word, by about this. */
enum { PHRASE_RARER = 8 };

static double words_cost(const struct choice *choice, const struct neutral *query) {
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < query->count; i++) {
        uint32_t frequency = evaluator_frequency(choice->evaluator, query->terms[i]);
        least = frequency < least ? frequency : least;
    }
    bool whole = query->kind == NEUTRAL_PHRASE && query->count > 1;
    return ((double)least + 0.1) / (whole ? PHRASE_RARER : 1);
}

/* Below 0: it cannot be looked for. */
static double cost_of(const struct choice *choice, const struct neutral *query) {
    double least = -1, sum = 0;
    if (query->words)
        return words_cost(choice, query);
    if (query->kind == NEUTRAL_NOT)
        return -1;
    for (uint32_t i = 0; i < query->count; i++) {
        double cost = cost_of(choice, query->parts[i]);
        if (cost >= 0 && (least < 0 || cost < least))
            least = cost;
        sum = cost < 0 || sum < 0 ? -1 : sum + cost;
    }
    return query->kind == NEUTRAL_AND ? least : sum;
}

static void add(struct literals *literals, struct span text, struct literal_use use) {
    if (literals->count == literals->cap) {
        literals->cap = literals->cap * 2 + 1024;
        literals->items = xrealloc(literals->items, literals->cap * sizeof *literals->items);
    }
    struct literal_use *uses = xmalloc(sizeof *uses);
    *uses = use;
    literals->items[literals->count++] =
        (struct literal){.text = text, .uses = uses, .use_count = 1, .use_cap = 1};
}

static struct span spaced(const struct span *words, uint32_t count, struct arena *arena) {
    size_t len = 1;
    for (uint32_t i = 0; i < count; i++)
        len += words[i].len + 1;
    char *text = arena_alloc(arena, len), *at = text;
    *at++ = ' ';
    for (uint32_t i = 0; i < count; i++) {
        memcpy(at, words[i].ptr, words[i].len);
        at += words[i].len;
        *at++ = ' ';
    }
    return (struct span){text, len};
}

static void choose_words(const struct choice *choice, const struct neutral *query) {
    uint32_t rarest = 0;
    if (query->kind == NEUTRAL_PHRASE) {
        add(choice->literals, spaced(query->words, query->count, choice->arena), choice->use);
        return;
    }
    for (uint32_t i = 1; i < query->count; i++)
        if (evaluator_frequency(choice->evaluator, query->terms[i]) <
            evaluator_frequency(choice->evaluator, query->terms[rarest]))
            rarest = i;
    add(choice->literals, spaced(&query->words[rarest], 1, choice->arena), choice->use);
}

static void choose(const struct choice *choice, const struct neutral *query) {
    const struct neutral *best = NULL;
    double least = 0;
    if (query->words) {
        choose_words(choice, query);
        return;
    }
    for (uint32_t i = 0; i < query->count; i++) {
        const struct neutral *part = query->parts[i];
        if (query->kind == NEUTRAL_OR) {
            choose(choice, part);
            continue;
        }
        double cost = cost_of(choice, part);
        if (cost >= 0 && (!best || cost < least)) {
            least = cost;
            best = part;
        }
    }
    if (query->kind == NEUTRAL_AND) {
        ASSERT(best);
        choose(choice, best);
    }
}

static bool decides(const struct neutral *query) {
    if (query->kind != NEUTRAL_OR)
        return query->kind == NEUTRAL_PHRASE;
    for (uint32_t i = 0; i < query->count; i++)
        if (!decides(query->parts[i]))
            return false;
    return true;
}

/* From the last byte on, so that those with the same end stand together; then by alert. */
static int by_end(const void *a, const void *b) {
    const struct literal *x = a, *y = b;
    size_t len = x->text.len < y->text.len ? x->text.len : y->text.len;
    for (size_t i = 1; i <= len; i++) {
        unsigned char c = (unsigned char)x->text.ptr[x->text.len - i];
        unsigned char d = (unsigned char)y->text.ptr[y->text.len - i];
        if (c != d)
            return (c > d) - (c < d);
    }
    if (x->text.len != y->text.len)
        return (x->text.len > y->text.len) - (x->text.len < y->text.len);
    return (x->uses->alert > y->uses->alert) - (x->uses->alert < y->uses->alert);
}

/* last takes the use of one with the same text. */
static void take_use(struct literal *last, struct literal *same) {
    if (last->use_count == last->use_cap) {
        last->use_cap *= 2;
        last->uses = xrealloc(last->uses, last->use_cap * sizeof *last->uses);
    }
    last->uses[last->use_count++] = same->uses[0];
    free(same->uses);
}

static void merge(struct literals *literals) {
    size_t kept = 0;
    if (literals->count > 1)
        qsort(literals->items, literals->count, sizeof *literals->items, by_end);
    for (size_t i = 0; i < literals->count; i++) {
        struct literal *item = &literals->items[i];
        if (kept > 0 && span_eq(literals->items[kept - 1].text, item->text))
            take_use(&literals->items[kept - 1], item);
        else
            literals->items[kept++] = *item;
    }
    literals->count = kept;
}

void literals_choose(struct literals *literals, struct neutral *const *queries, size_t count,
                     const struct evaluator *evaluator, struct arena *arena) {
    *literals = (struct literals){0};
    for (size_t i = 0; i < count; i++) {
        const struct choice choice = {.literals = literals,
                                      .evaluator = evaluator,
                                      .arena = arena,
                                      .use = {.alert = (uint32_t)i, .decides = decides(queries[i])}};
        choose(&choice, queries[i]);
    }
    merge(literals);
}

void literals_free(struct literals *literals) {
    for (size_t i = 0; i < literals->count; i++)
        free(literals->items[i].uses);
    free(literals->items);
    *literals = (struct literals){0};
}
