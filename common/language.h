/* language: a small guess, by script and by how many words of each language's lexicon a text has. */
#ifndef COMMON_LANGUAGE_H
#define COMMON_LANGUAGE_H

#include "earshot/lexicon.h"

/* Looks at the first LANGUAGE_GUESS_MAX bytes. LANGUAGE_ANY: none of the six, or not clear. */
enum { LANGUAGE_GUESS_MAX = 2048 };
enum language language_guess(const struct lexicon *lexicon, struct span title, struct span text) MUST_CHECK;

#endif
