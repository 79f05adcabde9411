/* A mention may praise one brand and damn its rival, so a word counts fully in the clause that names the
 * alert, less in the rest of that sentence, half in the sentences beside it and not at all farther away.
 * Where nothing is said near, the document's feeling counts, halved: "My Acme arrived. … I am so
 * disappointed."
 *
 * The sum x becomes the score x / sqrt(x² + 15), as VADER does (Hutto and Gilbert 2014), in integers. */
#include "opinion.h"

enum {
    SAME_CLAUSE = 100, /* percent */
    SAME_SENTENCE = 75,
    NEXT_SENTENCE = 50,
    ELSEWHERE = 50,
    ALPHA = 15 * 100 * 100, /* in the square of a weight's units */
    STRONGEST = 400,        /* a lexicon's 4, as a weight */
    LABEL_AT = 200          /* thousandths: a neutral score is below it, either way */
};

enum nearness { NEAR_NOT, NEAR_NEXT, NEAR_HERE };

struct opinions {
    const struct reading *reading;
    uint8_t *clauses, *sentences; /* nearness by number; all NEAR_NOT between questions */
    bool document_known;
    struct opinion document, elsewhere;
};

struct sum {
    const struct reading *reading;
    int64_t total;
    struct opinion *out; /* its words: the weightiest so far, heaviest first */
};

static int64_t square_root(int64_t n) {
    int64_t root = 0;
    for (int64_t bit = (int64_t)1 << 31; bit; bit >>= 1)
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    return root;
}

static int magnitude(int n) {
    return n < 0 ? -n : n;
}

static int thousandths(int weight) {
    int value = weight * 1000 / STRONGEST;
    return value > 1000 ? 1000 : value < -1000 ? -1000 : value;
}

/* The list stays ordered by weight, the earlier first among equals. */
static void word_keep(struct sum *sum, const struct feeling *feeling, int weight) {
    struct opinion *out = sum->out;
    int value = thousandths(weight);
    size_t i = out->word_count;
    while (i > 0 && magnitude(out->words[i - 1].weight) < magnitude(value))
        i--;
    if (i == OPINION_WORDS_MAX || value == 0)
        return;
    if (out->word_count < OPINION_WORDS_MAX)
        out->word_count++;
    memmove(&out->words[i + 1], &out->words[i], (out->word_count - 1 - i) * sizeof out->words[0]);
    out->words[i] = (struct opinion_word){
        .field = sum->reading->clauses[feeling->clause].field,
        .start = feeling->start,
        .end = feeling->end,
        .weight = value,
    };
}

static void sum_add(struct sum *sum, const struct feeling *feeling, int percent) {
    int weight = feeling->weight * percent / 100;
    sum->total += weight;
    word_keep(sum, feeling, weight);
}

static bool word_before(const struct opinion_word *a, const struct opinion_word *b) {
    return a->field != b->field ? a->field < b->field : a->start < b->start;
}

static void words_in_order(struct opinion *out) {
    for (size_t i = 1; i < out->word_count; i++)
        for (size_t k = i; k > 0 && word_before(&out->words[k], &out->words[k - 1]); k--) {
            struct opinion_word word = out->words[k];
            out->words[k] = out->words[k - 1];
            out->words[k - 1] = word;
        }
}

static void sum_close(const struct sum *sum) {
    struct opinion *out = sum->out;
    int64_t total = sum->total;
    out->score = (int)(1000 * total / square_root(total * total + ALPHA));
    out->label = out->score >= LABEL_AT    ? LABEL_POSITIVE
                 : out->score <= -LABEL_AT ? LABEL_NEGATIVE
                                           : LABEL_NEUTRAL;
    words_in_order(out);
}

static void document_ask(const struct reading *reading, int percent, struct opinion *out) {
    struct sum sum = {.reading = reading, .out = out};
    for (size_t i = 0; i < reading->feeling_count; i++)
        sum_add(&sum, &reading->feelings[i], percent);
    sum_close(&sum);
}

struct opinions *opinions_new(const struct reading *reading, struct arena *arena) {
    struct opinions *opinions = arena_calloc(arena, 1, sizeof *opinions);
    opinions->reading = reading;
    opinions->clauses = arena_calloc(arena, reading->clause_count + 1, 1);
    opinions->sentences = arena_calloc(arena, reading->sentence_count + 1, 1);
    return opinions;
}

/* The clauses that hold a place. */
struct spots {
    uint32_t clauses[OPINION_PLACES_MAX];
    size_t count;
};

static void spots_mark(struct opinions *opinions, const struct spots *spots) {
    for (size_t i = 0; i < spots->count; i++) {
        size_t sentence = opinions->reading->clauses[spots->clauses[i]].sentence;
        opinions->clauses[spots->clauses[i]] = NEAR_HERE;
        opinions->sentences[sentence] = NEAR_HERE;
        for (size_t side = sentence ? sentence - 1 : 0;
             side <= sentence + 1 && side < opinions->reading->sentence_count; side++)
            if (opinions->sentences[side] == NEAR_NOT)
                opinions->sentences[side] = NEAR_NEXT;
    }
}

/* The sentence's words, once: its mark goes. */
static void sentence_sum(struct opinions *opinions, size_t sentence, struct sum *sum) {
    const struct reading *reading = opinions->reading;
    enum nearness nearness = opinions->sentences[sentence];
    opinions->sentences[sentence] = NEAR_NOT;
    if (nearness == NEAR_NOT)
        return;
    for (size_t i = reading->sentences[sentence].first_feeling;
         i < reading->sentences[sentence + 1].first_feeling; i++) {
        const struct feeling *feeling = &reading->feelings[i];
        int percent = nearness == NEAR_NEXT                ? NEXT_SENTENCE
                      : opinions->clauses[feeling->clause] ? SAME_CLAUSE
                                                           : SAME_SENTENCE;
        sum_add(sum, feeling, percent);
    }
}

static void spots_sum(struct opinions *opinions, const struct spots *spots, struct sum *sum) {
    for (size_t i = 0; i < spots->count; i++) {
        size_t sentence = opinions->reading->clauses[spots->clauses[i]].sentence;
        for (size_t side = sentence ? sentence - 1 : 0;
             side <= sentence + 1 && side < opinions->reading->sentence_count; side++)
            sentence_sum(opinions, side, sum);
    }
    for (size_t i = 0; i < spots->count; i++)
        opinions->clauses[spots->clauses[i]] = NEAR_NOT;
}

void opinions_ask(struct opinions *opinions, const struct place *places, size_t count, struct opinion *out) {
    ASSERT(count <= OPINION_PLACES_MAX);
    struct spots spots = {.count = 0};
    for (size_t i = 0; i < count; i++)
        spots.count +=
            reading_clause(opinions->reading, places[i].field, places[i].byte, &spots.clauses[spots.count]);
    *out = (struct opinion){.word_count = 0};
    struct sum sum = {.reading = opinions->reading, .out = out};
    spots_mark(opinions, &spots);
    spots_sum(opinions, &spots, &sum);
    if (out->word_count > 0) {
        sum_close(&sum);
        return;
    }
    if (!opinions->document_known) {
        document_ask(opinions->reading, 100, &opinions->document);
        document_ask(opinions->reading, ELSEWHERE, &opinions->elsewhere);
        opinions->document_known = true;
    }
    *out = count ? opinions->elsewhere : opinions->document;
}

const char *label_name(enum label label) {
    static const char *const NAMES[] = {"positive", "neutral", "negative"};
    return NAMES[label];
}
