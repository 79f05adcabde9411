/* Patterns, a line each (the last character says which kind: `*` alone at the end a prefix, ~1 or ~2 a fuzzy
 * word), an empty line, and words with spaces between them: the index says what the definition says, whatever
 * the memo knows and however small the budget is. Bytes that are no UTF-8 are tried for crashes only. */
#include "match_patterns.h"

#include "earshot/text.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATTERNS_MAX = 64, WORDS_MAX = 64, SIZE_MAX_TRIED = 4096 };

struct one {
    enum pattern_kind kind;
    struct span text;
    unsigned edits;
    uint32_t number;
};

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

/* The part before the separator, which is taken away. */
static struct span cut(struct span *rest, char separator) {
    const char *end = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    struct span part = {rest->ptr, len};
    rest->ptr += len + (end != NULL);
    rest->len -= len + (end != NULL);
    return part;
}

static struct one read_pattern(struct span line) {
    struct one one = {.kind = PATTERN_WILDCARD, .text = line};
    const char *star = memchr(line.ptr, '*', line.len);
    char last = line.ptr[line.len - 1];
    if (line.len >= 2 && line.ptr[line.len - 2] == '~' && (last == '1' || last == '2')) {
        one.kind = PATTERN_FUZZY;
        one.edits = last == '1' ? 1 : 2;
        one.text.len -= 2;
    } else if (star && star == line.ptr + line.len - 1 && !memchr(line.ptr, '?', line.len)) {
        one.kind = PATTERN_PREFIX;
        one.text.len--;
    }
    return one;
}

static uint64_t hash_of(struct span word) {
    uint64_t hash = 42;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) * 0x9E3779B97F4A7C15u;
    return hash;
}

static bool has(const uint32_t *numbers, size_t count, uint32_t number) {
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* What a small budget finds is part of what an ample one does. */
static void check_cut(const struct match_patterns *patterns, struct match_memo *memo, struct span word,
                      uint64_t steps, const struct one *ones, size_t count) {
    struct pattern_budget budget = {.limit = steps / 2};
    size_t found_count;
    const uint32_t *found = match_patterns_find(patterns, memo, hash_of(word), word, &budget, &found_count);
    must(budget.cut == (budget.steps > budget.limit), "cut without cause, or not with it");
    for (size_t i = 0; i < count; i++)
        must(!has(found, found_count, ones[i].number) ||
                 match_pattern_is(ones[i].kind, ones[i].text, ones[i].edits, word),
             "a small budget finds what is not there");
}

static void check_word(const struct match_patterns *patterns, struct match_memo *memo, const struct one *ones,
                       size_t count, struct span word, bool valid) {
    uint64_t steps = 0;
    for (int again = 0; again < 2; again++) {
        struct pattern_budget budget = {.limit = UINT64_MAX};
        size_t found_count;
        const uint32_t *found =
            match_patterns_find(patterns, memo, hash_of(word), word, &budget, &found_count);
        must(!again || steps == budget.steps, "the memo changes the cost");
        steps = budget.steps;
        for (size_t i = 1; i < found_count; i++)
            must(found[i - 1] < found[i], "not ascending");
        for (size_t i = 0; i < count && valid; i++)
            must(has(found, found_count, ones[i].number) ==
                     match_pattern_is(ones[i].kind, ones[i].text, ones[i].edits, word),
                 "the definition says otherwise");
    }
    if (valid)
        check_cut(patterns, memo, word, steps, ones, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span rest = {.ptr = (const char *)data, .len = size};
    struct one ones[PATTERNS_MAX];
    size_t count = 0, byte;
    if (size > SIZE_MAX_TRIED)
        return 0;
    bool valid = text_is_utf8(rest, &byte);
    struct match_patterns *patterns = match_patterns_new(size);
    for (struct span line; count < PATTERNS_MAX && (line = cut(&rest, '\n')).len > 0; count++) {
        ones[count] = read_pattern(line);
        ones[count].number =
            match_patterns_add(patterns, ones[count].kind, ones[count].text, ones[count].edits);
    }
    match_patterns_close(patterns);
    static struct match_memo *memo; /* one for all runs: making one costs more than using it */
    memo = memo ? memo : match_memo_new();
    for (size_t i = 0; i < WORDS_MAX && rest.len > 0; i++)
        check_word(patterns, memo, ones, count, cut(&rest, ' '), valid);
    match_patterns_free(&patterns);
    return 0;
}
