/* The language on texts: what each form finds, in the scripts that people write in. A case a line: the query,
 * the text, and the pieces of the text that are given back, `|` between them; NULL: no match. */
#include "earshot/match.h"

#include "earshot/buf.h"

#include "cmocka_all.h"

static const struct {
    const char *query, *text, *found;
} CASES[] = {
    /* words */
    {"acme", "acme", "acme"},
    {"acme", "I love Acme and ACME.", "Acme|ACME"},
    {"acme", "acmes", NULL},
    {"acme", "pacme", NULL},
    {"acme", "", NULL},
    {"acme", "acme-corp, acme.com, Acme's, l'acme", "acme|acme|Acme|acme"},
    {"acme", "(acme)", "acme"},
    {"acme", "acme_corp", NULL},
    {"acme_corp", "the Acme_Corp", "Acme_Corp"},
    {"acme", "acme2", NULL},
    {"acme2", "ACME2!", "ACME2"},
    {"42", "it is 42, not 420", "42"},
    {"acme", "acme\xe2\x84\xa2 rocks", "acme"},
    {"acme", "\xef\xbc\xa1\xef\xbc\xa3\xef\xbc\xad\xef\xbc\xa5",
     "\xef\xbc\xa1\xef\xbc\xa3\xef\xbc\xad\xef\xbc\xa5"},
    {"acme", "a\nacme\tb", "acme"},
    {"a", "a a a", "a|a|a"},
    /* tags, handles, cashtags */
    {"acme", "#acme", "#acme"},
    {"acme", "@acme", NULL},
    {"acme OR @acme", "@acme", "@acme"},
    {"acme", "$acme", NULL},
    {"#acme", "#Acme", "#Acme"},
    {"#acme", "acme", NULL},
    {"#ACME",
     "\xef\xbc\x83"
     "acme",
     "\xef\xbc\x83"
     "acme"},
    {"#acme", "x#acme", NULL},
    {"acme", "x#acme", "acme"},
    {"#acme", "_#acme", NULL},
    {"#acme", "1#acme", NULL},
    {"#acme", "(#acme)", "#acme"},
    {"#acme", "##acme", "#acme"},
    {"#acme", "#acmecorp", NULL},
    {"#acme", "#acme-corp", "#acme"},
    {"corp", "#acme-corp", "corp"},
    {"#acme_1", "#acme_1", "#acme_1"},
    {"#1a", "#1a", "#1a"},
    {"2024", "#2024", "2024"},
    {"#caf\u00e9", "#Caf\u00e9", "#Caf\u00e9"},
    {"#cafe", "#caf\u00e9", NULL},
    {"cafe", "#caf\u00e9", "#caf\u00e9"},
    {"@acme", "thanks @Acme!", "@Acme"},
    {"@acme", "@acme.", "@acme"},
    {"@acme", "@acme.com", NULL},
    {"@acme.com", "@acme.com.", "@acme.com"},
    {"@acme-x", "@acme-x", "@acme-x"},
    {"@acme", "@acme--x", "@acme"},
    {"@acme", "@acme-1\ufe0f\u20e3", "@acme"},
    {"@acme", "joe@acme", NULL},
    {"acme", "joe@acme.com", "acme"},
    {"@acme", "@acme@example.social", "@acme@example.social"},
    {"@acme@example.social", "@acme@example.social", "@acme@example.social"},
    {"@acme@example.social", "@acme", NULL},
    {"@acme@example.social", "@acme@other.example", NULL},
    {"@acme", "@acme@", "@acme"},
    {"$acm", "buy $ACM now", "$ACM"},
    {"$acm", "acm", NULL},
    {"acm", "$acm", NULL},
    {"$acm", "$acm1", NULL},
    {"acm1", "$acm1", "acm1"},
    {"$acm", "$ACM.B", "$ACM"},
    {"acmecorpx", "$acmecorpx", "acmecorpx"},
    /* links are one position and hold no words */
    {"acme", "https://acme.com/acme", NULL},
    {"acme", "HTTP://acme.com", NULL},
    {"acme", "www.acme.com", NULL},
    {"acme", "see https://x.com acme", "acme"},
    {"acme", "(https://x.com/acme) acme", "acme"},
    {"acme", "xhttp://acme.com", "acme"},
    {"acme", "xwww.acme.com", "acme"},
    {"acme",
     "https://x.com/\xe3\x80\x80"
     "acme",
     "acme"},
    {"\"see now\"", "see https://x.com now", NULL},
    {"\"see now\"", "see - now", "see - now"},
    /* phrases */
    {"\"acme corp\"", "the Acme Corp.", "Acme Corp"},
    {"\"acme corp\"", "acme, corp", "acme, corp"},
    {"\"acme corp\"", "acme-corp acme/corp", "acme-corp|acme/corp"},
    {"\"acme corp\"", "corp acme", NULL},
    {"\"acme corp\"", "acme the corp", NULL},
    {"\"acme corp\"", "acme acme corp", "acme corp"},
    {"\"a a\"", "a a a a a", "a a|a a"},
    {"\"a b a\"", "a b a b a", "a b a"},
    {"\"acme corp\"", "#acme corp", "#acme corp"},
    {"\"#acme corp\"", "#acme corp", "#acme corp"},
    {"\"#acme corp\"", "acme corp", NULL},
    {"\"acme @ann\"", "acme: @Ann", "acme: @Ann"},
    {"acme-corp", "ACME Corp", "ACME Corp"},
    {"U.S.", "the U.S. army", "U.S"},
    {"U.S.", "the us army", NULL},
    {"don't", "Don\u2019t!", "Don\u2019t"},
    {"don't", "don t", "don t"},
    {"AT&T", "at&t", "at&t"},
    {"\"a b\" OR \"b c\"", "a b c", "a b c"},
    {"\"a b\" OR b", "a b b", "a b|b"},
    {"\"a b c d\"", "a b c a b c d", "a b c d"},
    /* operators */
    {"a AND b", "b x a", "b|a"},
    {"a AND b", "a", NULL},
    {"a OR b", "b", "b"},
    {"a OR b", "c", NULL},
    {"a -b", "a c", "a"},
    {"a -b", "a b", NULL},
    {"a NOT b", "a b", NULL},
    {"a AND NOT (b AND c)", "a b", "a"},
    {"a AND NOT (b AND c)", "a b c", NULL},
    {"a AND NOT NOT b", "a b", "a"},
    {"a AND NOT NOT b", "a", NULL},
    {"a OR b AND c", "a", "a"},
    {"a OR b AND c", "b", NULL},
    {"(a OR b) AND c", "a", NULL},
    {"(a OR b) AND c", "b c a", "b|c|a"},
    {"(a AND b) OR c", "a c", "c"},
    {"(a AND b) OR c", "a b c", "a|b|c"},
    {"(a -b) OR c", "a b c", "c"},
    {"a AND (b OR NOT c)", "a", "a"},
    {"a AND (b OR NOT c)", "a c", NULL},
    {"a AND (b OR NOT c)", "a b c", "a|b"},
    {"a -\"b c\"", "a b", "a"},
    {"a -\"b c\"", "a b c", NULL},
    {"a -#b", "a b", "a"},
    {"a -#b", "a #b", NULL},
    {"\"and\" AND x", "x and", "x|and"},
    /* accents: a query without them finds all, with them itself only */
    {"cafe", "Caf\u00e9", "Caf\u00e9"},
    {"cafe", "cafe\u0301", "cafe\u0301"},
    {"caf\u00e9", "CAF\u00c9 cafe\u0301 cafe", "CAF\u00c9|cafe\u0301"},
    {"mueller", "M\u00fcller Mueller Muller", "M\u00fcller|Mueller"},
    {"muller", "M\u00fcller Mueller Muller", "M\u00fcller|Muller"},
    {"m\u00fcller", "M\u00fcller Mueller Muller", "M\u00fcller|Mueller"},
    {"M\u00dcLLER", "mu\u0308ller", "mu\u0308ller"},
    {"strasse", "Stra\u00dfe STRASSE", "Stra\u00dfe|STRASSE"},
    {"stra\u00dfe", "STRASSE STRA\u1e9eE", "STRASSE|STRA\u1e9eE"},
    {"lodz", "\u0141\u00f3d\u017a", "\u0141\u00f3d\u017a"},
    {"\u0142\u00f3d\u017a", "Lodz", NULL},
    {"oresund", "\u00d8resund", "\u00d8resund"},
    {"aerosol", "\u00e6rosol", "\u00e6rosol"},
    {"oeuvre", "\u0153uvre", "\u0153uvre"},
    {"dien", "\u0111i\u1ec7n", "\u0111i\u1ec7n"},
    {"istanbul", "\u0130stanbul", "\u0130stanbul"},
    {"isik", "\u0131\u015f\u0131k", "\u0131\u015f\u0131k"},
    {"aepfel", "\u00c4pfel", "\u00c4pfel"},
    {"schoen", "sch\u00f6n", "sch\u00f6n"},
    {"\u00e4pfel", "Aepfel", "Aepfel"},
    {"\u00e4pfel", "Apfel", NULL},
    {"fuer", "f\u00fcr", "f\u00fcr"},
    {"office", "o\ufb03ce", "o\ufb03ce"},
    {"manana", "ma\u00f1ana", "ma\u00f1ana"},
    {"zazolc", "za\u017c\u00f3\u0142\u0107", "za\u017c\u00f3\u0142\u0107"},
    /* Cyrillic: case, and no accents taken off */
    {"\u043f\u0440\u0438\u0432\u0435\u0442", "\u041f\u0420\u0418\u0412\u0415\u0422, \u043c\u0438\u0440",
     "\u041f\u0420\u0418\u0412\u0415\u0422"},
    {"\u043c\u043e\u0438", "\u043c\u043e\u0439", NULL},
    {"\u043c\u043e\u0439", "\u043c\u043e\u0438\u0306", "\u043c\u043e\u0438\u0306"},
    {"\"\u043c\u0438\u0440 \u0442\u0440\u0443\u0434\"", "\u041c\u0438\u0440! \u0422\u0440\u0443\u0434!",
     "\u041c\u0438\u0440! \u0422\u0440\u0443\u0434"},
    {"#\u043c\u0438\u0440", "#\u041c\u0438\u0440", "#\u041c\u0438\u0440"},
    /* Greek: final sigma, tonos */
    {"\u03c3\u03bf\u03c6\u03cc\u03c2", "\u03a3\u039f\u03a6\u038c\u03a3", "\u03a3\u039f\u03a6\u038c\u03a3"},
    {"\u03c3\u03bf\u03c6\u03bf\u03c2", "\u03c3\u03bf\u03c6\u03cc\u03c2", "\u03c3\u03bf\u03c6\u03cc\u03c2"},
    {"\u03c3\u03bf\u03c6\u03cc\u03c2", "\u03c3\u03bf\u03c6\u03bf\u03c2", NULL},
    /* Arabic: short vowels and tatweel */
    {"\u0643\u062a\u0627\u0628", "\u0643\u0650\u062a\u064e\u0627\u0628",
     "\u0643\u0650\u062a\u064e\u0627\u0628"},
    {"\u0643\u062a\u0627\u0628", "\u0643\u062a\u0640\u0640\u0627\u0628",
     "\u0643\u062a\u0640\u0640\u0627\u0628"},
    {"\u0643\u0650\u062a\u0627\u0628", "\u0643\u062a\u0627\u0628", NULL},
    {"\"\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\"", "\u0645\u0631\u062d\u0628\u0627\u060c \u0628\u0643",
     "\u0645\u0631\u062d\u0628\u0627\u060c \u0628\u0643"},
    /* Hebrew, Hindi, Hangul: runs */
    {"\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd!", "\u05e9\u05dc\u05d5\u05dd"},
    {"\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940 \u0939\u0948",
     "\u0939\u093f\u0928\u094d\u0926\u0940"},
    {"\uc0bc\uc131", "\uc0bc\uc131 \uc804\uc790", "\uc0bc\uc131"},
    {"\uc0bc\uc131", "\uc0bc\uc131\uc804\uc790", NULL},
    {"\uc0bc\uc131", "\u1109\u1161\u11b7\u1109\u1165\u11bc", "\u1109\u1161\u11b7\u1109\u1165\u11bc"},
    /* Han: characters next to each other, traditional and simplified the same */
    {"\u793e\u4ea4\u8046\u807d", "\u6211\u5011\u505a\u793e\u4ea4\u8046\u807d\u3002",
     "\u793e\u4ea4\u8046\u807d"},
    {"\u793e\u4ea4\u8046\u807d", "\u793e\u4ea4\u8046\u542c", "\u793e\u4ea4\u8046\u542c"},
    {"\u793e\u4ea4\u8046\u542c", "\u793e\u4ea4\u8046\u807d", "\u793e\u4ea4\u8046\u807d"},
    {"\u793e\u4ea4", "\u793e\u6703\u4ea4\u901a", NULL},
    {"\u793e\u4ea4", "\u793e\u3001\u4ea4", "\u793e\u3001\u4ea4"},
    {"\u793e\u4ea4\u8046\u807d", "#\u793e\u4ea4\u8046\u542c \u5f88\u597d", "#\u793e\u4ea4\u8046\u542c"},
    {"\u793e\u4ea4", "#\u793e\u4ea4\u8046\u542c", NULL},
    {"#\u793e\u4ea4\u8046\u807d", "#\u793e\u4ea4\u8046\u542c#", "#\u793e\u4ea4\u8046\u542c"},
    {"#\u793e\u4ea4", "\u770b#\u793e\u4ea4", NULL},
    {"iphone\u624b\u6a5f", "\u65b0iPhone\u624b\u673a", "iPhone\u624b\u673a"},
    {"acme", "\u8cb7acme\u7684", "acme"},
    {"\u8cb7", "acme\u8cb7acme", "\u8cb7"},
    {"\u7e41\u9ad4 AND \u624b\u6a5f", "\u7e41\u4f53\u624b\u673a", "\u7e41\u4f53|\u624b\u673a"},
    {"\u4e7e\u676f", "\u5e72\u676f", "\u5e72\u676f"},
    {"acme", "\u770bhttps://x.com/acme", NULL},
    /* Kana, wide and narrow; voicing marks */
    {"\u30bd\u30cb\u30fc", "\u65b0\u3057\u3044\u30bd\u30cb\u30fc\u306e", "\u30bd\u30cb\u30fc"},
    {"\u30bd\u30cb\u30fc", "\uff7f\uff86\uff70", "\uff7f\uff86\uff70"},
    {"\u30ac", "\uff76\uff9e", "\uff76\uff9e"},
    {"\u304c", "\u304b\u3099", "\u304b\u3099"},
    {"\u304b", "\u304c", NULL},
    /* Thai, Lao, Khmer, Burmese: a character with its marks is a word */
    {"\u0e14\u0e35", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0e14\u0e35"},
    {"\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
     "\u0e02\u0e2d\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a",
     "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35"},
    {"\u0e27", "\u0e27\u0e31", NULL},
    {"\u0e9a\u0ecd", "\u0e9a\u0ecd\u0ec8 \u0e9a\u0ecd", "\u0e9a\u0ecd"},
    {"\u1781\u17d2\u1798", "\u1781\u17d2\u1798\u17c2\u179a", NULL},
    {"\u1781\u17d2\u1798\u17c2\u179a", "\u1797\u17b6\u179f\u17b6\u1781\u17d2\u1798\u17c2\u179a",
     "\u1781\u17d2\u1798\u17c2\u179a"},
    {"\u1019\u103c\u1014\u103a\u1019\u102c", "\u1019\u103c\u1014\u103a\u1019\u102c\u1005\u102c",
     "\u1019\u103c\u1014\u103a\u1019\u102c"},
    {"acme", "\u0e0b\u0e37\u0e49\u0e2dacme\u0e41\u0e25\u0e49\u0e27", "acme"},
    /* emoji: a word each, whatever the skin tone */
    {"\U0001F621", "bad\U0001F621!", "\U0001F621"},
    {"bad", "bad\U0001F621", "bad"},
    {"\U0001F44D", "ok \U0001F44D\U0001F3FD", "\U0001F44D\U0001F3FD"},
    {"\U0001F44D\U0001F3FB", "ok \U0001F44D\U0001F3FD \U0001F44D", "\U0001F44D\U0001F3FD|\U0001F44D"},
    {"\U0001F621", "\U0001F621\U0001F621", "\U0001F621|\U0001F621"},
    {"\"\U0001F621 acme\"", "\U0001F621acme", "\U0001F621acme"},
    {"\"a b\"", "a \U0001F621 b", NULL},
    {"\u2764", "\u2764\ufe0f", "\u2764\ufe0f"},
    {"\u2764\ufe0f", "\u2764", "\u2764"},
    {"\U0001F468", "\U0001F468\u200D\U0001F469\u200D\U0001F467", NULL},
    {"\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F468\u200D\U0001F469\u200D\U0001F467\U0001F468",
     "\U0001F468\u200D\U0001F469\u200D\U0001F467"},
    {"\U0001F642\u200D\u2194\ufe0f", "\U0001F642\u200D\u2194", "\U0001F642\u200D\u2194"},
    {"\U0001F1F3\U0001F1F1", "\U0001F1E9\U0001F1EA\U0001F1F3\U0001F1F1", "\U0001F1F3\U0001F1F1"},
    {"\U0001F1EA\U0001F1F3", "\U0001F1E9\U0001F1EA\U0001F1F3\U0001F1F1", NULL},
    {"1\ufe0f\u20e3", "top 1\ufe0f\u20e3", "1\ufe0f\u20e3"},
    {"1", "1\ufe0f\u20e3", NULL},
    {"#acme", "\U0001F621#acme", "#acme"},
    {"\"acme corp\"", "Acme\u00ae Corp", "Acme\u00ae Corp"},
    {"\"acme corp\"", "Acme\u00ae\ufe0f Corp", NULL},
    {"\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
     "x\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007Fx",
     "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"},
    /* a mark behind an emoji is none of its parts: it begins a word, or is not seen */
    {"\U0001F621", "\U0001F621\u0301acme", "\U0001F621"},
    {"acme", "\U0001F621\u0301acme", NULL},
    {"\u0301acme", "\U0001F621\u0301acme", "\u0301acme"},
    {"\u0e31acme", "\U0001F621\u0e31acme", "\u0e31acme"},
    {"\u064bacme", "\U0001F621\u064bacme", "\u064bacme"},
    {"\"\U0001F621 acme\"", "\U0001F621\uff9e acme", NULL},
    {"\U0001F621", "\U0001F621\u034f", "\U0001F621"},
    {"\"\U0001F621 acme\"", "\U0001F621\u180bacme", "\U0001F621\u180bacme"},
    {"\U0001F1F3\U0001F1F1", "\U0001F1F3\U0001F1F1\u0301", "\U0001F1F3\U0001F1F1"},
    {"\u2764", "\u2764\ufe0f\u0301", "\u2764\ufe0f"},
    {"\U0001F468\u200D\U0001F469", "\U0001F468\U0001F3FD\u200D\U0001F469\U0001F3FD\u0301",
     "\U0001F468\U0001F3FD\u200D\U0001F469\U0001F3FD"},
    /* digits of any script alone are no tag */
    {"\u0e51", "#\u0e51", "\u0e51"},
    {"\"\u0e51 \u0e52\"", "#\u0e51\u0e52", "\u0e51\u0e52"},
    {"\u0e51\u0e52", "#\u0e51\u0e52\u0e01", NULL},
    {"#\u0e51\u0e01", "#\u0e51\u0e01", "#\u0e51\u0e01"},
    {"\u17e1", "#\u17e1", "\u17e1"},
    {"\u1041", "#\u1041", "\u1041"},
    {"\u3007", "#\u3007", "#\u3007"},
    /* what is not seen separates, or goes with its letter */
    {"\"a b\"", "a\u00adb a\u200bb", "a\u00adb|a\u200bb"},
    {"\"\u1780 a\"", "\u1780 \u17b5 a", "\u1780 \u17b5 a"},
    {"\u845b", "\u845b\U000E0100", "\u845b\U000E0100"},
    {"\"a b\"", "a \ufe0f b", "a \ufe0f b"},
};

struct bench {
    struct match_scratch *scratch;
    struct arena *arena;
    struct buf found;
};

static void setup(struct bench *bench) {
    bench->scratch = match_scratch_new();
    bench->arena = arena_new(4096);
    buf_init(&bench->found, 65536);
}

static void teardown(struct bench *bench) {
    match_scratch_free(&bench->scratch);
    arena_free(&bench->arena);
    buf_free(&bench->found);
}

/* What the one query finds; NULL: no match. Pieces of texts, and numbers of elements. */
static const char *find(struct bench *bench, const char *query, const struct match_document *document) {
    struct match_alert alert = {.id = SPAN("a"), .version = 7, .query = span_of(query)};
    struct match_index *index = match_compile(&alert, 1, NULL);
    const struct match_result result = match_run(index, bench->scratch, document, bench->arena);
    const struct match *matches = result.matches;
    size_t count = result.count;
    buf_clear(&bench->found);
    assert_int_equal(result.cut, 0);
    for (size_t i = 0; count && i < matches->range_count; i++) {
        const struct match_range *range = &matches->ranges[i];
        if (i)
            buf_add_char(&bench->found, '|');
        if (range->field == MATCH_TITLE || range->field == MATCH_TEXT)
            buf_add(&bench->found,
                    (range->field == MATCH_TITLE ? document->title.ptr : document->text.ptr) + range->start,
                    range->end - range->start);
        else
            buf_printf(&bench->found, "%c%u-%u", range->field == MATCH_HASHTAGS ? '#' : '@', range->start,
                       range->end);
    }
    if (count) {
        assert_int_equal(count, 1);
        assert_int_equal(matches->version, 7);
        assert_true(span_eq(matches->id, SPAN("a")));
        assert_false(matches->ranges_cut);
    }
    match_index_free(&index);
    return count ? bench->found.ptr : NULL;
}

static void check(struct bench *bench, const char *query, const struct match_document *document,
                  const char *expected) {
    const char *found = find(bench, query, document);
    if (!found != !expected || (found && strcmp(found, expected) != 0))
        fail_msg("%s in %.*s: found %s, not %s", query, (int)document->text.len,
                 document->text.ptr ? document->text.ptr : "", found ? found : "nothing",
                 expected ? expected : "nothing");
    arena_reset(bench->arena);
}

static void forms_find_what_the_language_says(void **state) {
    (void)state;
    struct bench bench;
    setup(&bench);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct match_document text = {.text = span_of(CASES[i].text)};
        struct match_document title = {.title = span_of(CASES[i].text), .text = SPAN("")};
        check(&bench, CASES[i].query, &text, CASES[i].found);
        check(&bench, CASES[i].query, &title, CASES[i].found);
    }
    teardown(&bench);
}

static void fields_are_separate_and_in_order(void **state) {
    (void)state;
    static const struct span TAGS[] = {{"acme", 4}, {"#Sound", 6}, {"Acme Corp", 9},
                                       {"", 0},     {"2024", 4},   {"\xe7\xa4\xbe\xe4\xba\xa4", 6}};
    static const struct span NAMES[] = {{"@ann", 4}, {"bob@example.social", 18}, {"acme", 4}};
    static const struct {
        const char *query, *found;
    } FIELDS[] = {
        {"acme", "Acme|acme|#0-1"},
        {"#acme", "#0-1"},
        {"#sound", "#1-2"},
        {"sound", "#1-2"},
        {"@acme", "@2-3"},
        {"@ann OR @bob", "@0-1|@1-2"},
        {"@bob@example.social", "@1-2"},
        {"@bob@other.example", NULL},
        {"ann", NULL},
        {"2024", "#4-5"},
        {"\u793e\u4ea4", "#5-6"},
        {"#\u793e\u4ea4", "#5-6"},
        {"\u793e", NULL},
        {"\"acme sound\"", NULL},
        {"\"sound acme\"", NULL},
        {"\"the acme\"", "the Acme"},
        {"\"new acme\"", "new acme"},
        {"\"acme new\"", NULL}, /* across the border of title and text */
        {"corp", NULL},
        {"new AND @ann AND sound", "new|#1-2|@0-1"},
        {"acme -@ann", NULL},
        {"acme -@zoe", "Acme|acme|#0-1"},
    };
    struct bench bench;
    setup(&bench);
    struct match_document document = {.title = SPAN("the Acme"),
                                      .text = SPAN("new acme"),
                                      .hashtags = TAGS,
                                      .hashtag_count = COUNT_OF(TAGS),
                                      .mentions = NAMES,
                                      .mention_count = COUNT_OF(NAMES)};
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        check(&bench, FIELDS[i].query, &document, FIELDS[i].found);
    teardown(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_find_what_the_language_says),
        cmocka_unit_test(fields_are_separate_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
