/* labelled: texts that people labelled, one a line, tab-separated: language, label (neg, neu, pos), source,
 * mask, text. Mask 2: its source has no neutral texts, so neutral was no choice; 3: all three. */
#ifndef EARSHOT_LABELLED_H
#define EARSHOT_LABELLED_H

#include "earshot/label.h"

#include "earshot/buf.h"

struct labelled {
    struct span language, source, text;
    enum label label;
    bool two; /* mask 2 */
};

/* Spans are of the line. False: message says what is wrong, without the place. */
bool labelled_parse(struct span line, struct labelled *row, struct buf *message) MUST_CHECK;

/* Of a line of any such table: its columns; the last is what is left of it, tabs and all. False: there are
 * fewer. */
bool labelled_columns(struct span line, struct span *columns, size_t count) MUST_CHECK;

#endif
