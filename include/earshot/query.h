/* query: the alert language, text to tree. The page of the language is query.md beside this file. */
#ifndef EARSHOT_QUERY_H
#define EARSHOT_QUERY_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/buf.h"

#include <stdarg.h>

enum { QUERY_BYTES_MAX = 64 * 1024, QUERY_OPERANDS_MAX = 4096, QUERY_DEPTH_MAX = 64, QUERY_NEAR_MAX = 100 };

struct query; /* a tree in an arena */

struct query_error {
    size_t byte;    /* where in the query */
    char text[320]; /* what is wrong and what would be right, one line, no byte position in it */
};

void query_error_fill(struct query_error *error, size_t byte, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
/* The tree lives in the arena. NULL: error is filled. */
struct query *query_parse(struct span text, struct arena *arena, struct query_error *error) MUST_CHECK;
/* Its normal form: parses to an equal tree. */
void query_print(const struct query *query, struct buf *out);
/* Three lines for a person: the error, the query (a window of it where it is long), a caret under the byte.
 */
void query_explain_error(const struct query_error *error, struct span text, struct buf *out);
/* The last two of these lines, with marks under all the bytes from start to end. */
void query_show_bytes(struct span text, size_t start, size_t end, struct buf *out);

#endif
