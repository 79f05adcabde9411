/* arena: a chain of blocks, the newest first. reset() keeps one block of the total size, so that the
 * second message of a kind costs no malloc. */
#include "earshot/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ALIGN = _Alignof(max_align_t), KEEP_MAX = 4 << 20 };

struct block {
    struct block *older;
    size_t size, used;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest;
    size_t first_block;
};

static struct block *block_new(size_t size, struct block *older) {
    struct block *block = xmalloc(sizeof *block + size);
    block->older = older;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *arena_new(size_t first_block) {
    struct arena *arena = xmalloc(sizeof *arena);
    arena->first_block = first_block < 256 ? 256 : first_block;
    arena->newest = block_new(arena->first_block, NULL);
    return arena;
}

static void free_blocks(struct block *block) {
    while (block) {
        struct block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_free(struct arena **arena) {
    if (!*arena)
        return;
    free_blocks((*arena)->newest);
    free(*arena);
    *arena = NULL;
}

void *arena_alloc(struct arena *arena, size_t size) {
    ASSERT(size <= SIZE_MAX / 4);
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct block *block = arena->newest;
    if (size > block->size - block->used) {
        size_t wanted = block->size * 2 > size ? block->size * 2 : size;
        arena->newest = block = block_new(wanted, block);
    }
    void *ptr = block->bytes + block->used;
    block->used += size;
    return ptr;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size) {
    ASSERT(size == 0 || count <= SIZE_MAX / 4 / size);
    void *ptr = arena_alloc(arena, count * size);
    memset(ptr, 0, count * size);
    return ptr;
}

char *arena_copy(struct arena *arena, struct span text) {
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(len >= 0);
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_used(const struct arena *arena) {
    size_t used = 0;
    for (const struct block *block = arena->newest; block; block = block->older)
        used += block->used;
    return used;
}

void arena_reset(struct arena *arena) {
    struct block *newest = arena->newest;
    if (newest->older || newest->size > KEEP_MAX) {
        size_t keep = arena_used(arena);
        if (keep < arena->first_block || keep > KEEP_MAX)
            keep = arena->first_block;
        free_blocks(newest);
        arena->newest = block_new(keep, NULL);
    }
    arena->newest->used = 0;
}
