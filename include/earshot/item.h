/* item: one entry of a feed as readers get it: a JSON object. What all alerts of a mention share is made
 * once, what is one alert's own is put behind it. The members: include/earshot/redis-functions.md. */
#ifndef EARSHOT_ITEM_H
#define EARSHOT_ITEM_H

#include "earshot/buf.h"
#include "earshot/mention.h"

/* Bytes; what is longer is cut between two characters (text, title) or left out. */
enum { ITEM_TEXT_MAX = 1000, ITEM_URL_MAX = 2048, ITEM_RAW_MAX = 2048 };

/* Appends the shared part, open at its end. at: when the mention counts; where it claims another time, both
 * are told. */
void item_begin(struct buf *out, const struct mention *mention, int64_t at);
/* Appends what closes it. corrected: label and score are a person's. */
void item_end(struct buf *out, const struct mention_match *match, const struct mention_analysis *analysis,
              bool corrected);

/* "positive" +, "neutral" 0, "negative" - */
char item_sign(struct span label);
/* What the detected language is, else what the source says; {NULL, 0} where nobody knows. */
struct span item_language(const struct mention *mention);

#endif
