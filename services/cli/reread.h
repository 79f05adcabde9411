/* reread: what mentions.raw keeps of a time, read beside the workers without disturbing them: no group,
 * little memory, low priority. */
#ifndef CLI_REREAD_H
#define CLI_REREAD_H

#include "link.h"
#include "pace.h"

#include "earshot/deployment.h"

struct reread {
    const struct link_conf *link;
    const struct bus_conf *bus;
    struct deployment deployment;
    int64_t since_ms, until_ms; /* of the log, half open */
    const int64_t *resume;      /* by partition: nothing before it is asked for; NULL: nor is it of any */
    bus_row_f *each;            /* also what stands up to the window before it, and some from behind it */
    void *self;
    struct pace *pace;
    const struct trial_totals *totals; /* what the pace shows */

    bool halt; /* set by each: to end now */

    /* Filled. */
    int64_t kept_from_ms; /* the log begins later than since: before this some are missing; 0: it does not */
    int64_t lost;         /* records that went out of the log before they were read */
    bool stopped;         /* by a signal */
};

/* SIGINT and SIGTERM from now on stop the reading; a second one ends the process. Lowers the priority of this
 * process. */
void reread_prepare(void);
/* The deployment's record into reread->deployment. Said on stderr; an exit code. */
int reread_find_deployment(struct reread *reread) MUST_CHECK;
/* Said on stderr; an exit code. EXIT_OK also where it was stopped. */
int reread_run(struct reread *reread) MUST_CHECK;

#endif
