/* rows_json: what the APIs of the tools answer: somewhere in it are objects with a query, and mostly a name.
 */
#include "rows.h"

#include <jansson.h>

enum { DEPTH_MAX = 32 };

struct reading {
    struct arena *arena;
    struct rows *out;
};

/* The text whose member's name ranks first; {NULL, 0}: none does. */
static struct span best_text(json_t *object, struct arena *arena, bool query) {
    struct span best = {NULL, 0};
    size_t best_rank = SIZE_MAX;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        size_t rank = json_is_string(value) ? rows_rank(span_of(name), query) : SIZE_MAX;
        if (rank >= best_rank)
            continue;
        best_rank = rank;
        best = (struct span){json_string_value(value), json_string_length(value)};
    }
    if (best.ptr)
        best.ptr = arena_copy(arena, best);
    return best;
}

static void walk(struct reading *reading, json_t *value, int depth) {
    const char *name;
    json_t *child;
    size_t index;
    if (depth > DEPTH_MAX)
        return;
    if (json_is_object(value)) {
        struct span query = best_text(value, reading->arena, true), label;
        if (query.ptr) {
            label = best_text(value, reading->arena, false);
            if (!label.ptr)
                label = (struct span){"", 0};
            rows_add(reading->out, reading->arena,
                     (struct row){.name = label, .query = query, .line = reading->out->count + 1});
            return;
        }
        json_object_foreach(value, name, child) walk(reading, child, depth + 1);
    } else if (json_is_array(value)) {
        json_array_foreach(value, index, child) walk(reading, child, depth + 1);
    }
}

bool rows_read_json(struct span text, struct arena *arena, struct rows *out) {
    struct reading reading = {.arena = arena, .out = out};
    json_t *root = json_loadb(text.ptr, text.len, 0, NULL);
    if (!root)
        return false;
    walk(&reading, root, 0);
    json_decref(root);
    return out->count > 0;
}
