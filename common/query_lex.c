/* query_lex: a word of a query is cut into positions by the tokens of text.h, as the texts are: so a query
 * word holds the separators that a text holds. Operators are looked for only where no token is: the * of the
 * keycap emoji is no wildcard, the - of @a-b no exclusion. */
#include "query_lex.h"

#include <stdarg.h>
#include <stdio.h>

#define LATER "which this version of Earshot does not carry yet"

bool lexer_error(struct lexer *lexer, size_t byte, const char *format, ...) {
    if (lexer->kind == LEX_ERROR)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(lexer->error->text, sizeof lexer->error->text, format, args);
    va_end(args);
    lexer->error->byte = byte;
    lexer->kind = LEX_ERROR;
    return false;
}

struct excerpt lexer_excerpt(struct span text) {
    struct excerpt out;
    size_t len = text.len;
    if (len > EXCERPT_MAX) {
        len = EXCERPT_MAX;
        while (len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
            len--;
    }
    for (size_t i = 0; i < len; i++)
        out.text[i] = (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? ' ' : text.ptr[i];
    snprintf(out.text + len, sizeof out.text - len, "%s", len < text.len ? "…" : "");
    return out;
}

static struct span slice(const struct lexer *lexer, size_t start, size_t end) {
    return (struct span){.ptr = lexer->text.ptr + start, .len = end - start};
}

static bool at_str(const struct lexer *lexer, size_t at, const char *text) {
    size_t len = strlen(text);
    return lexer->text.len - at >= len && memcmp(lexer->text.ptr + at, text, len) == 0;
}

/* False: a comment is not closed. */
static bool skip_space(struct lexer *lexer) {
    for (;;) {
        size_t space = text_space(slice(lexer, lexer->at, lexer->text.len));
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

/* What stands between the tokens: operators that are not carried. */

static bool operator_at(struct lexer *lexer, size_t byte, bool quoted) {
    switch (lexer->text.ptr[byte]) {
    case '*':
    case '?':
        return lexer_error(lexer, byte, "`%c` is a wildcard, " LATER ": write the words out, with OR",
                           lexer->text.ptr[byte]);
    case '~':
        return quoted || lexer_error(lexer, byte,
                                     "`~` asks for words that are nearly the same, " LATER
                                     ": write the spellings out, with OR");
    case '{':
    case '}':
        return quoted || lexer_error(lexer, byte, "`{ }` asks for exactly these characters, " LATER);
    default:
        return true;
    }
}

static bool check_gap(struct lexer *lexer, size_t start, size_t end, bool quoted) {
    for (size_t i = start; i < end; i++)
        if (!operator_at(lexer, i, quoted))
            return false;
    return true;
}

/* `name:` at the start of an unquoted word. */
static bool check_field(struct lexer *lexer, size_t start, size_t end) {
    static const char *const FIELDS[] = {"title",     "author",     "site",    "link", "source",
                                         "type",      "lang",       "country", "is",   "has",
                                         "followers", "engagement", "rating"};
    size_t at = start;
    while (at < end && ((unsigned)lexer->text.ptr[at] | 0x20) - 'a' < 26)
        at++;
    if (at == start || at == end || lexer->text.ptr[at] != ':')
        return true;
    struct span name = slice(lexer, start, at);
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        if (span_eq(name, span_of(FIELDS[i])))
            return lexer_error(lexer, start, "`%s:` looks into a field, " LATER, FIELDS[i]);
    return lexer_error(lexer, start,
                       "`%s:` is no field of the language; to find the words write them in quotes: \"%s\"",
                       lexer_excerpt(name).text, lexer_excerpt(slice(lexer, start, end)).text);
}

static bool check_token(struct lexer *lexer, struct text_token token, size_t base) {
    if (token.kind != TEXT_LINK)
        return true;
    struct span link = slice(lexer, base + token.start, base + token.end);
    return lexer_error(lexer, base + token.start,
                       "`%s` is a link, which holds no words; `link:` finds links, " LATER,
                       lexer_excerpt(link).text);
}

static bool no_words(struct lexer *lexer, size_t start, size_t end) {
    struct span text = slice(lexer, start, end);
    if (text.len == 0)
        return lexer_error(lexer, start, "nothing between the quotes: write a word");
    return lexer_error(lexer, start, "`%s` holds no word; operators are AND, OR, NOT and -",
                       lexer_excerpt(text).text);
}

/* A lone sign is a slip: #2024 would silently find the word 2024. */
static bool check_sign(struct lexer *lexer, size_t start, size_t end, struct text_token first) {
    if (text_sign(slice(lexer, start, end)) == 0 || (first.start == 0 && first.kind != TEXT_WORD))
        return true;
    return lexer_error(
        lexer, start,
        "`%s` is no tag, handle or cashtag: `#` wants a letter among what follows, `@` a letter or "
        "digit, `$` 1 to 8 Latin letters",
        lexer_excerpt(slice(lexer, start, end)).text);
}

static struct query *new_phrase(struct lexer *lexer, size_t count) {
    struct query *phrase = arena_calloc(lexer->arena, 1, sizeof *phrase);
    phrase->kind = QUERY_PHRASE;
    phrase->words = arena_calloc(lexer->arena, count, sizeof *phrase->words);
    phrase->word_count = count;
    return phrase;
}

static size_t count_tokens(struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    size_t count = 0;
    text_begin(&cursor, text);
    while (text_next(&cursor, &token))
        count++;
    return count;
}

/* The phrase that the bytes from start to end are. */
static bool read_phrase(struct lexer *lexer, size_t start, size_t end, bool quoted) {
    struct span text = slice(lexer, start, end);
    size_t count = count_tokens(text), behind = 0, first = 0;
    if (lexer->operands + count > QUERY_OPERANDS_MAX)
        return lexer_error(lexer, start, "more than %d words in one query", QUERY_OPERANDS_MAX);
    lexer->operands += count;
    struct query *phrase = new_phrase(lexer, count);
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    for (size_t i = 0; text_next(&cursor, &token); i++) {
        if (i == 0)
            first = token.start;
        if (!check_token(lexer, token, start) ||
            (i == 0 && !quoted && !check_sign(lexer, start, end, token)) ||
            !check_gap(lexer, start + behind, start + token.start, quoted))
            return false;
        struct span word = slice(lexer, start + token.start, start + token.end);
        phrase->words[i].kind = token.kind;
        phrase->words[i].text = (struct span){arena_copy(lexer->arena, word), word.len};
        behind = token.end;
    }
    if (!check_gap(lexer, start + behind, end, quoted))
        return false;
    if (count == 0)
        return no_words(lexer, start, end);
    struct span whole = slice(lexer, start + first, start + behind);
    if (count > 1 && text_is_run(whole))
        phrase->run = (struct span){arena_copy(lexer->arena, whole), whole.len};
    lexer->phrase = phrase;
    return true;
}

static void quoted(struct lexer *lexer) {
    size_t inside = lexer->start + 1;
    const char *close = memchr(lexer->text.ptr + inside, '"', lexer->text.len - inside);
    if (!close) {
        lexer_error(lexer, lexer->start, "the quote is not closed: write \" behind the phrase");
        return;
    }
    size_t end = (size_t)(close - lexer->text.ptr);
    if (!read_phrase(lexer, inside, end, true))
        return;
    lexer->at = end + 1;
    if (lexer->at < lexer->text.len && lexer->text.ptr[lexer->at] == '~') {
        lexer_error(lexer, lexer->at, "`~` behind a phrase asks for its words in any order, " LATER);
        return;
    }
    lexer->kind = LEX_PHRASE;
}

static bool ends_bare(char c) {
    return c == '(' || c == ')' || c == '"';
}

static size_t bare_end(const struct lexer *lexer) {
    size_t at = lexer->start;
    while (at < lexer->text.len && !ends_bare(lexer->text.ptr[at]) && !at_str(lexer, at, "<<<") &&
           text_space(slice(lexer, at, lexer->text.len)) == 0)
        at++;
    return at;
}

static bool is_near(struct span word) {
    static const char *const NEAR[] = {"NEAR", "ONEAR"};
    for (size_t i = 0; i < COUNT_OF(NEAR); i++) {
        size_t len = strlen(NEAR[i]);
        if (word.len >= len && memcmp(word.ptr, NEAR[i], len) == 0 &&
            (word.len == len || word.ptr[len] == '/'))
            return true;
    }
    return false;
}

/* A typographic quote, as word processors make it. */
static bool is_curly(struct span word) {
    static const char *const QUOTES[] = {"“", "”", "„"};
    for (size_t i = 0; i < COUNT_OF(QUOTES); i++)
        if (word.len >= 3 && memcmp(word.ptr, QUOTES[i], 3) == 0)
            return true;
    return false;
}

static void refuse_word(struct lexer *lexer, struct span word) {
    if (is_curly(word))
        lexer_error(lexer, lexer->start, "a phrase stands in straight quotes: \"acme corp\"");
    else
        lexer_error(lexer, lexer->start,
                    "`%s` asks for words near each other, " LATER ": a phrase is \"a b\"",
                    lexer_excerpt(word).text);
}

static void bare(struct lexer *lexer) {
    static const struct {
        const char *name;
        enum lexeme_kind kind;
    } OPERATORS[] = {{"AND", LEX_AND}, {"OR", LEX_OR}, {"NOT", LEX_NOT}};
    size_t end = bare_end(lexer);
    struct span word = slice(lexer, lexer->start, end);
    lexer->at = end;
    for (size_t i = 0; i < COUNT_OF(OPERATORS); i++) {
        if (!span_eq(word, span_of(OPERATORS[i].name)))
            continue;
        lexer->kind = OPERATORS[i].kind;
        return;
    }
    if (is_near(word) || is_curly(word)) {
        refuse_word(lexer, word);
        return;
    }
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, word);
    bool link = text_next(&cursor, &token) && token.kind == TEXT_LINK;
    if ((link || check_field(lexer, lexer->start, end)) && read_phrase(lexer, lexer->start, end, false))
        lexer->kind = LEX_PHRASE;
}

static void minus(struct lexer *lexer) {
    lexer->at++;
    struct span rest = slice(lexer, lexer->at, lexer->text.len);
    if (rest.len == 0 || text_space(rest))
        lexer_error(lexer, lexer->start, "`-` stands right before what it excludes: -word");
    else
        lexer->kind = LEX_MINUS;
}

void lexer_next(struct lexer *lexer) {
    if (lexer->kind == LEX_ERROR || !skip_space(lexer))
        return;
    lexer->start = lexer->at;
    lexer->kind = LEX_END;
    if (lexer->at < lexer->text.len) {
        switch (lexer->text.ptr[lexer->at]) {
        case '(':
        case ')':
            lexer->kind = lexer->text.ptr[lexer->at++] == '(' ? LEX_OPEN : LEX_CLOSE;
            break;
        case '"':
            quoted(lexer);
            break;
        case '-':
            minus(lexer);
            break;
        default:
            bare(lexer);
        }
    }
    lexer->end = lexer->at;
    if (lexer->kind == LEX_PHRASE) {
        lexer->phrase->start = lexer->start;
        lexer->phrase->end = lexer->end;
    }
}
