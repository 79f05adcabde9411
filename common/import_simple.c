/* import_simple: a query of words alone, which Talkwalker reads otherwise than one with operators ("Special
 * Transformations"). */
#include "import_field.h"
#include "import_lex.h"
#include "import_parse.h"

static bool is_capitals(struct span word) {
    bool letter = false;
    for (size_t i = 0; i < word.len; i++) {
        letter = letter || (word.ptr[i] >= 'A' && word.ptr[i] <= 'Z');
        if (!(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z') && !import_one_of(word.ptr[i], "+-&"))
            return false;
    }
    return letter;
}

static bool has_sign(struct span word) {
    for (size_t i = 0; i < word.len; i++)
        if (import_one_of(word.ptr[i], "#@$+-&"))
            return true;
    return false;
}

/* Lexemes that are words, all of them; 0: others too. *plain: no signs and not in capitals. */
static size_t count_words(const struct import_work *work, bool *plain) {
    struct query_error ignored;
    struct import_lexer lexer = {.dialect = work->dialect, .text = work->source, .error = &ignored};
    size_t count = 0;
    *plain = true;
    for (import_lexer_next(&lexer); lexer.kind == IMPORT_WORD; import_lexer_next(&lexer)) {
        struct span word = lexer.content;
        if (lexer.number != IMPORT_NO_TILDE || memchr(word.ptr, '*', word.len) ||
            memchr(word.ptr, '?', word.len))
            return 0;
        *plain = *plain && !is_capitals(word) && !has_sign(word);
        count++;
    }
    return lexer.kind == IMPORT_END ? count : 0;
}

static struct import_node *simple_word(struct import_work *work, const struct import_lexer *lexer) {
    struct import_value value = {.kind = IMPORT_WORD,
                                 .text = lexer->content,
                                 .number = IMPORT_NO_TILDE,
                                 .start = lexer->start,
                                 .end = lexer->end};
    if (is_capitals(value.text) || has_sign(value.text)) {
        value.kind = IMPORT_RAW;
        value.number = is_capitals(value.text) ? 2 : 1;
    }
    return import_operand(work, &value);
}

/* The query as a whole where it is only words; NULL: it is not. */
struct import_node *import_parse_simple(struct import_work *work) {
    enum { JUMPS = 10 };
    bool plain = false;
    size_t count = work->dialect->simple_special ? count_words(work, &plain) : 0;
    if (count == 0)
        return NULL;
    struct import_value whole = {
        .kind = IMPORT_PHRASE, .text = work->source, .number = IMPORT_NO_TILDE, .end = work->source.len};
    if (plain && count > 1) {
        whole.number = count > 99 ? 9999 : (int)(count - 1) * JUMPS;
        return import_operand(work, &whole);
    }
    struct query_error ignored;
    struct import_lexer lexer = {.dialect = work->dialect, .text = work->source, .error = &ignored};
    struct import_node *all = import_node_new(work, IMPORT_ALL, 0, 0);
    for (import_lexer_next(&lexer); lexer.kind == IMPORT_WORD; import_lexer_next(&lexer))
        import_adopt(all, simple_word(work, &lexer));
    return all;
}
