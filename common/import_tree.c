/* import_tree: the leaves go through the language's own parser, one by one, so that nobody here has to know
 * what it takes. What leaving a part out does to the result depends on where it stood: fewer conditions of
 * an AND find more, fewer branches of an OR less, and under a NOT it is the other way round. */
#include "import_tree.h"

#include "query_lex.h"
#include "query_tree.h"

#include <stdarg.h>
#include <stdio.h>

enum { NODES_MAX = 20000 };

struct import_node *import_fail(struct import_work *work, size_t byte, const char *format, ...) {
    if (work->failed)
        return NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(work->error->text, sizeof work->error->text, format, args);
    va_end(args);
    work->error->byte = byte;
    work->failed = true;
    return NULL;
}

struct import_note *import_note_add(struct import_work *work, size_t start, size_t end,
                                    enum import_severity severity, const char *format, ...) {
    static const enum import_effect EFFECTS[] = {
        [IMPORT_CHANGED] = IMPORT_OTHER,
        [IMPORT_WIDENED] = IMPORT_MORE,
        [IMPORT_NARROWED] = IMPORT_LESS,
        [IMPORT_LEFT_OUT] = IMPORT_OTHER,
    };
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct import_note *note = arena_calloc(work->arena, 1, sizeof *note);
    note->finding = (struct import_finding){.byte = start, .end = end, .severity = severity};
    note->finding.effect = EFFECTS[severity];
    note->finding.text = arena_printf(work->arena, "%s", text);
    *work->notes_end = note;
    work->notes_end = &note->next;
    work->note_count++;
    return note;
}

const char *import_shown(struct import_work *work, size_t start, size_t end) {
    struct excerpt shown = lexer_excerpt((struct span){work->source.ptr + start, end - start});
    return arena_printf(work->arena, "%s", shown.text);
}

/* Building. */

struct import_node *import_node_new(struct import_work *work, enum import_kind kind, size_t start,
                                    size_t end) {
    struct import_node *node = arena_calloc(work->arena, 1, sizeof *node);
    node->kind = kind;
    node->start = start;
    node->end = end;
    work->node_count++;
    return node;
}

void import_adopt(struct import_node *node, struct import_node *child) {
    struct import_node *first = child, *last = child;
    if (child->kind == node->kind && (node->kind == IMPORT_ALL || node->kind == IMPORT_ANY)) {
        first = child->first;
        last = child->last;
    } else {
        child->next = NULL;
    }
    if (node->first)
        node->last->next = first;
    else
        node->first = first;
    node->last = last;
    if (child->start < node->start)
        node->start = child->start;
    if (child->end > node->end)
        node->end = child->end;
}

struct import_node *import_lost(struct import_work *work, size_t start, size_t end, const char *why) {
    struct import_node *node = import_node_new(work, IMPORT_LOST, start, end);
    node->note = import_note_add(work, start, end, IMPORT_LEFT_OUT, "%s", why);
    return node;
}

static bool says_what(const struct query *query) {
    bool all = true, any = false;
    switch (query->kind) {
    case QUERY_FIELD:
        return query->predicate->field == QUERY_AUTHOR || query->predicate->field == QUERY_SITE ||
               query->predicate->field == QUERY_LINK;
    case QUERY_AND:
    case QUERY_OR:
        break;
    default:
        return query->kind != QUERY_NOT;
    }
    for (const struct query *child = query->first; child; child = child->next) {
        all = all && says_what(child);
        any = any || says_what(child);
    }
    return query->kind == QUERY_OR ? all : any;
}

/* As the language prints it, so that the same is the same text. */
static struct span normal(struct import_work *work, const struct query *query) {
    struct buf out;
    bool group = query->kind == QUERY_OR || query->kind == QUERY_NOT || query->kind == QUERY_NEAR;
    buf_init(&out, 2 * QUERY_BYTES_MAX);
    buf_add_str(&out, group ? "(" : "");
    query_print(query, &out);
    buf_add_str(&out, group ? ")" : "");
    struct span text = {arena_copy(work->arena, buf_span(&out)), out.len};
    buf_free(&out);
    return text;
}

/* A word before it makes the parser take what says nothing by itself, such as lang:de. */
struct import_node *import_leaf(struct import_work *work, struct span text, size_t start, size_t end) {
    static const char BEFORE[] = "x AND ";
    struct query_error error;
    arena_reset(work->scratch);
    char *whole = arena_alloc(work->scratch, sizeof BEFORE + text.len);
    memcpy(whole, BEFORE, sizeof BEFORE - 1);
    memcpy(whole + sizeof BEFORE - 1, text.ptr, text.len);
    const struct query *query =
        query_parse((struct span){whole, sizeof BEFORE - 1 + text.len}, work->scratch, &error);
    if (!query)
        return import_lost(work, start, end, error.text);
    const struct query *written = query->first->next;
    struct import_node *node = import_node_new(work, IMPORT_LEAF, start, end);
    node->text =
        written->next ? (struct span){arena_copy(work->arena, text), text.len} : normal(work, written);
    node->placed = !written->next && (written->kind == QUERY_PHRASE || written->kind == QUERY_WINDOW ||
                                      written->kind == QUERY_ENTITY);
    for (; written; written = written->next)
        node->positive = node->positive || says_what(written);
    return node;
}

/* Leaving out. */

/* The findings of all that is lost in node. */
static void settle(struct import_work *work, struct import_node *node, enum import_effect effect) {
    for (struct import_node *child = node->first; child; child = child->next)
        settle(work, child, effect);
    if (node->kind != IMPORT_LOST || !node->note)
        return;
    struct import_finding *finding = &node->note->finding;
    finding->effect = effect;
    finding->text = arena_printf(work->arena, "%s (left out: the alert finds %s)", finding->text,
                                 effect == IMPORT_MORE ? "more" : "less");
}

/* Lost as a whole: where it is left out decides what its findings say. */
static struct import_node *lose(struct import_node *node, struct import_node *lost) {
    node->kind = IMPORT_LOST;
    node->note = NULL;
    node->first = lost;
    return node;
}

/* An OR need not say the same twice: names with and without a hyphen often are the same. */
static bool has_already(const struct import_node *node, const struct import_node *child) {
    const struct import_node *other =
        node->kind == IMPORT_ANY && child->kind == IMPORT_LEAF ? node->first : NULL;
    while (other && !(other->kind == IMPORT_LEAF && span_eq(other->text, child->text)))
        other = other->next;
    return other;
}

static struct import_node *reduced(struct import_work *work, struct import_node *node, bool negative) {
    if (node->kind == IMPORT_LEAF || node->kind == IMPORT_LOST)
        return node;
    bool inside = node->kind == IMPORT_NONE ? !negative : negative;
    enum import_effect effect = (node->kind == IMPORT_ANY) == negative ? IMPORT_MORE : IMPORT_LESS;
    struct import_node *lost = NULL, *next, *child = node->first;
    node->first = node->last = NULL;
    for (; child; child = next) {
        next = child->next;
        child->next = NULL;
        child = reduced(work, child, inside);
        if (child->kind == IMPORT_LOST) {
            child->next = lost;
            lost = child;
        } else if (!has_already(node, child)) {
            import_adopt(node, child);
        }
    }
    if (!node->first)
        return lose(node, lost);
    for (; lost; lost = lost->next)
        settle(work, lost, effect);
    bool joins = node->kind == IMPORT_ALL || node->kind == IMPORT_ANY || node->kind == IMPORT_CHAIN;
    if (joins && node->first == node->last)
        return node->first;
    if (node->kind == IMPORT_NONE && node->first->kind == IMPORT_NONE)
        return node->first->first;
    return node;
}

struct import_node *import_reduce(struct import_work *work, struct import_node *node, bool negative) {
    struct import_node *out = reduced(work, node, negative);
    return out->kind == IMPORT_LOST ? NULL : out;
}

static bool is_positive(const struct import_node *node) {
    bool all = true, any = false;
    switch (node->kind) {
    case IMPORT_LEAF:
        return node->positive;
    case IMPORT_NONE:
        return false;
    case IMPORT_TITLE:
        return is_positive(node->first);
    case IMPORT_CHAIN:
        return true;
    default:
        break;
    }
    for (const struct import_node *child = node->first; child; child = child->next) {
        all = all && is_positive(child);
        any = any || is_positive(child);
    }
    return node->kind == IMPORT_ANY ? all : any;
}

static struct import_node *mended(struct import_work *work, struct import_node *node);

/* An OR without the branches that say nothing. */
static struct import_node *mended_any(struct import_work *work, struct import_node *node) {
    struct import_node *next, *child = node->first;
    node->first = node->last = NULL;
    for (; child; child = next) {
        next = child->next;
        child->next = NULL;
        struct import_node *good = is_positive(child) ? child : mended(work, child);
        if (good) {
            import_adopt(node, good);
            continue;
        }
        import_note_add(work, child->start, child->end, IMPORT_LEFT_OUT,
                        "`%s` alone would find nearly everything, and every branch of an OR must say what to "
                        "find (left out: the alert finds less)",
                        import_shown(work, child->start, child->end))
            ->finding.effect = IMPORT_LESS;
    }
    return !node->first ? NULL : node->first == node->last ? node->first : node;
}

/* The same so that it says what to find; NULL: it cannot. */
static struct import_node *mended(struct import_work *work, struct import_node *node) {
    if (node->kind == IMPORT_ANY)
        return mended_any(work, node);
    if (node->kind != IMPORT_ALL)
        return NULL;
    struct import_node *next, *child = node->first;
    bool found = false;
    node->first = node->last = NULL;
    for (; child; child = next) {
        next = child->next;
        child->next = NULL;
        bool some = false; /* of its branches says something */
        for (struct import_node *branch = child->first; branch; branch = branch->next)
            some = some || is_positive(branch);
        struct import_node *good = !found && some && child->kind == IMPORT_ANY ? mended(work, child) : NULL;
        found = found || good;
        import_adopt(node, good ? good : child);
    }
    return found ? node : NULL;
}

struct import_node *import_positive(struct import_work *work, struct import_node *node) {
    struct import_node *out = is_positive(node) ? node : mended(work, node);
    return out ? out
               : import_fail(
                     work, node->start,
                     "what is left says only what not to find, or in which language, place or kind of "
                     "post: an alert needs a word, an author, a site or a link");
}

/* NEAR. */

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
    if (node->kind == IMPORT_LEAF && node->placed)
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
    switch (a->kind) {
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
        return NAMES[node->kind];
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
    for (struct import_node *child = chain->first; child && child->next; child = next) {
        next = child->next;
        struct import_node *right = next->next ? copy(work, next) : next;
        struct near near = {.distance = child->distance, .ordered = child->ordered};
        struct import_node *one = pair(work, child, right, near);
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

/* Printing. */

static int strength(const struct import_node *node) {
    static const int STRENGTHS[] = {
        [IMPORT_LEAF] = 4, [IMPORT_LOST] = 4, [IMPORT_TITLE] = 4, [IMPORT_CHAIN] = 2,
        [IMPORT_ALL] = 1,  [IMPORT_ANY] = 0,  [IMPORT_NONE] = 3,
    };
    return STRENGTHS[node->kind];
}

static void print_child(const struct import_node *child, int least, struct buf *out) {
    bool weaker = strength(child) < least;
    buf_add_str(out, weaker ? "(" : "");
    import_print(child, out);
    buf_add_str(out, weaker ? ")" : "");
}

void import_print(const struct import_node *node, struct buf *out) {
    static const int LEAST[] = {
        [IMPORT_TITLE] = 5, [IMPORT_CHAIN] = 4, [IMPORT_ALL] = 1, [IMPORT_ANY] = 0, [IMPORT_NONE] = 3};
    if (node->kind == IMPORT_LEAF) {
        buf_add_span(out, node->text);
        return;
    }
    buf_add_str(out, node->kind == IMPORT_TITLE ? "title:" : node->kind == IMPORT_NONE ? "NOT " : "");
    for (const struct import_node *child = node->first; child; child = child->next) {
        print_child(child, LEAST[node->kind], out);
        if (!child->next)
            break;
        if (node->kind == IMPORT_CHAIN)
            buf_printf(out, " %sNEAR/%d ", child->ordered ? "O" : "", child->distance);
        else
            buf_add_str(out, node->kind == IMPORT_ALL ? " AND " : " OR ");
    }
}
