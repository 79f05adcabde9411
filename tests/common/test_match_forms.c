/* Words with wildcards, fuzzy words, entities in braces, in the scripts that people write in; the
 * expectations are from the language's page: see match_cases.h. */
#include "match_cases.h"

#include "cmocka_all.h"

static const struct match_case PREFIXES[] = {
    {"acm*", "Acme acmé acm xacme #acmecorp @acme $acme", "Acme|acmé|acm|#acmecorp"},
    {"acm*", "acm_1 acm2 acm-e ac", "acm_1|acm2|acm"},
    {"acm*", "https://acme.example/acme", NULL},
    {"acm*", "ácme Ａｃｍｅ", "ácme|Ａｃｍｅ"},
    {"ácm*", "ácme acme", "ácme"},
    {"ACM*", "acmes", "acmes"},
    {"\"acm* corp\"", "Acmes, Corp; acme x corp", "Acmes, Corp"},
    {"\"the acm* corp\"", "the #acme corp", "the #acme corp"},
    {"acm-cor*", "acm corp", "acm corp"},
    {"acm* -acme", "acme acmes", NULL},
    {"acm* AND NOT corp*", "acmes", "acmes"},
    /* German, Polish, Spanish, Dutch: E and S, not G */
    {"mül*", "müller MÜLLERS Mueller Muller", "müller|MÜLLERS"},
    {"mul*", "Müller Mueller muller", "Müller|muller"},
    {"mue*", "Müller Mueller", "Mueller"},
    {"stras*", "Straße Strassen STRAẞE", "Straße|Strassen|STRAẞE"},
    {"straß*", "Strasse", "Strasse"},
    {"lodz*", "Łódź łódzki Lodz", "Łódź|łódzki|Lodz"},
    {"łód*", "Łódź łódzki Lodz", "Łódź|łódzki"},
    {"esp*", "España español esp ESPAÑA", "España|español|esp|ESPAÑA"},
    {"españ*", "España Espana", "España"},
    {"klan*", "Klantenservice, klant; klap", "Klantenservice|klant"},
    {"geë*", "geëist geeist", "geëist"},
    /* Cyrillic, Greek, Arabic, Hebrew */
    {"коро*", "Корова короткий карова", "Корова|короткий"},
    {"ёлк*", "Ёлки елки", "Ёлки"},
    {"σοφ*", "Σοφία σοφός ΣΟΦΌΣ φοσ", "Σοφία|σοφός|ΣΟΦΌΣ"},
    {"σοφί*", "Σοφία Σοφια", "Σοφία"},
    {"كتا*", "كِتَاب كتـابة مكتب", "كِتَاب|كتـابة"},
    {"שלו*", "שלום שלומי של", "שלום|שלומי"},
    /* one letter will do, in its word: a character of Han and Kana, a cluster of Thai */
    {"社*", "社交社", "社|社"},
    {"社*", "#社交聆聽 交", "#社交聆聽"},
    {"\"社* 交\"", "社交", "社交"},
    {"台*", "#臺灣", "#臺灣"},
    {"カ*", "カラオケ", "カ"},
    {"カ*", "ガラ", NULL},
    {"カ*", "ｶﾗ", "ｶ"},
    {"か*", "#からおけ", "#からおけ"},
    {"삼*", "삼성전자 삼 성삼", "삼성전자|삼"},
    {"삼성*", "삼성은 #삼성전자 삼", "삼성은|#삼성전자"},
    {"ด*", "ดีมาก", "ดี"},
    {"ม*", "#มาก", "#มาก"},
    {"ខ*", "ខ្មែរ", "ខ្"},
    {"မ*", "#မြန်မာ", "#မြန်မာ"},
};

static const struct match_case WILDCARDS[] = {
    {"ac*e", "ace acme acmé acxxe ac e acmes", "ace|acme|acmé|acxxe"},
    {"ac?e", "ace acme acmme ACNE", "acme|ACNE"},
    {"ac?e", "#acme @acme", "#acme"},
    {"ac*m?", "acme acm acxmy", "acme|acxmy"},
    {"ac??", "acme ace acmes", "acme"},
    {"ac**e", "acme ace", "acme|ace"},
    {"\"ac?e corp\"", "acme-corp ace corp", "acme-corp"},
    {"\"why acme?\"", "why acmes? why acme?", "why acmes"},
    {"\"big ac*e\"~1", "acme is big", "acme|big"},
    {"ac_*e", "ac_me", "ac_me"},
    /* Latin */
    {"st?aße", "Straße STRASSE", "Straße|STRASSE"},
    {"str*e", "Straße Strasse stre", "Straße|Strasse|stre"},
    {"zaż*ć", "zażółć ZAŻÓŁĆ zazolc", "zażółć|ZAŻÓŁĆ"},
    {"zaz*c", "zażółć zazolc", "zażółć|zazolc"},
    {"ni?o", "niño nino nio niñno", "niño|nino"},
    {"hui?en", "huizen huisen huien", "huizen|huisen"},
    {"mü?ler", "müller mueller", "müller"},
    /* Cyrillic, Greek, Arabic */
    {"за?ок", "замок заок ЗАЛОК", "замок|ЗАЛОК"},
    {"со*ь", "соль совесть соль2", "соль|совесть"},
    {"σο?ός", "σοφός σοφος", "σοφός"},
    {"σο?ος", "σοφός σοφος ΣΟΦΌΣ", "σοφός|σοφος|ΣΟΦΌΣ"},
    {"كت?ب", "كتاب كتب كِتَاب", "كتاب|كِتَاب"},
    {"كت*ة", "كتابة مكتبة كتاب", "كتابة"},
    /* they stay in their word: only a hashtag is longer */
    {"社?", "社交 #社交", "#社交"},
    {"社*聽", "社交聆聽 #社交聆听", "#社交聆听"},
    {"カ*ケ", "カラオケ #カラオケ", "#カラオケ"},
    {"삼*자", "삼성전자 삼자 삼성", "삼성전자|삼자"},
    {"삼?전자", "삼성전자 삼전자", "삼성전자"},
    {"ด?", "ด #ดม", "#ดม"},
};

static const struct match_case FUZZY[] = {
    {"acme~1", "acme acne acm acmee amce xacme", "acme|acne|acm|acmee|amce|xacme"},
    {"acme~1", "acxxe ame2x mace ac acmeee", NULL},
    {"acme~1", "#acne @acne $acne", "#acne"},
    {"acme~1", "https://acne.example", NULL},
    {"acme~1", "ÀCNÉ acmé", "ÀCNÉ|acmé"},
    {"ACME~1", "Acne", "Acne"},
    {"microsoft~2", "mircosoft microsfot mcrosft macrosift", "mircosoft|microsfot|mcrosft|macrosift"},
    {"microsoft~2", "mcrosf macrasift icrosofft2", NULL},
    {"microsoft~1", "mcrosft", NULL},
    {"\"acme~1 corp\"", "Acne-Corp acne x corp", "Acne-Corp"},
    {"\"new acme~1\"", "new #acmes", "new #acmes"},
    /* no character is edited twice: ca to abc is three */
    {"acab~1", "aacb acba acb", "aacb|acba|acb"},
    {"abcdefgh~2", "bacdefhg bdacefgh", "bacdefhg"},
    /* Latin: E and S, not G */
    {"müller~1", "Müller Muller Mueller müler Mülle", "Müller|Muller|müler|Mülle"},
    {"muller~1", "Müler Mueller", "Müler|Mueller"},
    {"łódź~1", "Łódź łódz Lodz lódź", "Łódź|łódz|lódź"},
    {"niño~1", "nino niña nina niños", "nino|niña|niños"},
    {"huizen~1", "huisen huizne huis", "huisen|huizne"},
    {"straße~1", "Strasse strase Strass stras", "Strasse|strase|Strass"},
    /* Cyrillic, Greek, Arabic, Hangul */
    {"корова~1", "карова коровы карову короваа", "карова|коровы|короваа"},
    {"молчание~2", "малчание мочание малчаниэ молчь", "малчание|мочание|малчаниэ"},
    {"σοφός~1", "σοφος σοφή σοφόσα", "σοφος|σοφόσα"},
    {"كتاب~1", "كتب كتابة كِتَاب مكتبة", "كتب|كتابة|كِتَاب"},
    {"삼성전자~1", "삼성전기 삼성전 삼선건자 삼성전자는", "삼성전기|삼성전|삼성전자는"},
    /* a word of Han, Kana or Thai is one character; a hashtag may be more */
    {"acme~1", "買acne社", "acne"},
};

static const struct match_case ENTITIES[] = {
    {"{BT}", "BT bt Bt BTs xBT", "BT"},
    {"{BT}", "#BT", "BT"},
    {"{BT}", "@BT", NULL},
    {"{BT}", "$BT", NULL},
    {"{BT}", "(BT) BT's BT-Group", "BT|BT|BT"},
    {"{BT}", "https://x.example/BT", NULL},
    {"{#BT}", "#BT BT", "#BT"},
    {"{@BT}", "@BT @BTs", "@BT"},
    {"{ BT }", "xBTx BT", "BT"},
    {"{Acme Corp}", "Acme Corp", "Acme Corp"},
    {"{Acme Corp}", "acme corp Acme  Corp Acme-Corp Acme Corps", NULL},
    {"{Acme, Inc.}", "by Acme, Inc. and Acme Inc.", "Acme, Inc."},
    {"{C++}", "C++ or c++, C++11 and AC++", "C++|C++"},
    {"{C++}", "C, C+", NULL},
    {"{C#}", "C# c#", "C#"},
    {"{.NET}", "the .NET world, .net", ".NET"},
    {"{AND}", "AND and", "AND"},
    {"{a*}", "a* ab", "a*"},
    {"{a\"b}", "a\"b", "a\"b"},
    {"{BT} OR bt", "BT bt", "BT|bt"},
    {"{BT} -{BT Group}", "BT Group", NULL},
    /* accents and case */
    {"{café}", "Café café cafe", "café"},
    {"{café}", "cafe\u0301", NULL},
    {"{cafe}", "café", NULL},
    {"{Müller}", "Mueller MÜLLER Müller", "Müller"},
    {"{Łódź}", "łódź Łódź Lodz", "Łódź"},
    {"{IJsselmeer}", "IJsselmeer ijsselmeer", "IJsselmeer"},
    {"{¿Qué?}", "¿Qué? ¿qué?", "¿Qué?"},
    {"{Яндекс}", "яндекс Яндекс Яндекса", "Яндекс"},
    {"{ЦБ РФ}", "ЦБ РФ, цб рф", "ЦБ РФ"},
    {"{Σοφία}", "Σοφία σοφία Σοφια", "Σοφία"},
    {"{محمد}", "محمد مُحمد محمدي", "محمد"},
    {"{社交}", "我們的社交網", "社交"},
    {"{社交}", "社會交", NULL},
    {"{聽}", "听", NULL},
    {"{聽}", "聆聽", "聽"},
    {"{ソニー}", "ソニー ｿﾆｰ", "ソニー"},
    {"{カ}", "カ\u3099", NULL},
    {"{삼성}", "삼성 삼성전자", "삼성"},
    {"{ดี}", "ดีมาก", "ดี"},
    {"{ด}", "ดี", NULL},
    {"{😡}", "😡", "😡"},
    {"{->}", "a -> b", "->"}, /* no word in it: anywhere, but near nothing */
    {"a NEAR/1 {->}", "a -> b", NULL},
    {"{https://x.example/a}", "see https://x.example/a", "https://x.example/a"},
    {"{aXa}", "aXaXa aXa", "aXa"},
    {"{👍}", "👍🏽", NULL},
    {"{👍🏽}", "👍🏽👍", "👍🏽"},
};

/* Tags, handles and cashtags, exactly but in any case. */
static const struct match_case NAMES[] = {
    {"#łódź", "#ŁÓDŹ #lodz łódź", "#ŁÓDŹ"},
    {"#lodz", "#łódź", NULL},
    {"lodz", "#łódź", "#łódź"},
    {"#straße", "#STRASSE", "#STRASSE"},
    {"#größe", "#groesse", NULL},
    {"groesse", "#Größe", "#Größe"},
    {"#españa", "#ESPAÑA #espana", "#ESPAÑA"},
    {"#мир", "#МИР #мира мир", "#МИР"},
    {"#αθήνα", "#ΑΘΉΝΑ #Αθηνα", "#ΑΘΉΝΑ"},
    {"#كتاب", "#كتاب #كِتاب", "#كتاب"},
    {"كتاب", "#كِتاب", "#كِتاب"},
    {"#臺灣", "#台湾 #台灣", "#台湾|#台灣"},
    {"#カラオケ", "#ｶﾗｵｹ #カラ", "#ｶﾗｵｹ"},
    {"#สวัสดี", "#สวัสดี สวัสดี", "#สวัสดี"},
    {"#삼성", "#삼성 #삼성전자", "#삼성"},
    {"@हिन्दी", "@हिन्दी हिन्दी", "@हिन्दी"},
    {"#二", "#二 #2", "#二"},
    {"@müller", "@MÜLLER @muller @mueller", "@MÜLLER"},
    {"@иван", "@Иван @иванов иван", "@Иван"},
    {"@иван", "я@иван", NULL},
    {"иван", "я@иван", "иван"},
    {"@社交", "@社交 社交", "@社交"},
    {"@مريم", "@مريم مريم", "@مريم"},
    {"@삼성.한국", "@삼성.한국", "@삼성.한국"},
    {"@acme", "@acme@пример.рф", "@acme@пример.рф"},
    {"@acme@пример.рф", "@acme@ПРИМЕР.РФ", "@acme@ПРИМЕР.РФ"},
    {"$acm", "＄ACM $Acm", "＄ACM|$Acm"},
    {"łódź", "$łódź", "łódź"},
    {"#acme", "ก#acme", NULL},
    {"#мир", "я#мир", NULL},
    {"@ann", "社@ann", NULL},
    {"\"#мир #труд\"", "#Мир, #Труд", "#Мир, #Труд"},
    {"\"@ann 社交\"", "@ann社交 @Ann 社交", "@Ann 社交"},
};

static void prefixes_find_words_that_begin_so(void **state) {
    (void)state;
    match_cases_run(PREFIXES, COUNT_OF(PREFIXES));
}

static void wildcards_stay_in_their_word(void **state) {
    (void)state;
    match_cases_run(WILDCARDS, COUNT_OF(WILDCARDS));
}

static void fuzzy_words_count_edits(void **state) {
    (void)state;
    match_cases_run(FUZZY, COUNT_OF(FUZZY));
}

static void entities_are_exactly_these_characters(void **state) {
    (void)state;
    match_cases_run(ENTITIES, COUNT_OF(ENTITIES));
}

static void names_are_found_in_any_case(void **state) {
    (void)state;
    match_cases_run(NAMES, COUNT_OF(NAMES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_find_words_that_begin_so),
        cmocka_unit_test(wildcards_stay_in_their_word),
        cmocka_unit_test(fuzzy_words_count_edits),
        cmocka_unit_test(entities_are_exactly_these_characters),
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(match_cases_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
