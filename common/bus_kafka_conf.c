/* bus_kafka_conf: what every client of librdkafka is told, and which of its properties are not for users to
 * change: each stands for a promise that another part of Earshot rests on. */
#include "bus_parts.h"
#include "earshot/log.h"

#include <stdlib.h>
#include <strings.h>

enum { ERROR_MAX = 400 };

static const struct bus_setting EVERY_CLIENT[] = {
    {"allow.auto.create.topics", "false"}, /* a topic made by accident has the wrong partition count */
    {"socket.keepalive.enable", "true"},
    {"socket.timeout.ms", "30000"},
    {"reconnect.backoff.max.ms", "2000"}, /* a broker that comes back is found soon */
    {"topic.metadata.refresh.interval.ms", "30000"},
    {0},
};

#define REFUSED_IDEMPOTENCE "one failed record must stop the ones behind it, in order and once"
#define REFUSED_TIMEOUT     "a record is never given up: what is committed was delivered"
#define REFUSED_OFFSETS     "offsets are committed when the work on their records is done"
#define REFUSED_GROUP       "it comes from the program's name and --prefix"
#define REFUSED_RECOVERY    "how soon a dead worker is replaced and when /livez fails rest on it"
#define REFUSED_PARTITION   "records of one mention must meet in one partition, also those of other clients"
#define REFUSED_BROKERS     "use --brokers"

static const struct bus_setting REFUSED[] = {
    {"acks", REFUSED_IDEMPOTENCE},
    {"allow.auto.create.topics", "topics are created by `earshot init`, with their partition counts"},
    {"auto.commit.enable", REFUSED_OFFSETS},
    {"auto.commit.interval.ms", REFUSED_OFFSETS},
    {"auto.offset.reset", "lost records must stop the program, not be passed over"},
    {"bootstrap.servers", REFUSED_BROKERS},
    {"client.id", "it is the program's name"},
    {"delivery.report.only.error", "acknowledgements are counted"},
    {"delivery.timeout.ms", REFUSED_TIMEOUT},
    {"enable.auto.commit", REFUSED_OFFSETS},
    {"enable.auto.offset.store", REFUSED_OFFSETS},
    {"enable.gapless.guarantee", REFUSED_IDEMPOTENCE},
    {"enable.idempotence", REFUSED_IDEMPOTENCE},
    {"enable.partition.eof", "the ends of topics are handled by the program"},
    {"group.id", REFUSED_GROUP},
    {"group.protocol", "partitions are given back before others take them (the eager, classic protocol)"},
    {"group.remote.assignor", "partitions are given back before others take them (the eager assignor)"},
    {"heartbeat.interval.ms", REFUSED_RECOVERY},
    {"max.in.flight", REFUSED_IDEMPOTENCE},
    {"max.in.flight.requests.per.connection", REFUSED_IDEMPOTENCE},
    {"max.poll.interval.ms", REFUSED_RECOVERY},
    {"message.max.bytes", "it is 2 MiB, as `earshot init` sets it on the topics"},
    {"message.send.max.retries", REFUSED_TIMEOUT},
    {"message.timeout.ms", REFUSED_TIMEOUT},
    {"metadata.broker.list", REFUSED_BROKERS},
    {"offset.store.method", REFUSED_OFFSETS},
    {"partition.assignment.strategy",
     "partitions are given back before others take them (the eager assignor)"},
    {"partitioner", REFUSED_PARTITION},
    {"produce.offset.report", "acknowledgements are counted"},
    {"queuing.strategy", "records of a partition go out in the order in which they came in"},
    {"request.required.acks", REFUSED_IDEMPOTENCE},
    {"retries", REFUSED_TIMEOUT},
    {"session.timeout.ms", REFUSED_RECOVERY},
    {"test.mock.num.brokers", "`earshot broker` is the embedded broker"},
    {"transactional.id", "exactly once rests on marks, not on transactions"},
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
    (void)rk;
    (void)level; /* what matters of it comes again as an error and is told as a state, once */
    log_debug("kafka.client", "%s: %s", facility, text);
}

static const char *refusal(const char *name) {
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        if (strcasecmp(name, REFUSED[i].name) == 0)
            return REFUSED[i].value;
    }
    return NULL;
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, struct buf *message) {
    char error[ERROR_MAX];
    switch (rd_kafka_conf_set(conf, name, value, error, sizeof error)) {
    case RD_KAFKA_CONF_OK:
        return true;
    case RD_KAFKA_CONF_UNKNOWN:
        buf_printf(message, "kafka.%s: librdkafka %s knows no property of this name", name,
                   rd_kafka_version_str());
        return false;
    default:
        error[strcspn(error, "\n")] = '\0';
        buf_printf(message, "kafka.%s: %s", name, error);
        return false;
    }
}

static bool set_all(rd_kafka_conf_t *conf, const struct bus_setting *settings, struct buf *message) {
    for (; settings->name; settings++) {
        if (!set(conf, settings->name, settings->value, message))
            return false;
    }
    return true;
}

static bool set_users(rd_kafka_conf_t *kafka, const struct bus_conf *conf, struct buf *message) {
    for (size_t i = 0; i < conf->property_count; i++) {
        const struct conf_property *property = &conf->properties[i];
        const char *why = refusal(property->name);
        if (why) {
            buf_printf(message, "kafka.%s cannot be changed: %s", property->name, why);
            return false;
        }
        if (!set(kafka, property->name, property->value, message))
            return false;
    }
    return true;
}

bool bus_conf_check(const struct bus_conf *conf, struct buf *message) {
    rd_kafka_conf_t *kafka = rd_kafka_conf_new();
    bool ok = set_users(kafka, conf, message);
    rd_kafka_conf_destroy(kafka);
    return ok;
}

rd_kafka_conf_t *bus_client_conf(const struct bus_conf *conf, const struct bus_setting *settings,
                                 struct buf *message) {
    rd_kafka_conf_t *kafka = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(kafka, on_log);
    if (set(kafka, "bootstrap.servers", conf->brokers, message) &&
        set(kafka, "client.id", conf->client_id, message) && set_all(kafka, EVERY_CLIENT, message) &&
        set_all(kafka, settings, message) && set_users(kafka, conf, message))
        return kafka;
    rd_kafka_conf_destroy(kafka);
    return NULL;
}

char *bus_full_name(const char *prefix, const char *name) {
    struct buf full;
    buf_init(&full, SIZE_MAX / 2);
    buf_printf(&full, "%s%s", prefix ? prefix : "", name);
    return full.ptr;
}
