/* Fields, titles, and the elements of hashtags and mentions, on three mentions; the expectations are from the
 * language's page: see match_cases.h. A field by itself gives no range. */
#include "match_cases.h"

#include "cmocka_all.h"

#include <math.h>

/* SPAN() is no constant to gcc. */
#define SPAN_OF(text)                                                                                        \
    { (text), sizeof(text) - 1 }

struct field_case {
    const char *query, *found;
};

static const struct span GERMAN_LINKS[] = {SPAN_OF("https://a.example/ÄPFEL")};
static const struct span GERMAN_TAGS[] = {SPAN_OF("Lautsprecher"), SPAN_OF("#Größe"), SPAN_OF("acme corp")};
static const struct span GERMAN_NAMES[] = {SPAN_OF("@Acme"), SPAN_OF("jan@example.social")};
static const struct match_document GERMAN = {
    .title = SPAN_OF("Lautsprecher kaputt"),
    .text = SPAN_OF("Der Lautsprecher von Acme ist kaputt! https://Shop.example/Angebot?a=1 x"),
    .hashtags = GERMAN_TAGS,
    .hashtag_count = COUNT_OF(GERMAN_TAGS),
    .mentions = GERMAN_NAMES,
    .mention_count = COUNT_OF(GERMAN_NAMES),
    .links = GERMAN_LINKS,
    .link_count = COUNT_OF(GERMAN_LINKS),
    .author_handle = SPAN_OF("Jan.Müller"),
    .author_name = SPAN_OF("Jan K. Müller"),
    .url = SPAN_OF("https://www.Blog.example:8080/a/site.example"),
    .host = SPAN_OF("feeds.example"),
    .platform = SPAN_OF("mastodon"),
    .kind = SPAN_OF("social"),
    .type = SPAN_OF("post"),
    .language = SPAN_OF("de-AT"),
    .country = SPAN_OF("AT"),
    .reply = true,
    .media = true,
    .followers = 1000,
    .engagement = 10,
    .rating = 4.5,
};

static const struct span RUSSIAN_TAGS[] = {SPAN_OF("Мир"), SPAN_OF("＃труд")};
static const struct span RUSSIAN_NAMES[] = {SPAN_OF("Анна"), SPAN_OF("＠пётр")};
static const struct match_document RUSSIAN = {
    .title = SPAN_OF("Колонка сломалась"),
    .text = SPAN_OF("Почему колонка Акме молчит?"),
    .hashtags = RUSSIAN_TAGS,
    .hashtag_count = COUNT_OF(RUSSIAN_TAGS),
    .mentions = RUSSIAN_NAMES,
    .mention_count = COUNT_OF(RUSSIAN_NAMES),
    .author_handle = SPAN_OF("@Иван"),
    .author_name = SPAN_OF("Иван Петров"),
    .url = SPAN_OF("https://мир.новости.рф/труд"),
    .host = SPAN_OF("новости.рф"),
    .platform = SPAN_OF("telegram"),
    .kind = SPAN_OF("news"),
    .type = SPAN_OF("article"),
    .language = SPAN_OF("ru"),
    .country = SPAN_OF("RU"),
    .repost = true,
    .followers = -1,
    .engagement = 0,
    .rating = NAN,
};

static const struct span CHINESE_LINKS[] = {SPAN_OF("https://例子.tw/揚聲器")};
static const struct span CHINESE_TAGS[] = {SPAN_OF("社交聆聽"), SPAN_OF("壞")};
static const struct match_document CHINESE = {
    .title = SPAN_OF("揚聲器壞了"),
    .text = SPAN_OF("請問Acme揚聲器為什麼沒有聲音？"),
    .hashtags = CHINESE_TAGS,
    .hashtag_count = COUNT_OF(CHINESE_TAGS),
    .links = CHINESE_LINKS,
    .link_count = COUNT_OF(CHINESE_LINKS),
    .author_handle = SPAN_OF("xiaoming@example.social"),
    .author_name = SPAN_OF("王小明"),
    .host = SPAN_OF("www.PTT.cc"),
    .platform = SPAN_OF("bluesky"),
    .kind = SPAN_OF("forum"),
    .type = SPAN_OF("comment"),
    .language = SPAN_OF("zh"),
    .followers = 0,
    .engagement = -1,
    .rating = 1,
};

/* Of which nothing is known. */
static const struct match_document BARE = {
    .text = SPAN_OF("acme ¿ya? x"), .followers = -1, .engagement = -1, .rating = NAN};

static void run(const struct match_document *document, const struct field_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        match_cases_check(cases[i].query, document, cases[i].found);
}

static void titles(void **state) {
    (void)state;
    static const struct field_case IN_GERMAN[] = {
        {"kaputt", "kaputt|kaputt"},
        {"title:kaputt", "kaputt"},
        {"title:acme", NULL},
        {"title:(acme OR kaputt)", "kaputt"},
        {"title:\"lautsprecher kaputt\"", "Lautsprecher kaputt"},
        {"title:lautsprecher AND acme", "Lautsprecher|Acme"},
        {"title:laut*", "Lautsprecher"},
        {"title:laufsprecher~1", "Lautsprecher"},
        {"title:la?tsprecher", "Lautsprecher"},
        {"title:{Lautsprecher}", "Lautsprecher"},
        {"title:{lautsprecher}", NULL},
        {"title:\"kaputt lautsprecher\"~0", "Lautsprecher|kaputt"},
        {"title:(lautsprecher NEAR/0 kaputt)", "Lautsprecher|kaputt"},
        {"title:(kaputt ONEAR/0 lautsprecher)", NULL},
        {"title:(lautsprecher -acme)", "Lautsprecher"},
        {"title:(lautsprecher -kaputt)", NULL},
        {"title:(lautsprecher AND (acme OR kaputt))", "Lautsprecher|kaputt"},
        {"acme -title:kaputt", NULL},
        {"acme -title:acme", "Acme"},
        {"title:größe", NULL}, /* elements are in no title */
        {"title:#größe", NULL},
        {"title:@acme", NULL},
        {"kaputt AND NOT title:hotel", "kaputt|kaputt"},
    };
    static const struct field_case IN_RUSSIAN[] = {
        {"title:колонка", "Колонка"},
        {"title:колонк*", "Колонка"},
        {"title:колонна~1", "Колонка"},
        {"title:молчит", NULL},
        {"title:(молчит OR сломалась)", "сломалась"},
        {"title:сломалась AND молчит", "сломалась|молчит"},
    };
    static const struct field_case IN_CHINESE[] = {
        {"title:揚聲器", "揚聲器"},       {"title:扬声器", "揚聲器"},
        {"title:\"器 壞\"", "器壞"},      {"title:聲音", NULL},
        {"title:(聲音 OR 壞)", "壞"},     {"title:(揚聲器 NEAR/0 壞)", "揚聲器|壞"},
        {"title:壞 AND 聲音", "壞|聲音"}, {"title:社交聆聽", NULL},
    };
    run(&GERMAN, IN_GERMAN, COUNT_OF(IN_GERMAN));
    run(&RUSSIAN, IN_RUSSIAN, COUNT_OF(IN_RUSSIAN));
    run(&CHINESE, IN_CHINESE, COUNT_OF(IN_CHINESE));
    match_cases_check("title:acme", &BARE, NULL);
}

static void authors(void **state) {
    (void)state;
    static const struct field_case IN_GERMAN[] = {
        {"author:jan.müller", ""},
        {"author:@JAN.MÜLLER", ""},
        {"author:@jan.muller", NULL}, /* a handle is compared as handles are */
        {"author:jan", ""},           /* a word of the name */
        {"author:@jan", NULL},        /* the handle only */
        {"author:mueller", ""},
        {"author:muller", ""},
        {"author:\"k. müller\"", ""},
        {"author:\"jan müller\"", NULL},
        {"author:\"müller k\"", NULL},
        {"author:mull", NULL},
        {"author:(anna OR jan)", ""},
        {"acme AND author:jan", "Acme"},
        {"acme -author:jan", NULL},
        {"acme -author:anna", "Acme"},
        {"author:acme", NULL},
        {"jan", NULL}, /* no author is in a text */
    };
    static const struct field_case IN_RUSSIAN[] = {
        {"author:иван", ""},   {"author:@ИВАН", ""},  {"author:\"иван петров\"", ""},
        {"author:петров", ""}, {"author:петр", NULL}, {"author:@петров", NULL},
        {"author:анна", NULL},
    };
    static const struct field_case IN_CHINESE[] = {
        {"author:@xiaoming", ""},
        {"author:xiaoming@example.social", ""},
        {"author:@xiaoming@other.example", NULL},
        {"author:王小明", ""},
        {"author:小明", ""},
        {"author:王明", NULL},
        {"author:\"小 明\"", ""},
    };
    run(&GERMAN, IN_GERMAN, COUNT_OF(IN_GERMAN));
    run(&RUSSIAN, IN_RUSSIAN, COUNT_OF(IN_RUSSIAN));
    run(&CHINESE, IN_CHINESE, COUNT_OF(IN_CHINESE));
    match_cases_check("author:acme", &BARE, NULL);
}

static void sites_and_links(void **state) {
    (void)state;
    static const struct field_case IN_GERMAN[] = {
        {"site:blog.example", ""},
        {"site:www.blog.example", ""},
        {"site:BLOG.Example", ""},
        {"site:example", ""},
        {"site:feeds.example", ""},
        {"site:log.example", NULL},
        {"site:blog", NULL},
        {"site:site.example", NULL},
        {"site:shop.example", NULL},
        {"site:a.blog.example", NULL},
        {"site:(x.example OR blog.example)", ""},
        {"acme -site:blog.example", NULL},
        {"link:shop.example", ""},
        {"link:ANGEBOT", ""},
        {"link:\"/angebot?a=1\"", ""},
        {"link:t?a", ""},
        {"link:äpfel", ""},
        {"link:apfel", NULL},
        {"link:kaputt", NULL},
        {"link:blog.example", NULL}, /* the mention's own url is no link in it */
        {"link:\"a=1 x\"", NULL},
        {"link:(zzz OR shop)", ""},
        {"acme -link:shop", NULL},
    };
    static const struct field_case IN_RUSSIAN[] = {
        {"site:новости.рф", ""},     {"site:НОВОСТИ.РФ", ""}, {"site:рф", ""},
        {"site:мир.новости.рф", ""}, {"site:вости.рф", NULL}, {"link:новости", NULL},
    };
    static const struct field_case IN_CHINESE[] = {
        {"site:ptt.cc", ""}, {"site:cc", ""},     {"site:tt.cc", NULL},  {"site:例子.tw", NULL},
        {"link:例子", ""},   {"link:揚聲器", ""}, {"link:扬声器", NULL}, /* any case, but these characters */
    };
    run(&GERMAN, IN_GERMAN, COUNT_OF(IN_GERMAN));
    run(&RUSSIAN, IN_RUSSIAN, COUNT_OF(IN_RUSSIAN));
    run(&CHINESE, IN_CHINESE, COUNT_OF(IN_CHINESE));
    match_cases_check("site:example", &BARE, NULL);
    match_cases_check("link:x", &BARE, NULL);
}

static void closed_sets(void **state) {
    (void)state;
    static const struct field_case IN_GERMAN[] = {
        {"x AND source:social", "x"},
        {"x AND source:mastodon", "x"},
        {"x AND source:Mastodon", "x"},
        {"x AND source:bluesky", NULL},
        {"x AND source:(news OR mastodon)", "x"},
        {"x AND type:post", "x"},
        {"x AND type:(comment OR review)", NULL},
        {"x AND lang:de", "x"}, /* de-AT */
        {"x AND lang:DE", "x"},
        {"x AND lang:en", NULL},
        {"x AND lang:(nl OR de)", "x"},
        {"x AND (lang:nl OR lang:de)", "x"},
        {"x AND country:at", "x"},
        {"x AND country:DE", NULL},
        {"x -country:AT", NULL},
        {"x AND is:reply", "x"},
        {"x AND is:repost", NULL},
        {"x -is:repost", "x"},
        {"x AND has:link", "x"},
        {"x AND has:media", "x"},
        {"x AND has:question", NULL}, /* the ? is a link's */
        {"x AND (lang:de OR zzz)", "x"},
        {"x AND (lang:nl OR der)", "Der|x"},
    };
    static const struct field_case IN_RUSSIAN[] = {
        {"акме AND source:news", "Акме"},  {"акме AND source:telegram", "Акме"},
        {"акме AND source:social", NULL},  {"акме AND type:article", "Акме"},
        {"акме AND lang:ru", "Акме"},      {"акме AND country:ru", "Акме"},
        {"акме AND is:reply", NULL},       {"акме AND is:repost", "Акме"},
        {"акме AND has:link", NULL},       {"акме AND has:media", NULL},
        {"акме AND has:question", "Акме"}, {"акме AND -lang:(de OR nl)", "Акме"},
    };
    static const struct field_case IN_CHINESE[] = {
        {"acme AND source:forum", "Acme"},
        {"acme AND source:(web OR bluesky)", "Acme"},
        {"acme AND type:(post OR comment)", "Acme"},
        {"acme AND lang:zh", "Acme"},
        {"acme AND country:TW", NULL},
        {"acme -country:TW", "Acme"},
        {"acme AND has:link", "Acme"},
        {"acme AND has:question", "Acme"},
    };
    static const struct field_case IN_BARE[] = {
        {"acme AND source:social", NULL},  {"acme AND type:post", NULL},    {"acme AND lang:es", NULL},
        {"acme AND country:ES", NULL},     {"acme AND is:reply", NULL},     {"acme AND has:link", NULL},
        {"acme AND has:question", "acme"}, {"acme -source:social", "acme"}, {"acme -lang:es", "acme"},
    };
    run(&GERMAN, IN_GERMAN, COUNT_OF(IN_GERMAN));
    run(&RUSSIAN, IN_RUSSIAN, COUNT_OF(IN_RUSSIAN));
    run(&CHINESE, IN_CHINESE, COUNT_OF(IN_CHINESE));
    run(&BARE, IN_BARE, COUNT_OF(IN_BARE));
}

static void numbers(void **state) {
    (void)state;
    static const struct field_case IN_GERMAN[] = {
        {"x AND followers:[1000 TO *]", "x"},    {"x AND followers:[1001 TO *]", NULL},
        {"x AND followers:[* TO 1000]", "x"},    {"x AND followers:[* TO 999]", NULL},
        {"x AND followers:[1000 TO 1000]", "x"}, {"x AND followers:([0 TO 5] OR [900 TO 1100])", "x"},
        {"x -followers:[1000 TO *]", NULL},      {"x AND engagement:[10 TO 10]", "x"},
        {"x AND engagement:[11 TO *]", NULL},    {"x AND rating:[4.5 TO 5]", "x"},
        {"x AND rating:[1 TO 4.5]", "x"},        {"x AND rating:[4.500001 TO *]", NULL},
        {"x AND rating:[* TO 4.499999]", NULL},
    };
    static const struct field_case IN_RUSSIAN[] = {
        {"акме AND engagement:[0 TO 0]", "Акме"}, {"акме AND engagement:[1 TO *]", NULL},
        {"акме AND followers:[0 TO *]", NULL},    {"акме AND followers:[* TO *]", NULL},
        {"акме -followers:[0 TO *]", "Акме"},     {"акме AND rating:[* TO *]", NULL},
        {"акме -rating:[0 TO 5]", "Акме"},
    };
    static const struct field_case IN_CHINESE[] = {
        {"acme AND followers:[0 TO *]", "Acme"}, {"acme AND followers:[1 TO *]", NULL},
        {"acme AND engagement:[0 TO *]", NULL},  {"acme AND engagement:[* TO 5]", NULL},
        {"acme AND rating:[* TO 1]", "Acme"},    {"acme AND rating:[1.5 TO *]", NULL},
    };
    run(&GERMAN, IN_GERMAN, COUNT_OF(IN_GERMAN));
    run(&RUSSIAN, IN_RUSSIAN, COUNT_OF(IN_RUSSIAN));
    run(&CHINESE, IN_CHINESE, COUNT_OF(IN_CHINESE));
}

/* Elements count as tags and handles; they have no position. */
static void elements(void **state) {
    (void)state;
    static const struct field_case IN_GERMAN[] = {
        {"#lautsprecher", "#0-1"},
        {"lautsprecher", "Lautsprecher|Lautsprecher|#0-1"},
        {"#größe", "#1-2"},
        {"größe", "#1-2"},
        {"groesse", "#1-2"},
        {"#grosse", NULL},
        {"gr*e", "#1-2"},
        {"grö*", "#1-2"},
        {"größ?", "#1-2"},
        {"größen~1", "#1-2"},
        {"@acme", "@0-1"},
        {"acme", "Acme"},
        {"acme OR @acme", "Acme|@0-1"},
        {"@jan", "@1-2"},
        {"@jan@example.social", "@1-2"},
        {"@jan@other.example", NULL},
        {"\"lautsprecher größe\"", NULL},
        {"#lautsprecher NEAR/100 #größe", NULL},
        {"\"#lautsprecher #größe\"~100", NULL},
        {"@acme NEAR/100 kaputt", NULL},
        {"{Größe}", NULL},
        {"corp", NULL},
    };
    static const struct field_case IN_RUSSIAN[] = {
        {"мир", "#0-1"},
        {"#мир", "#0-1"},
        {"#труд", "#1-2"},
        {"труд", "#1-2"},
        {"@анна", "@0-1"},
        {"@пётр", "@1-2"},
        {"@петр", NULL},
        {"анна", NULL},
        {"мира~1", "#0-1"},
        {"\"мир труд\"", NULL},
        {"мир AND труд", "#0-1|#1-2"},
    };
    static const struct field_case IN_CHINESE[] = {
        {"社交聆聽", "#0-1"}, {"社交聆听", "#0-1"}, {"#社交聆聽", "#0-1"}, {"社交", NULL},
        {"社*", "#0-1"},      {"社?聆聽", "#0-1"},  {"壞", "壞|#1-2"},     {"#壞", "#1-2"},
    };
    run(&GERMAN, IN_GERMAN, COUNT_OF(IN_GERMAN));
    run(&RUSSIAN, IN_RUSSIAN, COUNT_OF(IN_RUSSIAN));
    run(&CHINESE, IN_CHINESE, COUNT_OF(IN_CHINESE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles),
        cmocka_unit_test(authors),
        cmocka_unit_test(sites_and_links),
        cmocka_unit_test(closed_sets),
        cmocka_unit_test(numbers),
        cmocka_unit_test(elements),
        cmocka_unit_test(match_cases_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
