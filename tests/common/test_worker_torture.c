/* The loop with each of its calls failing in turn, in each way, and with schedules that chance makes:
 * failures, restarts, rebalances, a broker and a store that go away, a service that asks for retries and
 * restarts.
 *
 * Two services are driven: one that writes on (like the matcher and the sentiment worker), and one that keeps
 * what it reads in a store of its own with marks (like the aggregator). Whatever happens:
 *   - nothing is committed that is not acknowledged (or stored): looked at before every call;
 *   - an output stands behind all those that precede it: no hole, at any time; repeats are allowed;
 *   - the store has each record once, in order;
 *   - with a second topic beside the first, what stood in it comes first, whatever is read again;
 *   - in the end everything is there and committed, within a bounded number of rounds.
 *
 * EARSHOT_SEED=n runs one schedule again; EARSHOT_SCHEDULES=n makes n of them. */
#include "cmocka_all.h"
#include "earshot/log.h"
#include "fake_bus.h"
#include "worker_loop.h"

#include <stdio.h>
#include <stdlib.h>

enum { PARTITIONS = 3, SLOTS = 2 * PARTITIONS, ROUNDS_MAX = 4000, SCHEDULES = 6000 };

/* What outlives a worker: the log, and the store of the second service. */
struct world {
    struct fake_log *log;
    int64_t stored[SLOTS]; /* records kept, in order: the mark is this minus one */
    int topics;            /* 1, or 2: with "side" beside "in" */
    int records;           /* of a slot */
    unsigned seed;
    int trouble; /* percent of the chances to make trouble that are taken */
    bool storing;
    int refused; /* outputs that are too large: in their place is a dead letter */
};

/* A service at work. */
struct service {
    struct world *world;
    struct worker *worker;
    int64_t gathered[SLOTS], from[SLOTS]; /* from..gathered are in hand, not in the store */
    bool store_away;
};

static unsigned playing;        /* the seed of the schedule that runs; 0: none */
static struct world *the_world; /* start() is given no other way to it */

static unsigned chance(struct world *world, unsigned below) {
    world->seed = world->seed * 1103515245u + 12345u;
    return (world->seed >> 16) % below;
}

static bool trouble(struct world *world) {
    return (int)chance(world, 100) < world->trouble;
}

static bool is_broken(int64_t offset) {
    return offset % 5 == 3;
}

static int32_t slot_count(const struct world *world) {
    return PARTITIONS * world->topics;
}

static const char *topic_of(const struct world *world, int32_t slot) {
    return slot % world->topics ? "side" : "in";
}

static int32_t partition_of(const struct world *world, int32_t slot) {
    return slot / world->topics;
}

static bool is_beside(const struct world *world, int32_t slot) {
    return slot % world->topics == 1;
}

static void *start(struct worker *worker, const void *conf) {
    (void)conf;
    struct service *self = xcalloc(1, sizeof *self);
    self->world = the_world;
    self->worker = worker;
    return self;
}

static void stop(void *self) {
    free(self);
}

static enum verdict write_on(void *arg, struct worker_job *job) {
    struct service *self = arg;
    if (trouble(self->world) && chance(self->world, 3) == 0)
        return VERDICT_RETRY;
    if (is_broken(job->record->offset) || is_beside(self->world, job->record->slot)) {
        fault_set(&job->fault, FAULT_TYPE, 1, "broken");
        return VERDICT_REJECT;
    }
    return worker_emit(job, "out", job->record->value, NULL, 0);
}

static const struct worker_service WRITER = {
    .name = "writer", .input = "in", .start = start, .handle = write_on, .stop = stop};

static const struct worker_service WRITER_OF_TWO = {
    .name = "writer", .input = "in", .beside = "side", .start = start, .handle = write_on, .stop = stop};

/* The second service. */

static enum verdict gather(void *arg, struct worker_job *job) {
    struct service *self = arg;
    if (trouble(self->world) && chance(self->world, 3) == 0)
        return VERDICT_RETRY;
    int32_t slot = job->record->slot;
    assert_true(worker_is_mine(self->worker, slot));
    assert_int_equal(job->record->offset, self->gathered[slot]);
    if (self->world->topics == 2 && slot % 2 == 0)
        assert_int_equal(self->gathered[slot + 1],
                         self->world->records); /* all stood there from the beginning */
    self->gathered[slot]++;
    return VERDICT_DONE;
}

static void go_back(struct service *self, int32_t slot) {
    self->from[slot] = self->gathered[slot] = self->world->stored[slot];
    worker_seek(self->worker, slot, self->world->stored[slot]);
}

static enum settlement store(void *arg, bool now) {
    struct service *self = arg;
    if (self->store_away) {
        self->store_away = chance(self->world, 3) > 0;
        return SETTLE_RETRY;
    }
    if (trouble(self->world)) {
        switch (chance(self->world, now ? 2 : 3)) {
        case 0: /* it was away for a moment, and what is in it decides */
            for (int32_t slot = 0; slot < slot_count(self->world); slot++)
                go_back(self, slot);
            return SETTLE_RESTART;
        case 1:
            self->store_away = true;
            return SETTLE_RETRY;
        default:
            return SETTLE_PENDING;
        }
    }
    for (int32_t slot = 0; slot < slot_count(self->world); slot++) {
        if (!worker_is_mine(self->worker, slot))
            continue;
        assert_int_equal(self->from[slot], self->world->stored[slot]); /* nothing twice, no hole */
        self->from[slot] = self->world->stored[slot] = self->gathered[slot];
    }
    return SETTLED;
}

static bool take_up(void *arg, const int32_t *slots, int64_t *offsets, size_t count) {
    struct service *self = arg;
    for (size_t i = 0; i < count; i++) {
        int32_t slot = slots[i];
        assert_true(offsets[i] <= self->world->stored[slot]);
        self->from[slot] = self->gathered[slot] = offsets[i] = self->world->stored[slot];
    }
    return true;
}

static const struct worker_service STORER = {.name = "storer",
                                             .input = "in",
                                             .start = start,
                                             .handle = gather,
                                             .settle = store,
                                             .assigned = take_up,
                                             .stop = stop};

static const struct worker_service STORER_OF_TWO = {.name = "storer",
                                                    .input = "in",
                                                    .beside = "side",
                                                    .start = start,
                                                    .handle = gather,
                                                    .settle = store,
                                                    .assigned = take_up,
                                                    .stop = stop};

static const struct worker_service *service_of(const struct world *world) {
    static const struct worker_service *const SERVICES[2][2] = {{&WRITER, &STORER},
                                                                {&WRITER_OF_TWO, &STORER_OF_TWO}};
    return SERVICES[world->topics - 1][world->storing];
}

/* What must hold at every moment. */

static bool is_out(const struct world *world, int32_t p, int64_t offset) {
    const struct fake_record *out;
    for (size_t i = 0; (out = fake_log_get(world->log, "out", p, i)); i++) {
        if (atoi(out->value.ptr) == offset)
            return true;
    }
    return false;
}

/* Records of p that are not there although later ones are. */
static int count_holes(const struct world *world, int32_t p) {
    int holes = 0;
    int64_t next = 0;
    const struct fake_record *out;
    for (size_t i = 0; (out = fake_log_get(world->log, "out", p, i)); i++) {
        for (int64_t offset = atoi(out->value.ptr); next <= offset; next++)
            holes += next < offset && !is_broken(next);
    }
    return holes;
}

static bool is_dead(const struct world *world, int32_t slot, int64_t offset) {
    char key[64];
    snprintf(key, sizeof key, "%s/%d/%lld", topic_of(world, slot), (int)partition_of(world, slot),
             (long long)offset);
    const struct fake_record *dead;
    for (size_t i = 0; (dead = fake_log_get(world->log, "mentions.dead", -1, i)); i++) {
        if (span_eq(dead->key, span_of(key)))
            return true;
    }
    return false;
}

static void check(void *arg, const char *call) {
    (void)call;
    const struct world *world = arg;
    int holes = 0;
    for (int32_t slot = 0; slot < slot_count(world); slot++) {
        int32_t p = partition_of(world, slot);
        int64_t committed = fake_log_committed(world->log, topic_of(world, slot), p);
        if (world->storing)
            assert_true(committed <= world->stored[slot]);
        for (int64_t offset = 0; offset < committed && !world->storing; offset++)
            assert_true(is_dead(world, slot, offset) ||
                        (!is_beside(world, slot) && !is_broken(offset) && is_out(world, p, offset)));
        holes += is_beside(world, slot) ? 0 : count_holes(world, p);
    }
    assert_true(holes <= world->refused);
}

/* A worker, one after the other. */

struct run {
    struct world *world;
    struct fake_bus *fake;
    struct worker *worker;
    struct bus_watcher watcher;
};

static void begin(struct run *run) {
    struct world *world = run->world;
    struct worker_clock clock = {.now = fake_bus_now, .sleep = fake_bus_sleep};
    the_world = world;
    run->worker = worker_new(service_of(world), &clock, NULL, NULL, 20000);
    worker_start(run->worker, NULL);
    run->watcher = worker_watcher(run->worker);
    run->fake = fake_bus_new_two(world->log, "in", world->topics == 2 ? "side" : NULL, &run->watcher,
                                 chance(world, 1 << 15));
    run->fake->on_call = check;
    run->fake->on_call_self = world;
    run->fake->queue_max = 5;
    run->fake->batch_max = 4;
    run->worker->clock.self = run->fake;
    worker_take_bus(run->worker, &run->fake->bus);
    fake_bus_assign(run->fake, (const int32_t[]){0, 1, 2}, PARTITIONS);
}

static void end(struct run *run) {
    assert_in_range(worker_finish(run->worker), EXIT_OK, EXIT_FAILED);
    worker_free(&run->worker);
    run->fake = NULL;
    check(run->world, "after the end");
}

static bool all_is_done(const struct world *world) {
    for (int32_t slot = 0; slot < slot_count(world); slot++) {
        if (fake_log_committed(world->log, topic_of(world, slot), partition_of(world, slot)) < world->records)
            return false;
    }
    return true;
}

static void open_world(struct world *world, int topics, bool storing, unsigned seed) {
    *world = (struct world){.log = fake_log_new(),
                            .topics = topics,
                            .records = topics == 2 ? 5 : 8,
                            .seed = seed,
                            .storing = storing};
    for (int i = 0; i < slot_count(world) * world->records; i++) {
        char value[16];
        int32_t slot = i % slot_count(world);
        snprintf(value, sizeof value, "%d", i / slot_count(world));
        fake_log_add(world->log, topic_of(world, slot), partition_of(world, slot), SPAN("k"), span_of(value),
                     NULL, 0);
    }
}

static void close_world(struct world *world) {
    check(world, "at the end");
    assert_true(all_is_done(world));
    for (int32_t slot = 0; slot < slot_count(world); slot++) {
        if (world->storing)
            assert_int_equal(world->stored[slot], world->records);
    }
    fake_log_free(&world->log);
}

/* Rounds until all is committed; a worker that ended is followed by the next. */
static void finish(struct run *run) {
    for (int round = 0; !all_is_done(run->world); round++) {
        assert_true(round < ROUNDS_MAX);
        if (!worker_step(run->worker)) {
            end(run);
            begin(run);
        }
    }
    end(run);
}

/* The number of calls until the end, or until the failure that ended it. */
static size_t fail_nth(const struct world *kind, size_t nth, enum bus_status status, int ack_percent) {
    struct world world;
    open_world(&world, kind->topics, kind->storing, (unsigned)nth);
    struct run run = {.world = &world};
    world.refused = status == BUS_TOO_LARGE;
    begin(&run);
    run.fake->ack_percent = ack_percent;
    fake_bus_fail(run.fake, nth, status);
    for (int round = 0; !all_is_done(&world) && worker_step(run.worker); round++)
        assert_true(round < ROUNDS_MAX);
    size_t calls = fake_bus_calls(run.fake);
    if (!all_is_done(&world)) {
        end(&run);
        begin(&run);
    }
    finish(&run);
    close_world(&world);
    return calls;
}

static void each_call_fails_in_each_way(void **state) {
    (void)state;
    static const enum bus_status STATUSES[] = {BUS_AGAIN, BUS_TOO_LARGE, BUS_FATAL};
    static const struct world KINDS[] = {{.topics = 1, .storing = false},
                                         {.topics = 1, .storing = true},
                                         {.topics = 2, .storing = false},
                                         {.topics = 2, .storing = true}};
    for (size_t k = 0; k < COUNT_OF(KINDS); k++) {
        for (size_t s = 0; s < COUNT_OF(STATUSES); s++) {
            for (int ack = 5; ack <= 100; ack += 45) {
                size_t nth = 1;
                while (fail_nth(&KINDS[k], nth, STATUSES[s], ack) >= nth)
                    nth++;
                assert_true(nth > (KINDS[k].storing ? 6 : 20));
            }
        }
    }
}

/* One schedule that chance makes. */
static void play(unsigned seed) {
    struct world world;
    open_world(&world, seed / 2 % 2 ? 2 : 1, seed % 2, seed);
    world.trouble = (int)chance(&world, 40);
    struct run run = {.world = &world};
    begin(&run);
    for (int round = 0; round < 150 && !all_is_done(&world); round++) {
        if (trouble(&world)) {
            int32_t some[PARTITIONS];
            size_t count = 0;
            switch (chance(&world, 6)) {
            case 0:
                for (int32_t p = 0; p < PARTITIONS; p++) {
                    if (chance(&world, 2))
                        some[count++] = p;
                }
                fake_bus_assign(run.fake, some, count);
                break;
            case 1:
                run.fake->away = !run.fake->away;
                break;
            case 2: {
                static const enum bus_status STATUSES[] = {BUS_AGAIN, BUS_AGAIN, BUS_FATAL};
                fake_bus_fail(run.fake, fake_bus_calls(run.fake) + 1 + chance(&world, 6),
                              STATUSES[chance(&world, 3)]);
                break;
            }
            case 3:
                run.fake->ack_percent = (int)chance(&world, 101);
                break;
            case 4: /* told to stop */
                end(&run);
                begin(&run);
                break;
            default: /* killed: nothing is finished */
                worker_fail(run.worker, "killed");
                run.worker->broken = true;
                break;
            }
        }
        if (!worker_step(run.worker)) {
            end(&run);
            begin(&run);
        }
    }
    world.trouble = 0;
    run.fake->away = false;
    run.fake->ack_percent = 50;
    fake_bus_fail(run.fake, 0, BUS_OK);
    fake_bus_assign(run.fake, (const int32_t[]){0, 1, 2}, PARTITIONS);
    finish(&run);
    close_world(&world);
}

static void schedules_that_chance_makes(void **state) {
    (void)state;
    const char *one = getenv("EARSHOT_SEED"), *count = getenv("EARSHOT_SCHEDULES");
    unsigned from = one ? (unsigned)strtoul(one, NULL, 10) : 1;
    unsigned schedules = one ? 1 : count ? (unsigned)strtoul(count, NULL, 10) : SCHEDULES;
    print_message("schedules %u to %u\n", from, from + schedules - 1);
    for (playing = from; playing < from + schedules; playing++)
        play(playing);
    playing = 0;
}

/* A failed assert leaves the test where it stands: the seed is still there. */
static int tell_seed(void **state) {
    (void)state;
    if (playing)
        print_error("EARSHOT_SEED=%u plays this schedule again\n", playing);
    return 0;
}

int main(void) {
    log_open("test", LOG_FORMAT_PLAIN, LOG_LEVEL_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_fails_in_each_way),
        cmocka_unit_test_teardown(schedules_that_chance_makes, tell_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
