/* mention_shape: the mention has some fifty members with a type, but few types: each member is a row of a
 * table, each type a function. Producers write members in an order of their own, always the same one: the row
 * after the last hit is tried first, so that finding a member mostly costs one comparison. */
#include "mention_shape.h"

#include "earshot/times.h"

#include <float.h>

static size_t find_member(const struct shape *shape, struct span name, size_t guess) {
    if (guess < shape->count && span_eq(shape->members[guess].name, name))
        return guess;
    for (size_t i = 0; i < shape->count; i++)
        if (span_eq(shape->members[i].name, name))
            return i;
    return shape->count;
}

static bool read_member(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    if (member->since > reader->stage)
        return scan_fault(scan, FAULT_RESERVED, scan_name_byte(scan), "a later stage appends this member");
    if (!member->required && scan_null(scan))
        return true;
    return member->read(reader, member, base);
}

static bool check_required(struct reader *reader, const struct shape *shape, uint64_t seen) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct member *member = &shape->members[i];
        if (member->required && member->since <= reader->stage && !(seen >> i & 1))
            return scan_fault(&reader->scan, FAULT_MISSING, scan_byte(&reader->scan) - 1,
                              "member `%s` is missing", member->name.ptr);
    }
    return true;
}

bool shape_read(struct reader *reader, const struct shape *shape, void *base) {
    struct scan *scan = &reader->scan;
    struct scan_scope scope;
    struct span name;
    uint64_t seen = 0;
    size_t guess = 0;
    if (!scan_object(scan, &scope))
        return false;
    while (scan_member(scan, &scope, &name)) {
        size_t i = find_member(shape, name, guess);
        if (i == shape->count) {
            if (!scan_once(scan, &scope, name) || !scan_skip(scan, NULL))
                return false;
            continue;
        }
        if (seen >> i & 1)
            return scan_doubled(scan);
        seen |= (uint64_t)1 << i;
        guess = i + 1;
        if (!read_member(reader, &shape->members[i], base))
            return false;
    }
    return scan_ok(scan) && check_required(reader, shape, seen);
}

static void keep_span(const struct member *member, void *base, struct span value) {
    if (member->offset != NOWHERE)
        *(struct span *)shape_place(member, base) = value;
}

static struct span string_here(struct scan *scan, const struct member *member) {
    if (member->required || scan_type(scan) == SCAN_STRING)
        return scan_string(scan);
    scan_expected(scan, "a string or null");
    return (struct span){0};
}

bool shape_text(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    size_t byte = scan_byte(scan);
    struct span text = string_here(scan, member);
    if (!text.ptr)
        return false;
    if (member->required && text.len == 0)
        return scan_fault(scan, FAULT_TYPE, byte, "must not be empty");
    if (member->max && text.len > member->max)
        return scan_fault(scan, FAULT_SIZE, byte, "%zu bytes, more than %d", text.len, member->max);
    keep_span(member, base, text);
    return true;
}

bool shape_choice(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    size_t byte = scan_byte(scan);
    struct span text = string_here(scan, member);
    if (!text.ptr)
        return false;
    for (const char *const *choice = member->choices; *choice; choice++) {
        if (span_eq(text, span_of(*choice))) {
            keep_span(member, base, text);
            return true;
        }
    }
    struct buf list;
    buf_init(&list, 120);
    for (const char *const *choice = member->choices; *choice; choice++)
        buf_printf(&list, "%s%s", choice == member->choices ? "" : ", ", *choice);
    scan_fault(scan, FAULT_TYPE, byte, "not one of %s", list.ptr);
    buf_free(&list);
    return false;
}

bool shape_time(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    size_t byte = scan_byte(scan);
    struct span text = string_here(scan, member);
    if (!text.ptr)
        return false;
    if (!times_parse(text, shape_place(member, base)))
        return scan_fault(scan, FAULT_TYPE, byte, "no RFC 3339 time such as 2026-11-21T20:25:55Z");
    return true;
}

bool shape_count(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    int64_t value;
    if (scan_type(scan) != SCAN_NUMBER)
        return scan_expected(scan, member->required ? "a number" : "a number or null");
    if (!scan_integer(scan, 0, INT64_MAX, &value))
        return false;
    if (member->offset != NOWHERE)
        *(int64_t *)shape_place(member, base) = value;
    return true;
}

bool shape_number(struct reader *reader, const struct member *member, void *base) {
    double value;
    if (scan_type(&reader->scan) != SCAN_NUMBER)
        return scan_expected(&reader->scan, "a number or null");
    if (!scan_real(&reader->scan, -DBL_MAX, DBL_MAX, &value))
        return false;
    if (member->offset != NOWHERE)
        *(double *)shape_place(member, base) = value;
    return true;
}

bool shape_texts(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    struct scan_scope scope;
    struct shape_list list = {.size = sizeof(struct span)};
    if (scan_type(scan) != SCAN_ARRAY)
        return scan_expected(scan, "an array or null");
    if (!scan_array(scan, &scope))
        return false;
    while (scan_element(scan, &scope)) {
        struct span text = scan_string(scan);
        if (!text.ptr)
            return false;
        if (member->offset != NOWHERE)
            *(struct span *)shape_push(&list, scan->arena) = text;
    }
    if (member->offset != NOWHERE) {
        *(const struct span **)shape_place(member, base) = list.items;
        *(size_t *)(void *)((char *)base + member->count_offset) = list.count;
    }
    return scan_ok(scan);
}

bool shape_object(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    const char *first = scan->at;
    if (scan_type(scan) != SCAN_OBJECT)
        return scan_expected(scan, member->required ? "an object" : "an object or null");
    if (!shape_read(reader, member->shape, base))
        return false;
    keep_span(member, base, (struct span){.ptr = first, .len = (size_t)(scan->at - first)});
    return true;
}

bool shape_objects(struct reader *reader, const struct member *member, void *base) {
    struct scan *scan = &reader->scan;
    struct scan_scope scope;
    if (scan_type(scan) != SCAN_ARRAY)
        return scan_expected(scan, "an array or null");
    if (!scan_array(scan, &scope))
        return false;
    while (scan_element(scan, &scope)) {
        if (!shape_read(reader, member->shape, base))
            return false;
        if (member->offset != NOWHERE)
            ++*(size_t *)shape_place(member, base);
    }
    return scan_ok(scan);
}

void *shape_push(struct shape_list *list, struct arena *arena) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        void *items = arena_alloc(arena, list->cap * list->size);
        if (list->count)
            memcpy(items, list->items, list->count * list->size);
        list->items = items;
    }
    void *item = (char *)list->items + list->count++ * list->size;
    memset(item, 0, list->size);
    return item;
}
