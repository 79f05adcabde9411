/* functions: the Redis function library `earshot` as text, and what goes with it. The contract of the
 * functions: redis-functions.md beside this file.
 *
 * `earshot init` loads it (FUNCTION LOAD REPLACE, safe to repeat) and writes the hash FUNCTIONS_META once;
 * who finds another FUNCTIONS_SCHEMA or id there must not write. On a cluster the library is loaded into
 * every primary. */
#ifndef EARSHOT_FUNCTIONS_H
#define EARSHOT_FUNCTIONS_H

#include "earshot/base.h"

/* The layout of the keys. It grows when what an older aggregator wrote can no longer be read or added to. */
#define FUNCTIONS_SCHEMA "1"

/* What `earshot_library` answers: which text of the library these programs need at least. */
#define FUNCTIONS_LIBRARY 2

/* Fields: schema (FUNCTIONS_SCHEMA), id, shards, partitions, window: the deployment's, as decimal text. */
#define FUNCTIONS_META "earshot:{meta}"

/* The library's source; valid for the process's life. */
struct span functions_source(void);

#endif
