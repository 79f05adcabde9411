/* alerts: the versions of all alerts (versions.h) and the index of those that are needed, in two parts: the
 * base, which takes long to build, and the changes since, which do not. Pure: a build of the base is handed
 * out, may be run by another thread while mentions flow, and is taken back.
 *
 * What a mention is matched with depends on its time alone: whatever is in force then is in one of the two
 * parts, or the mention waits. */
#ifndef MATCHER_ALERTS_H
#define MATCHER_ALERTS_H

#include "versions.h"

struct alerts;

struct alerts_options {
    uint64_t seed;  /* match_options.seed */
    size_t at_once; /* so much (versions_weight()) is indexed where it is needed, without a build of its own;
                       0: ALERTS_AT_ONCE */
};
enum { ALERTS_AT_ONCE = 128 * 1024 };

struct alerts *alerts_new(const struct alerts_options *options) MUST_CHECK;
void alerts_free(struct alerts **alerts);

/* versions_take(). */
bool alerts_take(struct alerts *alerts, const struct bus_record *record, char why[ALERTS_WHY_MAX]) MUST_CHECK;

/* match_run() with what is in force at document->time. False: that is not indexed yet; see to the builds and
 * ask again. */
bool alerts_match(struct alerts *alerts, const struct match_document *document, struct arena *arena,
                  struct match_result *result) MUST_CHECK;
/* Whether a base is there, or needs no build. */
bool alerts_ready(const struct alerts *alerts) MUST_CHECK;

/* A build of the base. One at a time. */
struct alerts_build;

/* NULL: none is needed, or one is out. It reads what is of the alerts: end it before alerts_free(). */
struct alerts_build *alerts_begin(struct alerts *alerts) MUST_CHECK;
/* The work, in any thread. */
void alerts_build_run(struct alerts_build *build);
/* Between two mentions: true: it is the base, what was the base is in the build now. False: so much was
 * edited meanwhile that it is done in parts: call again. */
bool alerts_adopt(struct alerts *alerts, struct alerts_build *build) MUST_CHECK;
/* In any thread. */
void alerts_build_free(struct alerts_build **build);

struct alerts_state {
    size_t active;         /* alerts that match something after the last record */
    size_t versions;       /* kept */
    size_t bases, changes; /* how often each part was built */
    size_t base_count;     /* versions in the base */
    size_t bytes;          /* of both parts */
};
struct alerts_state alerts_state(const struct alerts *alerts);

#endif
