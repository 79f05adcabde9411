/* import_near: NEAR takes words and OR groups of them; the tools take more. What is more is written out with
 * AND: a NEAR beside a NEAR becomes both, the second with any word of the first. That finds whatever was
 * asked for, and sometimes more (tests/common/test_import_near.c). */
#include "import_tree.h"

enum { NODES_MAX = 20000 };

static bool is_plain(const struct import_node *node) {
    bool plain = node->kind == IMPORT_ANY;
    if (node->kind == IMPORT_LEAF)
        return node->placed;
    for (const struct import_node *child = node->first; plain && child; child = child->next)
        plain = child->kind == IMPORT_LEAF && child->placed;
    return plain;
}

static struct import_node *copy(struct import_work *work, const struct import_node *node) {
    struct import_node *out = import_node_new(work, node->kind, node->start, node->end);
    struct import_node *next = NULL;
    *out = *node;
    out->first = out->last = out->next = NULL;
    for (const struct import_node *child = node->first; child; child = child->next) {
        next = copy(work, child);
        if (out->first)
            out->last->next = next;
        else
            out->first = next;
        out->last = next;
    }
    return out;
}

struct near {
    int distance;
    bool ordered, turned; /* turned: the second stands first */
};

static struct import_node *pair(struct import_work *work, struct import_node *a, struct import_node *b,
                                struct near near);

static void collect_words(struct import_work *work, const struct import_node *node, struct import_node *any) {
    if (node->kind == IMPORT_LEAF && node->placed && !import_has(any, node))
        import_adopt(any, copy(work, node));
    for (const struct import_node *child = node->first; child && node->kind != IMPORT_NONE;
         child = child->next)
        collect_words(work, child, any);
}

/* All the words in it, as one OR. NULL: there are none. */
static struct import_node *words_of(struct import_work *work, const struct import_node *node) {
    struct import_node *any = import_node_new(work, IMPORT_ANY, node->start, node->end);
    collect_words(work, node, any);
    return !any->first ? NULL : any->first == any->last ? any->first : any;
}

/* An OR near b: the words together, what is more than words each for itself. */
static struct import_node *pair_any(struct import_work *work, struct import_node *any, struct import_node *b,
                                    struct near near) {
    struct import_node *out = import_node_new(work, IMPORT_ANY, any->start, b->end);
    struct import_node *words = import_node_new(work, IMPORT_ANY, any->start, any->end), *next;
    for (struct import_node *child = any->first; child; child = next) {
        next = child->next;
        child->next = NULL;
        if (child->kind == IMPORT_LEAF && child->placed) {
            import_adopt(words, child);
            continue;
        }
        struct import_node *one = pair(work, child, copy(work, b), near);
        if (!one)
            return NULL;
        import_adopt(out, one);
    }
    if (words->first) {
        struct import_node *plain = words->first == words->last ? words->first : words;
        struct import_node *one = pair(work, plain, b, near);
        if (!one)
            return NULL;
        import_adopt(out, one);
    }
    return out->first == out->last ? out->first : out;
}

/* An AND near b: each part that is words near it, the rest as it was. */
static struct import_node *pair_all(struct import_work *work, struct import_node *all, struct import_node *b,
                                    struct near near) {
    struct import_node *out = import_node_new(work, IMPORT_ALL, all->start, b->end), *next;
    bool used = false;
    out->spread = true;
    for (struct import_node *child = all->first; child; child = next) {
        next = child->next;
        child->next = NULL;
        bool beside = child->kind != IMPORT_NONE && (child->kind != IMPORT_LEAF || child->placed);
        struct import_node *one = beside ? pair(work, child, copy(work, b), near) : child;
        if (!one)
            return NULL;
        used = used || beside;
        import_adopt(out, one);
    }
    if (!used)
        import_adopt(out, b);
    return out;
}

/* a is no plain operand of NEAR. */
static struct import_node *pair_rest(struct import_work *work, struct import_node *a, struct import_node *b,
                                     struct near near) {
    struct import_node *out = import_node_new(work, IMPORT_ALL, a->start, b->end), *words;
    out->spread = true;
    switch (a->kind == IMPORT_ALL && a->spread ? IMPORT_CHAIN : a->kind) {
    case IMPORT_ANY:
        return pair_any(work, a, b, near);
    case IMPORT_ALL:
        return pair_all(work, a, b, near);
    case IMPORT_NONE: /* b, but not near a */
        import_adopt(out, copy(work, b));
        words = pair(work, a->first, b, near);
        if (!words)
            return NULL;
        a->first = a->last = NULL;
        import_adopt(a, words);
        import_adopt(out, a);
        return out;
    case IMPORT_CHAIN:
        words = words_of(work, a);
        words = words ? pair(work, words, b, near) : b;
        if (!words)
            return NULL;
        import_adopt(out, a);
        import_adopt(out, words);
        return out;
    default: /* a field, or words in the title: it has no place in the text */
        import_adopt(out, a);
        import_adopt(out, b);
        return out;
    }
}

static struct import_node *pair(struct import_work *work, struct import_node *a, struct import_node *b,
                                struct near near) {
    ASSERT(a && b);
    if (work->node_count > NODES_MAX)
        return import_fail(work, a->start,
                           "the groups beside NEAR are too large to be written out: bring it between words");
    a->next = b->next = NULL;
    if (!is_plain(a))
        return pair_rest(work, a, b, near);
    if (!is_plain(b)) {
        near.turned = !near.turned;
        return pair_rest(work, b, a, near);
    }
    struct import_node *out = import_node_new(work, IMPORT_CHAIN, near.turned ? b->start : a->start, a->end);
    a->distance = b->distance = near.distance;
    a->ordered = b->ordered = near.ordered;
    import_adopt(out, near.turned ? b : a);
    import_adopt(out, near.turned ? a : b);
    return out;
}

/* What its operands are that is more than words; NULL: nothing. */
static const char *beyond_words(const struct import_node *node) {
    static const char *const NAMES[] = {
        [IMPORT_LEAF] = "a field", [IMPORT_TITLE] = "title:", [IMPORT_CHAIN] = "another NEAR",
        [IMPORT_ALL] = "AND",      [IMPORT_NONE] = "NOT",
    };
    if (is_plain(node))
        return NULL;
    if (node->kind != IMPORT_ANY)
        return node->spread ? NAMES[IMPORT_CHAIN] : NAMES[node->kind];
    for (const struct import_node *child = node->first; child; child = child->next)
        if (beyond_words(child))
            return beyond_words(child);
    return NULL;
}

static void note_spread(struct import_work *work, const struct import_node *chain, const char *beyond,
                        bool negative) {
    if (strcmp(beyond, "NOT") == 0)
        import_note_add(work, chain->start, chain->end, IMPORT_CHANGED,
                        "NOT beside NEAR: read as words that are not near what it excludes");
    else
        import_note_add(
            work, chain->start, chain->end, negative ? IMPORT_NARROWED : IMPORT_WIDENED,
            "NEAR stands between words and OR groups of them, and here beside %s: written out with "
            "AND, so that the parts need not be near each other at one place",
            beyond);
}

static struct import_node *spread_chain(struct import_work *work, struct import_node *chain, bool negative) {
    const char *beyond = NULL;
    for (struct import_node *child = chain->first; child; child = child->next)
        beyond = beyond ? beyond : beyond_words(child);
    if (!beyond)
        return chain;
    note_spread(work, chain, beyond, negative);
    struct import_node *out = import_node_new(work, IMPORT_ALL, chain->start, chain->end), *next;
    out->spread = true;
    for (struct import_node *child = chain->first; child; child = next) {
        next = child->next;
        if (!next)
            break;
        bool last = !next->next; /* pair() links what it is given anew */
        struct import_node *right = last ? next : copy(work, next);
        struct near near = {.distance = child->distance, .ordered = child->ordered};
        struct import_node *one = pair(work, child, right, near);
        next = last ? NULL : next;
        if (!one)
            return NULL;
        import_adopt(out, one);
    }
    return out->first == out->last ? out->first : out;
}

struct import_node *import_spread(struct import_work *work, struct import_node *node, bool negative) {
    if (node->kind == IMPORT_LEAF)
        return node;
    struct import_node *next, *child = node->first;
    node->first = node->last = NULL;
    for (; child; child = next) {
        next = child->next;
        child->next = NULL;
        int distance = child->distance;
        bool ordered = child->ordered;
        child = import_spread(work, child, node->kind == IMPORT_NONE ? !negative : negative);
        if (!child)
            return NULL;
        child->distance = distance;
        child->ordered = ordered;
        import_adopt(node, child);
    }
    return node->kind == IMPORT_CHAIN ? spread_chain(work, node, negative) : node;
}
