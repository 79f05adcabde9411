/* sentiment: a mention in, a mention out: nothing to settle, nothing to remember. */
#include "sentiment.h"

#include "earshot/analysis.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 1000 };

#define OUTPUT "mentions.enriched"

struct sentiment_conf {
    const char *model; /* file; NULL: the built-in one */
};

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Sentiment", .type = CONF_HEADING},
    {.name = "model", .type = CONF_STRING, .offset = offsetof(struct sentiment_conf, model),
     .argument = "FILE", .help = "a model of earshot-train instead of the built-in one"},
    {0},
};
// clang-format on

struct sentiment {
    struct analyser *analyser;
    struct buf analysis, out;
};

static struct analyser *load(const char *path) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct analyser *analyser = analyser_new(path, &message);
    if (!analyser)
        die(EXIT_USAGE, "%s", buf_span(&message).ptr);
    buf_free(&message);
    return analyser;
}

static void *start(struct worker *worker, const void *conf) {
    (void)worker;
    const struct sentiment_conf *mine = conf;
    struct sentiment *self = xcalloc(1, sizeof *self);
    self->analyser = load(mine->model);
    buf_init(&self->analysis, MENTION_RECORD_MAX);
    buf_init(&self->out, MENTION_RECORD_MAX);
    return self;
}

static void stop(void *arg) {
    struct sentiment *self = arg;
    analyser_free(&self->analyser);
    buf_free(&self->analysis);
    buf_free(&self->out);
    free(self);
}

/* The aggregator counts by origin, so one that is missing, or of another log, must not get that far. */
static enum verdict check_origin(struct worker_job *job) {
    const struct bus_record *record = job->record;
    const struct deployment *deployment = worker_deployment(job->worker);
    const struct bus_header *header = NULL;
    for (size_t i = 0; i < record->header_count && !header; i++) {
        if (span_eq(record->headers[i].name, SPAN(ORIGIN_HEADER)))
            header = &record->headers[i];
    }
    struct origin origin;
    if (!header)
        fault_set(&job->fault, FAULT_MISSING, 0, "header " ORIGIN_HEADER ": missing");
    else if (!origin_parse(header->value, &origin))
        fault_set(&job->fault, FAULT_TYPE, 0, "header " ORIGIN_HEADER ": expected LOG/P/O");
    else if (origin.partition != record->partition)
        fault_set(&job->fault, FAULT_TYPE, 0,
                  "header " ORIGIN_HEADER ": of partition %" PRId32 ", found in %" PRId32, origin.partition,
                  record->partition);
    else if (span_eq(origin.log, span_of(deployment->id)))
        return VERDICT_DONE;
    else {
        worker_fail(job->worker,
                    "two deployments mixed: %s/%" PRId32 "/%" PRId64
                    " comes from %.*s, and this one is %s; give each its own prefix",
                    record->topic, record->partition, record->offset, (int)origin.log.len, origin.log.ptr,
                    deployment->id);
        return VERDICT_RETRY;
    }
    return VERDICT_REJECT;
}

static enum verdict handle(void *arg, struct worker_job *job) {
    struct sentiment *self = arg;
    struct span json = job->record->value;
    struct mention mention;
    if (!mention_read(json, MENTION_MATCHED, job->arena, &mention, &job->fault))
        return VERDICT_REJECT;
    enum verdict verdict = check_origin(job);
    if (verdict != VERDICT_DONE)
        return verdict;
    buf_clear(&self->analysis);
    buf_clear(&self->out);
    analysis_write(self->analyser, &mention, job->arena, &self->analysis);
    mention_append(&self->out, json, &mention, "analysis", buf_span(&self->analysis));
    if (!buf_ok(&self->analysis) || !buf_ok(&self->out)) {
        fault_set(&job->fault, FAULT_SIZE, mention.body_end, "with its analysis it is larger than %d bytes",
                  MENTION_RECORD_MAX);
        return VERDICT_REJECT;
    }
    return worker_emit(job, OUTPUT, buf_span(&self->out), NULL, 0);
}

const struct worker_service SENTIMENT = {
    .name = "sentiment",
    .input = "mentions.matched",
    .about = "Reads mentions that matched an alert and writes them on with how they speak of it:\n"
             "their language, per alert a label, a score and the words that it rests on, what the writer\n"
             "wants, and how likely it is to escalate.",
    .options = OPTIONS,
    .conf_size = sizeof(struct sentiment_conf),
    .start = start,
    .handle = handle,
    .stop = stop,
};
