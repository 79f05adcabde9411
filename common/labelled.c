#include "earshot/labelled.h"

enum { COLUMNS = 5 };

static bool cut(struct span line, struct span columns[COLUMNS]) {
    for (size_t i = 0; i + 1 < COLUMNS; i++) {
        const char *tab = line.len ? memchr(line.ptr, '\t', line.len) : NULL;
        if (!tab)
            return false;
        columns[i] = (struct span){line.ptr, (size_t)(tab - line.ptr)};
        line = (struct span){tab + 1, line.len - columns[i].len - 1};
    }
    columns[COLUMNS - 1] = line;
    return true;
}

static bool read_label(struct span text, enum label *label) {
    static const char *const NAMES[LABELS] = {
        [LABEL_POSITIVE] = "pos", [LABEL_NEUTRAL] = "neu", [LABEL_NEGATIVE] = "neg"};
    for (size_t i = 0; i < LABELS; i++) {
        if (!span_eq(text, span_of(NAMES[i])))
            continue;
        *label = (enum label)i;
        return true;
    }
    return false;
}

bool labelled_parse(struct span line, struct labelled *row, struct buf *message) {
    struct span columns[COLUMNS];
    bool whole = cut(line, columns);
    if (!whole)
        buf_add_str(message, "expected five columns with tabs between: language, label, source, mask, text");
    else if (!read_label(columns[1], &row->label))
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
