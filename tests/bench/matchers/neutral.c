/* neutral: the prefix form says how much follows, so reading it needs no look ahead. */
#include "neutral.h"

#include <stdlib.h>

enum { DEPTH_MAX = 8, PARTS_MAX = 10000 };

static struct span next_word(struct span *rest) {
    const char *stop = memchr(rest->ptr, ' ', rest->len);
    size_t len = stop ? (size_t)(stop - rest->ptr) : rest->len, step = stop ? len + 1 : len;
    struct span word = {rest->ptr, len};
    *rest = (struct span){rest->ptr + step, rest->len - step};
    if (word.len == 0)
        die(EXIT_FAILED, "a neutral query ends too early");
    return word;
}

static uint32_t next_number(struct span *rest) {
    struct span word = next_word(rest);
    uint32_t value = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9' || value > PARTS_MAX)
            die(EXIT_FAILED, "%.*s is no number of a neutral query", (int)word.len, word.ptr);
        value = value * 10 + (uint32_t)(word.ptr[i] - '0');
    }
    return value;
}

static const struct span *next_words(struct span *rest, uint32_t count, struct arena *arena) {
    struct span *words = arena_alloc(arena, count * sizeof *words);
    for (uint32_t i = 0; i < count; i++)
        words[i] = next_word(rest);
    return words;
}

static struct neutral *parse(struct span *rest, struct arena *arena, int depth) {
    struct neutral *query = arena_calloc(arena, 1, sizeof *query);
    struct span sign = next_word(rest);
    if (sign.len != 1 || depth > DEPTH_MAX)
        die(EXIT_FAILED, "%.*s begins no neutral query", (int)sign.len, sign.ptr);
    switch (*sign.ptr) {
    case 'w':
    case 'p':
        query->kind = NEUTRAL_PHRASE;
        query->count = *sign.ptr == 'w' ? 1 : next_number(rest);
        query->words = next_words(rest, query->count, arena);
        return query;
    case 'n':
        query->kind = NEUTRAL_NEAR;
        query->distance = next_number(rest);
        query->count = 2;
        query->words = next_words(rest, query->count, arena);
        return query;
    case '&':
    case '|':
        query->kind = *sign.ptr == '&' ? NEUTRAL_AND : NEUTRAL_OR;
        query->count = next_number(rest);
        break;
    case '!':
        query->kind = NEUTRAL_NOT;
        query->count = 1;
        break;
    default:
        die(EXIT_FAILED, "%c begins no neutral query", *sign.ptr);
    }
    query->parts = arena_calloc(arena, query->count, sizeof(struct neutral *));
    for (uint32_t i = 0; i < query->count; i++)
        query->parts[i] = parse(rest, arena, depth + 1);
    return query;
}

struct neutral *neutral_parse(struct span line, struct arena *arena) {
    struct neutral *query = parse(&line, arena, 0);
    if (line.len > 0)
        die(EXIT_FAILED, "a neutral query has too much behind it: %.*s", (int)line.len, line.ptr);
    return query;
}
