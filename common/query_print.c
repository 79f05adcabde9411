/* query_print: the tree as text, and errors for a person. */
#include "query_tree.h"

static bool is_operator(struct span word) {
    static const char *const WORDS[] = {"AND", "OR", "NOT", "NEAR", "ONEAR"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (span_eq(word, span_of(WORDS[i])))
            return true;
    return false;
}

static void print_phrase(const struct query *phrase, struct buf *out) {
    const struct query_word *words = phrase->words;
    bool bare = phrase->run.ptr || (phrase->word_count == 1 && !is_operator(words[0].text));
    if (!bare)
        buf_add_char(out, '"');
    if (phrase->run.ptr)
        buf_add_span(out, phrase->run);
    for (size_t i = 0; !phrase->run.ptr && i < phrase->word_count; i++) {
        if (i)
            buf_add_char(out, ' ');
        buf_add_span(out, words[i].text);
    }
    if (!bare)
        buf_add_char(out, '"');
}

static void print_child(const struct query *parent, const struct query *child, struct buf *out) {
    bool weaker = child->kind == QUERY_OR || (child->kind == QUERY_AND && parent->kind == QUERY_NOT);
    if (weaker)
        buf_add_char(out, '(');
    query_print(child, out);
    if (weaker)
        buf_add_char(out, ')');
}

void query_print(const struct query *query, struct buf *out) {
    switch (query->kind) {
    case QUERY_PHRASE:
        print_phrase(query, out);
        return;
    case QUERY_NOT:
        buf_add_str(out, "NOT ");
        print_child(query, query->first, out);
        return;
    case QUERY_AND:
    case QUERY_OR:
        for (const struct query *child = query->first; child; child = child->next) {
            print_child(query, child, out);
            if (child->next)
                buf_add_str(out, query->kind == QUERY_AND ? " AND " : " OR ");
        }
    }
}

/* Errors. */

enum { COLUMNS_BEFORE = 48, COLUMNS_AFTER = 28 };

/* The part of text that is shown: so many columns before byte and behind it. */
static void find_window(struct span text, size_t byte, size_t *start, size_t *end) {
    size_t columns = 0;
    *start = *end = byte;
    while (*start > 0 && columns < COLUMNS_BEFORE) {
        size_t before = *start - 1;
        while (before > 0 && ((unsigned char)text.ptr[before] & 0xC0) == 0x80)
            before--;
        columns += text_columns((struct span){text.ptr + before, *start - before});
        *start = before;
    }
    for (columns = 0; *end < text.len && columns < COLUMNS_AFTER;) {
        size_t next = *end + 1;
        while (next < text.len && ((unsigned char)text.ptr[next] & 0xC0) == 0x80)
            next++;
        columns += text_columns((struct span){text.ptr + *end, next - *end});
        *end = next;
    }
}

static void add_line(struct buf *out, struct span text) {
    for (size_t i = 0; i < text.len; i++)
        buf_add_char(out, (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? ' ' : text.ptr[i]);
}

void query_explain_error(const struct query_error *error, struct span text, struct buf *out) {
    size_t byte = error->byte < text.len ? error->byte : text.len, start, end;
    find_window(text, byte, &start, &end);
    buf_printf(out, "byte %zu: %s\n", error->byte, error->text);
    size_t columns = text_columns((struct span){text.ptr + start, byte - start});
    if (start > 0) {
        buf_add_str(out, "…");
        columns++;
    }
    add_line(out, (struct span){text.ptr + start, end - start});
    buf_add_str(out, end < text.len ? "…\n" : "\n");
    for (size_t i = 0; i < columns; i++)
        buf_add_char(out, ' ');
    buf_add_str(out, "^\n");
}
