/* workplace: the folder of one `earshot up`: logs, what the embedded parts keep while they live, and the file
 * that tells other shells where all is. */
#ifndef CLI_WORKPLACE_H
#define CLI_WORKPLACE_H

#include "earshot/buf.h"

enum { WORKPLACE_PATH = 512 };

struct workplace {
    char root[WORKPLACE_PATH]; /* made by us, removed at the end */
    char logs[WORKPLACE_PATH]; /* in root, or the user's; "": standard error */
};

/* log_dir NULL: in the workplace; "-": none. False: message says. */
bool workplace_open(struct workplace *workplace, const char *log_dir, struct buf *message) MUST_CHECK;
/* keep: the logs stay (with the folder where they are in it). */
void workplace_close(struct workplace *workplace, bool keep);

/* PATH of NAME's log; NULL: standard error. */
const char *workplace_log(const struct workplace *workplace, const char *name, char *out, size_t size);
/* The last `lines` lines of it, joined by "; ", at most size - 1 bytes; "" where there is none. */
void workplace_last_lines(const struct workplace *workplace, const char *name, int lines, char *out,
                          size_t size);
/* First line of the file NAME in the root; false: not there yet. */
bool workplace_read(const struct workplace *workplace, const char *name, char *out, size_t size) MUST_CHECK;

/* `env`, to be sourced. Values are quoted. */
bool workplace_write_env(const struct workplace *workplace, const char *const *pairs,
                         size_t count) MUST_CHECK;
/* 'it'\''s' */
void workplace_quote(struct buf *out, const char *text);

/* A port of the loopback that was free a moment ago; 0: none. */
int workplace_free_port(void);

#endif
