/* broker: the embedded broker of the quickstart and of tests: librdkafka's mock cluster behind one loopback
 * port, in this process. Nothing is kept: what it holds is gone with it. Its limits: DESIGN.md, "Embedded
 * broker", and broker.md beside this file. */
#ifndef EARSHOT_BROKER_H
#define EARSHOT_BROKER_H

#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/bus_kafka.h"

struct broker;

/* One broker, the topics (their names already with prefix) created. NULL: message says. */
struct broker *broker_new(const struct bus_topic *topics, size_t count, struct buf *message) MUST_CHECK;
void broker_free(struct broker **broker);
/* host:port of it, for --brokers; valid for the broker's life. */
const char *broker_address(const struct broker *broker);

#endif
