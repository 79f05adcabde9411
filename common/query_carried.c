/* query_carried: what the engine evaluates of the language. A query that it would not evaluate is refused
 * here, for all who take one as an alert, and nowhere else: this file goes when the engine has it all. */
#include "query_field.h"
#include "query_lex.h"

#include <stdio.h>

#define LATER ", which this version of Earshot does not carry yet"

/* False, and the error. */
#define REFUSE(error, node, format, ...)                                                                     \
    ((error)->byte = (node)->start,                                                                          \
     snprintf((error)->text, sizeof(error)->text, format LATER, __VA_ARGS__) < 0)

static bool carries_words(const struct query *node, struct query_error *error) {
    for (size_t i = 0; i < node->word_count; i++) {
        const struct query_word *word = &node->words[i];
        struct excerpt shown = lexer_excerpt(word->text);
        if (word->form == QUERY_FUZZY)
            return REFUSE(error, node, "`%s~%d` asks for words that are nearly the same", shown.text,
                          word->edits);
        if (word->form != QUERY_PLAIN)
            return REFUSE(error, node, "`%s` has a wildcard", shown.text);
    }
    return true;
}

static bool carries(const struct query *node, struct query_error *error) {
    switch (node->kind) {
    case QUERY_PHRASE:
        return carries_words(node, error);
    case QUERY_WINDOW:
        return REFUSE(error, node, "`~%d` behind a phrase asks for its words in any order", node->gap);
    case QUERY_ENTITY:
        return REFUSE(error, node, "`{%s}` asks for exactly these characters",
                      lexer_excerpt(node->text).text);
    case QUERY_NEAR:
        return REFUSE(error, node, "`%sNEAR/%d` asks for words near each other",
                      node->first->ordered ? "O" : "", node->first->distance);
    case QUERY_TITLE:
        return REFUSE(error, node, "`%s:` looks into a field", query_field_name(QUERY_IN_TITLE));
    case QUERY_FIELD:
        return REFUSE(error, node, "`%s:` looks into a field", query_field_name(node->predicate->field));
    default:
        break;
    }
    for (const struct query *child = node->first; child; child = child->next)
        if (!carries(child, error))
            return false;
    return true;
}

struct query *query_parse_carried(struct span text, struct arena *arena, struct query_error *error) {
    struct query *query = query_parse(text, arena, error);
    return query && carries(query, error) ? query : NULL;
}
