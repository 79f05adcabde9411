/* NEAR beside more than words is written out with AND. Random NEARs of ORs and NEARs, tried on every text of
 * five words: without a finding what comes out finds just the same, with `widened` at least that. */
#include "earshot/import.h"
#include "query_tree.h"

#include "cmocka_all.h"
#include "dice.h"

#include <stdio.h>

enum { WORDS = 4, LENGTH = 5, TEXTS = 1024 /* WORDS to the LENGTH */, NODES = 64, ROUNDS = 600 };

/* Places from..to of a text, as bits: one bit a (from, to). */

static unsigned bit_of(int from, int to) {
    return (unsigned)(from * LENGTH + to);
}

struct expression {
    enum { WORD, EITHER, NEAR, NEAR_ORDERED } shape;
    int word, distance, left, right;
};

struct maker {
    struct expression nodes[NODES];
    int count;
    uint64_t state;
};

static int make(struct maker *maker, int depth, struct buf *out) {
    int number = maker->count++;
    struct expression node = {
        .shape = WORD, .word = (int)roll(&maker->state, WORDS), .distance = (int)roll(&maker->state, 3)};
    unsigned choice = depth == 0  ? 4 + (unsigned)roll(&maker->state, 2)
                      : depth < 4 ? (unsigned)roll(&maker->state, 6)
                                  : 0;
    if (choice < 2) {
        buf_add_char(out, (char)('a' + node.word));
    } else {
        node.shape = choice < 4 ? EITHER : choice == 4 ? NEAR : NEAR_ORDERED;
        buf_add_char(out, '(');
        node.left = make(maker, depth + 1, out);
        if (node.shape == EITHER)
            buf_add_str(out, " OR ");
        else
            buf_printf(out, " NEAR/%d%s ", node.distance, node.shape == NEAR ? "" : "f");
        node.right = make(maker, depth + 1, out);
        buf_add_char(out, ')');
    }
    maker->nodes[number] = node;
    return number;
}

/* What a and b span together wherever they are near each other. */
static uint32_t near(uint32_t a, uint32_t b, int distance, bool ordered) {
    uint32_t out = 0;
    for (int i = 0; i < LENGTH * LENGTH && a >> i; i++)
        for (int k = 0; a >> i & 1 && k < LENGTH * LENGTH && b >> k; k++) {
            if (!(b >> k & 1))
                continue;
            int before = k / LENGTH - i % LENGTH - 1, behind = i / LENGTH - k % LENGTH - 1;
            if (before >= 0 && before <= distance)
                out |= (uint32_t)1 << bit_of(i / LENGTH, k % LENGTH);
            if (!ordered && behind >= 0 && behind <= distance)
                out |= (uint32_t)1 << bit_of(k / LENGTH, i % LENGTH);
        }
    return out;
}

static uint32_t places(int word, int text) {
    uint32_t out = 0;
    for (int at = 0; at < LENGTH; at++, text /= WORDS)
        if (text % WORDS == word)
            out |= (uint32_t)1 << bit_of(at, at);
    return out;
}

static uint32_t asked(const struct maker *maker, int number, int text) {
    const struct expression *node = &maker->nodes[number];
    if (node->shape == WORD)
        return places(node->word, text);
    uint32_t left = asked(maker, node->left, text), right = asked(maker, node->right, text);
    return node->shape == EITHER ? left | right
                                 : near(left, right, node->distance, node->shape == NEAR_ORDERED);
}

/* Of a word or an OR of words. */
static uint32_t operand(const struct query *query, int text) {
    uint32_t out = 0;
    if (query->kind == QUERY_PHRASE)
        return places(query->words[0].text.ptr[0] - 'a', text);
    assert_int_equal(query->kind, QUERY_OR);
    for (const struct query *child = query->first; child; child = child->next)
        out |= operand(child, text);
    return out;
}

static bool found(const struct query *query, int text) {
    bool all = true, any = false;
    if (query->kind == QUERY_PHRASE)
        return operand(query, text);
    for (const struct query *child = query->first; child; child = child->next) {
        bool here = false;
        if (query->kind != QUERY_NEAR)
            here = found(child, text);
        else if (child->next)
            here = near(operand(child, text), operand(child->next, text), child->distance, child->ordered);
        else
            break;
        all = all && here;
        any = any || here;
    }
    return query->kind == QUERY_OR ? any : all;
}

/* False: it finds less than was asked for, or more and no finding says so. */
static bool check(const struct maker *maker, const struct import_result *result, struct arena *arena) {
    struct query_error error;
    const struct query *query = query_parse(result->query, arena, &error);
    assert_non_null(query);
    for (int text = 0; text < TEXTS; text++) {
        bool want = asked(maker, 0, text), have = found(query, text);
        if ((want && !have) || (have && !want && result->finding_count == 0))
            return false;
    }
    return true;
}

static void test_near_finds_what_was_asked_for(void **state) {
    (void)state;
    struct maker maker = {.state = 4};
    struct arena *arena = arena_new(1 << 16);
    struct buf source;
    int exact = 0, widened = 0;
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
            fail_msg("%s: %s", source.ptr, error.text);
        for (size_t i = 0; i < result.finding_count; i++)
            assert_int_equal(result.findings[i].severity, IMPORT_WIDENED);
        exact += result.finding_count == 0;
        widened += result.finding_count > 0;
        if (!check(&maker, &result, arena)) {
            printf("round %d: %s\n  gives %.*s\n", round, source.ptr, (int)result.query.len,
                   result.query.ptr);
            fail();
        }
    }
    buf_free(&source);
    arena_free(&arena);
    assert_true(exact > ROUNDS / 8 && widened > ROUNDS / 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_near_finds_what_was_asked_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
