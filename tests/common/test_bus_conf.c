#include "cmocka_all.h"
#include "earshot/bus_kafka.h"

static bool check(const char *name, const char *value, struct buf *message) {
    const struct conf_property property = {name, value};
    const struct bus_conf conf = {.brokers = "127.0.0.1:1",
                                  .prefix = "",
                                  .client_id = "t",
                                  .properties = &property,
                                  .property_count = 1};
    buf_clear(message);
    bool ok = bus_conf_check(&conf, message);
    struct buf again;
    buf_init(&again, 1000);
    struct bus *bus = bus_kafka_new(&conf, NULL, NULL, &again);
    assert_true(ok || !bus); /* the same is refused where it is used */
    bus_free(&bus);
    buf_free(&again);
    assert_true(buf_ok(message));
    return ok;
}

static void properties_pass_or_are_named(void **state) {
    (void)state;
    static const struct {
        const char *name, *value, *said; /* NULL: it passes */
    } CASES[] = {
        {"linger.ms", "20", NULL},
        {"compression.type", "zstd", NULL},
        {"fetch.wait.max.ms", "10", NULL},
        {"security.protocol", "SASL_PLAINTEXT", NULL},
        {"sasl.mechanism", "PLAIN", NULL},
        {"sasl.username", "me", NULL},
        {"sasl.password", "secret", NULL},
        {"ssl.endpoint.identification.algorithm", "none", NULL},
        {"group.instance.id", "one", NULL},
        {"enable.idempotence", "true", "kafka.enable.idempotence cannot be changed: "},
        {"acks", "1", "kafka.acks cannot be changed: "},
        {"Request.Required.Acks", "1", "kafka.Request.Required.Acks cannot be changed: "},
        {"message.timeout.ms", "1000", "is committed was delivered"},
        {"delivery.timeout.ms", "1000", "kafka.delivery.timeout.ms cannot"},
        {"retries", "0", "kafka.retries cannot"},
        {"message.send.max.retries", "0", "kafka.message.send.max.retries cannot"},
        {"max.in.flight", "9", "kafka.max.in.flight cannot"},
        {"partitioner", "random", "one partition"},
        {"group.id", "mine", "--prefix"},
        {"enable.auto.commit", "true", "kafka.enable.auto.commit cannot"},
        {"enable.auto.offset.store", "true", "kafka.enable.auto.offset.store cannot"},
        {"auto.offset.reset", "latest", "not be passed over"},
        {"bootstrap.servers", "x:1", "use --brokers"},
        {"metadata.broker.list", "x:1", "use --brokers"},
        {"partition.assignment.strategy", "cooperative-sticky", "eager"},
        {"session.timeout.ms", "60000", "kafka.session.timeout.ms cannot"},
        {"transactional.id", "x", "not on transactions"},
        {"linger", "20", "kafka.linger: librdkafka "},
        {"linger.ms", "soon", "kafka.linger.ms: "},
        {"linger.ms", "-1", "kafka.linger.ms: "},
    };
    struct buf message;
    buf_init(&message, 1000);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        bool ok = check(CASES[i].name, CASES[i].value, &message);
        if (ok != (CASES[i].said == NULL) || (!ok && !strstr(message.ptr, CASES[i].said)))
            fail_msg("%s=%s: %s", CASES[i].name, CASES[i].value, ok ? "passed" : message.ptr);
        assert_true(ok || !strchr(message.ptr, '\n'));
    }
    buf_free(&message);
}

/* A combination that only librdkafka as a whole can refuse. */
static void what_does_not_go_together_is_told(void **state) {
    (void)state;
    const struct conf_property properties[] = {{"security.protocol", "SASL_PLAINTEXT"},
                                               {"sasl.mechanism", "NONSENSE"}};
    const struct bus_conf conf = {.brokers = "127.0.0.1:1",
                                  .prefix = "",
                                  .client_id = "t",
                                  .properties = properties,
                                  .property_count = COUNT_OF(properties)};
    struct buf message;
    buf_init(&message, 1000);
    assert_null(bus_kafka_new(&conf, "in", NULL, &message));
    assert_non_null(strstr(message.ptr, "NONSENSE"));
    buf_clear(&message);
    assert_null(bus_table_new(&conf, "in", &message));
    assert_non_null(strstr(message.ptr, "NONSENSE"));
    buf_clear(&message);
    assert_null(bus_admin_new(&conf, &message));
    assert_non_null(strstr(message.ptr, "NONSENSE"));
    buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_pass_or_are_named),
        cmocka_unit_test(what_does_not_go_together_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
