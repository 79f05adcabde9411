/* bus_admin_topics: topics are created where they are missing and never changed: what contradicts is told,
 * all of it at once, and a person decides. */
#include "bus_admin_parts.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { CREATE_MS = 30000, APPEAR_MS = 15000, MAX_TOPICS = 64 };

struct check {
    struct bus_admin *admin;
    struct buf *message;
    const struct bus_topic *topics;
    char **names; /* with prefix */
    bool *exists;
    size_t count;
    bool ok;
};

static void complain(struct check *check) {
    if (!check->ok)
        buf_add_str(check->message, "; ");
    check->ok = false;
}

static const rd_kafka_metadata_topic_t *find(const struct rd_kafka_metadata *metadata, const char *name) {
    for (int i = 0; i < metadata->topic_cnt; i++) {
        if (strcmp(metadata->topics[i].topic, name) == 0 && !metadata->topics[i].err)
            return &metadata->topics[i];
    }
    return NULL;
}

static bool look(struct check *check, size_t *missing) {
    const struct rd_kafka_metadata *metadata =
        bus_admin_metadata(check->admin, BUS_ADMIN_WAIT_MS, check->message);
    if (!metadata)
        return check->ok = false;
    *missing = 0;
    for (size_t i = 0; i < check->count; i++) {
        const rd_kafka_metadata_topic_t *found = find(metadata, check->names[i]);
        check->exists[i] = found != NULL;
        *missing += !found;
        if (found && found->partition_cnt != check->topics[i].partitions) {
            complain(check);
            buf_printf(check->message, "topic %s has %d partitions and should have %d", check->names[i],
                       found->partition_cnt, check->topics[i].partitions);
        }
    }
    rd_kafka_metadata_destroy(metadata);
    return true;
}

static rd_kafka_NewTopic_t *new_topic(struct check *check, size_t i) {
    char error[256];
    const struct bus_topic *topic = &check->topics[i];
    rd_kafka_NewTopic_t *fresh =
        rd_kafka_NewTopic_new(check->names[i], topic->partitions, topic->replication, error, sizeof error);
    if (!fresh) {
        complain(check);
        buf_printf(check->message, "topic %s: %s", check->names[i], error);
        return NULL;
    }
    for (const char *const *config = topic->config; config && *config; config += 2)
        rd_kafka_NewTopic_set_config(fresh, config[0], config[1]);
    return fresh;
}

static void judge_created(struct check *check, rd_kafka_event_t *event) {
    if (!event || rd_kafka_event_error(event)) {
        complain(check);
        buf_printf(check->message, "Kafka did not create the topics: %s",
                   event ? rd_kafka_event_error_string(event) : "no answer in time");
        return;
    }
    size_t count = 0;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t err = rd_kafka_topic_result_error(results[i]);
        if (!err || err == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            continue;
        complain(check);
        const char *text = rd_kafka_topic_result_error_string(results[i]);
        buf_printf(check->message, "topic %s was not created: %s", rd_kafka_topic_result_name(results[i]),
                   text ? text : rd_kafka_err2str(err));
    }
}

static rd_kafka_AdminOptions_t *options(struct check *check, rd_kafka_admin_op_t op) {
    char error[256];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(check->admin->link.rk, op);
    ASSERT(options);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, CREATE_MS, error, sizeof error);
    if (op == RD_KAFKA_ADMIN_OP_CREATETOPICS)
        (void)rd_kafka_AdminOptions_set_operation_timeout(options, CREATE_MS, error, sizeof error);
    return options;
}

static void create_missing(struct check *check) {
    rd_kafka_NewTopic_t *fresh[MAX_TOPICS];
    size_t count = 0;
    for (size_t i = 0; i < check->count; i++) {
        if (!check->exists[i] && (fresh[count] = new_topic(check, i)))
            count++;
    }
    rd_kafka_AdminOptions_t *how = options(check, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    if (check->ok && count) {
        rd_kafka_CreateTopics(check->admin->link.rk, fresh, count, how, check->admin->queue);
        rd_kafka_event_t *event = rd_kafka_queue_poll(check->admin->queue, CREATE_MS + 1000);
        judge_created(check, event);
        if (event)
            rd_kafka_event_destroy(event);
    }
    rd_kafka_AdminOptions_destroy(how);
    rd_kafka_NewTopic_destroy_array(fresh, count);
}

/* What was created is known to the other brokers a little later. */
static void await_all(struct check *check) {
    size_t missing = 0;
    int64_t end = times_monotonic_ms() + APPEAR_MS;
    while (look(check, &missing) && check->ok && missing && times_monotonic_ms() < end)
        rd_kafka_poll(check->admin->link.rk, 100);
    if (!check->ok || !missing)
        return;
    complain(check);
    buf_add_str(check->message, "Kafka has created the topics and does not show them yet; run it again");
}

static const char *wanted(const struct bus_topic *topic, const char *name) {
    for (const char *const *config = topic->config; config && *config; config += 2) {
        if (strcmp(config[0], name) == 0)
            return config[1];
    }
    return NULL;
}

static void judge_config(struct check *check, const rd_kafka_ConfigResource_t *resource) {
    const char *name = rd_kafka_ConfigResource_name(resource);
    size_t topic = 0, count = 0;
    while (topic < check->count && strcmp(check->names[topic], name) != 0)
        topic++;
    if (topic == check->count)
        return;
    if (rd_kafka_ConfigResource_error(resource)) {
        complain(check);
        buf_printf(check->message, "topic %s: its settings cannot be read: %s", name,
                   rd_kafka_ConfigResource_error_string(resource));
        return;
    }
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; i++) {
        const char *key = rd_kafka_ConfigEntry_name(entries[i]),
                   *has = rd_kafka_ConfigEntry_value(entries[i]);
        const char *want = wanted(&check->topics[topic], key);
        if (!want || (has && strcmp(want, has) == 0))
            continue;
        complain(check);
        buf_printf(check->message, "topic %s has %s=%s and should have %s", name, key, has ? has : "", want);
    }
}

static void judge_configs(struct check *check, rd_kafka_event_t *event) {
    if (!event || rd_kafka_event_error(event)) {
        complain(check);
        buf_printf(check->message, "Kafka did not tell the topics' settings: %s",
                   event ? rd_kafka_event_error_string(event) : "no answer in time");
        return;
    }
    size_t count = 0;
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    for (size_t i = 0; i < count; i++)
        judge_config(check, resources[i]);
}

static void check_configs(struct check *check) {
    rd_kafka_ConfigResource_t *resources[MAX_TOPICS];
    size_t count = 0;
    for (size_t i = 0; i < check->count; i++) {
        if (check->exists[i] && check->topics[i].config)
            resources[count++] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, check->names[i]);
    }
    if (!count)
        return;
    rd_kafka_AdminOptions_t *how = options(check, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_DescribeConfigs(check->admin->link.rk, resources, count, how, check->admin->queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(check->admin->queue, CREATE_MS + 1000);
    judge_configs(check, event);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(how);
    rd_kafka_ConfigResource_destroy_array(resources, count);
}

static void name_missing(struct check *check) {
    for (size_t i = 0; i < check->count; i++) {
        if (check->exists[i])
            continue;
        complain(check);
        buf_printf(check->message,
                   "the embedded broker lacks topic %s with %d partitions; it creates topics at "
                   "its start, with the same --prefix and --partitions",
                   check->names[i], check->topics[i].partitions);
    }
}

static void ensure(struct check *check) {
    size_t missing = 0;
    if (!look(check, &missing))
        return;
    if (bus_admin_is_embedded(check->admin)) {
        name_missing(check);
        return;
    }
    check_configs(check);
    if (!check->ok || !missing)
        return;
    create_missing(check);
    if (check->ok)
        await_all(check);
}

bool bus_admin_ensure(struct bus_admin *admin, const struct bus_topic *topics, size_t count,
                      struct buf *message) {
    ASSERT(count <= MAX_TOPICS);
    char *names[MAX_TOPICS];
    bool exists[MAX_TOPICS];
    for (size_t i = 0; i < count; i++)
        names[i] = bus_full_name(admin->conf.prefix, topics[i].name);
    struct check check = {.admin = admin,
                          .message = message,
                          .topics = topics,
                          .names = names,
                          .exists = exists,
                          .count = count,
                          .ok = true};
    ensure(&check);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    return check.ok;
}
