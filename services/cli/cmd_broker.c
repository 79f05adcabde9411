/* earshot broker: the embedded broker as a process of its own, for `earshot up` and for tests. */
#include "command.h"
#include "topics.h"

#include "earshot/broker.h"
#include "earshot/conf.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

enum { MESSAGE_MAX = 4096, DAY_MS = 86400000, PATH_MAX_BYTES = 4096 };

struct broker_conf {
    const char *ready_file, *prefix;
    int64_t partitions;
};

#define AT(member) offsetof(struct broker_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Broker", .type = CONF_HEADING},
    {.name = "ready-file",
     .type = CONF_STRING,
     .offset = AT(ready_file),
     .argument = "FILE",
     .help = "is made when the broker is ready, and holds its HOST:PORT"},
    {.name = "partitions",
     .type = CONF_INT,
     .offset = AT(partitions),
     .fallback = "64",
     .min = 1,
     .max = 1000,
     .help = "of the mention topics"},
    {.name = "prefix",
     .type = CONF_STRING,
     .offset = AT(prefix),
     .fallback = "",
     .argument = "TEXT",
     .help = "stands before the name of every topic"},
    {0},
};

/* Made whole: who sees the file sees the address. */
static int write_ready(const char *path, const char *address) {
    char fresh[PATH_MAX_BYTES];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = fopen(fresh, "w");
    bool ok = file && fprintf(file, "%s\n", address) > 0;
    if (file)
        ok = fclose(file) == 0 && ok;
    if (!ok || rename(fresh, path) != 0)
        return command_refuse(EXIT_FAILED, "--ready-file %s: %s", path, strerror(errno));
    return EXIT_OK;
}

static int serve(const struct broker_conf *conf, const sigset_t *stop) {
    struct topics topics;
    struct buf message;
    const struct topics_wanted wanted = {.partitions = (int)conf->partitions,
                                         .replication = -1,
                                         .keep_ms = (int64_t)14 * DAY_MS,
                                         .keep_answers_ms = (int64_t)30 * DAY_MS};
    topics_fill(&topics, &wanted, conf->prefix);
    buf_init(&message, MESSAGE_MAX);
    struct broker *broker = broker_new(topics.list, TOPICS_COUNT, &message);
    int code = EXIT_OK, signal_number;
    if (!broker)
        code = command_refuse(EXIT_FAILED, "%s", buf_span(&message).ptr);
    else if (conf->ready_file)
        code = write_ready(conf->ready_file, broker_address(broker));
    if (code == EXIT_OK) {
        printf("%s\n", broker_address(broker));
        fflush(stdout);
        sigwait(stop, &signal_number);
    }
    broker_free(&broker);
    buf_free(&message);
    return code;
}

static int run(int argc, char **argv) {
    struct broker_conf broker;
    sigset_t stop;
    struct conf conf = {
        .program = "earshot broker",
        .about = "The embedded broker: speaks Kafka's protocol on a free port of this machine, and "
                 "keeps nothing.\nFor trying out and for tests; `earshot up` starts one by itself.",
        .tables = {OPTIONS},
        .structs = {&broker}};
    conf_load_or_exit(&conf, argc, argv);
    /* Before the broker's threads are there, so that they inherit it. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    int code = conf.operand_count
                   ? command_refuse(EXIT_USAGE, "broker takes options only, not '%s'", conf.operands[0])
                   : serve(&broker, &stop);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_BROKER = {"broker", GROUP_RUN, "the embedded broker alone, for tests", run};
