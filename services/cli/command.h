/* command: one command of `earshot`, a file each; main.c finds them in one table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "earshot/base.h"
#include "earshot/buf.h"

/* The headings of `earshot --help`, in this order. */
enum command_group { GROUP_RUN, GROUP_ALERTS, GROUP_ASK, GROUP_COUNT };

struct command {
    const char *name;
    enum command_group group;
    const char *summary; /* one line */
    /* argv[0] is the command's name. Returns the exit code. */
    int (*run)(int argc, char **argv);
};

extern const struct command COMMAND_UP, COMMAND_INIT, COMMAND_BROKER, COMMAND_ALERTS, COMMAND_MATCH,
    COMMAND_REPLAY, COMMAND_QUERY, COMMAND_FEED, COMMAND_CORRECT, COMMAND_DEAD, COMMAND_SCORE, COMMAND_EVAL;

/* `earshot NAME SUB …`: runs the sub-command of argv[1], or explains. */
struct command_sub {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
};
int command_dispatch(const char *name, const struct command_sub *subs, size_t count, const char *epilog,
                     int argc, char **argv);

/* One line on stderr, `earshot: …`, made safe for terminals. Returns code. */
int command_refuse(int code, const char *format, ...) PRINTF_LIKE(2, 3);
/* Text for stdout; a closed pipe is no error of ours. Returns EXIT_OK. */
int command_print(const struct buf *out);
/* ": did you mean 'a' or 'b'?", or "" where nothing is near. */
void command_add_nearest(struct buf *out, const char *written, const char *const *names, size_t count);

#endif
