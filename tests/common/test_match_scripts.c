/* How texts become words and how words are compared, in every script: the expectations are from the
 * language's page: see match_cases.h. */
#include "match_cases.h"

#include "cmocka_all.h"

static const struct match_case POSITIONS[] = {
    /* 1: a link, up to white space, is one position and holds no words */
    {"мир", "https://пример.рф/мир мир", "мир"},
    {"社交", "https://例子.tw/社交 社交", "社交"},
    {"كتاب", "www.x.example/كتاب", NULL},
    {"łódź", "WWW.łódź.pl Łódź", "Łódź"},
    {"삼성", "http://삼성.example　삼성", "삼성"},
    {"\"мир труд\"", "мир https://x.example труд", NULL},
    {"社交", "看https://x.example/社交", NULL},
    {"ดี", "http://ดี.example", NULL},
    /* 3: an emoji is one position */
    {"\"мир 😡 труд\"", "мир😡труд", "мир😡труд"},
    {"\"社 👍 交\"", "社👍🏿交", "社👍🏿交"},
    {"\"ดี 🇹🇭\"", "ดี🇹🇭", "ดี🇹🇭"},
    {"社交", "社😡交", NULL},
    {"👩‍💻", "👩🏽‍💻", "👩🏽‍💻"},
    {"👩", "👩‍💻", NULL},
    {"top", "top1\ufe0f\u20e3", "top"},
    {"#a", "😡#a", "#a"},
    /* 4: a change between the two kinds ends a word; Hangul is written with spaces */
    {"iphone", "買iPhone手機", "iPhone"},
    {"手機", "買iPhone手機", "手機"},
    {"abc", "ABCアプリ", "ABC"},
    {"アプリ", "ABCアプリ2", "アプリ"},
    {"2", "ABCアプリ2", "2"},
    {"acme", "ลำโพงAcmeดี", "Acme"},
    {"мир", "社мир交", "мир"},
    {"apple", "사과apple", NULL},
    {"사과apple", "사과Apple!", "사과Apple"},
    {"사과", "社사과交", "사과"},
    {"acme", "мирacme", NULL},
    {"漢", "漢字かな", "漢"},
    {"字か", "漢字かな", "字か"},
    {"社交", "社 交", "社 交"},
    {"社交", "社\n交", "社\n交"},
    {"ນ້ຳ", "ນ້ຳ", "ນ້ຳ"},
    {"ខ្មែរ", "ភាសាខ្មែរ", "ខ្មែរ"},
    /* 5: all else separates and has no position */
    {"\"мир труд\"", "мир-труд мир/труд мир… труд", "мир-труд|мир/труд|мир… труд"},
    {"реалии", "Крым.Реалии", "Реалии"},
    {"alpen", "l’Alpen", "Alpen"},
    {"\"社 交\"", "社・交", "社・交"},
    {"社交", "「社」、（交）", "社」、（交"},
    {"\"صباح الخير\"", "صباح، الخير!", "صباح، الخير"},
    {"\"καλό πρωί\"", "Καλό· πρωί;", "Καλό· πρωί"},
    {"\"삼성 전자\"", "삼성(전자)", "삼성(전자"},
    {"\"a b\"", "a €£% b", "a €£% b"},
    {"m", "m²", "m"},
    {"x", "½x", "x"},
    {"м", "5 м", "м"},
    {"社交", "#社 交", "#社 交"}, /* a tag of one character is that word */
    {"\"社交 acme\"", "#社交 acme", NULL},
    {"\"社交 acme\"", "社交 acme", "社交 acme"},
    /* what is not seen separates, but for marks and Hangul's fillers, which go with their word */
    {"한국", "한\u3164국", "한\u3164국"},
    {"\"мир труд\"", "мир\u200bтруд", "мир\u200bтруд"},
    {"мир", "ми\u034fр", "ми\u034fр"},
    /* digits of every script are characters of words */
    {"१२", "१२ १२३", "१२"},
    {"مدينة٢", "مدينة٢", "مدينة٢"},
};

static const struct match_case COMPARED[] = {
    /* German */
    {"gross", "groß GROSS groẞ gros", "groß|GROSS|groẞ"},
    {"größe", "Größe GROESSE Groesse Grosse GRÖẞE", "Größe|GROESSE|Groesse|GRÖẞE"},
    {"grosse", "Größe grosse Groesse", "Größe|grosse"},
    {"groesse", "Größe Grosse Groesse", "Größe|Groesse"},
    {"ubel", "Übel Uebel", "Übel"},
    {"übel", "Uebel ubel U\u0308bel", "Uebel|U\u0308bel"},
    {"haeuser", "Häuser", "Häuser"},
    {"österreich", "Oesterreich Österreich", "Oesterreich|Österreich"},
    /* Polish */
    {"zolw", "żółw ŻÓŁW zolw żolw", "żółw|ŻÓŁW|zolw|żolw"},
    {"żółw", "zolw Żółw", "Żółw"},
    {"gesla", "gęślą", "gęślą"},
    {"gesla", "gęśla", "gęśla"},
    /* Spanish, Dutch, French */
    {"pinguino", "pingüino pinguino", "pingüino|pinguino"},
    {"pingüino", "pinguino pingueino", "pingueino"},
    {"cigueña", "cigüeña", NULL},
    {"ciguena", "cigüeña", "cigüeña"},
    {"ideeen", "ideeën ideeen", "ideeën|ideeen"},
    {"ijs", "ĳs IJS", "ĳs|IJS"},
    {"naïve", "naive naïve", "naïve"},
    {"coeur", "cœur", "cœur"},
    {"cœur", "coeur", NULL},
    /* Vietnamese, Croatian, Icelandic, Turkish */
    {"viet", "Việt", "Việt"},
    {"dakovo", "Đakovo", "Đakovo"},
    {"aesir", "Æsir", "Æsir"},
    {"diyarbakir", "Diyarbakır DİYARBAKIR", "Diyarbakır|DİYARBAKIR"},
    /* Cyrillic keeps what stands on its letters */
    {"елка", "ёлка", NULL},
    {"ёлка", "ЁЛКА елка е\u0308лка", "ЁЛКА|е\u0308лка"},
    {"киів", "київ", NULL},
    {"київ", "КИЇВ", "КИЇВ"},
    /* Greek */
    {"αθηνα", "Αθήνα ΑΘΗΝΑ αθήνα", "Αθήνα|ΑΘΗΝΑ|αθήνα"},
    {"αθήνα", "ΑΘΉΝΑ ΑΘΗΝΑ", "ΑΘΉΝΑ"},
    {"οδυσσευς", "ὀδυσσεύς ΟΔΥΣΣΕΎΣ", "ὀδυσσεύς|ΟΔΥΣΣΕΎΣ"},
    {"μαιος", "Μάϊος", "Μάϊος"},
    /* Arabic: short vowels and tatweel, no hamza */
    {"محمد", "مُحَمَّد محمّد محـــمد", "مُحَمَّد|محمّد|محـــمد"},
    {"احمد", "أحمد احمد", "احمد"},
    {"مُحمد", "محمد مُحمد", "مُحمد"},
    {"رحمن", "رحمٰن", "رحمٰن"},
    /* Hebrew, Devanagari: as they are */
    {"שלום", "שָׁלוֹם", NULL},
    {"हिन्दी", "हिंदी हिन्दी", "हिन्दी"},
    /* Han in simplified characters */
    {"台灣", "台湾 臺灣 台灣", "台湾|臺灣|台灣"},
    {"头发", "頭髮 頭發", "頭髮|頭發"},
    {"後面", "后面 後面", "后面|後面"},
    {"体育", "體育", "體育"},
    {"豈", "岂", "岂"},
    /* Kana: width and voicing marks, hiragana is not katakana */
    {"ガラス", "ｶﾞﾗｽ", "ｶﾞﾗｽ"},
    {"かな", "カナ", NULL},
    {"パン", "ハ\u309aン", "ハ\u309aン"},
    {"バン", "パン", NULL},
    /* Hangul in letters and in syllables, Thai, Latin in full width */
    {"한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "\u1112\u1161\u11ab\u1100\u116e\u11a8"},
    {"น้ำ", "น้ำ นำ", "น้ำ"},
    {"abc12", "ＡＢＣ１２", "ＡＢＣ１２"},
    {"ＡＢＣ", "abc", "abc"},
    {"fluss", "ﬂuß", "ﬂuß"},
};

/* What is given back: occurrences in order, none overlapping; those of a phrase from the left; negated parts
 * give none. */
static const struct match_case RANGES[] = {
    {"a OR b", "b a b", "b|a|b"},
    {"\"мир мир\"", "мир мир мир", "мир мир"},
    {"\"社社\"", "社社社社社", "社社|社社"},
    {"\"ดี ดี\"", "ดีดีดี", "ดีดี"},
    {"\"a b\" OR \"b c\" OR c", "a b c x c", "a b c|c"},
    {"\"b c\" OR \"a b c d\"", "a b c d", "a b c d"},
    {"社交 OR 交友", "社交友", "社交友"},
    {"社 OR 交", "社交", "社|交"},
    {"\"мир труд\" OR \"труд май\"", "мир труд май", "мир труд май"},
    {"a -b", "a a", "a|a"},
    {"(a AND b) OR (a AND c)", "a c", "a|c"},
    {"(a AND b) OR c", "a c", "c"},
    {"(a NEAR/0 b) OR c", "a x b c", "c"},
    {"(мир AND труд) OR май", "мир май", "май"},
    {"社交 OR (聽 AND 壞)", "社交聽", "社交"},
    {"a AND NOT (b AND NOT c)", "a b c", "a"},
    {"a AND (b OR c)", "a c a", "a|c|a"},
    {"{b c} OR \"a b\"", "a b c", "a b c"},
    {"#мир OR мир", "#мир", "#мир"},
    {"社交 OR #社交", "#社交社交", NULL},
    {"社交 OR #社交", "#社交 社交", "#社交|社交"},
};

static void texts_become_words(void **state) {
    (void)state;
    match_cases_run(POSITIONS, COUNT_OF(POSITIONS));
}

static void words_are_compared(void **state) {
    (void)state;
    match_cases_run(COMPARED, COUNT_OF(COMPARED));
}

static void ranges_are_in_order_and_apart(void **state) {
    (void)state;
    match_cases_run(RANGES, COUNT_OF(RANGES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_words),
        cmocka_unit_test(words_are_compared),
        cmocka_unit_test(ranges_are_in_order_and_apart),
        cmocka_unit_test(match_cases_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
