/* match_oracle: the language once more, slow and obvious: every query against every position, no index. It
 * shares with the engine the tokens and the forms of text.h (test_match_language.c looks at those) and the
 * parser. */
#ifndef TESTS_MATCH_ORACLE_H
#define TESTS_MATCH_ORACLE_H

#include "earshot/buf.h"
#include "earshot/match.h"

/* Words, phrases, tags, AND, OR and NOT: the rest of the language is tests/language's. query parses. */
bool oracle_knows(struct span query);
/* Whether the query, which it knows, matches; its ranges as `FIELD:START-END` with spaces between, `…` where
 * there are more than MATCH_RANGES_MAX. */
bool oracle_match(struct span query, const struct match_document *document, struct buf *ranges);
/* The same text for what the engine gave. */
void oracle_print(const struct match *match, struct buf *ranges);

#endif
