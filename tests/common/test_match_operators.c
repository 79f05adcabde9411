/* Operators, NEAR and windows: what binds how, and which words count. The expectations are from the
 * language's page: see match_cases.h. */
#include "match_cases.h"

#include "earshot/buf.h"

#include "cmocka_all.h"

static const struct match_case BINDING[] = {
    /* NOT, NEAR, AND, OR */
    {"a OR b AND c", "b", NULL},
    {"a OR b AND c", "a b", "a"},
    {"a AND b OR c AND d", "a d", NULL},
    {"a AND b OR c AND d", "d c a", "d|c"},
    {"a AND b OR c AND d", "a b c", "a|b"},
    {"(a OR b) AND (c OR d)", "b d c", "b|d|c"},
    {"(a OR b) AND (c OR d)", "a b", NULL},
    {"(a OR \"b c\" OR d OR #e) AND f", "d f b c", "d|f|b c"},
    {"(a OR \"b c\" OR d OR #e) AND f", "b f #e", "f|#e"},
    {"(a OR \"b c\" OR d OR #e) AND f", "a", NULL},
    {"a AND (b OR c AND d)", "a c", NULL},
    {"a AND (b OR c AND d)", "a c d", "a|c|d"},
    {"NOT a AND b", "b", "b"},
    {"NOT a AND b", "a b", NULL},
    {"NOT (a AND b) AND c", "a c", "c"},
    {"NOT (a AND b) AND c", "a b c", NULL},
    {"a OR b NEAR/0 c", "a b x c", "a"},
    {"a OR b NEAR/0 c", "b c", "b|c"},
    {"a OR b NEAR/0 c", "b x c", NULL},
    {"a AND b NEAR/0 c", "a x b c", "a|b|c"},
    {"a AND b NEAR/0 c", "a b x c", NULL},
    {"a NEAR/0 b AND c", "c x b a", "c|b|a"},
    {"a NEAR/0 b AND c", "a b", NULL},
    {"a NEAR/0 b -c", "a b", "a|b"},
    {"a NEAR/0 b -c", "a b c", NULL},
    {"a -b OR c", "a b", NULL},
    {"a -b OR c", "a b c", "c"},
    {"a -(b OR c)", "a c", NULL},
    {"a -(b OR c)", "a d", "a"},
    {"a -b -c", "a c", NULL},
    {"a NOT b NOT c", "a d", "a"},
    {"a AND -b", "a b", NULL},
    {"a AND (b OR -c)", "a b c", "a|b"},
    {"a AND (-b OR c)", "a b", NULL},
    {"((a))", "a", "a"},
    {"(((a OR b)) AND ((c)))", "c b", "c|b"},
    {"a AND a", "a a", "a|a"},
    {"a OR a", "a", "a"},
    {"a AND NOT a", "a", NULL},
    /* capitals only */
    {"\"a and b\"", "a and b", "a and b"},
    {"a AND or", "or a", "or|a"},
    {"\"AND\"", "this and that", "and"},
    {"\"NEAR\" AND x", "near x", "near|x"},
    {"not OR x", "Not", "Not"},
    /* comments */
    {"a <<< b OR c >>> AND d", "a d", "a|d"},
    {"<<< all of it >>> a", "a", "a"},
    {"a OR <<< ) \" ( >>> b", "b", "b"},
    {"\"a <<< b\"", "a b", "a b"},
    /* the same in other scripts */
    {"kapot AND (luidspreker OR speaker)", "De luidspreker is kapot!", "luidspreker|kapot"},
    {"zepsuty OR głośnik AND nie", "Głośnik działa", NULL},
    {"zepsuty OR głośnik AND nie", "Głośnik nie działa", "Głośnik|nie"},
    {"altavoz -hotel", "El altavoz del hotel", NULL},
    {"altavoz -hotel", "¿El ALTAVOZ?", "ALTAVOZ"},
    {"колонка AND (сломана OR молчит) -отель", "Колонка молчит…", "Колонка|молчит"},
    {"колонка AND (сломана OR молчит) -отель", "Колонка молчит, отель", NULL},
    {"колонка OR звук AND тихий", "звук", NULL},
    {"ηχείο OR ήχος AND κακός", "κακός ΉΧΟΣ", "κακός|ΉΧΟΣ"},
    {"ηχείο -ξενοδοχείο", "ηχείο ξενοδοχείο", NULL},
    {"سماعة AND (مكسورة OR صامتة)", "السماعة؟ سماعة مكسورة", "سماعة|مكسورة"},
    {"سماعة NOT فندق", "سماعة، فندق", NULL},
    {"揚聲器 AND (斷線 OR 壞)", "揚聲器又壞了", "揚聲器|壞"},
    {"揚聲器 AND (斷線 OR 壞)", "扬声器断线", "扬声器|断线"},
    {"揚聲器 -飯店", "飯店的揚聲器", NULL},
    {"スピーカー OR 音 AND ない", "音がない", "音|ない"},
    {"スピーカー OR 音 AND ない", "音がする", NULL},
    {"ลำโพง AND (เสีย OR พัง)", "ลำโพงเสียแล้ว", "ลำโพง|เสีย"},
    {"ลำโพง -โรงแรม", "ลำโพงโรงแรม", NULL},
    {"스피커 AND (고장 OR 불량) -호텔", "스피커 고장!", "스피커|고장"},
    {"스피커 AND (고장 OR 불량) -호텔", "스피커 고장, 호텔", NULL},
};

static const struct match_case NEARNESS[] = {
    /* at most n positions between them, either order; 0 is adjacent */
    {"a NEAR/0 b", "a b", "a|b"},
    {"a NEAR/0 b", "b a", "b|a"},
    {"a NEAR/0 b", "a x b", NULL},
    {"a NEAR/1 b", "a x b", "a|b"},
    {"a NEAR/1 b", "b x a", "b|a"},
    {"a NEAR/1 b", "a x x b", NULL},
    {"a NEAR/2 b", "a, x. x - b", "a|b"},
    {"a NEAR/0 b", "a-b a/b", "a|b|a|b"},
    {"a NEAR/0 b", "a a b b", "a|b"},
    {"a NEAR/1 b", "a a b b", "a|a|b|b"},
    {"a NEAR/0 b", "a x b a", "b|a"},
    /* what has a position counts: links, tags, handles, emoji; what has none does not */
    {"a NEAR/0 b", "a https://x.example/1 b", NULL},
    {"a NEAR/1 b", "a https://x.example/1 b", "a|b"},
    {"a NEAR/0 b", "a 😡 b", NULL},
    {"a NEAR/1 b", "a 👨‍👩‍👧 b", "a|b"},
    {"a NEAR/1 b", "a #x @y b", NULL},
    {"a NEAR/2 b", "a #x @y b", "a|b"},
    {"a NEAR/1 b", "a $x b", "a|b"},
    {"a NEAR/0 b", "a *** ( ) b", "a|b"},
    /* they may not overlap */
    {"a NEAR/5 a", "a", NULL},
    {"a NEAR/5 a", "a x a", "a|a"},
    {"\"a b\" NEAR/5 b", "a b", NULL},
    {"\"a b\" NEAR/0 b", "a b b", "a b|b"},
    {"\"a b\" NEAR/3 \"b c\"", "a b c", NULL},
    {"\"a b\" NEAR/0 \"b c\"", "a b b c", "a b|b c"},
    {"{a b} NEAR/3 b", "a b", NULL},
    /* all occurrences of a phrase are looked at, not only those from the left */
    {"\"a a\" ONEAR/0 b", "a a a b", "a a|b"},
    {"\"x x\" NEAR/0 b", "x x x b", "x x|b"},
    /* a before b */
    {"a NEAR/1f b", "a x b", "a|b"},
    {"a NEAR/1f b", "b x a", NULL},
    {"a ONEAR/1 b", "a b", "a|b"},
    {"a ONEAR/1 b", "b a", NULL},
    {"a ONEAR/0f b", "b a b", "a|b"},
    {"a ONEAR/1 a", "a a", "a|a"},
    /* chains: each near the next */
    {"a NEAR/0 b NEAR/0 c", "a b c", "a|b|c"},
    {"a NEAR/0 b NEAR/0 c", "c b a", "c|b|a"},
    {"a NEAR/0 b NEAR/0 c", "a b x b c", "a|b|b|c"},
    /* a chain that breaks shows nothing */
    {"a NEAR/0 b NEAR/0 c OR d", "a b x c d", "d"},
    /* one of several */
    {"(a OR b OR \"c d\" OR e) NEAR/1 f", "b x f", "b|f"},
    {"(a OR b OR \"c d\" OR e) NEAR/1 f", "e x f x c d", "e|f|c d"},
    {"(a OR b OR \"c d\" OR e) NEAR/1 f", "a x x f", NULL},
    {"a NEAR/0 b NEAR/0 c", "a b x c", NULL},
    {"a NEAR/1 b NEAR/3f c", "b x a x c", "b|a|c"},
    {"a NEAR/1f b NEAR/0 c", "b a c b", "a|c|b"},
    {"a NEAR/1f b NEAR/0 c", "b c a", NULL},
    /* operands */
    {"(a OR b) NEAR/0 c", "b c", "b|c"},
    {"(a OR b) NEAR/0 c", "a x b c", "b|c"},
    {"(a OR \"b c\") NEAR/1 (d OR #e)", "b c x #e", "b c|#e"},
    {"(a OR (b OR c)) NEAR/0 d", "d c", "d|c"},
    {"acm* NEAR/1 corp", "acmes x corp", "acmes|corp"},
    {"ac?e NEAR/0 #x", "#x acne", "#x|acne"},
    {"acme~1 ONEAR/0 corp", "acne corp acm", "acne|corp"},
    {"{BT} NEAR/1 down", "BT is down, bt down", "BT|down"},
    {"\"a b\"~1 NEAR/0 c", "b x a c", "b|a|c"},
    {"@ann NEAR/1 😡", "@Ann x 😡🏽", "@Ann|😡🏽"},
    {"$acm NEAR/1 up", "$ACM up", "$ACM|up"},
    {"acme-corp NEAR/0 x", "acme.corp x", "acme.corp|x"},
    /* in other scripts */
    {"luidspreker NEAR/1 kapot", "luidspreker is kapot", "luidspreker|kapot"},
    {"głośnik ONEAR/2 działa", "głośnik wcale nie działa", "głośnik|działa"},
    {"głośnik ONEAR/1 działa", "głośnik wcale nie działa", NULL},
    {"lautsprecher NEAR/0 müller", "Mueller-Lautsprecher", "Mueller|Lautsprecher"},
    {"колонка NEAR/1 молчит", "молчит моя колонка", "молчит|колонка"},
    {"колонка ONEAR/1 молчит", "молчит моя колонка", NULL},
    {"(колонка OR звук) NEAR/0 пропал", "Звук пропал", "Звук|пропал"},
    {"ήχος NEAR/0 κακός", "κακός ήχος", "κακός|ήχος"},
    {"ήχος NEAR/0f κακός", "κακός ήχος", NULL},
    {"سماعة NEAR/1 مكسورة", "مكسورة جدا سماعة", "مكسورة|سماعة"},
    {"سماعة NEAR/0 مكسورة", "مكسورة جدا سماعة", NULL},
    {"揚聲器 NEAR/2 壞", "揚聲器真的壞了", "揚聲器|壞"},
    {"揚聲器 NEAR/1 壞", "揚聲器真的壞了", NULL},
    {"揚聲器 ONEAR/2 壞", "壞揚聲器", NULL},
    {"聲 NEAR/0 音", "聲音", "聲|音"},
    {"音 NEAR/1 無い", "音が無い", "音|無い"},
    {"スピーカー NEAR/0 音", "スピーカー音", "スピーカー|音"},
    {"ดี NEAR/0 มาก", "ดีมาก", "ดี|มาก"},
    {"ดี ONEAR/0 มาก", "มากดี", NULL},
    {"스피커 NEAR/1 고장", "고장 난 스피커", "고장|스피커"},
    {"스피커 ONEAR/1 고장", "고장 난 스피커", NULL},
};

static const struct match_case WINDOWS[] = {
    /* all the words, any order, at most n others between the first and the last */
    {"\"a b c\"~2", "c x a x b", "c|a|b"},
    {"\"a b c\"~2", "c x a x x b", NULL},
    {"\"a b c\"~2", "a b", NULL},
    {"\"a b\"~0", "b a", "b|a"},
    {"\"a b\"~0", "a x b", NULL},
    {"\"a b\"~1", "a https://x.example b", "a|b"},
    {"\"a b\"~1", "a #x @y b", NULL},
    {"\"a b\"~0", "a b a", "a|b|a"},
    /* each at its own position */
    {"\"a a\"~3", "a", NULL},
    {"\"a a\"~3", "a x a", "a|a"},
    {"\"a a b\"~0", "a b a", "a|b|a"},
    {"\"a a b\"~0", "a b b", NULL},
    {"\"acm* acme\"~2", "acme", NULL},
    {"\"acm* acme\"~2", "acme acmes", "acme|acmes"},
    {"\"#a a\"~0", "#a", NULL},
    {"\"#a a\"~0", "a #a", "a|#a"},
    /* words of all kinds */
    {"\"acme~1 corp\"~1", "corp of acne", "corp|acne"},
    {"\"love #acme 😡\"~0", "#Acme 😡 love", "#Acme|😡|love"},
    {"\"acme-corp x\"~0", "corp x acme", "corp|x|acme"},
    /* in other scripts */
    {"\"größe passt nicht\"~1", "passt leider nicht, Groesse", "passt|nicht|Groesse"},
    {"\"zły dźwięk\"~1", "dźwięk bardzo zły", "dźwięk|zły"},
    {"\"звук пропал\"~1", "пропал вдруг звук", "пропал|звук"},
    {"\"звук пропал\"~0", "пропал вдруг звук", NULL},
    {"\"κακός ήχος\"~0", "ΉΧΟΣ ΚΑΚΌΣ", "ΉΧΟΣ|ΚΑΚΌΣ"},
    {"\"صوت سيئ\"~1", "سيئ جدا صوت", "سيئ|صوت"},
    {"\"交 社\"~1", "社會交", "社|交"},
    {"\"交 社\"~0", "社會交", NULL},
    {"\"社交 聽\"~2", "聽見社交", "聽|社|交"},
    {"\"音 悪い\"~1", "悪いの音", "悪|い|音"},
    {"\"มาก ดี\"~0", "ดีมาก", "ดี|ม|า|ก"},
    {"\"소리 나쁜\"~0", "나쁜 소리", "나쁜|소리"},
};

static void operators_bind_as_the_page_says(void **state) {
    (void)state;
    match_cases_run(BINDING, COUNT_OF(BINDING));
}

static void near_counts_positions(void **state) {
    (void)state;
    match_cases_run(NEARNESS, COUNT_OF(NEARNESS));
}

static void windows_take_words_in_any_order(void **state) {
    (void)state;
    match_cases_run(WINDOWS, COUNT_OF(WINDOWS));
}

/* A border is no position, and nothing is across it. */
static void nothing_is_across_title_and_text(void **state) {
    (void)state;
    static const struct span TAGS[] = {{"b", 1}};
    const struct match_document document = {
        .title = SPAN("x a"), .text = SPAN("b a y"), .hashtags = TAGS, .hashtag_count = 1};
    match_cases_check("\"a b\"", &document, NULL);
    match_cases_check("a NEAR/100 b", &document, "b|a");
    match_cases_check("a ONEAR/100 b", &document, NULL);
    match_cases_check("x NEAR/100 b", &document, NULL);
    match_cases_check("\"x b\"~100", &document, NULL);
    match_cases_check("x AND b", &document, "x|b|#0-1");
    match_cases_check("{a b}", &document, NULL);
    match_cases_check("#b NEAR/9 a", &document, NULL);
    match_cases_check("#b AND y", &document, "y|#0-1");
}

static void add_many(struct buf *out, const char *piece, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_add_str(out, piece);
}

/* `query` with between other words between a and b. */
static void check_between(const char *query, size_t between, const char *found) {
    struct buf text;
    buf_init(&text, 4096);
    buf_add_str(&text, "a ");
    add_many(&text, "x ", between);
    buf_add_str(&text, "b");
    match_cases_check(query, &(struct match_document){.text = buf_span(&text)}, found);
    buf_free(&text);
}

static void distances_go_up_to_100(void **state) {
    (void)state;
    static const char *const QUERIES[] = {"a NEAR/100 b", "b NEAR/100 a", "a ONEAR/100 b", "a NEAR/100f b",
                                          "\"b a\"~100"};
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
        check_between(QUERIES[i], 100, "a|b");
        check_between(QUERIES[i], 101, NULL);
    }
}

static void check_made(const char *open, size_t opened, const char *middle, const char *close, size_t closed,
                       const char *text, const char *found) {
    struct buf query;
    buf_init(&query, 128 * 1024);
    add_many(&query, open, opened);
    buf_add_str(&query, middle);
    add_many(&query, close, closed);
    buf_add_char(&query, '\0');
    match_cases_check(query.ptr, &(struct match_document){.text = span_of(text)}, found);
    buf_free(&query);
}

static void queries_as_large_as_the_limits_match(void **state) {
    (void)state;
    check_made("(", 64, "a", ")", 64, "a", "a");
    check_made("", 0, "b", " AND NOT c", 4095, "a b", "b");
    check_made("", 0, "b", " AND NOT c", 4095, "b c", NULL);
    check_made("a OR ", 4095, "b", "", 0, "a b", "a|b");
    check_made("a AND ", 4095, "b", "", 0, "a b", "a|b");
    check_made("a AND ", 4095, "b", "", 0, "a", NULL);
    check_made("\"", 1, "x", " y\"", 1, "x y", "x y");
    check_made("a NEAR/0 ", 99, "b", "", 0, "a a b", "a|a|b");
    check_made("a NEAR/0 ", 99, "b", "", 0, "a x b", NULL);
    check_made(" ", 65535, "a", "", 0, "a", "a"); /* 64 KiB */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_the_page_says),
        cmocka_unit_test(near_counts_positions),
        cmocka_unit_test(windows_take_words_in_any_order),
        cmocka_unit_test(nothing_is_across_title_and_text),
        cmocka_unit_test(distances_go_up_to_100),
        cmocka_unit_test(queries_as_large_as_the_limits_match),
        cmocka_unit_test(match_cases_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
