/* scan_once: a member twice is refused, since readers differ in which of the two they take. A few names are
 * compared one by one. Many go into a table whose hash nobody outside can foresee (it begins with addresses
 * of this process), so that no text makes it slow. */
#include "earshot/scan.h"

enum { FEW_NAMES = 16, FIRST_CAP = 32 };

__extension__ typedef unsigned __int128 wide;

static uint64_t mix(uint64_t a, uint64_t b) {
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_name(const struct scan *scan, struct span name) {
    uint64_t hash = mix((uintptr_t)scan->arena ^ 0x9e3779b97f4a7c15u, (uintptr_t)scan ^ 0xd6e8feb86659fd93u);
    for (size_t i = 0; i < name.len; i += 8) {
        uint64_t word = 0;
        memcpy(&word, name.ptr + i, name.len - i < 8 ? name.len - i : 8);
        hash = mix(hash ^ word, 0xa0761d6478bd642fu);
    }
    return mix(hash ^ name.len, 0xe7037ed1a0b428dbu);
}

static void push_name(struct scan *scan, struct span name) {
    if (scan->name_count == scan->name_cap) {
        size_t cap = scan->name_cap ? scan->name_cap * 2 : FIRST_CAP;
        struct span *names = arena_alloc(scan->arena, cap * sizeof *names);
        if (scan->name_count)
            memcpy(names, scan->names, scan->name_count * sizeof *names);
        scan->names = names;
        scan->name_cap = cap;
    }
    scan->names[scan->name_count++] = name;
}

/* The slot of name: free, or of an equal one. */
static uint32_t *find_slot(const struct scan *scan, const struct scan_scope *scope, struct span name) {
    size_t mask = scope->table_size - 1;
    for (size_t i = hash_name(scan, name) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &scope->table[i];
        if (*slot == 0 || span_eq(scan->names[*slot - 1], name))
            return slot;
    }
}

/* A table at most half full with one more name. */
static void grow_table(const struct scan *scan, struct scan_scope *scope) {
    size_t count = scan->name_count - scope->first_name;
    if (count * 2 + 2 <= scope->table_size)
        return;
    scope->table_size = scope->table_size ? scope->table_size * 2 : (size_t)FEW_NAMES * 4;
    scope->table = arena_calloc(scan->arena, scope->table_size, sizeof *scope->table);
    for (size_t i = scope->first_name; i < scan->name_count; i++)
        *find_slot(scan, scope, scan->names[i]) = (uint32_t)i + 1;
}

static bool is_known(struct scan *scan, struct scan_scope *scope, struct span name) {
    size_t count = scan->name_count - scope->first_name;
    if (count < FEW_NAMES) {
        for (size_t i = scope->first_name; i < scan->name_count; i++)
            if (span_eq(scan->names[i], name))
                return true;
        return false;
    }
    grow_table(scan, scope);
    uint32_t *slot = find_slot(scan, scope, name);
    if (*slot)
        return true;
    *slot = (uint32_t)scan->name_count + 1;
    return false;
}

bool scan_once(struct scan *scan, struct scan_scope *scope, struct span name) {
    if (is_known(scan, scope, name))
        return scan_doubled(scan);
    push_name(scan, name);
    return true;
}
