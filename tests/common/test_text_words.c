/* One pass gives the places and keys that the slow way gives, on random texts of all scripts, whatever was
 * read before and wherever the borders of its windows fall. */
#include "text_words.h"

#include "cmocka_all.h"
#include "dice.h"
#include "text_hash.h"
#include "text_parts.h"
#include "text_twin.h"
#include "text_words_parts.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t random_state = 42;

/* Words of scripts; what stands between them; what is easily taken for something else. */
static const char *const WORDS[] = {
    "a",
    "Acme",
    "ACME_corp",
    "loudspeakers",
    "the",
    "www",
    "www.acme.com",
    "http",
    "https://acme.example/a?b#c",
    "HTTP://x",
    "x_1",
    "2024",
    "internationalization_of_everything",
    "\u00fcber",
    "M\u00dcLLER",
    "stra\u00dfe",
    "caf\u00e9",
    "cafe\u0301",
    "\u0141\u00f3d\u017a",
    "\u00c6r\u00f8sk\u00f8bing",
    "\u0130stanbul",
    "\u043f\u0440\u0438\u0432\u0435\u0442",
    "\u041c\u043e\u0441\u043a\u0432\u0430",
    "\u0439\u043e\u0433\u0443\u0440\u0442",
    "\u03ba\u03b1\u03c6\u03ad\u03c2",
    "\u0391\u0398\u0397\u039d\u0391",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u0627",
    "\u0633\u0644\u0640\u0640\u0627\u0645",
    "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\ud55c\uad6d\uc5b4",
    "\u1112\u1161\u11ab",
    "\u793e\u4ea4\u8046\u807d",
    "\u4e7e\u9ad4\u7063",
    "\u30bd\u30cb\u30fc",
    "\uff7f\uff86\uff70\uff9e",
    "\u304b\u3099",
    "\u3072\u3089\u304c\u306a",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\u0e19\u0e49\u0e33",
    "\u0e51\u0e52",
    "\u1781\u17d2\u1798\u17c2\u179a",
    "\u1019\u103c\u1014\u103a\u1019\u102c",
    "\u1025\u102e",
    "\u0e9a\u0ecd\u0ec8",
    "\uff21\uff23\uff2d\uff25",
    "\ufb01ne",
    "\u2167",
    "\U0001d400b",
    "\U00020000\U0002a7ce",
    "\U0002f800",
    "\u1e9e",
    "\u1f80",
    "\u01c5",
    "\u212b",
    "\u2126",
    "\u10a0",
    "\U00010400",
    "\u13a0\u13a1",
    "\uab70",
};
static const char *const SIGNED[] = {
    "#acme",
    "#Acme_2",
    "#2024",
    "#caf\u00e9",
    "#M\u00fcller",
    "#\u793e\u4ea4",
    "#\u0e51",
    "#\u0e51\u0e01",
    "@acme",
    "@Acme.Corp-x",
    "@acme@example.social",
    "@m\u00fcller@b\u00fccher.example",
    "@a.",
    "@a-",
    "@\u793e",
    "$ACM",
    "$acmeacmeacme",
    "$a1",
    "$acm\u00e9",
    "\uff03acme",
    "\uff20acme.com",
    "\uff04acm",
    "#\ufe0f\u20e3",
    "*\u20e3",
    "1\ufe0f\u20e3",
    "a1\u20e3",
    "\U0001F621",
    "\U0001F44D\U0001F3FD",
    "\U0001F468\u200D\U0001F469\u200D\U0001F467",
    "\U0001F1F3\U0001F1F1",
    "\u2764\ufe0f",
    "\u00a9",
    "\u2122\ufe0f",
    "\U0001F3F4\U000E0067\U000E0062\U000E007F",
    "\U0001F621\u0301",
    "\U0001F602\U0001F602\U0001F602",
    "\U0001F3FD",
};
static const char *const BETWEEN[] = {
    " ",
    " ",
    " ",
    " ",
    " ",
    ", ",
    ". ",
    ": ",
    ".",
    "://",
    "-",
    "'",
    "\u2019",
    "/",
    "\n",
    "\u3000",
    "\u00a0",
    "",
    "",
    "",
    "_",
    "!",
    "\u2026",
    "\u201c",
    "\u201d ",
    "\u3001",
    "\u3002",
    "\u30fb",
    "\u2014",
    "\u00ab",
    "\u00bb",
    "\u060c",
    "\u0964",
    "#",
    "@",
    "$",
    "*",
    "##",
    "\xff",
    "\xc3",
    "\xe4\xb8",
    "\xf0\x9f",
    "\xed\xa0\x80",
    "\u0301",
    "\u0327",
    "\u200b",
    "\u200d",
    "\ufe0f",
    "\u00ad",
    "\u0640",
    "\u3164",
    "\u0e31",
    "\uff9e",
    "\u034f",
    "\u180b",
    "\U000E0100",
    "\x01",
    "\x7f",
    "\u20e3",
    "\u2028",
    "\xc2\x85",
};

enum { TEXT_MOST = 4096 };

static size_t put(char *out, size_t len, const char *piece) {
    return len + (size_t)snprintf(out + len, TEXT_MOST - len, "%s", piece);
}

/* A few words again and again, as texts have them, some cut or made longer. */
static size_t make_text(char *out, size_t pieces) {
    size_t len = 0, first = roll(&random_state, COUNT_OF(WORDS)),
           range = 1 + roll(&random_state, COUNT_OF(WORDS));
    for (size_t i = 0; i < pieces && len + 128 < TEXT_MOST; i++) {
        const char *piece = WORDS[(first + roll(&random_state, range)) % COUNT_OF(WORDS)];
        size_t kind = roll(&random_state, 16);
        if (kind < 2)
            piece = SIGNED[roll(&random_state, COUNT_OF(SIGNED))];
        len = put(out, len, piece);
        if (kind == 3 && len > 0)
            len -= 1 + roll(&random_state, len < 5 ? len : 5); /* perhaps inside a character */
        if (kind == 4)
            len = put(out, len, WORDS[roll(&random_state, COUNT_OF(WORDS))]);
        len = put(out, len, roll(&random_state, 3) ? " " : BETWEEN[roll(&random_state, COUNT_OF(BETWEEN))]);
    }
    return len;
}

struct pair {
    struct text_words *words;
    struct twin *twin;
};

static struct pair pair_new(void) {
    return (struct pair){.words = text_words_new(), .twin = twin_new()};
}

static void pair_free(struct pair *pair) {
    text_words_free(&pair->words);
    twin_free(&pair->twin);
}

static void print_text(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        print_message("\\x%02x", (unsigned char)text.ptr[i]);
    print_message("\n");
}

static void agree(struct pair *pair, struct span text) {
    const char *told = twin_differs(pair->twin, pair->words);
    if (!told)
        return;
    print_text(text);
    fail_msg("%s", told);
}

static void check(struct pair *pair, struct span text, uint64_t seed) {
    char *own = malloc(text.len + 1); /* of its own length: a read past it is seen */
    assert_non_null(own);
    char *exact = text.len ? memcpy(own + 1, text.ptr, text.len) : own + 1;
    struct span copy = {exact, text.len};
    text_words_clear(pair->words, seed);
    twin_clear(pair->twin, seed);
    text_words_text(pair->words, copy, 1);
    twin_text(pair->twin, copy, 1);
    agree(pair, copy);
    free(own);
}

static void random_texts_are_read_as_the_slow_way_reads_them(void **state) {
    (void)state;
    struct pair pair = pair_new();
    char text[TEXT_MOST];
    for (size_t round = 0; round < 60000; round++) {
        pair.words->memory->read_blocks = round % 2 ? text_blocks : text_blocks_portable;
        check(&pair, (struct span){text, make_text(text, roll(&random_state, 40))}, round / 5000);
    }
    pair_free(&pair);
}

/* Every piece at every place of a window, with every byte before and a word behind. */
static void pieces_are_read_alike_at_every_place_of_a_window(void **state) {
    (void)state;
    struct pair pair = pair_new();
    char text[TEXT_MOST];
    for (size_t piece = 0; piece < COUNT_OF(WORDS) + COUNT_OF(SIGNED); piece++)
        for (size_t at = 0; at < 2 * TEXT_BLOCK; at++) {
            static const char FILL[] = " aB.";
            const char *one = piece < COUNT_OF(WORDS) ? WORDS[piece] : SIGNED[piece - COUNT_OF(WORDS)];
            memset(text, FILL[roll(&random_state, 4)], at);
            size_t len = put(text, at, one);
            for (size_t behind = 0; behind < 2;
                 behind++, len = put(text, len, BETWEEN[roll(&random_state, COUNT_OF(BETWEEN))]))
                check(&pair, (struct span){text, len}, 7);
            check(&pair, (struct span){text, put(text, len, "Acme\u00fc \u4e7e")}, 7);
        }
    pair_free(&pair);
}

/* One piece again and again: runs over many windows, marks over windows, one word of a whole text. */
static void long_runs_are_read_alike(void **state) {
    (void)state;
    static const char *const MORE[] = {"a",    "\u0301", "\u0e31",           "\u00e9",  "@a",  "#",
                                       "www.", "@",      "\U0001F468\u200D", "1\ufe0f", "\xff"};
    struct pair pair = pair_new();
    char text[TEXT_MOST];
    for (size_t piece = 0; piece < COUNT_OF(WORDS) + COUNT_OF(SIGNED) + COUNT_OF(MORE); piece++) {
        size_t other = piece - COUNT_OF(WORDS), len = 0;
        const char *one = piece < COUNT_OF(WORDS)    ? WORDS[piece]
                          : other < COUNT_OF(SIGNED) ? SIGNED[other]
                                                     : MORE[other - COUNT_OF(SIGNED)];
        for (size_t times = 1; times < 100; times++) {
            len = put(text, len, one);
            if (times < 20 || times % 16 == 0)
                check(&pair, (struct span){text, len}, 9);
        }
    }
    pair_free(&pair);
}

static void elements_and_texts_of_one_mention_are_told_apart(void **state) {
    (void)state;
    struct pair pair = pair_new();
    char title[TEXT_MOST], text[TEXT_MOST], element[TEXT_MOST];
    for (size_t round = 0; round < 20000; round++) {
        text_words_clear(pair.words, 5);
        twin_clear(pair.twin, 5);
        struct span first = {title, make_text(title, roll(&random_state, 4))},
                    second = {text, make_text(text, roll(&random_state, 10))};
        text_words_text(pair.words, first, 0);
        twin_text(pair.twin, first, 0);
        text_words_text(pair.words, second, 1);
        twin_text(pair.twin, second, 1);
        for (uint32_t i = 0; i < 3; i++) {
            const char *piece = roll(&random_state, 2)   ? SIGNED[roll(&random_state, COUNT_OF(SIGNED))]
                                : roll(&random_state, 4) ? WORDS[roll(&random_state, COUNT_OF(WORDS))]
                                                         : "";
            struct span one = {element, put(element, 0, piece)};
            enum text_kind kind = i % 2 ? TEXT_TAG : TEXT_HANDLE;
            text_words_element(pair.words, kind, one, i, 2);
            twin_element(pair.twin, kind, one, i, 2);
        }
        agree(&pair, second);
    }
    pair_free(&pair);
}

static void a_key_is_its_form_and_no_other(void **state) {
    (void)state;
    struct text_key ascii = {.form = "Acme_[1", .len = 7, .ascii = true},
                    folded = {.form = "caf\u00e9", .len = 5};
    struct text_key pair = {.form = NULL};
    assert_true(text_key_is(&ascii, SPAN("acme_[1")));
    assert_false(text_key_is(&ascii, SPAN("acme\x7f[1")));
    assert_false(text_key_is(&ascii, SPAN("acme_{1")));
    assert_false(text_key_is(&ascii, SPAN("acme_[\x11")));
    assert_false(text_key_is(&ascii, SPAN("acme_[")));
    assert_true(text_key_is(&folded, SPAN("caf\u00e9")));
    assert_false(text_key_is(&folded, SPAN("caf\u00e8")));
    assert_false(text_key_is(&pair, SPAN("")));
}

/* Each of the low and of the high bits of the hash, over many words that differ little, is as often set as
 * not. */
static void hashes_are_mixed_in_low_and_high_bits(void **state) {
    (void)state;
    enum { COUNT = 1 << 16, BUCKETS = 1 << 12 };
    static unsigned low[BUCKETS], high[BUCKETS];
    unsigned set[64] = {0};
    for (unsigned i = 0; i < COUNT; i++) {
        char word[32];
        struct span form = {word,
                            (size_t)snprintf(word, sizeof word, i % 2 ? "word%u" : "%uacmecorporation", i)};
        uint64_t hash = text_hash(1, TEXT_SPACE_WORD, form);
        low[hash % BUCKETS]++;
        high[hash >> 52]++;
        for (unsigned bit = 0; bit < 64; bit++)
            set[bit] += (unsigned)(hash >> bit & 1);
        assert_true(hash != text_hash(2, TEXT_SPACE_WORD, form));
        assert_true(hash != text_hash(1, TEXT_SPACE_TAG, form));
    }
    for (unsigned bit = 0; bit < 64; bit++)
        assert_in_range(set[bit], COUNT * 48 / 100, COUNT * 52 / 100);
    for (unsigned i = 0; i < BUCKETS; i++) { /* 16 on average */
        assert_in_range(low[i], 1, 45);
        assert_in_range(high[i], 1, 45);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_texts_are_read_as_the_slow_way_reads_them),
        cmocka_unit_test(pieces_are_read_alike_at_every_place_of_a_window),
        cmocka_unit_test(long_runs_are_read_alike),
        cmocka_unit_test(elements_and_texts_of_one_mention_are_told_apart),
        cmocka_unit_test(a_key_is_its_form_and_no_other),
        cmocka_unit_test(hashes_are_mixed_in_low_and_high_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
