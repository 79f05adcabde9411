/* panel: alerts of one moment, compiled to be tried together: a version is in force for a while, here each is
 * always. Pure. */
#ifndef CLI_PANEL_H
#define CLI_PANEL_H

#include "earshot/alert.h"
#include "earshot/arena.h"
#include "earshot/match.h"

struct panel;

/* Every query parses; a paused alert matches nothing. The alerts are borrowed until panel_free(). */
struct panel *panel_new(const struct alert_file *alerts) MUST_CHECK;
void panel_free(struct panel **panel);

size_t panel_count(const struct panel *panel);
/* By id, bytewise, as matches are. */
const struct alert *panel_alert(const struct panel *panel, size_t row);
/* The row of an id; `from`: the one that it is not before. panel_count() where there is none. */
size_t panel_find(const struct panel *panel, size_t from, struct span id) MUST_CHECK;

/* As match_run(). */
struct match_result panel_match(struct panel *panel, const struct match_document *document,
                                struct arena *arena) MUST_CHECK;

#endif
