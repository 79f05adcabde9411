/* alerts_file: a file of alerts as a command takes it, its queries checked. */
#ifndef CLI_ALERTS_FILE_H
#define CLI_ALERTS_FILE_H

#include "earshot/alert.h"

/* name `-`: standard input. All that is wrong is said on stderr, alert.md's line each; then file is of no use
 * and the exit code is not EXIT_OK. alert_file_free() in both cases. */
int alerts_file_load(const char *name, struct alert_file *file) MUST_CHECK;

#endif
