#include "aim_rig.h"

#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>

struct aim_rig rig;

/* Five letters each, so that they have as many features. */
static const struct {
    const char *word;
    int8_t positive, negative;
} WORDS[] = {
    {"great", 40, 0}, {"solid", 40, 0},  {"noble", 30, 0}, {"brisk", 20, 0}, {"awful", 0, 40},
    {"lousy", 0, 40}, {"dreck", 0, 127}, {"stuff", 1, 0},  {"好", 40, 0},    {"棒", 40, 0},
    {"坏", 0, 40},    {"👍", 40, 0},      {":)", 40, 0},
};

static void word_add(const char *word, int8_t positive, int8_t negative) {
    struct model_language *english = &rig.model->languages[0];
    uint32_t feature = features_word(rig.features, span_of(word)), bucket = feature_bucket(feature);
    assert_int_not_equal(feature, 0);
    english->table.weights[bucket] = (struct model_weights){positive, negative};
    english->feelings[bucket] = (struct model_feeling){
        .value = (int8_t)(positive > negative ? 3 * MODEL_FEELING : -3 * MODEL_FEELING),
        .check = feature_check(feature)};
}

int rig_open(void **state) {
    (void)state;
    rig.model = model_new();
    rig.features = features_new();
    rig.aims = aims_new();
    model_add(rig.model, "en")->table.unit = 0.1;
    (void)!model_add(rig.model, MODEL_OTHER);
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        word_add(WORDS[i].word, WORDS[i].positive, WORDS[i].negative);
    return 0;
}

int rig_close(void **state) {
    (void)state;
    aims_free(&rig.aims);
    aims_free(&rig.aims);
    features_free(&rig.features);
    model_free(&rig.model);
    return 0;
}

int rig_forget(void **state) {
    (void)state;
    memset(rig.model->aims.weights, 0, FEATURE_BUCKETS * sizeof *rig.model->aims.weights);
    rig.model->aims.unit = 1;
    rig.model->aims.positive = 0.1;
    rig.model->aims.negative = 0;
    rig.model->intents.common = 0;
    memset(rig.model->intents.entries, 0, MODEL_ENTRIES * sizeof *rig.model->intents.entries);
    return 0;
}

void rig_read_fields(struct span title, struct span text) {
    rig.fields[0] = title;
    rig.fields[1] = text;
    features_clear(rig.features);
    for (uint8_t i = 0; i < AIM_FIELDS; i++)
        features_text(rig.features, rig.fields[i], i);
    features_end(rig.features);
    aims_read(rig.aims, rig.model, model_language(rig.model, SPAN("en")), rig.features, rig.fields);
}

void rig_read(const char *text) {
    const char *line = strchr(text, '\n');
    struct span title = {line ? text : NULL, line ? (size_t)(line - text) : 0};
    rig_read_fields(title, span_of(line ? line + 1 : text));
}

uint32_t rig_name(const char *word) {
    uint32_t number = aims_name(rig.aims);
    size_t len = strlen(word);
    for (uint8_t i = 0; i < AIM_FIELDS; i++)
        for (size_t at = 0; at + len <= rig.fields[i].len; at++)
            if (memcmp(rig.fields[i].ptr + at, word, len) == 0)
                aims_place(rig.aims, number, i, (uint32_t)at, (uint32_t)(at + len));
    return number;
}

/* What holds of any answer. */
static void check_answer(const struct aim *aim) {
    double total = 0;
    for (size_t i = 0; i < LABELS; i++) {
        assert_true(aim->likely[i] >= 0 && aim->likely[i] <= aim->likely[aim->label]);
        total += aim->likely[i];
    }
    assert_true(fabs(total - 1) < 1e-9);
    assert_true(aim->word_count <= AIM_WORDS_MAX);
    for (size_t i = 0; i < aim->word_count; i++) {
        const struct aim_word *word = &aim->words[i];
        assert_true(word->field < AIM_FIELDS && word->start < word->end &&
                    word->end <= rig.fields[word->field].len);
        assert_true(word->weight != 0 && word->weight >= -1000 && word->weight <= 1000);
        assert_true(aim->label == LABEL_NEUTRAL || (word->weight > 0) == (aim->label == LABEL_POSITIVE));
        if (i > 0)
            assert_true(word->field > word[-1].field ||
                        (word->field == word[-1].field && word->start >= word[-1].end));
    }
}

struct aim rig_ask(uint32_t number) {
    struct aim aim;
    aims_ask(rig.aims, number, &aim);
    check_answer(&aim);
    return aim;
}

const char *rig_driven(uint32_t number) {
    static char words[1000];
    struct aim aim = rig_ask(number);
    size_t len = 0;
    words[0] = '\0';
    for (size_t i = 0; i < aim.word_count; i++)
        len += (size_t)snprintf(words + len, sizeof words - len, "%s%.*s", i ? "|" : "",
                                (int)(aim.words[i].end - aim.words[i].start),
                                rig.fields[aim.words[i].field].ptr + aim.words[i].start);
    return words;
}

bool rig_same(const struct aim *a, const struct aim *b) {
    bool same = memcmp(a->likely, b->likely, sizeof a->likely) == 0 && a->label == b->label &&
                a->word_count == b->word_count;
    for (size_t i = 0; same && i < a->word_count; i++)
        same = a->words[i].field == b->words[i].field && a->words[i].start == b->words[i].start &&
               a->words[i].end == b->words[i].end && a->words[i].weight == b->words[i].weight;
    return same;
}
