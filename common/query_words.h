/* Words of a query: what stands between quotes, or without them between spaces. */
#ifndef COMMON_QUERY_WORDS_H
#define COMMON_QUERY_WORDS_H

#include "query_lex.h"

/* Fills node's words and run from the bytes start to end. False: lexer->error says why. */
bool query_words(struct lexer *lexer, struct query *node, size_t start, size_t end, bool quoted) MUST_CHECK;

#endif
