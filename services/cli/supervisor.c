/* supervisor: a table of states. What is started again waits twice as long each time, so that a broken
 * program costs little; exit code 2 is a configuration that no restart mends. */
#include "supervisor.h"

#include <string.h>

void supervisor_init(struct supervisor *supervisor) {
    *supervisor = (struct supervisor){.culprit = -1};
    buf_init(&supervisor->notes, 65536);
}

void supervisor_free(struct supervisor *supervisor) {
    buf_free(&supervisor->notes);
}

size_t supervisor_add(struct supervisor *supervisor, const char *name, enum part_kind kind) {
    ASSERT(supervisor->count < SUPERVISOR_PARTS);
    supervisor->parts[supervisor->count] = (struct part){.name = name, .kind = kind};
    return supervisor->count++;
}

void supervisor_want(struct supervisor *supervisor, size_t part) {
    if (!supervisor->stopping && supervisor->parts[part].state == PART_OFF)
        supervisor->parts[part].state = PART_WANTED;
}

bool supervisor_is(const struct supervisor *supervisor, size_t part, enum part_state state) {
    return supervisor->parts[part].state == state;
}

static void note_end(struct supervisor *supervisor, const struct part *part, int status, int signal) {
    if (signal)
        buf_printf(&supervisor->notes, "%s was killed by signal %d", part->name, signal);
    else
        buf_printf(&supervisor->notes, "%s ended with exit code %d", part->name, status);
}

static void give_up(struct supervisor *supervisor, size_t part, enum exit_code code, const char *why,
                    int64_t now) {
    buf_printf(&supervisor->notes, ": %s\n", why);
    supervisor->culprit = (int)part;
    supervisor_stop(supervisor, code, now);
}

static int64_t pause_after(int failures) {
    int64_t pause = SUPERVISOR_PAUSE_MS;
    for (int i = 1; i < failures && pause < SUPERVISOR_PAUSE_MAX_MS; i++)
        pause *= 2;
    return pause < SUPERVISOR_PAUSE_MAX_MS ? pause : SUPERVISOR_PAUSE_MAX_MS;
}

void supervisor_ended(struct supervisor *supervisor, size_t i, int status, int signal, int64_t now) {
    struct part *part = &supervisor->parts[i];
    bool good = status == EXIT_OK && signal == 0;
    part->state = PART_ENDED;
    if (supervisor->stopping || (good && (part->kind == PART_STEP || part->kind == PART_SOURCE)))
        return;
    note_end(supervisor, part, status, signal);
    if (part->kind == PART_BASE) {
        give_up(supervisor, i, EXIT_FAILED, "what it held is gone, so all ends", now);
    } else if (status == EXIT_USAGE && signal == 0) {
        give_up(supervisor, i, EXIT_USAGE, "its configuration is wrong", now);
    } else if (part->kind == PART_STEP) {
        give_up(supervisor, i, signal ? EXIT_FAILED : (enum exit_code)status, "nothing can start without it",
                now);
    } else {
        part->failures = now - part->since >= SUPERVISOR_STEADY_MS ? 1 : part->failures + 1;
        if (part->failures >= SUPERVISOR_FAILURES) {
            give_up(supervisor, i, EXIT_FAILED, "too often in a row, given up", now);
            return;
        }
        part->state = PART_RESTING;
        part->due = now + pause_after(part->failures);
        buf_printf(&supervisor->notes, ": starting it again in %lld ms\n", (long long)(part->due - now));
    }
}

void supervisor_stop(struct supervisor *supervisor, enum exit_code code, int64_t now) {
    if (supervisor->stopping) {
        supervisor->deadline = now;
        return;
    }
    supervisor->stopping = true;
    supervisor->code = code;
    supervisor->deadline = now + SUPERVISOR_GRACE_MS;
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->parts[i].state != PART_RUNNING)
            supervisor->parts[i].state = PART_ENDED;
}

/* While it stops: first who writes, then who holds. */
static struct action next_stop(struct supervisor *supervisor, int64_t now) {
    bool any = false;
    for (size_t i = 0; i < supervisor->count; i++) {
        struct part *part = &supervisor->parts[i];
        if (part->state != PART_RUNNING || (part->kind == PART_BASE) != supervisor->base_stopping)
            continue;
        any = true;
        if (!part->told) {
            part->told = true;
            return (struct action){ACTION_STOP, i};
        }
        if (now >= supervisor->deadline && !part->killed) {
            part->killed = true;
            buf_printf(&supervisor->notes, "%s does not stop: killed\n", part->name);
            return (struct action){ACTION_KILL, i};
        }
    }
    if (!any && !supervisor->base_stopping) {
        supervisor->base_stopping = true;
        supervisor->deadline = now + SUPERVISOR_GRACE_MS;
        return next_stop(supervisor, now);
    }
    return (struct action){ACTION_NONE, 0};
}

struct action supervisor_next(struct supervisor *supervisor, int64_t now) {
    if (supervisor->stopping)
        return next_stop(supervisor, now);
    for (size_t i = 0; i < supervisor->count; i++) {
        struct part *part = &supervisor->parts[i];
        bool rested = part->state == PART_RESTING && now >= part->due;
        if (part->state != PART_WANTED && !rested)
            continue;
        part->state = PART_RUNNING;
        part->since = now;
        return (struct action){ACTION_START, i};
    }
    return (struct action){ACTION_NONE, 0};
}

bool supervisor_over(const struct supervisor *supervisor) {
    if (!supervisor->stopping)
        return false;
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->parts[i].state == PART_RUNNING)
            return false;
    return true;
}
