/* import_parse: one function a level of binding, as in query.c; the tools bind alike but for what their
 * tables say. Parts that cannot be carried stay in the tree as LOST until import_tree.c knows what leaving
 * them out does.
 */
#include "import_parse.h"

#include "import_field.h"
#include "import_lex.h"
#include "import_tree.h"

enum { DEPTH_MAX = 60 }; /* of parentheses and NOTs: the language's, less what is added here */

struct parser {
    struct import_work *work;
    struct import_lexer lexer;
    int depth;
    bool negative;                    /* under an odd number of NOTs */
    const struct import_field *field; /* whose group it is in; NULL */
    struct span unknown;              /* the name of a field that no table has, whose group it is in */
    bool in_title;

    /* Of the innermost parentheses. */
    bool saw_and, saw_or, pulled;
    struct import_node *excluded; /* by a NOT that counts for all of them; an ANY */
};

static struct import_node *parse_any(struct parser *parser);
static struct import_node *parse_unary(struct parser *parser);

#define FAIL(parser, byte, ...) import_fail((parser)->work, byte, __VA_ARGS__)

static bool holds_word(struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    return text_next(&cursor, &token);
}

/* What the lexer reads as a word and no tool finds: && | – and the like. */
static bool is_noise(const struct parser *parser) {
    const struct import_lexer *lexer = &parser->lexer;
    return lexer->kind == IMPORT_WORD && !holds_word(lexer->content) &&
           !(lexer->dialect->emoticons && span_eq(lexer->content, SPAN("?")));
}

static void next(struct parser *parser) {
    bool value = parser->lexer.value;
    import_lexer_next(&parser->lexer);
    for (; !value && is_noise(parser); import_lexer_next(&parser->lexer))
        import_note_add(parser->work, parser->lexer.start, parser->lexer.end, IMPORT_CHANGED,
                        "`%s` is no operator of %s and holds no word: passed over",
                        import_shown(parser->work, parser->lexer.start, parser->lexer.end),
                        parser->work->dialect->title);
    if (parser->lexer.kind == IMPORT_ERROR)
        parser->work->failed = true;
}

/* The node that lost what is from start to end. */
static struct import_node *lost(struct parser *parser, size_t start, size_t end, const char *why) {
    const char *shown = import_shown(parser->work, start, end);
    return import_lost(parser->work, start, end, arena_printf(parser->work->arena, "`%s`: %s", shown, why));
}

/* Operands. */

static struct import_node *carry_field(struct parser *parser, struct import_value *value) {
    struct import_work *work = parser->work;
    const struct import_field *field = parser->field;
    if (!field) {
        const char *why = arena_printf(
            work->arena, "%.*s: is no operator of %s that is known here; put it in quotes where it is text",
            (int)parser->unknown.len, parser->unknown.ptr, work->dialect->title);
        return lost(parser, value->start, value->end, why);
    }
    if (value->text.len == 0)
        return lost(parser, value->start, value->end, "nothing stands behind its colon");
    struct import_node *node = field->carry(work, field, value);
    if (!node && !work->failed) { /* so anyhow: nothing is lost without it */
        node = import_node_new(work, IMPORT_LOST, value->start, value->end);
        node->note = NULL;
    }
    return node;
}

/* The current lexeme as an operand; start is where its field's name begins. */
static struct import_node *carry_operand(struct parser *parser, size_t start) {
    struct import_lexer *lexer = &parser->lexer;
    struct import_value value = {.kind = lexer->kind,
                                 .text = lexer->content,
                                 .number = lexer->number,
                                 .start = start,
                                 .end = lexer->end,
                                 .negative = parser->negative};
    bool fielded = parser->field || parser->unknown.len;
    if (value.kind == IMPORT_ENTITY && value.text.len > 1 && value.text.ptr[0] == '{')
        value.text = (struct span){value.text.ptr + 1, value.text.len - 2};
    if (fielded && !parser->in_title)
        return carry_field(parser, &value);
    if (parser->work->dialect->emoticons && span_eq(value.text, SPAN("?")))
        return import_leaf(parser->work, SPAN("has:question"), start, value.end);
    if (!parser->work->dialect->words_not && value.kind == IMPORT_WORD && span_eq(value.text, SPAN("NOT")))
        import_note_add(parser->work, start, value.end, IMPORT_CHANGED,
                        "`NOT` is a word to %s, which excludes by -: carried as the word",
                        parser->work->dialect->title);
    struct import_node *node = import_operand(parser->work, &value);
    bool link = node->kind == IMPORT_LEAF && !node->placed;
    return link && parser->in_title ? lost(parser, start, value.end, "links are not looked for in titles")
                                    : node;
}

static bool deeper(struct parser *parser, size_t byte) {
    if (++parser->depth <= DEPTH_MAX)
        return true;
    FAIL(parser, byte, "more than %d parentheses and NOTs inside each other", DEPTH_MAX);
    return false;
}

/* (a AND b)~n: NEAR between what AND joins. */
static struct import_node *tilde_group(struct parser *parser, struct import_node *node, int tilde) {
    if (tilde == IMPORT_NO_TILDE)
        return node;
    if (node->kind != IMPORT_ALL || tilde < 0) {
        import_note_add(parser->work, node->start, parser->lexer.end, IMPORT_CHANGED,
                        "~ behind a group stands between what AND joins in it, and this one has no AND: "
                        "without it");
        return node;
    }
    node->kind = IMPORT_CHAIN;
    if (node->first->next != node->last)
        import_note_add(parser->work, node->start, parser->lexer.end, IMPORT_CHANGED,
                        "~ behind a group of three or more: each is near the next");
    for (struct import_node *child = node->first; child; child = child->next)
        child->distance = tilde;
    return node;
}

/* What the parentheses held: its order of binding, and what NOT excludes from all of it. */
static struct import_node *finish_group(struct parser *parser, struct import_node *node, size_t start,
                                        size_t end) {
    const struct import_dialect *dialect = parser->work->dialect;
    if (parser->saw_and && parser->saw_or && dialect->mixed)
        import_note_add(parser->work, start, end, IMPORT_CHANGED,
                        "AND and OR without parentheses between them: %s; read as AND before OR",
                        dialect->mixed);
    if (!parser->excluded)
        return node;
    if (parser->pulled && parser->saw_or)
        import_note_add(parser->work, parser->excluded->start, parser->excluded->end, IMPORT_CHANGED,
                        "NOT beside OR without parentheses: read as excluding from all of them");
    struct import_node *all = import_node_new(parser->work, IMPORT_ALL, start, end), *then;
    import_adopt(all, node);
    for (struct import_node *child = parser->excluded->first; child; child = then) {
        then = child->next;
        import_adopt(all, child);
    }
    return all;
}

/* All up to the closing parenthesis or the end. */
static struct import_node *parse_level(struct parser *parser, size_t start) {
    struct parser outer = *parser;
    parser->saw_and = parser->saw_or = parser->pulled = false;
    parser->excluded = NULL;
    struct import_node *node = parse_any(parser);
    if (node)
        node = finish_group(parser, node, start, parser->lexer.start);
    parser->saw_and = outer.saw_and;
    parser->saw_or = outer.saw_or;
    parser->pulled = outer.pulled;
    parser->excluded = outer.excluded;
    return node;
}

static struct import_node *parse_group(struct parser *parser) {
    struct import_lexer *lexer = &parser->lexer;
    size_t open = lexer->start;
    if (!deeper(parser, open))
        return NULL;
    next(parser);
    if (lexer->kind == IMPORT_CLOSE)
        return FAIL(parser, open, "nothing between the parentheses: write a word");
    struct import_node *node = parse_level(parser, open);
    if (!node)
        return NULL;
    if (lexer->kind != IMPORT_CLOSE)
        return FAIL(parser, open, "the parenthesis is not closed: write ) where the group ends");
    node = tilde_group(parser, node, lexer->number);
    next(parser);
    parser->depth--;
    return node;
}

static bool is_operand(enum import_lexeme kind) {
    return kind == IMPORT_WORD || kind == IMPORT_PHRASE || kind == IMPORT_ENTITY || kind == IMPORT_RANGE ||
           kind == IMPORT_RAW;
}

/* title:( … ): one title: for all of it, since NEAR stands inside. */
static struct import_node *title_group(struct parser *parser, size_t start) {
    parser->in_title = true;
    struct import_node *inside = parse_group(parser);
    parser->in_title = false;
    if (!inside)
        return NULL;
    struct import_node *title = import_node_new(parser->work, IMPORT_TITLE, start, inside->end);
    import_adopt(title, inside);
    return title;
}

static struct import_node *parse_field(struct parser *parser) {
    struct import_lexer *lexer = &parser->lexer;
    const struct import_field *outer = parser->field;
    struct span outer_unknown = parser->unknown;
    size_t start = lexer->start;
    struct import_node *node = NULL;
    parser->unknown = lexer->content;
    parser->field = import_field_named(parser->work->dialect, parser->unknown);
    bool in_title = parser->in_title;
    next(parser);
    if (in_title && (is_operand(lexer->kind) || lexer->kind == IMPORT_OPEN)) {
        node = lost(parser, start, lexer->end, "a field stands in a group of title:, which has words only");
        if (lexer->kind == IMPORT_OPEN)
            return FAIL(parser, start,
                        "a field's group stands in a group of title:: write it before, with AND");
        next(parser);
    } else if (lexer->kind == IMPORT_OPEN) {
        bool title = parser->field && parser->field->carry == import_carry_title;
        node = title ? title_group(parser, start) : parse_group(parser);
    } else if (is_operand(lexer->kind)) {
        node = carry_operand(parser, start);
        next(parser);
    } else if (lexer->kind != IMPORT_ERROR) {
        node = lost(parser, start, lexer->start, "nothing stands behind its colon");
    }
    parser->field = outer;
    parser->unknown = outer_unknown;
    return node;
}

static struct import_node *no_operand(struct parser *parser) {
    const struct import_lexer *lexer = &parser->lexer;
    switch (lexer->kind) {
    case IMPORT_ERROR:
        parser->work->failed = true;
        return NULL;
    case IMPORT_END:
        return FAIL(parser, lexer->start, "the query ends where a word should be");
    case IMPORT_CLOSE:
        return FAIL(parser, lexer->start,
                    parser->depth ? "a word is missing before )" : "this ) closes nothing");
    default:
        return FAIL(parser, lexer->start, "a word is missing before %s",
                    import_shown(parser->work, lexer->start, lexer->end));
    }
}

static struct import_node *parse_not(struct parser *parser) {
    size_t start = parser->lexer.start;
    if (!deeper(parser, start))
        return NULL;
    parser->negative = !parser->negative;
    next(parser);
    struct import_node *child = parse_unary(parser);
    parser->negative = !parser->negative;
    parser->depth--;
    if (!child)
        return NULL;
    struct import_node *node = import_node_new(parser->work, IMPORT_NONE, start, child->end);
    import_adopt(node, child);
    return node;
}

static struct import_node *parse_unary(struct parser *parser) {
    struct import_lexer *lexer = &parser->lexer;
    struct import_node *node;
    switch (lexer->kind) {
    case IMPORT_NOT:
    case IMPORT_MINUS:
        return parse_not(parser);
    case IMPORT_OPEN:
        return parse_group(parser);
    case IMPORT_FIELD:
        return parse_field(parser);
    case IMPORT_WORD:
    case IMPORT_PHRASE:
    case IMPORT_ENTITY:
    case IMPORT_RAW:
        node = carry_operand(parser, lexer->start);
        next(parser);
        return node;
    default:
        return no_operand(parser);
    }
}

/* Operators, the strongest first. */

static void note_near(struct parser *parser, bool first) {
    struct import_lexer *lexer = &parser->lexer;
    enum { SENTENCE_WORDS = 20 };
    if (lexer->sentence) {
        lexer->number = SENTENCE_WORDS;
        import_note_add(parser->work, lexer->start, lexer->end, IMPORT_CHANGED,
                        "where a sentence ends is not looked at: at most %d words between", SENTENCE_WORDS);
    } else if (lexer->number > QUERY_NEAR_MAX) {
        lexer->number = QUERY_NEAR_MAX;
        import_note_add(parser->work, lexer->start, lexer->end,
                        parser->negative ? IMPORT_WIDENED : IMPORT_NARROWED,
                        "NEAR counts to %d: at most so many words between", QUERY_NEAR_MAX);
    }
    if (!first)
        import_note_add(parser->work, lexer->start, lexer->end, IMPORT_CHANGED,
                        "NEAR behind NEAR without parentheses: read as each near the next");
}

static struct import_node *parse_near(struct parser *parser) {
    struct import_lexer *lexer = &parser->lexer;
    struct import_node *left = parse_unary(parser), *chain = NULL;
    while (left && lexer->kind == IMPORT_NEAR) {
        note_near(parser, !chain);
        struct import_node *last = chain ? chain->last : left;
        last->distance = lexer->number;
        last->ordered = lexer->ordered;
        next(parser);
        struct import_node *right = parse_unary(parser);
        if (!right)
            return NULL;
        if (!chain) {
            chain = import_node_new(parser->work, IMPORT_CHAIN, left->start, left->end);
            import_adopt(chain, left);
        }
        import_adopt(chain, right);
    }
    return left && chain ? chain : left;
}

static bool begins_operand(const struct import_lexer *lexer) {
    return is_operand(lexer->kind) || lexer->kind == IMPORT_OPEN || lexer->kind == IMPORT_FIELD ||
           lexer->kind == IMPORT_NOT || lexer->kind == IMPORT_MINUS;
}

/* Two operands without an operator between them. */
static void note_implied(struct parser *parser) {
    const struct import_lexer *lexer = &parser->lexer;
    static const char *const SMALL[] = {"and", "or", "not"};
    for (size_t i = 0; lexer->kind == IMPORT_WORD && i < COUNT_OF(SMALL); i++)
        if (span_eq(lexer->content, span_of(SMALL[i]))) {
            import_note_add(parser->work, lexer->start, lexer->end, IMPORT_CHANGED,
                            "`%s` in small letters is a word to %s and no operator: carried as the word",
                            SMALL[i], parser->work->dialect->title);
            return;
        }
    if (parser->work->dialect->implied && lexer->kind != IMPORT_NOT && lexer->kind != IMPORT_MINUS)
        import_note_add(parser->work, lexer->start, lexer->end, IMPORT_CHANGED, "%s",
                        parser->work->dialect->implied);
}

static struct import_node *joined(struct parser *parser, struct import_node *parent, enum import_kind kind,
                                  struct import_node *left, struct import_node *right) {
    if (!parent) {
        parent = import_node_new(parser->work, kind, left->start, left->end);
        import_adopt(parent, left);
    }
    import_adopt(parent, right);
    return parent;
}

/* NOT without AND before it counts for all in the parentheses where the dialect reads it so. */
static bool pulls_out(struct parser *parser, bool explicit_and) {
    return parser->work->dialect->not_of_all && !explicit_and &&
           (parser->lexer.kind == IMPORT_NOT || parser->lexer.kind == IMPORT_MINUS);
}

static struct import_node *parse_all(struct parser *parser) {
    struct import_lexer *lexer = &parser->lexer;
    struct import_node *left = parse_near(parser), *parent = NULL;
    while (left) {
        bool explicit_and = lexer->kind == IMPORT_AND;
        if (explicit_and)
            next(parser);
        else if (!begins_operand(lexer))
            return parent ? parent : left;
        else
            note_implied(parser);
        bool pulled = pulls_out(parser, explicit_and);
        struct import_node *right = parse_near(parser);
        if (!right)
            return NULL;
        if (pulled) {
            parser->pulled = true;
            if (!parser->excluded)
                parser->excluded = import_node_new(parser->work, IMPORT_ANY, right->start, right->end);
            import_adopt(parser->excluded, right);
        } else {
            /* what is implied has its own finding */
            parser->saw_and = parser->saw_and || explicit_and || right->kind == IMPORT_NONE;
            parent = joined(parser, parent, IMPORT_ALL, left, right);
        }
    }
    return NULL;
}

static struct import_node *parse_any(struct parser *parser) {
    struct import_node *left = parse_all(parser), *parent = NULL;
    while (left && parser->lexer.kind == IMPORT_OR) {
        parser->saw_or = true;
        next(parser);
        struct import_node *right = parse_all(parser);
        if (!right)
            return NULL;
        parent = joined(parser, parent, IMPORT_ANY, left, right);
    }
    return left && parent ? parent : left;
}

struct import_node *import_parse(struct import_work *work) {
    struct query_error lexing = {.byte = 0};
    struct parser parser = {.work = work,
                            .lexer = {.dialect = work->dialect, .text = work->source, .error = &lexing}};
    next(&parser);
    if (parser.lexer.kind == IMPORT_END)
        return import_fail(work, parser.lexer.start, "the query ends before it says a word");
    struct import_node *node = parser.lexer.kind == IMPORT_ERROR ? NULL : parse_level(&parser, 0);
    if (parser.lexer.kind == IMPORT_ERROR) {
        *work->error = lexing;
        return NULL;
    }
    if (node && parser.lexer.kind == IMPORT_CLOSE)
        return import_fail(work, parser.lexer.start, "this ) closes nothing");
    return node;
}
