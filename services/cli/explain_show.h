/* explain_show: an explanation for people, and as JSON. Pure. */
#ifndef CLI_EXPLAIN_SHOW_H
#define CLI_EXPLAIN_SHOW_H

#include "screen.h"

#include "earshot/explain.h"

/* The tree, and the mention with what was found marked. */
void explain_show(struct screen *screen, const struct explain_part *root,
                  const struct match_document *document);
/* {"matches":…,"kind":…,"part":…,"byte":…,"end":…,"at":[…],"parts":[…]} and a newline. */
void explain_print(const struct explain_part *root, struct buf *out);

#endif
