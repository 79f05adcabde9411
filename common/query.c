/* query: recursive descent, one function a level of binding. Every node knows its bytes, so that an error
 * about the whole of it (a query that only excludes) can name the part that is wrong. */
#include "earshot/query.h"

#include "query_field.h"
#include "query_lex.h"

#include <stdio.h>

struct parser {
    struct lexer lexer;
    int depth;
    bool in_title;
};

static struct query *parse_or(struct parser *parser);

static struct excerpt source(const struct parser *parser, const struct query *node) {
    return lexer_excerpt(lexer_slice(&parser->lexer, node->start, node->end));
}

/* NULL, and the error. */
#define FAIL(parser, byte, ...) (lexer_error(&(parser)->lexer, byte, __VA_ARGS__), (struct query *)NULL)

static bool deeper(struct parser *parser, size_t byte) {
    return ++parser->depth <= QUERY_DEPTH_MAX ||
           lexer_error(&parser->lexer, byte, "more than %d parentheses and NOTs inside each other",
                       QUERY_DEPTH_MAX);
}

/* Takes child; of AND and OR a child of the same kind gives its own children. */
static void adopt(struct query *node, struct query *child) {
    struct query *first = child, *last = child;
    if (child->kind == node->kind && (node->kind == QUERY_AND || node->kind == QUERY_OR)) {
        first = child->first;
        last = child->last;
    }
    if (node->first)
        node->last->next = first;
    else
        node->first = first;
    node->last = last;
    node->end = child->end;
}

static struct query *new_node(struct parser *parser, enum query_kind kind, size_t start,
                              struct query *child) {
    struct query *node = lexer_node(&parser->lexer, kind, start, start);
    adopt(node, child);
    return node;
}

/* Operands. */

static struct query *parse_group(struct parser *parser) {
    size_t open = parser->lexer.start;
    if (!deeper(parser, open))
        return NULL;
    lexer_next(&parser->lexer);
    if (parser->lexer.kind == LEX_CLOSE)
        return FAIL(parser, open, "nothing between the parentheses: write a word");
    struct query *node = parse_or(parser);
    if (!node)
        return NULL;
    if (parser->lexer.kind != LEX_CLOSE)
        return FAIL(parser, open, "the parenthesis is not closed: write ) where the group ends");
    node->start = open;
    node->end = parser->lexer.end;
    lexer_next(&parser->lexer);
    parser->depth--;
    return node;
}

static struct query *no_operand(struct parser *parser) {
    static const char *const NAMES[] = {
        [LEX_AND] = "AND", [LEX_OR] = "OR", [LEX_CLOSE] = ")", [LEX_NEAR] = "NEAR"};
    const struct lexer *lexer = &parser->lexer;
    switch (lexer->kind) {
    case LEX_END:
        if (lexer->at == 0 || lexer->operands == 0)
            return FAIL(parser, lexer->start, "the query ends before it says a word");
        return FAIL(parser, lexer->start, "the query ends where a word should be");
    case LEX_AND:
    case LEX_OR:
    case LEX_NEAR:
        return FAIL(parser, lexer->start, "a word is missing before %s", NAMES[lexer->kind]);
    case LEX_CLOSE:
        return FAIL(parser, lexer->start,
                    parser->depth ? "a word is missing before )" : "this ) closes nothing");
    default:
        return FAIL(parser, lexer->start, "a word is missing here");
    }
}

/* What stands behind title: */
static struct query *parse_title(struct parser *parser) {
    struct lexer *lexer = &parser->lexer;
    size_t start = lexer->start, behind = lexer->end;
    lexer_next(lexer);
    if (lexer->kind == LEX_ERROR)
        return NULL;
    if (lexer->start != behind || (lexer->kind != LEX_OPEN && lexer->kind != LEX_OPERAND))
        return FAIL(parser, behind,
                    "title: wants a word or a group right here: title:acme, title:(acme OR corp)");
    bool group = lexer->kind == LEX_OPEN;
    parser->in_title = true;
    struct query *child = group ? parse_group(parser) : lexer->operand;
    parser->in_title = false;
    if (!group)
        lexer_next(lexer);
    return child ? new_node(parser, QUERY_TITLE, start, child) : NULL;
}

static struct query *parse_field(struct parser *parser) {
    struct lexer *lexer = &parser->lexer;
    if (parser->in_title)
        return FAIL(parser, lexer->start,
                    "%s: stands in a group of title:, which has words only: write it before, with AND",
                    query_field_name(lexer->field));
    if (lexer->field == QUERY_IN_TITLE)
        return parse_title(parser);
    struct query *node = query_field_operand(lexer);
    if (node)
        lexer_next(lexer);
    return node;
}

static struct query *parse_not(struct parser *parser) {
    struct lexer *lexer = &parser->lexer;
    size_t start = lexer->start;
    bool minus = lexer->kind == LEX_MINUS;
    struct query *node, *child;
    switch (lexer->kind) {
    case LEX_OPERAND:
        node = lexer->operand;
        lexer_next(lexer);
        return node;
    case LEX_FIELD:
        return parse_field(parser);
    case LEX_OPEN:
        return parse_group(parser);
    case LEX_NOT:
    case LEX_MINUS:
        if (!deeper(parser, start))
            return NULL;
        lexer_next(lexer);
        if (minus && (lexer->kind == LEX_MINUS || lexer->kind == LEX_NOT))
            return FAIL(parser, lexer->start, "a word is missing behind -");
        child = parse_not(parser);
        if (!child)
            return NULL;
        node = new_node(parser, QUERY_NOT, start, child);
        parser->depth--;
        return node;
    default:
        return no_operand(parser);
    }
}

/* Two operands without an operator. */

/* A word as it comes, without quotes or parentheses. */
static bool is_bare(const struct parser *parser, const struct query *node) {
    char c = parser->lexer.text.ptr[node->start];
    return node->kind == QUERY_PHRASE && c != '"' && c != '(';
}

/* The operator that a word without quotes is meant for; NULL. */
static const char *capital(struct span word) {
    static const char *const PAIRS[][2] = {
        {"and", "AND"}, {"or", "OR"}, {"not", "NOT"}, {"near", "NEAR/5"}, {"onear", "ONEAR/5"}};
    const char *slash = memchr(word.ptr, '/', word.len);
    if (slash)
        word.len = (size_t)(slash - word.ptr);
    for (size_t i = slash ? 3 : 0; i < COUNT_OF(PAIRS); i++)
        if (span_eq(word, span_of(PAIRS[i][0])))
            return PAIRS[i][1];
    return NULL;
}

/* The current lexeme, which begins an operand. */
static struct excerpt shown(const struct parser *parser) {
    const struct lexer *lexer = &parser->lexer;
    if (lexer->kind == LEX_OPERAND)
        return source(parser, lexer->operand);
    size_t end = lexer_bare_end(lexer, lexer->start);
    struct excerpt out = lexer_excerpt(lexer_slice(lexer, lexer->start, end));
    if (end == lexer->end && end < lexer->text.len && lexer->text.ptr[end] == '(')
        snprintf(out.text + strlen(out.text), sizeof out.text - strlen(out.text),
                 "(…)"); /* behind no more than a field's name */
    return out;
}

/* left stands before the current lexeme, which begins an operand. */
static struct query *side_by_side(struct parser *parser, const struct query *left) {
    struct lexer *lexer = &parser->lexer;
    const struct query *right = lexer->kind == LEX_OPERAND ? lexer->operand : NULL;
    struct excerpt a = source(parser, left), b = shown(parser);
    if (lexer->kind == LEX_OPEN)
        return FAIL(parser, lexer->start,
                    "an operator is missing between `%s` and `(`: write AND, where both must be, or OR",
                    a.text);
    const char *meant =
        right && is_bare(parser, right) ? capital(lexer_slice(lexer, right->start, right->end)) : NULL;
    if (meant)
        return FAIL(parser, lexer->start, "operators are written in capitals: %s", meant);
    if (right && is_bare(parser, left) && is_bare(parser, right))
        return FAIL(
            parser, lexer->start,
            "two words side by side: write \"%s %s\", where they follow each other, or %s AND %s, where "
            "both must be",
            a.text, b.text, a.text, b.text);
    return FAIL(parser, lexer->start, "an operator is missing: write %s AND %s, or %s OR %s", a.text, b.text,
                a.text, b.text);
}

/* Operators, the strongest first. */

/* May stand beside NEAR: it has places in a text. */
static bool has_places(const struct query *node) {
    if (node->kind == QUERY_PHRASE || node->kind == QUERY_WINDOW || node->kind == QUERY_ENTITY)
        return true;
    bool all = node->kind == QUERY_OR;
    for (const struct query *child = node->first; all && child; child = child->next)
        all = child->kind != QUERY_OR && has_places(child);
    return all;
}

static bool check_near(struct parser *parser, const struct query *node) {
    if (has_places(node))
        return true;
    const char *repair = "";
    if (node->kind == QUERY_NOT)
        repair = "; NOT binds more strongly: NOT (a NEAR/5 b) excludes both together";
    else if (node->kind == QUERY_NEAR)
        repair = "; a NEAR/5 b NEAR/5 c is written without parentheses";
    else if (node->kind == QUERY_TITLE)
        repair = "; in the title it is title:(a NEAR/5 b)";
    return lexer_error(
        &parser->lexer, node->start,
        "`%s` cannot stand beside NEAR, which takes words, phrases, {…} and OR groups of them%s",
        source(parser, node).text, repair);
}

static struct query *parse_near(struct parser *parser) {
    struct lexer *lexer = &parser->lexer;
    struct query *left = parse_not(parser), *parent = NULL;
    while (left && lexer->kind == LEX_NEAR) {
        if (!check_near(parser, left))
            return NULL;
        left->distance = lexer->distance;
        left->ordered = lexer->ordered;
        lexer_next(lexer);
        struct query *right = parse_not(parser);
        if (!right || !check_near(parser, right))
            return NULL;
        if (!parent)
            parent = new_node(parser, QUERY_NEAR, left->start, left);
        adopt(parent, right);
        left = right;
    }
    return left && parent ? parent : left;
}

/* Appends child to what parent collects; parent is made for the second one. */
static struct query *joined(struct parser *parser, struct query *parent, enum query_kind kind,
                            struct query *left, struct query *right) {
    if (!parent)
        parent = new_node(parser, kind, left->start, left);
    adopt(parent, right);
    return parent;
}

static struct query *parse_and(struct parser *parser) {
    struct lexer *lexer = &parser->lexer;
    struct query *left = parse_near(parser), *parent = NULL;
    while (left) {
        if (lexer->kind == LEX_AND)
            lexer_next(lexer);
        else if (lexer->kind == LEX_OPERAND || lexer->kind == LEX_OPEN || lexer->kind == LEX_FIELD)
            return side_by_side(parser, parent ? parent->last : left);
        else if (lexer->kind != LEX_NOT && lexer->kind != LEX_MINUS)
            return parent ? parent : left;
        struct query *right = parse_near(parser);
        if (!right)
            return NULL;
        parent = joined(parser, parent, QUERY_AND, left, right);
    }
    return NULL;
}

static struct query *parse_or(struct parser *parser) {
    struct query *left = parse_and(parser), *parent = NULL;
    while (left && parser->lexer.kind == LEX_OR) {
        lexer_next(&parser->lexer);
        struct query *right = parse_and(parser);
        if (!right)
            return NULL;
        parent = joined(parser, parent, QUERY_OR, left, right);
    }
    return left && parent ? parent : left;
}

/* Something positive: in an OR every branch, in an AND one part. */
static bool is_positive(const struct query *node) {
    bool all = true, any = false;
    switch (node->kind) {
    case QUERY_NOT:
        return false;
    case QUERY_TITLE:
        return is_positive(node->first);
    case QUERY_FIELD:
        return node->predicate->field == QUERY_AUTHOR || node->predicate->field == QUERY_SITE ||
               node->predicate->field == QUERY_LINK;
    case QUERY_AND:
    case QUERY_OR:
        break;
    default:
        return true;
    }
    for (const struct query *child = node->first; child; child = child->next) {
        bool positive = is_positive(child);
        all = all && positive;
        any = any || positive;
    }
    return node->kind == QUERY_AND ? any : all;
}

/* The smallest part of node, which is not positive, that says why. */
static const struct query *negative_part(const struct query *node) {
    for (const struct query *child = node->first; node->kind == QUERY_OR && child; child = child->next)
        if (!is_positive(child))
            return negative_part(child);
    for (const struct query *child = node->first; node->kind == QUERY_AND && child; child = child->next)
        if (child->kind == QUERY_OR)
            return negative_part(child);
    return node;
}

static bool has_condition(const struct query *node) {
    bool any = node->kind == QUERY_FIELD;
    for (const struct query *child = node->first; !any && node->kind != QUERY_NOT && child;
         child = child->next)
        any = has_condition(child);
    return any;
}

static bool check_positive(struct parser *parser, const struct query *root) {
    if (is_positive(root))
        return true;
    const struct query *part = negative_part(root);
    return lexer_error(&parser->lexer, part->start,
                       "`%s` %s, and would find nearly everything: say with AND what to find beside it",
                       source(parser, part).text, has_condition(part) ? "names no word" : "only excludes");
}

static struct query *parse_whole(struct parser *parser) {
    struct lexer *lexer = &parser->lexer;
    lexer_next(lexer);
    struct query *root = lexer->kind == LEX_ERROR ? NULL : parse_or(parser);
    if (root && lexer->kind == LEX_CLOSE)
        return FAIL(parser, lexer->start, "this ) closes nothing");
    if (lexer->kind == LEX_ERROR || !check_positive(parser, root))
        return NULL;
    ASSERT(lexer->kind == LEX_END);
    return root;
}

struct query *query_parse(struct span text, struct arena *arena, struct query_error *error) {
    struct parser parser = {.lexer = {.text = text, .arena = arena, .error = error}};
    size_t byte = 0;
    *error = (struct query_error){.byte = 0};
    if (text.len > QUERY_BYTES_MAX)
        return FAIL(&parser, QUERY_BYTES_MAX, "%zu bytes, more than %d", text.len, QUERY_BYTES_MAX);
    if (!text_is_utf8(text, &byte))
        return FAIL(&parser, byte, "byte 0x%02x begins no valid UTF-8 character",
                    (unsigned)(unsigned char)text.ptr[byte]);
    struct query *root = parse_whole(&parser);
    text_folder_free(&parser.lexer.folder);
    return root;
}
