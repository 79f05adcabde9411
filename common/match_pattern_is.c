/* match_pattern_is: what a pattern means, by the book: a table of all beginnings of the one against all of
 * the other. The index is tested against it. */
#include "match_patterns_parts.h"

#include <stdlib.h>

struct characters {
    uint32_t *codes;
    size_t len;
};

static struct characters characters_of(struct span text) {
    struct characters all = {.codes = xmalloc((text.len + 1) * sizeof *all.codes)};
    for (size_t at = 0; at < text.len;)
        all.codes[all.len++] = pattern_character(text, &at);
    return all;
}

/* now[j]: the pattern up to here is the word's first j characters. */
static bool is_wildcard_word(const struct characters *pattern, const struct characters *word) {
    bool *before = xcalloc(word->len + 1, sizeof *before), *now = xcalloc(word->len + 1, sizeof *now);
    before[0] = true;
    for (size_t i = 0; i < pattern->len; i++) {
        uint32_t code = pattern->codes[i];
        now[0] = code == '*' && before[0];
        for (size_t j = 1; j <= word->len; j++)
            now[j] = code == '*' ? before[j] || now[j - 1]
                                 : before[j - 1] && (code == '?' || code == word->codes[j - 1]);
        bool *swap = before;
        before = now;
        now = swap;
    }
    bool is = before[word->len];
    free(before);
    free(now);
    return is;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The optimal string alignment distance. */
static size_t distance(const struct characters *a, const struct characters *b) {
    size_t *rows[3];
    for (int i = 0; i < 3; i++)
        rows[i] = xcalloc(b->len + 1, sizeof *rows[i]);
    for (size_t j = 0; j <= b->len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a->len; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b->len; j++) {
            bool same = a->codes[i - 1] == b->codes[j - 1];
            now[j] = least(before[j - 1] + !same, least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a->codes[i - 1] == b->codes[j - 2] && a->codes[i - 2] == b->codes[j - 1])
                now[j] = least(now[j], second[j - 2] + 1);
        }
    }
    size_t edits = rows[a->len % 3][b->len];
    for (int i = 0; i < 3; i++)
        free(rows[i]);
    return edits;
}

bool match_pattern_is(enum pattern_kind kind, struct span text, unsigned edits, struct span word) {
    if (kind == PATTERN_PREFIX)
        return text.len <= word.len && span_eq(text, (struct span){word.ptr, text.len});
    struct characters pattern = characters_of(text), characters = characters_of(word);
    bool is = kind == PATTERN_WILDCARD ? is_wildcard_word(&pattern, &characters)
                                       : distance(&pattern, &characters) <= edits;
    free(pattern.codes);
    free(characters.codes);
    return is;
}
