/* json_text: the inside of JSON strings, for json.c only. */
#ifndef COMMON_JSON_TEXT_H
#define COMMON_JSON_TEXT_H

#include "earshot/json.h"

/* The cursor stands on the opening quote. Validates to the closing one and goes past it; raw is what stands
 * between them, escaped whether it holds a backslash. */
bool json_text_scan(struct json *json, struct span *raw, bool *escaped) MUST_CHECK;
/* raw as json_text_scan() left it: a copy in the arena with the escapes undone. */
struct span json_text_unescape(struct span raw, struct arena *arena) MUST_CHECK;
/* Length of the UTF-8 character that begins at `at`; 0: none does. */
size_t json_text_utf8(const char *at, const char *end);

#endif
