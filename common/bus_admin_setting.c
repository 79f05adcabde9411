/* bus_admin_setting: one setting of one topic. */
#include "bus_admin_parts.h"

#include <stdlib.h>

enum { ASK_MS = 10000 };

static const char *find(rd_kafka_event_t *event, const char *name, struct buf *message) {
    size_t count = 0;
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    if (count != 1 || rd_kafka_ConfigResource_error(resources[0])) {
        buf_add_str(message, count == 1 ? rd_kafka_ConfigResource_error_string(resources[0]) : "no answer");
        return NULL;
    }
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0)
            return rd_kafka_ConfigEntry_value(entries[i]);
    buf_add_str(message, "Kafka did not tell it");
    return NULL;
}

static rd_kafka_event_t *ask(struct bus_admin *admin, const char *full_name) {
    char error[256];
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, full_name);
    rd_kafka_AdminOptions_t *how =
        rd_kafka_AdminOptions_new(admin->link.rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    ASSERT(resource && how);
    (void)rd_kafka_AdminOptions_set_request_timeout(how, ASK_MS, error, sizeof error);
    rd_kafka_DescribeConfigs(admin->link.rk, &resource, 1, how, admin->queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, ASK_MS + 1000);
    rd_kafka_AdminOptions_destroy(how);
    rd_kafka_ConfigResource_destroy(resource);
    return event;
}

bool bus_admin_setting(struct bus_admin *admin, const char *topic, const char *name, struct buf *out,
                       struct buf *message) {
    if (bus_admin_is_embedded(admin))
        return true;
    struct buf why;
    buf_init(&why, 1000);
    char *full = bus_full_name(admin->conf.prefix, topic);
    rd_kafka_event_t *event = ask(admin, full);
    const char *value = NULL;
    if (event && !rd_kafka_event_error(event))
        value = find(event, name, &why);
    else
        buf_add_str(&why, event ? rd_kafka_event_error_string(event) : "no answer in time");
    if (value)
        buf_add_str(out, value);
    else
        buf_printf(message, "topic %s: its setting %s cannot be read: %s", full, name, buf_span(&why).ptr);
    if (event)
        rd_kafka_event_destroy(event);
    free(full);
    buf_free(&why);
    return value != NULL;
}
