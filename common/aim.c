/* Names, and the answers. */
#include "earshot/aim.h"

#include "aim_parts.h"

#include <math.h>
#include <stdlib.h>

enum { WORD_MIN = 20 /* thousandths: less drives nothing */ };

#define OPPOSITES   2.25
#define ONE_NEUTRAL 1.75
#define NEUTRALS    3.75

/* Memory. */

struct aims *aims_new(void) {
    struct aims *aims = xcalloc(1, sizeof *aims);
    aim_turns_fill(&aims->turns);
    return aims;
}

void aims_free(struct aims **aims) {
    if (!*aims)
        return;
    free((*aims)->tokens);
    free((*aims)->names);
    free(*aims);
    *aims = NULL;
}

/* Texts and names. */

void aims_read(struct aims *aims, const struct model *model, const struct model_language *language,
               const struct features *features, const struct span fields[AIM_FIELDS]) {
    if (features->token_count > aims->cap) {
        aims->cap = 2 * features->token_count;
        aims->tokens = xrealloc(aims->tokens, aims->cap * sizeof *aims->tokens);
    }
    memcpy(aims->fields, fields, sizeof aims->fields);
    aims->model = model;
    aims->features = features;
    aims->score = score_thing(model, language, features);
    aims->count = aim_tokens_fill(aims->tokens, &aims->turns, model, language, features, fields);
    aims->name_count = 0;
}

const struct score *aims_score(const struct aims *aims) {
    return &aims->score;
}

bool aims_feel(const struct aims *aims) {
    for (uint32_t i = 0; i < aims->count; i++)
        if (aims->tokens[i].feeling)
            return true;
    return false;
}

uint32_t aims_name(struct aims *aims) {
    if (aims->name_count == aims->name_cap) {
        aims->name_cap = 2 * aims->name_cap + 16;
        aims->names = xrealloc(aims->names, aims->name_cap * sizeof *aims->names);
    }
    struct aim_name *name = &aims->names[aims->name_count];
    name->subject = aims->name_count;
    name->first = AIM_NOWHERE;
    name->answered = false;
    return aims->name_count++;
}

uint32_t aim_subject(struct aims *aims, uint32_t name) {
    while (aims->names[name].subject != name)
        name = aims->names[name].subject = aims->names[aims->names[name].subject].subject;
    return name;
}

/* Makes both names of one subject. */
static void unite(struct aims *aims, uint32_t a, uint32_t b) {
    struct aim_name *known = &aims->names[aim_subject(aims, b)], *other = &aims->names[aim_subject(aims, a)];
    if (other->first < known->first)
        known->first = other->first;
    other->subject = known->subject;
}

/* The first token of the field that ends behind `start`. */
static uint32_t token_at(const struct aims *aims, uint8_t field, uint32_t start) {
    uint32_t low = 0, high = aims->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct aim_token *token = &aims->tokens[middle];
        if (token->field < field || (token->field == field && token->end <= start))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void aims_place(struct aims *aims, uint32_t name, uint8_t field, uint32_t start, uint32_t end) {
    for (uint32_t i = token_at(aims, field, start); i < aims->count; i++) {
        struct aim_token *token = &aims->tokens[i];
        if (token->field != field || token->start >= end)
            return;
        if (token->subject)
            unite(aims, name, token->subject - 1);
        token->subject = name + 1;
        struct aim_name *known = &aims->names[aim_subject(aims, name)];
        if (i < known->first)
            known->first = i;
    }
}

void aims_place_word(struct aims *aims, uint32_t name, struct span word) {
    for (size_t field = 0; word.len > 0 && field < AIM_FIELDS; field++)
        for (size_t at = 0; at + word.len <= aims->fields[field].len; at++)
            if (span_same((struct span){aims->fields[field].ptr + at, word.len}, word))
                aims_place(aims, name, (uint8_t)field, (uint32_t)at, (uint32_t)(at + word.len));
}

/* Answers. */

static void likely_find(struct aims *aims, double likely[LABELS]) {
    double unit = aims->model->intents.meaning_unit;
    struct score score = score_buckets(&aims->model->aims, aims->buckets, aims->bucket_count,
                                       aims->subject.meanings[0] * unit, aims->subject.meanings[1] * unit);
    memcpy(likely, score.likely, sizeof score.likely);
}

static int thousandths(const struct aims *aims, const struct aim_token *token) {
    double weight =
        (double)(token->positive - token->negative) / sqrt((double)aims->subject.all.features + 1);
    double value = round(weight * 1000);
    return (int)(value > 1000 ? 1000 : value < -1000 ? -1000 : value);
}

static int magnitude(int n) {
    return n < 0 ? -n : n;
}

/* The list stays ordered by weight, the earlier first among equals. */
static void word_keep(struct aim *aim, const struct aim_word *word) {
    size_t i = aim->word_count;
    while (i > 0 && magnitude(aim->words[i - 1].weight) < magnitude(word->weight))
        i--;
    if (i == AIM_WORDS_MAX)
        return;
    aim->word_count += aim->word_count < AIM_WORDS_MAX;
    memmove(&aim->words[i + 1], &aim->words[i], (aim->word_count - 1 - i) * sizeof aim->words[0]);
    aim->words[i] = *word;
}

static int by_place(const void *a, const void *b) {
    const struct aim_word *x = a, *y = b;
    return x->field != y->field ? (x->field > y->field) - (x->field < y->field)
                                : (x->start > y->start) - (x->start < y->start);
}

static bool drives(const struct aims *aims, uint32_t at, enum label label) {
    const struct aim_token *token = &aims->tokens[at];
    uint8_t stand = aims->subject.stands[at - aims->subject.first];
    bool theirs = stand == AIM_IN_OTHER || stand == AIM_AFTER_OTHER || stand == AIM_LATER_OTHER;
    int weight = thousandths(aims, token);
    return !token->subject && !theirs && magnitude(weight) >= WORD_MIN &&
           (label == LABEL_NEUTRAL || (label == LABEL_POSITIVE) == (weight > 0));
}

/* Of scripts without spaces, characters that follow each other are one word. */
static bool joins(const struct aim_token *token, const struct aim_word *word) {
    return token->kind == FEATURE_OF_DENSE && token->field == word->field && token->start == word->end;
}

static void words_find(const struct aims *aims, struct aim *aim) {
    struct aim_word word = {.weight = 0};
    aim->word_count = 0;
    for (uint32_t i = aims->subject.first; i < aims->subject.past; i++) {
        const struct aim_token *token = &aims->tokens[i];
        if (!drives(aims, i, aim->label))
            continue;
        int weight = thousandths(aims, token), sum = word.weight + weight;
        if (word.weight && joins(token, &word) && (sum > 0) == (weight > 0)) {
            word.weight = sum > 1000 ? 1000 : sum < -1000 ? -1000 : sum;
            word.end = token->end;
            continue;
        }
        if (word.weight)
            word_keep(aim, &word);
        word = (struct aim_word){
            .field = token->field, .start = token->start, .end = token->end, .weight = weight};
    }
    if (word.weight)
        word_keep(aim, &word);
    qsort(aim->words, aim->word_count, sizeof aim->words[0], by_place);
}

static enum label likeliest(const double likely[LABELS]) {
    size_t most = 0;
    for (size_t i = 1; i < LABELS; i++)
        most = likely[i] > likely[most] ? i : most;
    return (enum label)most;
}

/* The other one, where there are just two subjects; else NOBODY. */
#define NOBODY UINT32_MAX
static uint32_t rival_of(struct aims *aims, uint32_t subject) {
    uint32_t rival = NOBODY;
    for (uint32_t i = 0; i < aims->name_count; i++) {
        uint32_t other = aim_subject(aims, i);
        if (other == subject || other == rival || aims->names[other].first == AIM_NOWHERE)
            continue;
        if (rival != NOBODY)
            return NOBODY;
        rival = other;
    }
    return rival;
}

/* How much likelier two subjects of one text are spoken of in such ways than alike, compared with what each
 * by itself would say: by folds of the texts of our own. */
static double together(size_t mine, size_t rival) {
    size_t neutrals = (size_t)(mine == LABEL_NEUTRAL) + (rival == LABEL_NEUTRAL);
    return neutrals == 2 ? NEUTRALS : neutrals == 1 ? ONE_NEUTRAL : mine != rival ? OPPOSITES : 1;
}

/* Given what is said of the rival in the likeliest pair. */
static void with_rival(double likely[LABELS], const double rival[LABELS]) {
    double most = -1, total = 0;
    size_t said = 0;
    for (size_t i = 0; i < LABELS; i++)
        for (size_t k = 0; k < LABELS; k++)
            if (likely[i] * rival[k] * together(i, k) > most) {
                most = likely[i] * rival[k] * together(i, k);
                said = k;
            }
    for (size_t i = 0; i < LABELS; i++)
        total += likely[i] *= together(i, said);
    for (size_t i = 0; i < LABELS; i++)
        likely[i] /= total;
}

/* What is said with one subject in sight is mostly said of it: both opinions count alike (their geometric
 * mean, unless they exclude each other). */
static void with_whole(double likely[LABELS], const double whole[LABELS]) {
    double means[LABELS], total = 0;
    for (size_t i = 0; i < LABELS; i++)
        total += means[i] = sqrt(likely[i] * whole[i]);
    for (size_t i = 0; i < LABELS && total > 0; i++)
        likely[i] = means[i] / total;
}

/* A subject that no word stands for is the whole text. */
static void answer_whole(struct aims *aims, struct aim *aim) {
    memcpy(aim->likely, aims->score.likely, sizeof aim->likely);
    aim->label = aims->score.label;
    aims->subject = (struct aim_now){.past = aims->count < AIM_WINDOW ? aims->count : AIM_WINDOW};
    for (uint32_t i = 0; i < aims->subject.past; i++)
        aims->subject.all.features += aims->tokens[i].past - aims->tokens[i].first;
    words_find(aims, aim);
}

static void answer(struct aims *aims, uint32_t subject, struct aim *aim) {
    uint32_t rival = rival_of(aims, subject);
    double likely[LABELS];
    bool contrast = rival != NOBODY && aim_look(aims, rival, false);
    if (contrast)
        likely_find(aims, likely);
    if (!aim_look(aims, subject, false)) {
        answer_whole(aims, aim);
        return;
    }
    likely_find(aims, aim->likely);
    if (contrast)
        with_rival(aim->likely, likely);
    else if (!aims->subject.others)
        with_whole(aim->likely, aims->score.likely);
    aim->label = likeliest(aim->likely);
    words_find(aims, aim);
}

void aims_ask(struct aims *aims, uint32_t name, struct aim *aim) {
    if (name == AIMS_WHOLE) {
        answer_whole(aims, aim);
        return;
    }
    uint32_t subject = aim_subject(aims, name);
    struct aim_name *known = &aims->names[subject];
    if (!known->answered)
        answer(aims, subject, &known->answer);
    known->answered = true;
    *aim = known->answer;
}

uint32_t aims_buckets(struct aims *aims, uint32_t name, bool alone, const uint32_t **buckets) {
    *buckets = aims->buckets;
    return aim_look(aims, aim_subject(aims, name), alone) ? aims->bucket_count : 0;
}
