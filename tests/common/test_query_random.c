/* Random queries of every form, and the same with some bytes of them changed: what parses prints as a text
 * that parses to the same tree and prints the same; what does not has an error on one line, inside the text.
 * EARSHOT_SEED and EARSHOT_ROUNDS choose others than the suite's. */
#include "query_same.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t random_state;

static uint32_t roll(size_t sides) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) % sides);
}

static const char *const WORDS[] = {
    "a",    "acme", "Acme",       "microsoft", "café",     "cafe\u0301", "müller",       "straße",
    "łódź", "AND",  "near",       "NEAR",      "title",    "кошка",      "безопасность", "σοφός",
    "سلام", "مُحَمَّد", "שָׁלוֹם",       "हिन्दी",     "한국어로", "社",         "社交聆聽",     "ソニー",
    "สวัสดี", "ກາ",   "iphone手機", "acme-corp", "U.S.",     "don't",      "12:30",        "C++",
    "x_1",  "２０", "ﬁne",        "ª",         "İ",        "ﾞ",          "\u0301",       "\u200b",
    "☺",    "™",
};
static const char *const SIGNS[] = {
    "#acme", "#社",      "＃acme",   "@acme", "@a.b-c",        "@acme@example.social", "$acm",
    "😡",     "👍🏽", "👩\u200d💻", "🇩🇪",    "*\ufe0f\u20e3", "1\ufe0f\u20e3",
};
static const char *const VALUES[] = {
    "author:jane",
    "author:@jane@b.example",
    "author:\"van doe\"",
    "author:(x OR \"y z\" OR @w)",
    "author:社交",
    "site:acme.com",
    "site:(a.b OR münchen.de)",
    "link:acme.com/x?y=1",
    "link:\"(a) b\"",
    "source:blog",
    "source:(Mastodon OR web)",
    "source:\"mastodn\"",
    "source:hn",
    "type:(post OR comment)",
    "lang:de",
    "lang:(NL OR zh)",
    "country:gb",
    "is:reply",
    "has:(link OR question)",
    "followers:[1000 TO *]",
    "followers:([1 TO 2] OR [* TO 7])",
    "engagement:[0 TO 5]",
    "rating:[1 TO 4.5]",
    "rating:[0.000001 TO 123456.25]",
    "rating:[* TO *]",
};
#define ONE_OF(array) ((array)[roll(COUNT_OF(array))])

static void add_loose(struct buf *out) {
    const char *word = ONE_OF(WORDS);
    static const char *const ENDS[] = {"*", "*", "?", "~1", "~2", "*e", "?e", "**", "*社", "~", "~3"};
    buf_printf(out, "%s%s", word, ONE_OF(ENDS));
}

static void add_quoted(struct buf *out) {
    static const char *const BETWEEN[] = {" ", " ", "  ", "-", ", ", ".", "", " ~ ", "'", "\u3000"};
    buf_add_char(out, '"');
    for (uint32_t words = 1 + roll(4); words > 0; words--) {
        uint32_t kind = roll(8);
        if (kind == 0)
            add_loose(out);
        else
            buf_add_str(out, kind == 1 ? ONE_OF(SIGNS) : ONE_OF(WORDS));
        if (words > 1)
            buf_add_str(out, ONE_OF(BETWEEN));
    }
    buf_add_char(out, '"');
    if (roll(4) == 0)
        buf_printf(out, "~%u", roll(102));
}

static void add_words(struct buf *out) {
    switch (roll(8)) {
    case 0:
        add_loose(out);
        return;
    case 1:
        buf_add_str(out, ONE_OF(SIGNS));
        return;
    case 2:
        buf_printf(out, "{%s%s%s}", ONE_OF(WORDS), roll(2) ? " " : "", ONE_OF(WORDS));
        return;
    case 3:
    case 4:
        add_quoted(out);
        return;
    default:
        buf_add_str(out, ONE_OF(WORDS));
    }
}

static void add_tree(struct buf *out, int depth, bool fields);

static void add_near(struct buf *out) {
    for (uint32_t parts = 2 + roll(2); parts > 0; parts--) {
        if (roll(4) == 0) {
            buf_add_char(out, '(');
            add_words(out);
            buf_add_str(out, " OR ");
            add_words(out);
            buf_add_char(out, ')');
        } else {
            add_words(out);
        }
        if (parts > 1)
            buf_printf(out, roll(2) ? " NEAR/%u%s " : " ONEAR/%u%s ", roll(101), roll(8) ? "" : "f");
    }
}

static void add_leaf(struct buf *out, int depth, bool fields) {
    uint32_t kind = roll(10);
    if (kind < 2)
        add_near(out);
    else if (kind == 2 && fields)
        buf_add_str(out, ONE_OF(VALUES));
    else if (kind == 3 && fields && depth > 0) {
        buf_add_str(out, "title:(");
        add_tree(out, depth - 1, false);
        buf_add_char(out, ')');
    } else if (kind == 4 && fields) {
        buf_add_str(out, "title:");
        add_words(out);
    } else {
        add_words(out);
    }
}

static void add_tree(struct buf *out, int depth, bool fields) {
    static const char *const OPERATORS[] = {" AND ",     " OR ",  " NOT ", " -",
                                            " AND NOT ", " AND ", " OR ",  " <<< x >>> OR\n"};
    uint32_t parts = depth == 0 ? 1 : 1 + roll(4);
    for (uint32_t i = 0; i < parts; i++) {
        if (i > 0)
            buf_add_str(out, ONE_OF(OPERATORS));
        if (depth == 0 || roll(3)) {
            add_leaf(out, depth, fields);
            continue;
        }
        buf_add_char(out, '(');
        add_tree(out, depth - 1, fields);
        buf_add_char(out, ')');
    }
}

/* Some bytes gone, doubled, or another piece of the language in their place. */
static void damage(struct buf *text, struct buf *out) {
    static const char *const PIECES[] = {"(",       ")",    "\"",   "*",      "~",     "~1",  "?",     "{",
                                         "}",       "-",    "NOT ", ":",      "/",     "[",   "]",     " ",
                                         "NEAR/2 ", "\xff", "社",   "title:", "lang:", "<<<", "\u0301"};
    size_t at = roll(text->len + 1), gone = roll(4);
    gone = gone < text->len - at ? gone : text->len - at;
    buf_clear(out);
    buf_add(out, text->ptr, at);
    if (roll(2))
        buf_add_str(out, ONE_OF(PIECES));
    buf_add(out, text->ptr + at + gone, text->len - at - gone);
}

/* Whether it parses. */
static bool check(struct span text, struct arena *arena, struct buf *once, struct buf *twice) {
    struct query_error error;
    struct query *query = query_parse(text, arena, &error), *again;
    size_t byte;
    if (!query) {
        if (error.byte > text.len || !error.text[0] || strchr(error.text, '\n') ||
            !text_is_utf8(span_of(error.text), &byte))
            fail_msg("%.*s: byte %zu: %s", (int)text.len, text.ptr, error.byte, error.text);
        return false;
    }
    buf_clear(once);
    buf_clear(twice);
    query_print(query, once);
    again = query_parse(buf_span(once), arena, &error);
    if (!again)
        fail_msg("%.*s: printed as %s: byte %zu: %s", (int)text.len, text.ptr, once->ptr, error.byte,
                 error.text);
    query_print(again, twice);
    if (!query_same(query, again) || !span_eq(buf_span(once), buf_span(twice)))
        fail_msg("%.*s: printed as %s, then as %s", (int)text.len, text.ptr, once->ptr, twice->ptr);
    return true;
}

static void what_is_printed_is_the_same_query(void **state) {
    (void)state;
    const char *given = getenv("EARSHOT_SEED"), *rounds = getenv("EARSHOT_ROUNDS");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 0x1A6;
    size_t count = rounds ? strtoull(rounds, NULL, 10) : 40000, right = 0, damaged = 0;
    struct arena *arena = arena_new(1 << 16);
    struct buf text, other, once, twice;
    buf_init(&text, 1 << 20);
    buf_init(&other, 1 << 20);
    buf_init(&once, 1 << 20);
    buf_init(&twice, 1 << 20);
    printf("seed %llu, %zu rounds\n", (unsigned long long)seed, count);
    for (size_t i = 0; i < count; i++) {
        random_state = (seed + i) * 0x9E3779B97F4A7C15u | 1;
        buf_clear(&text);
        add_tree(&text, (int)roll(4), true);
        right += check(buf_span(&text), arena, &once, &twice);
        damage(&text, &other);
        damaged += check(buf_span(&other), arena, &once, &twice);
        arena_reset(arena);
    }
    printf("%zu parse; %zu of the damaged\n", right, damaged);
    assert_true(right > count / 10 && damaged > count / 20);
    buf_free(&text);
    buf_free(&other);
    buf_free(&once);
    buf_free(&twice);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_printed_is_the_same_query)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
