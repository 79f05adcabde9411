/* broker_parts: the mock cluster itself, for tests that let its requests fail. */
#ifndef COMMON_BROKER_PARTS_H
#define COMMON_BROKER_PARTS_H

#include "earshot/broker.h"

struct rd_kafka_mock_cluster_s *broker_cluster(const struct broker *broker);

#endif
