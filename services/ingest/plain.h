/* plain: what a reader sees of HTML or text: no tags, entities as characters, white space folded, a line feed
 * between blocks. Output is valid UTF-8 whatever comes in. Linear in the input, whoever wrote it. */
#ifndef EARSHOT_INGEST_PLAIN_H
#define EARSHOT_INGEST_PLAIN_H

#include "earshot/buf.h"

enum plain_gap { PLAIN_NONE, PLAIN_SPACE, PLAIN_BREAK };

struct plain {
    struct buf *out;
    size_t max;         /* bytes; what is beyond is cut between characters */
    enum plain_gap gap; /* to be written before the next character */
    bool full;
};

void plain_begin(struct plain *plain, struct buf *out, size_t max);
void plain_text(struct plain *plain, struct span text);
void plain_html(struct plain *plain, struct span html);
void plain_char(struct plain *plain, uint32_t code);
void plain_break(struct plain *plain);
/* By name, any case: one that stands for a block; one whose content nobody sees. */
bool plain_is_block(struct span tag);
bool plain_is_hidden(struct span tag);

#endif
