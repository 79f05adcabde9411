/* earshot init: topics, deployment record, Redis functions. Nothing is written before all that can contradict
 * was read; each step may be repeated, so an init that broke off is run again. */
#include "command.h"
#include "founding.h"
#include "link.h"
#include "topics.h"

#include "earshot/functions.h"
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { MESSAGE_MAX = 8192, DAY_MS = 86400000, KEEP_DAYS = 14, KEEP_ANSWERS_DAYS = 30 };

struct init_conf {
    const char *id;
    int64_t partitions, shards, window, replication, retention, answers;
};

#define AT(member) offsetof(struct init_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Deployment (fixed when it is founded)", .type = CONF_HEADING},
    {.name = "id",
     .type = CONF_STRING,
     .offset = AT(id),
     .argument = "NAME",
     .help = "a-z 0-9, at most 32, not known to who writes mentions; where it is not given: 12 at random"},
    {.name = "partitions",
     .type = CONF_INT,
     .offset = AT(partitions),
     .argument = "N",
     .min = 1,
     .max = 10000,
     .help = "of the mention topics: as many workers can share the work; where it is not given: 64"},
    {.name = "shards",
     .type = CONF_INT,
     .offset = AT(shards),
     .argument = "N",
     .min = 1,
     .max = 16384,
     .help = "of Redis' keys, a power of two; where it is not given: 64"},
    {.name = "window",
     .type = CONF_INT,
     .offset = AT(window),
     .argument = "N",
     .min = 1,
     .max = 1 << 20,
     .help = "records a partition among which a repetition is found; where it is not given: 4096"},
    {.name = "Topics", .type = CONF_HEADING},
    {.name = "replication",
     .type = CONF_INT,
     .offset = AT(replication),
     .argument = "N",
     .min = 1,
     .max = 100,
     .help = "copies; where it is not given: 3, or 1 with fewer than three brokers"},
    {.name = "retention",
     .type = CONF_DURATION,
     .offset = AT(retention),
     .help = "how long raw and matched mentions are kept; where it is not given: 14d, or as it is",
     .min = 60000,
     .max = (int64_t)3650 * DAY_MS},
    {.name = "retention-enriched",
     .type = CONF_DURATION,
     .offset = AT(answers),
     .fallback = "30d",
     .help = "how long enriched mentions and dead letters are kept: longer than the oldest backup of Redis "
             "in use",
     .min = 60000,
     .max = (int64_t)3650 * DAY_MS},
    {0},
};

struct init {
    struct link_conf link;
    struct store_conf redis;
    struct init_conf conf;
    struct bus_conf bus;
    struct store *store;
    struct bus_admin *admin;
    struct buf message;
};

/* What is there. */

static void copy_text(char *out, size_t size, const struct store_reply *reply) {
    snprintf(out, size, "%.*s", reply->type == STORE_STRING ? (int)reply->text.len : 0,
             reply->type == STORE_STRING ? reply->text.ptr : "");
}

static int number_of(const struct store_reply *reply) {
    return reply->type == STORE_STRING ? atoi(reply->text.ptr) : 0;
}

static int read_meta(struct init *init, struct founding_meta *meta) {
    const struct span args[] = {SPAN("HMGET"),  SPAN(FUNCTIONS_META), SPAN("schema"), SPAN("id"),
                                SPAN("shards"), SPAN("partitions"),   SPAN("window")};
    const struct store_reply *reply;
    int code = link_ask(init->store, args, COUNT_OF(args), NULL, &reply);
    *meta = (struct founding_meta){.there = false};
    if (code != EXIT_OK)
        return code;
    if (reply->type != STORE_ARRAY || reply->count != 5)
        return command_refuse(EXIT_FAILED, "Redis: %s is no hash of ours", FUNCTIONS_META);
    const struct store_reply *field = reply->elements;
    meta->there = field[0].type == STORE_STRING || field[1].type == STORE_STRING;
    copy_text(meta->schema, sizeof meta->schema, &field[0]);
    copy_text(meta->deployment.id, sizeof meta->deployment.id, &field[1]);
    meta->deployment.shards = number_of(&field[2]);
    meta->deployment.partitions = number_of(&field[3]);
    meta->deployment.window = number_of(&field[4]);
    return EXIT_OK;
}

struct records {
    struct deployment first;
    bool any, mixed, broken;
};

static void see_record(void *self, const struct bus_record *record) {
    struct records *records = self;
    struct deployment deployment;
    struct fault fault;
    if (!record->value.ptr)
        return;
    if (!deployment_parse(record->value, &deployment, &fault)) {
        records->broken = true;
    } else if (!records->any) {
        records->first = deployment;
        records->any = true;
    } else if (!deployment_same(&records->first, &deployment)) {
        records->mixed = true;
    }
}

static int read_records(struct init *init, struct records *records) {
    *records = (struct records){.any = false};
    int code = link_read_table(&init->link, &init->bus, "deployment", see_record, records);
    if (code == EXIT_OK && records->broken)
        return command_refuse(EXIT_FAILED,
                              "topic %sdeployment holds a record that is none of a deployment: is it "
                              "another program's? Give another --prefix",
                              init->link.prefix);
    if (code == EXIT_OK && records->mixed)
        return command_refuse(EXIT_FAILED,
                              "topic %sdeployment holds two different deployments: delete the topics of "
                              "prefix '%s' and begin again, or give another --prefix",
                              init->link.prefix, init->link.prefix);
    return code;
}

/* What is made. */

/* What was not asked for is decided when the topic is made; later it is the operators' to change. */
static int64_t kept(int64_t asked, bool founding, int days) {
    return asked ? asked : founding ? (int64_t)days * DAY_MS : 0;
}

static int ensure_topics(struct init *init, int partitions, bool founding, bool only_record) {
    int brokers = bus_admin_brokers(init->admin, (int)init->link.timeout_ms, &init->message);
    if (brokers <= 0)
        return command_refuse(EXIT_UNREACHABLE, "%s", buf_span(&init->message).ptr);
    struct topics topics;
    const struct topics_wanted wanted = {
        .partitions = partitions,
        .replication = init->conf.replication ? (int)init->conf.replication
                       : brokers >= 3         ? 3
                                              : 1,
        .keep_ms = kept(init->conf.retention, founding, KEEP_DAYS),
        .keep_answers_ms = kept(init->conf.answers, founding, KEEP_ANSWERS_DAYS),
    };
    topics_fill(&topics, &wanted, "");
    size_t skip = only_record ? TOPICS_COUNT - 1 : 0;
    if (!bus_admin_ensure(init->admin, topics.list + skip, TOPICS_COUNT - skip, &init->message))
        return command_refuse(EXIT_FAILED, "%s", buf_span(&init->message).ptr);
    return EXIT_OK;
}

static int write_record(struct init *init, struct deployment *deployment) {
    struct buf json;
    buf_init(&json, 4096);
    deployment->created_at = times_now();
    deployment_print(deployment, &json);
    const struct bus_header header = {SPAN("earshot-schema"), SPAN("1")};
    const struct bus_out record = {.topic = "deployment",
                                   .partition = 0,
                                   .key = SPAN("deployment"),
                                   .value = buf_span(&json),
                                   .headers = &header,
                                   .header_count = 1};
    int code = link_write(&init->link, &init->bus, &record, 1);
    buf_free(&json);
    return code;
}

static int load_functions(struct init *init) {
    const struct span args[] = {SPAN("FUNCTION"), SPAN("LOAD"), SPAN("REPLACE"), functions_source()};
    const struct store_reply *reply;
    return link_ask(init->store, args, COUNT_OF(args), NULL, &reply);
}

static int write_meta(struct init *init, const struct deployment *deployment) {
    struct buf text;
    const struct store_reply *reply;
    char shards[16], partitions[16], window[16];
    buf_init(&text, 4096);
    snprintf(shards, sizeof shards, "%d", deployment->shards);
    snprintf(partitions, sizeof partitions, "%d", deployment->partitions);
    snprintf(window, sizeof window, "%d", deployment->window);
    const struct span args[] = {SPAN("HSET"),           SPAN(FUNCTIONS_META), SPAN("schema"),
                                SPAN(FUNCTIONS_SCHEMA), SPAN("id"),           span_of(deployment->id),
                                SPAN("shards"),         span_of(shards),      SPAN("partitions"),
                                span_of(partitions),    SPAN("window"),       span_of(window)};
    int code = link_ask(init->store, args, COUNT_OF(args), NULL, &reply);
    buf_free(&text);
    return code;
}

static void fresh_id(char out[13]) {
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bytes[12];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        die(EXIT_FAILED, "earshot: the system gives no random numbers: choose an --id");
    for (size_t i = 0; i < sizeof bytes; i++)
        out[i] = LETTERS[bytes[i] % 32];
    out[12] = '\0';
}

static int decide(struct init *init, struct founding *founding) {
    const struct founding_wish wish = {.id = init->conf.id,
                                       .partitions = (int)init->conf.partitions,
                                       .shards = (int)init->conf.shards,
                                       .window = (int)init->conf.window};
    struct records records;
    struct founding_meta meta;
    char id[13];
    int code = read_meta(init, &meta);
    if (code == EXIT_OK)
        code = ensure_topics(init, 1, false, true);
    if (code == EXIT_OK)
        code = read_records(init, &records);
    if (code != EXIT_OK)
        return code;
    fresh_id(id);
    if (!founding_decide(&wish, records.any ? &records.first : NULL, &meta, id, founding, &init->message))
        return command_refuse(EXIT_FAILED, "%s", buf_span(&init->message).ptr);
    return EXIT_OK;
}

static int make(struct init *init, struct founding *founding) {
    struct deployment *deployment = &founding->deployment;
    struct records records;
    int code = ensure_topics(init, deployment->partitions, founding->write_kafka, false);
    if (code == EXIT_OK && founding->write_kafka) {
        code = write_record(init, deployment);
        /* Somebody else may have founded one in the same moment: then both say so. */
        if (code == EXIT_OK)
            code = read_records(init, &records);
    }
    if (code == EXIT_OK)
        code = load_functions(init);
    if (code == EXIT_OK && founding->write_redis)
        code = write_meta(init, deployment);
    if (code == EXIT_OK)
        printf("deployment %s: %d partitions, %d shards, window %d; topics and Redis functions are %s\n",
               deployment->id, deployment->partitions, deployment->shards, deployment->window,
               founding->write_kafka   ? "new"
               : founding->write_redis ? "there, this Redis is new"
                                       : "there");
    return code;
}

static int run(int argc, char **argv) {
    struct init init = {.store = NULL};
    struct conf conf = {
        .program = "earshot init",
        .about = "Makes the topics, the deployment's record and the Redis functions. Safe to repeat; what "
                 "contradicts "
                 "is\nnamed, and nothing is changed.",
        .tables = {LINK_OPTIONS, STORE_OPTIONS, OPTIONS},
        .structs = {&init.link, &init.redis, &init.conf},
        .kafka_properties = true,
        .epilog = "Examples\n  earshot init --brokers kafka1:9092 --redis redis://redis:6379\n"
                  "  earshot init --prefix test. --partitions 8",
    };
    conf_load_or_exit(&conf, argc, argv);
    struct founding founding = {0};
    int code = EXIT_USAGE;
    buf_init(&init.message, MESSAGE_MAX);
    init.bus = link_bus_conf(&init.link, &conf);
    if (conf.operand_count > 0)
        command_refuse(EXIT_USAGE, "init takes options only, not '%s'", conf.operands[0]);
    else if ((init.store = link_store(&init.redis))) {
        init.admin = bus_admin_new(&init.bus, &init.message);
        code = init.admin ? decide(&init, &founding)
                          : command_refuse(EXIT_USAGE, "%s", buf_span(&init.message).ptr);
        if (code == EXIT_OK)
            code = make(&init, &founding);
    }
    bus_admin_free(&init.admin);
    store_free(&init.store);
    buf_free(&init.message);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_INIT = {"init", GROUP_RUN,
                                     "make the topics, the deployment's record and the Redis functions", run};
