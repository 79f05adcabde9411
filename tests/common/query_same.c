#include "query_same.h"

#include <inttypes.h>

static bool same_text(struct span a, struct span b) {
    return !a.ptr == !b.ptr && span_eq(a, b);
}

static bool same_word(const struct query_word *a, const struct query_word *b) {
    return a->kind == b->kind && a->form == b->form && a->edits == b->edits && same_text(a->text, b->text);
}

static bool same_words(const struct query *a, const struct query *b) {
    if (a->word_count != b->word_count || !a->run != !b->run || (a->run && !same_word(a->run, b->run)))
        return false;
    for (size_t i = 0; i < a->word_count; i++)
        if (!same_word(&a->words[i], &b->words[i]))
            return false;
    return true;
}

static bool same_predicate(const struct query_predicate *a, const struct query_predicate *b) {
    if (!a || !b)
        return a == b;
    /* Not equal as numbers, rather than different: INFINITY is itself. */
    bool range = a->least == b->least && a->most == b->most && !(a->low < b->low) && !(a->low > b->low) &&
                 !(a->high < b->high) && !(a->high > b->high);
    return range && a->field == b->field && a->value == b->value && strcmp(a->code, b->code) == 0 &&
           same_text(a->text, b->text);
}

bool query_same(const struct query *a, const struct query *b) {
    if (a->kind != b->kind || a->distance != b->distance || a->ordered != b->ordered || a->gap != b->gap ||
        !same_text(a->text, b->text) || !same_words(a, b) || !same_predicate(a->predicate, b->predicate))
        return false;
    const struct query *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next)
        if (!query_same(x, y))
            return false;
    return !x && !y;
}

static void dump_word(const struct query_word *word, struct buf *out) {
    static const char *const KINDS[] = {
        [TEXT_WORD] = "",        [TEXT_TAG] = "tag:",  [TEXT_HANDLE] = "handle:", [TEXT_CASHTAG] = "cashtag:",
        [TEXT_EMOJI] = "emoji:", [TEXT_LINK] = "link:"};
    static const char *const FORMS[] = {[QUERY_PLAIN] = "",
                                        [QUERY_PREFIX] = ":prefix",
                                        [QUERY_WILDCARD] = ":wildcard",
                                        [QUERY_FUZZY] = ":fuzzy"};
    buf_add_str(out, KINDS[word->kind]);
    buf_add_span(out, word->text);
    buf_add_str(out, FORMS[word->form]);
    if (word->edits)
        buf_printf(out, "%d", word->edits);
}

static void dump_words(const struct query *node, struct buf *out) {
    for (size_t i = 0; i < node->word_count; i++) {
        buf_add_char(out, ' ');
        dump_word(&node->words[i], out);
    }
    if (node->run) {
        buf_add_str(out, " run ");
        dump_word(node->run, out);
    }
}

static void dump_field(const struct query *node, struct buf *out) {
    static const char *const NAMES[] = {[QUERY_AUTHOR] = "author",
                                        [QUERY_SITE] = "site",
                                        [QUERY_LINK] = "link",
                                        [QUERY_SOURCE] = "source",
                                        [QUERY_TYPE] = "type",
                                        [QUERY_LANG] = "lang",
                                        [QUERY_COUNTRY] = "country",
                                        [QUERY_IS] = "is",
                                        [QUERY_HAS] = "has",
                                        [QUERY_FOLLOWERS] = "followers",
                                        [QUERY_ENGAGEMENT] = "engagement",
                                        [QUERY_RATING] = "rating"};
    const struct query_predicate *predicate = node->predicate;
    buf_add_str(out, NAMES[predicate->field]);
    switch (predicate->field) {
    case QUERY_LANG:
    case QUERY_COUNTRY:
        buf_printf(out, " %s", predicate->code);
        break;
    case QUERY_FOLLOWERS:
    case QUERY_ENGAGEMENT:
        buf_printf(out, " %" PRId64 "..%" PRId64, predicate->least, predicate->most);
        break;
    case QUERY_RATING:
        buf_printf(out, " %.17g..%.17g", predicate->low, predicate->high);
        break;
    case QUERY_AUTHOR:
    case QUERY_SITE:
    case QUERY_LINK:
        break;
    default:
        buf_printf(out, " %d", (int)predicate->value);
    }
    if (predicate->text.ptr) {
        buf_add_str(out, " '");
        buf_add_span(out, predicate->text);
        buf_add_char(out, '\'');
    }
    dump_words(node, out);
}

void query_dump(const struct query *query, struct buf *out) {
    static const char *const NAMES[] = {
        [QUERY_PHRASE] = "phrase", [QUERY_WINDOW] = "window", [QUERY_ENTITY] = "entity",
        [QUERY_NEAR] = "near",     [QUERY_FIELD] = "",        [QUERY_TITLE] = "title",
        [QUERY_AND] = "and",       [QUERY_OR] = "or",         [QUERY_NOT] = "not"};
    if (query->kind == QUERY_PHRASE && query->word_count == 1) {
        dump_word(&query->words[0], out);
        return;
    }
    buf_printf(out, "(%s", NAMES[query->kind]);
    if (query->kind == QUERY_FIELD)
        dump_field(query, out);
    else
        dump_words(query, out);
    if (query->kind == QUERY_WINDOW)
        buf_printf(out, " ~%d", query->gap);
    if (query->kind == QUERY_ENTITY) {
        buf_add_char(out, ' ');
        buf_add_span(out, query->text);
    }
    for (const struct query *child = query->first; child; child = child->next) {
        buf_add_char(out, ' ');
        query_dump(child, out);
        if (query->kind == QUERY_NEAR && child->next)
            buf_printf(out, child->ordered ? " >%d" : " <>%d", child->distance);
    }
    buf_add_char(out, ')');
}
