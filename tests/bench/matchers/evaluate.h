/* evaluate: whether a query is true of a line of words: what stands behind a filter that only knows literals.
 * One look-up a word of the line; then every query costs only its own words. */
#ifndef BENCH_EVALUATE_H
#define BENCH_EVALUATE_H

#include "neutral.h"

/* Bytes that can be read behind a line; a line is ` a b c ` (a space before and behind each word). */
enum { EVALUATE_SLACK = 8 };

struct evaluator;

struct evaluator *evaluator_new(void) MUST_CHECK;
void evaluator_free(struct evaluator **evaluator);

/* Numbers the query's words; gives the program by which it is tried. The query's text and arena outlive the
 * evaluator. */
uint32_t evaluator_add(struct evaluator *evaluator, struct neutral *query, struct arena *arena) MUST_CHECK;
/* What evaluator_true() is asked about from now on. All queries were added. */
void evaluator_line(struct evaluator *evaluator, struct span line);
bool evaluator_true(const struct evaluator *evaluator, uint32_t program) MUST_CHECK;

/* Adds the line at hand to the count of lines that have a word. */
void evaluator_count(struct evaluator *evaluator);
uint32_t evaluator_frequency(const struct evaluator *evaluator, uint32_t term) MUST_CHECK;

#endif
