/* import_lex: what stands where in a query of another tool. The tools agree on most of it; where they do not,
 * the dialect's table says so. Typographic quotes are quotes everywhere, since queries travel through
 * documents and mail. */
#include "import_lex.h"

#include "import_field.h"

#include "earshot/text.h"

#include <stdarg.h>
#include <stdio.h>

bool import_lexer_error(struct import_lexer *lexer, size_t byte, const char *format, ...) {
    if (lexer->kind == IMPORT_ERROR)
        return false;
    va_list args;
    va_start(args, format);
    query_error_fill(lexer->error, byte, format, args);
    va_end(args);
    lexer->kind = IMPORT_ERROR;
    return false;
}

bool import_one_of(char c, const char *set) {
    return c && strchr(set, c);
}

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool import_same(struct span a, const char *b) {
    return span_same(a, span_of(b));
}

const struct import_field *import_field_named(const struct import_dialect *dialect, struct span name) {
    for (size_t i = 0; i < dialect->field_count; i++)
        if (import_same(name, dialect->fields[i].name))
            return &dialect->fields[i];
    return NULL;
}

static struct span rest(const struct import_lexer *lexer, size_t at) {
    return (struct span){lexer->text.ptr + at, lexer->text.len - at};
}

static struct span slice(const struct import_lexer *lexer, size_t start, size_t end) {
    return (struct span){lexer->text.ptr + start, end - start};
}

static bool at_str(const struct import_lexer *lexer, size_t at, const char *text) {
    size_t len = strlen(text);
    return lexer->text.len - at >= len && memcmp(lexer->text.ptr + at, text, len) == 0;
}

static char char_at(const struct import_lexer *lexer, size_t at) {
    return at < lexer->text.len ? lexer->text.ptr[at] : '\0';
}

/* Bytes of a quote: also “ ” „ ‟, and \" as a program's source has it. */
static size_t quote_at(const struct import_lexer *lexer, size_t at) {
    static const char *const QUOTES[] = {"\"", "\\\"", "“", "”", "„", "‟"};
    for (size_t i = 0; at < lexer->text.len && i < COUNT_OF(QUOTES); i++)
        if (at_str(lexer, at, QUOTES[i]))
            return strlen(QUOTES[i]);
    return 0;
}

static bool space_at(const struct import_lexer *lexer, size_t at) {
    return at >= lexer->text.len || text_space(rest(lexer, at)) > 0;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_name(char c) {
    return (small(c) >= 'a' && small(c) <= 'z') || is_digit(c) || c == '_' || c == '.';
}

static bool skip_space(struct import_lexer *lexer) {
    for (;;) {
        size_t space = text_space(rest(lexer, lexer->at));
        lexer->at += space;
        if (lexer->dialect->comments && at_str(lexer, lexer->at, "<<<")) {
            const char *from = lexer->text.ptr + lexer->at;
            const char *close = memmem(from, lexer->text.len - lexer->at, ">>>", 3);
            if (!close)
                return import_lexer_error(lexer, lexer->at,
                                          "the comment is not closed: write >>> where it ends");
            lexer->at += (size_t)(close - from) + 3;
        } else if (space == 0) {
            return true;
        }
    }
}

/* The digits at `at`, at most 9999; -1: there are none. *end is behind them. */
static int number_at(const struct import_lexer *lexer, size_t at, size_t *end) {
    int number = -1;
    for (; is_digit(char_at(lexer, at)); at++)
        number = number > 999 ? 9999 : 10 * (number < 0 ? 0 : number) + (lexer->text.ptr[at] - '0');
    *end = at;
    return number;
}

/* ~n at lexer->at, which moves behind it. */
static void read_tilde(struct import_lexer *lexer) {
    lexer->number = IMPORT_NO_TILDE;
    if (char_at(lexer, lexer->at) != '~')
        return;
    size_t end;
    int number = number_at(lexer, lexer->at + 1, &end);
    lexer->number = number < 0 ? IMPORT_BARE_TILDE : number;
    lexer->at = end;
}

static void read_phrase(struct import_lexer *lexer, size_t open) {
    bool escaped = lexer->text.ptr[lexer->at] == '\\'; /* else a \" inside is a part of the phrase */
    size_t start = lexer->at + open, close = start;
    while (close < lexer->text.len && (!quote_at(lexer, close) || (!escaped && at_str(lexer, close, "\\\""))))
        close += !escaped && at_str(lexer, close, "\\\"") ? 2 : 1;
    if (close >= lexer->text.len) {
        import_lexer_error(lexer, lexer->at, "the quote is not closed: write \" behind the phrase");
        return;
    }
    lexer->kind = IMPORT_PHRASE;
    lexer->content = slice(lexer, start, close);
    lexer->at = close + quote_at(lexer, close);
    read_tilde(lexer);
}

/* From an opening sign to its closing one; the text with both of them. */
static void read_between(struct import_lexer *lexer, enum import_lexeme kind, char close) {
    size_t end = lexer->at;
    while (end < lexer->text.len && lexer->text.ptr[end] != close)
        end++;
    if (end == lexer->text.len) {
        import_lexer_error(lexer, lexer->at, "the `%c` is not closed: write %c where it ends",
                           lexer->text.ptr[lexer->at], close);
        return;
    }
    lexer->kind = kind;
    lexer->content = slice(lexer, lexer->at, end + 1);
    lexer->at = end + 1;
}

static bool ends_word(const struct import_lexer *lexer, size_t at) {
    char c = lexer->text.ptr[at];
    return c == '(' || c == ')' || quote_at(lexer, at) ||
           (lexer->dialect->braces && (c == '{' || c == '}')) ||
           (lexer->dialect->comments && at_str(lexer, at, "<<<")) || space_at(lexer, at);
}

static size_t word_end(const struct import_lexer *lexer, size_t at) {
    while (at < lexer->text.len && !ends_word(lexer, at))
        at++;
    return at;
}

/* NEAR/n, NEAR/nf, ONEAR/n, SENTENCE; false: the word is none of them. */
static bool read_near(struct import_lexer *lexer, struct span word) {
    const struct import_dialect *dialect = lexer->dialect;
    bool o = dialect->talkwalker_near && word.ptr[0] == 'O';
    struct span name = {word.ptr + o, word.len - o};
    lexer->ordered = o;
    lexer->sentence = dialect->talkwalker_near && span_eq(name, SPAN("SENTENCE"));
    lexer->number = 15; /* what Talkwalker takes where no number stands */
    if (lexer->sentence || (dialect->talkwalker_near && span_eq(name, SPAN("NEAR"))))
        return true;
    if (!dialect->near || name.len < 6 || memcmp(name.ptr, "NEAR/", 5) != 0)
        return false;
    size_t base = (size_t)(name.ptr - lexer->text.ptr), end;
    int number = number_at(lexer, base + 5, &end);
    bool f = end < base + name.len && small(lexer->text.ptr[end]) == 'f';
    if (number < 0 || end + f != base + name.len)
        return false;
    lexer->number = number;
    lexer->ordered = o || f;
    return true;
}

static enum import_lexeme operator_of(struct import_lexer *lexer, struct span word) {
    if (span_eq(word, SPAN("AND")))
        return IMPORT_AND;
    if (span_eq(word, SPAN("OR")))
        return IMPORT_OR;
    if (lexer->dialect->words_not && span_eq(word, SPAN("NOT")))
        return IMPORT_NOT;
    return read_near(lexer, word) ? IMPORT_NEAR : IMPORT_WORD;
}

/* A name and its colon at lexer->at, with a value behind it. A known name may stand apart from its value;
 * what stands before // is an address, and what stands apart from an unknown name is text. */
static bool read_field(struct import_lexer *lexer) {
    size_t end = lexer->at;
    while (is_name(char_at(lexer, end)))
        end++;
    struct span name = slice(lexer, lexer->at, end);
    if (name.len == 0 || is_digit(name.ptr[0]) || char_at(lexer, end) != ':' || at_str(lexer, end + 1, "//"))
        return false;
    if (!import_field_named(lexer->dialect, name) &&
        (name.len < 2 || space_at(lexer, end + 1) || char_at(lexer, end + 1) == ')'))
        return false;
    lexer->kind = IMPORT_FIELD;
    lexer->content = name;
    lexer->at = end + 1;
    lexer->value = true;
    return true;
}

/* +"…" and ++"…", or +word. */
static bool read_raw(struct import_lexer *lexer) {
    size_t at = lexer->at;
    while (char_at(lexer, at) == '+')
        at++;
    size_t signs = at - lexer->at;
    if (signs == 0 || signs > 2 || space_at(lexer, at) || char_at(lexer, at) == ')')
        return false;
    size_t open = quote_at(lexer, at);
    if (!open && !lexer->dialect->raw_plus) {
        lexer->at = at;
        return false;
    }
    lexer->at = at;
    if (open) {
        read_phrase(lexer, open);
    } else {
        size_t end = word_end(lexer, at);
        lexer->content = slice(lexer, at, end);
        lexer->at = end;
    }
    if (lexer->kind != IMPORT_ERROR && lexer->dialect->raw_plus) {
        lexer->kind = IMPORT_RAW;
        lexer->number = (int)signs;
    }
    return true;
}

static size_t emoticon_at(const struct import_lexer *lexer) {
    static const char *const FACES[] = {":-)", ":-(", ":)", ":(", ":P", ":D"};
    for (size_t i = 0; lexer->dialect->emoticons && i < COUNT_OF(FACES); i++)
        if (at_str(lexer, lexer->at, FACES[i]))
            return strlen(FACES[i]);
    return 0;
}

static void read_word(struct import_lexer *lexer) {
    size_t end = word_end(lexer, lexer->at), tilde = end;
    struct span word = slice(lexer, lexer->at, end);
    lexer->kind = lexer->value ? IMPORT_WORD : operator_of(lexer, word);
    lexer->content = word;
    lexer->at = end;
    if (lexer->kind != IMPORT_WORD)
        return;
    lexer->number = IMPORT_NO_TILDE;
    while (tilde > lexer->start && is_digit(lexer->text.ptr[tilde - 1]))
        tilde--;
    if (!lexer->dialect->bare_fuzzy || lexer->value || tilde <= lexer->start + 1 ||
        lexer->text.ptr[tilde - 1] != '~')
        return;
    lexer->at = tilde - 1;
    lexer->content.len = lexer->at - lexer->start;
    read_tilde(lexer);
}

static void read_lexeme(struct import_lexer *lexer) {
    const struct import_dialect *dialect = lexer->dialect;
    size_t open = quote_at(lexer, lexer->at), face = lexer->value ? 0 : emoticon_at(lexer);
    char c = char_at(lexer, lexer->at);
    if (open) {
        read_phrase(lexer, open);
    } else if (c == '(' || c == ')') {
        lexer->kind = c == '(' ? IMPORT_OPEN : IMPORT_CLOSE;
        lexer->at++;
        lexer->number = IMPORT_NO_TILDE;
        if (c == ')' && dialect->group_tilde)
            read_tilde(lexer);
    } else if (c == '{' && dialect->braces) {
        read_between(lexer, IMPORT_ENTITY, '}');
    } else if (c == '[' && lexer->value) {
        read_between(lexer, IMPORT_RANGE, ']');
    } else if (face) {
        lexer->kind = IMPORT_ENTITY;
        lexer->content = slice(lexer, lexer->at, lexer->at + face);
        lexer->at += face;
    } else if (c == '}' && dialect->braces) {
        import_lexer_error(lexer, lexer->at, "this } closes nothing");
    } else if (!lexer->value && c == '-' && !space_at(lexer, lexer->at + 1)) {
        lexer->kind = IMPORT_MINUS;
        lexer->at++;
    } else if (!(c == '+' && (!lexer->value || dialect->raw_plus) && read_raw(lexer)) &&
               (lexer->value || !read_field(lexer))) {
        read_word(lexer);
    }
}

void import_lexer_next(struct import_lexer *lexer) {
    if (lexer->kind == IMPORT_ERROR || !skip_space(lexer))
        return;
    lexer->start = lexer->at;
    lexer->kind = IMPORT_END;
    lexer->content = (struct span){"", 0};
    if (lexer->at < lexer->text.len) {
        bool value = lexer->value;
        read_lexeme(lexer);
        if (value)
            lexer->value = false;
    }
    lexer->end = lexer->at;
}
