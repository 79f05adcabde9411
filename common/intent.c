/* The intents are one choice, each reason a yes or no of its own. The risk is the chance that at least one of
 * several things, each as likely as it is and as grave as its weight, is the case ("noisy or": Pearl 1988).
 * An author whom more follow has as many more chances of that: with 10,000 followers as if it were said
 * twice. */
#include "earshot/intent.h"

#include "softmax.h"
#include "text_hash.h"

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

/* What a feature is of. */
enum of { OF_FEELING, OF_SKIPPED, OF_QUARTER, OF_ASKING };

static uint32_t feature_of(enum of of, uint64_t a, uint64_t b) {
    uint64_t hash = text_hash_mix((a << 32 | b) + 1, UINT64_C(0x9E3779B97F4A7C15) + 2 * (uint64_t)of);
    return feature_plain((uint32_t)(text_hash_mix(hash, UINT64_C(0xD6E8FEB86659FD93)) >> 32));
}

void intent_feelings(const struct score *score, uint32_t feelings[INTENT_FEELINGS]) {
    double positive = score->likely[LABEL_POSITIVE], negative = score->likely[LABEL_NEGATIVE];
    feelings[0] = feature_of(OF_FEELING, 0, bin(positive, 10));
    feelings[1] = feature_of(OF_FEELING, 1, bin(negative, 10));
    feelings[2] = feature_of(OF_FEELING, 2, bin(positive, 5) * 16 + bin(negative, 5));
}

static uint32_t first_of(const struct features *features, uint32_t token) {
    return feature_plain(features->list[features->tokens[token].first]);
}

uint32_t intent_more(const struct features *features, uint32_t token, uint32_t more[INTENT_MORE]) {
    enum { NOWHERE, WITHIN, AT_END, TAIL = 2 };
    if (features->tokens[token].kind == FEATURE_OF_SHAPE)
        return 0;
    uint32_t word = first_of(features, token), count = 0, all = features->token_count,
             asks = !features->asked               ? NOWHERE
                    : features->asked + TAIL > all ? AT_END
                                                   : WITHIN;
    if (token >= 2)
        more[count++] = feature_of(OF_SKIPPED, first_of(features, token - 2), word);
    more[count++] = feature_of(OF_QUARTER, word, (uint64_t)token * 4 / all);
    more[count++] = feature_of(OF_ASKING, word, asks);
    return count;
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

/* Weights of an entry, and its check behind them, so that they are one load; and sums of up to STEPS. */
enum { WIDE = sizeof(struct model_entry), STEPS = INT16_MAX / 128 };
typedef int8_t weights_v __attribute__((vector_size(WIDE)));
typedef int16_t sums_v __attribute__((vector_size(2 * WIDE)));

/* As model_entry(), but without a branch: whether a feature is there cannot be foreseen. */
static inline void add(const struct model_dictionary *dictionary, uint32_t feature, sums_v *sums) {
    const struct model_entry *entry = &dictionary->entries[MODEL_ENTRY_WAYS * feature_bucket(feature)];
    const uint32_t same = ~(uint32_t)MODEL_ENTRY_COMMON, check = model_entry_check(feature);
    weights_v weights;
    entry += (entry->check & same) != check;
    memcpy(&weights, entry, sizeof weights);
    *sums += __builtin_convertvector(weights, sums_v) * (int16_t)((entry->check & same) == check);
}

/* Each once; how many there were. The entries lie all over a table that no cache holds, so they are asked for
 * before they are used. */
static uint32_t add_all(const struct model_dictionary *dictionary, const uint32_t *list, uint32_t count,
                        int32_t sums[MODEL_ENTRY_COLUMNS]) {
    enum { AHEAD = 16 };
    uint32_t added = 0;
    for (uint32_t i = 0; i < count && i < AHEAD; i++)
        model_entry_fetch(dictionary, list[i]);
    for (uint32_t i = 0; i < count;) {
        sums_v some = {0};
        for (uint32_t past = i + STEPS; i < count && i < past; i++) {
            if (i + AHEAD < count)
                model_entry_fetch(dictionary, list[i + AHEAD]);
            if (list[i] & FEATURE_AGAIN)
                continue;
            add(dictionary, list[i], &some);
            added++;
        }
        for (size_t k = 0; k < MODEL_ENTRY_COLUMNS; k++)
            sums[k] += some[k];
    }
    return added;
}

/* How many there were. */
static uint32_t add_features(const struct model_dictionary *dictionary, const struct features *features,
                             int32_t sums[MODEL_ENTRY_COLUMNS]) {
    enum { TOKENS = 32 };
    uint32_t more[TOKENS * INTENT_MORE], count = add_all(dictionary, features->list, features->count, sums);
    for (uint32_t token = 0; token < features->token_count;) {
        uint32_t some = 0;
        for (uint32_t past = token + TOKENS; token < features->token_count && token < past; token++)
            some += intent_more(features, token, more + some);
        count += add_all(dictionary, more, some, sums);
    }
    return count;
}

struct intents intents_of(const struct model *model, const struct features *features,
                          const struct score *score, int64_t followers) {
    const struct model_dictionary *dictionary = &model->intents;
    struct intents intents;
    uint32_t feelings[INTENT_FEELINGS];
    int32_t sums[MODEL_ENTRY_COLUMNS] = {0};
    double all[MODEL_ENTRY_COLUMNS];
    intent_feelings(score, feelings);
    uint32_t count =
        add_features(dictionary, features, sums) + add_all(dictionary, feelings, INTENT_FEELINGS, sums);
    double scale = 1 / sqrt((double)count + 1);
    for (size_t i = 0; i < MODEL_ENTRY_COLUMNS; i++)
        all[i] = sums[i] * dictionary->unit * scale + dictionary->added[i];
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
        for (uint32_t at = token->first; at < token[1].first; at++) {
            const struct model_entry *entry = model_entry(&model->intents, features->list[at]);
            sum += entry ? entry->weights[INTENTS + reason] : 0;
        }
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
