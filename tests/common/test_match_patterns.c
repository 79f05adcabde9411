/* The index of patterns says what match_pattern_is() says, which says what the language says; whoever wrote
 * the patterns and the words, a word costs no more than its budget. */
#include "match_patterns.h"

#include "cmocka_all.h"
#include "dice.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t random_state;

static uint64_t hash_of(struct span word) {
    uint64_t hash = 42;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) * 0x9E3779B97F4A7C15u, hash ^= hash >> 29;
    return hash;
}

static const uint32_t *find(const struct match_patterns *patterns, struct match_memo *memo, struct span word,
                            size_t *count) {
    struct pattern_budget budget = {.limit = UINT64_MAX};
    const uint32_t *found = match_patterns_find(patterns, memo, hash_of(word), word, &budget, count);
    assert_false(budget.cut);
    return found;
}

/* Cases ---------------------------------------------------------------------------------------------------
 */

static const struct row {
    enum pattern_kind kind;
    const char *text;
    unsigned edits;
    const char *matches[10], *others[10];
} CASES[] = {
    {PATTERN_PREFIX, "acm", 0, {"acm", "acme", "acmes"}, {"ac", "bacme", "a", "am"}},
    {PATTERN_PREFIX,
     "versicherung",
     0,
     {"versicherung", "versicherungsvertrag"},
     {"versicherun", "sicherung"}},
    {PATTERN_PREFIX, "caf\u00e9", 0, {"caf\u00e9", "caf\u00e9s"}, {"cafe", "cafes", "caf", "caf\u00e8"}},
    {PATTERN_PREFIX, "cafe", 0, {"cafe", "cafe\u0335"}, {"caf\u00e9"}},
    {PATTERN_PREFIX,
     "\u043c\u043e\u0441",
     0,
     {"\u043c\u043e\u0441\u043a\u0432\u0430"},
     {"\u043c\u043e", "moc"}},
    {PATTERN_PREFIX, "\u793e", 0, {"\u793e"}, {"\u4ea4"}},
    {PATTERN_PREFIX, "\uc0bc", 0, {"\uc0bc\uc131\uc740", "\uc0bc"}, {"\uc131"}},
    {PATTERN_WILDCARD, "ac*e", 0, {"ace", "acme", "acmecorpe", "acee"}, {"ac", "acm", "aceb", "xace"}},
    {PATTERN_WILDCARD, "ac?e", 0, {"acme", "ac\u00e9e", "ac\U00010437e"}, {"ace", "acmme", "acm", "acmeb"}},
    {PATTERN_WILDCARD, "ab??", 0, {"abcd", "ab\u00e9\u00e9"}, {"ab", "abc", "abcde"}},
    {PATTERN_WILDCARD, "ab?*", 0, {"abc", "abcde"}, {"ab", "a"}},
    {PATTERN_WILDCARD, "ab*?", 0, {"abc", "abcde"}, {"ab", "a"}},
    {PATTERN_WILDCARD, "col*r*d", 0, {"colored", "coloured", "colrd"}, {"color", "cold", "coloure"}},
    {PATTERN_WILDCARD, "aa*aab*b", 0, {"aaaabb", "aaaaaabb", "aaaabaab"}, {"aaab", "aaabb", "aabaab"}},
    {PATTERN_WILDCARD,
     "\u03b5\u03bb*\u03b1",
     0,
     {"\u03b5\u03bb\u03b1", "\u03b5\u03bb\u03bb\u03b1\u03b4\u03b1"},
     {"\u03b5\u03bb"}},
    {PATTERN_WILDCARD,
     "\u0645\u0635?",
     0,
     {"\u0645\u0635\u0631"},
     {"\u0645\u0635", "\u0645\u0635\u0631\u064a"}},
    {PATTERN_FUZZY,
     "acme",
     1,
     {"acme", "acm", "cme", "ame", "ace", "acmee", "xacme", "came", "amce"},
     {"ac", "acmexy", "emca", "cmae", "mace", "cm"}},
    {PATTERN_FUZZY,
     "acme",
     1,
     {"acem", "akme", "\u00e4cme", "acm\u4f60"},
     {"\u00e4cm\u4f60", "acme12", "", "a"}},
    {PATTERN_FUZZY,
     "microsoft",
     2,
     {"microsoft", "micorsoft", "microsotf", "mircosotf", "microso", "crosoft", "mmicrosofft", "m1cr0soft"},
     {"micro", "mcrsof", "m1cr0s0ft", "macrohard"}},
    /* No character is edited twice: "ca" is three edits from "abc". */
    {PATTERN_FUZZY, "12345ca", 2, {"12345ac", "12345c", "2345ca"}, {"12345abc"}},
    {PATTERN_FUZZY,
     "aaaaaaaa",
     2,
     {"aaaaaa", "aaaaaaaaaa", "aabaaaba"},
     {"aaaaa", "aaaaaaaaaaa", "bbbaaaaa"}},
    {PATTERN_FUZZY,
     "\u043c\u043e\u0441\u043a\u0432\u0430",
     1,
     {"\u043c\u043e\u0441\u0432\u043a\u0430", "\u043c\u043e\u0441\u043a\u0432\u0430\u0445"},
     {"\u043c\u0441\u0432\u0430"}},
    {PATTERN_FUZZY,
     "\u9732\u7f8e\u8072\u97f3",
     1,
     {"\u7f8e\u9732\u8072\u97f3", "\u9732\u7f8e\u8072"},
     {"\u9732\u7f8e", "\u8072\u97f3"}},
};

static bool has(const uint32_t *numbers, size_t count, uint32_t number) {
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

static void check_word(const struct match_patterns *patterns, struct match_memo *memo, const struct row *row,
                       uint32_t number, const char *word, bool expected) {
    size_t count;
    if (match_pattern_is(row->kind, span_of(row->text), row->edits, span_of(word)) != expected)
        fail_msg("%s of %s: the definition should say %d", word, row->text, expected);
    for (int again = 0; again < 2; again++) {
        const uint32_t *found = find(patterns, memo, span_of(word), &count);
        if (has(found, count, number) != expected)
            fail_msg("%s of %s: the index should say %d", word, row->text, expected);
    }
}

static void patterns_match_what_the_language_says(void **state) {
    (void)state;
    uint32_t numbers[COUNT_OF(CASES)];
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        numbers[i] = match_patterns_add(patterns, CASES[i].kind, span_of(CASES[i].text), CASES[i].edits);
    match_patterns_close(patterns);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        for (size_t w = 0; w < COUNT_OF(CASES[i].matches) && CASES[i].matches[w]; w++)
            check_word(patterns, memo, &CASES[i], numbers[i], CASES[i].matches[w], true);
        for (size_t w = 0; w < COUNT_OF(CASES[i].others) && CASES[i].others[w]; w++)
            check_word(patterns, memo, &CASES[i], numbers[i], CASES[i].others[w], false);
    }
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

static void the_same_pattern_has_the_same_number(void **state) {
    (void)state;
    struct match_patterns *patterns = match_patterns_new(1);
    assert_int_equal(match_patterns_add(patterns, PATTERN_PREFIX, SPAN("abc"), 0), 0);
    assert_int_equal(match_patterns_add(patterns, PATTERN_FUZZY, SPAN("abcd"), 1), 1);
    assert_int_equal(match_patterns_add(patterns, PATTERN_FUZZY, SPAN("abcd"), 2), 2);
    assert_int_equal(match_patterns_add(patterns, PATTERN_WILDCARD, SPAN("ab*c"), 0), 3);
    assert_int_equal(match_patterns_add(patterns, PATTERN_PREFIX, SPAN("abcd"), 0), 4);
    assert_int_equal(match_patterns_add(patterns, PATTERN_FUZZY, SPAN("abcd"), 1), 1);
    assert_int_equal(match_patterns_add(patterns, PATTERN_PREFIX, SPAN("abc"), 0), 0);
    assert_int_equal(match_patterns_count(patterns), 5);
    match_patterns_free(&patterns);
    assert_null(patterns);
}

static void no_patterns_match_nothing(void **state) {
    (void)state;
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    size_t count = 1;
    match_patterns_close(patterns);
    find(patterns, memo, SPAN("acme"), &count);
    assert_int_equal(count, 0);
    find(patterns, memo, SPAN(""), &count);
    assert_int_equal(count, 0);
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

/* The language has none of these; the index need not know. */
static void the_shortest_patterns_are_patterns(void **state) {
    (void)state;
    static const struct row SHORT[] = {
        {PATTERN_PREFIX, "", 0, {"", "a", "ab"}, {NULL}},
        {PATTERN_WILDCARD, "*", 0, {"", "a", "ab"}, {NULL}},
        {PATTERN_WILDCARD, "?", 0, {"a", "\u97f3"}, {"", "ab"}},
        {PATTERN_WILDCARD, "", 0, {""}, {"a", "ab"}},
        {PATTERN_FUZZY, "", 1, {"", "a"}, {"ab"}},
        {PATTERN_FUZZY, "", 2, {"", "a", "ab"}, {"abc"}},
        {PATTERN_FUZZY, "a", 2, {"", "a", "ba", "bac", "xy"}, {"xyz", "bcda"}},
    };
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    for (uint32_t i = 0; i < 2 * COUNT_OF(SHORT); i++) {
        const struct row *row = &SHORT[i % COUNT_OF(SHORT)];
        struct span text = row->text[0] ? span_of(row->text) : (struct span){0};
        assert_int_equal(match_patterns_add(patterns, row->kind, text, row->edits), i % COUNT_OF(SHORT));
    }
    match_patterns_close(patterns);
    for (uint32_t i = 0; i < COUNT_OF(SHORT); i++) {
        for (size_t w = 0; w < COUNT_OF(SHORT[i].matches) && SHORT[i].matches[w]; w++)
            check_word(patterns, memo, &SHORT[i], i, SHORT[i].matches[w], true);
        for (size_t w = 0; w < COUNT_OF(SHORT[i].others) && SHORT[i].others[w]; w++)
            check_word(patterns, memo, &SHORT[i], i, SHORT[i].others[w], false);
    }
    size_t count;
    find(patterns, memo, (struct span){0}, &count);
    assert_int_equal(count, 6);
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

/* Random ones ---------------------------------------------------------------------------------------------
 */

enum { TEXT_ROOM = 256, PATTERNS = 40, PAIRS = 1200000 };

static const char *const ALPHABETS[][6] = {
    {"a", "b", "c", "d", "e", "f"},
    {"a", "b", "a", "a", "b", "a"},
    {"a", "\u00e9", "\u0301", "o", "\u00f6", "_"},
    {"\u043c", "\u043e", "\u0441", "\u043a", "\u0432", "\u0430"},
    {"\u793e", "\u4ea4", "\u8046", "\u807d", "\u97f3", "\u7f8e"},
    {"\U00010437", "z", "\u0e01", "\u0e34", "9", "\uac00"},
};

struct made {
    struct span letters[48];
    size_t len;
    char text[TEXT_ROOM];
};

static struct span letter(size_t alphabet) {
    if (roll(&random_state, 16) == 0)
        alphabet = roll(&random_state, COUNT_OF(ALPHABETS));
    return span_of(ALPHABETS[alphabet][roll(&random_state, 6)]);
}

static void make(struct made *made, size_t alphabet, size_t len) {
    for (made->len = 0; made->len < len; made->len++)
        made->letters[made->len] = letter(alphabet);
}

static void edit(struct made *made, size_t alphabet) {
    size_t at = roll(&random_state, made->len + 1);
    size_t behind = made->len - at;
    if (roll(&random_state, 4) == 0 && made->len < COUNT_OF(made->letters)) {
        memmove(&made->letters[at + 1], &made->letters[at], behind * sizeof *made->letters);
        made->letters[at] = letter(alphabet);
        made->len++;
    } else if (behind >= 2 && roll(&random_state, 3) == 0) {
        struct span first = made->letters[at];
        made->letters[at] = made->letters[at + 1];
        made->letters[at + 1] = first;
    } else if (behind >= 1 && roll(&random_state, 2) == 0) {
        memmove(&made->letters[at], &made->letters[at + 1], (behind - 1) * sizeof *made->letters);
        made->len--;
    } else if (behind >= 1) {
        made->letters[at] = letter(alphabet);
    }
}

static struct span text_of(struct made *made) {
    size_t len = 0;
    for (size_t i = 0; i < made->len; i++) {
        memcpy(made->text + len, made->letters[i].ptr, made->letters[i].len);
        len += made->letters[i].len;
    }
    return (struct span){made->text, len};
}

struct one {
    enum pattern_kind kind;
    unsigned edits;
    struct made made; /* without wildcards */
    char text[TEXT_ROOM];
    size_t len;
    uint32_t number;
};

static void make_pattern(struct one *one, size_t alphabet) {
    one->kind = (enum pattern_kind)roll(&random_state, 3);
    one->edits = one->kind == PATTERN_FUZZY ? 1 + (unsigned)roll(&random_state, 2) : 0;
    size_t least = roll(&random_state, 8) == 0 ? 0 : one->kind == PATTERN_FUZZY ? 4 * one->edits : 2;
    make(&one->made, alphabet, least + roll(&random_state, 9));
    struct made shown = one->made;
    for (size_t i = 1 + roll(&random_state, 3); one->kind == PATTERN_WILDCARD && i-- > 0;) {
        size_t at = shown.len ? roll(&random_state, shown.len) : 0;
        shown.letters[at] = roll(&random_state, 2) ? SPAN("*") : SPAN("?");
        shown.len += shown.len == 0;
    }
    struct span text = text_of(&shown);
    memcpy(one->text, text.ptr, text.len);
    one->len = text.len;
}

static struct match_patterns *make_index(struct one *ones, size_t count, size_t alphabet) {
    struct match_patterns *patterns = match_patterns_new(random_state);
    for (size_t i = 0; i < count; i++) {
        make_pattern(&ones[i], alphabet);
        ones[i].number = match_patterns_add(patterns, ones[i].kind, (struct span){ones[i].text, ones[i].len},
                                            ones[i].edits);
    }
    match_patterns_close(patterns);
    return patterns;
}

/* The word, of its own length so that a read past it is seen, against all patterns; how many matched. */
static size_t check_against_all(const struct match_patterns *patterns, struct match_memo *memo,
                                const struct one *ones, size_t count, struct span word) {
    char *bytes = malloc(word.len + 1);
    assert_non_null(bytes);
    memcpy(bytes, word.ptr, word.len);
    struct span copy = {bytes, word.len};
    size_t found_count, expected_count = 0;
    const uint32_t *found = find(patterns, memo, copy, &found_count);
    for (size_t i = 1; i < found_count; i++)
        assert_true(found[i - 1] < found[i]);
    for (size_t i = 0; i < count; i++) {
        struct span text = {ones[i].text, ones[i].len};
        bool is = match_pattern_is(ones[i].kind, text, ones[i].edits, copy);
        if (is != has(found, found_count, ones[i].number))
            fail_msg("seed %llu: %.*s of %.*s (kind %d, %u edits): should be %d",
                     (unsigned long long)random_state, (int)word.len, word.ptr, (int)text.len, text.ptr,
                     (int)ones[i].kind, ones[i].edits, is);
        expected_count += is;
    }
    assert_true(found_count <= expected_count);
    free(bytes);
    return expected_count;
}

static void the_index_finds_what_the_definition_says(void **state) {
    (void)state;
    static struct one ones[PATTERNS];
    struct match_memo *memo = match_memo_new();
    size_t pairs = 0, matched = 0;
    const char *given = getenv("EARSHOT_TEST_SEED");
    random_state = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)random_state);
    while (pairs < PAIRS) {
        size_t alphabet = roll(&random_state, COUNT_OF(ALPHABETS)), count = 1 + roll(&random_state, PATTERNS);
        struct match_patterns *patterns = make_index(ones, count, alphabet);
        for (size_t round = 0; round < 60; round++, pairs += count) {
            struct made word = ones[roll(&random_state, count)].made;
            for (size_t i = roll(&random_state, 4); i > 0; i--)
                edit(&word, alphabet);
            matched += check_against_all(patterns, memo, ones, count, text_of(&word));
        }
        match_patterns_free(&patterns);
    }
    print_message("%zu pairs, %zu of them match\n", pairs, matched);
    assert_true(matched > pairs / 50);
    match_memo_free(&memo);
}

/* What it may cost ----------------------------------------------------------------------------------------
 */

static void the_memo_changes_nothing(void **state) {
    (void)state;
    static struct one ones[PATTERNS];
    random_state = 7;
    struct match_patterns *patterns = make_index(ones, PATTERNS, 0);
    struct match_memo *memo = match_memo_new();
    for (size_t round = 0; round < 20000; round++) {
        struct match_memo *fresh = round % 100 == 0 ? match_memo_new() : NULL;
        struct made made = ones[roll(&random_state, PATTERNS)].made;
        edit(&made, 0);
        struct span word = text_of(&made);
        struct pattern_budget one = {.limit = roll(&random_state, 2) ? 1000 : roll(&random_state, 60)},
                              two = one;
        size_t one_count, two_count;
        match_patterns_find(patterns, memo, hash_of(word), word, &one, &one_count);
        const uint32_t *found =
            match_patterns_find(patterns, fresh ? fresh : memo, hash_of(word), word, &two, &two_count);
        assert_int_equal(one.steps, two.steps);
        assert_int_equal(one.cut, two.cut);
        assert_int_equal(one_count, two_count);
        for (size_t i = 1; i < two_count; i++)
            assert_true(found[i - 1] < found[i]);
        match_memo_free(&fresh);
    }
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

/* A long word takes the room of two short ones: what is in it is not taken for what the memo writes. */
static void words_in_the_memo_are_told_from_what_it_notes(void **state) {
    (void)state;
    static const char NOTE[] = "\x05\x01\x09\x00\x00\x00\x00\x00outer";
    char text[40];
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    struct span word = {text, sizeof text};
    assert_int_equal(match_patterns_add(patterns, PATTERN_PREFIX, SPAN("xyz"), 0), 0);
    match_patterns_close(patterns);
    memset(text, 'x', sizeof text);
    for (size_t at = 0; at + sizeof NOTE <= sizeof text; at++) {
        struct pattern_budget budget = {.limit = UINT64_MAX};
        size_t count;
        memset(text, 'x', sizeof text);
        memcpy(text + at, NOTE, sizeof NOTE - 1);
        match_patterns_find(patterns, memo, 0, word, &budget, &count);
        match_patterns_find(patterns, memo, 0, SPAN("outer"), &budget, &count);
        assert_int_equal(count, 0);
    }
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

static void words_of_all_lengths_share_a_place(void **state) {
    (void)state;
    static struct one ones[PATTERNS];
    enum { WORDS = 5, ASKED = 4000 };
    random_state = 11;
    struct match_memo *memo = match_memo_new();
    struct match_patterns *patterns = make_index(ones, PATTERNS, 3);
    for (size_t round = 0; round < ASKED; round++) {
        static const size_t LENGTHS[WORDS] = {3, 12, 13, 28,
                                              29}; /* of two bytes each: 24 and 56 are borders */
        char text[64];
        size_t which = roll(&random_state, WORDS), count;
        for (size_t i = 0; i < LENGTHS[which]; i++)
            memcpy(text + 2 * i, ALPHABETS[3][(which + i) % 6], 2);
        struct span word = {text, 2 * LENGTHS[which]};
        struct pattern_budget budget = {.limit = UINT64_MAX};
        const uint32_t *found = match_patterns_find(patterns, memo, 0, word, &budget, &count);
        for (size_t i = 0; i < PATTERNS; i++)
            assert_int_equal(has(found, count, ones[i].number),
                             match_pattern_is(ones[i].kind, (struct span){ones[i].text, ones[i].len},
                                              ones[i].edits, word));
    }
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

/* Too many for the memo, and too dear. */
static void a_word_may_match_thousands(void **state) {
    (void)state;
    enum { BITS = 13 };
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    struct pattern_budget first = {.limit = UINT64_MAX}, second = first;
    size_t count;
    for (uint32_t bits = 0; bits < 1 << BITS; bits++) {
        char text[2 + BITS + 1] = "ab";
        for (size_t i = 0; i < BITS; i++)
            text[2 + i] = bits >> i & 1 ? '*' : 'c';
        text[2 + BITS] = '*';
        assert_int_equal(match_patterns_add(patterns, PATTERN_WILDCARD, (struct span){text, sizeof text}, 0),
                         bits);
    }
    match_patterns_close(patterns);
    for (int again = 0; again < 2; again++) {
        struct pattern_budget *budget = again ? &second : &first;
        const uint32_t *found =
            match_patterns_find(patterns, memo, 1, SPAN("abcccccccccccccccc"), budget, &count);
        assert_int_equal(count, 1 << BITS);
        for (uint32_t i = 0; i < count; i++)
            assert_int_equal(found[i], i);
    }
    assert_in_range(first.steps, UINT16_MAX + 1, 100 * UINT16_MAX);
    assert_int_equal(first.steps, second.steps);
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

static void a_memo_may_change_its_index(void **state) {
    (void)state;
    struct match_memo *memo = match_memo_new();
    size_t count;
    for (int round = 0; round < 4; round++) {
        struct match_patterns *patterns = match_patterns_new(1);
        uint32_t number =
            match_patterns_add(patterns, PATTERN_PREFIX, round % 2 ? SPAN("abc") : SPAN("abd"), 0);
        assert_int_equal(number, 0);
        match_patterns_close(patterns);
        find(patterns, memo, SPAN("abcd"), &count);
        assert_int_equal(count, round % 2);
        match_patterns_free(&patterns);
    }
    match_memo_free(&memo);
}

static void many_words_go_through_a_memo(void **state) {
    (void)state;
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    char text[32];
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "ab%u*", i);
        assert_int_equal(match_patterns_add(patterns, PATTERN_WILDCARD, span_of(text), 0), 2 * i);
        snprintf(text, sizeof text, "abc%u?", i);
        assert_int_equal(match_patterns_add(patterns, PATTERN_WILDCARD, span_of(text), 0), 2 * i + 1);
    }
    match_patterns_close(patterns);
    for (uint32_t i = 0; i < 400000; i++) {
        size_t count;
        uint32_t expected[2] = {0, 0};
        snprintf(text, sizeof text, "ab%ux", i % 200000);
        size_t digits = strlen(text) - 3, wanted = digits < 2 ? digits : 2;
        expected[0] = 2 * (uint32_t)(text[2] - '0');
        if (digits >= 2)
            expected[1] = 2 * (10 * (uint32_t)(text[2] - '0') + (uint32_t)(text[3] - '0'));
        if (wanted == 2 && text[2] == '0')
            wanted = 1;
        const uint32_t *found = find(patterns, memo, span_of(text), &count);
        assert_int_equal(count, wanted);
        assert_memory_equal(found, expected, wanted * sizeof *expected);
    }
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

enum { MANY = 100000, LIMIT = 200000 };

static void add_many(struct match_patterns *patterns, enum pattern_kind kind, const char *format,
                     unsigned edits) {
    char text[64];
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, format, i);
        uint32_t number = match_patterns_add(patterns, kind, span_of(text), edits);
        assert_true(number <= match_patterns_count(patterns));
    }
}

static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* However it ends, in steps that are no dearer than they say: with room for a slow build. */
static void check_cost(const struct match_patterns *patterns, struct span word) {
    struct match_memo *memo = match_memo_new();
    struct pattern_budget budget = {.limit = LIMIT};
    size_t count;
    int64_t begin = cpu_ns();
    match_patterns_find(patterns, memo, hash_of(word), word, &budget, &count);
    assert_true(cpu_ns() - begin < (int64_t)LIMIT * 5 * 100);
    assert_true(budget.cut == (budget.steps > LIMIT));
    assert_in_range(budget.steps, 0, LIMIT + 1000);
    match_memo_free(&memo);
}

static void nobody_makes_it_slow(void **state) {
    (void)state;
    static const struct {
        enum pattern_kind kind;
        const char *format;
        unsigned edits;
    } HOSTILE[] = {
        {PATTERN_WILDCARD, "ab*%d*", 0},
        {PATTERN_WILDCARD, "aa*a*a*a*a*a*a%d*b", 0},
        {PATTERN_WILDCARD, "aa*a?a*a?a*a*a%d", 0},
        {PATTERN_PREFIX, "aaa%d", 0},
        {PATTERN_FUZZY, "aaaaaaaa%d", 2},
        {PATTERN_FUZZY, "%daaaaaa", 2},
        {PATTERN_FUZZY, "aaa%d", 1},
        {PATTERN_FUZZY, "a%05daa", 2},
    };
    enum { LONG = 256 * 1024 };
    char *word = malloc(LONG);
    assert_non_null(word);
    memset(word, 'a', LONG);
    for (size_t i = 0; i < COUNT_OF(HOSTILE); i++) {
        struct match_patterns *patterns = match_patterns_new(1);
        add_many(patterns, HOSTILE[i].kind, HOSTILE[i].format, HOSTILE[i].edits);
        match_patterns_close(patterns);
        for (size_t len = 1; len <= LONG; len *= 2)
            check_cost(patterns, (struct span){word, len});
        check_cost(patterns, SPAN("ab0123456789"));
        check_cost(patterns, SPAN("a12345aa"));
        check_cost(patterns, SPAN("aaaaaaaa12345"));
        match_patterns_free(&patterns);
    }
    free(word);
}

static void long_patterns_are_patterns(void **state) {
    (void)state;
    enum { LONG = 60000 };
    char *text = malloc(LONG + 2);
    assert_non_null(text);
    memset(text, 'a', LONG);
    struct match_memo *memo = match_memo_new();
    struct match_patterns *patterns = match_patterns_new(1);
    struct span whole = {text, LONG};
    assert_int_equal(match_patterns_add(patterns, PATTERN_PREFIX, whole, 0), 0);
    assert_int_equal(match_patterns_add(patterns, PATTERN_FUZZY, whole, 2), 1);
    text[LONG - 1] = '*';
    assert_int_equal(match_patterns_add(patterns, PATTERN_WILDCARD, whole, 0), 2);
    match_patterns_close(patterns);
    text[LONG - 1] = text[LONG] = text[LONG + 1] = 'a';
    for (size_t len = LONG - 4; len <= LONG + 2; len++) {
        size_t count;
        const uint32_t *found = find(patterns, memo, (struct span){text, len}, &count);
        assert_int_equal(has(found, count, 0), len >= LONG);
        assert_int_equal(has(found, count, 1), len >= LONG - 2);
        assert_int_equal(has(found, count, 2), len >= LONG - 1);
    }
    match_memo_free(&memo);
    match_patterns_free(&patterns);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_what_the_language_says),
        cmocka_unit_test(the_same_pattern_has_the_same_number),
        cmocka_unit_test(no_patterns_match_nothing),
        cmocka_unit_test(the_shortest_patterns_are_patterns),
        cmocka_unit_test(the_index_finds_what_the_definition_says),
        cmocka_unit_test(the_memo_changes_nothing),
        cmocka_unit_test(words_in_the_memo_are_told_from_what_it_notes),
        cmocka_unit_test(words_of_all_lengths_share_a_place),
        cmocka_unit_test(a_word_may_match_thousands),
        cmocka_unit_test(a_memo_may_change_its_index),
        cmocka_unit_test(many_words_go_through_a_memo),
        cmocka_unit_test(nobody_makes_it_slow),
        cmocka_unit_test(long_patterns_are_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
