/* service: the matcher as the worker loop knows it. */
#ifndef MATCHER_SERVICE_H
#define MATCHER_SERVICE_H

#include "earshot/worker.h"

extern const struct worker_service MATCHER_SERVICE;

#endif
