/* query_slips: what is written so that it parses, and likely means something else: rules about the bytes of
 * the text beside the tree that they became. */
#include "query_rules.h"

#include <stdio.h>

static bool is_one_of(struct span word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (span_eq(word, span_of(words[i])))
            return true;
    return false;
}

static bool is_quoted(const struct linter *linter, const struct query *node) {
    return linter->text.ptr[node->start] == '"';
}

/* One word without quotes. */
static bool is_bare_word(const struct linter *linter, const struct query *node) {
    return node->kind == QUERY_PHRASE && node->word_count == 1 && node->words[0].kind == TEXT_WORD &&
           !is_quoted(linter, node);
}

/* operator-word */

static void check_operator_word(struct linter *linter, const struct query *node) {
    static const struct {
        const char *word, *operator;
    } OPERATORS[] = {{"and", "AND"}, {"or", "OR"},     {"not", "NOT"}, {"near", "NEAR/5"}, {"und", "AND"},
                     {"oder", "OR"}, {"nicht", "NOT"}, {"en", "AND"},  {"of", "OR"},       {"niet", "NOT"},
                     {"et", "AND"},  {"ou", "OR"},     {"y", "AND"},   {"o", "OR"},        {"oraz", "AND"},
                     {"lub", "OR"},  {"и", "AND"},     {"или", "OR"}};
    for (size_t i = 0; is_bare_word(linter, node) && i < COUNT_OF(OPERATORS); i++)
        if (span_eq(query_cover_form(linter->cover, &node->words[0]), span_of(OPERATORS[i].word)))
            linter_add(linter, QUERY_WARNING, node,
                       linter_text(linter, "`%s` is looked for as a word; the operator is %s",
                                   OPERATORS[i].word, OPERATORS[i].operator),
                       linter_text(linter, "%s, or \"%s\" if the word is meant", OPERATORS[i].operator,
                                   OPERATORS[i].word));
}

/* quoted-operator */

static bool has_small_letter(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (unsigned char)text.ptr[i] >= 0x80)
            return true;
    return false;
}

static void check_quoted_operator(struct linter *linter, const struct query *node) {
    static const char *const OPERATORS[] = {"AND", "OR", "NOT", "NEAR", "ONEAR"};
    bool words = node->kind == QUERY_PHRASE || node->kind == QUERY_WINDOW;
    if (!words || !is_quoted(linter, node) || !has_small_letter(linter_source(linter, node)))
        return; /* "WAR AND PEACE" */
    for (size_t i = 0; i < node->word_count; i++)
        if (is_one_of(node->words[i].text, OPERATORS, COUNT_OF(OPERATORS)) && node->word_count > 1) {
            const char *operator= linter_text(linter, "%s", linter_cut(linter, node->words[i].text));
            linter_add(linter, QUERY_WARNING, node,
                       linter_text(linter, "inside quotes %s is a word of the phrase", operator),
                       linter_text(linter, "close the quotes before %s and open them behind it", operator));
            return;
        }
}

/* sign-inside */

static void check_sign_inside(struct linter *linter, const struct query *node) {
    if (node->kind != QUERY_PHRASE || node->word_count < 2 || is_quoted(linter, node))
        return;
    struct span source = linter_source(linter, node);
    const char *hash = memchr(source.ptr + 1, '#', source.len - 1),
               *at = memchr(source.ptr + 1, '@', source.len - 1);
    if (!hash && !at)
        return;
    linter_add(linter, QUERY_WARNING, node,
               linter_text(linter, "`%c` inside a word begins no %s: this is the phrase %s", hash ? '#' : '@',
                           hash ? "tag" : "handle", linter_show(linter, node)),
               "a space and an operator before it, or quotes if the phrase is meant");
}

/* mixed */

/* As it stands, without parentheses of its own: a group's bytes begin before its first part's. */
static bool is_open(const struct query *node) {
    return node->start == node->first->start;
}

static bool is_joined(const struct query *node) {
    return node->kind == QUERY_AND || node->kind == QUERY_OR;
}

/* Of `a OR b AND c` and `a AND b OR c` what was perhaps meant; NULL where it is not as simple. */
static const char *other_reading(struct linter *linter, const struct query *node) {
    const struct query *left = node->first, *right = left->next;
    const struct query *and = left->kind == QUERY_AND ? left : right, *other = and == left ? right : left;
    const struct query *first = and->first, *last = and->last;
    if (right->next || first->next != last || is_joined(other) || is_joined(first) || is_joined(last))
        return NULL;
    const char *a = linter_show(linter, first), *c = linter_show(linter, other);
    if (and == right)
        return linter_text(linter, "(%s OR %s) AND %s", c, a, linter_show(linter, last));
    if (last->kind == QUERY_NOT)
        return linter_text(linter, "%s AND NOT (%s OR %s)", a, linter_show(linter, last->first), c);
    return linter_text(linter, "%s AND (%s OR %s)", a, linter_show(linter, last), c);
}

static void check_mixed(struct linter *linter, const struct query *node) {
    const struct query *child = node->kind == QUERY_OR ? node->first : NULL;
    while (child && (child->kind != QUERY_AND || !is_open(child)))
        child = child->next;
    if (!child)
        return;
    const char *other = other_reading(linter, node), *shown = linter_show(linter, child);
    linter_add(linter, QUERY_WARNING, node,
               linter_text(linter, "AND, NOT and - bind before OR: `%s` is one branch", shown),
               other ? linter_text(linter, "(%s) if that is meant, else %s", shown, other)
                     : linter_text(linter, "(%s) if that is meant, else parentheses around the OR", shown));
}

/* title-reach */

static void check_title_reach(struct linter *linter, const struct query *node) {
    const struct query *child = node->kind == QUERY_OR || node->kind == QUERY_AND ? node->first : NULL;
    for (; child && child->next; child = child->next)
        if (child->kind == QUERY_TITLE && child->first->kind == QUERY_PHRASE &&
            child->next->kind == QUERY_PHRASE) {
            const char *a = linter_show(linter, child->first), *b = linter_show(linter, child->next);
            linter_add(
                linter, QUERY_NOTE, child->next,
                linter_text(linter, "title: is for `%s` only; `%s` is looked for in the text as well", a, b),
                linter_text(linter, "title:(%s %s %s) for both in the title", a,
                            node->kind == QUERY_OR ? "OR" : "AND", b));
        }
}

/* question-mark */

static void check_question_mark(struct linter *linter, const struct query *node) {
    bool words = node->kind == QUERY_PHRASE || node->kind == QUERY_WINDOW;
    if (!words || !is_quoted(linter, node) || node->word_count < 2)
        return;
    struct span last = node->words[node->word_count - 1].text;
    if (last.len < 2 || last.ptr[last.len - 1] != '?' ||
        node->words[node->word_count - 1].form != QUERY_WILDCARD ||
        memchr(last.ptr, '?', last.len) != last.ptr + last.len - 1)
        return;
    linter_add(linter, QUERY_WARNING, node,
               linter_text(linter, "`?` is one more letter behind `%s`, no question mark",
                           linter_cut(linter, (struct span){last.ptr, last.len - 1})),
               "the phrase without it; AND has:question finds questions");
}

/* exact-wildcard */

static void check_exact_wildcard(struct linter *linter, const struct query *node) {
    if (node->kind != QUERY_ENTITY || node->text.len < 2)
        return;
    char end = node->text.ptr[node->text.len - 1];
    bool edits =
        node->text.len > 2 && (end == '1' || end == '2') && node->text.ptr[node->text.len - 2] == '~';
    if (end == '*' || edits)
        linter_add(linter, QUERY_WARNING, node,
                   linter_text(linter, "inside braces `%c` is found as it is", edits ? '~' : '*'),
                   linter_text(linter, "%s without braces", linter_cut(linter, node->text)));
}

/* field-value */

/* Codes of languages that are well-known codes of countries, whose language has another. */
static const struct {
    const char *code, *is, *meant;
} CODES[] = {
    {"uk", "Ukrainian", "English is lang:en, the country country:GB"},
    {"se", "Northern Sami", "Swedish is lang:sv"},
    {"ch", "Chamorro", "Switzerland is country:CH"},
    {"br", "Breton", "Portuguese is lang:pt"},
    {"kr", "Kanuri", "Korean is lang:ko"},
    {"be", "Belarusian", "Belgium is country:BE"},
    {"si", "Sinhala", "Slovenian is lang:sl"},
    {"ee", "Ewe", "Estonian is lang:et"},
};

static void check_field_value(struct linter *linter, const struct query *node) {
    if (node->kind != QUERY_FIELD)
        return;
    const struct query_predicate *predicate = node->predicate;
    struct span host = predicate->text;
    if (predicate->field == QUERY_SITE && host.len > 4 && memcmp(host.ptr, "www.", 4) == 0)
        linter_add(
            linter, QUERY_WARNING, node,
            linter_text(linter, "`site:%s` does not find the site without www.", linter_cut(linter, host)),
            linter_text(linter, "site:%s, which finds www. too",
                        linter_cut(linter, (struct span){host.ptr + 4, host.len - 4})));
    for (size_t i = 0; predicate->field == QUERY_LANG && i < COUNT_OF(CODES); i++)
        if (strcmp(predicate->code, CODES[i].code) == 0)
            linter_add(linter, QUERY_NOTE, node,
                       linter_text(linter, "lang:%s is %s", CODES[i].code, CODES[i].is), CODES[i].meant);
}

/* mixed-scripts */

enum script { SCRIPT_LATIN = 1, SCRIPT_GREEK = 2, SCRIPT_CYRILLIC = 4 };

/* Of the letters that look like one another; 0 for all others. Two bytes are enough for these blocks. */
static unsigned script_at(struct span text, size_t at) {
    unsigned char a = (unsigned char)text.ptr[at];
    if ((a >= 'a' && a <= 'z') || (a >= 'A' && a <= 'Z'))
        return SCRIPT_LATIN;
    if (a < 0xCE || a > 0xD3 || at + 1 >= text.len)
        return 0;
    return a <= 0xCF ? SCRIPT_GREEK : SCRIPT_CYRILLIC;
}

static void check_mixed_scripts(struct linter *linter, const struct query *node) {
    for (size_t i = 0; i < node->word_count; i++) {
        struct span word = node->words[i].text;
        unsigned scripts = 0;
        for (size_t at = 0; at < word.len; at++)
            scripts |= script_at(word, at);
        if ((scripts & (scripts - 1)) != 0)
            linter_add(linter, QUERY_WARNING, node,
                       linter_text(linter, "`%s` mixes letters of two scripts that look alike",
                                   linter_cut(linter, word)),
                       "the word typed anew, in one alphabet");
    }
}

const struct query_rule QUERY_SLIPS[] = {
    {"operator-word", check_operator_word},   {"quoted-operator", check_quoted_operator},
    {"sign-inside", check_sign_inside},       {"mixed", check_mixed},
    {"title-reach", check_title_reach},       {"question-mark", check_question_mark},
    {"exact-wildcard", check_exact_wildcard}, {"field-value", check_field_value},
    {"mixed-scripts", check_mixed_scripts},
};
const size_t QUERY_SLIP_COUNT = COUNT_OF(QUERY_SLIPS);
