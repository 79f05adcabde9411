/* feed_xml: libxml2 as feeds need it. */
#ifndef EARSHOT_INGEST_FEED_XML_H
#define EARSHOT_INGEST_FEED_XML_H

#include "earshot/buf.h"

#include <libxml/tree.h>

/* The vocabularies that feeds mix. CORE: RSS and Atom themselves. */
enum feed_space {
    SPACE_CORE,
    SPACE_DC,
    SPACE_CONTENT,
    SPACE_MEDIA,
    SPACE_ITUNES,
    SPACE_FEEDBURNER,
    SPACE_OTHER
};

/* NULL: nothing of it could be read. cut: it ends in the middle. xmlFreeDoc() it. */
xmlDoc *feed_xml_read(struct span bytes, const char *content_type, const char *url, bool *cut);
/* An element of that name; a prefix that is not declared counts as what it is called. */
bool feed_xml_is(const xmlNode *node, enum feed_space space, const char *name);
/* Its characters and those of its elements, as they stand. */
void feed_xml_text(const xmlNode *node, struct buf *out);
/* What a reader sees of it, at most max bytes. atom: text is text unless `type` says otherwise; else it is
 * HTML. */
void feed_xml_plain(const xmlNode *node, bool atom, struct buf *out, size_t max);

#endif
