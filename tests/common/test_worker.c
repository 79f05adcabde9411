/* The loop step by step on the fake bus: each promise of worker.h by itself. All of them at once, with
 * failures: test_worker_torture.c. */
#include "cmocka_all.h"
#include "earshot/mention.h"
#include "fake_bus.h"
#include "worker_loop.h"

#include <stdio.h>
#include <stdlib.h>

/* What the service is told to do, and what it was asked. */
struct script {
    struct worker *worker;
    const char *emit; /* topic; NULL: emits nothing */
    int retries;      /* that it still asks for, at the record that comes next */
    enum settlement settlement;
    bool settle_frees; /* a settlement ends the retries: a gather that was full */
    bool settles_now;  /* a settlement with `now` is SETTLED */
    int settles, ticks, assigned, revoked, handled;
    int64_t last;
    const char *why_not;
    int64_t begin; /* where its partitions begin; -2: as committed */
    int32_t seek;  /* partition to seek to 0 at SETTLE_RESTART; -1: none */
    bool refuse;   /* assigned says false */
};

static struct script script;

static void *script_start(struct worker *worker, const void *conf) {
    (void)conf;
    script.worker = worker;
    return &script;
}

static enum verdict script_handle(void *self, struct worker_job *job) {
    struct script *s = self;
    assert_int_equal(arena_used(job->arena), 0); /* nothing stays of the job before */
    if (s->retries > 0) {
        s->retries--;
        return VERDICT_RETRY;
    }
    s->handled++;
    s->last = job->record->offset;
    struct span value = job->record->value;
    if (!value.ptr) {
        fault_set(&job->fault, FAULT_JSON, 0, "a null value");
        return VERDICT_REJECT;
    }
    if (value.len && value.ptr[0] == '!') {
        fault_set(&job->fault, FAULT_TYPE, 7, "it begins with !");
        return VERDICT_REJECT;
    }
    const struct bus_header added[] = {{SPAN("earshot-origin"), SPAN("log/0/0")}};
    return s->emit ? worker_emit(job, s->emit, value, added, 1) : VERDICT_DONE;
}

static enum settlement script_settle(void *self, bool now) {
    struct script *s = self;
    s->settles++;
    if (s->settle_frees)
        s->retries = 0;
    if (s->settlement == SETTLE_RESTART && s->seek >= 0)
        worker_seek(s->worker, s->seek, 0);
    return now && s->settles_now ? SETTLED : s->settlement;
}

static void script_tick(void *self) {
    ((struct script *)self)->ticks++;
}

static bool script_ready(void *self, const char **why) {
    *why = ((struct script *)self)->why_not;
    return !*why;
}

static bool script_assigned(void *self, const int32_t *partitions, int64_t *offsets, size_t count) {
    struct script *s = self;
    s->assigned += (int)count;
    for (size_t i = 0; i < count; i++) {
        assert_true(worker_is_mine(s->worker, partitions[i]));
        if (s->begin != -2)
            offsets[i] = s->begin;
    }
    return !s->refuse;
}

static void script_revoked(void *self, const int32_t *partitions, size_t count) {
    struct script *s = self;
    s->revoked += (int)count;
    for (size_t i = 0; i < count; i++)
        assert_false(worker_is_mine(s->worker, partitions[i]));
}

static const struct worker_service PLAIN = {
    .name = "test", .input = "in", .start = script_start, .handle = script_handle};

static const struct worker_service FULL = {.name = "test",
                                           .input = "in",
                                           .start = script_start,
                                           .handle = script_handle,
                                           .settle = script_settle,
                                           .tick = script_tick,
                                           .ready = script_ready,
                                           .assigned = script_assigned,
                                           .revoked = script_revoked};

static const struct worker_service TWO = {
    .name = "test", .input = "in", .beside = "side", .start = script_start, .handle = script_handle};

struct rig {
    struct fake_log *log;
    struct fake_bus *fake;
    struct worker *worker;
    struct bus_watcher watcher;
};

static void open_worker(struct rig *rig, const struct worker_service *service) {
    script = (struct script){.emit = "out", .begin = -2, .seek = -1, .settles_now = true};
    /* the clock is the bus's, which does not exist yet */
    struct worker_clock clock = {.now = fake_bus_now, .sleep = fake_bus_sleep};
    rig->worker = worker_new(service, &clock, NULL, NULL, 20000);
    worker_start(rig->worker, NULL);
    rig->watcher = worker_watcher(rig->worker);
    rig->fake = fake_bus_new_two(rig->log, "in", service->beside, &rig->watcher, 1);
    rig->worker->clock.self = rig->fake;
    worker_take_bus(rig->worker, &rig->fake->bus);
    fake_bus_assign(rig->fake, (const int32_t[]){0, 1}, 2);
}

static void open_rig(struct rig *rig, const struct worker_service *service) {
    rig->log = fake_log_new();
    open_worker(rig, service);
}

static void close_rig(struct rig *rig) {
    worker_free(&rig->worker);
    fake_log_free(&rig->log);
}

static void add(struct rig *rig, int32_t partition, const char *value) {
    fake_log_add(rig->log, "in", partition, SPAN("key"), span_of(value), NULL, 0);
}

static void steps(struct rig *rig, int count) {
    for (int i = 0; i < count; i++)
        assert_true(worker_step(rig->worker));
}

static int64_t committed(const struct rig *rig, int32_t partition) {
    return fake_log_committed(rig->log, "in", partition);
}

static void what_is_handled_is_committed_when_acknowledged(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    for (int i = 0; i < 30; i++)
        add(&rig, i % 2, "x");
    rig.fake->ack_percent = 0;
    steps(&rig, 10);
    assert_int_equal(script.handled, 30);
    assert_int_equal(fake_bus_in_flight(rig.fake), 30);
    assert_int_equal(committed(&rig, 0), -1);
    rig.fake->ack_percent = 100;
    steps(&rig, 2); /* the first mark, and the one behind the rest */
    assert_int_equal(committed(&rig, 0), 15);
    assert_int_equal(committed(&rig, 1), 15);
    assert_int_equal(fake_log_count(rig.log, "out"), 30);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void without_output_it_is_committed_at_once(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    script.emit = NULL;
    add(&rig, 1, "x");
    steps(&rig, 1);
    assert_int_equal(committed(&rig, 1), 1);
    assert_int_equal(committed(&rig, 0), -1);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void emitted_records_carry_key_partition_and_headers(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    const struct bus_header headers[] = {{SPAN("traceparent"), SPAN("00-1")},
                                         {SPAN("earshot-origin"), SPAN("other/9/9")},
                                         {SPAN("earshot-schema"), SPAN("0")}};
    fake_log_add(rig.log, "in", 1, SPAN("id-7"), SPAN("{}"), headers, 3);
    steps(&rig, 1);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    const struct fake_record *out = fake_log_get(rig.log, "out", 1, 0);
    assert_non_null(out);
    assert_true(span_eq(out->key, SPAN("id-7")));
    assert_true(span_eq(out->value, SPAN("{}")));
    assert_int_equal(out->header_count, 3);
    assert_true(span_eq(fake_record_header(out, "traceparent")->value, SPAN("00-1")));
    assert_true(span_eq(fake_record_header(out, "earshot-origin")->value, SPAN("log/0/0")));
    assert_true(span_eq(fake_record_header(out, "earshot-schema")->value, SPAN("1")));
    close_rig(&rig);
}

static void assert_dead(const struct fake_record *dead, const char *name, const char *value) {
    const struct bus_header *header = fake_record_header(dead, name);
    assert_non_null(header);
    if (!span_eq(header->value, span_of(value)))
        fail_msg("%s is %.*s, not %s", name, (int)header->value.len, header->value.ptr, value);
}

static void a_reject_is_a_dead_letter_and_done(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    static char large[300 * 1024];
    memset(large, '!', sizeof large);
    add(&rig, 0, "x");
    add(&rig, 0, "!broken");
    fake_log_add(rig.log, "in", 0, SPAN("k"), (struct span){large, sizeof large}, NULL, 0);
    fake_log_add(rig.log, "in", 0, SPAN("k"), (struct span){NULL, 0}, NULL, 0);
    rig.fake->ack_percent = 0;
    steps(&rig, 1);
    assert_int_equal(committed(&rig, 0), -1); /* a dead letter under way is not done */
    rig.fake->ack_percent = 100;
    steps(&rig, 1);
    assert_int_equal(committed(&rig, 0), 4);
    assert_int_equal(fake_log_count(rig.log, "out"), 1);
    assert_int_equal(fake_log_count(rig.log, "mentions.dead"), 3);
    const struct fake_record *dead = fake_log_get(rig.log, "mentions.dead", -1, 0);
    assert_true(span_eq(dead->key, SPAN("in/0/1")));
    assert_true(span_eq(dead->value, SPAN("!broken")));
    assert_dead(dead, "earshot-reason", "type");
    assert_dead(dead, "earshot-detail", "it begins with !");
    assert_dead(dead, "earshot-byte", "7");
    assert_dead(dead, "earshot-from", "in/0/1");
    assert_dead(dead, "earshot-size", "7");
    assert_dead(dead, "earshot-schema", "1");
    dead = fake_log_get(rig.log, "mentions.dead", -1, 1);
    assert_int_equal(dead->value.len, 256 * 1024);
    assert_dead(dead, "earshot-size", "307200");
    dead = fake_log_get(rig.log, "mentions.dead", -1, 2);
    assert_null(dead->value.ptr);
    assert_dead(dead, "earshot-reason", "json");
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void what_grows_too_large_is_a_dead_letter(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    rig.fake->too_large = 8;
    add(&rig, 0, "123456789");
    assert_false(worker_step(rig.worker)); /* the dead letter is as large, and may not be lost */
    assert_non_null(strstr(worker_not_ready(rig.worker), "max.message.bytes"));
    assert_int_equal(worker_finish(rig.worker), EXIT_FAILED);
    assert_int_equal(committed(&rig, 0), -1);
    worker_free(&rig.worker);
    open_worker(&rig, &PLAIN);
    fake_bus_fail(rig.fake, 2, BUS_TOO_LARGE); /* only the first produce */
    steps(&rig, 1);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    assert_int_equal(committed(&rig, 0), 1);
    const struct fake_record *dead = fake_log_get(rig.log, "mentions.dead", -1, 0);
    assert_dead(dead, "earshot-reason", "size");
    assert_dead(dead, "earshot-detail", "grown to 9 bytes, which is more than topic out takes");
    close_rig(&rig);
}

static void headers_of_any_size_do_not_stop_a_dead_letter(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    static char large[70 * 1024];
    memset(large, 'x', sizeof large);
    const struct bus_header small[] = {{SPAN("traceparent"), SPAN("00-1")}};
    const struct bus_header huge[] = {{SPAN("junk"), {large, sizeof large}}};
    fake_log_add(rig.log, "in", 0, SPAN("k"), SPAN("!"), small, 1);
    fake_log_add(rig.log, "in", 0, SPAN("k"), SPAN("!"), huge, 1);
    steps(&rig, 1);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    assert_dead(fake_log_get(rig.log, "mentions.dead", -1, 0), "traceparent", "00-1");
    assert_null(fake_record_header(fake_log_get(rig.log, "mentions.dead", -1, 1), "junk"));
    close_rig(&rig);
}

static void a_short_retry_happens_in_hand(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    add(&rig, 0, "a");
    add(&rig, 0, "b");
    script.retries = 3;
    steps(&rig, 1);
    assert_int_equal(script.handled, 2);
    assert_false(fake_bus_paused(rig.fake));
    assert_null(worker_not_ready(rig.worker));
    assert_in_range(worker_now(rig.worker), 1, 100);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void a_long_retry_pauses_and_comes_again_in_order(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    for (int i = 0; i < 8; i++)
        add(&rig, i % 2, (const char *[]){"0", "1", "2", "3", "4", "5", "6", "7"}[i]);
    script.retries = 1000000;
    steps(&rig, 1);
    assert_true(fake_bus_paused(rig.fake));
    assert_non_null(strstr(worker_not_ready(rig.worker), "cannot be handled yet"));
    size_t calls = fake_bus_calls(rig.fake);
    while (worker_now(rig.worker) < 60000)
        steps(&rig, 1);
    /* it kept polling, and did not spin */
    assert_in_range(fake_bus_calls(rig.fake) - calls, 60000 / 110, 60000 / 50);
    assert_in_range(1000000 - script.retries, 50, 300); /* about 16 in hand, every six seconds */
    assert_non_null(worker_not_ready(rig.worker));
    script.retries = 0;
    int64_t from = worker_now(rig.worker);
    while (script.handled < 8)
        steps(&rig, 1);
    assert_true(worker_now(rig.worker) - from <= WORKER_PAUSE_MAX_MS + 100);
    assert_null(worker_not_ready(rig.worker));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    for (size_t i = 0; i < 8; i++) {
        const struct fake_record *out = fake_log_get(rig.log, "out", (int32_t)(i % 2), i / 2);
        assert_int_equal(out->value.ptr[0], '0' + (int)i);
    }
    assert_int_equal(fake_log_count(rig.log, "out"), 8);
    close_rig(&rig);
}

static void a_full_queue_and_a_broker_that_is_away_lose_nothing(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    steps(&rig, 1);
    assert_null(worker_not_ready(rig.worker));
    rig.fake->queue_max = 3;
    rig.fake->ack_percent = 0;
    for (int i = 0; i < 20; i++)
        add(&rig, 0, "x");
    steps(&rig, 1);
    assert_int_equal(fake_bus_in_flight(rig.fake), 3);
    assert_non_null(strstr(worker_not_ready(rig.worker), "Kafka takes no more"));
    rig.fake->away = true;
    assert_non_null(strstr(worker_not_ready(rig.worker), "broker"));
    steps(&rig, 50);
    rig.fake->away = false;
    rig.fake->ack_percent = 50;
    for (int i = 0; i < 1000 && committed(&rig, 0) < 20; i++)
        steps(&rig, 1);
    assert_int_equal(committed(&rig, 0), 20);
    assert_int_equal(fake_log_count(rig.log, "out"), 20);
    assert_null(worker_not_ready(rig.worker));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void settlements_decide_what_is_committed(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.settlement = SETTLE_PENDING;
    rig.fake->ack_percent = 100;
    for (int i = 0; i < 4; i++)
        add(&rig, 0, "x");
    steps(&rig, 6);
    assert_int_equal(script.settles, 6); /* after the batch, and then each 20 ms */
    assert_int_equal(worker_now(rig.worker), 5 * WORKER_SETTLE_MS);
    assert_int_equal(committed(&rig, 0), -1);
    script.settlement = SETTLED;
    steps(&rig, 2);
    assert_int_equal(committed(&rig, 0), 4);
    int settles = script.settles;
    steps(&rig, 10);
    assert_int_equal(script.settles, settles); /* nothing to settle */
    assert_int_equal(script.ticks, 18);

    script.settlement = SETTLE_RETRY;
    add(&rig, 0, "x");
    steps(&rig, 1);
    assert_true(fake_bus_paused(rig.fake));
    assert_non_null(strstr(worker_not_ready(rig.worker), "cannot be stored"));
    script.why_not = "Redis is away";
    assert_string_equal(worker_not_ready(rig.worker), "Redis is away");
    script.why_not = NULL;
    steps(&rig, 30);
    assert_int_equal(committed(&rig, 0), 4);
    assert_int_equal(script.handled, 5); /* it is not handled again */
    script.settlement = SETTLED;
    while (committed(&rig, 0) < 5)
        steps(&rig, 1);
    assert_false(fake_bus_paused(rig.fake));
    assert_null(worker_not_ready(rig.worker));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void what_waits_for_a_settlement_gets_it_in_hand(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.settlement = SETTLE_PENDING;
    add(&rig, 0, "x");
    steps(&rig, 1);
    script.retries = 1000000;
    script.settle_frees = true;
    add(&rig, 0, "x");
    steps(&rig, 1);
    assert_int_equal(script.handled, 2);
    assert_false(fake_bus_paused(rig.fake));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void a_seek_that_must_wait_is_made_later(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.emit = NULL;
    add(&rig, 0, "x");
    steps(&rig, 1);
    script.settlement = SETTLE_RESTART;
    script.seek = 0;
    add(&rig, 0, "x");
    add(&rig, 0, "x");
    steps(&rig, 1);
    script.settlement = SETTLED;
    rig.fake->batch_max = 1;
    fake_bus_fail(rig.fake, fake_bus_calls(rig.fake) + 1, BUS_AGAIN);
    int handled = script.handled;
    add(&rig, 0, "x"); /* comes, out of its turn, before the seek is made */
    steps(&rig, 1);
    assert_int_equal(script.handled, handled);
    steps(&rig, 4);
    assert_int_equal(script.handled, handled + 4);
    assert_int_equal(committed(&rig, 0), 4);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void a_restart_voids_what_was_not_settled(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.emit = NULL;
    add(&rig, 0, "x");
    add(&rig, 1, "x");
    add(&rig, 1, "x");
    steps(&rig, 1);
    assert_int_equal(script.handled, 3);
    assert_int_equal(committed(&rig, 1), 2);
    script.settlement = SETTLE_RESTART;
    script.seek = 0; /* partition 0 from its beginning; 1 from where it was settled */
    add(&rig, 0, "x");
    add(&rig, 1, "x");
    steps(&rig, 1);
    assert_int_equal(script.handled, 5);
    assert_int_equal(committed(&rig, 1), 2);
    script.settlement = SETTLED;
    steps(&rig, 2);
    assert_int_equal(script.handled, 8); /* both of 0, and the last of 1 */
    assert_int_equal(committed(&rig, 0), 2);
    assert_int_equal(committed(&rig, 1), 3);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void a_service_may_begin_elsewhere(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    for (int i = 0; i < 5; i++)
        add(&rig, 0, "x");
    script.begin = 3;
    steps(&rig, 2);
    assert_int_equal(script.handled, 2);
    assert_int_equal(script.last, 4);
    assert_int_equal(script.assigned, 2);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    assert_int_equal(script.revoked, 2);
    close_rig(&rig);
}

static void partitions_that_go_are_finished_first(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.settlement = SETTLE_PENDING;
    rig.fake->ack_percent = 10;
    for (int i = 0; i < 6; i++)
        add(&rig, i % 2, "x");
    steps(&rig, 1);
    assert_int_equal(script.handled, 6);
    fake_bus_assign(rig.fake, (const int32_t[]){1, 2}, 2);
    steps(&rig, 1);
    assert_int_equal(committed(&rig, 0), 3);
    assert_int_equal(committed(&rig, 1), 3);
    assert_int_equal(script.revoked, 2);
    assert_false(worker_is_mine(rig.worker, 0));
    assert_true(worker_is_mine(rig.worker, 2));
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

/* Not settled and not acknowledged within the time: it stays for the next owner. */
static void partitions_that_go_are_not_waited_for_without_end(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.settlement = SETTLE_PENDING;
    script.settles_now = false;
    rig.fake->ack_percent = 0;
    add(&rig, 0, "x");
    steps(&rig, 1);
    fake_bus_assign(rig.fake, (const int32_t[]){1}, 1);
    int64_t from = worker_now(rig.worker);
    steps(&rig, 1);
    assert_in_range(worker_now(rig.worker) - from, WORKER_REVOKE_MS, WORKER_REVOKE_MS + 200);
    assert_int_equal(committed(&rig, 0), -1);
    assert_int_equal(worker_finish(rig.worker), EXIT_FAILED);
    close_rig(&rig);
}

static void an_assignment_that_is_refused_ends_it(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    script.refuse = true;
    assert_false(worker_step(rig.worker));
    assert_false(worker_step(rig.worker));
    assert_int_equal(worker_finish(rig.worker), EXIT_FAILED);
    close_rig(&rig);
}

static void a_failure_commits_what_was_settled(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    rig.fake->ack_percent = 10;
    add(&rig, 0, "x");
    steps(&rig, 1);
    script.settlement = SETTLE_PENDING;
    add(&rig, 0, "x");
    steps(&rig, 1);
    worker_fail(rig.worker, "two deployments: %s", "a and b");
    worker_fail(rig.worker, "something later");
    assert_false(worker_step(rig.worker));
    assert_string_equal(worker_not_ready(rig.worker), "two deployments: a and b");
    assert_int_equal(worker_finish(rig.worker), EXIT_FAILED);
    assert_int_equal(committed(&rig, 0), 1);
    close_rig(&rig);
}

static void readiness_has_its_reasons(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &FULL);
    assert_non_null(strstr(worker_not_ready(rig.worker), "member of the group"));
    rig.fake->away = true;
    assert_non_null(strstr(worker_not_ready(rig.worker), "no broker"));
    rig.fake->away = false;
    fake_bus_assign(rig.fake, NULL, 0); /* an idle spare */
    steps(&rig, 1);
    assert_null(worker_not_ready(rig.worker));
    script.why_not = "reading the alerts";
    assert_string_equal(worker_not_ready(rig.worker), "reading the alerts");
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

/* Who has a partition has both; each is committed, counted and buried under its own name. */
static void a_topic_beside_is_handled_first_and_like_the_other(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &TWO);
    rig.fake->ack_percent = 100;
    uint64_t done = metric_count(rig.worker->records_total[1][VERDICT_DONE]);
    for (int i = 0; i < 12; i++)
        add(&rig, 1, "late");
    for (int i = 0; i < 12; i++)
        fake_log_add(rig.log, "side", 1, SPAN("k"), i == 5 ? SPAN("!") : SPAN("early"), NULL, 0);
    while (committed(&rig, 1) < 12 || fake_log_committed(rig.log, "side", 1) < 12)
        steps(&rig, 1);
    for (size_t i = 0; i < 23; i++)
        assert_int_equal(fake_log_get(rig.log, "out", 1, i)->value.ptr[0], i < 11 ? 'e' : 'l');
    assert_true(span_eq(fake_log_get(rig.log, "mentions.dead", -1, 0)->key, SPAN("side/1/5")));
    assert_int_equal(metric_count(rig.worker->records_total[1][VERDICT_DONE]) - done, 11);
    assert_true(worker_is_mine(rig.worker, 2 * 1 + 1));
    fake_bus_assign(rig.fake, (const int32_t[]){0}, 1);
    steps(&rig, 1);
    assert_true(worker_is_mine(rig.worker, 1));
    assert_false(worker_is_mine(rig.worker, 2));
    assert_false(worker_is_mine(rig.worker, 3));
    struct buf text;
    buf_init(&text, 1 << 20);
    metrics_render(&text);
    assert_non_null(strstr(text.ptr, "earshot_lag_records{topic=\"side\",partition=\"1\"}"));
    buf_free(&text);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

static void metrics_count_by_verdict(void **state) {
    (void)state;
    struct rig rig;
    open_rig(&rig, &PLAIN);
    uint64_t before[3];
    for (int i = 0; i < 3; i++)
        before[i] = metric_count(rig.worker->records_total[0][i]);
    uint64_t dead = metric_count(rig.worker->dead_total[FAULT_TYPE]);
    add(&rig, 0, "x");
    add(&rig, 1, "x");
    add(&rig, 1, "!");
    script.retries = 2;
    steps(&rig, 2);
    static const uint64_t ADDED[] = {2, 1, 2};
    for (int i = 0; i < 3; i++)
        assert_int_equal(metric_count(rig.worker->records_total[0][i]) - before[i], ADDED[i]);
    assert_int_equal(metric_count(rig.worker->dead_total[FAULT_TYPE]) - dead, 1);
    struct buf text;
    buf_init(&text, 1 << 20);
    metrics_render(&text);
    assert_non_null(strstr(text.ptr, "earshot_records_total{topic=\"in\",verdict=\"done\"}"));
    assert_non_null(strstr(text.ptr, "earshot_dead_total{reason=\"type\"}"));
    assert_non_null(strstr(text.ptr, "earshot_lag_records{topic=\"in\",partition=\"1\"}"));
    buf_free(&text);
    assert_int_equal(worker_finish(rig.worker), EXIT_OK);
    close_rig(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_handled_is_committed_when_acknowledged),
        cmocka_unit_test(without_output_it_is_committed_at_once),
        cmocka_unit_test(emitted_records_carry_key_partition_and_headers),
        cmocka_unit_test(a_reject_is_a_dead_letter_and_done),
        cmocka_unit_test(what_grows_too_large_is_a_dead_letter),
        cmocka_unit_test(headers_of_any_size_do_not_stop_a_dead_letter),
        cmocka_unit_test(a_short_retry_happens_in_hand),
        cmocka_unit_test(a_long_retry_pauses_and_comes_again_in_order),
        cmocka_unit_test(a_full_queue_and_a_broker_that_is_away_lose_nothing),
        cmocka_unit_test(settlements_decide_what_is_committed),
        cmocka_unit_test(what_waits_for_a_settlement_gets_it_in_hand),
        cmocka_unit_test(a_seek_that_must_wait_is_made_later),
        cmocka_unit_test(a_restart_voids_what_was_not_settled),
        cmocka_unit_test(a_service_may_begin_elsewhere),
        cmocka_unit_test(partitions_that_go_are_finished_first),
        cmocka_unit_test(partitions_that_go_are_not_waited_for_without_end),
        cmocka_unit_test(an_assignment_that_is_refused_ends_it),
        cmocka_unit_test(a_failure_commits_what_was_settled),
        cmocka_unit_test(readiness_has_its_reasons),
        cmocka_unit_test(a_topic_beside_is_handled_first_and_like_the_other),
        cmocka_unit_test(metrics_count_by_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
