/* scan_text: the inside of JSON strings, for scan*.c only. */
#ifndef COMMON_JSON_TEXT_H
#define COMMON_JSON_TEXT_H

#include "earshot/scan.h"

/* The cursor stands on the opening quote: validates to the closing one and goes past it. What stands between
 * them, with its escapes undone where `decode`; ptr NULL: there is a fault. By value, in two registers:
 * through a pointer, the copy that callers make would wait for the stores. */
struct span scan_text_take(struct scan *scan, bool decode) MUST_CHECK;
/* Length of the UTF-8 character that begins at `at`; 0: none does. */
size_t scan_text_utf8(const char *at, const char *end);

#endif
