/* Languages by their script and by their words, three words long too, with the built-in model; and what a
 * claim can change. */
#include "earshot/identify.h"

#include "cmocka_all.h"

static struct model *model;
static struct features *features;

static int open_all(void **state) {
    (void)state;
    struct buf message;
    buf_init(&message, 1000);
    model = model_load(NULL, &message);
    features = features_new();
    buf_free(&message);
    return model ? 0 : -1;
}

static int close_all(void **state) {
    (void)state;
    features_free(&features);
    model_free(&model);
    return 0;
}

static struct identified ask(const char *text, const char *claim) {
    features_read(features, span_of(text));
    return identify(model, features, claim ? model_language(model, span_of(claim)) : NULL);
}

static void texts_are_told(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"en", "where can I buy this"},
        {"en", "Worst support ever, still waiting for my refund!"},
        {"de", "wo kann man die kaufen"},
        {"de", "Der Akku hält nur eine Stunde, so ein Schrott"},
        {"es", "dónde puedo comprarlo"},
        {"es", "El sonido es increíble, estoy muy contento"},
        {"nl", "waar kan ik die kopen"},
        {"nl", "Het geluid valt echt vies tegen, jammer"},
        {"pl", "gdzie to można kupić"},
        {"pl", "Dźwięk jest naprawdę świetny, polecam"},
        {"pt", "onde posso comprar isso"},
        {"pt", "Não funciona mais depois da atualização"},
        {"fr", "où est-ce que je peux l'acheter"},
        {"fr", "Le son est vraiment nul, très déçu"},
        {"it", "dove posso comprarlo"},
        {"it", "Il suono è davvero pessimo, che delusione"},
        {"ar", "الصوت رائع جدا"},
        {"zh", "这个音箱真的很好"},
        {"zh", "服務很差，不推薦"},
        {"zh", "iPhone 很好用"},
        {"ja", "このスピーカーはとても良い"},
        {"ja", "サービス"},
        {MODEL_OTHER, "ชอบลำโพงใหม่มาก"},
        {MODEL_OTHER, "Где это можно купить?"},
        {MODEL_OTHER, "새 스피커 정말 마음에 들어요"},
        {MODEL_OTHER, "Var kan man köpa den i Stockholm?"},
        {MODEL_OTHER, "güncellemeden sonra çalışmıyor"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct identified found = ask(CASES[i][1], NULL);
        if (strcmp(found.language->code, CASES[i][0]) != 0)
            fail_msg("`%s` is %s, not %s", CASES[i][1], found.language->code, CASES[i][0]);
        assert_true(found.likely > 0.2 && found.likely <= 1);
    }
}

static void a_claim_is_weighed(void **state) {
    (void)state;
    assert_string_equal(ask("ok", "de").language->code, "de");
    assert_string_equal(ask("super", "pl").language->code, "pl");
    assert_string_equal(ask("Worst support ever, still waiting for my refund!", "de").language->code, "en");
    assert_string_equal(ask("服務很差，不推薦", "en").language->code, "zh");
}

static void nothing_to_go_by_is_nothing_known(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"", "👍👍", "!!!", "@anna https://a.example"};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct identified found = ask(TEXTS[i], NULL);
        assert_string_equal(found.language->code, MODEL_OTHER);
        assert_true(found.likely == 0);
        found = ask(TEXTS[i], "nl");
        assert_string_equal(found.language->code, "nl");
        assert_true(found.likely == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_told),
        cmocka_unit_test(a_claim_is_weighed),
        cmocka_unit_test(nothing_to_go_by_is_nothing_known),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
