/* text_twin: what text_words should give, the slow and obvious way: text_next(), text_fold() and a copy of
 * every form. */
#ifndef TESTS_COMMON_TEXT_TWIN_H
#define TESTS_COMMON_TEXT_TWIN_H

#include "text_words.h"

struct twin;

struct twin *twin_new(void);
void twin_free(struct twin **twin);
void twin_clear(struct twin *twin, uint64_t seed);
void twin_text(struct twin *twin, struct span text, uint8_t field);
void twin_element(struct twin *twin, enum text_kind kind, struct span element, uint32_t index, uint8_t field);
/* NULL where these are the same places and keys; else what differs first. Valid until the next call. */
const char *twin_differs(struct twin *twin, const struct text_words *words);

#endif
