/* query_print: the tree as text, and errors for a person. */
#include "query_field.h"
#include "query_tree.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static bool is_operator(struct span word) {
    static const char *const WORDS[] = {"AND", "OR", "NOT", "NEAR", "ONEAR"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (span_eq(word, span_of(WORDS[i])))
            return true;
    return false;
}

static void print_word(const struct query_word *word, struct buf *out) {
    buf_add_span(out, word->text);
    if (word->form == QUERY_FUZZY)
        buf_printf(out, "~%d", word->edits);
}

static void print_words(const struct query *node, struct buf *out) {
    for (size_t i = 0; i < node->word_count; i++) {
        if (i)
            buf_add_char(out, ' ');
        print_word(&node->words[i], out);
    }
}

static void print_quoted(struct span text, struct buf *out) {
    buf_add_char(out, '"');
    buf_add_span(out, text);
    buf_add_char(out, '"');
}

static void print_phrase(const struct query *phrase, struct buf *out) {
    if (phrase->run) {
        print_word(phrase->run, out);
        return;
    }
    bool bare = phrase->word_count == 1 &&
                (phrase->words[0].form == QUERY_FUZZY || !is_operator(phrase->words[0].text));
    if (!bare)
        buf_add_char(out, '"');
    print_words(phrase, out);
    if (!bare)
        buf_add_char(out, '"');
}

/* Fields. */

static void print_count(int64_t count, int64_t open, struct buf *out) {
    if (count == open)
        buf_add_char(out, '*');
    else
        buf_add_int(out, count);
}

/* At most six decimals, which is what a query may have, and never an exponent. */
static void print_number(double number, double open, struct buf *out) {
    if (number == open) {
        buf_add_char(out, '*');
        return;
    }
    int64_t millionths = llround(number * 1e6), rest = millionths % 1000000;
    buf_add_int(out, millionths / 1000000);
    if (rest == 0)
        return;
    int digits = 6;
    for (; rest % 10 == 0; rest /= 10)
        digits--;
    buf_printf(out, ".%0*" PRId64, digits, rest);
}

static void print_author(const struct query *node, struct buf *out) {
    struct span handle = node->predicate->text;
    if (node->word_count == 0) {
        buf_add_char(out, '@');
        buf_add_span(out, handle);
    } else if (!handle.ptr || is_operator(handle)) {
        buf_add_char(out, '"');
        if (node->run)
            print_word(node->run, out);
        else
            print_words(node, out);
        buf_add_char(out, '"');
    } else {
        buf_add_span(out, handle);
    }
}

static void print_source(const struct query_predicate *predicate, struct buf *out) {
    if (predicate->value != QUERY_SOURCE_PLATFORM)
        buf_add_str(out, query_value_name(predicate->value));
    else if (query_platform_slip(predicate->text))
        print_quoted(predicate->text, out);
    else
        buf_add_span(out, predicate->text);
}

static void print_range(const struct query_predicate *predicate, struct buf *out) {
    bool decimals = predicate->field == QUERY_RATING;
    buf_add_char(out, '[');
    if (decimals)
        print_number(predicate->low, -INFINITY, out);
    else
        print_count(predicate->least, 0, out);
    buf_add_str(out, " TO ");
    if (decimals)
        print_number(predicate->high, INFINITY, out);
    else
        print_count(predicate->most, INT64_MAX, out);
    buf_add_char(out, ']');
}

static void print_value(const struct query *node, struct buf *out) {
    const struct query_predicate *predicate = node->predicate;
    switch (predicate->field) {
    case QUERY_AUTHOR:
        print_author(node, out);
        return;
    case QUERY_SITE:
        buf_add_span(out, predicate->text);
        return;
    case QUERY_LINK:
        print_quoted(predicate->text, out);
        return;
    case QUERY_SOURCE:
        print_source(predicate, out);
        return;
    case QUERY_LANG:
    case QUERY_COUNTRY:
        buf_add_str(out, predicate->code);
        return;
    case QUERY_FOLLOWERS:
    case QUERY_ENGAGEMENT:
    case QUERY_RATING:
        print_range(predicate, out);
        return;
    default:
        buf_add_str(out, query_value_name(predicate->value));
    }
}

static bool same_field(const struct query *a, const struct query *b) {
    return a && b && a->kind == QUERY_FIELD && b->kind == QUERY_FIELD &&
           a->predicate->field == b->predicate->field;
}

/* The field and those behind it that are the same field, as one group; the last of them. */
static const struct query *print_field(const struct query *node, struct buf *out) {
    buf_printf(out, "%s:", query_field_name(node->predicate->field));
    bool group = same_field(node, node->next);
    if (group)
        buf_add_char(out, '(');
    print_value(node, out);
    for (; same_field(node, node->next); node = node->next) {
        buf_add_str(out, " OR ");
        print_value(node->next, out);
    }
    if (group)
        buf_add_char(out, ')');
    return node;
}

/* Operators. */

/* An OR that print_or() prints as one field. */
static bool is_field_group(const struct query *node) {
    const struct query *child = node->first;
    while (child->next && same_field(child, child->next))
        child = child->next;
    return child->kind == QUERY_FIELD && !child->next;
}

/* How strongly a kind binds. */
static int strength(const struct query *node) {
    static const int STRENGTHS[] = {[QUERY_OR] = 0, [QUERY_AND] = 1, [QUERY_NEAR] = 2, [QUERY_NOT] = 3};
    bool operator= node->kind == QUERY_AND || node->kind == QUERY_NEAR || node->kind == QUERY_NOT;
    if (operator||(node->kind == QUERY_OR && !is_field_group(node)))
        return STRENGTHS[node->kind];
    return 4;
}

static void print_child(const struct query *child, int least, struct buf *out) {
    bool weaker = strength(child) < least;
    if (weaker)
        buf_add_char(out, '(');
    query_print(child, out);
    if (weaker)
        buf_add_char(out, ')');
}

static void print_or(const struct query *node, struct buf *out) {
    for (const struct query *child = node->first; child; child = child->next) {
        if (child->kind == QUERY_FIELD)
            child = print_field(child, out);
        else
            print_child(child, 1, out);
        if (child->next)
            buf_add_str(out, " OR ");
    }
}

static void print_near(const struct query *node, struct buf *out) {
    for (const struct query *child = node->first; child; child = child->next) {
        print_child(child, 3, out);
        if (child->next)
            buf_printf(out, child->ordered ? " ONEAR/%d " : " NEAR/%d ", child->distance);
    }
}

static void print_and(const struct query *node, struct buf *out) {
    for (const struct query *child = node->first; child; child = child->next) {
        print_child(child, 1, out);
        if (child->next)
            buf_add_str(out, " AND ");
    }
}

void query_print(const struct query *query, struct buf *out) {
    switch (query->kind) {
    case QUERY_PHRASE:
        print_phrase(query, out);
        return;
    case QUERY_WINDOW:
        buf_add_char(out, '"');
        print_words(query, out);
        buf_printf(out, "\"~%d", query->gap);
        return;
    case QUERY_ENTITY:
        buf_add_char(out, '{');
        buf_add_span(out, query->text);
        buf_add_char(out, '}');
        return;
    case QUERY_FIELD:
        buf_printf(out, "%s:", query_field_name(query->predicate->field));
        print_value(query, out);
        return;
    case QUERY_TITLE:
        buf_add_str(out, "title:");
        print_child(query->first, 4, out);
        return;
    case QUERY_NOT:
        buf_add_str(out, "NOT ");
        print_child(query->first, 3, out);
        return;
    case QUERY_NEAR:
        print_near(query, out);
        return;
    case QUERY_AND:
        print_and(query, out);
        return;
    case QUERY_OR:
        print_or(query, out);
    }
}

/* Errors. */

void query_error_fill(struct query_error *error, size_t byte, const char *format, va_list args) {
    error->byte = byte;
    vsnprintf(error->text, sizeof error->text, format, args);
}

enum { COLUMNS_BEFORE = 48, COLUMNS_AFTER = 28 };

/* The part of text that is shown: so many columns before byte and behind it. */
static void find_window(struct span text, size_t byte, size_t *start, size_t *end) {
    size_t columns = 0;
    *start = *end = byte;
    while (*start > 0 && columns < COLUMNS_BEFORE) {
        size_t before = *start - 1;
        while (before > 0 && span_splits(text, before))
            before--;
        columns += text_columns((struct span){text.ptr + before, *start - before});
        *start = before;
    }
    for (columns = 0; *end < text.len && columns < COLUMNS_AFTER;) {
        size_t next = *end + 1;
        while (next < text.len && span_splits(text, next))
            next++;
        columns += text_columns((struct span){text.ptr + *end, next - *end});
        *end = next;
    }
}

static void add_line(struct buf *out, struct span text) {
    for (size_t i = 0; i < text.len; i++)
        buf_add_char(out, (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? ' ' : text.ptr[i]);
}

void query_show_bytes(struct span text, size_t first, size_t last, struct buf *out) {
    size_t byte = first < text.len ? first : text.len, start, end;
    find_window(text, byte, &start, &end);
    size_t before = text_columns((struct span){text.ptr + start, byte - start}), marks = 1;
    last = last < end ? last : end;
    if (last > byte)
        marks = text_columns((struct span){text.ptr + byte, last - byte});
    if (start > 0) {
        buf_add_str(out, "…");
        before++;
    }
    add_line(out, (struct span){text.ptr + start, end - start});
    buf_add_str(out, end < text.len ? "…\n" : "\n");
    for (size_t i = 0; i < before; i++)
        buf_add_char(out, ' ');
    buf_add_char(out, '^');
    for (size_t i = 1; i < marks; i++)
        buf_add_char(out, '~');
    buf_add_char(out, '\n');
}

void query_explain_error(const struct query_error *error, struct span text, struct buf *out) {
    buf_printf(out, "byte %zu: %s\n", error->byte, error->text);
    query_show_bytes(text, error->byte, error->byte, out);
}
