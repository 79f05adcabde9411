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
    LEX_NEAR,
    LEX_OPERAND, /* a phrase, a window, an entity */
    LEX_FIELD,   /* a field's name with its colon: its operand is next, see query_field.h */
    LEX_ERROR,   /* lexer->error is filled */
};

struct lexer {
    struct span text;
    size_t at; /* behind the current lexeme */
    struct arena *arena;
    struct query_error *error;
    struct text_folder *folder; /* NULL until something asked for form E */
    size_t operands;            /* words, entities and values of fields so far */

    enum lexeme_kind kind; /* the current one */
    size_t start, end;
    struct query *operand; /* LEX_OPERAND */
    uint8_t distance;      /* LEX_NEAR */
    bool ordered;
    enum query_field field; /* LEX_FIELD */
};

/* Goes on to the next lexeme. */
void lexer_next(struct lexer *lexer);
/* The first error stays. Always false. */
bool lexer_error(struct lexer *lexer, size_t byte, const char *format, ...) PRINTF_LIKE(3, 4);
/* False: there are too many. */
bool lexer_count(struct lexer *lexer, size_t byte, size_t operands) MUST_CHECK;

/* For query_field.c, which reads what stands behind a field's name. */
struct span lexer_slice(const struct lexer *lexer, size_t start, size_t end);
/* Passes white space and comments. False: a comment is not closed. */
bool lexer_skip_space(struct lexer *lexer) MUST_CHECK;
/* The end of the word without quotes that begins at `at`; `at` where none does. */
size_t lexer_bare_end(const struct lexer *lexer, size_t at);
/* The bytes inside the quotes that open at `at`. False: they are not closed. */
bool lexer_quoted(struct lexer *lexer, size_t at, size_t *start, size_t *end) MUST_CHECK;
/* Without white space at its ends. */
struct span lexer_trimmed(struct span text);
struct query *lexer_node(struct lexer *lexer, enum query_kind kind, size_t start, size_t end);

enum { EXCERPT_MAX = 48 };
/* Bytes of the query for an error: at most EXCERPT_MAX of them, on one line, whole characters. */
struct excerpt {
    char text[EXCERPT_MAX + 8];
};
struct excerpt lexer_excerpt(struct span text);

#endif
