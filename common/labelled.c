#include "earshot/labelled.h"

enum { COLUMNS = 5 };

bool labelled_columns(struct span line, struct span *columns, size_t count) {
    for (size_t i = 0; i + 1 < count; i++) {
        const char *tab = line.len ? memchr(line.ptr, '\t', line.len) : NULL;
        if (!tab)
            return false;
        columns[i] = (struct span){line.ptr, (size_t)(tab - line.ptr)};
        line = (struct span){tab + 1, line.len - columns[i].len - 1};
    }
    columns[count - 1] = line;
    return true;
}

bool labelled_parse(struct span line, struct labelled *row, struct buf *message) {
    struct span columns[COLUMNS];
    bool whole = labelled_columns(line, columns, COLUMNS);
    if (!whole)
        buf_add_str(message, "expected five columns with tabs between: language, label, source, mask, text");
    else if (!label_find_short(columns[1], &row->label))
        buf_add_str(message, "column 2, label: expected neg, neu or pos");
    else if (!span_eq(columns[3], SPAN("2")) && !span_eq(columns[3], SPAN("3")))
        buf_add_str(message, "column 4, mask: expected 2 (no neutral) or 3");
    else if (span_eq(columns[3], SPAN("2")) && row->label == LABEL_NEUTRAL)
        buf_add_str(message, "a neutral text of a source that has none (mask 2)");
    else {
        row->language = columns[0];
        row->source = columns[2];
        row->two = span_eq(columns[3], SPAN("2"));
        row->text = columns[4];
        return true;
    }
    return false;
}
