/* The commands as people run them: in a folder of the test's own, with the programs in PATH. */
#ifndef TESTS_SHELL_H
#define TESTS_SHELL_H

#include "earshot/buf.h"

enum { SHELL_OUTPUT_MAX = 8 << 20 };

/* Makes the folder. name: of the test. */
void shell_open(const char *name);
/* Removes it and all in it. Not 0: that failed. */
int shell_close(void);
const char *shell_folder(void);

void shell_write(const char *name, const char *text);
/* Runs the line in the folder; out is all that it says, on stdout and stderr, terminated. Its exit code. */
int shell_run(const char *line, struct buf *out);

struct shell_case {
    const char *command;
    int code;
    const char *says; /* all of it */
};
void shell_check(const struct shell_case *cases, size_t count);

#endif
