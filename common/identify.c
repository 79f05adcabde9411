/* Multinomial logistic regression, as score.c; texts whose characters are mostly of scripts without spaces
 * are told by the script: kana is Japanese, Han without kana Chinese. */
#include "earshot/identify.h"

#include "softmax.h"

#include <math.h>

/* Odds of about nine to one: what apps set as a post's language is often that of the phone. */
#define CLAIM 2.2

/* Odds of about three to one for a language of which there are no texts here: the model's own are known well
 * enough to make up for it. */
#define OTHER 1.2

enum { KANA_PART = 10 /* of the characters of a Japanese text one in so many is kana, at least */ };

static struct identified by_script(const struct model *model, const struct feature_scripts *scripts) {
    struct span code = SPAN(MODEL_OTHER);
    if (scripts->kana * KANA_PART >= scripts->dense)
        code = SPAN("ja");
    else if (scripts->han * 2 >= scripts->dense)
        code = SPAN("zh");
    return (struct identified){.language = model_language(model, code), .likely = 1};
}

static uint32_t add_words(const struct model *model, const struct features *features,
                          int32_t sums[MODEL_LANGUAGES_MAX]) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < features->token_count; i++) {
        const struct feature_token *token = &features->tokens[i];
        if (token->kind != FEATURE_OF_WORD)
            continue;
        for (uint32_t at = token->first; at < token[1].first; at++) {
            if (features->list[at] & FEATURE_AGAIN)
                continue;
            count++;
            model_add_row(&model->identify, model_row(&model->identify, features->list[at]), sums);
        }
    }
    return count;
}

struct identified identify(const struct model *model, const struct features *features,
                           const struct model_language *claim) {
    const struct feature_scripts *scripts = &features->scripts;
    int32_t sums[MODEL_LANGUAGES_MAX] = {0};
    double likely[MODEL_LANGUAGES_MAX];
    if (scripts->dense > 0 && scripts->dense >= scripts->words)
        return by_script(model, scripts);
    const struct model_language *other = model_language(model, SPAN(MODEL_OTHER));
    uint32_t count = add_words(model, features, sums);
    if (count == 0)
        return (struct identified){.language = claim ? claim : other};
    double scale = model->identify.unit / sqrt((double)count + 1);
    for (size_t i = 0; i < model->count; i++)
        likely[i] = sums[i] * scale + (&model->languages[i] == claim ? CLAIM : 0) +
                    (&model->languages[i] == other ? OTHER : 0);
    size_t most = softmax(likely, model->count);
    return (struct identified){.language = &model->languages[most], .likely = likely[most]};
}
