/* trial: alerts tried on mentions without a server, by what the matcher has for it. Pure. */
#ifndef CLI_TRIAL_H
#define CLI_TRIAL_H

#include "screen.h"

#include "earshot/alert.h"
#include "earshot/fault.h"
#include "earshot/lines.h"
#include "earshot/mention.h"

enum {
    TRIAL_LINE_MAX = MENTION_BYTES_MAX + 3,   /* for lines_new(): the first may have a byte order mark */
    TRIAL_OUT_MAX = MENTION_RECORD_MAX + 4096 /* what one line adds at most: its matches and its id */
};

struct trial_totals {
    int64_t read;     /* lines that are not blank; records */
    int64_t broken;   /* of these */
    int64_t repeated; /* of these: only the matcher and a replay drop them */
    int64_t matched;  /* of these */
    int64_t cut;      /* matches that were left out: MATCH_ALERTS_MAX */
    int64_t bounded;  /* mentions that were not tried against all: MATCH_STEPS_MAX */
};

struct trial;

/* Every query parses. The alerts are borrowed until trial_free(). */
struct trial *trial_new(const struct alert_file *alerts) MUST_CHECK;
void trial_free(struct trial **trial);

/* Appends `{"id":…,"matches":[…]}` and a newline to out where an alert matches; out NULL: only the totals are
 * wanted. False: the line is broken and fault says why. A blank line is passed over. */
bool trial_line(struct trial *trial, const struct line *line, struct buf *out,
                struct fault *fault) MUST_CHECK;

const struct trial_totals *trial_totals(const struct trial *trial);
/* Mentions that each alert matched, and the totals. On a pipe rows of `ID N`, other lines begin with #. */
void trial_show(struct screen *screen, const struct trial *trial);
/* "read 1655, matched 512, broken 9"; grouped: 1,655. */
void trial_add_totals(struct buf *out, const struct trial_totals *totals, bool grouped);

#endif
