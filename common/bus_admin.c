/* bus_admin: brokers and positions. Ingest asks for positions several times a second, so all partitions go
 * into one request each for the committed offsets, the beginnings and the ends. */
#include "bus_admin_parts.h"
#include "earshot/times.h"

#include <stdlib.h>

enum { ASK_MS = 5000 };

static const struct bus_setting SETTINGS[] = {{0}};
static const struct bus_setting GROUP_SETTINGS[] = {
    {"enable.auto.commit", "false"},
    {0},
};

struct bus_admin *bus_admin_new(const struct bus_conf *conf, struct buf *message) {
    rd_kafka_conf_t *kafka = bus_client_conf(conf, SETTINGS, message);
    if (!kafka)
        return NULL;
    struct bus_admin *admin = xcalloc(1, sizeof *admin);
    if (!bus_link_open(&admin->link, RD_KAFKA_PRODUCER, kafka, conf->brokers, message)) {
        free(admin);
        return NULL;
    }
    admin->conf = *conf;
    admin->conf.brokers = xstrdup(conf->brokers);
    admin->conf.prefix = xstrdup(conf->prefix ? conf->prefix : "");
    admin->conf.client_id = xstrdup(conf->client_id);
    admin->queue = rd_kafka_queue_new(admin->link.rk);
    return admin;
}

void bus_admin_free(struct bus_admin **admin) {
    struct bus_admin *old = *admin;
    if (!old)
        return;
    for (size_t i = 0; i < old->group_count; i++) {
        rd_kafka_destroy_flags(old->groups[i].rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        free(old->groups[i].name);
    }
    rd_kafka_queue_destroy(old->queue);
    rd_kafka_destroy(old->link.rk);
    bus_link_close(&old->link);
    free((void *)(uintptr_t)old->conf.brokers);
    free((void *)(uintptr_t)old->conf.prefix);
    free((void *)(uintptr_t)old->conf.client_id);
    free(old);
    *admin = NULL;
}

const struct rd_kafka_metadata *bus_admin_metadata(struct bus_admin *admin, int timeout_ms,
                                                   struct buf *message) {
    const struct rd_kafka_metadata *metadata = NULL;
    int64_t end = times_monotonic_ms() + timeout_ms;
    rd_kafka_resp_err_t err;
    do {
        int64_t left = end - times_monotonic_ms();
        err = rd_kafka_metadata(admin->link.rk, 1, NULL, &metadata, left > 1 ? (int)left : 1);
        rd_kafka_poll(admin->link.rk, err ? 50 : 0); /* the cause comes in as an event */
    } while (err && times_monotonic_ms() < end);
    if (!err) {
        admin->link.up = true;
        return metadata;
    }
    admin->link.up = false;
    admin->link.probe_at_ms = INT64_MAX; /* it was asked just now */
    buf_add_str(message, bus_link_problem(&admin->link));
    return NULL;
}

int bus_admin_brokers(struct bus_admin *admin, int timeout_ms, struct buf *message) {
    const struct rd_kafka_metadata *metadata = bus_admin_metadata(admin, timeout_ms, message);
    int count = metadata ? metadata->broker_cnt : 0;
    if (metadata)
        rd_kafka_metadata_destroy(metadata);
    return count;
}

bool bus_admin_is_embedded(struct bus_admin *admin) {
    return bus_link_is_embedded(&admin->link, ASK_MS);
}

static rd_kafka_t *open_group(struct bus_admin *admin, const char *name, struct buf *message) {
    char error[256];
    rd_kafka_conf_t *kafka = bus_client_conf(&admin->conf, GROUP_SETTINGS, message);
    if (!kafka)
        return NULL;
    char *full = bus_full_name(admin->conf.prefix, name);
    rd_kafka_t *rk = NULL;
    if (rd_kafka_conf_set(kafka, "group.id", full, error, sizeof error) ||
        !(rk = rd_kafka_new(RD_KAFKA_CONSUMER, kafka, error, sizeof error))) {
        buf_printf(message, "group %s: %s", full, error);
        rd_kafka_conf_destroy(kafka);
    }
    free(full);
    return rk;
}

static rd_kafka_t *group_client(struct bus_admin *admin, const char *name, struct buf *message) {
    for (size_t i = 0; i < admin->group_count; i++) {
        if (strcmp(admin->groups[i].name, name) == 0)
            return admin->groups[i].rk;
    }
    ASSERT(admin->group_count < BUS_ADMIN_GROUPS_MAX);
    rd_kafka_t *rk = open_group(admin, name, message);
    if (rk) {
        admin->groups[admin->group_count].name = xstrdup(name);
        admin->groups[admin->group_count++].rk = rk;
    }
    return rk;
}

static rd_kafka_topic_partition_list_t *all_partitions(const char *topic, int partitions, int64_t offset) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; p++)
        rd_kafka_topic_partition_list_add(list, topic, p)->offset = offset;
    return list;
}

/* The error of a request, or the first of its partitions'. */
static rd_kafka_resp_err_t first_error(rd_kafka_resp_err_t err, const rd_kafka_topic_partition_list_t *list) {
    for (int i = 0; i < list->cnt && !err; i++)
        err = list->elems[i].err;
    return err;
}

struct question {
    rd_kafka_t *rk;
    const char *topic;
    int partitions;
    size_t member; /* of struct bus_position */
};

static void take_answers(const rd_kafka_topic_partition_list_t *list, size_t member,
                         struct bus_position *out) {
    for (int i = 0; i < list->cnt; i++) {
        int64_t offset = list->elems[i].offset < 0 ? -1 : list->elems[i].offset;
        memcpy((char *)&out[list->elems[i].partition] + member, &offset, sizeof offset);
    }
}

static rd_kafka_resp_err_t ask_committed(const struct question *question, struct bus_position *out) {
    rd_kafka_topic_partition_list_t *list =
        all_partitions(question->topic, question->partitions, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t err = first_error(rd_kafka_committed(question->rk, list, ASK_MS), list);
    if (!err)
        take_answers(list, question->member, out);
    rd_kafka_topic_partition_list_destroy(list);
    return err;
}

/* The protocol takes -2 and -1 for the times of the beginning and of the end. */
static rd_kafka_resp_err_t ask_edge(const struct question *question, int64_t time, struct bus_position *out) {
    rd_kafka_topic_partition_list_t *list = all_partitions(question->topic, question->partitions, time);
    rd_kafka_resp_err_t err = first_error(rd_kafka_offsets_for_times(question->rk, list, ASK_MS), list);
    if (!err)
        take_answers(list, question->member, out);
    rd_kafka_topic_partition_list_destroy(list);
    return err;
}

bool bus_admin_positions(struct bus_admin *admin, const char *group, const char *topic, int partitions,
                         struct bus_position *out, struct buf *message) {
    rd_kafka_t *rk = group_client(admin, group, message);
    if (!rk)
        return false;
    char *full = bus_full_name(admin->conf.prefix, topic);
    struct question question = {.rk = rk, .topic = full, .partitions = partitions};
    question.member = offsetof(struct bus_position, committed);
    rd_kafka_resp_err_t err = ask_committed(&question, out);
    question.member = offsetof(struct bus_position, begin);
    if (!err)
        err = ask_edge(&question, RD_KAFKA_OFFSET_BEGINNING, out);
    question.member = offsetof(struct bus_position, end);
    if (!err)
        err = ask_edge(&question, RD_KAFKA_OFFSET_END, out);
    rd_kafka_poll(rk, 0);
    if (err)
        buf_printf(message, "topic %s%s%s", full, *bus_topic_advice(err) ? " " : ": ",
                   *bus_topic_advice(err) ? bus_topic_advice(err) : rd_kafka_err2str(err));
    free(full);
    return !err;
}
