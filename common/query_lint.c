/* query_lint: the rules about what a tree means; the slips of writing are query_slips.c. A rule looks at one
 * node, so that a finding is as near to its cause as it can be. */
#include "earshot/query_lint.h"

#include "query_common.h"
#include "query_rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOWN_MAX = 120, TEXT_MAX = 1024, PRINTED_MAX = 1 << 20 };

/* What rules need. */

const char *linter_text(struct linter *linter, const char *format, ...) {
    char text[TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_copy(linter->arena, span_of(text));
}

const char *linter_cut(struct linter *linter, struct span text) {
    size_t len = span_cut(text, SHOWN_MAX).len;
    const char *end = len < text.len ? "…" : "";
    char *copy = arena_alloc(linter->arena, len + sizeof "…");
    for (size_t i = 0; i < len; i++)
        copy[i] = (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? ' ' : text.ptr[i];
    memcpy(copy + len, end, strlen(end) + 1);
    return copy;
}

const char *linter_show(struct linter *linter, const struct query *node) {
    struct buf out;
    buf_init(&out, PRINTED_MAX);
    query_print(node, &out);
    const char *text = linter_cut(linter, buf_span(&out));
    buf_free(&out);
    return text;
}

struct span linter_source(const struct linter *linter, const struct query *node) {
    return (struct span){linter->text.ptr + node->start, node->end - node->start};
}

void linter_add(struct linter *linter, enum query_severity severity, const struct query *node,
                const char *what, const char *instead) {
    linter->cut = linter->count == QUERY_FINDINGS_MAX;
    if (linter->cut)
        return;
    linter->findings[linter->count++] = (struct query_finding){.severity = severity,
                                                               .rule = linter->rule,
                                                               .start = node->start,
                                                               .end = node->end,
                                                               .what = what,
                                                               .instead = instead};
}

bool linter_is_common(const struct linter *linter, const struct query *node) {
    return node->kind == QUERY_PHRASE && node->word_count == 1 && node->words[0].kind == TEXT_WORD &&
           node->words[0].form == QUERY_PLAIN &&
           query_is_common(query_cover_form(linter->cover, &node->words[0]));
}

/* never */

static enum query_severity never_severity(const struct linter *linter) {
    return linter->required ? QUERY_ERROR : QUERY_WARNING;
}

static const char *never_name(const struct linter *linter) {
    return linter->required ? "the query can never match" : "this part can never match";
}

static const struct query *excluding_sibling(const struct query *child) {
    for (const struct query *other = child->next; other; other = other->next)
        if (query_excludes(child, other))
            return other;
    return NULL;
}

static void check_never(struct linter *linter, const struct query *node) {
    if (node->kind != QUERY_AND)
        return;
    for (const struct query *child = node->first; child; child = child->next) {
        const struct query *other = excluding_sibling(child);
        if (child->kind == QUERY_NOT && query_covers(linter->cover, child->first, node))
            linter_add(linter, never_severity(linter), child,
                       linter_text(linter, "%s: `%s` excludes all that the rest finds", never_name(linter),
                                   linter_show(linter, child->first)),
                       NULL);
        else if (other)
            linter_add(
                linter, never_severity(linter), other,
                linter_text(linter, "%s: `%s` and `%s` cannot both be", never_name(linter),
                            linter_show(linter, child), linter_show(linter, other)),
                linter_text(linter, "%s OR %s", linter_show(linter, child), linter_show(linter, other)));
    }
}

/* broad */

/* Finds nearly every text of some language: all that could narrow it is as common. */
static bool is_broad(const struct linter *linter, const struct query *node) {
    bool any = false, all = true;
    if (node->kind == QUERY_TITLE)
        return is_broad(linter, node->first);
    if (node->kind != QUERY_AND && node->kind != QUERY_OR)
        return linter_is_common(linter, node);
    for (const struct query *child = node->first; child; child = child->next) {
        if (child->kind == QUERY_NOT || (child->kind == QUERY_FIELD && node->kind == QUERY_AND))
            continue;
        bool broad = is_broad(linter, child);
        any = any || broad;
        all = all && broad;
    }
    return node->kind == QUERY_OR ? any : any && all;
}

/* What a mention needs no more than, to match: the root, or a branch of it where it is an OR. */
static bool is_branch(const struct linter *linter, const struct query *node) {
    if (node == linter->root)
        return node->kind != QUERY_OR;
    for (const struct query *child = linter->root->kind == QUERY_OR ? linter->root->first : NULL; child;
         child = child->next)
        if (child == node)
            return true;
    return false;
}

static void check_broad(struct linter *linter, const struct query *node) {
    if (is_branch(linter, node) && is_broad(linter, node))
        linter_add(linter, QUERY_WARNING, node,
                   linter_text(linter,
                               "`%s` finds nearly everything: very common words, and nothing beside them",
                               linter_show(linter, node)),
                   "a rarer word beside it, with AND");
    for (const struct query *child = node->kind == QUERY_AND ? node->first : NULL; child;
         child = child->next) {
        if (child->kind == QUERY_NOT && is_broad(linter, child->first))
            linter_add(linter, QUERY_WARNING, child,
                       linter_text(linter, "`%s` excludes nearly everything: very common words",
                                   linter_show(linter, child->first)),
                       NULL);
        else if (child->kind != QUERY_NOT && is_broad(linter, child) && !is_broad(linter, node))
            linter_add(linter, QUERY_NOTE, child,
                       linter_text(linter, "`%s` is in nearly every text: it narrows little",
                                   linter_show(linter, child)),
                       NULL);
    }
}

/* expensive */

/* Characters of a beginning that few words share, and where a character says as much as a syllable. */
enum { RARE_HEAD = 4, RARE_DENSE_HEAD = 2 };

static bool is_rare_word(const struct linter *linter, const struct query_word *word) {
    struct span form = query_cover_form(linter->cover, word), head = {form.ptr, 0};
    while (head.len < form.len && form.ptr[head.len] != '*' && form.ptr[head.len] != '?')
        head.len++;
    if (word->kind != TEXT_WORD)
        return true;
    if (word->form == QUERY_PREFIX || word->form == QUERY_WILDCARD)
        return span_characters(head) >= (text_is_dense(word->text) ? RARE_DENSE_HEAD : RARE_HEAD);
    return !query_is_common(form);
}

/* Letters and digits of which {…} would be found; signs alone are looked for everywhere. */
static bool entity_has_word(struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    return text_next(&cursor, &token);
}

/* Has something rare to be filed under: all branches of an OR, one part of an AND. */
static bool is_anchored(const struct linter *linter, const struct query *node) {
    switch (node->kind) {
    case QUERY_PHRASE:
    case QUERY_WINDOW:
        for (size_t i = 0; i < node->word_count; i++)
            if (is_rare_word(linter, &node->words[i]))
                return true;
        return node->word_count > 1 && text_is_dense(node->words[0].text);
    case QUERY_ENTITY:
        return entity_has_word(node->text);
    case QUERY_FIELD:
    case QUERY_NOT:
        return false;
    case QUERY_OR:
        for (const struct query *child = node->first; child; child = child->next)
            if (!is_anchored(linter, child))
                return false;
        return true;
    default:
        for (const struct query *child = node->first; child; child = child->next)
            if (is_anchored(linter, child))
                return true;
        return false;
    }
}

static const char *cost_of(const struct query *node) {
    switch (node->kind) {
    case QUERY_PHRASE:
    case QUERY_WINDOW:
        if (node->words[0].form == QUERY_PREFIX || node->words[0].form == QUERY_WILDCARD)
            return "so few letters before the wildcard begin very many words";
        return "all of its words are very common";
    case QUERY_ENTITY:
        return "no letter or digit is in it";
    case QUERY_FIELD:
        return "a field alone has no word to be found by";
    default:
        return "none of its parts has a rare word to be found by";
    }
}

static void check_expensive(struct linter *linter, const struct query *node) {
    if (!is_branch(linter, node) || is_anchored(linter, node) || is_broad(linter, node))
        return;
    bool loose = node->kind == QUERY_PHRASE && node->words[0].form != QUERY_PLAIN;
    linter_add(
        linter, loose ? QUERY_NOTE : QUERY_WARNING, node,
        linter_text(linter, "`%s` is tried on every mention: %s", linter_show(linter, node), cost_of(node)),
        loose ? "more letters before the wildcard, or a rarer word beside it, with AND"
              : "a rarer word beside it, with AND");
}

/* redundant */

/* A part of an AND or OR, and itself in normal form. */
struct part {
    const struct query *node;
    const char *text;
    bool twice; /* the same stands before it */
};

static int by_text(const void *a, const void *b) {
    const struct part *x = *(const struct part *const *)a, *y = *(const struct part *const *)b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->node->start > y->node->start) - (x->node->start < y->node->start);
}

/* Long lists have many words, of which some stand twice: these are found by sorting, not by trying all pairs.
 */
static void mark_twice(struct linter *linter, struct part *parts, size_t count) {
    struct part **sorted = arena_calloc(linter->arena, count, sizeof(struct part *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &parts[i];
    qsort(sorted, count, sizeof *sorted, by_text);
    for (size_t i = 1; i < count; i++) {
        sorted[i]->twice = strcmp(sorted[i - 1]->text, sorted[i]->text) == 0;
        if (sorted[i]->twice)
            linter_add(linter, QUERY_NOTE, sorted[i]->node,
                       linter_text(linter, "`%s` stands here twice", linter_show(linter, sorted[i]->node)),
                       "leave it out");
    }
}

/* In an OR the narrow one, in an AND the wide one is not needed; of two that find the same the later one. */
static bool is_needless(struct linter *linter, bool either, const struct query *child,
                        const struct query *other, bool later) {
    if (!query_covers(linter->cover, either ? other : child, either ? child : other))
        return false;
    return later || !query_covers(linter->cover, either ? child : other, either ? other : child);
}

static void say_needless(struct linter *linter, bool either, const struct query *child,
                         const struct query *other) {
    const char *a = linter_show(linter, child), *b = linter_show(linter, other);
    linter_add(linter, QUERY_NOTE, child,
               either ? linter_text(linter, "`%s` finds all that `%s` finds", b, a)
                      : linter_text(linter, "`%s` says it already: where it is, `%s` is", b, a),
               "leave it out");
}

static struct part *parts_of(struct linter *linter, const struct query *node, size_t *count) {
    struct buf out;
    *count = 0;
    for (const struct query *child = node->first; child; child = child->next)
        ++*count;
    struct part *parts = arena_calloc(linter->arena, *count, sizeof *parts);
    buf_init(&out, PRINTED_MAX);
    size_t i = 0;
    for (const struct query *child = node->first; child; child = child->next) {
        buf_clear(&out);
        query_print(child, &out);
        parts[i++] = (struct part){.node = child, .text = arena_copy(linter->arena, buf_span(&out))};
    }
    buf_free(&out);
    return parts;
}

static void check_redundant(struct linter *linter, const struct query *node) {
    bool either = node->kind == QUERY_OR;
    size_t count;
    if (!either && node->kind != QUERY_AND)
        return;
    struct part *parts = parts_of(linter, node, &count);
    mark_twice(linter, parts, count);
    for (size_t i = 0; i < count && !linter->cut; i++) {
        size_t other = 0;
        while (!parts[i].twice && other < count &&
               (other == i || parts[other].twice ||
                !is_needless(linter, either, parts[i].node, parts[other].node, other < i)))
            other++;
        if (!parts[i].twice && other < count)
            say_needless(linter, either, parts[i].node, parts[other].node);
    }
}

static void check_double_not(struct linter *linter, const struct query *node) {
    if (node->kind == QUERY_NOT && node->first->kind == QUERY_NOT)
        linter_add(linter, QUERY_NOTE, node, "two NOTs are none", linter_show(linter, node->first->first));
}

/* All of them. */

static const struct query_rule RULES[] = {
    {"never", check_never},         {"broad", check_broad},           {"expensive", check_expensive},
    {"redundant", check_redundant}, {"double-not", check_double_not},
};

static void try_rules(struct linter *linter, const struct query_rule *rules, size_t count,
                      const struct query *node) {
    for (size_t i = 0; i < count; i++) {
        linter->rule = rules[i].name;
        rules[i].check(linter, node);
    }
}

static void walk(struct linter *linter, const struct query *node) {
    bool required = linter->required;
    try_rules(linter, RULES, COUNT_OF(RULES), node);
    try_rules(linter, QUERY_SLIPS, QUERY_SLIP_COUNT, node);
    linter->required = required && (node->kind == QUERY_AND || node->kind == QUERY_TITLE);
    for (const struct query *child = node->first; child; child = child->next)
        walk(linter, child);
    linter->required = required;
}

static int by_place(const void *a, const void *b) {
    const struct query_finding *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->rule, y->rule);
}

struct query_findings query_lint(const struct query *query, struct span text, struct arena *arena) {
    struct linter linter = {.text = text, .root = query, .arena = arena, .required = true};
    linter.cover = query_cover_new(query, arena);
    linter.findings = arena_calloc(arena, QUERY_FINDINGS_MAX, sizeof *linter.findings);
    walk(&linter, query);
    qsort(linter.findings, linter.count, sizeof *linter.findings, by_place);
    return (struct query_findings){.list = linter.findings, .count = linter.count, .cut = linter.cut};
}

const char *query_severity_name(enum query_severity severity) {
    static const char *const NAMES[] = {
        [QUERY_NOTE] = "note", [QUERY_WARNING] = "warning", [QUERY_ERROR] = "error"};
    return NAMES[severity];
}
