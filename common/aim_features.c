/* What a token says of a subject depends on where it stands to it. Text is cut into clauses; a clause speaks
 * of the subject that is named in it, one without a name of the one named last. In a clause that names both,
 * it matters between, before or behind which of them a word stands: "I prefer X to Y". All that is learned,
 * from texts of our own (services/sentiment/texts/aims.tsv): here the features are made.
 *
 * Sums go into bins, as in model_sums.c, and are divided by the root of the number of features, as in a
 * score. What a common word means on a side, which a larger model taught (services/sentiment/train), is added
 * to the weights of the features as it is. */
#include "aim_parts.h"
#include "text_hash.h"

#include <math.h>
#include <stdlib.h>

/* Where tokens stand. */

enum whose { OF_NONE, OF_MINE, OF_OTHER };

static enum whose whose(struct aims *aims, uint32_t mine, const struct aim_token *token, bool alone) {
    if (token->subject && aim_subject(aims, token->subject - 1) == mine)
        return OF_MINE;
    return token->named || (token->subject && !alone) ? OF_OTHER : OF_NONE;
}

/* Of a clause: the first and the last name of either kind; NOWHERE: none. */
#define NOWHERE UINT32_MAX
struct names {
    uint32_t first[3], last[3]; /* by enum whose */
};

static enum aim_stand stand_of(const struct names *names, uint32_t at) {
    const uint32_t *first = names->first, *last = names->last;
    bool mine_first = first[OF_MINE]<first[OF_OTHER], mine_last = last[OF_MINE]> last[OF_OTHER];
    if (first[OF_OTHER] == NOWHERE)
        return AIM_IN_MINE;
    if (first[OF_MINE] == NOWHERE)
        return AIM_IN_OTHER;
    if (at < (mine_first ? first[OF_MINE] : first[OF_OTHER]))
        return mine_first ? AIM_BEFORE_MINE : AIM_BEFORE_OTHER;
    if (at > (mine_last ? last[OF_MINE] : last[OF_OTHER]))
        return mine_last ? AIM_BEHIND_MINE : AIM_BEHIND_OTHER;
    return mine_first ? AIM_BETWEEN_MINE : AIM_BETWEEN_OTHER;
}

/* What was named before a clause, and whether in the same sentence. */
struct before {
    enum { NOTHING_YET, MINE_LAST, OTHER_LAST, BOTH_LAST } last;
    bool same_sentence;
};

static enum aim_stand stand_without(const struct before *before) {
    switch (before->last) {
    case NOTHING_YET:
        return AIM_BEFORE_ALL;
    case MINE_LAST:
        return before->same_sentence ? AIM_AFTER_MINE : AIM_LATER_MINE;
    case OTHER_LAST:
        return before->same_sentence ? AIM_AFTER_OTHER : AIM_LATER_OTHER;
    default:
        return AIM_AFTER_BOTH;
    }
}

static void clause_stands(struct aims *aims, uint32_t mine, bool alone, uint32_t first, uint32_t past,
                          struct before *before) {
    struct aim_now *subject = &aims->subject;
    struct names names = {.first = {NOWHERE, NOWHERE, NOWHERE}, .last = {0}};
    for (uint32_t i = first; i < past; i++) {
        enum whose of = whose(aims, mine, &aims->tokens[i], alone);
        names.first[of] = names.first[of] == NOWHERE ? i : names.first[of];
        names.last[of] = i;
    }
    bool mine_here = names.first[OF_MINE] != NOWHERE, other_here = names.first[OF_OTHER] != NOWHERE;
    for (uint32_t i = first; i < past; i++)
        subject->stands[i - subject->first] =
            (uint8_t)(mine_here || other_here ? stand_of(&names, i) : stand_without(before));
    if (mine_here || other_here) {
        before->last = mine_here && other_here ? BOTH_LAST : mine_here ? MINE_LAST : OTHER_LAST;
        before->same_sentence = true;
    }
    subject->others = subject->others || other_here;
    if (aims->tokens[past - 1].stops)
        before->same_sentence = false;
}

static void stands_find(struct aims *aims, uint32_t mine, bool alone) {
    struct aim_now *subject = &aims->subject;
    struct before before = {.last = NOTHING_YET};
    for (uint32_t first = subject->first, i = first + 1; first < subject->past; i++) {
        bool cut = i == subject->past || aims->tokens[i].turns || aims->tokens[i - 1].breaks;
        if (!cut)
            continue;
        clause_stands(aims, mine, alone, first, i, &before);
        first = i;
    }
}

/* Sums. */

static void sum_add(struct aim_sum *sum, const struct aim_sum *more) {
    sum->positive += more->positive;
    sum->negative += more->negative;
    sum->features += more->features;
    sum->tokens += more->tokens;
    sum->feeling += more->feeling;
}

/* On whose side each stands. */
enum { ON_MINE = AIM_MINE, ON_OTHER = AIM_OTHER, ON_MINE_FIRST, ON_OTHER_FIRST, ON_NEITHER };
static const uint8_t SIDES[AIM_STANDS] = {
    [AIM_IN_MINE] = ON_MINE,       [AIM_AFTER_MINE] = ON_MINE,         [AIM_LATER_MINE] = ON_MINE,
    [AIM_BEFORE_MINE] = ON_MINE,   [AIM_BEHIND_MINE] = ON_MINE,        [AIM_IN_OTHER] = ON_OTHER,
    [AIM_AFTER_OTHER] = ON_OTHER,  [AIM_LATER_OTHER] = ON_OTHER,       [AIM_BEHIND_OTHER] = ON_OTHER,
    [AIM_BEFORE_OTHER] = ON_OTHER, [AIM_BETWEEN_MINE] = ON_MINE_FIRST, [AIM_BETWEEN_OTHER] = ON_OTHER_FIRST,
    [AIM_AFTER_BOTH] = ON_NEITHER, [AIM_BEFORE_ALL] = ON_NEITHER,
};

static void sums_find(struct aims *aims, uint32_t mine, bool alone) {
    struct aim_now *subject = &aims->subject;
    for (uint32_t i = subject->first; i < subject->past; i++) {
        const struct aim_token *token = &aims->tokens[i];
        if (whose(aims, mine, token, alone) != OF_NONE)
            continue;
        struct aim_sum one = {.positive = token->positive,
                              .negative = token->negative,
                              .features = token->past - token->first,
                              .tokens = 1,
                              .feeling = token->feeling};
        sum_add(&subject->sums[subject->stands[i - subject->first]], &one);
        sum_add(&subject->all, &one);
        uint8_t side = SIDES[subject->stands[i - subject->first]];
        for (size_t k = 0; side <= ON_OTHER && k < COUNT_OF(subject->meanings); k++)
            subject->meanings[k] += token->meanings[side * COUNT_OF(subject->meanings) + k];
    }
    for (size_t i = 0; i < AIM_STANDS; i++)
        if (SIDES[i] <= ON_OTHER)
            sum_add(SIDES[i] == ON_MINE ? &subject->mine : &subject->other, &subject->sums[i]);
}

/* Features. */

/* What a feature is of. */
enum of {
    OF_OTHERS,
    OF_SCORE,
    OF_ALL,
    OF_STAND,
    OF_STAND_HEAT,
    OF_STAND_FEELING,
    OF_SIDES,
    OF_MY_SIDE,
    OF_OTHER_SIDE,
    OF_SIDE_FEELINGS,
    OF_SIDE_SCORE,
    OF_SIDE_HEAT,
    OF_SHARED,
    OF_SHARED_SIDES,
    OF_WORD,
    OF_WORDS,
    OF_BEFORE,
    OF_BEFORE_TWO,
    OF_BEFORE_THREE,
    OF_BEHIND,
    OF_BEHIND_TWO,
    OF_BEHIND_THREE,
    OF_AROUND,
    OF_NEAR,
    OF_STEM,
};

static uint64_t mix(uint64_t hash, uint64_t value) {
    return text_hash_mix(hash ^ UINT64_C(0x9E3779B97F4A7C15), value ^ UINT64_C(0xD6E8FEB86659FD93));
}

static void put(struct aims *aims, enum of of, uint64_t a, uint64_t b, uint64_t c) {
    uint32_t bucket = (uint32_t)(mix(mix(mix(of, a), b), c) >> (64 - FEATURE_BITS));
    uint64_t *seen = &aims->seen[bucket / 64], bit = UINT64_C(1) << bucket % 64;
    if (*seen & bit || aims->bucket_count == AIM_BUCKETS_MAX)
        return;
    *seen |= bit;
    aims->buckets[aims->bucket_count++] = bucket;
}

enum { BINS = 11 };

static uint64_t bin(double value) {
    static const double BORDERS[BINS - 1] = {-2.2, -1.4, -0.8, -0.4, -0.15, 0.15, 0.4, 0.8, 1.4, 2.2};
    uint64_t at = 0;
    while (at < BINS - 1 && value > BORDERS[at])
        at++;
    return at;
}

static double scaled(const struct aim_sum *sum, float value) {
    return (double)value / sqrt((double)sum->features + 1);
}
static uint64_t bin_of(const struct aim_sum *sum) {
    return bin(scaled(sum, sum->positive - sum->negative));
}
/* How much there is of either, so that nothing and both differ. */
static uint64_t heat_of(const struct aim_sum *sum) {
    return bin(scaled(sum, sum->positive > sum->negative ? sum->positive : sum->negative));
}
static uint64_t feeling_of(const struct aim_sum *sum) {
    int whole = sum->feeling / MODEL_FEELING;
    return whole < -3   ? 0
           : whole < -1 ? 1
           : whole < 0  ? 2
           : whole == 0 ? 3
           : whole < 2  ? 4
           : whole < 4  ? 5
                        : 6;
}

static void put_sums(struct aims *aims) {
    const struct aim_now *subject = &aims->subject;
    const struct aim_sum *sums = subject->sums, *mine = &subject->mine, *other = &subject->other;
    uint64_t others = subject->others, positive = (uint64_t)(aims->score.likely[LABEL_POSITIVE] * 7.99),
             negative = (uint64_t)(aims->score.likely[LABEL_NEGATIVE] * 7.99), all = bin_of(&subject->all),
             my_bin = mine->tokens ? bin_of(mine) : BINS, other_bin = other->tokens ? bin_of(other) : BINS;
    bool mine_first =
             sums[AIM_BETWEEN_MINE].tokens || sums[AIM_BEFORE_MINE].tokens || sums[AIM_BEHIND_MINE].tokens,
         other_first =
             sums[AIM_BETWEEN_OTHER].tokens || sums[AIM_BEFORE_OTHER].tokens || sums[AIM_BEHIND_OTHER].tokens;
    put(aims, OF_OTHERS, others, 0, 0);
    put(aims, OF_SCORE, others, positive, negative);
    put(aims, OF_ALL, others, all, 0);
    for (uint64_t i = 0; i < AIM_STANDS; i++) {
        if (!sums[i].tokens)
            continue;
        put(aims, OF_STAND, i + AIM_STANDS * others, bin_of(&sums[i]), 0);
        put(aims, OF_STAND_HEAT, i + AIM_STANDS * others, heat_of(&sums[i]), 0);
        put(aims, OF_STAND_FEELING, i + AIM_STANDS * others, feeling_of(&sums[i]), 0);
    }
    put(aims, OF_SIDES, others, my_bin, other_bin);
    put(aims, OF_MY_SIDE, others, my_bin, 0);
    put(aims, OF_OTHER_SIDE, others, other_bin, 0);
    put(aims, OF_SIDE_FEELINGS, others, feeling_of(mine), feeling_of(other));
    put(aims, OF_SIDE_SCORE, my_bin, positive, negative);
    if (mine->tokens)
        put(aims, OF_SIDE_HEAT, others, heat_of(mine), my_bin);
    put(aims, OF_SHARED, mine_first ? 1 : other_first ? 2 : 0, all, 0);
    put(aims, OF_SHARED_SIDES,
        mine_first    ? 1
        : other_first ? 2
                      : 0,
        bin_of(&sums[AIM_BETWEEN_MINE]), bin_of(&sums[AIM_BETWEEN_OTHER]));
}

/* The word at a place as one who looks for a name sees it. */
enum { AT_END = 1, AT_MINE = 2, AT_OTHER = 3 };
static uint64_t word_at(struct aims *aims, uint32_t mine, bool alone, int64_t at) {
    if (at < (int64_t)aims->subject.first || at >= (int64_t)aims->subject.past)
        return AT_END;
    const struct aim_token *token = &aims->tokens[at];
    enum whose of = whose(aims, mine, token, alone);
    return of == OF_MINE ? AT_MINE : of == OF_OTHER ? AT_OTHER : token->word;
}

static void put_words(struct aims *aims, uint32_t mine, bool alone) {
    const struct aim_now *subject = &aims->subject;
    for (uint32_t i = subject->first; i < subject->past; i++) {
        uint64_t stand = subject->stands[i - subject->first], word = word_at(aims, mine, alone, i),
                 next = word_at(aims, mine, alone, (int64_t)i + 1);
        if (word <= AT_OTHER)
            continue;
        if (aims->tokens[i].stem)
            put(aims, OF_STEM, SIDES[stand], aims->tokens[i].stem, 0);
        put(aims, OF_WORD, stand + AIM_STANDS * subject->others, word, 0);
        if (stand >= AIM_BETWEEN_MINE && stand <= AIM_BEHIND_OTHER && next > AT_OTHER)
            put(aims, OF_WORDS, stand, word, next);
    }
}

/* Three words before and behind each mention of the name. */
static void put_around(struct aims *aims, uint32_t mine, bool alone) {
    const struct aim_now *subject = &aims->subject;
    for (int64_t i = subject->first, last; i < (int64_t)subject->past; i = last + 1) {
        uint64_t before[3], behind[3];
        last = i;
        if (word_at(aims, mine, alone, i) != AT_MINE)
            continue;
        while (word_at(aims, mine, alone, last + 1) == AT_MINE)
            last++;
        for (int64_t k = 0; k < 3; k++) {
            before[k] = word_at(aims, mine, alone, i - 1 - k);
            behind[k] = word_at(aims, mine, alone, last + 1 + k);
            put(aims, OF_NEAR, 0, before[k], 0);
            put(aims, OF_NEAR, 1, behind[k], 0);
        }
        put(aims, OF_BEFORE, before[0], 0, 0);
        put(aims, OF_BEFORE_TWO, before[0], before[1], 0);
        put(aims, OF_BEFORE_THREE, before[0], before[1], before[2]);
        put(aims, OF_BEHIND, behind[0], 0, 0);
        put(aims, OF_BEHIND_TWO, behind[0], behind[1], 0);
        put(aims, OF_BEHIND_THREE, behind[0], behind[1], behind[2]);
        put(aims, OF_AROUND, before[0], behind[0], 0);
    }
}

static void buckets_clear(struct aims *aims) {
    for (uint32_t i = 0; i < aims->bucket_count; i++)
        aims->seen[aims->buckets[i] / 64] = 0;
    aims->bucket_count = 0;
}

/* The window begins before the first mention. False: there is none. */
static bool subject_find(struct aims *aims, uint32_t mine) {
    struct aim_now *subject = &aims->subject;
    uint32_t at = aims->names[mine].first;
    if (at == AIM_NOWHERE)
        return false;
    *subject = (struct aim_now){.first = at > AIM_BEFORE ? at - AIM_BEFORE : 0};
    subject->past = aims->count - subject->first > AIM_WINDOW ? subject->first + AIM_WINDOW : aims->count;
    return true;
}

bool aim_look(struct aims *aims, uint32_t subject, bool alone) {
    buckets_clear(aims);
    if (!subject_find(aims, subject))
        return false;
    stands_find(aims, subject, alone);
    sums_find(aims, subject, alone);
    put_sums(aims);
    put_words(aims, subject, alone);
    put_around(aims, subject, alone);
    return true;
}

uint32_t aims_words(const struct aims *aims, enum aim_side side, uint32_t *words) {
    const struct aim_now *subject = &aims->subject;
    uint32_t count = 0;
    for (uint32_t i = subject->first; i < subject->past; i++) {
        const struct aim_token *token = &aims->tokens[i];
        if (token->subject || token->named || SIDES[subject->stands[i - subject->first]] != side)
            continue;
        for (uint32_t at = token->first; at < token->past; at++)
            if (aims->features->list[at] & FEATURE_WORD)
                words[count++] = aims->features->list[at];
    }
    return count;
}
