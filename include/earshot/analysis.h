/* analysis: what the worker appends to a mention: its language, and per alert how it speaks of it.
 * Pure: the same mention gives the same bytes. Linear in the mention, plus at most a few hundred words an
 * alert. */
#ifndef EARSHOT_ANALYSIS_H
#define EARSHOT_ANALYSIS_H

#include "earshot/lexicon.h"
#include "earshot/mention.h"

/* Appends the JSON object of `analysis` (CONTRACTS.md) to out, in the order of the mention's matches.
 * mention: read as MENTION_MATCHED. */
void analysis_write(const struct lexicon *lexicon, const struct mention *mention, struct arena *arena,
                    struct buf *out);

#endif
