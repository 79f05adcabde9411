/* child: one of our programs as a child process: what it logs is kept, and its port is found in that. */
#ifndef TESTS_CHILD_H
#define TESTS_CHILD_H

#include "earshot/buf.h"

#include <sys/types.h>

enum { CHILD_WAIT_MS = 30000 };

struct child {
    pid_t pid;
    int log_fd;
    struct buf log; /* as of the last child_log() */
};

/* argv[0] is the program's path; NULL ends. Its stderr is kept, its stdout goes where ours goes. */
void child_start(struct child *child, const char *const *argv);
/* All that it has logged so far; valid until the next call. */
const char *child_log(struct child *child);
/* Waits until it has logged text; fails the test after CHILD_WAIT_MS. */
void child_await_log(struct child *child, const char *text);
/* Where it listens, once it told. */
int child_port(struct child *child);
/* Waits until GET path answers with status. */
void child_await_status(struct child *child, const char *path, int status, struct buf *body);
void child_signal(const struct child *child, int number);
/* Its exit code, or minus the signal that ended it; frees what child_start() took. */
int child_wait(struct child *child);

#endif
