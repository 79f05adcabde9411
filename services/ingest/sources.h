/* sources: what is to be collected, from a file of sources or from the command line.
 *
 * The file is a JSON array of objects: "id" and "connector", and besides them the connector's options by
 * their names: [{"id":"acme-blog","connector":"feed","url":"https://…","every":"5m"}]. */
#ifndef EARSHOT_INGEST_SOURCES_H
#define EARSHOT_INGEST_SOURCES_H

#include "engine.h"

enum { SOURCE_ID_MAX = 512 };

struct sources {
    struct engine_source *list;
    size_t count;
    struct arena *owned;
    struct conf **confs; /* what the strings of the sources' configurations live in */
};

void sources_init(struct sources *sources);
void sources_free(struct sources *sources);

/* All errors, one a line as `NAME:LINE: ID: text`, in errors; true where there is none. */
bool sources_parse(struct span text, const char *name, struct sources *out, struct buf *errors) MUST_CHECK;
/* A source `CONNECTOR:OPERAND` for each operand; conf is what the command line filled, and borrowed. */
bool sources_of_operands(const struct connector *connector, const void *conf, const char *const *operands,
                         size_t count, struct sources *out, struct buf *errors) MUST_CHECK;

#endif
