/* arena: the memory of one message. Allocate freely, reset once; nothing is freed singly.
 * One thread at a time. Out of memory dies. */
#ifndef EARSHOT_ARENA_H
#define EARSHOT_ARENA_H

#include "earshot/base.h"

struct arena;

struct arena *arena_new(size_t first_block) MUST_CHECK;
void arena_free(struct arena **arena);

/* Uninitialised, aligned for any type, valid until the next reset. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;
/* The same, zeroed, for count things of a size. */
void *arena_calloc(struct arena *arena, size_t count, size_t size) MUST_CHECK;
/* A copy with a NUL behind it. */
char *arena_copy(struct arena *arena, struct span text) MUST_CHECK;
char *arena_printf(struct arena *arena, const char *format, ...) MUST_CHECK PRINTF_LIKE(2, 3);

/* All that was allocated is gone. One block stays, large enough for what was in use: a steady load stops
 * calling malloc; a block above 4 MiB is given back. */
void arena_reset(struct arena *arena);
size_t arena_used(const struct arena *arena);

#endif
