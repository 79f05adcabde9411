/* Texts, apart by NULs, of one mention: one pass gives the places and keys that the slow way gives. The first
 * byte chooses the seed, and which way blocks are read. What was read before is remembered, as in a matcher.
 */
#include "text_words.h"

#include "text_parts.h"
#include "text_twin.h"
#include "text_words_parts.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXTS_MAX = 8 };

/* A copy of its own length: a read past it is seen. */
static void read_both(struct text_words *words, struct twin *twin, struct span text, uint8_t field) {
    char *own = xmalloc(text.len + 1);
    struct span copy = {memcpy(own + 1, text.ptr, text.len), text.len};
    if (field % 4 == 3) {
        text_words_element(words, field % 8 == 3 ? TEXT_TAG : TEXT_HANDLE, copy, field, field);
        twin_element(twin, field % 8 == 3 ? TEXT_TAG : TEXT_HANDLE, copy, field, field);
    } else {
        text_words_text(words, copy, field);
        twin_text(twin, copy, field);
    }
    const char *told = twin_differs(twin, words);
    if (told) {
        fprintf(stderr, "%s\n", told);
        abort();
    }
    free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct text_words *words;
    static struct twin *twin;
    if (!words) {
        words = text_words_new();
        twin = twin_new();
    }
    uint64_t seed = size ? data[0] / 128 : 0;
    words->memory->read_blocks = size && data[0] % 2 ? text_blocks : text_blocks_portable;
    struct span rest = {(const char *)data + (size > 0), size - (size > 0)};
    for (uint8_t field = 0; rest.len && field < TEXTS_MAX; field++) {
        const char *nul = memchr(rest.ptr, '\0', rest.len);
        size_t len = nul ? (size_t)(nul - rest.ptr) : rest.len;
        text_words_clear(words, seed);
        twin_clear(twin, seed);
        read_both(words, twin, (struct span){rest.ptr, len}, field);
        len += nul != NULL;
        rest = (struct span){rest.ptr + len, rest.len - len};
    }
    return 0;
}
