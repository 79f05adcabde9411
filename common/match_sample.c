/* match_sample: how often hashes come, in counters that several hashes may share: two each, the lesser
 * counts. (Cormode and Muthukrishnan, An improved data stream summary: the count-min sketch, 2005.) */
#include "match_parts.h"

#include <stdlib.h>

enum { COUNTERS = 1 << 18, ENOUGH = 1000, AGE = 1 << 22 };

struct match_sample {
    uint64_t documents;
    uint32_t counters[COUNTERS];
};

struct match_sample *match_sample_new(void) {
    return xcalloc(1, sizeof(struct match_sample));
}

void match_sample_free(struct match_sample **sample) {
    free(*sample);
    *sample = NULL;
}

static size_t one(uint64_t hash) {
    return hash % COUNTERS;
}

static size_t two(uint64_t hash) {
    return (hash >> 32) % COUNTERS;
}

/* What is long past counts half. */
static void age(struct match_sample *sample) {
    for (size_t i = 0; i < COUNTERS; i++)
        sample->counters[i] /= 2;
    sample->documents /= 2;
}

void match_sample_add(struct match_sample *sample, const struct match_scratch *scratch) {
    const struct text_words *words = scratch->words;
    for (uint32_t i = 0; i < words->key_count; i++) {
        sample->counters[one(words->keys[i].hash)]++;
        sample->counters[two(words->keys[i].hash)]++;
    }
    if (++sample->documents == AGE)
        age(sample);
}

uint32_t match_sample_frequency(const struct match_sample *sample, uint64_t hash) {
    if (!sample || sample->documents < ENOUGH)
        return UINT32_MAX;
    uint64_t a = sample->counters[one(hash)], b = sample->counters[two(hash)];
    uint64_t often = (a < b ? a : b) * 1000000 / sample->documents;
    return often < 1000000 ? (uint32_t)often : 1000000;
}
