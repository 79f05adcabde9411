/* The lexemes of a query in another tool's language, and what its tables say of that language. */
#ifndef COMMON_IMPORT_LEX_H
#define COMMON_IMPORT_LEX_H

#include "earshot/arena.h"
#include "earshot/import.h"

struct import_field;

struct import_dialect {
    const char *name, *title;
    const struct import_field *fields;
    size_t field_count;
    bool words_not;       /* NOT is an operator, beside - */
    bool near;            /* NEAR/n */
    bool talkwalker_near; /* NEAR without a number, ONEAR, SENTENCE, OSENTENCE */
    bool braces;          /* {…} */
    bool comments;        /* <<< … >>> */
    bool raw_plus;        /* +"…" and ++"…" are strings with their punctuation */
    bool plus_ignored;    /* +word is word */
    bool wildcards;       /* * and ? */
    bool group_tilde;     /* (a AND b)~n */
    bool bare_fuzzy;      /* word~n is a word so many edits away */
    bool accents_free;    /* a word with accents finds the word without them */
    bool not_of_all;      /* a OR b NOT c excludes c from both */
    bool simple_special;  /* a query without operators is read otherwise */
    bool emoticons;       /* :) and a lone ? are found */
    const char *mixed; /* what is said of AND beside OR without parentheses; NULL: the order is documented */
    const char *implied; /* what is said of two operands side by side; NULL: it is AND */
};

enum import_lexeme {
    IMPORT_END,
    IMPORT_OPEN,
    IMPORT_CLOSE, /* number: of )~n, or -1 */
    IMPORT_AND,
    IMPORT_OR,
    IMPORT_NOT,
    IMPORT_MINUS,
    IMPORT_NEAR,   /* number, ordered, sentence */
    IMPORT_FIELD,  /* text: its name, without the colon */
    IMPORT_WORD,   /* text: without quotes; number: of ~n, or -1 */
    IMPORT_PHRASE, /* text: inside the quotes; number: of ~n, -1, or -2 for a lone ~ */
    IMPORT_ENTITY, /* text: inside the braces */
    IMPORT_RANGE,  /* text: with its brackets */
    IMPORT_RAW,    /* text: the string; number: the plus signs before it */
    IMPORT_ERROR,
};

enum { IMPORT_NO_TILDE = -1, IMPORT_BARE_TILDE = -2 };

struct import_lexer {
    const struct import_dialect *dialect;
    struct span text;
    size_t at; /* behind the current lexeme */
    struct query_error *error;

    enum import_lexeme kind; /* the current one */
    size_t start, end;
    struct span content;
    int number;
    bool ordered, sentence;
    bool value; /* the next lexeme is a field's value */
};

void import_lexer_next(struct import_lexer *lexer);
/* The first error stays. Always false. */
bool import_lexer_error(struct import_lexer *lexer, size_t byte, const char *format, ...) PRINTF_LIKE(3, 4);
const struct import_field *import_field_named(const struct import_dialect *dialect, struct span name);
/* NUL is none of them. */
bool import_one_of(char c, const char *set);
/* ASCII letters in any case. */
bool import_same(struct span a, const char *b);

#endif
