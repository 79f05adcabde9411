/* query_lex: what stands where in a query. The inside of words is query_words.c, what stands behind a field's
 * name query_field.c. */
#include "query_lex.h"

#include "query_field.h"
#include "query_words.h"

#include <stdarg.h>
#include <stdio.h>

bool lexer_error(struct lexer *lexer, size_t byte, const char *format, ...) {
    if (lexer->kind == LEX_ERROR)
        return false;
    va_list args;
    va_start(args, format);
    query_error_fill(lexer->error, byte, format, args);
    va_end(args);
    lexer->kind = LEX_ERROR;
    return false;
}

struct excerpt lexer_excerpt(struct span text) {
    struct excerpt out;
    size_t len = span_cut(text, EXCERPT_MAX).len;
    for (size_t i = 0; i < len; i++)
        out.text[i] = (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? ' ' : text.ptr[i];
    snprintf(out.text + len, sizeof out.text - len, "%s", len < text.len ? "…" : "");
    return out;
}

bool lexer_count(struct lexer *lexer, size_t byte, size_t operands) {
    lexer->operands += operands;
    return lexer->operands <= QUERY_OPERANDS_MAX ||
           lexer_error(lexer, byte, "more than %d words and values in one query", QUERY_OPERANDS_MAX);
}

struct span lexer_slice(const struct lexer *lexer, size_t start, size_t end) {
    return (struct span){.ptr = lexer->text.ptr + start, .len = end - start};
}

struct query *lexer_node(struct lexer *lexer, enum query_kind kind, size_t start, size_t end) {
    struct query *node = arena_calloc(lexer->arena, 1, sizeof *node);
    node->kind = kind;
    node->start = start;
    node->end = end;
    return node;
}

static bool at_str(const struct lexer *lexer, size_t at, const char *text) {
    size_t len = strlen(text);
    return lexer->text.len - at >= len && memcmp(lexer->text.ptr + at, text, len) == 0;
}

bool lexer_skip_space(struct lexer *lexer) {
    for (;;) {
        size_t space = text_space(lexer_slice(lexer, lexer->at, lexer->text.len));
        lexer->at += space;
        if (at_str(lexer, lexer->at, "<<<")) {
            const char *from = lexer->text.ptr + lexer->at;
            const char *close = memmem(from, lexer->text.len - lexer->at, ">>>", 3);
            if (!close)
                return lexer_error(lexer, lexer->at, "the comment is not closed: write >>> where it ends");
            lexer->at += (size_t)(close - from) + 3;
        } else if (space == 0) {
            return true;
        }
    }
}

static bool ends_bare(const struct lexer *lexer, size_t at) {
    switch (lexer->text.ptr[at]) {
    case '(':
    case ')':
    case '"':
    case '{':
    case '}':
        return true;
    case '<':
        return at_str(lexer, at, "<<<");
    default:
        return text_space(lexer_slice(lexer, at, lexer->text.len)) > 0;
    }
}

static bool is_ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t lexer_bare_end(const struct lexer *lexer, size_t at) {
    const struct span text = lexer->text;
    while (at < text.len && (is_ascii_letter(text.ptr[at]) || !ends_bare(lexer, at)))
        at++;
    return at;
}

struct span lexer_trimmed(struct span text) {
    size_t space = text_space(text), end = space, last = space;
    while (end < text.len) {
        size_t more = text_space((struct span){text.ptr + end, text.len - end});
        end += more ? more : 1;
        last = more ? last : end;
    }
    return (struct span){text.ptr + space, last - space};
}

/* The number that text is, at most 999; -1: it is none. */
static int number_of(struct span text) {
    int number = text.len ? 0 : -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        number = number > 99 ? 999 : 10 * number + (text.ptr[i] - '0');
    }
    return number;
}

/* Phrases and windows. */

bool lexer_quoted(struct lexer *lexer, size_t at, size_t *start, size_t *end) {
    *start = at + 1;
    const char *close = memchr(lexer->text.ptr + *start, '"', lexer->text.len - *start);
    if (!close)
        return lexer_error(lexer, at, "the quote is not closed: write \" behind the phrase");
    *end = (size_t)(close - lexer->text.ptr);
    return true;
}

/* "…"~n, where lexer->at is at the ~. */
static void window(struct lexer *lexer) {
    struct query *node = lexer->operand;
    size_t tilde = lexer->at, end = lexer_bare_end(lexer, tilde);
    int gap = number_of(lexer_slice(lexer, tilde + 1, end));
    lexer->at = end;
    if (gap < 0)
        lexer_error(lexer, tilde,
                    "behind `~` stands how many other words may be among these, in any order: \"a b\"~3");
    else if (gap > QUERY_NEAR_MAX)
        lexer_error(lexer, tilde + 1, "at most %d other words may be among these: write ~%d", QUERY_NEAR_MAX,
                    QUERY_NEAR_MAX);
    else if (node->word_count < 2)
        lexer_error(
            lexer, tilde,
            "`~` behind quotes wants two words or more in them; nearly the same word is acme~1, without "
            "quotes");
    node->kind = QUERY_WINDOW;
    node->gap = (uint8_t)gap;
    node->run = NULL;
}

static void quoted(struct lexer *lexer) {
    size_t start = 0, end = 0;
    lexer->operand = lexer_node(lexer, QUERY_PHRASE, 0, 0);
    if (!lexer_quoted(lexer, lexer->start, &start, &end) ||
        !query_words(lexer, lexer->operand, start, end, true))
        return;
    lexer->kind = LEX_OPERAND;
    lexer->at = end + 1;
    if (at_str(lexer, lexer->at, "~"))
        window(lexer);
}

/* Entities. */

static void entity(struct lexer *lexer) {
    size_t start = lexer->start + 1;
    const char *close = memchr(lexer->text.ptr + start, '}', lexer->text.len - start);
    if (!close) {
        lexer_error(lexer, lexer->start, "the brace is not closed: write } behind the exact characters");
        return;
    }
    size_t end = (size_t)(close - lexer->text.ptr);
    struct span text = lexer_trimmed(lexer_slice(lexer, start, end));
    lexer->at = end + 1;
    if (text.len == 0) {
        lexer_error(lexer, start,
                    "nothing between the braces: write what is to be found exactly so, as in {BT}");
        return;
    }
    if (!lexer_count(lexer, lexer->start, 1))
        return;
    lexer->operand = lexer_node(lexer, QUERY_ENTITY, 0, 0);
    lexer->operand->text = (struct span){arena_copy(lexer->arena, text), text.len};
    lexer->kind = LEX_OPERAND;
}

/* Words without quotes. */

static bool begins_with(struct span word, const char *text) {
    size_t len = strlen(text);
    return word.len >= len && memcmp(word.ptr, text, len) == 0;
}

/* False: word is no NEAR. */
static bool near(struct lexer *lexer, struct span word) {
    size_t name = begins_with(word, "NEAR") ? 4 : begins_with(word, "ONEAR") ? 5 : 0;
    if (name == 0 || (word.len > name && word.ptr[name] != '/'))
        return false;
    struct span number = {word.ptr + name, 0};
    if (word.len > name)
        number = (struct span){word.ptr + name + 1, word.len - name - 1};
    bool forward = number.len > 1 && number.ptr[number.len - 1] == 'f';
    int distance = number_of((struct span){number.ptr, number.len - forward});
    if (distance < 0)
        lexer_error(
            lexer, lexer->start,
            "%s wants the number of words that may be between: NEAR/5, or NEAR/5f where the first comes "
            "first",
            name == 4 ? "NEAR" : "ONEAR");
    else if (distance > QUERY_NEAR_MAX)
        lexer_error(lexer, lexer->start + name + 1, "at most %d words may be between: write %.*s/%d",
                    QUERY_NEAR_MAX, (int)name, word.ptr, QUERY_NEAR_MAX);
    else
        lexer->kind = LEX_NEAR;
    lexer->distance = (uint8_t)distance;
    lexer->ordered = forward || name == 5;
    return true;
}

static bool begins_link(struct span word) {
    struct text_cursor cursor;
    struct text_token token;
    char c = (char)(word.ptr[0] | 0x20);
    if (c != 'h' && c != 'w')
        return false;
    text_begin(&cursor, word);
    return text_next(&cursor, &token) && token.kind == TEXT_LINK;
}

/* A typographic quote, as word processors make it. */
static bool is_curly(struct span word) {
    return begins_with(word, "\u201c") || begins_with(word, "\u201d") || begins_with(word, "\u201e");
}

static bool operator(struct lexer *lexer, struct span word) {
    static const struct {
        const char *name;
        enum lexeme_kind kind;
    } OPERATORS[] = {{"AND", LEX_AND}, {"OR", LEX_OR}, {"NOT", LEX_NOT}};
    for (size_t i = 0; i < COUNT_OF(OPERATORS); i++) {
        if (!span_eq(word, span_of(OPERATORS[i].name)))
            continue;
        lexer->kind = OPERATORS[i].kind;
        return true;
    }
    return near(lexer, word);
}

static void bare(struct lexer *lexer) {
    size_t end = lexer->at = lexer->end = lexer_bare_end(lexer, lexer->start);
    struct span word = lexer_slice(lexer, lexer->start, end);
    if (operator(lexer, word))
        return;
    if (is_curly(word)) {
        lexer_error(lexer, lexer->start, "a phrase stands in straight quotes: \"acme corp\"");
        return;
    }
    if (!begins_link(word)) {
        query_field_begin(lexer, end);
        if (lexer->kind != LEX_END)
            return;
    }
    lexer->operand = lexer_node(lexer, QUERY_PHRASE, 0, 0);
    if (query_words(lexer, lexer->operand, lexer->start, end, false))
        lexer->kind = LEX_OPERAND;
}

static void minus(struct lexer *lexer) {
    lexer->at++;
    struct span rest = lexer_slice(lexer, lexer->at, lexer->text.len);
    if (rest.len == 0 || text_space(rest))
        lexer_error(lexer, lexer->start, "`-` stands right before what it excludes: -word");
    else
        lexer->kind = LEX_MINUS;
}

static void read_lexeme(struct lexer *lexer) {
    switch (lexer->text.ptr[lexer->at]) {
    case '(':
    case ')':
        lexer->kind = lexer->text.ptr[lexer->at++] == '(' ? LEX_OPEN : LEX_CLOSE;
        return;
    case '"':
        quoted(lexer);
        return;
    case '{':
        entity(lexer);
        return;
    case '}':
        lexer_error(lexer, lexer->start, "this } closes nothing");
        return;
    case '-':
        minus(lexer);
        return;
    default:
        bare(lexer);
    }
}

void lexer_next(struct lexer *lexer) {
    if (lexer->kind == LEX_ERROR || !lexer_skip_space(lexer))
        return;
    lexer->start = lexer->at;
    lexer->kind = LEX_END;
    if (lexer->at < lexer->text.len)
        read_lexeme(lexer);
    lexer->end = lexer->at;
    if (lexer->kind == LEX_OPERAND) {
        lexer->operand->start = lexer->start;
        lexer->operand->end = lexer->end;
    }
}
