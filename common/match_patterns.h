/* match_patterns: the words with wildcards and the fuzzy words of all queries, tried against one word at a
 * time. Built once, immutable from match_patterns_close() on; many threads may ask it, each with a memo of
 * its own. */
#ifndef COMMON_MATCH_PATTERNS_H
#define COMMON_MATCH_PATTERNS_H

#include "earshot/base.h"

enum pattern_kind { PATTERN_PREFIX, PATTERN_WILDCARD, PATTERN_FUZZY };

/* What words may cost. Every find adds its steps, of about 5 ns each: as many whether the memo knew the word
 * or not, so that where the limit cuts depends on the patterns, their order and the seed alone. */
struct pattern_budget {
    uint64_t steps, limit;
    bool cut; /* the limit was reached: what was found is not all, and nothing more is found */
};

struct match_patterns;
struct match_memo; /* words seen of late, and room to work in: about 5 MiB */

/* seed: texts and queries that are made to collide need it. Two indices are cut alike only with one seed. */
struct match_patterns *match_patterns_new(uint64_t seed) MUST_CHECK;
void match_patterns_free(struct match_patterns **patterns);
/* text, which is copied, is in form E, valid UTF-8, with its * and ?; of a prefix, without the *. A ? is one
 * code point, as an edit is of one: a mark on its own too. edits: 1 or 2 of a fuzzy word, else 0. The
 * pattern's number: they count up from 0, and the same pattern has one. */
uint32_t match_patterns_add(struct match_patterns *patterns, enum pattern_kind kind, struct span text,
                            unsigned edits) MUST_CHECK;
/* Builds the index; nothing is added afterwards, and nothing found before. */
void match_patterns_close(struct match_patterns *patterns);
size_t match_patterns_count(const struct match_patterns *patterns);
/* Memory, in bytes. */
size_t match_patterns_bytes(const struct match_patterns *patterns);

struct match_memo *match_memo_new(void) MUST_CHECK;
void match_memo_free(struct match_memo **memo);
/* The word of this hash will be asked for after a few others: saves a wait for memory. */
void match_memo_prefetch(const struct match_memo *memo, uint64_t hash);

/* The numbers, ascending, of the patterns that match the word, which is in form E or S; borrowed until the
 * next call with this memo. hash: 64 well-mixed bits of the word. A memo may go from one index to another: it
 * forgets what it knew unless their patterns are the same. */
const uint32_t *match_patterns_find(const struct match_patterns *patterns, struct match_memo *memo,
                                    uint64_t hash, struct span word, struct pattern_budget *budget,
                                    size_t *count);

/* One pattern, one word: the definition, slow and obvious. */
bool match_pattern_is(enum pattern_kind kind, struct span text, unsigned edits, struct span word) MUST_CHECK;

#endif
