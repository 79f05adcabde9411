/* The intents are one choice, each reason a yes or no of its own. The risk is the chance that at least one of
 * several things, each as likely as it is and as grave as its weight, is the case ("noisy or": Pearl 1988).
 * An author whom more follow has as many more chances of that: with 10,000 followers as if it were said
 * twice. */
#include "earshot/intent.h"

#include "softmax.h"

#include <math.h>

static const double GRAVITY[REASONS] = {
    [REASON_ANGER] = 0.5,   [REASON_LEGAL] = 0.75,  [REASON_PRESS] = 0.65,
    [REASON_REFUND] = 0.45, [REASON_SAFETY] = 0.85,
};
#define COMPLAINT_GRAVITY 0.25
#define NEGATIVE_GRAVITY  0.1

static uint32_t bin(double likely, uint32_t bins) {
    return (uint32_t)(likely * (bins - 0.01));
}

void intent_feelings(const struct score *score, uint32_t rows[INTENT_FEELINGS]) {
    double positive = score->likely[LABEL_POSITIVE], negative = score->likely[LABEL_NEGATIVE];
    const uint32_t bins[INTENT_FEELINGS] = {1000 + bin(positive, 10), 2000 + bin(negative, 10),
                                            3000 + bin(positive, 5) * 16 + bin(negative, 5)};
    for (size_t i = 0; i < INTENT_FEELINGS; i++)
        rows[i] = (uint32_t)(bins[i] * UINT64_C(0x9E3779B97F4A7C15) >> (64 - MODEL_INTENT_BITS));
}

static double one_of_two(double sum) {
    double likely[] = {sum, 0};
    (void)softmax(likely, COUNT_OF(likely));
    return likely[0];
}

/* safe to the power of 1.5, 2 or 3: sqrt() is the same on every machine, pow() is not. */
static double with_reach(double safe, int64_t followers) {
    double more = followers >= 100000  ? safe * safe
                  : followers >= 10000 ? safe
                  : followers >= 1000  ? sqrt(safe)
                                       : 1;
    return safe * more;
}

static double risk_of(const struct intents *intents, const struct score *score, int64_t followers) {
    double safe = (1 - COMPLAINT_GRAVITY * intents->likely[INTENT_COMPLAINT]) *
                  (1 - NEGATIVE_GRAVITY * score->likely[LABEL_NEGATIVE]);
    for (size_t i = 0; i < REASONS; i++)
        safe *= 1 - GRAVITY[i] * intents->reasons[i];
    return 1 - with_reach(safe, followers);
}

/* Of those words of the text whose meaning is known. */
static void add_meanings(const struct model_words *meanings, const struct features *features,
                         int32_t sums[MODEL_COLUMNS]) {
    for (uint32_t i = 0; i < features->count; i++) {
        uint32_t feature = features->list[i];
        if ((feature & (FEATURE_AGAIN | FEATURE_WORD)) != FEATURE_WORD)
            continue;
        const struct model_word *word = model_word(meanings, feature);
        for (size_t k = 0; word && k < MODEL_COLUMNS - 1; k++)
            sums[k] += word->weights[k];
    }
}

struct intents intents_of(const struct model *model, const struct features *features,
                          const struct score *score, int64_t followers) {
    const struct model_questions *questions = &model->intents;
    struct intents intents;
    uint32_t feelings[INTENT_FEELINGS], count = INTENT_FEELINGS;
    int32_t sums[MODEL_COLUMNS] = {0}, meanings[MODEL_COLUMNS] = {0};
    double all[MODEL_COLUMNS];
    for (uint32_t i = 0; i < features->count; i++) {
        if (features->list[i] & FEATURE_AGAIN)
            continue;
        model_add_row(questions, model_row(questions, features->list[i]), sums);
        count++;
    }
    intent_feelings(score, feelings);
    for (size_t i = 0; i < INTENT_FEELINGS; i++)
        model_add_row(questions, feelings[i], sums);
    add_meanings(&model->meanings, features, meanings);
    double scale = 1 / sqrt((double)count + 1);
    for (size_t i = 0; i < MODEL_COLUMNS; i++)
        all[i] =
            (sums[i] * questions->unit + meanings[i] * model->meanings.unit) * scale + questions->added[i];
    for (size_t i = 0; i < INTENTS; i++)
        intents.likely[i] = all[i];
    intents.intent = (enum intent)softmax(intents.likely, INTENTS);
    for (size_t i = 0; i < REASONS; i++)
        intents.reasons[i] = one_of_two(all[INTENTS + i]);
    intents.risk = risk_of(&intents, score, followers);
    return intents;
}

uint32_t intents_token(const struct model *model, const struct features *features, enum reason reason) {
    uint32_t best = 0;
    int32_t most = INT32_MIN;
    for (uint32_t i = 0; i < features->token_count; i++) {
        const struct feature_token *token = &features->tokens[i];
        int32_t sum = 0;
        if (token->kind == FEATURE_OF_SHAPE)
            continue;
        for (uint32_t at = token->first; at < token[1].first; at++)
            sum +=
                model->intents.rows[model_row(&model->intents, features->list[at])].weights[INTENTS + reason];
        if (sum > most) {
            most = sum;
            best = i;
        }
    }
    return best;
}

const char *intent_name(enum intent intent) {
    static const char *const NAMES[INTENTS] = {"complaint", "question", "purchase", "praise", "other"};
    return NAMES[intent];
}

const char *reason_name(enum reason reason) {
    static const char *const NAMES[REASONS] = {"anger", "legal", "press", "refund", "safety"};
    return NAMES[reason];
}
