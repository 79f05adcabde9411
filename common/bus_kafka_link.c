/* bus_kafka_link: librdkafka tries for ever and tells of its troubles as events; here they become one state
 * and one line. It has no event for "a broker answers again", so that is found out by asking, and only while
 * all are down. */
#include "bus_parts.h"
#include "earshot/times.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROBE_EVERY_MS = 1000, PROBE_FIRST_MS = 250, PROBE_MAX_MS = 1000 };

void bus_link_fail(struct bus_link *link, const char *format, ...) {
    if (link->fatal && !link->vague)
        return; /* the first cause is the one to know */
    va_list args;
    va_start(args, format);
    vsnprintf(link->cause, sizeof link->cause, format, args);
    va_end(args);
    link->fatal = true;
    link->vague = false;
}

/* "sasl_plaintext://host:9092/bootstrap: Connect to … failed: … (after 0ms in state CONNECT, 3 identical …)":
 * the times are noise. */
static size_t without_times(const char *reason) {
    const char *times = strstr(reason, " (after ");
    return times ? (size_t)(times - reason) : strlen(reason);
}

void bus_link_blame(struct bus_link *link, rd_kafka_resp_err_t err, const char *reason) {
    if (link->fatal)
        return;
    if (!reason || !*reason)
        reason = rd_kafka_err2str(err);
    snprintf(link->cause, sizeof link->cause, "%.*s", (int)without_times(reason), reason);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque) {
    struct bus_link *link = opaque;
    rd_kafka_resp_err_t err = (rd_kafka_resp_err_t)code;
    char text[256];
    switch (err) {
    case RD_KAFKA_RESP_ERR__FATAL:
        if (link->fatal)
            break;
        err = rd_kafka_fatal_error(rk, text, sizeof text);
        bus_link_fail(link, "Kafka client: %s: %s", rd_kafka_err2name(err), text);
        link->vague = true; /* the record that was refused comes next, with its topic */
        break;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        link->up = false;
        break;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
        link->doubt = true; /* librdkafka is slow to say that it was the last one */
        bus_link_blame(link, err, reason);
        break;
    default:
        bus_link_blame(link, err, reason);
    }
}

bool bus_link_open(struct bus_link *link, rd_kafka_type_t type, rd_kafka_conf_t *conf, const char *brokers,
                   struct buf *message) {
    char error[256];
    rd_kafka_conf_set_opaque(conf, link);
    rd_kafka_conf_set_error_cb(conf, on_error);
    link->rk = rd_kafka_new(type, conf, error, sizeof error);
    if (!link->rk) {
        buf_printf(message, "kafka: %s", error);
        rd_kafka_conf_destroy(conf);
        return false;
    }
    link->brokers = xstrdup(brokers);
    link->probe_ms = PROBE_FIRST_MS;
    return true;
}

void bus_link_close(struct bus_link *link) {
    free(link->brokers);
    link->brokers = NULL;
    link->rk = NULL;
}

bool bus_link_up(struct bus_link *link) {
    int64_t now = times_monotonic_ms();
    if ((link->up && !link->doubt) || link->fatal || now < link->probe_at_ms)
        return link->up;
    link->up = link->doubt = false;
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(link->rk, 0, NULL, &metadata, link->probe_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        link->up = metadata->broker_cnt > 0;
        rd_kafka_metadata_destroy(metadata);
    }
    if (link->up) {
        link->cause[0] = '\0';
        link->probe_ms = PROBE_FIRST_MS;
    } else if (link->probe_ms < PROBE_MAX_MS) {
        link->probe_ms *= 2; /* a far broker needs longer to shake hands */
    }
    link->probe_at_ms = times_monotonic_ms() + PROBE_EVERY_MS;
    return link->up;
}

bool bus_link_is_embedded(struct bus_link *link, int timeout_ms) {
    char *id = rd_kafka_clusterid(link->rk, timeout_ms);
    bool embedded = id && strncmp(id, "mockCluster", strlen("mockCluster")) == 0;
    if (id)
        rd_kafka_mem_free(link->rk, id);
    return embedded;
}

static const char *remedy(const char *cause) {
    static const struct {
        const char *sign, *advice;
    } REMEDIES[] = {
        {"uthenticat", "; check kafka.sasl.username, kafka.sasl.password and kafka.sasl.mechanism"},
        {"SASL", "; check kafka.security.protocol and kafka.sasl.*"},
        {"ssl", "; check kafka.security.protocol and kafka.ssl.*"},
        {"SSL", "; check kafka.security.protocol and kafka.ssl.*"},
        {"resolve", "; check the host name in --brokers"},
        {"uthoriz", "; give the Kafka user the permission"},
    };
    for (size_t i = 0; i < COUNT_OF(REMEDIES); i++) {
        if (strstr(cause, REMEDIES[i].sign))
            return REMEDIES[i].advice;
    }
    return "; is it running, and is --brokers right?";
}

const char *bus_link_problem(struct bus_link *link) {
    if (link->fatal)
        return link->cause;
    if (bus_link_up(link))
        return NULL;
    return bus_link_told(link);
}

const char *bus_link_told(struct bus_link *link) {
    if (link->up)
        snprintf(link->problem, sizeof link->problem, "%s%s", link->cause, remedy(link->cause));
    else
        snprintf(link->problem, sizeof link->problem, "no answer from Kafka at %s%s%s%s", link->brokers,
                 link->cause[0] ? ": " : "", link->cause, remedy(link->cause));
    return link->problem;
}

const char *bus_topic_advice(rd_kafka_resp_err_t err) {
    switch (err) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        return "does not exist; run `earshot init`";
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return "has fewer partitions than the deployment; run `earshot init`";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return "may not be used by this Kafka user; give it the permission";
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return "refuses records of this size; its max.message.bytes should be 2 MiB, see `earshot init`";
    default:
        return "";
    }
}
