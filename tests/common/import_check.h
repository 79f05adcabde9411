/* Queries of another tool and what becomes of them. */
#ifndef TESTS_IMPORT_CHECK_H
#define TESTS_IMPORT_CHECK_H

#include "earshot/import.h"

struct import_case {
    const char *source;
    const char *query;    /* what comes out; NULL: nothing, and `byte` is the error's */
    const char *findings; /* "BYTE SEVERITY, EFFECT; …" in the order they come; NULL: none */
    size_t byte;
};

/* Fails with every case that is otherwise; also where what comes out is no query in its normal form, or a
 * finding is not inside the source and on one line. */
void import_check(const char *dialect, const struct import_case *cases, size_t count);

#endif
