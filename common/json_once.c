/* json_once: a member twice is refused, since readers differ in which of the two they take. A few names are
 * compared one by one. Many go into a table whose hash nobody outside can foresee (it begins with addresses
 * of this process), so that no text makes it slow. */
#include "earshot/json.h"

enum { FEW_NAMES = 16, FIRST_CAP = 32 };

__extension__ typedef unsigned __int128 wide;

static uint64_t mix(uint64_t a, uint64_t b) {
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_name(const struct json *json, struct span name) {
    uint64_t hash = mix((uintptr_t)json->arena ^ 0x9e3779b97f4a7c15u, (uintptr_t)json ^ 0xd6e8feb86659fd93u);
    for (size_t i = 0; i < name.len; i += 8) {
        uint64_t word = 0;
        memcpy(&word, name.ptr + i, name.len - i < 8 ? name.len - i : 8);
        hash = mix(hash ^ word, 0xa0761d6478bd642fu);
    }
    return mix(hash ^ name.len, 0xe7037ed1a0b428dbu);
}

static void push_name(struct json *json, struct span name) {
    if (json->name_count == json->name_cap) {
        size_t cap = json->name_cap ? json->name_cap * 2 : FIRST_CAP;
        struct span *names = arena_alloc(json->arena, cap * sizeof *names);
        if (json->name_count)
            memcpy(names, json->names, json->name_count * sizeof *names);
        json->names = names;
        json->name_cap = cap;
    }
    json->names[json->name_count++] = name;
}

/* The slot of name: free, or of an equal one. */
static uint32_t *find_slot(const struct json *json, const struct json_scope *scope, struct span name) {
    size_t mask = scope->table_size - 1;
    for (size_t i = hash_name(json, name) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &scope->table[i];
        if (*slot == 0 || span_eq(json->names[*slot - 1], name))
            return slot;
    }
}

/* A table at most half full with one more name. */
static void grow_table(const struct json *json, struct json_scope *scope) {
    size_t count = json->name_count - scope->first_name;
    if (count * 2 + 2 <= scope->table_size)
        return;
    scope->table_size = scope->table_size ? scope->table_size * 2 : (size_t)FEW_NAMES * 4;
    scope->table = arena_calloc(json->arena, scope->table_size, sizeof *scope->table);
    for (size_t i = scope->first_name; i < json->name_count; i++)
        *find_slot(json, scope, json->names[i]) = (uint32_t)i + 1;
}

static bool is_known(struct json *json, struct json_scope *scope, struct span name) {
    size_t count = json->name_count - scope->first_name;
    if (count < FEW_NAMES) {
        for (size_t i = scope->first_name; i < json->name_count; i++)
            if (span_eq(json->names[i], name))
                return true;
        return false;
    }
    grow_table(json, scope);
    uint32_t *slot = find_slot(json, scope, name);
    if (*slot)
        return true;
    *slot = (uint32_t)json->name_count + 1;
    return false;
}

bool json_once(struct json *json, struct json_scope *scope, struct span name) {
    if (is_known(json, scope, name))
        return json_doubled(json);
    push_name(json, name);
    return true;
}
