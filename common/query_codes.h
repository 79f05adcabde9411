/* The two-letter codes of languages (ISO 639-1) and countries (ISO 3166-1), and which one somebody meant. */
#ifndef COMMON_QUERY_CODES_H
#define COMMON_QUERY_CODES_H

#include "earshot/base.h"

struct query_code {
    char code[3]; /* of a language small, of a country capital letters */
    const char *name;
};

struct query_codes {
    const struct query_code *codes; /* by code */
    size_t count;
    const char *const (*habits)[2]; /* what is often written, in small letters, and the code that is meant */
    size_t habit_count;
};

extern const struct query_codes QUERY_LANGUAGES, QUERY_COUNTRIES;

/* In any case; NULL: no such code. */
const struct query_code *query_code_of(const struct query_codes *codes, struct span written);
/* The one that is nearest to what was written: a name in English, a longer code, a slip. */
const struct query_code *query_code_near(const struct query_codes *codes, struct span written);

#endif
