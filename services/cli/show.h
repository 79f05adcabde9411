/* show: the replies of the Redis functions (redis-functions.md), made for people. Pure: JSON in, text out.
 * False: the reply is not what the contract says; nothing was written. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "screen.h"

#include <jansson.h>

/* Buckets of which a terminal shows each as a row; of more only the plot. */
enum { SHOW_ROWS_MAX = 48, SHOW_TOP = 6 };

bool show_volume(struct screen *screen, const json_t *reply) MUST_CHECK;
bool show_summary(struct screen *screen, const json_t *reply) MUST_CHECK;
/* now: Unix seconds, for ages. */
bool show_feed(struct screen *screen, const json_t *reply, int64_t now) MUST_CHECK;

/* For the pages above and for `earshot up`, which puts its own together. */
void show_plot(struct screen *screen, const json_t *buckets, const char *grain, int height);
void show_item(struct screen *screen, const json_t *item, int64_t now);
/* What the model says of an item in one line without its end: the words that drove its label, what the writer
 * wants, the risk with its reasons. Nothing where the item says nothing of it. */
void show_analysis(struct buf *out, const json_t *item);
void show_rankings(struct screen *screen, const json_t *reply, const char *const *names, size_t count);
void show_opinion(struct screen *screen, const json_t *reply);

/* "2026-11-25 17:03", a day alone where the grain is a day. UTC. */
struct digits show_time(int64_t seconds, const char *grain);
/* "3 min", "5 h", "12 d" */
struct digits show_age(int64_t seconds);
struct span show_string(const json_t *object, const char *member);
int64_t show_integer(const json_t *object, const char *member);

#endif
