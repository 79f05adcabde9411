/* What a finding says of its effect is true: random queries of words and of parts that cannot be carried,
 * tried on every set of words and every truth of the lost parts. Where all findings say that the alert finds
 * more, it finds whatever was asked for; where all say less, nothing else. */
#include "earshot/import.h"
#include "query_tree.h"

#include "cmocka_all.h"
#include "dice.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORDS = 4, LOST = 3, ATOMS = WORDS + LOST, NODES = 64, ROUNDS = 20000 };

enum shape { ATOM, BOTH, EITHER, NEITHER };

struct expression {
    enum shape shape;
    int atom, left, right;
};

struct maker {
    struct expression nodes[NODES];
    int count;
    uint64_t state;
};

static int make(struct maker *maker, int depth, struct buf *out) {
    static const char *const TEXTS[ATOMS] = {
        "aa", "bb", "cc", "dd", "minuteOfDay:[1 TO 2]", "authorGender:F", "continent:europe"};
    int number = maker->count++;
    struct expression node = {.shape = ATOM, .atom = (int)roll(&maker->state, ATOMS)};
    unsigned choice = depth < 4 && maker->count < NODES - 2 ? (unsigned)roll(&maker->state, 8) : 0;
    if (choice < 2) {
        buf_add_str(out, TEXTS[node.atom]);
    } else if (choice == 7) {
        node.shape = NEITHER;
        buf_add_str(out, "(NOT ");
        node.left = make(maker, depth + 1, out);
        buf_add_char(out, ')');
    } else {
        node.shape = choice < 5 ? BOTH : EITHER;
        buf_add_char(out, '(');
        node.left = make(maker, depth + 1, out);
        buf_add_str(out, node.shape == BOTH ? " AND " : " OR ");
        node.right = make(maker, depth + 1, out);
        buf_add_char(out, ')');
    }
    maker->nodes[number] = node;
    return number;
}

static bool holds(const struct maker *maker, int number, unsigned truths) {
    const struct expression *node = &maker->nodes[number];
    switch (node->shape) {
    case ATOM:
        return truths >> node->atom & 1;
    case NEITHER:
        return !holds(maker, node->left, truths);
    case BOTH:
        return holds(maker, node->left, truths) && holds(maker, node->right, truths);
    default:
        return holds(maker, node->left, truths) || holds(maker, node->right, truths);
    }
}

static bool finds(const struct query *query, unsigned truths) {
    bool all = true, any = false;
    if (query->kind == QUERY_PHRASE) {
        assert_int_equal(query->word_count, 1);
        return truths >> (query->words[0].text.ptr[0] - 'a') & 1;
    }
    if (query->kind == QUERY_NOT)
        return !finds(query->first, truths);
    for (const struct query *child = query->first; child; child = child->next) {
        all = all && finds(child, truths);
        any = any || finds(child, truths);
    }
    return query->kind == QUERY_AND ? all : any;
}

/* Bits of the effects that its findings name. */
static unsigned effects_of(const struct import_result *result) {
    unsigned effects = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        effects |= 1U << result->findings[i].effect;
    return effects;
}

static bool check(const struct maker *maker, const struct import_result *result, struct arena *arena) {
    struct query_error error;
    const struct query *query = query_parse(result->query, arena, &error);
    assert_non_null(query);
    unsigned effects = effects_of(result);
    bool right = true;
    for (unsigned truths = 0; truths < 1U << ATOMS; truths++) {
        bool asked = holds(maker, 0, truths), found = finds(query, truths);
        if (effects == 0)
            right = right && asked == found;
        else if (effects == 1U << IMPORT_MORE)
            right = right && (found || !asked);
        else if (effects == 1U << IMPORT_LESS)
            right = right && (asked || !found);
    }
    return right;
}

static void test_effects_are_true(void **state) {
    (void)state;
    struct maker maker = {.state = 20261126};
    struct arena *arena = arena_new(1 << 16);
    struct buf source;
    int more = 0, less = 0, exact = 0;
    buf_init(&source, 1 << 16);
    for (int round = 0; round < ROUNDS; round++) {
        struct import_result result;
        struct query_error error;
        maker.count = 0;
        buf_clear(&source);
        arena_reset(arena);
        make(&maker, 0, &source);
        if (!import_query(import_dialect_named(SPAN("brandwatch")), buf_span(&source), arena, &result,
                          &error))
            continue; /* nothing to find is left */
        unsigned effects = effects_of(&result);
        more += effects == 1U << IMPORT_MORE;
        less += effects == 1U << IMPORT_LESS;
        exact += effects == 0;
        if (!check(&maker, &result, arena)) {
            printf("round %d: %s\n  gives %.*s\n", round, source.ptr, (int)result.query.len,
                   result.query.ptr);
            fail();
        }
    }
    buf_free(&source);
    arena_free(&arena);
    assert_true(more > ROUNDS / 20 && less > ROUNDS / 20 && exact > ROUNDS / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_effects_are_true)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
