/* The fields of a query: their names, and what may stand behind them. */
#ifndef COMMON_QUERY_FIELD_H
#define COMMON_QUERY_FIELD_H

#include "query_lex.h"

/* LEX_FIELD where a field's name and its colon begin at lexer->start and end before `end`; LEX_ERROR where a
 * name does that is none; else nothing is changed. */
void query_field_begin(struct lexer *lexer, size_t end);
/* The operand, which is not title's, of the field that is the current lexeme: a FIELD node, or an OR of them.
 * lexer->at is behind it then. NULL: lexer->error. */
struct query *query_field_operand(struct lexer *lexer);

/* As it is written, without its colon. */
const char *query_field_name(enum query_field field);
const char *query_value_name(enum query_value value);
/* A platform that is taken for a slip of another name unless it stands in quotes: that name; else NULL. */
const char *query_platform_slip(struct span platform);

#endif
