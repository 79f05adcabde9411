/* engine: the order is the guarantee. A checkpoint asks all cursors first, sets the bus's mark behind what
 * they cover, and writes them to the topic only when the mark is acknowledged; while it waits, taking goes
 * on. An item that the bus had no room for is held, and no cursor is asked for until it is through. */
#include "engine.h"

#include "outbox.h"

#include "earshot/log.h"
#include "earshot/mention.h"
#include "earshot/metrics.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    BATCH = 500,         /* items of a turn */
    ARENA_FIRST = 65536, /* holds a usual item */
    CURSOR_MAX = 1 << 20,
    PROBLEM_MAX = 600,
};

/* The sources of one connector. */
struct part {
    const struct connector *connector;
    void *self;
    struct source *sources;
    size_t count;
    bool done;
};

/* A cursor between being asked for and being written. */
struct kept {
    const char *id;
    struct buf cursor;
    bool pending;
};

enum checkpoint { CHECKPOINT_NONE, CHECKPOINT_MARKED, CHECKPOINT_WRITING };

struct engine {
    struct bus *bus;
    const struct connector_host *host;
    struct part *parts;
    size_t part_count, next;

    bool holding; /* item and out: the bus had no room */
    struct part *from;
    struct item item;
    struct outbox out;
    struct arena *arena; /* of that item */
    struct buf stamped;

    enum checkpoint checkpoint;
    bool keep, kept_all; /* STEP_KEEP: nothing is taken until it is; finishing: the last one is under way */
    int64_t checkpoint_at;
    struct kept *kept; /* one for each source */
    size_t kept_count;

    int64_t rate, paced_at;
    double budget; /* items that may be taken now */

    struct engine_totals totals;
    struct metric *mentions_metric, *dead_metric, *dead_reasons[FAULT_DUPLICATE + 1];
    char problem[PROBLEM_MAX];
};

static void count_metrics(struct engine *engine) {
    static const char RECORDS[] = "earshot_records_total", HELP[] = "Records handled, by topic and verdict";
    engine->mentions_metric = metrics_counter(RECORDS, HELP, "topic=\"mentions.raw\",verdict=\"done\"");
    engine->dead_metric = metrics_counter(RECORDS, HELP, "topic=\"mentions.raw\",verdict=\"reject\"");
    for (size_t i = FAULT_UTF8; i < COUNT_OF(engine->dead_reasons); i++) {
        char labels[40];
        snprintf(labels, sizeof labels, "reason=\"%s\"", fault_name((enum fault_reason)i));
        engine->dead_reasons[i] = metrics_counter("earshot_dead_total", "Dead letters, by reason", labels);
    }
}

static struct part *part_of(struct engine *engine, const struct connector *connector) {
    for (size_t i = 0; i < engine->part_count; i++) {
        if (engine->parts[i].connector == connector)
            return &engine->parts[i];
    }
    struct part *part = &engine->parts[engine->part_count++];
    part->connector = connector;
    return part;
}

static bool start_parts(struct engine *engine, const struct engine_source *sources, size_t count,
                        struct buf *message) {
    for (size_t i = 0; i < count; i++) {
        struct part *part = part_of(engine, sources[i].connector);
        part->sources = xrealloc(part->sources, (part->count + 1) * sizeof *part->sources);
        part->sources[part->count++] =
            (struct source){.id = sources[i].id, .conf = sources[i].conf, .cursor = sources[i].cursor};
    }
    for (size_t i = 0; i < engine->part_count; i++) {
        struct part *part = &engine->parts[i];
        part->self = part->connector->start(engine->host, part->sources, part->count, message);
        if (!part->self)
            return false;
    }
    return true;
}

struct engine *engine_new(struct bus *bus, const struct connector_host *host, int64_t rate,
                          const struct engine_source *sources, size_t count, struct buf *message) {
    struct engine *engine = xcalloc(1, sizeof *engine);
    engine->bus = bus;
    engine->host = host;
    engine->rate = rate;
    engine->parts = xcalloc(count, sizeof *engine->parts);
    engine->kept = xcalloc(count, sizeof *engine->kept);
    engine->arena = arena_new(ARENA_FIRST);
    buf_init(&engine->stamped, (size_t)2 * MENTION_BYTES_MAX);
    engine->checkpoint_at = engine->paced_at = host->monotonic();
    engine->budget = 1;
    count_metrics(engine);
    if (!start_parts(engine, sources, count, message))
        engine_free(&engine);
    return engine;
}

void engine_free(struct engine **engine_) {
    struct engine *engine = *engine_;
    if (!engine)
        return;
    for (size_t i = 0; i < engine->part_count; i++) {
        if (engine->parts[i].self)
            engine->parts[i].connector->stop(engine->parts[i].self);
        free(engine->parts[i].sources);
    }
    for (size_t i = 0; i < engine->kept_count; i++)
        buf_free(&engine->kept[i].cursor);
    free(engine->parts);
    free(engine->kept);
    arena_free(&engine->arena);
    buf_free(&engine->stamped);
    free(engine);
    *engine_ = NULL;
}

const char *engine_problem(const struct engine *engine) {
    return engine->problem;
}

const struct engine_totals *engine_totals(const struct engine *engine) {
    return &engine->totals;
}

struct connector_progress engine_progress(const struct engine *engine) {
    struct connector_progress sum = {0};
    for (size_t i = 0; i < engine->part_count; i++) {
        const struct part *part = &engine->parts[i];
        for (size_t k = 0; part->connector->progress && k < part->count; k++) {
            struct connector_progress one = part->connector->progress(part->self, k);
            sum.done += one.done;
            sum.total += one.total;
        }
    }
    return sum;
}

static enum engine_status failed(struct engine *engine, const char *why) {
    snprintf(engine->problem, sizeof engine->problem, "%s", why ? why : "unknown");
    return ENGINE_FAILED;
}

static enum engine_status bus_failed(struct engine *engine) {
    const char *why = bus_problem(engine->bus);
    return failed(engine, why ? why : "the connection to Kafka failed for good");
}

/* Serves the acknowledgements. */
static bool serve(struct engine *engine, int timeout_ms) {
    const struct bus_record *records;
    if (bus_poll(engine->bus, timeout_ms, &records) < 0)
        return false;
    bus_release(engine->bus);
    return true;
}

/* --- checkpoints --- */

static struct kept *kept_of(struct engine *engine, const char *id) {
    for (size_t i = 0; i < engine->kept_count; i++) {
        if (engine->kept[i].id == id)
            return &engine->kept[i];
    }
    struct kept *kept = &engine->kept[engine->kept_count++];
    kept->id = id;
    buf_init(&kept->cursor, CURSOR_MAX);
    return kept;
}

static void ask_cursor(struct engine *engine, struct part *part, size_t source, struct buf *scratch) {
    buf_clear(scratch);
    if (!part->connector->cursor(part->self, source, scratch))
        return;
    if (!buf_ok(scratch)) {
        log_error("ingest.cursor", "%s: its cursor is larger than %d bytes and is not kept",
                  part->sources[source].id, CURSOR_MAX);
        return;
    }
    struct kept *kept = kept_of(engine, part->sources[source].id);
    buf_clear(&kept->cursor);
    buf_add_span(&kept->cursor, buf_span(scratch));
    kept->pending = true;
}

static void checkpoint_begin(struct engine *engine) {
    struct buf scratch;
    buf_init(&scratch, CURSOR_MAX);
    for (size_t i = 0; i < engine->part_count; i++) {
        for (size_t k = 0; k < engine->parts[i].count; k++)
            ask_cursor(engine, &engine->parts[i], k, &scratch);
    }
    buf_free(&scratch);
    bus_mark(engine->bus);
    engine->checkpoint = CHECKPOINT_MARKED;
    engine->checkpoint_at = engine->host->monotonic();
}

static enum bus_status write_cursors(struct engine *engine) {
    for (size_t i = 0; i < engine->kept_count; i++) {
        struct kept *kept = &engine->kept[i];
        if (!kept->pending)
            continue;
        const struct bus_header schema = {SPAN("earshot-schema"), SPAN("1")};
        const struct bus_out out = {
            .topic = TOPIC_CURSORS,
            .partition = -1,
            .key = span_of(kept->id),
            .value = buf_span(&kept->cursor),
            .headers = &schema,
            .header_count = 1,
        };
        enum bus_status status = bus_produce(engine->bus, &out);
        if (status == BUS_TOO_LARGE)
            log_error("ingest.cursor", "%s: its cursor is larger than Kafka takes and is not kept", kept->id);
        else if (status != BUS_OK)
            return status;
        kept->pending = false;
    }
    return BUS_OK;
}

/* Moves the checkpoint that is under way on. */
static enum bus_status checkpoint_go(struct engine *engine) {
    if (engine->checkpoint == CHECKPOINT_MARKED && bus_marked(engine->bus)) {
        engine->checkpoint = CHECKPOINT_WRITING;
        for (size_t i = 0; i < engine->part_count; i++) {
            if (engine->parts[i].connector->settled)
                engine->parts[i].connector->settled(engine->parts[i].self);
        }
    }
    if (engine->checkpoint != CHECKPOINT_WRITING)
        return BUS_OK;
    enum bus_status status = write_cursors(engine);
    if (status == BUS_OK)
        engine->checkpoint = CHECKPOINT_NONE;
    return status == BUS_AGAIN ? BUS_OK : status;
}

/* --- items --- */

/* false: the bus is full (holding stays), or fatal. */
static enum bus_status deliver(struct engine *engine) {
    const char *source = engine->from->sources[engine->item.source].id;
    enum bus_status status = bus_produce(engine->bus, &engine->out.record);
    for (int tries = 0; status == BUS_TOO_LARGE && tries < 2; tries++) {
        outbox_too_large(&engine->out, source, &engine->item, engine->arena);
        status = bus_produce(engine->bus, &engine->out.record);
    }
    if (status == BUS_AGAIN || status == BUS_FATAL)
        return status;
    engine->holding = false;
    if (engine->out.reason == FAULT_NONE) {
        engine->totals.mentions++;
        engine->totals.bytes += engine->out.record.value.len;
        metric_add(engine->mentions_metric, 1);
    } else {
        engine->totals.dead++;
        metric_add(engine->dead_metric, 1);
        metric_add(engine->dead_reasons[engine->out.reason], 1);
    }
    return BUS_OK;
}

static enum bus_status take_item(struct engine *engine, struct part *part) {
    engine->from = part;
    engine->holding = true;
    engine->budget -= 1;
    arena_reset(engine->arena);
    outbox_fill(&engine->out, part->sources[engine->item.source].id, &engine->item, engine->host->now(),
                engine->arena, &engine->stamped);
    return deliver(engine);
}

/* Milliseconds until the next item may be taken, 0: now. */
static int pace(struct engine *engine) {
    if (engine->rate <= 0) {
        engine->budget = BATCH;
        return 0;
    }
    int64_t now = engine->host->monotonic();
    double burst = 1 + (double)engine->rate / 20; /* what waited a little is made up for */
    engine->budget += (double)(now - engine->paced_at) * (double)engine->rate / 1000;
    engine->budget = engine->budget < burst ? engine->budget : burst;
    engine->paced_at = now;
    return engine->budget >= 1 ? 0 : 1 + (int)((1 - engine->budget) * 1000 / (double)engine->rate);
}

struct turn {
    int taken, idle, timeout_ms;
    enum engine_status status;
};

/* One step of a connector. false: the turn ends here. */
static bool step_part(struct engine *engine, struct part *part, struct turn *turn) {
    enum step step = part->connector->step(part->self, turn->timeout_ms, &engine->item);
    enum bus_status status;
    switch (step) {
    case STEP_ITEM:
        turn->taken++;
        turn->timeout_ms = 0;
        turn->idle = 0;
        if ((status = take_item(engine, part)) == BUS_FATAL)
            turn->status = bus_failed(engine);
        return status == BUS_OK && turn->taken < BATCH && engine->budget >= 1;
    case STEP_KEEP:
        engine->keep = true;
        return false;
    case STEP_FAILED:
        turn->status = failed(engine, engine->item.problem);
        return false;
    case STEP_DONE:
        part->done = true;
        break;
    case STEP_IDLE:
        break;
    }
    turn->idle++;
    engine->next++;
    return true;
}

static bool all_done(const struct engine *engine) {
    for (size_t i = 0; i < engine->part_count; i++) {
        if (!engine->parts[i].done)
            return false;
    }
    return true;
}

/* Goes round the connectors until all are idle, each waiting its part of the time-out. */
static enum engine_status take(struct engine *engine, int timeout_ms) {
    struct turn turn = {.timeout_ms = timeout_ms / (int)engine->part_count, .status = ENGINE_BUSY};
    bool more = true;
    while (more && turn.idle < (int)engine->part_count) {
        struct part *part = &engine->parts[engine->next % engine->part_count];
        if (part->done) {
            turn.idle++;
            engine->next++;
            continue;
        }
        more = step_part(engine, part, &turn);
    }
    if (turn.status == ENGINE_FAILED)
        return ENGINE_FAILED;
    engine->next++; /* a connector that always has something must not keep the others waiting */
    return turn.taken ? ENGINE_BUSY : ENGINE_IDLE;
}

/* Before anything is taken: acknowledgements, the checkpoint under way, the item that is held. BUS_AGAIN:
 * nothing may be taken now. */
static enum bus_status settle(struct engine *engine) {
    if (!serve(engine, 0) || checkpoint_go(engine) == BUS_FATAL)
        return BUS_FATAL;
    return engine->holding ? deliver(engine) : BUS_OK;
}

static enum engine_status rest(struct engine *engine, int timeout_ms) {
    return serve(engine, timeout_ms) ? ENGINE_IDLE : bus_failed(engine);
}

static int least(int a, int b) {
    return a < b ? a : b;
}

enum engine_status engine_step(struct engine *engine, bool held, int timeout_ms) {
    if (engine->keep || all_done(engine)) {
        bool done = !engine->keep;
        enum engine_status status = engine_finish(engine, timeout_ms);
        if (status != ENGINE_DONE || done)
            return status;
        engine->keep = engine->kept_all = false;
    }
    enum bus_status status = settle(engine);
    if (status == BUS_FATAL)
        return bus_failed(engine);
    if (status == BUS_AGAIN || held)
        return rest(engine, timeout_ms);
    if (engine->checkpoint == CHECKPOINT_NONE &&
        engine->host->monotonic() - engine->checkpoint_at >= ENGINE_CHECKPOINT_MS)
        checkpoint_begin(engine);
    int wait = pace(engine);
    return wait ? rest(engine, least(wait, timeout_ms)) : take(engine, timeout_ms);
}

enum engine_status engine_finish(struct engine *engine, int timeout_ms) {
    enum bus_status status = settle(engine);
    if (status == BUS_FATAL)
        return bus_failed(engine);
    if (status == BUS_AGAIN)
        return rest(engine, timeout_ms);
    if (engine->checkpoint == CHECKPOINT_NONE && !engine->kept_all) {
        checkpoint_begin(engine);
        engine->kept_all = true;
    }
    status = bus_flush(engine->bus, timeout_ms);
    if (status == BUS_FATAL || checkpoint_go(engine) == BUS_FATAL)
        return bus_failed(engine);
    if (engine->checkpoint != CHECKPOINT_NONE || !engine->kept_all || status != BUS_OK)
        return ENGINE_IDLE;
    return bus_flush(engine->bus, 0) == BUS_OK ? ENGINE_DONE : ENGINE_IDLE;
}
