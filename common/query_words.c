/* query_words: a word of a query is cut into positions by the tokens of text.h, as the texts are: so a query
 * word holds the separators that a text holds. Wildcards are letters here: the tokens are read from a copy in
 * which each is a _. The * of the keycap emoji is none. */
#include "query_words.h"

struct reader {
    struct lexer *lexer;
    size_t base;      /* where text begins in the query */
    struct span text; /* as it was written */
    bool quoted;
    struct text_token *tokens;
    size_t count;
};

static struct span written(const struct reader *reader, struct text_token token) {
    return (struct span){reader->text.ptr + token.start, token.end - token.start};
}

#define FAIL(reader, at, ...) lexer_error((reader)->lexer, (reader)->base + (at), __VA_ARGS__)

/* Tokens. */

static bool is_wildcard(char c) {
    return c == '*' || c == '?';
}

static bool has_wildcard(struct span word) {
    for (size_t i = 0; i < word.len; i++)
        if (is_wildcard(word.ptr[i]))
            return true;
    return false;
}

/* *, U+20E3, perhaps U+FE0F between. */
static bool is_keycap(struct span text, size_t at) {
    static const char STYLE[] = "\xef\xb8\x8f", KEYCAP[] = "\xe2\x83\xa3";
    if (text.ptr[at++] != '*')
        return false;
    if (text.len - at >= 3 && memcmp(text.ptr + at, STYLE, 3) == 0)
        at += 3;
    return text.len - at >= 3 && memcmp(text.ptr + at, KEYCAP, 3) == 0;
}

static struct span without_wildcards(const struct reader *reader) {
    struct span text = reader->text;
    if (!has_wildcard(text))
        return text;
    char *copy = arena_copy(reader->lexer->arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (is_wildcard(copy[i]) && !is_keycap(text, i))
            copy[i] = '_';
    return (struct span){copy, text.len};
}

static void cut(struct reader *reader) {
    struct span text = without_wildcards(reader);
    struct text_cursor cursor;
    struct text_token token;
    size_t count = 0;
    text_begin(&cursor, text);
    while (text_next(&cursor, &token))
        count++;
    reader->tokens = arena_calloc(reader->lexer->arena, count, sizeof *reader->tokens);
    text_begin(&cursor, text);
    while (text_next(&cursor, &token))
        reader->tokens[reader->count++] = token;
}

static bool touch(struct text_token a, struct text_token b) {
    return a.kind == TEXT_WORD && b.kind == TEXT_WORD && a.end == b.start;
}

/* The end of the wildcards at `at` and of their marks; `at` where no wildcard stands there. */
static size_t wildcards_end(struct span text, size_t at, size_t end) {
    while (at < end && is_wildcard(text.ptr[at])) {
        at++;
        at += text_marks((struct span){text.ptr + at, end - at});
    }
    return at;
}

/* Wildcards behind a character that is a word by itself are its own. */
static void join_wildcards(struct reader *reader) {
    size_t kept = 0;
    for (size_t i = 0; i < reader->count; i++) {
        struct text_token token = reader->tokens[i];
        if (kept > 0 && touch(reader->tokens[kept - 1], token)) {
            token.start = wildcards_end(reader->text, token.start, token.end);
            reader->tokens[kept - 1].end = token.start;
            if (token.start == token.end)
                continue;
        }
        reader->tokens[kept++] = token;
    }
    reader->count = kept;
}

/* Words. */

/* Most words are this: one position, each byte a character of form E. */
static bool is_ascii_word(struct span text) {
    bool all = text.len > 0;
    for (size_t i = 0; all && i < text.len; i++) {
        char c = text.ptr[i];
        all = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    return all;
}

/* Characters of form E, in which words are compared. */
static size_t length_of(const struct reader *reader, struct span word) {
    struct lexer *lexer = reader->lexer;
    if (word.len == 0 || is_ascii_word(word))
        return word.len;
    if (!lexer->folder)
        lexer->folder = text_folder_new();
    return span_characters(text_fold(lexer->folder, word).e);
}

static bool check_wildcards(const struct reader *reader, struct text_token token) {
    struct span word = written(reader, token), letters = {word.ptr, 0};
    while (!is_wildcard(word.ptr[letters.len]))
        letters.len++;
    bool open = true, star = false; /* open: nothing but wildcards behind the letters */
    for (size_t i = letters.len; i < word.len; i++) {
        open = open && is_wildcard(word.ptr[i]);
        star = star || word.ptr[i] == '*';
    }
    size_t least = text_is_dense(letters) ? 1 : open && star ? 3 : 2;
    if (length_of(reader, letters) >= least)
        return true;
    return FAIL(
        reader, token.start,
        "`%s` may be nearly any word: write at least %zu letters before the first `%c` (1 in Han, Kana, "
        "Hangul, Thai)",
        lexer_excerpt(word).text, least, word.ptr[letters.len]);
}

/* Two * say what one says. */
static struct span fewer_stars(struct lexer *lexer, struct span word) {
    char *copy = arena_copy(lexer->arena, word);
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++)
        if (len == 0 || word.ptr[i] != '*' || copy[len - 1] != '*')
            copy[len++] = word.ptr[i];
    return (struct span){copy, len};
}

static struct query_word word_of(struct lexer *lexer, enum text_kind kind, struct span text) {
    struct query_word word = {.kind = kind, .text = {arena_copy(lexer->arena, text), text.len}};
    if (kind != TEXT_WORD || !has_wildcard(text))
        return word;
    word.text = fewer_stars(lexer, text);
    size_t first = 0;
    while (!is_wildcard(word.text.ptr[first]))
        first++;
    bool prefix = first + 1 == word.text.len && word.text.ptr[first] == '*';
    word.form = prefix ? QUERY_PREFIX : QUERY_WILDCARD;
    return word;
}

/* Nothing but white space stands between the bytes a and b of the text, and some does; or it is an end of it.
 */
static bool apart(const struct reader *reader, size_t a, size_t b) {
    for (size_t at = a; at < b; at++)
        if (text_space((struct span){reader->text.ptr + at, b - at}))
            return true;
    return false;
}

static bool check_fuzzy(const struct reader *reader, size_t number, struct text_token token, size_t behind,
                        unsigned edits) {
    struct span word = written(reader, token);
    struct excerpt shown = lexer_excerpt(word);
    const char *name = shown.text;
    bool alone = (number == 0 || apart(reader, reader->tokens[number - 1].end, token.start)) &&
                 (behind == reader->count ||
                  apart(reader, reader->tokens[behind - 1].end, reader->tokens[behind].start));
    if (token.kind != TEXT_WORD)
        return FAIL(reader, token.end, "`%s` is found exactly as it is: `~` stands behind a word", name);
    if (has_wildcard(word))
        return FAIL(reader, token.end, "`%s` has a wildcard: write either that or `~`", name);
    if (edits < 1 || edits > 2)
        return FAIL(reader, token.end, "a word may be 1 or 2 edits away: write %s~1 or %s~2", name, name);
    if (!alone)
        return FAIL(
            reader, token.end,
            "`~%u` stands behind one word, and `%s` is a part of several: write them in quotes, with spaces",
            edits, name);
    size_t length = length_of(reader, word);
    if (length >= 4 * edits)
        return true;
    if (length >= 4)
        return FAIL(reader, token.end, "~2 wants a word of at least 8 characters: write %s~1", name);
    return FAIL(
        reader, token.end,
        "`%s` is too short for `~`, which wants at least 4 characters: write the spellings out, with OR",
        name);
}

/* The ~n behind the token `number`: *edits, 0 where there is none, and *behind, the token behind it all. */
static bool read_fuzzy(const struct reader *reader, size_t number, unsigned *edits, size_t *behind) {
    struct text_token token = reader->tokens[number];
    struct span text = reader->text;
    size_t digits = token.end + 1, end = digits;
    *edits = 0;
    *behind = number + 1;
    if (token.end >= text.len || text.ptr[token.end] != '~')
        return true;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    if (end == digits && reader->quoted)
        return true;
    bool token_too = number + 1 < reader->count && reader->tokens[number + 1].start == digits;
    if (end == digits || !token_too || reader->tokens[number + 1].end != end)
        return FAIL(reader, token.end,
                    "behind `~` stands how many edits away a word may be: acme~1 or microsoft~2");
    *edits = end - digits == 1 ? (unsigned)(text.ptr[digits] - '0') : 10;
    ++*behind;
    return check_fuzzy(reader, number, token, *behind, *edits);
}

/* What stands before the token, behind the one before it. */
static bool check_gap(const struct reader *reader, size_t start, size_t end) {
    for (size_t i = start; !reader->quoted && i < end; i++)
        if (reader->text.ptr[i] == '~')
            return FAIL(reader, i, "`~` stands right behind a word or a closing quote: acme~1 or \"a b\"~3");
    return true;
}

static bool check_token(const struct reader *reader, struct text_token token) {
    struct span word = written(reader, token);
    switch (token.kind) {
    case TEXT_LINK:
        return FAIL(reader, token.start, "`%s` is a link, which holds no words: write link:\"%s\" to find it",
                    lexer_excerpt(word).text, lexer_excerpt(word).text);
    case TEXT_WORD:
        return !has_wildcard(word) || check_wildcards(reader, token);
    case TEXT_EMOJI:
        return true;
    default:
        return !has_wildcard(word) ||
               FAIL(reader, token.start,
                    "`%s` is found exactly as it is, without wildcards; the word finds hashtags too",
                    lexer_excerpt(word).text);
    }
}

/* A lone sign is a slip: #2024 would silently find the word 2024. */
static bool check_sign(const struct reader *reader) {
    struct text_token first = reader->tokens[0];
    if (reader->quoted || text_sign(reader->text) == 0 || (first.start == 0 && first.kind != TEXT_WORD))
        return true;
    return FAIL(reader, 0,
                "`%s` is no tag, handle or cashtag: `#` wants a letter among what follows, `@` a letter or "
                "digit, `$` 1 to 8 Latin letters",
                lexer_excerpt(reader->text).text);
}

static bool no_words(const struct reader *reader) {
    if (reader->text.len == 0)
        return FAIL(reader, 0, "nothing between the quotes: write a word");
    return check_gap(reader, 0, reader->text.len) &&
           FAIL(reader, 0, "`%s` holds no word; operators are AND, OR, NOT, NEAR/n and -",
                lexer_excerpt(reader->text).text);
}

static bool read_words(const struct reader *reader, struct query *node) {
    size_t gap = 0;
    for (size_t i = 0, behind; i < reader->count; i = behind) {
        struct text_token token = reader->tokens[i];
        unsigned edits;
        if (!check_gap(reader, gap, token.start) || !check_token(reader, token) ||
            !read_fuzzy(reader, i, &edits, &behind))
            return false;
        struct query_word *word = &node->words[node->word_count++];
        *word = word_of(reader->lexer, token.kind, written(reader, token));
        if (edits) {
            word->form = QUERY_FUZZY;
            word->edits = (uint8_t)edits;
        }
        gap = reader->tokens[behind - 1].end;
    }
    return check_gap(reader, gap, reader->text.len);
}

/* All of the tokens as one word, where nothing separates them. */
static const struct query_word *run_of(const struct reader *reader) {
    struct text_token whole = reader->tokens[0];
    for (size_t i = 1; i < reader->count; i++, whole.end = reader->tokens[i - 1].end)
        if (!touch(reader->tokens[i - 1], reader->tokens[i]))
            return NULL;
    if (reader->count == 1)
        return NULL;
    struct query_word *run = arena_calloc(reader->lexer->arena, 1, sizeof *run);
    *run = word_of(reader->lexer, TEXT_WORD, written(reader, whole));
    return run;
}

static bool ascii_word(struct lexer *lexer, struct query *node, struct span text, size_t start) {
    node->words = arena_alloc(lexer->arena, sizeof *node->words);
    node->words[0] =
        (struct query_word){.kind = TEXT_WORD, .text = {arena_copy(lexer->arena, text), text.len}};
    node->word_count = 1;
    return lexer_count(lexer, start, 1);
}

bool query_words(struct lexer *lexer, struct query *node, size_t start, size_t end, bool quoted) {
    struct reader reader = {
        .lexer = lexer, .base = start, .text = lexer_slice(lexer, start, end), .quoted = quoted};
    if (is_ascii_word(reader.text))
        return ascii_word(lexer, node, reader.text, start);
    cut(&reader);
    join_wildcards(&reader);
    if (reader.count == 0)
        return no_words(&reader);
    node->words = arena_calloc(lexer->arena, reader.count, sizeof *node->words);
    if (!check_sign(&reader) || !read_words(&reader, node) || !lexer_count(lexer, start, node->word_count))
        return false;
    node->run = run_of(&reader);
    return true;
}
