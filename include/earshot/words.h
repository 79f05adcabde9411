/* words: the words of Redis commands in the protocol's form, "$LENGTH\r\nBYTES\r\n", one behind the other:
 * what store_queue_packed() takes. Thousands a call are written, so a word costs a few nanoseconds. One
 * thread. Out of memory dies. */
#ifndef EARSHOT_WORDS_H
#define EARSHOT_WORDS_H

#include "earshot/base.h"

struct words {
    char *ptr;
    size_t len, cap;
    size_t count; /* words */
};

void words_free(struct words *words);
static inline void words_clear(struct words *words) {
    words->len = words->count = 0;
}

static inline struct span words_span(const struct words *words) {
    return (struct span){.ptr = words->ptr ? words->ptr : "", .len = words->len};
}

void words_add(struct words *words, struct span text);
void words_int(struct words *words, int64_t value);
/* A word already in the protocol's form. */
void words_packed(struct words *words, struct span packed);
/* All of another's. */
void words_join(struct words *words, const struct words *other);

/* Writes value in decimal, without a NUL; its length. out has room for 20. */
size_t words_decimal(char *out, int64_t value);

#endif
