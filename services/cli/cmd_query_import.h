/* earshot query import: a sub-command of cmd_query.c. */
#ifndef CLI_CMD_QUERY_IMPORT_H
#define CLI_CMD_QUERY_IMPORT_H

/* argv[0] is its name. Returns the exit code. */
int query_import_run(int argc, char **argv);

#endif
