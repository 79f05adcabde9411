/* feed_repair: the mistakes of feeds that make XML parsers lose text: HTML's entities, ampersands that stand
 * for themselves, control characters. */
#ifndef EARSHOT_INGEST_FEED_REPAIR_H
#define EARSHOT_INGEST_FEED_REPAIR_H

#include "earshot/buf.h"

/* Appends the document to out with these repaired. Encodings that do not hold ASCII as it is, and what is in
 * CDATA sections and comments, stay as they are. */
void feed_repair(struct span in, struct buf *out);

#endif
