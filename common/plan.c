/* plan: one table finds cells, commands, joint counters and feeds by what they are; what it holds are numbers
 * into arrays that keep their memory from call to call. */
#include "plan.h"

#include "earshot/hash.h"

#include <stdlib.h>

/* Measured (tests/bench/bench_fold): a further cell or entry costs Redis less than a command of its own. */
enum {
    WEIGHT_COMMAND = 1000,
    WEIGHT_CELL = 500,
    WEIGHT_ENTRY = 1000,
    WEIGHT_TOTAL = 300,
    ENTRIES_MAX = 1000
};

struct slot {
    uint64_t key[2];
    uint32_t round; /* an older one: free */
    int32_t value;
};

struct plan {
    struct plan_command *commands;
    size_t command_count, command_cap;
    struct plan_cell *cells;
    size_t cell_count, cell_cap;
    struct plan_entry *entries;
    size_t entry_count, entry_cap;
    size_t weight;

    uint64_t seed;
    struct slot *slots; /* size: a power of two */
    size_t size, used;
    uint32_t round;
};

struct plan *plan_new(void) {
    struct plan *plan = xcalloc(1, sizeof *plan);
    plan->seed = hash_seed();
    plan->size = 1024;
    plan->slots = xcalloc(plan->size, sizeof *plan->slots);
    plan->round = 1;
    return plan;
}

void plan_free(struct plan **plan) {
    struct plan *old = *plan;
    if (!old)
        return;
    free(old->commands);
    free(old->cells);
    free(old->entries);
    free(old->slots);
    free(old);
    *plan = NULL;
}

void plan_clear(struct plan *plan) {
    plan->command_count = plan->cell_count = plan->entry_count = plan->used = plan->weight = 0;
    if (++plan->round == 0) {
        memset(plan->slots, 0, plan->size * sizeof *plan->slots);
        plan->round = 1;
    }
}

static struct slot *find(const struct plan *plan, const uint64_t key[2]) {
    size_t at = (size_t)hash_mix(hash_mix(plan->seed, key[0]), key[1]) & (plan->size - 1);
    for (;; at = (at + 1) & (plan->size - 1)) {
        struct slot *slot = &plan->slots[at];
        if (slot->round != plan->round || (slot->key[0] == key[0] && slot->key[1] == key[1]))
            return slot;
    }
}

static void grow(struct plan *plan) {
    struct slot *old = plan->slots;
    size_t size = plan->size;
    plan->size *= 2;
    plan->slots = xcalloc(plan->size, sizeof *plan->slots);
    for (size_t i = 0; i < size; i++)
        if (old[i].round == plan->round)
            *find(plan, old[i].key) = old[i];
    free(old);
}

/* The number that stands for (alert, what, where): *made, PLAN_NONE, where it is new; the caller sets it. */
static int32_t *lookup(struct plan *plan, const struct roster_alert *alert, uint64_t what, uint64_t where) {
    const uint64_t key[2] = {(uint64_t)alert->number << 32 | what, where};
    struct slot *slot = find(plan, key);
    if (slot->round == plan->round)
        return &slot->value;
    if (plan->used * 2 >= plan->size) {
        grow(plan);
        slot = find(plan, key);
    }
    plan->used++;
    *slot = (struct slot){.key = {key[0], key[1]}, .round = plan->round, .value = PLAN_NONE};
    return &slot->value;
}

#define PUSH(plan, array, counter, cap)                                                                      \
    do {                                                                                                     \
        if ((plan)->counter == (plan)->cap) {                                                                \
            (plan)->cap = (plan)->cap * 2 + 256;                                                             \
            (plan)->array = xrealloc((plan)->array, (plan)->cap * sizeof *(plan)->array);                    \
        }                                                                                                    \
        (plan)->counter++;                                                                                   \
    } while (0)

static int32_t add_command(struct plan *plan, int kind, struct roster_alert *alert, int64_t block,
                           size_t weight) {
    PUSH(plan, commands, command_count, command_cap);
    plan->commands[plan->command_count - 1] = (struct plan_command){
        .kind = kind, .alert = alert, .block = block, .first = PLAN_NONE, .last = PLAN_NONE};
    plan->weight += weight;
    return (int32_t)plan->command_count - 1;
}

/* WHAT of a lookup: cells, the commands that they are in, joint counters and feeds are told apart. */
enum { WHAT_CELL = 0, WHAT_COMMAND = 8, WHAT_TOTAL = 16, WHAT_FEED = 17 };

static int32_t find_command(struct plan *plan, int kind, struct roster_alert *alert, int64_t block) {
    int32_t *found = lookup(plan, alert, (uint64_t)WHAT_COMMAND + (uint64_t)kind, (uint64_t)block);
    if (*found == PLAN_NONE)
        *found = add_command(plan, kind, alert, block, WEIGHT_COMMAND);
    return *found;
}

static int32_t add_cell(struct plan *plan, int32_t number, int64_t place) {
    PUSH(plan, cells, cell_count, cell_cap);
    int32_t cell = (int32_t)plan->cell_count - 1;
    plan->cells[cell] = (struct plan_cell){.place = place, .next = PLAN_NONE};
    struct plan_command *command = &plan->commands[number];
    if (command->last == PLAN_NONE)
        command->first = cell;
    else
        plan->cells[command->last].next = cell;
    command->last = cell;
    command->count++;
    plan->weight += WEIGHT_CELL;
    return cell;
}

static void grow_cell(struct plan_cell *cell, const struct gather_pair *pair) {
    cell->first += ((int64_t)1 << 32) + (pair->sign == '+');
    cell->second += ((int64_t)(pair->sign == '-') << 37) + pair->score + 1000;
}

static void add_to_series(struct plan *plan, enum layout_kind kind, const struct gather_pair *pair) {
    uint64_t bucket = (uint64_t)(pair->at / LAYOUTS[kind].seconds);
    int32_t *found = lookup(plan, pair->alert, (uint64_t)WHAT_CELL + (uint64_t)kind, bucket);
    int32_t cell = *found;
    if (cell == PLAN_NONE) {
        int64_t block = layout_block(kind, pair->at);
        *found = cell = (int32_t)plan->cell_count; /* before the next lookup moves the table */
        (void)add_cell(plan, find_command(plan, (int)kind, pair->alert, block), layout_cell(kind, pair->at));
    }
    grow_cell(&plan->cells[cell], pair);
}

static void add_to_total(struct plan *plan, const struct gather_pair *pair) {
    int64_t block = layout_block(LAYOUT_DAY, pair->at);
    int32_t *found = lookup(plan, pair->alert, WHAT_TOTAL, (uint64_t)block);
    if (*found == PLAN_NONE)
        *found = add_command(plan, PLAN_TOTAL, pair->alert, block, WEIGHT_TOTAL);
    plan->commands[*found].grows++;
}

static void add_to_joint(struct plan *plan, enum layout_kind kind, const struct gather_pair *pair) {
    int64_t block = layout_block(kind, pair->at);
    uint64_t where = (uint64_t)block << 32 | pair->joint;
    int32_t *found = lookup(plan, pair->alert, (uint64_t)WHAT_CELL + (uint64_t)kind, where);
    if (*found == PLAN_NONE) {
        *found = add_command(plan, (int)kind, pair->alert, block, WEIGHT_COMMAND);
        plan->commands[*found].joint = pair->joint;
    }
    plan->commands[*found].grows++;
}

static void add_to_feed(struct plan *plan, const struct gather_pair *pair) {
    int32_t *found = lookup(plan, pair->alert, WHAT_FEED, 0);
    if (*found == PLAN_NONE || plan->commands[*found].count == ENTRIES_MAX)
        *found = add_command(plan, PLAN_FEED, pair->alert, 0, WEIGHT_COMMAND);
    struct plan_command *command = &plan->commands[*found];
    PUSH(plan, entries, entry_count, entry_cap);
    int32_t entry = (int32_t)plan->entry_count - 1;
    plan->entries[entry] = (struct plan_entry){.pair = pair, .next = PLAN_NONE};
    if (command->last == PLAN_NONE)
        command->first = entry;
    else
        plan->entries[command->last].next = entry;
    command->last = entry;
    command->count++;
    plan->weight += WEIGHT_ENTRY;
}

void plan_add(struct plan *plan, const struct gather_pair *pair, int64_t now) {
    for (int kind = 0; kind < LAYOUT_KINDS; kind++) {
        if (!layout_kept((enum layout_kind)kind, pair->at, now))
            continue;
        if (kind == LAYOUT_JOINT_HOUR || kind == LAYOUT_JOINT_DAY)
            add_to_joint(plan, (enum layout_kind)kind, pair);
        else
            add_to_series(plan, (enum layout_kind)kind, pair);
        if (kind == LAYOUT_DAY)
            add_to_total(plan, pair);
    }
    if (pair->entry.ptr)
        add_to_feed(plan, pair);
}

size_t plan_weight(const struct plan *plan) {
    return plan->weight;
}

const struct plan_command *plan_commands(const struct plan *plan, size_t *count) {
    *count = plan->command_count;
    return plan->commands;
}

const struct plan_cell *plan_cell(const struct plan *plan, int32_t cell) {
    return &plan->cells[cell];
}

const struct plan_entry *plan_entry(const struct plan *plan, int32_t entry) {
    return &plan->entries[entry];
}
