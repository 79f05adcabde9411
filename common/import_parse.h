/* From the source to a tree. */
#ifndef COMMON_IMPORT_PARSE_H
#define COMMON_IMPORT_PARSE_H

#include "import_tree.h"

/* NULL: work->failed. */
struct import_node *import_parse(struct import_work *work);
/* The query as a whole where it is words alone and the dialect reads such a one otherwise; NULL: it is not.
 */
struct import_node *import_parse_simple(struct import_work *work);

#endif
