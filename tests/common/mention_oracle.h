/* mention_oracle: the rules of a mention once more, on jansson's tree: slow, and written in another way. What
 * the reader says of a text must be what this says. */
#ifndef TESTS_MENTION_ORACLE_H
#define TESTS_MENTION_ORACLE_H

#include "earshot/mention.h"

/* NULL: both agree, as JSON, as a mention, and on every member. Else a sentence in the arena. Sets *taken
 * when the text is a raw mention. */
const char *oracle_disagrees(struct span text, struct arena *arena, bool *taken) MUST_CHECK;

#endif
