/* What people write, in the six languages: the label it should get, in whole or as it speaks of one thing. */
#include "cmocka_all.h"
#include "earshot/buf.h"
#include "language.h"
#include "opinion.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct lexicon *lexicon;

static int set_up(void **state) {
    (void)state;
    struct buf message;
    buf_init(&message, 1024);
    lexicon = lexicon_new(lexicon_source(), &message);
    buf_free(&message);
    return lexicon ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    lexicon_free(&lexicon);
    return 0;
}

/* The opinion on `about`, every place of it in title and text; of the document where it is NULL. */
static struct opinion opinion_on(enum language language, const char *title, const char *text,
                                 const char *about) {
    struct arena *arena = arena_new(0);
    const char *fields[] = {title, text};
    struct place places[OPINION_PLACES_MAX];
    size_t count = 0;
    for (int field = 0; field < 2 && about; field++)
        for (const char *at = strstr(fields[field], about); at; at = strstr(at + 1, about))
            places[count++] =
                (struct place){.field = (enum field)field, .byte = (uint32_t)(at - fields[field])};
    const struct reading *reading = reading_of(lexicon, language, span_of(title), span_of(text), arena);
    struct opinion opinion;
    opinions_ask(opinions_new(reading, arena), places, count, &opinion);
    arena_free(&arena);
    return opinion;
}

struct opinion_case {
    enum language language;
    const char *text;
    enum label label;
    const char *about;
};

static void check(const struct opinion_case *cases, size_t count) {
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct opinion opinion = opinion_on(cases[i].language, "", cases[i].text, cases[i].about);
        if (opinion.label == cases[i].label)
            continue;
        print_error("%s %d instead of %s: %s\n", label_name(opinion.label), opinion.score,
                    label_name(cases[i].label), cases[i].text);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

#define POS LABEL_POSITIVE
#define NEU LABEL_NEUTRAL
#define NEG LABEL_NEGATIVE

static void english(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_EN, "The sound is great", POS, NULL},
        {LANGUAGE_EN, "I love my new speaker!", POS, NULL},
        {LANGUAGE_EN, "Not bad at all for the price", POS, NULL},
        {LANGUAGE_EN, "It never disappoints.", POS, NULL},
        {LANGUAGE_EN, "soooo goooood", POS, NULL},
        {LANGUAGE_EN, "arrived today 😍", POS, NULL},
        {LANGUAGE_EN, "The bass is not good", NEG, NULL},
        {LANGUAGE_EN, "isn\u2019t great, is it", NEG, NULL},
        {LANGUAGE_EN, "BROKEN AGAIN", NEG, NULL},
        {LANGUAGE_EN, "It stopped working after two weeks.", NEG, NULL},
        {LANGUAGE_EN, "what a waste of money", NEG, NULL},
        {LANGUAGE_EN, "Second unit crackles too :(", NEG, NULL},
        {LANGUAGE_EN, "Why is it broken again?", NEG, NULL},
        {LANGUAGE_EN, "I would love to know when it ships", NEU, NULL},
        {LANGUAGE_EN, "Is it any good?", NEU, NULL},
        {LANGUAGE_EN, "Lumora announces a new speaker", NEU, NULL},
        {LANGUAGE_EN, "thx to @awesome_sound https://example.com/great/love", POS, NULL},
        {LANGUAGE_EN, "via @awesome.sound see https://example.com/great/love and www.good.example", NEU,
         NULL},
        {LANGUAGE_EN, "", NEU, NULL},
        {LANGUAGE_EN, "Kestrel sounds great but Lumora is awful", POS, "Kestrel"},
        {LANGUAGE_EN, "Kestrel sounds great but Lumora is awful", NEG, "Lumora"},
        {LANGUAGE_EN, "Lumora is garbage. I saw it on a Monday. It had rained. My Kestrel is perfect.", POS,
         "Kestrel"},
        {LANGUAGE_EN, "Lumora is garbage. I saw it on a Monday. It had rained. My Kestrel is perfect.", NEG,
         "Lumora"},
        {LANGUAGE_EN, "My Lumora came. Box was blue. Cable was long. I waited a week. I hate it, so awful",
         NEG, "Lumora"},
        {LANGUAGE_EN, "Lumora Hall 2, which I bought in May, is awful", NEG, "Lumora"},
    };
    check(CASES, COUNT_OF(CASES));
}

static void german(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_DE, "Der Klang ist großartig", POS, NULL},
        {LANGUAGE_DE, "Bin sehr zufrieden, klare Kaufempfehlung!", POS, NULL},
        {LANGUAGE_DE, "Gar nicht schlecht für den Preis", POS, NULL},
        {LANGUAGE_DE, "klingt wunderschoen und gross, ueberzeugt mich", POS, NULL},
        {LANGUAGE_DE, "Ich liebe diesen Lautsprecher", POS, NULL},
        {LANGUAGE_DE, "Der Klang gefällt mir nicht.", NEG, NULL},
        {LANGUAGE_DE, "Schon wieder kaputt", NEG, NULL},
        {LANGUAGE_DE, "Nach zwei Wochen lädt nicht mehr, Support antwortet nicht", NEG, NULL},
        {LANGUAGE_DE, "Einfach nur enttäuschend", NEG, NULL},
        {LANGUAGE_DE, "Nie wieder diese Marke", NEG, NULL},
        {LANGUAGE_DE, "Das Ding knackt dauernd 😡", NEG, NULL},
        {LANGUAGE_DE, "Welcher Lautsprecher passt in ein kleines Bad?", NEU, NULL},
        {LANGUAGE_DE, "Guten Morgen, gibt es den auch in Blau?", NEU, NULL},
        {LANGUAGE_DE, "Die Box wurde heute vorgestellt", NEU, NULL},
        {LANGUAGE_DE, "Kestrel ist super, aber Lumora ist Schrott", NEG, "Lumora"},
        {LANGUAGE_DE, "Kestrel ist super, aber Lumora ist Schrott", POS, "Kestrel"},
    };
    check(CASES, COUNT_OF(CASES));
}

static void spanish(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_ES, "Me encanta cómo suena", POS, NULL},
        {LANGUAGE_ES, "¡Qué maravilla de altavoz!", POS, NULL},
        {LANGUAGE_ES, "no está mal para lo que cuesta", POS, NULL},
        {LANGUAGE_ES, "calidad increible, la recomiendo", POS, NULL},
        {LANGUAGE_ES, "Muy contento con la compra", POS, NULL},
        {LANGUAGE_ES, "Ha dejado de funcionar a los dos meses", NEG, NULL},
        {LANGUAGE_ES, "qué decepcion, nunca más", NEG, NULL},
        {LANGUAGE_ES, "No me gusta nada el sonido", NEG, NULL},
        {LANGUAGE_ES, "Se desconecta cada dos por tres", NEG, NULL},
        {LANGUAGE_ES, "es una basura", NEG, NULL},
        {LANGUAGE_ES, "Buenos días, ¿cuándo llega a México?", NEU, NULL},
        {LANGUAGE_ES, "Me gustaría comprar uno", NEU, NULL},
        {LANGUAGE_ES, "La marca presenta su altavoz", NEU, NULL},
        {LANGUAGE_ES, "Kestrel suena genial pero el de Lumora es pésimo", NEG, "Lumora"},
        {LANGUAGE_ES, "Kestrel suena genial pero el de Lumora es pésimo", POS, "Kestrel"},
    };
    check(CASES, COUNT_OF(CASES));
}

static void dutch(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_NL, "Wat een geweldig geluid!", POS, NULL},
        {LANGUAGE_NL, "Echt een aanrader, heel tevreden", POS, NULL},
        {LANGUAGE_NL, "niet slecht voor dat geld", POS, NULL},
        {LANGUAGE_NL, "Superblij met mijn speaker, klinkt heerlijk", POS, NULL},
        {LANGUAGE_NL, "Doet het weer, bedankt", POS, NULL},
        {LANGUAGE_NL, "Hij doet het niet meer na een week", NEG, NULL},
        {LANGUAGE_NL, "wat een teleurstelling", NEG, NULL},
        {LANGUAGE_NL, "Het geluid kraakt en valt steeds weg", NEG, NULL},
        {LANGUAGE_NL, "Dit bevalt me niet goed", NEG, NULL},
        {LANGUAGE_NL, "nooit meer dit merk", NEG, NULL},
        {LANGUAGE_NL, "Is deze speaker ook in het zwart te koop?", NEU, NULL},
        {LANGUAGE_NL, "Goedemorgen, wanneer komt hij uit?", NEU, NULL},
        {LANGUAGE_NL, "Kestrel klinkt mooi maar Lumora is waardeloos", NEG, "Lumora"},
        {LANGUAGE_NL, "Kestrel klinkt prachtig maar Lumora is waardeloos", POS, "Kestrel"},
    };
    check(CASES, COUNT_OF(CASES));
}

static void polish(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_PL, "Świetny dźwięk, polecam", POS, NULL},
        {LANGUAGE_PL, "jestem bardzo zadowolona", POS, NULL},
        {LANGUAGE_PL, "Uwielbiam ten głośnik!", POS, NULL},
        {LANGUAGE_PL, "calkiem niezly glosnik", POS, NULL},
        {LANGUAGE_PL, "Bez zarzutu od roku", POS, NULL},
        {LANGUAGE_PL, "Po tygodniu przestał działać", NEG, NULL},
        {LANGUAGE_PL, "Nie polecam nikomu", NEG, NULL},
        {LANGUAGE_PL, "trzeszczy i rozłącza się co chwilę", NEG, NULL},
        {LANGUAGE_PL, "kompletna porazka, zwrot", NEG, NULL},
        {LANGUAGE_PL, "Nie podoba mi się brzmienie", NEG, NULL},
        {LANGUAGE_PL, "Dzień dobry, kiedy będzie w sklepach?", NEU, NULL},
        {LANGUAGE_PL, "Nowy głośnik ma premierę w maju", NEU, NULL},
        {LANGUAGE_PL, "Kestrel gra świetnie, ale Lumora to szajs", NEG, "Lumora"},
        {LANGUAGE_PL, "Kestrel gra świetnie, ale Lumora to szajs", POS, "Kestrel"},
    };
    check(CASES, COUNT_OF(CASES));
}

static void chinese(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_ZH, "這台音箱真的很好聽", POS, NULL},
        {LANGUAGE_ZH, "音质很棒，推荐", POS, NULL},
        {LANGUAGE_ZH, "音質不錯", POS, NULL},
        {LANGUAGE_ZH, "無線喇叭裡我最喜歡這台", POS, NULL},
        {LANGUAGE_ZH, "客服超親切，感謝！", POS, NULL},
        {LANGUAGE_ZH, "用不到兩週就壞了", NEG, NULL},
        {LANGUAGE_ZH, "聲音不好", NEG, NULL},
        {LANGUAGE_ZH, "完全不推薦", NEG, NULL},
        {LANGUAGE_ZH, "太失望了，退貨", NEG, NULL},
        {LANGUAGE_ZH, "一直斷線，客服都不回", NEG, NULL},
        {LANGUAGE_ZH, "沒有想像中好聽", NEG, NULL},
        {LANGUAGE_ZH, "请问好不好用？", NEU, NULL},
        {LANGUAGE_ZH, "請問這台有藍色嗎", NEU, NULL},
        {LANGUAGE_ZH, "Kestrel 音質很棒，但是 Lumora 超爛", NEG, "Lumora"},
        {LANGUAGE_ZH, "Kestrel 音質很棒，但是 Lumora 超爛", POS, "Kestrel"},
    };
    check(CASES, COUNT_OF(CASES));
}

static void other_languages_have_their_emoji(void **state) {
    (void)state;
    static const struct opinion_case CASES[] = {
        {LANGUAGE_ANY, "C'est une catastrophe absolue", NEU, NULL},
        {LANGUAGE_ANY, "le son 😍", POS, NULL},
        {LANGUAGE_ANY, "merci :( 😭", NEG, NULL},
    };
    check(CASES, COUNT_OF(CASES));
}

static void headlines_count(void **state) {
    (void)state;
    assert_int_equal(
        opinion_on(LANGUAGE_EN, "Lumora review: a disaster", "We tested it for a week.", "Lumora").label,
        NEG);
    assert_int_equal(
        opinion_on(LANGUAGE_EN, "A perfect gem", "The Lumora One has two drivers.", "Lumora").label, POS);
    assert_int_equal(opinion_on(LANGUAGE_EN, "Weekly mail", "Terrible weather.", NULL).label, NEG);
}

static void the_words_are_the_weightiest_in_order(void **state) {
    (void)state;
    struct opinion opinion = opinion_on(LANGUAGE_EN, "Good", "ok ok ok ok ok ok ok ok great bad", NULL);
    assert_int_equal(opinion.word_count, OPINION_WORDS_MAX);
    assert_int_equal(opinion.words[0].field, FIELD_TITLE);
    assert_int_equal(opinion.words[0].weight, 500);
    assert_int_equal(opinion.words[1].field, FIELD_TEXT);
    assert_int_equal(opinion.words[1].start, 0);
    assert_int_equal(opinion.words[5].end, 14);
    assert_int_equal(opinion.words[6].start, 24);
    assert_int_equal(opinion.words[6].end, 29);
    assert_int_equal(opinion.words[6].weight, 750);
    assert_int_equal(opinion.words[7].weight, -500);
}

static void scores_are_these(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int score;
    } CASES[] = {
        {"great", 613},
        {"not great", -503},
        {"very great", 758},
        {"great!", 649},
        {"great!!!!", 710},
        {"great?", 261},
        {"ok", 250},
        {"terrible", -613},
        {"great. terrible", 0},
        {"slightly great", 421},
        {"", 0},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct opinion opinion = opinion_on(LANGUAGE_EN, "", CASES[i].text, NULL);
        if (opinion.score != CASES[i].score)
            fail_msg("`%s`: %d instead of %d", CASES[i].text, opinion.score, CASES[i].score);
    }
}

static void languages_are_guessed(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum language language;
    } CASES[] = {
        {"Has anyone tried this with a turntable?", LANGUAGE_EN},
        {"Great speaker, love it", LANGUAGE_EN},
        {"Wann kommt die Box wieder in den Handel?", LANGUAGE_DE},
        {"Groß & laut", LANGUAGE_DE},
        {"¿Dónde se puede comprar el altavoz?", LANGUAGE_ES},
        {"Waar kan ik deze speaker kopen?", LANGUAGE_NL},
        {"Gdzie można kupić ten głośnik?", LANGUAGE_PL},
        {"請問哪裡買得到？", LANGUAGE_ZH},
        {"音质很棒", LANGUAGE_ZH},
        {"Lumora One 開箱：低音好猛", LANGUAGE_ZH},
        {"このスピーカーは音がいい", LANGUAGE_ANY},
        {"Où acheter cette enceinte?", LANGUAGE_ANY},
        {"Lumora", LANGUAGE_ANY},
        {"👍👍", LANGUAGE_ANY},
        {"", LANGUAGE_ANY},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        enum language language = language_guess(lexicon, SPAN(""), span_of(CASES[i].text));
        if (language != CASES[i].language)
            fail_msg("`%s`: %s", CASES[i].text, language_code(language));
    }
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double worst_case(struct span text) {
    double begin = milliseconds();
    struct arena *arena = arena_new(0);
    enum language language = language_guess(lexicon, text, text);
    if (language == LANGUAGE_ANY)
        language = LANGUAGE_EN;
    struct opinions *opinions = opinions_new(reading_of(lexicon, language, text, text, arena), arena);
    struct opinion opinion;
    for (uint32_t alert = 0; alert < 1000; alert++) {
        struct place place = {.field = FIELD_TEXT, .byte = alert * 100};
        opinions_ask(opinions, &place, 1, &opinion);
    }
    arena_free(&arena);
    return milliseconds() - begin;
}

/* Twice 256 KiB of each pattern, read, guessed and asked about 1,000 times. Quadratic code would need
 * minutes: the bound is for that, with room for sanitizers and a busy machine; SENTIMENT_TIMES=1 prints the
 * times. */
static void the_worst_text_takes_linear_time(void **state) {
    (void)state;
    static const char *const PATTERNS[] = {"a",          "o",
                                           "good ",      "not ",
                                           "好",         "不",
                                           ",a",         ".a ",
                                           "!",          "😡",
                                           "disappoint", "good  value",
                                           "@a.",        "very not good ",
                                           "http:",      "worst ever piece of ",
                                           "\xF0\x9F",   "'"};
    enum { SIZE = 256 * 1024 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    for (size_t i = 0; i < COUNT_OF(PATTERNS); i++) {
        size_t len = strlen(PATTERNS[i]);
        for (size_t at = 0; at < SIZE; at++)
            text[at] = PATTERNS[i][at % len];
        double took = worst_case((struct span){.ptr = text, .len = SIZE});
        if (took > 1000)
            fail_msg("`%s`: %.1f ms", PATTERNS[i], took);
        if (getenv("SENTIMENT_TIMES"))
            print_message("%-20s %6.2f ms\n", PATTERNS[i], took);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english),
        cmocka_unit_test(german),
        cmocka_unit_test(spanish),
        cmocka_unit_test(dutch),
        cmocka_unit_test(polish),
        cmocka_unit_test(chinese),
        cmocka_unit_test(other_languages_have_their_emoji),
        cmocka_unit_test(headlines_count),
        cmocka_unit_test(the_words_are_the_weightiest_in_order),
        cmocka_unit_test(scores_are_these),
        cmocka_unit_test(languages_are_guessed),
        cmocka_unit_test(the_worst_text_takes_linear_time),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
