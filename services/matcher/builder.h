/* builder: builds of the base (alerts.h) in a thread beside the loop. Its functions are the loop's. */
#ifndef MATCHER_BUILDER_H
#define MATCHER_BUILDER_H

#include "alerts.h"

struct builder;

/* alerts is borrowed for its life. Dies where there is no thread. */
struct builder *builder_new(struct alerts *alerts) MUST_CHECK;
/* Waits for the build that is under way. */
void builder_free(struct builder **builder);

/* Begins a build where one is needed, and takes what is built; never waits. True: there is a new base, and
 * *seconds is how long it was built. */
bool builder_tend(struct builder *builder, double *seconds) MUST_CHECK;

#endif
