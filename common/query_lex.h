/* The lexemes of a query, for its parser. */
#ifndef COMMON_QUERY_LEX_H
#define COMMON_QUERY_LEX_H

#include "query_tree.h"

enum lexeme_kind {
    LEX_END,
    LEX_OPEN,
    LEX_CLOSE,
    LEX_AND,
    LEX_OR,
    LEX_NOT,
    LEX_MINUS,
    LEX_PHRASE,
    LEX_ERROR, /* lexer->error is filled */
};

struct lexer {
    struct span text;
    size_t at; /* behind the current lexeme */
    struct arena *arena;
    struct query_error *error;
    size_t operands; /* words so far */

    enum lexeme_kind kind; /* the current one */
    size_t start, end;
    struct query *phrase; /* LEX_PHRASE */
};

/* Goes on to the next lexeme. */
void lexer_next(struct lexer *lexer);
/* The first error stays. Always false. */
bool lexer_error(struct lexer *lexer, size_t byte, const char *format, ...) PRINTF_LIKE(3, 4);

enum { EXCERPT_MAX = 48 };
/* Bytes of the query for an error: at most EXCERPT_MAX of them, on one line, whole characters. */
struct excerpt {
    char text[EXCERPT_MAX + 8];
};
struct excerpt lexer_excerpt(struct span text);

#endif
