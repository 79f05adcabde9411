/* earshot query check: a sub-command of cmd_query.c. */
#ifndef CLI_CMD_QUERY_CHECK_H
#define CLI_CMD_QUERY_CHECK_H

/* argv[0] is its name. Returns the exit code. */
int query_check_run(int argc, char **argv);

#endif
