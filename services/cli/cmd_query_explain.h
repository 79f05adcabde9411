/* earshot query explain: a sub-command of cmd_query.c. */
#ifndef CLI_CMD_QUERY_EXPLAIN_H
#define CLI_CMD_QUERY_EXPLAIN_H

/* argv[0] is its name. Returns the exit code. */
int query_explain_run(int argc, char **argv);

#endif
