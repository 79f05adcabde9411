/* Any bytes as a text: tokens in order and inside it, likelihoods that are 1 together, and the same again
 * after another text. */
#include "earshot/score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static struct score score_once(const struct model *model, struct features *features, struct span text,
                               const char *code) {
    features_read(features, text);
    return score_text(model_language(model, span_of(code)), features);
}

static void check_tokens(const struct features *features, size_t size) {
    uint32_t end = 0, first = 0;
    for (uint32_t i = 0; i + 1 < features->token_count; i++) {
        const struct feature_token *token = &features->tokens[i];
        must(token->start >= end && token->end > token->start && token->end <= size, "a token out of place");
        must(token->first >= first && token[1].first > token->first, "a token without features");
        end = token->end;
        first = token->first;
    }
    must(features->tokens[features->token_count].first == features->count, "features of no token");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const CODES[] = {"en", "zh", "ar", MODEL_OTHER};
    static struct model *model;
    static struct features *features;
    if (!model) {
        struct buf message;
        buf_init(&message, 1000);
        model = model_load(NULL, &message);
        must(model, "the built-in model");
        features = features_new();
        buf_free(&message);
    }
    struct span text = {.ptr = (const char *)data, .len = size};
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        struct score score = score_once(model, features, text, CODES[i]);
        check_tokens(features, size);
        double sum =
            score.likely[LABEL_POSITIVE] + score.likely[LABEL_NEUTRAL] + score.likely[LABEL_NEGATIVE];
        must(fabs(sum - 1) < 1e-9, "not 1 together");
        (void)score_once(model, features, (struct span){text.ptr, size / 2}, "de");
        struct score again = score_once(model, features, text, CODES[i]);
        must(memcmp(score.likely, again.likely, sizeof score.likely) == 0, "not the same again");
    }
    return 0;
}
