/* earshot-ingest: brings mentions in. This file puts the parts together: options, sources, Kafka, the engine,
 * and what holds it back. */
#include "backlog_watch.h"
#include "engine.h"
#include "report.h"
#include "sources.h"
#include "startup.h"

#include "earshot/log.h"
#include "earshot/program.h"
#include "earshot/times.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { NAME_MAX_BYTES = 64, STEP_MS = 100, MESSAGE_MAX = 4096, FILE_MAX = 16 << 20 };

struct ingest_conf {
    const char *sources;
    bool once, from_start;
    int64_t rate, max_backlog;
};

#define AT(field) offsetof(struct ingest_conf, field)
// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Collecting", .type = CONF_HEADING},
    {.name = "sources", .type = CONF_STRING, .offset = AT(sources), .argument = "FILE",
     .help = "collect what this JSON file lists: [{\"id\":…,\"connector\":…,…},…]"},
    {.name = "once", .type = CONF_BOOL, .offset = AT(once),
     .help = "end when there is nothing more for now; a file that is not followed always does"},
    {.name = "from-start", .type = CONF_BOOL, .offset = AT(from_start),
     .help = "forget how far the sources were collected before"},
    {.name = "rate", .type = CONF_INT, .offset = AT(rate), .fallback = "0", .argument = "N", .max = 10000000,
     .help = "at most N items a second; 0: as fast as it goes"},
    {.name = "max-backlog", .type = CONF_SIZE, .offset = AT(max_backlog), .fallback = "0", .argument = "SIZE",
     .help = "wait while the workers are behind by more in any partition; for the embedded broker; 0: never"},
    {0},
};
// clang-format on

static const struct conf_option NO_OPTIONS[] = {{0}};
enum { CONNECTOR_TABLE = 0 }; /* of conf.tables: what --help lists first */

struct ingest {
    struct conf conf;
    struct program_conf program_conf;
    struct ingest_conf own;
    const struct connector *connector; /* of the command line; NULL: --sources */
    struct sources sources;
    struct program *program;
    struct bus_conf bus_conf;
    struct deployment deployment;
    struct bus *bus;
    struct backlog_watch *watch; /* NULL: nothing holds it back */
    struct engine *engine;
};

static uint32_t random_bits(void) {
    uint32_t bits = 0;
    return getrandom(&bits, sizeof bits, GRND_NONBLOCK) == sizeof bits ? bits
                                                                       : (uint32_t)times_monotonic_ms();
}

/* The first argument that names a connector goes out of argv. */
static const struct connector *take_command(int *argc, char **argv) {
    for (int i = 1; i < *argc; i++) {
        const struct connector *connector = connector_find(span_of(argv[i]));
        if (!connector)
            continue;
        memmove(argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof *argv);
        --*argc;
        return connector;
    }
    return NULL;
}

static void load_conf(struct ingest *ingest, int argc, char **argv) {
    static char usage[256], program[NAME_MAX_BYTES], none;
    const struct connector *connector = ingest->connector = take_command(&argc, argv);
    ingest->conf = (struct conf){
        .program = "earshot-ingest",
        .usage = "file PATH|- | feed URL… | --sources FILE  [flags]",
        .about = "Collects mentions and writes them to mentions.raw; what is none goes to mentions.dead.\n"
                 "`earshot-ingest file --help` and `earshot-ingest feed --help` list what each can do.",
        .tables = {NO_OPTIONS, OPTIONS, PROGRAM_OPTIONS},
        .structs = {&none, &ingest->own, &ingest->program_conf},
        .kafka_properties = true,
        .epilog = "  earshot-ingest file mentions.ndjson --shift-to-now\n"
                  "  earshot-ingest feed https://example.org/feed.xml --every 10m\n"
                  "  earshot-ingest --sources sources.json",
    };
    if (connector) {
        snprintf(program, sizeof program, "earshot-ingest %s", connector->name);
        snprintf(usage, sizeof usage, "%s [flags]", connector->operands);
        ingest->conf.program = program;
        ingest->conf.usage = usage;
        ingest->conf.about = connector->about;
        ingest->conf.tables[CONNECTOR_TABLE] = connector->options;
        ingest->conf.structs[CONNECTOR_TABLE] = xcalloc(1, connector->conf_size);
    }
    conf_load_or_exit(&ingest->conf, argc, argv);
}

static void read_file(const char *path, struct buf *text) {
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char bytes[8192];
    size_t got;
    buf_init(text, FILE_MAX);
    if (!file)
        die(EXIT_USAGE, "sources: %s: %s", path, strerror(errno));
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(text, bytes, got);
    if (ferror(file) || !buf_ok(text))
        die(EXIT_USAGE, "sources: %s: %s", path, ferror(file) ? strerror(errno) : "larger than 16 MiB");
    if (file != stdin)
        fclose(file);
}

/* What the operand's option says, where it was given as a flag. */
static const char *operand_flag(const struct ingest *ingest) {
    const struct connector *connector = ingest->connector;
    const char *text = NULL;
    for (const struct conf_option *option = connector->options; option->name; option++) {
        if (strcmp(option->name, connector->operand) == 0)
            memcpy(&text, (const char *)ingest->conf.structs[CONNECTOR_TABLE] + option->offset, sizeof text);
    }
    return text;
}

static bool sources_of_command(struct ingest *ingest, struct buf *errors) {
    const struct connector *connector = ingest->connector;
    const char *const *operands = ingest->conf.operands;
    size_t count = ingest->conf.operand_count;
    const char *flag = operand_flag(ingest);
    if (count == 0 && flag) {
        operands = &flag;
        count = 1;
    }
    if (count == 0)
        die(EXIT_USAGE, "say what to collect: earshot-ingest %s %s", connector->name, connector->operands);
    return sources_of_operands(connector, ingest->conf.structs[CONNECTOR_TABLE], operands, count,
                               &ingest->sources, errors);
}

static void load_sources(struct ingest *ingest) {
    struct buf errors;
    bool ok;
    buf_init(&errors, 1 << 20);
    sources_init(&ingest->sources);
    if (ingest->connector && ingest->own.sources)
        die(EXIT_USAGE, "give either `%s %s` or --sources, not both", ingest->connector->name,
            ingest->connector->operands);
    if (!ingest->connector && ingest->conf.operand_count > 0)
        die(EXIT_USAGE, "`%s` is no connector; see earshot-ingest --help", ingest->conf.operands[0]);
    if (!ingest->connector && !ingest->own.sources)
        die(EXIT_USAGE, "say what to collect: `file PATH`, `feed URL…` or --sources FILE");
    if (ingest->connector)
        ok = sources_of_command(ingest, &errors);
    else {
        struct buf text;
        read_file(ingest->own.sources, &text);
        ok = sources_parse(buf_span(&text), ingest->own.sources, &ingest->sources, &errors);
        buf_free(&text);
    }
    if (!ok) {
        fputs(buf_span(&errors).ptr, stderr);
        exit(EXIT_USAGE);
    }
    buf_free(&errors);
}

static void check_kafka(const struct bus_conf *conf) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    if (!bus_conf_check(conf, &message))
        die(EXIT_USAGE, "%s", message.ptr);
    buf_free(&message);
}

static enum exit_code connect_all(struct ingest *ingest, const struct connector_host *host) {
    const struct startup startup = {ingest->program, &ingest->program_conf, &ingest->bus_conf};
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    enum exit_code code = startup_deployment(&startup, &ingest->deployment);
    if (code == EXIT_OK && !ingest->own.from_start && !program_stopping(ingest->program))
        code = startup_cursors(&startup, &ingest->sources);
    if (code != EXIT_OK || program_stopping(ingest->program))
        return code;
    if (!(ingest->bus = bus_kafka_new(&ingest->bus_conf, NULL, NULL, &message)))
        die(EXIT_USAGE, "%s", message.ptr);
    if (ingest->own.max_backlog &&
        !(ingest->watch = backlog_watch_new(&ingest->bus_conf, ingest->deployment.partitions,
                                            ingest->own.max_backlog, &message)))
        die(EXIT_USAGE, "%s", message.ptr);
    ingest->engine = engine_new(ingest->bus, host, ingest->own.rate, ingest->sources.list,
                                ingest->sources.count, &message);
    if (!ingest->engine)
        die(EXIT_FAILED, "%s", message.ptr);
    buf_free(&message);
    return EXIT_OK;
}

static bool is_held(struct ingest *ingest) {
    const struct engine_totals *totals = engine_totals(ingest->engine);
    return ingest->watch && backlog_watch_holds(ingest->watch, totals->mentions, totals->bytes);
}

static enum exit_code run(struct ingest *ingest) {
    struct report report;
    enum engine_status status = ENGINE_IDLE;
    report_begin(&report, times_monotonic_ms());
    while (status != ENGINE_DONE && status != ENGINE_FAILED) {
        bool held = is_held(ingest), connected = bus_connected(ingest->bus);
        program_progress(ingest->program);
        program_ready(ingest->program, connected ? NULL : "Kafka does not answer; check brokers");
        if (program_stopping(ingest->program))
            status = engine_finish(ingest->engine, STEP_MS);
        else
            status = engine_step(ingest->engine, held, STEP_MS);
        report_go(&report, ingest->engine, times_monotonic_ms(), held);
    }
    if (status == ENGINE_FAILED) {
        report_pause(&report);
        program_fatal(ingest->program, engine_problem(ingest->engine));
        log_error("ingest.failed", "%s", engine_problem(ingest->engine));
        return EXIT_FAILED;
    }
    report_end(&report, engine_totals(ingest->engine), times_monotonic_ms());
    return EXIT_OK;
}

static void close_all(struct ingest *ingest) {
    engine_free(&ingest->engine);
    backlog_watch_free(&ingest->watch);
    bus_free(&ingest->bus);
    sources_free(&ingest->sources);
    program_free(&ingest->program);
    if (ingest->connector)
        free(ingest->conf.structs[CONNECTOR_TABLE]);
    conf_free(&ingest->conf);
}

int main(int argc, char **argv) {
    struct ingest ingest = {0};
    load_conf(&ingest, argc, argv);
    load_sources(&ingest);
    const struct connector_host host = {
        .once = ingest.own.once, .now = times_now, .monotonic = times_monotonic_ms, .random = random_bits};
    ingest.bus_conf = program_bus_conf("earshot-ingest", &ingest.program_conf, &ingest.conf);
    check_kafka(&ingest.bus_conf);
    ingest.program = program_new("earshot-ingest", &ingest.program_conf);
    int code = (int)connect_all(&ingest, &host);
    if (code == EXIT_OK && ingest.engine)
        code = (int)run(&ingest);
    close_all(&ingest);
    return code;
}
