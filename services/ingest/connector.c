/* connector: the list. A new connector is a file of its own and a line here. */
#include "connector.h"

static const struct connector *const CONNECTORS[] = {&CONNECTOR_FEED, &CONNECTOR_FILE};

const struct connector *connector_at(size_t i) {
    return i < COUNT_OF(CONNECTORS) ? CONNECTORS[i] : NULL;
}

const struct connector *connector_find(struct span name) {
    for (size_t i = 0; i < COUNT_OF(CONNECTORS); i++) {
        if (span_eq(name, span_of(CONNECTORS[i]->name)))
            return CONNECTORS[i];
    }
    return NULL;
}

void connector_names(struct buf *out) {
    for (size_t i = 0; i < COUNT_OF(CONNECTORS); i++)
        buf_printf(out, "%s%s", i ? ", " : "", CONNECTORS[i]->name);
}
