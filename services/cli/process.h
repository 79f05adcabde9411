/* process: child processes that die with us. */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include "earshot/base.h"

#include <sys/types.h>

/* Starts argv[0] (a path) in a process group of its own, standard output and error into the file log
 * (appended; NULL: ours), no standard input. It is killed when we die, however that happens. -1: errno says
 * why. */
pid_t process_start(const char *const *argv, const char *log) MUST_CHECK;

/* The next child that has ended, without waiting; 0: none. status and signal as supervisor_ended() wants
 * them. */
pid_t process_reap(int *status, int *signal);

/* A program beside ours, or in PATH; false: nowhere. */
bool process_find(const char *name, char *out, size_t size) MUST_CHECK;
/* The folder of our own binary. */
bool process_home(char *out, size_t size) MUST_CHECK;

#endif
