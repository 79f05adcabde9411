/* match_cases: tables of the language, a case a line, through match_compile() and match_run(). */
#ifndef TESTS_MATCH_CASES_H
#define TESTS_MATCH_CASES_H

#include "earshot/match.h"

struct match_case {
    const char *query, *text;
    const char *found; /* the pieces of the text that are given back, `|` between them; NULL: no match */
};

/* One after the other, each on its text and on the same as a title; all that differ are shown, then the test
 * fails. */
void match_cases_run(const struct match_case *cases, size_t count);

/* What the query finds in the document, as above; elements are `#0-1` of hashtags and `@0-1` of mentions. */
void match_cases_check(const char *query, const struct match_document *document, const char *found);

/* To be called last: how many cases there were. */
void match_cases_print(void **state);

#endif
