/* Clauses end at signs, and begin at words such as "but" and "and": between two names those are where what is
 * said of the one ends and of the other begins. */
#include "aim_parts.h"

#include <stdlib.h>

static const char *const TURNS[] = {
    "but",    "however",  "although", "though", "while",     "whereas", "yet",      "unlike",    "and",
    "since",  "because",  "when",     "aber",   "jedoch",    "doch",    "während",  "dagegen",   "hingegen",
    "dafür",  "und",      "weil",     "wenn",   "denn",      "pero",    "mientras", "aunque",    "sino",
    "cambio", "y",        "porque",   "cuando", "maar",      "terwijl", "echter",   "en",        "omdat",
    "want",   "als",      "ale",      "lecz",   "natomiast", "podczas", "zaś",      "tymczasem", "a",
    "i",      "oraz",     "bo",       "gdy",    "kiedy",     "za",      "mais",     "tandis",    "et",
    "mas",    "enquanto", "e",        "mentre", "ma",        "però",    "invece",   "da",        "لكن",
    "بينما",  "و",        "लेकिन",     "और",     "जबकि",      "पर",
};
static const char *const DENSE_TURNS[] = {"但", "而", "却", "卻", "不过", "不過", "然而", "反而", "倒是"};

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void aim_turns_fill(struct aim_turns *turns) {
    struct features *features = features_new();
    _Static_assert(COUNT_OF(TURNS) <= COUNT_OF(turns->words), "all of them");
    for (size_t i = 0; i < COUNT_OF(TURNS); i++)
        turns->words[turns->count++] = feature_plain(features_word(features, span_of(TURNS[i])));
    qsort(turns->words, turns->count, sizeof turns->words[0], by_value);
    features_free(&features);
}

static bool begins_with(struct span text, const char *with) {
    size_t same = 0;
    while (with[same] && same < text.len && text.ptr[same] == with[same])
        same++;
    return !with[same];
}

static bool is_one_of(struct span rest, const char *const *signs, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (begins_with(rest, signs[i]))
            return true;
    return false;
}

static bool is_turn(const struct aim_token *token, const struct aim_turns *turns, struct span rest) {
    if (token->kind == FEATURE_OF_WORD)
        return bsearch(&token->word, turns->words, turns->count, sizeof turns->words[0], by_value) != NULL;
    if (token->kind == FEATURE_OF_DENSE)
        return is_one_of(rest, DENSE_TURNS, COUNT_OF(DENSE_TURNS));
    return false;
}

/* Of a run of signs, by its first. */
static void read_signs(struct aim_token *token, struct span rest) {
    static const char *const STOPS[] = {".", "!", "?", "。", "！", "？", "…"};
    static const char *const JOINS[] = {"'", "\"", "&", "/", "*", "$",  "%",  "+",  "@", "#", "<", ">", "=",
                                        "^", "_",  "`", "~", "|", "、", "「", "」", "“", "”", "„", "’"};
    bool hyphen = token->end - token->start == 1 && rest.ptr[0] == '-';
    token->stops = is_one_of(rest, STOPS, COUNT_OF(STOPS));
    token->breaks = !hyphen && !is_one_of(rest, JOINS, COUNT_OF(JOINS));
}

static bool is_common(const struct model *model, uint32_t feature) {
    const struct model_entry *entry = model_entry(&model->intents, feature);
    return entry && entry->check & MODEL_ENTRY_COMMON;
}

/* As a name is written, and no common word, of which a model may know none: of whatever a text may praise or
 * damn beside what is asked for. */
static bool is_named(const struct model *model, const struct features *features,
                     const struct feature_token *token, struct span rest, bool dense) {
    unsigned char first = (unsigned char)rest.ptr[0], second = rest.len > 1 ? (unsigned char)rest.ptr[1] : 0;
    bool capital = (first >= 'A' && first <= 'Z') || (first == 0xC3 && second >= 0x80 && second <= 0x9E),
         latin = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
    if (model->intents.common == 0)
        return false;
    if (first == '@' || first == '#')
        return token->kind != FEATURE_OF_SIGNS;
    return token->kind == FEATURE_OF_WORD && token->end - token->start > 1 && (capital || (dense && latin)) &&
           !is_common(model, features->list[token->first]);
}

static void weigh(struct aim_token *token, const struct model *model, const struct model_language *language,
                  const struct features *features, const struct feature_token *from) {
    const struct model_table *things = &model->things[language->view];
    int32_t positive = 0, negative = 0, more_positive = 0, more_negative = 0;
    for (uint32_t i = from->first; i < from[1].first; i++) {
        uint32_t bucket = feature_bucket(features->list[i]);
        positive += language->table.weights[bucket].positive;
        negative += language->table.weights[bucket].negative;
        more_positive += things->weights[bucket].positive;
        more_negative += things->weights[bucket].negative;
    }
    token->positive = (float)(positive * language->table.unit + more_positive * things->unit);
    token->negative = (float)(negative * language->table.unit + more_negative * things->unit);
}

/* What is known of it by itself, and of the words that begin at it where the script has no spaces. */
static void mean(struct aim_token *token, const struct model *model, const struct features *features) {
    for (uint32_t i = token->first; i < token->past; i++) {
        if (!(features->list[i] & FEATURE_WORD))
            continue;
        const struct model_entry *entry = model_entry(&model->intents, features->list[i]);
        for (size_t k = 0; entry && k < MODEL_ENTRY_MEANINGS; k++)
            token->meanings[k] = (int16_t)(token->meanings[k] + entry->weights[MODEL_ENTRY_MEANING + k]);
    }
}

/* What most forms of a word share; case is that of ASCII only. */
static uint32_t stem_of(struct span word) {
    enum { LETTERS = 5 };
    uint32_t hash = 1;
    for (size_t i = 0, letters = 0; i < word.len; i++) {
        unsigned char byte = (unsigned char)word.ptr[i];
        letters += (byte & 0xC0) != 0x80;
        if (letters > LETTERS)
            break;
        hash = (hash ^ (byte >= 'A' && byte <= 'Z' ? byte | 0x20U : byte)) * 16777619U;
    }
    return hash | 1;
}

uint32_t aim_tokens_fill(struct aim_token *tokens, const struct aim_turns *turns, const struct model *model,
                         const struct model_language *language, const struct features *features,
                         const struct span fields[AIM_FIELDS]) {
    enum { AHEAD = 6 };
    uint32_t count = 0, ignored;
    for (uint32_t i = 0; i < features->token_count; i++) {
        const struct feature_token *from = &features->tokens[i];
        if (i + AHEAD < features->token_count)
            for (uint32_t at = from[AHEAD].first; at < from[AHEAD + 1].first; at++)
                if (features->list[at] & FEATURE_WORD)
                    model_entry_fetch(&model->intents, features->list[at]);
        if (from->kind == FEATURE_OF_SHAPE)
            continue;
        struct aim_token *token = &tokens[count++];
        struct span field = fields[from->field], rest = {field.ptr + from->start, field.len - from->start};
        *token = (struct aim_token){.word = feature_plain(features->list[from->first]),
                                    .start = from->start,
                                    .end = from->end,
                                    .first = from->first,
                                    .past = from[1].first,
                                    .field = from->field,
                                    .kind = from->kind};
        int feeling = model_feel(language->feelings, features, from, &ignored);
        token->feeling = (int16_t)model_turned(feeling, from->denied);
        weigh(token, model, language, features, from);
        mean(token, model, features);
        if (from->kind == FEATURE_OF_WORD)
            token->stem = stem_of((struct span){rest.ptr, from->end - from->start});
        token->turns = is_turn(token, turns, rest);
        token->breaks = from->kind == FEATURE_OF_EMOJI;
        token->named =
            is_named(model, features, from, rest, features->scripts.dense > features->scripts.words);
        if (from->kind == FEATURE_OF_SIGNS)
            read_signs(token, rest);
        if (i + 1 < features->token_count && from[1].kind != FEATURE_OF_SHAPE && from[1].field != from->field)
            token->stops = token->breaks = true;
    }
    return count;
}
