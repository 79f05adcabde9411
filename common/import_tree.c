/* import_tree: the leaves go through the language's own parser, one by one, so that nobody here has to know
 * what it takes. What leaving a part out does to the result depends on where it stood: fewer conditions of
 * an AND find more, fewer branches of an OR less, and under a NOT it is the other way round. */
#include "import_tree.h"

#include "query_lex.h"
#include "query_tree.h"

#include <stdarg.h>
#include <stdio.h>

struct import_node *import_fail(struct import_work *work, size_t byte, const char *format, ...) {
    if (work->failed)
        return NULL;
    va_list args;
    va_start(args, format);
    query_error_fill(work->error, byte, format, args);
    va_end(args);
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
bool import_has(const struct import_node *node, const struct import_node *child) {
    const struct import_node *other =
        node->kind == IMPORT_ANY && child->kind == IMPORT_LEAF ? node->first : NULL;
    while (other && !(other->kind == IMPORT_LEAF && span_eq(other->text, child->text)))
        other = other->next;
    return other;
}

static struct import_node *reduced(struct import_work *work, struct import_node *node, bool negative);

/* Reduces child, which keeps its place in a NEAR, though one branch alone may be left of an OR. */
static struct import_node *reduced_child(struct import_work *work, struct import_node *child, bool negative) {
    int distance = child->distance;
    bool ordered = child->ordered;
    child->next = NULL;
    child = reduced(work, child, negative);
    child->distance = distance;
    child->ordered = ordered;
    return child;
}

/* A NEAR falls apart where an operand is lost: what stands on both sides of it need not be near each other.
 */
static struct import_node *reduced_chain(struct import_work *work, struct import_node *node, bool negative) {
    struct import_node *all = import_node_new(work, IMPORT_ALL, node->start, node->end);
    struct import_node *run = NULL, *lost = NULL, *next;
    all->spread = true;
    for (struct import_node *child = node->first; child; child = next) {
        next = child->next;
        child = reduced_child(work, child, negative);
        if (child->kind == IMPORT_LOST) {
            child->next = lost;
            lost = child;
        } else {
            if (!run)
                run = import_node_new(work, IMPORT_CHAIN, child->start, child->end);
            import_adopt(run, child);
        }
        if (run && (child->kind == IMPORT_LOST || !next)) {
            import_adopt(all, run->first == run->last ? run->first : run);
            run = NULL;
        }
    }
    if (!all->first)
        return lose(node, lost);
    for (; lost; lost = lost->next)
        settle(work, lost, negative ? IMPORT_LESS : IMPORT_MORE);
    return all->first == all->last ? all->first : all;
}

static struct import_node *reduced(struct import_work *work, struct import_node *node, bool negative) {
    if (node->kind == IMPORT_LEAF || node->kind == IMPORT_LOST)
        return node;
    if (node->kind == IMPORT_CHAIN)
        return reduced_chain(work, node, negative);
    bool inside = node->kind == IMPORT_NONE ? !negative : negative;
    enum import_effect effect = (node->kind == IMPORT_ANY) == negative ? IMPORT_MORE : IMPORT_LESS;
    struct import_node *lost = NULL, *next, *child = node->first;
    node->first = node->last = NULL;
    for (; child; child = next) {
        next = child->next;
        child = reduced_child(work, child, inside);
        if (child->kind == IMPORT_LOST) {
            child->next = lost;
            lost = child;
        } else if (!import_has(node, child)) {
            import_adopt(node, child);
        }
    }
    if (!node->first)
        return lose(node, lost);
    for (; lost; lost = lost->next)
        settle(work, lost, effect);
    bool joins = node->kind == IMPORT_ALL || node->kind == IMPORT_ANY;
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
