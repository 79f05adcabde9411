/* match_flat: a program is written anew as it is run, when it is filed and its phrases know their rarest
 * words: all that are words and phrases as CLAUSES, in one loop instead of a tree. */
#include "match_parts.h"

#include <stdlib.h>

static void copy(struct match_index *index, const uint32_t *from, const uint32_t *end) {
    if (from < end)
        memcpy(match_put(index, (size_t)(end - from)), from, (size_t)(end - from) * sizeof *from);
}

/* Clauses. */

enum { WORDS_MAX = UINT8_MAX, UNITS_MAX = UINT16_MAX };

static bool is_clause(const uint32_t *node) {
    if (match_op(node) == MATCH_WORD)
        return match_end(node) - node < UNITS_MAX;
    if (match_op(node) == MATCH_PHRASE) {
        const struct match_phrase_head head = match_phrase_head(node);
        const struct match_spelling rarest = match_spelling(node + MATCH_PHRASE_HEAD + 1);
        /* places of one spelling are in their order, of two they are not */
        return rarest.last && rarest.space != MATCH_SPACE_PATTERN && head.words <= WORDS_MAX &&
               match_end(node) - node < UNITS_MAX;
    }
    if (match_op(node) != MATCH_OR)
        return false;
    for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child))
        if (!is_clause(child))
            return false;
    return true;
}

/* A spelling, and of a phrase the nodes behind its word's; where it is. */
static size_t put_term(struct match_index *index, const uint32_t *spelling, struct match_phrase_head head,
                       const uint32_t *others, const uint32_t *end) {
    size_t at = index->code_count;
    struct match_term term = {.spelling = match_spelling(spelling),
                              .hash = match_spelling_hash(spelling),
                              .words = head.words & 0xFFu,
                              .rarest = head.rarest & 0xFFu};
    (void)match_put(index, MATCH_TERM);
    copy(index, spelling + MATCH_SPELLING_HEAD, match_spelling_next(spelling));
    copy(index, others, end);
    term.units = (index->code_count - at) & 0xFFFFu;
    term.spelling.last = false;
    memcpy(index->code + at, &term, sizeof term);
    return at;
}

/* Where its last term is. */
static size_t put_terms(struct match_index *index, const uint32_t *node) {
    const struct match_phrase_head alone = {.words = 1};
    const uint32_t *end = match_end(node), *rarest = node + MATCH_PHRASE_HEAD;
    size_t last = 0;
    if (match_op(node) == MATCH_PHRASE)
        return put_term(index, rarest + 1, match_phrase_head(node), match_end(rarest), end);
    if (match_op(node) == MATCH_WORD)
        for (const uint32_t *at = node + 1; at < end; at = match_spelling_next(at))
            last = put_term(index, at, alone, end, end);
    else
        for (const uint32_t *child = node + 1; child < end; child = match_end(child))
            last = put_terms(index, child);
    return last;
}

/* The tree. */

static const uint32_t *without_not(const uint32_t *node) {
    return match_op(node) == MATCH_NOT ? node + 1 : node;
}

static bool is_flat(const uint32_t *node) {
    return is_clause(without_not(node));
}

static void put_clause(struct match_index *index, const uint32_t *node) {
    size_t at = put_terms(index, without_not(node));
    struct match_term last = match_term(index->code + at);
    last.spelling.last = true;
    last.spelling.negated = match_op(node) == MATCH_NOT;
    memcpy(index->code + at, &last, sizeof last);
}

static void put_node(struct match_index *index, const uint32_t *node);

/* Clauses first: they are what is soon found out. */
static void put_all(struct match_index *index, const uint32_t *node) {
    const uint32_t *end = match_end(node);
    size_t flat = 0, others = 0, all = 0, clauses = 0;
    for (const uint32_t *child = node + 1; child < end; child = match_end(child))
        if (is_flat(child))
            flat++;
        else
            others++;
    if (others > 0)
        all = match_begin(index, MATCH_AND);
    if (flat > 0)
        clauses = match_begin(index, MATCH_CLAUSES);
    for (const uint32_t *child = node + 1; child < end; child = match_end(child))
        if (is_flat(child))
            put_clause(index, child);
    if (flat > 0)
        match_finish(index, clauses);
    for (const uint32_t *child = node + 1; child < end; child = match_end(child))
        if (!is_flat(child))
            put_node(index, child);
    if (others > 0)
        match_finish(index, all);
}

static void put_node(struct match_index *index, const uint32_t *node) {
    size_t begun;
    if (is_flat(node)) {
        begun = match_begin(index, MATCH_CLAUSES);
        put_clause(index, node);
        match_finish(index, begun);
        return;
    }
    switch (match_op(node)) {
    case MATCH_AND:
        put_all(index, node);
        return;
    case MATCH_OR:
    case MATCH_NOT:
        begun = match_begin(index, match_op(node));
        for (const uint32_t *child = node + 1; child < match_end(node); child = match_end(child))
            put_node(index, child);
        match_finish(index, begun);
        return;
    case MATCH_SCOPE:
    case MATCH_SILENT:
        begun = match_begin(index, match_op(node));
        copy(index, node + 1, node + 2);
        put_node(index, node + 2);
        match_finish(index, begun);
        return;
    default: /* its words are looked for place by place */
        copy(index, node, match_end(node));
        return;
    }
}

/* It is not written any more. */
static void settle_code(struct match_index *index) {
    uint32_t *code = match_pages((index->code_count + 1) * sizeof *code);
    if (index->code_count)
        memcpy(code, index->code, index->code_count * sizeof *code);
    free(index->code);
    index->code = code;
    index->code_cap = index->code_count + 1;
}

void match_flatten(struct match_index *index) {
    uint32_t *trees = index->code;
    index->code = NULL;
    index->code_count = index->code_cap = 0;
    (void)match_put(index, MATCH_LINE); /* MATCH_NO_PROGRAM */
    for (size_t i = 0; i < index->program_count; i++) {
        const uint32_t *tree = trees + index->programs[i];
        size_t program = (index->code_count + MATCH_LINE - 1) / MATCH_LINE * MATCH_LINE;
        ASSERT(program < INT32_MAX);
        (void)match_put(index, program - index->code_count);
        index->programs[i] = (uint32_t)program;
        copy(index, tree, tree + MATCH_ENTRY);
        put_node(index, tree + MATCH_ENTRY);
    }
    free(trees);
    settle_code(index);
}
