/* sentiment: the service of earshot-sentiment: mentions.matched in, the same with `analysis` (analysis.h) out
 * to mentions.enriched: same key, same partition, same order, and the origin that the matcher gave it. */
#ifndef SENTIMENT_SENTIMENT_H
#define SENTIMENT_SENTIMENT_H

#include "earshot/worker.h"

extern const struct worker_service SENTIMENT;

#endif
