/* The sums of the lexicon are bins, as features of their own: "so much good, so little bad" means the same in
 * all languages, so what one has many labelled texts of is of use to the others. */
#include "earshot/model.h"

struct sums {
    int good, bad, last, count; /* good and bad: in MODEL_FEELING, both positive */
    int words;
};

static int feeling_of(const struct model_feeling *feelings, uint32_t feature) {
    const struct model_feeling *feeling = &feelings[feature_bucket(feature)];
    return feature & FEATURE_WORD && feeling->check == feature_check(feature) ? feeling->value : 0;
}

int model_feel(const struct model_feeling *feelings, const struct features *features,
               const struct feature_token *token, uint32_t *count) {
    uint32_t last = token->kind == FEATURE_OF_DENSE ? token[1].first : token->first + 1;
    int feeling = 0;
    while (!feeling && last > token->first)
        feeling = feeling_of(feelings, features->list[--last]);
    *count = feeling ? last - token->first + 1 : 1;
    return feeling;
}

static void add(struct sums *sums, int value) {
    *(value > 0 ? &sums->good : &sums->bad) += value > 0 ? value : -value;
    sums->last = value;
    sums->count++;
}

static void sum(const struct model_feeling *feelings, const struct features *features, struct sums *sums) {
    for (uint32_t at = 0, count; at < features->token_count; at += count) {
        const struct feature_token *token = &features->tokens[at];
        int feeling = model_feel(feelings, features, token, &count);
        if (feeling)
            add(sums, model_turned(feeling, token->denied));
        if (token->kind == FEATURE_OF_WORD || token->kind == FEATURE_OF_DENSE)
            sums->words += (int)count;
    }
}

static unsigned bin(int sum) {
    static const int BORDERS[] = {0, 1, 2, 3, 5, 8, 12};
    unsigned at = 0;
    while (at < COUNT_OF(BORDERS) && sum >= BORDERS[at] * MODEL_FEELING + (at == 0))
        at++;
    return at;
}

static unsigned sign(int value) {
    return value > 0 ? 2U : value < 0 ? 1U : 0U;
}

void model_sums(const struct model_feeling *feelings, const struct features *features,
                uint32_t buckets[MODEL_SUMS]) {
    struct sums sums = {0};
    sum(feelings, features, &sums);
    int net = sums.good - sums.bad, words = sums.words ? sums.words : 1;
    const unsigned bins[MODEL_SUMS] = {
        bin(sums.good),
        bin(sums.bad),
        net < 0 ? 10 + bin(-net) : bin(net),
        (unsigned)(sums.count ? net * 2 / (sums.count * MODEL_FEELING) + 20 : 0),
        (unsigned)(sums.count > 5 ? 5 : sums.count),
        bin(sums.good) * 10 + bin(sums.bad),
        sign(sums.last),
        (unsigned)(net * 10 / (words * MODEL_FEELING) + 50),
    };
    for (size_t i = 0; i < MODEL_SUMS; i++)
        buckets[i] =
            (uint32_t)(((i + 1) * 1000 + bins[i]) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - FEATURE_BITS));
}
